package calendar

import "testing"

func TestDays(t *testing.T) {
	a, b := Must("2026-02-28"), Must("2026-03-01")
	if b-a != 1 {
		t.Errorf("from %s to %s are %d days; want 1", a, b, b-a)
	}
	if got := (a + 1).String(); got != "2026-03-01" {
		t.Errorf("the day after %s is %s", a, got)
	}
}

func TestNoDays(t *testing.T) {
	for _, s := range []string{"", "2026-02-30", "2.3.2026", "2026-03-02 10:00"} {
		if d, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %s", s, d)
		}
	}
}
