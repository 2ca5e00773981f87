package e2e_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/app/loadtest"
)

// candor runs a command that ends, and gives what it printed and its exit code.
func candor(t *testing.T, args ...string) (string, int) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if errs.Len() > 0 {
		t.Logf("candor %s: %s", strings.Join(args, " "), &errs)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// play is candidates who type in the background.
type play struct {
	t            *testing.T
	plan, ledger string
	cmd          *exec.Cmd
	out          bytes.Buffer
}

// prepare invents candidates in a data folder.
func prepare(t *testing.T, data string, more ...string) *play {
	t.Helper()
	dir := t.TempDir()
	p := &play{t: t, plan: filepath.Join(dir, "plan.json"), ledger: filepath.Join(dir, "ledger.jsonl")}
	if _, code := candor(t, append([]string{"loadtest", "prepare", "--data", data, "--plan", p.plan}, more...)...); code != 0 {
		t.Fatalf("loadtest prepare ended with %d", code)
	}
	return p
}

// begin lets them open their links.
func (p *play) begin(url string, more ...string) {
	p.t.Helper()
	path, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd = exec.Command(path, append([]string{"loadtest", "run", "--json", "--url", url, "--plan", p.plan, "--ledger", p.ledger}, more...)...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, os.Stderr
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { p.cmd.Process.Kill() })
}

// acknowledged is how many lines the ledger has.
func (p *play) acknowledged() int {
	raw, _ := os.ReadFile(p.ledger)
	return bytes.Count(raw, []byte("\n"))
}

// more waits for n more of them.
func (p *play) more(n int) {
	p.t.Helper()
	n += p.acknowledged()
	eventually(p.t, "acknowledgements", func() bool { return p.acknowledged() >= n })
}

// end waits until all have sent.
func (p *play) end() (r loadtest.Report) {
	p.t.Helper()
	err := p.cmd.Wait()
	if e := json.Unmarshal(p.out.Bytes(), &r); e != nil {
		p.t.Fatalf("loadtest run: %v, %v: %s", err, e, &p.out)
	}
	if err != nil {
		p.t.Errorf("loadtest run: %v: %v", err, r.GaveUp)
	}
	return r
}

// verify compares the ledger with an installation that no server runs on.
func (p *play) verify(where ...string) (v loadtest.Verdict, code int) {
	p.t.Helper()
	out, code := candor(p.t, append([]string{"loadtest", "verify", "--json", "--plan", p.plan, "--ledger", p.ledger}, where...)...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		p.t.Fatalf("loadtest verify ended with %d: %s", code, out)
	}
	return v, code
}

// TestLoadKilled: candidates type while the server is killed and started again. Nothing that was acknowledged is lost, and what was sent
// is what was saved last.
func TestLoadKilled(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := prepare(t, data, "--candidates", "20")
	args := []string{"serve", "--data", data, "--addr", freePort(t), "--behind-proxy", "127.0.0.1/32"}
	s := start(t, args...)
	p.begin(s.URL, "--for", "10s", "--ramp", "2s", "--every", "500ms")
	p.more(100)
	s.kill()
	s = start(t, args...)
	r := p.end()
	s.stop()
	if len(r.Errors) == 0 {
		t.Error("nobody noticed that the server was killed; the test is blind")
	}
	v, code := p.verify("--data", data)
	if code != 0 || !v.OK() || v.Saves < 100 || v.Sent != 20 {
		t.Errorf("verify = %d, %v; want nothing lost, at least 100 saves, and 20 parts sent", code, v)
	}

	f, err := os.OpenFile(p.ledger, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := loadtest.ReadPlan(p.plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(f).Encode(loadtest.Entry{Invitation: plan.Seats[0].Invitation, Item: "tell-us", Client: "c_x", Seq: 1, SHA256: "x", Standing: "on_time", Revision: 1 << 40}); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if v, code := p.verify("--data", data); code != 1 || len(v.Lost) != 1 || len(v.Differ) != 1 {
		t.Errorf("verify of an acknowledgement that the database does not have = %d, %v; want it lost, and the part sent without it", code, v)
	}
}

// TestLoadAmongPeople: candidates are not invented where real people are.
func TestLoadAmongPeople(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := start(t, "serve", "--data", data, "--addr", "127.0.0.1:0")
	company(t, s, withCode())
	s.stop()
	plan := filepath.Join(t.TempDir(), "plan.json")
	if _, code := candor(t, "loadtest", "prepare", "--data", data, "--plan", plan); code != 1 {
		t.Errorf("prepare among real people ended with %d; want 1", code)
	}
	if _, code := candor(t, "loadtest", "prepare", "--data", data, "--plan", plan, "--candidates", "1", "--among-people"); code != 0 {
		t.Errorf("prepare that was told to ended with %d; want 0", code)
	}
}
