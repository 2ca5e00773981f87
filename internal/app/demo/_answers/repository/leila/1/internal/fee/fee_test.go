package fee

import (
	"testing"

	"toolshed/internal/calendar"
)

func TestRule2(t *testing.T) {
	due := calendar.Must("2026-03-09")
	for _, c := range []struct {
		name  string
		back  calendar.Day
		value int
		want  int
	}{
		{"early", due - 4, 12000, 0},
		{"on the last allowed day", due, 12000, 0},
		{"one day late", due + 1, 12000, 50},
		{"ten days late", due + 10, 12000, 500},
		{"a summer, and never more than it is worth", due + 92, 800, 800},
	} {
		if got := Late(due, c.back, c.value); got != c.want {
			t.Errorf("%s: %d cents; want %d", c.name, got, c.want)
		}
	}
}
