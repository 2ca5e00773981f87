package limiter

import (
	"fmt"
	"slices"
	"testing"
)

type edges struct {
	l       *Limiter
	seconds float64
}

func newEdges() *edges {
	e := &edges{}
	e.l = New(2, 10, func() float64 { return e.seconds })
	return e
}

func (e *edges) at(seconds float64, key string) bool {
	e.seconds = seconds
	return e.l.Allow(key)
}

func TestTheWindowSlides(t *testing.T) {
	e := newEdges()
	var got []bool
	for _, s := range []float64{0, 9, 9.9, 10, 18.9, 19} {
		got = append(got, e.at(s, "mv-alma"))
	}
	if !slices.Equal(got, []bool{true, true, false, true, false, true}) {
		t.Errorf("at 0, 9, 9.9, 10, 18.9, 19: %v", got)
	}
}

func TestRefusedEventsDoNotCount(t *testing.T) {
	e := newEdges()
	e.at(0, "a")
	e.at(0, "a")
	for s := 1.0; s < 10; s++ {
		if e.at(s, "a") {
			t.Errorf("allowed at %v", s)
		}
	}
	if !e.at(10, "a") || !e.at(10, "a") {
		t.Error("refused at 10")
	}
}

func TestEventsOfOneInstantCountOneByOne(t *testing.T) {
	e := newEdges()
	got := []bool{e.at(5, "a"), e.at(5, "a"), e.at(5, "a"), e.at(5, "a")}
	if !slices.Equal(got, []bool{true, true, false, false}) {
		t.Errorf("four at once: %v", got)
	}
}

func TestSilentKeysAreForgotten(t *testing.T) {
	e := newEdges()
	for i := range 10000 {
		e.at(0, fmt.Sprint("ferry-", i))
	}
	if n := e.l.Remembered(); n != 10000 {
		t.Errorf("%d remembered; want 10000", n)
	}
	e.at(10, "mv-alma")
	if n := e.l.Remembered(); n != 1 {
		t.Errorf("%d remembered after a window; want 1", n)
	}
}

func TestBusyKeysAreKept(t *testing.T) {
	e := newEdges()
	e.at(0, "a")
	e.at(6, "a")
	e.at(8, "b")
	e.at(12, "c")
	if n := e.l.Remembered(); n != 3 {
		t.Errorf("%d remembered; want 3", n)
	}
}
