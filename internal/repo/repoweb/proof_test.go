package repoweb_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/git"
	"candor/internal/repo"
	"candor/internal/repo/repotest"
)

// rounds is how often what is left to chance is done.
func rounds(short, long int) int {
	if os.Getenv("CANDOR_TEST_LONG") != "" {
		return long
	}
	return short
}

// Pushes that race over two nodes have exactly one winner, the others are told to fetch, and the repository is whole after each round.
func TestRacingPushes(t *testing.T) {
	each(t, func(t *testing.T, a, b *repotest.Node, _ *dbtest.Clock) {
		r := a.New(t, a.Template(t, nil).ID, "att_1")
		const racers = 4
		var clones []string
		for i := range racers {
			n := []*repotest.Node{a, b}[i%2]
			clones = append(clones, repotest.Clone(t, n.CloneURL(r, n.URL)))
		}
		for round := range rounds(10, 500) {
			heads, outs, errs := make([]string, racers), make([]string, racers), make([]error, racers)
			for i, dir := range clones {
				heads[i] = repotest.Commit(t, dir, map[string]string{"who": fmt.Sprint(round, " ", i)})
			}
			var all sync.WaitGroup
			for i, dir := range clones {
				all.Go(func() { outs[i], errs[i] = repotest.Try(dir, "push", "--quiet", "--force", "origin", "HEAD:main", fmt.Sprintf("HEAD:refs/heads/of-%d", i)) })
			}
			all.Wait()
			a.Read(t, func(tx db.Tx) error {
				refs, err := a.Refs(ctx, tx, r.ID)
				if err != nil {
					return err
				}
				for i := range clones {
					won := refs[racers].Hash == git.Hash(heads[i]) // main comes after of-0 to of-3
					if won != (errs[i] == nil) || !won && !strings.Contains(outs[i], "fetch first") && !strings.Contains(outs[i], "rejected") {
						t.Errorf("round %d, racer %d: main is %s, its push %s: %v", round, i, refs[racers].Hash, heads[i], errs[i])
					}
				}
				return nil
			})
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				}
			}
			if won != 1 {
				t.Fatalf("round %d: %d winners\n%s", round, won, strings.Join(outs, "\n"))
			}
			for _, dir := range clones {
				repotest.Git(t, dir, "fetch", "--quiet")
				repotest.Git(t, dir, "reset", "--quiet", "--hard", "origin/main")
			}
		}
		repotest.Git(t, repotest.Clone(t, b.CloneURL(r, b.URL)), "fsck", "--strict")
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
			// The guard would be blind if nothing could be had by its hash.
			if out, err := repotest.Try(t.TempDir(), "init", "--quiet"); err != nil {
				t.Fatal(out)
			}
			bare := t.TempDir()
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
		fmt.Fprintln(os.Stderr, repotest.Serve(strings.Fields(where), os.Getenv("CANDOR_TEST_BREAK") != ""))
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

// killLoop pushes to a node that is killed in the middle, and gives how often a push was acknowledged, how often not, and what is broken after it.
func killLoop(t *testing.T, n int, broken bool) (acknowledged, cut int, wrong []string) {
	t.Helper()
	dir := t.TempDir()
	k := &killed{t: t, where: strings.Join([]string{dir + "/candor.db", dir + "/files", dir + "/cache"}, " ")}
	k.start(broken)
	defer k.kill()
	clone := repotest.Clone(t, k.url)
	last := repotest.Git(t, clone, "rev-parse", "HEAD")
	for i := range n {
		head := repotest.Commit(t, clone, map[string]string{"n": fmt.Sprint(i), "more": strings.Repeat(fmt.Sprintln(i), 5000)})
		url := k.url
		cmd := exec.Command("git", "push", "--quiet", "--force", url, "HEAD:main")
		cmd.Dir, cmd.Env = clone, repotest.Client()
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Where in the push it falls is chance: 0 to twice a push's length, in steps of what the pushes so far took.
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		err := killDuring(k, done, i)
		k.start(broken)
		if err == nil {
			acknowledged++
			last = head
		} else {
			cut++
		}
		fresh, failed := tryClone(t, k.url)
		if failed != nil {
			return acknowledged, cut, append(wrong, failed.Error())
		}
		if _, failed := repotest.Try(fresh, "fsck", "--strict"); failed != nil {
			wrong = append(wrong, failed.Error())
		}
		at := repotest.Git(t, fresh, "rev-parse", "HEAD")
		if at != head && at != last {
			wrong = append(wrong, fmt.Sprintf("push %d: main is %s; want %s or %s", i, at, head, last))
		}
		last = at
	}
	return acknowledged, cut, wrong
}
