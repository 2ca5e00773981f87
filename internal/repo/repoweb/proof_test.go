package repoweb_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/git"
	"candor/internal/repo/repotest"
)

// rounds is how often what is left to chance is done.
func rounds(short, long int) int {
	if os.Getenv("CANDOR_TEST_LONG") != "" {
		return long
	}
	return short
}

// Pushes that race over two nodes have exactly one winner, the others are told to fetch and lose nothing of what they pushed elsewhere, and the
// repository is whole.
func TestRacingPushes(t *testing.T) {
	each(t, func(t *testing.T, a, b *repotest.Node, _ *dbtest.Clock) {
		r := a.New(t, a.Template(t, nil).ID, "att_1")
		dir := repotest.Clone(t, a.CloneURL(r, a.URL))
		const racers = 3
		main, raced := r.Base, 0
		for round := range rounds(10, 500) {
			var heads, outs [racers]string
			var errs [racers]error
			for i := range racers {
				heads[i] = repotest.Git(t, dir, "commit-tree", "-p", string(r.Base), "-m", fmt.Sprint(round, " ", i), "HEAD^{tree}")
			}
			var all sync.WaitGroup
			for i := range racers {
				n := []*repotest.Node{a, b}[i%2]
				all.Go(func() {
					outs[i], errs[i] = repotest.Try(dir, "push", "--quiet", "--force-with-lease=main:"+string(main), n.CloneURL(r, n.URL), heads[i]+":refs/heads/main", "+"+heads[i]+fmt.Sprintf(":refs/heads/of-%d", i)) // --force would put the lease out of force
				})
			}
			all.Wait()
			won := 0
			a.Read(t, func(tx db.Tx) error {
				refs, err := a.Refs(ctx, tx, r.ID) // main, of-0, of-1, of-2
				if err != nil {
					return err
				}
				main = refs[0].Hash
				for i := range racers {
					switch { // a client that read the refs late enough sees for itself
					case errs[i] == nil:
						won++
					case strings.Contains(outs[i], "fetch first"):
						raced++
					case !strings.Contains(outs[i], "stale info"):
						t.Errorf("round %d: %v", round, errs[i])
					}
					if (main == git.Hash(heads[i])) != (errs[i] == nil) || refs[1+i].Hash != git.Hash(heads[i]) {
						t.Errorf("round %d, racer %d: main is %s, its branch %s, its push %s: %v", round, i, main, refs[1+i].Hash, heads[i], errs[i])
					}
				}
				return nil
			})
			if won != 1 {
				t.Errorf("round %d: %d winners\n%s", round, won, strings.Join(outs[:], "\n"))
			}
			if round%10 == 9 {
				repotest.Git(t, repotest.Clone(t, b.CloneURL(r, b.URL)), "fsck", "--strict")
			}
		}
		if raced == 0 {
			t.Error("no two pushes met")
		}
	})
}

// Whoever knows the hash of another's object does not get it: not in protocol 0, 1 or 2, not as a commit, a tree or a file, not where both
// began with the same template, and not on the node that has both in its cache.
func TestIsolation(t *testing.T) {
	d, _ := dbtest.Open(t, repotest.Schemas...)
	n := repotest.NewNode(t, d, t.TempDir())
	template := n.Template(t, nil).ID
	mine, theirs := n.New(t, template, "att_1"), n.New(t, template, "att_2")
	other := repotest.Clone(t, n.CloneURL(theirs, n.URL))
	repotest.Commit(t, other, map[string]string{"secret": "theirs"})
	repotest.Git(t, other, "push", "--quiet")
	dir := repotest.Clone(t, n.CloneURL(mine, n.URL))
	for _, what := range []string{"HEAD", "HEAD^{tree}", "HEAD:secret"} {
		hash := repotest.Git(t, other, "rev-parse", what)
		own := repotest.Git(t, dir, "rev-parse", strings.ReplaceAll(what, "secret", "README.md"))
		for _, version := range []string{"0", "1", "2"} {
			args := []string{"-c", "protocol.version=" + version, "fetch", "--quiet", "--no-filter", "origin"}
			if out, err := repotest.Try(dir, append(args, hash)...); err == nil || !strings.Contains(out, "not our ref") && !strings.Contains(out, "no such remote ref") {
				t.Errorf("protocol %s: %s of another = %v: %s", version, what, err, out)
			}
			bare := t.TempDir() // nothing would be proven if nothing at all could be had by its hash
			repotest.Git(t, bare, "init", "--quiet")
			if out, err := repotest.Try(bare, "-c", "protocol.version="+version, "fetch", "--quiet", n.CloneURL(mine, n.URL), own); err != nil {
				t.Errorf("protocol %s: one's own %s = %s", version, what, out)
			}
		}
		if _, err := n.Resolve(ctx, mine, hash); err == nil {
			t.Errorf("%s of another can be read", what)
		}
	}
	if _, err := n.File(ctx, mine, repotest.Git(t, other, "rev-parse", "HEAD"), "secret", 0); err == nil {
		t.Error("the file of another can be read")
	}
}

// The cache may be deleted at any time.
func TestTheCacheIsDeleted(t *testing.T) {
	d, _ := dbtest.Open(t, repotest.Schemas...)
	n := repotest.NewNode(t, d, t.TempDir())
	r := n.New(t, n.Template(t, nil).ID, "att_1")
	dir := repotest.Clone(t, n.CloneURL(r, n.URL))
	for i := range 3 {
		head := repotest.Commit(t, dir, map[string]string{"a": fmt.Sprint(i)})
		repotest.Git(t, dir, "push", "--quiet")
		if err := os.RemoveAll(n.Cache); err != nil {
			t.Fatal(err)
		}
		got := repotest.Clone(t, n.CloneURL(r, n.URL))
		if at := repotest.Git(t, got, "rev-parse", "HEAD"); at != head {
			t.Errorf("the clone is at %s; want %s", at, head)
		}
		if cached := len(n.Cached(t)); cached != i+2 {
			t.Errorf("%d packs came back; want %d", cached, i+2)
		}
	}
}

// TestMain is also a node that is killed: CANDOR_TEST_NODE holds its database, files and cache.
func TestMain(m *testing.M) {
	if where := os.Getenv("CANDOR_TEST_NODE"); where != "" {
		fmt.Fprintln(os.Stderr, repotest.Alone(strings.Fields(where), os.Getenv("CANDOR_TEST_BREAK") != ""))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// killed is a node in a process of its own.
type killed struct {
	t     testing.TB
	where string
	cmd   *exec.Cmd
	url   string
}

func (k *killed) start(broken bool) {
	k.t.Helper()
	k.cmd = exec.Command(os.Args[0])
	k.cmd.Env = append(os.Environ(), "CANDOR_TEST_NODE="+k.where)
	if broken {
		k.cmd.Env = append(k.cmd.Env, "CANDOR_TEST_BREAK=1")
	}
	k.cmd.Stderr = os.Stderr
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	s := bufio.NewScanner(out)
	if !s.Scan() {
		k.t.Fatalf("the node ended: %v", s.Err())
	}
	k.url = s.Text()
}

func (k *killed) kill() {
	k.cmd.Process.Signal(syscall.SIGKILL)
	k.cmd.Wait()
}

// killLoop pushes to a node that is killed at any instant of a push and whose cache is gone afterwards. It gives how many pushes were acknowledged,
// how many not, and what is wrong.
func killLoop(t *testing.T, n int, broken bool) (acknowledged, cut int, wrong []string) {
	t.Helper()
	dir := t.TempDir()
	k := &killed{t: t, where: strings.Join([]string{dir + "/candor.db", dir + "/files", dir + "/cache"}, " ")}
	k.start(broken)
	defer func() { k.kill() }()
	clone := repotest.Clone(t, k.url)
	chance := rand.New(rand.NewPCG(4, uint64(n)))
	last := repotest.Git(t, clone, "rev-parse", "HEAD")
	var usual time.Duration // how long a push takes here; the first is not disturbed
	for i := range n {
		head := repotest.Commit(t, clone, map[string]string{"n": fmt.Sprint(i), "more": strings.Repeat(fmt.Sprintln(i), 5000)})
		done := make(chan error, 1)
		began := time.Now()
		go func() {
			_, err := repotest.Try(clone, "push", "--quiet", "--force", k.url, "HEAD:main")
			done <- err
		}()
		var err error
		if i == 0 {
			err = <-done
			usual = time.Since(began)
		} else {
			time.Sleep(time.Duration(chance.Int64N(int64(usual * 5 / 4))))
		}
		k.kill()
		if i > 0 {
			err = <-done
		}
		if err := os.RemoveAll(dir + "/cache"); err != nil {
			t.Fatal(err)
		}
		k.start(broken)
		if err == nil {
			acknowledged++
			last = head
		} else {
			cut++
		}
		fresh := filepath.Join(t.TempDir(), "fresh")
		if _, err := repotest.Try("/", "clone", "--quiet", k.url, fresh); err != nil {
			return acknowledged, cut, append(wrong, err.Error())
		}
		if _, err := repotest.Try(fresh, "fsck", "--strict"); err != nil {
			wrong = append(wrong, err.Error())
		}
		at := repotest.Git(t, fresh, "rev-parse", "HEAD")
		if at != head && at != last {
			wrong = append(wrong, fmt.Sprintf("push %d: main is %s; want %s or %s", i, at, head, last))
		}
		last = at
	}
	return acknowledged, cut, wrong
}

// A node that is killed in the middle of a push never leaves a ref without its objects, and what was acknowledged is there.
func TestKillLoop(t *testing.T) {
	acknowledged, cut, wrong := killLoop(t, rounds(8, 200), false)
	if len(wrong) > 0 {
		t.Errorf("after %d pushes that were acknowledged and %d that were not:\n%s", acknowledged, cut, strings.Join(wrong, "\n"))
	}
	if acknowledged == 0 || cut == 0 {
		t.Errorf("%d pushes were acknowledged and %d were not; want some of both", acknowledged, cut)
	}
}

// TestBroken_KillLoop: with files that are written after the rows that name them something is missing, or the loop would be blind.
func TestBroken_KillLoop(t *testing.T) {
	if _, _, wrong := killLoop(t, 8, true); len(wrong) == 0 {
		t.Error("nothing was lost although files came after their rows")
	}
}
