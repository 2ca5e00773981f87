package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"candor/internal/db"
	"candor/internal/db/disktest"
)

// rounds is how often something is done: few times, or as often as the long form does it.
func rounds(short, long int) int {
	if os.Getenv("CANDOR_TEST_LONG") != "" {
		return long
	}
	return short
}

// powered is a server whose data is on a disk that loses power.
type powered struct {
	*server
	t      *testing.T
	disk   *disktest.Disk
	data   string
	chance *rand.Rand
}

// mount gives the disk's installation.
func (p *powered) mount() { p.data = filepath.Join(p.disk.Mount(p.t), "data") }

func (p *powered) start(addr string) {
	p.server = start(p.t, "serve", "--data", p.data, "--addr", addr, "--behind-proxy", "127.0.0.1/32")
}

// cut ends the server in the middle of what it does, and its disk keeps what a power cut leaves of it.
func (p *powered) cut() {
	p.kill()
	p.disk = p.disk.Cut(p.chance)
	p.mount()
}

// lasts wants files after a cut that the server does not notice.
func (p *powered) lasts(names ...string) {
	p.t.Helper()
	to := p.t.TempDir()
	if err := p.disk.Cut(p.chance).WriteTo(to); err != nil {
		p.t.Fatal(err)
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(to, name)); err != nil {
			p.t.Errorf("after a cut: %v", err)
		}
	}
}

// TestPowerCuts: the power goes while candidates type, again and again; the server comes back on what the disk kept, recovers, and the
// candidates go on. Nothing that was acknowledged is lost. On a disk that only says that it syncs something is, or the test would be blind.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	t.Run("as it is", func(t *testing.T) {
		n := rounds(3, 60)
		s := &powered{t: t, disk: disktest.New(), chance: rand.New(rand.NewPCG(4, uint64(n)))}
		s.mount()
		p := prepare(t, s.data, "--candidates", "10")
		for range 10 { // also right after the first start of all
			s.lasts("data/candor.db", "data/secret.key")
		}
		s.disk = s.disk.Cut(s.chance)
		s.mount()
		addr := freePort(t)
		s.start(addr)
		p.begin(s.URL, "--for", fmt.Sprint(n*6, "s"), "--ramp", "1s", "--every", "200ms", "--patience", "120s")
		for range n {
			p.more(30)
			s.cut()
			s.start(addr)
		}
		r := p.end()
		s.stop()
		v, code := p.verify("--data", s.data)
		t.Logf("%d cuts, %v; what candidates saw: %v", n, v, r.Errors)
		if code != 0 || !v.OK() || v.Saves < n*30 || v.Sent != 10 {
			t.Errorf("verify = %d, %v; want nothing lost, and 10 parts sent", code, v)
		}
	})
	t.Run("on a disk that lies", func(t *testing.T) {
		s := &powered{t: t, disk: disktest.New(), chance: rand.New(rand.NewPCG(5, 5))}
		s.mount()
		p := prepare(t, s.data, "--candidates", "10")
		s.start(freePort(t))
		s.disk.Arm(disktest.Fault{Kind: disktest.Sync, Nth: 1, Stays: true})
		p.begin(s.URL, "--for", "60s", "--ramp", "1s", "--every", "200ms")
		p.more(60)
		p.cmd.Process.Kill()
		p.cmd.Wait()
		s.cut()
		if out, code := candor(t, "loadtest", "verify", "--json", "--plan", p.plan, "--ledger", p.ledger, "--data", s.data); code != 1 {
			t.Errorf("verify after a cut on a disk that lies = %d, %s; want something lost", code, out)
		}
	})
}

// TestKillLoop: the server is killed again and again while candidates start, save, run their programs and send. Everything acknowledged is
// there, each submission once, each answer marked, each letter written once.
func TestKillLoop(t *testing.T) {
	t.Parallel()
	n, people := rounds(3, 40), rounds(6, 60)
	data := t.TempDir()
	p := prepare(t, data, "--candidates", fmt.Sprint(people), "--code")
	args := []string{"serve", "--data", data, "--addr", freePort(t), "--behind-proxy", "127.0.0.1/32"}
	s := start(t, args...)
	p.begin(s.URL, "--for", "4s", "--ramp", fmt.Sprint(3*n, "s"), "--every", "200ms", "--runs", "1", "--patience", "120s")
	for range n {
		p.more(people * 10 / (n + 1))
		s.kill()
		s = start(t, args...)
	}
	p.end()
	d, err := db.Open(context.Background(), "sqlite:"+filepath.Join(data, "candor.db"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	count := func(query string) (n int) {
		t.Helper()
		err := d.InstallationRead(context.Background(), func(tx db.Tx) error { return tx.QueryRowContext(context.Background(), query).Scan(&n) })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for left := people; left > 0; { // a program takes seconds of a core: as long as there are fewer it goes on
		before := left
		eventually(t, fmt.Sprint("the jobs, of which ", left, " are left"), func() bool {
			left = count(`SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running', 'retryable')`) + count(`SELECT COUNT(*) FROM run_queue`)
			return left == 0 || left < before
		})
	}
	for _, c := range []struct {
		what, query string
		want        int
	}{
		{"attempts that are submitted", `SELECT COUNT(*) FROM attempts WHERE state = 'submitted'`, people},
		{"submissions", `SELECT COUNT(DISTINCT submission_id) FROM attempts`, people},
		{"ends in ledgers", `SELECT COUNT(*) FROM ledger WHERE kind = 'end'`, 2 * people},
		{"frozen answers", `SELECT COUNT(*) FROM submission_items`, 3 * people},
		{"marks that are made", `SELECT COUNT(*) FROM marks WHERE state = 'done' AND item IN ('pick', 'program')`, 2 * people},
		{"marks that are not", `SELECT COUNT(*) FROM marks WHERE state <> 'done'`, 0},
		{"graded runs", `SELECT COUNT(*) FROM runs WHERE purpose = 'graded' AND state = 'done'`, people},
		{"letters about submissions", `SELECT COUNT(*) FROM mails WHERE about = 'attempt.submitted'`, people},
		{"people with such a letter", `SELECT COUNT(DISTINCT to_email) FROM mails WHERE about = 'attempt.submitted'`, people},
		{"rounds of review", `SELECT COUNT(*) FROM review_rounds`, people},
		{"jobs given up", `SELECT COUNT(*) FROM river_job WHERE state = 'discarded'`, 0},
	} {
		if got := count(c.query); got != c.want {
			t.Errorf("%s: %d; want %d", c.what, got, c.want)
		}
	}
	s.stop()
	v, code := p.verify("--data", data)
	t.Logf("%d kills, %v", n, v)
	if code != 0 || !v.OK() || v.Sent != 2*people {
		t.Errorf("verify = %d, %v; want nothing lost, and %d parts sent", code, v, 2*people)
	}
}
