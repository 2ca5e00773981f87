package similar_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"candor/internal/similar"
)

// many are programs of about 2.5 KB; every hundredth is a copy of the one before, renamed and reordered.
func many(n int) [][]byte {
	r := rand.New(rand.NewPCG(20, 00))
	var out [][]byte
	var last program
	for i := range n {
		p := person(r)
		p.fns = append(person(r).fns[:5], p.fns...)
		s := ownStyle(r)
		if i%100 == 99 {
			p = disguises[1].do(r, renamed(last), &s)
		}
		last = p
		out = append(out, render(p, "java", s))
	}
	return out
}

// BenchmarkCompare reads and compares 2,000 files, regions of the pairs that are shown included. live-MB is what is still in memory
// when it is done.
func BenchmarkCompare(b *testing.B) {
	texts := many(2000)
	size := int64(0)
	for _, t := range texts {
		size += int64(len(t))
	}
	b.SetBytes(size)
	b.ReportMetric(float64(size)/2000, "B/file")
	for b.Loop() {
		x, s := similar.NewIndex(), similar.NewStarter(nil, nil)
		doc := func(i int) similar.Document {
			return similar.Document{Name: fmt.Sprint(i), Files: []similar.File{{Name: "a.java", Data: texts[i]}}}
		}
		err := x.AddAll(b.Context(), len(texts), func(i int) (similar.Print, error) { return s.Print(doc(i), nil), nil }, func(int, *similar.Print) {})
		if err != nil {
			b.Fatal(err)
		}
		r, err := x.Compare(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		load := similar.Texts{Load: func(d int) (*similar.Text, error) { return s.Text(doc(d).Files, nil), nil }}
		shown := 0
		for _, p := range r.Pairs {
			if p.Outcome == similar.Not {
				continue
			}
			if _, err := load.Regions(r, p); err != nil {
				b.Fatal(err)
			}
			shown++
		}
		b.ReportMetric(float64(shown), "pairs-shown")
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "live-MB")
		runtime.KeepAlive(x)
		runtime.KeepAlive(r)
	}
}

// BenchmarkAgainst compares one new program with 10,000 stored ones.
func BenchmarkAgainst(b *testing.B) {
	x, s := similar.NewIndex(), similar.NewStarter(nil, nil)
	texts := many(10_001)
	print := func(i int) similar.Print {
		return s.Print(similar.Document{Name: fmt.Sprint(i), Files: []similar.File{{Name: "a.java", Data: texts[i]}}}, nil)
	}
	for i := range 10_000 {
		x.Add(print(i))
	}
	stock := x.Ready()
	b.ResetTimer()
	for b.Loop() {
		stock.Against(print(10_000))
	}
}

// BenchmarkPeers runs programs in alternation over CANDOR_SIMILAR_FOLDER, or over a folder of 2,000 files of its own, and says for each its
// seconds, of CPU, and the most memory it had in MB. CANDOR_SIMILAR_PEERS has a line for each, name=command, for a shell; $FOLDER is
// what to compare and $SCORES the file to write.
func BenchmarkPeers(b *testing.B) {
	peers := strings.Split(strings.TrimSpace(os.Getenv("CANDOR_SIMILAR_PEERS")), "\n")
	if peers[0] == "" {
		b.Skip("CANDOR_SIMILAR_PEERS is not set")
	}
	folder := os.Getenv("CANDOR_SIMILAR_FOLDER")
	if folder == "" {
		folder = b.TempDir()
		for i, text := range many(2000) {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("p%04d.java", i)), text, 0o600); err != nil {
				b.Fatal(err)
			}
		}
	}
	spent := map[string]float64{}
	for b.Loop() {
		for _, line := range peers {
			name, command, _ := strings.Cut(line, "=")
			c := exec.CommandContext(b.Context(), "sh", "-c", "exec "+command)
			c.Env = append(os.Environ(), "FOLDER="+folder, "SCORES="+filepath.Join(b.TempDir(), name+".csv"))
			began := time.Now()
			if out, err := c.CombinedOutput(); err != nil {
				b.Fatalf("%s: %v\n%s", name, err, out)
			}
			spent[name+"-s"] += time.Since(began).Seconds()
			spent[name+"-cpu-s"] += (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
			spent[name+"-MB"] += float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1000
		}
	}
	for what, n := range spent {
		b.ReportMetric(n/float64(b.N), what)
	}
}
