package attempt

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A running clock is never shortened, whatever is added to it and in whatever order, and rounds in the candidate's favour.
func TestEntitlementNeverShrinks(t *testing.T) {
	timed := 0
	rapid.Check(t, func(t *rapid.T) {
		c := Clock{Timed: time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute, Factor: rapid.IntRange(1000, 4000).Draw(t, "factor"),
			Started: time.UnixMilli(1_800_000_000_000), FinishBy: time.UnixMilli(1_800_500_000_000)}
		if c.Timed > 0 {
			timed++
		}
		exact := float64(c.Timed) * float64(c.Factor) / 1000
		if got := c.Length(); float64(got) < exact || float64(got) >= exact+float64(time.Second) {
			t.Fatalf("Length = %v for %v x %d", got, c.Timed, c.Factor)
		}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			before := c.Entitled()
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				c.Added += time.Duration(rapid.IntRange(0, 3600).Draw(t, "added")) * time.Second
			case 1:
				c.Factor += rapid.IntRange(0, 500).Draw(t, "more")
			case 2:
				c.FinishBy = c.FinishBy.Add(time.Duration(rapid.IntRange(0, 86400).Draw(t, "later")) * time.Second)
			}
			if c.Entitled().Before(before) {
				t.Fatalf("the end moved from %v to %v", before, c.Entitled())
			}
			if c.Hard().Sub(c.Entitled()) != Grace {
				t.Fatalf("grace is %v", c.Hard().Sub(c.Entitled()))
			}
		}
	})
	if timed == 0 {
		t.Error("no timed clock was tried; the test is blind")
	}
}

func TestNothingLeavesEnded(t *testing.T) {
	states := map[State]bool{}
	for _, tr := range Transitions {
		states[tr.From], states[tr.To] = true, true
		if tr.From == Ended {
			t.Errorf("%v leaves ended", tr)
		}
		if tr.By == "" {
			t.Errorf("%v happens by nothing", tr)
		}
	}
	if len(states) != 4 {
		t.Errorf("the table has %d states; want 4", len(states))
	}
}
