package ns_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
	"candor/internal/sandbox/sandboxtest"
)

// peer is a server that runs programs when asked over HTTP.
type peer struct {
	url string
	ask func(name string, args []string, stdin string) any // the body of one request
	say func(b *testing.B, body []byte) string             // what the program printed
}

// run asks for one run and checks what came.
func (p peer) run(b *testing.B, name string, args []string, stdin, want string) {
	body, err := json.Marshal(p.ask(name, args, stdin))
	if err != nil {
		b.Fatal(err)
	}
	r, err := http.Post(p.url+"/run", "application/json", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	got, err := io.ReadAll(r.Body)
	if err != nil {
		b.Fatal(err)
	}
	if said := p.say(b, got); said != want {
		b.Fatalf("%s printed %q, want %q", p.url, said, want)
	}
}

// round is how long n runs take that are asked for by as many clients as there are cores.
func (p peer) round(b *testing.B, n int, name string, args []string, stdin, want string) time.Duration {
	began := time.Now()
	var clients sync.WaitGroup
	for range runtime.NumCPU() {
		clients.Go(func() {
			for range n / runtime.NumCPU() {
				p.run(b, name, args, stdin, want)
			}
		})
	}
	clients.Wait()
	return time.Since(began)
}

// BenchmarkBesideGoJudge asks this engine and criyle/go-judge (its binary's path in CANDOR_GO_JUDGE, run with its defaults) in turns over HTTP for
// runs of the same program, with the same file put into a fresh folder and fresh control groups. Aims: 2.5 times its runs a second for C,
// 1.5 times for Python.
func BenchmarkBesideGoJudge(b *testing.B) {
	binary := os.Getenv("CANDOR_GO_JUDGE")
	if binary == "" {
		b.Skip("CANDOR_GO_JUDGE names no go-judge: build github.com/criyle/go-judge/cmd/go-judge outside of this project")
	}
	e := engine(b, ns.Options{})
	files := map[string][]byte{"attack": sandboxtest.Build(b, e), "main.py": []byte("a, b = map(int, input().split())\nprint(a + b)\n")}
	both := []peer{serveEngine(b, e, files), serveGoJudge(b, binary, files)}
	for name, args := range map[string][]string{"attack": {"attack", "honest"}, "main.py": {"/usr/bin/python3", "main.py"}} {
		b.Run(name, func(b *testing.B) {
			var took [2]time.Duration
			const size = 60
			for i := range both {
				both[i].round(b, size, name, args, "19 23\n", "42\n") // warm
			}
			for range max(5, b.N) {
				for i := range both {
					took[i] += both[i].round(b, size, name, args, "19 23\n", "42\n")
				}
			}
			runs := float64(size * max(5, b.N))
			b.ReportMetric(runs/took[0].Seconds(), "runs/s")
			b.ReportMetric(runs/took[1].Seconds(), "go-judge-runs/s")
			b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "times-go-judge")
		})
	}
}

// serveEngine puts a slot for each core behind HTTP.
func serveEngine(b *testing.B, e *ns.Engine, files map[string][]byte) peer {
	type request struct {
		Name  string
		Args  []string
		Stdin string
	}
	slots := make(chan sandbox.Slot, runtime.NumCPU())
	for range cap(slots) {
		slots <- open(b, e)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q request
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		slot := <-slots
		defer func() { slots <- slot }()
		err := slot.Write(r.Context(), []sandbox.File{{Name: q.Name, Data: files[q.Name], Mode: 0o755}})
		var out sandbox.Report
		if err == nil {
			out, err = slot.Run(r.Context(), sandbox.Spec{Args: q.Args, Env: []string{"PATH=/usr/bin:/bin"}, Stdin: []byte(q.Stdin)})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"status": out.Status, "stdout": string(out.Stdout), "cpu": out.CPU, "memory": out.Memory})
	}))
	b.Cleanup(s.Close)
	return peer{s.URL, func(name string, args []string, stdin string) any {
		if args[0] == name {
			args = append([]string{"/box/" + name}, args[1:]...)
		}
		return request{name, args, stdin}
	}, func(b *testing.B, body []byte) string {
		var a struct{ Status, Stdout string }
		if err := json.Unmarshal(body, &a); err != nil || a.Status != "OK" {
			b.Fatalf("%s", body)
		}
		return a.Stdout
	}}
}

// serveGoJudge starts go-judge on a free port of loopback, and gives it the files once, as its README recommends.
func serveGoJudge(b *testing.B, binary string, files map[string][]byte) peer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.Command(binary, "-http-addr", address, "-silent")
	cmd.Dir = b.TempDir()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	p := peer{url: "http://" + address}
	for range 200 {
		if r, err := http.Get(p.url + "/version"); err == nil {
			r.Body.Close()
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	ids := map[string]string{}
	for name, data := range files {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write(data)
		}
		if err == nil {
			err = form.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
		r, err := http.Post(p.url+"/file", form.FormDataContentType(), &body)
		if err != nil {
			b.Fatal(err)
		}
		var id string
		err = json.NewDecoder(r.Body).Decode(&id)
		r.Body.Close()
		if err != nil {
			b.Fatal(fmt.Errorf("go-judge's answer to a file: %w", err))
		}
		ids[name] = id
	}
	p.ask = func(name string, args []string, stdin string) any {
		type m = map[string]any
		return m{"cmd": []m{{"args": args, "env": []string{"PATH=/usr/bin:/bin"}, "cpuLimit": 2e9, "clockLimit": 7e9, "memoryLimit": 256 << 20, "procLimit": 64,
			"files":  []m{{"content": stdin}, {"name": "stdout", "max": 1 << 20}, {"name": "stderr", "max": 1 << 20}},
			"copyIn": m{name: m{"fileId": ids[name]}}}}}
	}
	p.say = func(b *testing.B, body []byte) string {
		var a []struct {
			Status string
			Files  map[string]string
		}
		if err := json.Unmarshal(body, &a); err != nil || len(a) != 1 || a[0].Status != "Accepted" {
			b.Fatalf("%s", body)
		}
		return a[0].Files["stdout"]
	}
	return p
}
