package loadtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Report is how it went.
type Report struct {
	Candidates   int              `json:"candidates"`
	Seconds      float64          `json:"seconds"`
	Acknowledged int              `json:"acknowledged"` // lines of the ledger
	Waits        map[string]Waits `json:"waits"`        // by what was pressed: enter, start, save, run, send
	Errors       map[string]int   `json:"errors"`       // each was tried again
	GaveUp       []string         `json:"gave_up"`      // candidates who could not go on, and why
	Server       *Usage           `json:"server,omitempty"`
	Load         string           `json:"load"` // of the machine, at the end
}

// Waits are how long answers took, in milliseconds; a start is from the press to the page of the first item.
type Waits struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

// Usage is what the server's process used meanwhile.
type Usage struct {
	CPU    float64 `json:"cpu_seconds"`
	PerMin float64 `json:"cpu_ms_per_candidate_minute"`
	Before float64 `json:"rss_mb_before"`
	After  float64 `json:"rss_mb_after"`
	Each   float64 `json:"kb_per_candidate"`
	Half   float64 `json:"rss_mb_half"` // in the middle of it
	Peak   float64 `json:"rss_mb_peak"`
}

// meter gathers what players see.
type meter struct {
	process int
	cpu     time.Duration // of the server before
	rss     float64

	mu     sync.Mutex
	waits  map[string][]time.Duration
	errors map[string]int
	gave   []string
	seen   []float64 // memory of the server, every second
}

func (m *meter) begin() (err error) {
	m.waits = map[string][]time.Duration{}
	if m.process != 0 {
		m.cpu, m.rss, err = usage(m.process)
	}
	return err
}

func (m *meter) took(kind string, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waits[kind] = append(m.waits[kind], d)
}

// failed counts an error that is tried again, by what it is and not where it happened, and gives it back.
func (m *meter) failed(what string, err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.errors[what+": "+cause(err)]++
	return err
}

// cause is an error without what differs from time to time.
func cause(err error) string {
	var u *url.Error
	var n net.Error
	var e syscall.Errno
	switch {
	case errors.As(err, &e):
		return e.Error()
	case errors.As(err, &n) && n.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &u):
		return u.Err.Error()
	}
	return err.Error()
}

func (m *meter) gaveUp(invitation string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gave = append(m.gave, invitation+": "+err.Error())
}

func (m *meter) report(candidates int, took time.Duration, acknowledged int) (Report, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := Report{Candidates: candidates, Seconds: took.Seconds(), Acknowledged: acknowledged, Waits: map[string]Waits{}, Errors: m.errors, GaveUp: m.gave}
	for kind, list := range m.waits {
		r.Waits[kind] = waits(list)
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		r.Load = strings.TrimSpace(string(load))
	}
	if m.process == 0 {
		return r, nil
	}
	cpu, rss, err := usage(m.process)
	if err != nil {
		return r, err
	}
	n := float64(candidates)
	r.Server = &Usage{CPU: (cpu - m.cpu).Seconds(), PerMin: (cpu - m.cpu).Seconds() * 1000 / n / took.Minutes(), Before: m.rss, After: rss, Each: (rss - m.rss) * 1000 / n}
	if len(m.seen) > 0 {
		r.Server.Half, r.Server.Peak = m.seen[len(m.seen)/2], slices.Max(m.seen)
	}
	return r, nil
}

// watch looks at the server's memory every second.
func (m *meter) watch(ctx context.Context) {
	for m.process != 0 && sleep(ctx, time.Second) {
		if _, rss, err := usage(m.process); err == nil {
			m.mu.Lock()
			m.seen = append(m.seen, rss)
			m.mu.Unlock()
		}
	}
}

// waits sorts a list and takes its quantiles by the nearest rank.
func waits(list []time.Duration) Waits {
	slices.Sort(list)
	at := func(q float64) float64 {
		return float64(list[max(0, int(math.Ceil(q*float64(len(list))))-1)].Microseconds()) / 1000
	}
	return Waits{len(list), at(.5), at(.95), at(.99), at(1)}
}

const ticks = 100 // clock ticks a second in /proc, on every Linux that Go runs on

// usage is the processor time and the memory (MB, resident) of a process.
func usage(pid int) (time.Duration, float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("the server's process: %w", err)
	}
	_, rest, _ := strings.Cut(string(raw), ") ") // the name may hold blanks
	f := strings.Fields(rest)
	if len(f) < 22 {
		return 0, 0, fmt.Errorf("/proc/%d/stat says %q", pid, raw)
	}
	user, err1 := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	pages, err3 := strconv.Atoi(f[21])
	return time.Duration(user+system) * time.Second / ticks, float64(pages*os.Getpagesize()) / 1e6, errors.Join(err1, err2, err3)
}

// String is the report for people.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d candidates, %.0f s, %d acknowledged (load %s)\n", r.Candidates, r.Seconds, r.Acknowledged, r.Load)
	for _, kind := range []string{"enter", "start", "save", "run", "piece", "finish", "send"} {
		if w, ok := r.Waits[kind]; ok {
			fmt.Fprintf(&b, "  %-6s %7d   p50 %7.1f ms   p95 %7.1f ms   p99 %7.1f ms   slowest %7.1f ms\n", kind, w.N, w.P50, w.P95, w.P99, w.Max)
		}
	}
	if u := r.Server; u != nil {
		fmt.Fprintf(&b, "  server %.1f s of CPU, %.1f ms per candidate and minute; memory %.0f MB, before %.0f MB: %.1f KB per candidate; half-way %.0f MB, at most %.0f MB\n", u.CPU, u.PerMin, u.After, u.Before, u.Each, u.Half, u.Peak)
	}
	for _, what := range slices.Sorted(maps.Keys(r.Errors)) {
		fmt.Fprintf(&b, "  %d times %s (tried again)\n", r.Errors[what], what)
	}
	for i, g := range r.GaveUp {
		if i == 10 {
			fmt.Fprintf(&b, "  and %d more gave up\n", len(r.GaveUp)-i)
			break
		}
		fmt.Fprintf(&b, "  gave up: %s\n", g)
	}
	return b.String()
}
