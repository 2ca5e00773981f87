package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"candor/internal/app"
	"candor/internal/db/dbtest"
	"candor/internal/web"
)

// BenchmarkSaves is how many 4 KB saves of an answer are durable in a second and how long the slowest hundredth waits, over HTTP with
// signed-in candidates who all type at once; beside it the bare rate of fdatasync of the same disk in the same run. Say -benchtime=5000x.
func BenchmarkSaves(b *testing.B) {
	b.Run("fdatasync of 4 KB", benchmarkSync)
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, candidates := range []int{64, 1000} {
			b.Run(fmt.Sprintf("%s, %d candidates", engine, candidates), func(b *testing.B) {
				database := ""
				if engine == "postgres" {
					if os.Getenv("CANDOR_TEST_POSTGRES") == "" {
						b.Skip("CANDOR_TEST_POSTGRES is not set")
					}
					database = dbtest.Database(b, app.Schemas()...)
				}
				benchmarkSaves(b, makeWorld(b, database), candidates)
			})
		}
	}
}

func benchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	waits := make([]time.Duration, b.N)
	b.ResetTimer()
	for i := range waits {
		began := time.Now()
		if _, err := f.WriteAt(page, int64(i%256)*4096); err != nil {
			b.Fatal(err)
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
		waits[i] = time.Since(began)
	}
	report(b, waits)
}

func benchmarkSaves(b *testing.B, w *world, candidates int) {
	s := httptest.NewServer(w.mux)
	defer s.Close()
	typing := make([]*applicant, candidates)
	for i := range typing {
		p := w.here.enter(fmt.Sprint("typist", i), w.here.plain)
		sitting, err := w.app.Attempts.Begin(ctx, p.who, "writing")
		w.must(err)
		p.sitting = sitting.ID
		typing[i] = p
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: candidates}}
	text := strings.Repeat("and so on ", 410)
	waits := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	before := cpu(b)
	for _, p := range typing {
		all.Go(func() {
			for seq := 1; ; seq++ {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				raw, err := json.Marshal(saves(p, "c1", 1, seq, text+fmt.Sprint(i)))
				if err != nil {
					b.Error(err)
					return
				}
				began := time.Now()
				if err := post200(client, s.URL+"/c/-/save", p.cookie, string(raw)); err != nil {
					b.Error(err)
					return
				}
				waits[i] = time.Since(began)
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/save") // the senders' share is in it
	report(b, waits)
}

// cpu is the processor time of this process so far.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func post200(client *http.Client, target, cookie, body string) error {
	req, err := http.NewRequestWithContext(context.Background(), "POST", target, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: cookie})
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || !strings.Contains(string(said), `"on_time"`)) {
		err = fmt.Errorf("a save = %d %s", res.StatusCode, said)
	}
	return err
}

// report adds the rate and the 99th percentile.
func report(b *testing.B, waits []time.Duration) {
	b.ReportMetric(float64(len(waits))/b.Elapsed().Seconds(), "saves/s")
	reportP99(b, waits)
}

func reportP99(b *testing.B, waits []time.Duration) {
	slices.Sort(waits)
	b.ReportMetric(float64(waits[int(math.Ceil(float64(len(waits))*.99))-1].Microseconds())/1000, "p99-ms")
}
