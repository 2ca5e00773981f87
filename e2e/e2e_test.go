// Package e2e_test runs the real binary and walks through it in real Chromium.
package e2e_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the built program, once per test run.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "candor-e2e")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "candor")
	out, err := exec.Command("go", "build", "-o", path, "candor/cmd/candor").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// filled is the data of the demo, made once per test run by its first start: all its programs are really judged, which takes a while.
var filled = sync.OnceValues(func() (string, error) {
	path, err := binary()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(filepath.Dir(path), "demo")
	cmd := exec.Command(path, "demo", "--data", dir, "--addr", "127.0.0.1:0")
	out := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return "", err
	}
	for range 6000 {
		if strings.Contains(out.String(), "answers on http") {
			cmd.Process.Signal(syscall.SIGTERM)
			return dir, cmd.Wait()
		}
		time.Sleep(50 * time.Millisecond) // the process says when it is ready; nothing else can
	}
	cmd.Process.Kill()
	return "", fmt.Errorf("the demo was not filled in five minutes:\n%s", out)
})

// demo runs the demo on a copy of its data.
func demo(t *testing.T) *server {
	t.Helper()
	from, err := filled()
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	if err := copyData(to, from); err != nil {
		t.Fatal(err)
	}
	return start(t, "demo", "--data", to, "--addr", "127.0.0.1:0")
}

// server is a running candor.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	URL  string
	out  *lockedBuffer
	args []string
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs candor with arguments and waits until it answers.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, out: &lockedBuffer{}, args: args}
	s.cmd = exec.Command(path, args...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.stop()
		if t.Failed() {
			t.Logf("candor %s:\n%s", strings.Join(args, " "), s.out)
		}
	})
	address := regexp.MustCompile(`answers on (http://\S+)`)
	for range 1200 {
		if m := address.FindStringSubmatch(s.out.String()); m != nil {
			s.URL = m[1]
			break
		}
		if s.cmd.ProcessState != nil {
			break
		}
		time.Sleep(50 * time.Millisecond) // the process says when it is ready; nothing else can
	}
	if s.URL == "" {
		t.Fatalf("candor did not start:\n%s", s.out)
	}
	for range 200 {
		r, err := http.Get(s.URL + "/healthz")
		if err == nil {
			r.Body.Close()
			if r.StatusCode == 200 {
				return s
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("/healthz does not answer:\n%s", s.out)
	return nil
}

// stop asks it to end and waits.
func (s *server) stop() {
	if s.cmd.Process == nil || s.cmd.ProcessState != nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { s.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		s.cmd.Process.Kill()
		<-done
	}
}

// kill ends it without a word, as a power cut would.
func (s *server) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// link finds the address printed on the line of a person, or on the line after.
func (s *server) link(who string) string {
	s.t.Helper()
	lines := bufio.NewScanner(strings.NewReader(s.out.String()))
	address := regexp.MustCompile(`http://\S+`)
	near := false
	for lines.Scan() {
		if strings.Contains(lines.Text(), who) {
			near = true
		}
		if m := address.FindString(lines.Text()); near && m != "" {
			return m
		}
	}
	s.t.Fatalf("no link of %q was printed:\n%s", who, s.out)
	return ""
}
