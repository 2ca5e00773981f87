package disktest_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"candor/internal/db/disktest"
	"candor/internal/disk"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sync(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	must(t, f.Sync())
}

// after is what a file holds after a cut; nil where it is gone.
func after(t *testing.T, d *disktest.Disk, seed uint64, name string) []byte {
	t.Helper()
	to := t.TempDir()
	must(t, d.Cut(rand.New(rand.NewPCG(seed, 1))).WriteTo(to))
	raw, err := os.ReadFile(filepath.Join(to, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	must(t, err)
	return raw
}

// What was synced survives every cut; what was written after it survives some, in halves too.
func TestACutKeepsWhatWasSynced(t *testing.T) {
	d := disktest.New()
	dir := d.Mount(t)
	old, young := bytes.Repeat([]byte("o"), 4096), bytes.Repeat([]byte("y"), 4096)
	must(t, os.WriteFile(filepath.Join(dir, "a"), old, 0o600))
	sync(t, filepath.Join(dir, "a"))
	sync(t, dir)
	f, err := os.OpenFile(filepath.Join(dir, "a"), os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	_, err = f.WriteAt(young, 0)
	must(t, err)
	_, err = f.WriteAt(young, 4096)
	must(t, err)
	lengths, torn := map[int]bool{}, false
	for seed := range uint64(20) {
		got := after(t, d, seed, "a")
		lengths[len(got)] = true
		torn = torn || bytes.Contains(got, []byte("oy")) || bytes.Contains(got, []byte("yo"))
		if bytes.Trim(got, "oy\x00") != nil && len(bytes.Trim(got, "oy\x00")) > 0 {
			t.Errorf("a cut made bytes up: %q", bytes.Trim(got, "oy\x00"))
		}
	}
	if len(lengths) != 2 || !lengths[4096] || !lengths[8192] || !torn {
		t.Errorf("lengths %v, torn %v; want both lengths, and sectors of both", lengths, torn)
	}
	must(t, f.Sync())
	for seed := range uint64(20) {
		if got := after(t, d, seed, "a"); !bytes.Equal(got, append(bytes.Clone(young), young...)) {
			t.Fatalf("a cut after the sync lost something")
		}
	}
	must(t, f.Truncate(100))
	_, err = f.WriteAt([]byte("z"), 2000)
	must(t, err)
	must(t, f.Sync())
	if got := after(t, d, 1, "a"); len(got) != 2001 || !bytes.Equal(got[100:2000], make([]byte, 1900)) {
		t.Errorf("a file that was cut short and written further on has %d bytes, or old ones in its hole", len(got))
	}
}

// A name is as lasting as the last sync of its folder, whatever was synced of the file.
func TestACutForgetsNames(t *testing.T) {
	d := disktest.New()
	dir := d.Mount(t)
	must(t, os.WriteFile(filepath.Join(dir, "a"), []byte("a"), 0o600))
	sync(t, filepath.Join(dir, "a"))
	lives, dies := 0, 0
	for seed := range uint64(40) {
		if after(t, d, seed, "a") == nil {
			dies++
		} else {
			lives++
		}
	}
	if lives == 0 || dies == 0 {
		t.Errorf("a name that was not synced lived %d times and died %d times; want both", lives, dies)
	}
	sync(t, dir)
	must(t, os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b")))
	for seed := range uint64(40) {
		if after(t, d, seed, "a") == nil && after(t, d, seed, "b") == nil {
			t.Fatal("a file that was renamed has no name")
		}
	}
	sync(t, dir)
	if after(t, d, 1, "a") != nil || string(after(t, d, 1, "b")) != "a" {
		t.Error("a rename that was synced is undone")
	}
}

// Each fault comes where it was armed, and a sync that failed keeps nothing, now or later.
func TestFaults(t *testing.T) {
	d := disktest.New()
	dir := d.Mount(t)
	f, err := os.Create(filepath.Join(dir, "a"))
	must(t, err)
	defer f.Close()
	sync(t, dir)
	d.Arm(disktest.Fault{Kind: disktest.Write, Nth: 2, Errno: syscall.ENOSPC, Stays: true})
	_, err = f.WriteAt([]byte("first"), 0)
	must(t, err)
	for range 2 {
		if _, err = f.WriteAt([]byte("second"), 0); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("a write on a full disk = %v; want ENOSPC", err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o700); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a folder on a full disk = %v; want ENOSPC", err)
	}
	if n := d.Mend(); n != 3 {
		t.Errorf("the fault came %d times; want 3", n)
	}
	d.Arm(disktest.Fault{Kind: disktest.Write, Nth: 1})
	if n, err := syscall.Pwrite(int(f.Fd()), []byte("12345678"), 0); n != 4 || err != nil {
		t.Errorf("a short write = %d, %v; want 4 bytes", n, err)
	}
	reserve, err := os.Create(filepath.Join(dir, disk.Ballast))
	must(t, err)
	defer reserve.Close()
	d.Arm(disktest.Fault{Kind: disktest.Sync, Nth: 1, Errno: syscall.EIO})
	must(t, reserve.Sync()) // it may be made at any moment, and holds nothing
	if err := f.Sync(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Sync = %v; want EIO", err)
	}
	must(t, f.Sync())
	lost := false
	for seed := range uint64(20) {
		lost = lost || !bytes.HasPrefix(after(t, d, seed, "a"), []byte("1234t"))
	}
	if !lost {
		t.Error("a sync that came after one that failed kept what that one should have kept; Linux does not")
	}
}
