package board_test

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"candor/internal/board"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/review/reviewtest"
)

// peak is a writer that throws away what it gets and keeps the largest heap it saw.
type peak struct{ bytes, most uint64 }

func (p *peak) Write(b []byte) (int, error) {
	if p.bytes += uint64(len(b)); p.bytes/(64<<10) != (p.bytes-uint64(len(b)))/(64<<10) {
		p.look()
	}
	return len(b), nil
}

func (p *peak) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.most = max(p.most, m.HeapInuse)
}

// BenchmarkResults exports 1,000 and 10,000 applications with two scorecards each: CPU time and the largest heap while it writes.
//
//	go test ./internal/board -run '^$' -bench Results -benchtime 3x
func BenchmarkResults(b *testing.B) {
	for _, size := range []int{1000, 10_000} {
		d, tick := dbtest.Open(b, schemas...)
		w := newWorld(b, d, tick)
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		reviewtest.Crowd(b, d, w.Org.ID, n, size, w.Mina.ID, w.Jun.ID)
		for _, f := range []board.Format{board.CSV, board.XLSX} {
			b.Run(fmt.Sprintf("%s-%d", f, size), func(b *testing.B) {
				defer debug.SetGCPercent(debug.SetGCPercent(20)) // so that the heap is what is held, not what waits to be collected
				var p peak
				began := cpu()
				for b.Loop() {
					p.bytes = 0
					if err := w.b.Results(ctx, w.Owner, w.Opening, f, &p, func(opening.Opening) {}); err != nil {
						b.Fatal(err)
					}
					p.look()
				}
				b.ReportMetric(float64((cpu()-began).Milliseconds())/float64(b.N), "cpu-ms/op")
				b.ReportMetric(float64(p.most)/(1<<20), "heap-MB")
				b.ReportMetric(float64(p.bytes)/(1<<10), "file-kB")
			})
		}
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
