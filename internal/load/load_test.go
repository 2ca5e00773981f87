package load_test

import (
	"errors"
	"testing"
	"time"

	"candor/internal/load"
)

func gauge() (*load.Gauge, *time.Time) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return &load.Gauge{Clock: func() time.Time { return now }}, &now
}

// The longer writes take the less often browsers save; what can wait does in the order of the classes, and saves are no class.
func TestShedding(t *testing.T) {
	for _, c := range []struct {
		took  time.Duration
		saves time.Duration
		waits int // so many classes
	}{
		{0, 2 * time.Second, 0}, {99 * time.Millisecond, 2 * time.Second, 0}, {200 * time.Millisecond, 4 * time.Second, 0},
		{250 * time.Millisecond, 5 * time.Second, 1}, {500 * time.Millisecond, 10 * time.Second, 2}, {time.Second, 15 * time.Second, 3},
		{2 * time.Second, 15 * time.Second, 4}, {time.Hour, 15 * time.Second, 4},
	} {
		g, _ := gauge()
		for range 20 {
			g.Took(c.took)
		}
		if got := g.Interval(); got != c.saves {
			t.Errorf("with writes of %v: Interval = %v, want %v", c.took, got, c.saves)
		}
		for class := load.Export; class <= load.Upload; class++ {
			if got, want := errors.Is(g.Admit(class), load.ErrBusy), int(class) < c.waits; got != want {
				t.Errorf("with writes of %v: class %d waits = %v, want %v", c.took, class, got, want)
			}
		}
	}
}

// A few slow writes are no load, and what was slow is forgotten ten seconds later.
func TestWindows(t *testing.T) {
	g, now := gauge()
	for range 19 {
		g.Took(time.Minute)
	}
	if g.Wait() != 0 {
		t.Errorf("Wait after 19 writes = %v, want 0", g.Wait())
	}
	g.Took(time.Minute)
	for _, c := range []struct {
		after time.Duration
		want  time.Duration
	}{{0, time.Minute}, {4999 * time.Millisecond, time.Minute}, {time.Millisecond, time.Minute}, {4999 * time.Millisecond, time.Minute}, {time.Millisecond, 0}} {
		*now = now.Add(c.after)
		if got := g.Wait(); got != c.want {
			t.Errorf("%v later: Wait = %v, want %v", c.after, got, c.want)
		}
	}
	for range 20 {
		g.Took(time.Second)
	}
	*now = now.Add(time.Minute)
	if g.Wait() != 0 {
		t.Errorf("Wait a quiet minute later = %v, want 0", g.Wait())
	}
}
