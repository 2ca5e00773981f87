package repoweb_test

import (
	"fmt"
	"math/rand/v2"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/git"
	"candor/internal/repo"
	"candor/internal/repo/repotest"
)

// starter is a template of n files of about 2 KB.
func starter(n int) fstest.MapFS {
	chance := rand.New(rand.NewPCG(1, 2))
	out := fstest.MapFS{}
	for i := range n {
		var b strings.Builder
		for range 60 {
			fmt.Fprintf(&b, "func f%d() int { return %d }\n", chance.IntN(1000), chance.IntN(1e6))
		}
		out[fmt.Sprintf("pkg%02d/file%03d.go", i%25, i)] = &fstest.MapFile{Data: []byte(b.String()), Mode: 0o644}
	}
	return out
}

// BenchmarkCreate makes candidates' repositories of a template of 500 files, each in a transaction of its own, eight at a time as a server does,
// beside git clone --bare.
func BenchmarkCreate(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *db.DB{
		"sqlite":   func(t testing.TB) *db.DB { d, _ := dbtest.Open(t, repotest.Schemas...); return d },
		"postgres": func(t testing.TB) *db.DB { d, _ := dbtest.OpenPostgres(t, repotest.Schemas...); return d },
	} {
		b.Run(name, func(b *testing.B) {
			n := repotest.NewNode(b, open(b), b.TempDir())
			template := n.Template(b, repo.Folder(starter(500)))
			first := n.New(b, template.ID, "att_first")
			bare := repotest.Clone(b, n.CloneURL(first, n.URL), "--bare")
			var ours, theirs time.Duration
			rounds := 0
			for b.Loop() {
				rounds++
				began := time.Now()
				var all sync.WaitGroup
				for w := range 8 {
					all.Go(func() {
						for i := range 1250 {
							n.New(b, template.ID, fmt.Sprintf("att_%d_%d_%d", rounds, w, i))
						}
					})
				}
				all.Wait()
				ours += time.Since(began)
				began = time.Now()
				for range 20 {
					repotest.Git(b, "/", "clone", "--quiet", "--bare", bare, filepath.Join(b.TempDir(), "x"))
				}
				theirs += time.Since(began)
			}
			b.ReportMetric(float64(ours.Microseconds())/float64(rounds*10_000), "us/create")
			b.ReportMetric(float64(theirs.Microseconds())/float64(rounds*20), "us/clone-bare")
			if got := repotest.Clone(b, n.CloneURL(n.New(b, template.ID, "att_1_7_1249"), n.URL)); repotest.Git(b, got, "rev-parse", "HEAD") != string(template.Base) {
				b.Error("the last one is not whole")
			}
		})
	}
}

// backend is git's own server of a bare repository.
func backend(b *testing.B, from string) string {
	dir := b.TempDir()
	repotest.Git(b, "/", "clone", "--quiet", "--bare", from, filepath.Join(dir, "bare.git"))
	repotest.Git(b, filepath.Join(dir, "bare.git"), "config", "http.receivepack", "true")
	s := httptest.NewServer(&cgi.Handler{Path: filepath.Join(repotest.Git(b, "/", "--exec-path"), "git-http-backend"), Root: "/", Stderr: os.Stderr,
		Env: []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "HOME=/nonexistent"}, InheritEnv: []string{"PATH"}})
	b.Cleanup(s.Close)
	return s.URL + "/bare.git"
}

// BenchmarkWire clones, fetches and pushes over HTTP, by turns here and with git http-backend.
func BenchmarkWire(b *testing.B) {
	d, _ := dbtest.Open(b, repotest.Schemas...)
	n := repotest.NewNode(b, d, b.TempDir())
	r := n.New(b, n.Template(b, repo.Folder(starter(500))).ID, "att_1")
	urls := [2]string{n.CloneURL(r, n.URL)}
	urls[1] = backend(b, urls[0])
	for _, what := range []string{"clone", "fetch", "push"} {
		b.Run(what, func(b *testing.B) {
			var spent [2]time.Duration
			rounds := 0
			var reads, writes [2]string
			for i, url := range urls {
				reads[i], writes[i] = repotest.Clone(b, url), repotest.Clone(b, url)
			}
			for b.Loop() {
				rounds++
				for k := range urls {
					i := (k + rounds) % 2
					push := func() { repotest.Git(b, writes[i], "push", "--quiet", "origin", "HEAD:main") }
					if what != "clone" {
						repotest.Commit(b, writes[i], map[string]string{"pkg01/file001.go": fmt.Sprint(what, rounds, time.Now())})
					}
					if what == "fetch" {
						push()
					}
					began := time.Now()
					switch what {
					case "clone":
						repotest.Git(b, "/", "clone", "--quiet", "--bare", urls[i], filepath.Join(b.TempDir(), "x"))
					case "fetch":
						repotest.Git(b, reads[i], "fetch", "--quiet")
					case "push":
						push()
					}
					spent[i] += time.Since(began)
				}
			}
			b.ReportMetric(float64(spent[0].Microseconds())/float64(1000*rounds), "ms/here")
			b.ReportMetric(float64(spent[1].Microseconds())/float64(1000*rounds), "ms/http-backend")
			b.ReportMetric(float64(spent[0])/float64(spent[1]), "ratio")
		})
	}
}

// Many clones at once all come through.
func TestManyClones(t *testing.T) {
	d, _ := dbtest.Open(t, repotest.Schemas...)
	n := repotest.NewNode(t, d, t.TempDir())
	template := n.Template(t, repo.Folder(starter(100)))
	var all sync.WaitGroup
	for i := range rounds(12, 50) {
		url := n.CloneURL(n.New(t, template.ID, fmt.Sprint("att_", i)), n.URL)
		dir := filepath.Join(t.TempDir(), "x")
		all.Go(func() {
			if _, err := repotest.Try("/", "clone", "--quiet", "--bare", url, dir); err != nil {
				t.Errorf("clone %d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// BenchmarkManyClones is fifty clones of 500 files at once.
func BenchmarkManyClones(b *testing.B) {
	d, _ := dbtest.Open(b, repotest.Schemas...)
	n := repotest.NewNode(b, d, b.TempDir())
	template := n.Template(b, repo.Folder(starter(500)))
	var urls []string
	for i := range 50 {
		urls = append(urls, n.CloneURL(n.New(b, template.ID, fmt.Sprint("att_", i)), n.URL))
	}
	for b.Loop() {
		var all sync.WaitGroup
		for _, url := range urls {
			dir := filepath.Join(b.TempDir(), "x")
			all.Go(func() {
				if _, err := repotest.Try("/", "clone", "--quiet", "--bare", url, dir); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
}

// BenchmarkLargeClone clones 160 MB that cannot be made smaller. Each git here may have 512 MiB of address space, mapped files included; what is
// measured is what this process has on its heap at most meanwhile.
func BenchmarkLargeClone(b *testing.B) {
	dir := b.TempDir()
	repotest.Git(b, dir, "init", "--quiet", "--initial-branch=main")
	chance := rand.NewChaCha8([32]byte{})
	files := map[string]string{}
	for i := range 40 {
		part := make([]byte, 4<<20)
		chance.Read(part)
		files[fmt.Sprint("part", i)] = string(part)
	}
	repotest.Commit(b, dir, files)
	files = nil
	file := filepath.Join(b.TempDir(), "x.bundle")
	repotest.Git(b, dir, "bundle", "create", "--quiet", file, "main")
	f, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	d, _ := dbtest.Open(b, repotest.Schemas...)
	n := repotest.NewNode(b, d, b.TempDir())
	n.Git = &git.Git{Memory: 512 << 20}
	n.Limits = repo.DefaultLimits
	n.Limits.Push = 1 << 30
	r := n.New(b, n.Template(b, repo.Bundle(f)).ID, "att_1")
	peak := uint64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	runtime.GC()
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	for b.Loop() {
		repotest.Git(b, "/", "clone", "--quiet", "--bare", n.CloneURL(r, n.URL), filepath.Join(b.TempDir(), "x"))
	}
	close(stop)
	<-stopped
	b.ReportMetric(float64(peak)/(1<<20), "MiB-heap")
}
