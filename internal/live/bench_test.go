package live_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/live"
	"candor/internal/web"
)

// BenchmarkConnections holds 2,000 streams of 2,000 people of one organisation, as the server has them, and tells each person something, one
// after the other: bytes of the process for each stream, the server's end and the test's together, and how long after its commit an event is there.
//
//	go test ./internal/live -run XXX -bench Connections -benchtime 1x
func BenchmarkConnections(b *testing.B) {
	const many = 2000
	d, _ := dbtest.Open(b, live.Schema)
	hub := &live.Hub{DB: d}
	mux := web.New(web.Config{Rates: map[web.Rate]web.Limit{web.RateLive: {Burst: 1e6, Per: 1e6}}, Auth: web.Auth{Candidate: func(_ context.Context, cookie string) (web.Session, error) {
		return web.Session{Actor: actor.Actor{Kind: actor.Candidate, ID: cookie, Org: "org_1", Session: cookie}}, nil
	}}})
	mux.Handle(web.Route{Pattern: "GET /c/-/live", Action: "test.live", Auth: web.Candidate, Tenant: web.FromSession, Object: "attempt", Rate: web.RateLive, Stream: true},
		func(w http.ResponseWriter, r *http.Request) error {
			me := web.Actor(r).ID
			return hub.Stream(w, r, "org_1", func(_, subject string) bool { return subject == me })
		})
	if err := mux.Start(); err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := mux.Server()
	go s.Serve(l)
	b.Cleanup(func() { s.Close() })
	for b.Loop() {
		before := resident(b)
		heard := make([]chan time.Time, many)
		var open sync.WaitGroup
		var conns []net.Conn
		for i := range heard {
			heard[i] = make(chan time.Time, 1)
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			conns = append(conns, c)
			fmt.Fprintf(c, "GET /c/-/live HTTP/1.1\r\nHost: %s\r\nCookie: %s=att_%d\r\n\r\n", l.Addr(), web.CandidateCookie, i)
			open.Add(1)
			go func() {
				in := bufio.NewReaderSize(c, 512)
				for begun := false; ; {
					line, err := in.ReadString('\n')
					switch {
					case err != nil:
						return
					case strings.HasPrefix(line, "retry:") && !begun:
						begun = true
						open.Done()
					case strings.HasPrefix(line, "data:"):
						heard[i] <- time.Now()
					}
				}
			}()
		}
		open.Wait()
		b.ReportMetric(float64(resident(b)-before)/many, "B/stream")
		var late []time.Duration
		for i := range heard {
			err := d.Write(b.Context(), "org_1", func(tx db.Tx) error { return live.Tell(b.Context(), tx, d.Now(), "run", fmt.Sprintf("att_%d", i)) })
			if err != nil {
				b.Fatal(err)
			}
			told := time.Now()
			if i%10 == 0 { // the others make the traffic
				late = append(late, (<-heard[i]).Sub(told))
			}
		}
		slices.Sort(late)
		b.ReportMetric(float64(late[len(late)/2].Milliseconds()), "ms-p50")
		b.ReportMetric(float64(late[len(late)*99/100].Milliseconds()), "ms-p99")
		for _, c := range conns {
			c.Close()
		}
	}
}

// resident is this process's memory in bytes after a collection.
func resident(b *testing.B) int64 {
	b.Helper()
	runtime.GC()
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("there is no /proc: ", err)
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(raw), &size, &pages); err != nil {
		b.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
