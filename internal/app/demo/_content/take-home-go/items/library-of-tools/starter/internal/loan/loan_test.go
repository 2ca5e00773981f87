package loan

import (
	"errors"
	"testing"

	"toolshed/internal/calendar"
)

var monday = calendar.Must("2026-03-02")

func TestThreeToolsAtATime(t *testing.T) {
	var ls Loans
	for _, tool := range []string{"drill", "saw", "ladder"} {
		if _, err := ls.Borrow("m1", tool, monday); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ls.Borrow("m1", "rake", monday); !errors.Is(err, ErrMost) {
		t.Errorf("a fourth: %v; want ErrMost", err)
	}
	if _, err := ls.Borrow("m1", "saw", monday); !errors.Is(err, ErrHas) {
		t.Errorf("a second saw: %v; want ErrHas", err)
	}
	if l, err := ls.Return("m1", "saw"); err != nil || l.Due != monday+7 {
		t.Errorf("Return = %+v, %v; want it due a week later", l, err)
	}
	if _, err := ls.Return("m1", "saw"); !errors.Is(err, ErrNone) {
		t.Errorf("Return twice: %v; want ErrNone", err)
	}
	if ls.Out("saw") != 0 || ls.Out("drill") != 1 || len(ls.Of("m1")) != 2 || len(ls.All()) != 2 {
		t.Errorf("out: %+v", ls.All())
	}
}
