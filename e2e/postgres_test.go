package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// cluster is a PostgreSQL of a test's own, with the durability that it has by default.
type cluster struct {
	t        *testing.T
	bin, dir string
}

// newCluster starts one; it ends with the test.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(bins) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("PostgreSQL is not installed, and CI must have it: run the tests by dev/test")
		}
		t.Skip("PostgreSQL is not installed: apt-get install postgresql")
	}
	slices.Sort(bins)
	dir, err := os.MkdirTemp("", "candor-pg") // a socket's path is short, and the server's user must reach it
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t, bins[len(bins)-1], dir}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Geteuid() == 0 {
		if out, err := exec.Command("chown", "postgres", dir).CombinedOutput(); err != nil {
			t.Fatalf("chown: %v %s", err, out)
		}
	}
	c.run("initdb", "-D", dir+"/data", "-U", "candor", "--auth=trust", "-E", "UTF8", "--locale=C")
	c.run("pg_ctl", "-D", dir+"/data", "-w", "-l", dir+"/log", "-o", "-k "+dir+" -c listen_addresses=''", "start")
	t.Cleanup(func() { c.run("pg_ctl", "-D", dir+"/data", "-m", "immediate", "stop") })
	return c
}

// run runs a program of PostgreSQL's, as an ordinary user.
func (c *cluster) run(name string, args ...string) {
	c.t.Helper()
	args = append([]string{filepath.Join(c.bin, name)}, args...)
	if os.Geteuid() == 0 {
		args = append([]string{"runuser", "-u", "postgres", "--"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = c.dir
	if name == "pg_ctl" {
		cmd.Stdout = nil // the server that it leaves behind would hold the pipe open
		if err := cmd.Run(); err != nil {
			log, _ := os.ReadFile(c.dir + "/log")
			c.t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, log)
		}
		return
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (c *cluster) url() string { return "postgres://candor@/postgres?host=" + c.dir }

// TestPostgresRestarts: the database dies and comes back, again and again, while candidates type. The server gets over it by itself, and
// nothing that was acknowledged is lost.
func TestPostgresRestarts(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	n := rounds(1, 30)
	data := t.TempDir()
	p := prepare(t, data, "--database", c.url(), "--candidates", "20")
	s := start(t, "serve", "--data", data, "--database", c.url(), "--addr", freePort(t), "--behind-proxy", "127.0.0.1/32")
	p.begin(s.URL, "--for", fmt.Sprint(20*n, "s"), "--ramp", "1s", "--every", "300ms", "--patience", "120s")
	for range n {
		p.more(60)
		c.run("pg_ctl", "-D", c.dir+"/data", "-w", "-m", "immediate", "-l", c.dir+"/log", "restart")
	}
	r := p.end()
	s.stop()
	v, code := p.verify("--data", data, "--database", c.url())
	t.Logf("%d restarts, %v; what candidates saw: %v", n, v, r.Errors)
	if len(r.Errors) == 0 {
		t.Error("nobody noticed that the database was gone; the test is blind")
	}
	if code != 0 || !v.OK() || v.Saves < n*60 || v.Sent != 20 {
		t.Errorf("verify = %d, %v; want nothing lost, and 20 parts sent", code, v)
	}
}
