package blob

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"candor/internal/db/disktest"
)

// TestMain is also the process that keeps blobs while its disk loses power: CANDOR_TEST_KEEPER names their folder.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CANDOR_TEST_KEEPER"); dir != "" {
		if os.Getenv("CANDOR_TEST_UNSYNCED") != "" {
			fsync = func(*os.File) error { return nil }
		}
		fmt.Fprintln(os.Stderr, keep(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// keep keeps a blob for each line it reads, two writers at once, and prints the hash when it was acknowledged. Every third blob has been
// kept before; another writer may be at it right now.
func keep(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	ctx := context.Background()
	failed := make(chan error)
	var next atomic.Int64
	lines := make(chan string)
	for range 2 {
		go func() {
			for range lines {
				n := next.Add(1)
				h, err := Disk{Dir: dir}.Put(ctx, "org_a", Package, []byte(strings.Repeat(fmt.Sprintln("blob", n-n%3), 300)))
				if err != nil {
					failed <- err
					return
				}
				fmt.Println(h)
			}
		}()
	}
	go func() {
		for s := bufio.NewScanner(os.Stdin); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return <-failed
}

// cuts keeps blobs and cuts the power after each handful; lost is how many acknowledged ones were not there, or not whole.
func cuts(t *testing.T, unsynced string, n int) (acknowledged, lost int) {
	t.Helper()
	disk := disktest.New()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "CANDOR_TEST_KEEPER="+filepath.Join(disk.Mount(t), "files"), "CANDOR_TEST_UNSYNCED="+unsynced)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	acks := bufio.NewScanner(out)
	chance := rand.New(rand.NewPCG(2, uint64(n)))
	var all []Hash
	ahead := 0
	for range n {
		for ; ahead < 8; ahead++ { // the writers are never idle
			fmt.Fprintln(in)
		}
		for range 1 + chance.IntN(4) {
			if !acks.Scan() {
				t.Fatalf("the keeper ended: %v", acks.Err())
			}
			all = append(all, Hash(acks.Text()))
			ahead--
		}
		to := t.TempDir()
		if err := disk.Cut(chance).WriteTo(to); err != nil {
			t.Fatal(err)
		}
		for _, h := range all {
			if _, err := (Disk{Dir: filepath.Join(to, "files")}).Bytes(t.Context(), "org_a", Package, h); err != nil {
				lost++
			}
		}
	}
	return len(all), lost
}

// A blob that was acknowledged survives a power cut at any instant, with its names. With the syncs taken away it does not, or this test
// would be blind.
func TestPowerCuts(t *testing.T) {
	disktest.Prove(t, 20, 1000, "", "1", cuts)
}

// A blob whose name could not be synced is not acknowledged; when it is kept again it is acknowledged only when its name is synced.
func TestANameThatWasNotSynced(t *testing.T) {
	for nth := 1; nth <= 6; nth++ { // the bytes, and five folders
		disk := disktest.New()
		dir := filepath.Join(disk.Mount(t), "files")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		disk.Arm(disktest.Fault{Kind: disktest.Sync, Nth: nth, Errno: syscall.EIO})
		d := Disk{Dir: dir}
		if _, err := d.Put(t.Context(), "org_a", Package, []byte("text")); !errors.Is(err, syscall.EIO) {
			t.Errorf("Put whose sync %d failed = %v; want EIO", nth, err)
		}
		h, err := d.Put(t.Context(), "org_a", Package, []byte("text"))
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(20) {
			to := t.TempDir()
			if err := disk.Cut(rand.New(rand.NewPCG(seed, 3))).WriteTo(to); err != nil {
				t.Fatal(err)
			}
			if _, err := (Disk{Dir: filepath.Join(to, "files")}).Bytes(t.Context(), "org_a", Package, h); err != nil {
				t.Fatalf("after sync %d failed and it was kept again: Bytes = %v", nth, err)
			}
		}
	}
}

// Short writes are written on, and a full disk is said.
func TestFaultyDisk(t *testing.T) {
	disk := disktest.New()
	dir := disk.Mount(t)
	disk.Arm(disktest.Fault{Kind: disktest.Write, Nth: 1})
	h, err := Disk{Dir: dir}.Put(t.Context(), "org_a", Package, []byte("a text of some length"))
	if err != nil || disk.Mend() != 1 {
		t.Fatalf("Put with a short write = %v", err)
	}
	if b, err := (Disk{Dir: dir}).Bytes(t.Context(), "org_a", Package, h); err != nil || string(b) != "a text of some length" {
		t.Errorf("Bytes after a short write = %q, %v", b, err)
	}
	for nth := 1; nth <= 4; nth++ {
		disk.Arm(disktest.Fault{Kind: disktest.Write, Nth: nth, Errno: syscall.ENOSPC, Stays: true})
		_, err := Disk{Dir: dir}.Put(t.Context(), "org_b", Package, fmt.Appendf(nil, "text %d", nth))
		if n := disk.Mend(); n == 0 {
			break
		}
		if !strings.Contains(fmt.Sprint(err), "disk_full") {
			t.Errorf("Put on a disk that is full at write %d = %v; want that said", nth, err)
		}
	}
}

// A sync that the disk failed is told to Fatal, which ends the process, whichever sync of a Put it is; one that found no room is not.
func TestAFailedSyncIsFatal(t *testing.T) {
	for _, c := range []struct {
		errno syscall.Errno
		fatal bool
	}{{syscall.EIO, true}, {syscall.ENOSPC, false}} {
		for nth := 1; nth <= 6; nth++ { // the bytes, and five folders
			disk := disktest.New()
			dir := filepath.Join(disk.Mount(t), "files")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			var told error
			d := Disk{Dir: dir, Fatal: func(err error) { told = err }}
			disk.Arm(disktest.Fault{Kind: disktest.Sync, Nth: nth, Errno: c.errno})
			_, err := d.Put(t.Context(), "org_a", Package, []byte("text"))
			if err == nil || (told != nil) != c.fatal {
				t.Errorf("Put whose sync %d failed with %v = %v, told as fatal: %v; want an error, and fatal %v", nth, c.errno, err, told, c.fatal)
			}
		}
	}
}
