package desk_test

import (
	"testing"

	"toolshed/internal/desk"
)

func TestOverdue(t *testing.T) {
	d := desk.New()
	for _, c := range []string{"2026-03-01 join m1 Ruth Abel", "2026-03-01 join m2 Karim", "2026-03-01 add drill 2 12000", "2026-03-01 add jigsaw 1 800",
		"2026-03-01 borrow m2 jigsaw", "2026-03-02 borrow m2 drill", "2026-03-02 borrow m1 drill"} {
		d.Do(c)
	}
	for _, c := range []struct{ day, want string }{
		{"2026-03-08", "ok"},
		{"2026-03-09", "ok jigsaw m2 Karim 1 day 0.50"},
		{"2026-03-12", "ok jigsaw m2 Karim 4 days 2.00\ndrill m1 Ruth Abel 3 days 1.50\ndrill m2 Karim 3 days 1.50"},
		{"2026-06-01", "ok jigsaw m2 Karim 85 days 8.00\ndrill m1 Ruth Abel 84 days 42.00\ndrill m2 Karim 84 days 42.00"},
	} {
		if got := d.Do(c.day + " overdue"); got != c.want {
			t.Errorf("on %s:\n%s\nwant\n%s", c.day, got, c.want)
		}
	}
}

func TestWhatIsBackIsNotOverdue(t *testing.T) {
	d := desk.New()
	for _, c := range []string{"2026-03-01 join m1 Ruth", "2026-03-01 add drill 1 12000", "2026-03-01 borrow m1 drill", "2026-03-20 return m1 drill"} {
		d.Do(c)
	}
	if got := d.Do("2026-03-21 overdue"); got != "ok" {
		t.Errorf("overdue = %q; want nothing", got)
	}
}
