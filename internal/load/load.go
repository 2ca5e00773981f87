// Package load tells how busy a node is by how long its writes take, and what can wait until it is less so.
//
// Saves are never shed: while writes take long, browsers are asked to save less often, and exports, then previews, then runs,
// then uploads wait (time.md, durability).
package load

import (
	"sync"
	"time"

	"candor/internal/problem"
)

// Class is a sort of work that can wait.
type Class int

// In the order in which they are shed.
const (
	Export Class = iota
	Preview
	Run
	Upload
)

// sheds is from which mean time of a write each class waits.
var sheds = [...]time.Duration{Export: 250 * time.Millisecond, Preview: 500 * time.Millisecond, Run: time.Second, Upload: 2 * time.Second}

// Browsers save every Often while writes take at most calm; then the pause grows in proportion, to at most Seldom.
const (
	Often  = 2 * time.Second
	Seldom = 15 * time.Second
	calm   = 100 * time.Millisecond
)

const (
	window = 5 * time.Second
	few    = 20 // writes in a window say nothing
)

// ErrBusy asks somebody to come back in a moment.
var ErrBusy = problem.New(problem.Unavailable, "busy",
	"A lot is happening on this server right now, and answers come first. Please try again in a minute. Nothing was lost.").With("retry_after", "30")

// Gauge measures how long writes take, in windows of five seconds. Its zero value is ready.
type Gauge struct {
	Clock func() time.Time // monotonic; nil is time.Now

	mu        sync.Mutex
	began     time.Time // of the present window
	now, last span
}

// span is what was measured in one window.
type span struct {
	n   int
	sum time.Duration
}

func (s span) mean() time.Duration {
	if s.n < few {
		return 0
	}
	return s.sum / time.Duration(s.n)
}

// Took tells of a write that took so long.
func (g *Gauge) Took(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn()
	g.now.n++
	g.now.sum += d
}

// Wait is how long a write takes at present: the mean of the present window or of the one before, whichever is longer; 0 where
// both saw fewer than 20 writes.
func (g *Gauge) Wait() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn()
	return max(g.now.mean(), g.last.mean())
}

// turn begins a new window when the present one is over.
func (g *Gauge) turn() {
	now := time.Now()
	if g.Clock != nil {
		now = g.Clock()
	}
	switch past := now.Sub(g.began); {
	case past < window:
	case past < 2*window:
		g.last, g.now, g.began = g.now, span{}, now
	default:
		g.last, g.now, g.began = span{}, span{}, now
	}
}

// Interval is how often browsers should save, 2 to 15 s. A nil gauge is calm.
func (g *Gauge) Interval() time.Duration {
	if g == nil {
		return Often
	}
	return min(Seldom, max(Often, g.Wait()*Often/calm))
}

// Admit is ErrBusy while work of a class has to wait.
func (g *Gauge) Admit(c Class) error {
	if g.Wait() >= sheds[c] {
		return ErrBusy
	}
	return nil
}
