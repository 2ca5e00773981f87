package privacy_test

import (
	"testing"
	"time"

	"candor/internal/privacy"
)

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		p          privacy.Period
		from, want string
	}{
		{privacy.Period{Months: 12}, "2026-11-24 09:00", "2027-11-24 09:00"},
		{privacy.Period{Months: 1}, "2027-01-31 09:00", "2027-02-28 09:00"},
		{privacy.Period{Months: 12}, "2028-02-29 09:00", "2029-02-28 09:00"},
		{privacy.Period{Days: 90}, "2026-11-24 09:00", "2027-02-22 09:00"},
	} {
		if got := c.p.After(at(c.from)); !got.Equal(at(c.want)) {
			t.Errorf("%+v after %s = %v; want %s", c.p, c.from, got, c.want)
		}
	}
}

// TestACutoffIsNeverTooEarly: for every day of four years, what lies before the cutoff has had its period, and what lies a day after it has not.
func TestACutoffIsNeverTooEarly(t *testing.T) {
	for _, p := range []privacy.Period{{Months: 1}, {Months: 6}, {Months: 12}, {Months: 24}, {Days: 90}} {
		for now := at("2026-11-24 09:00"); now.Year() < 2030; now = now.AddDate(0, 0, 1) {
			c := p.Cutoff(now)
			if p.After(c).After(now) || !p.After(c.AddDate(0, 0, 1)).After(now) {
				t.Fatalf("%+v: the cutoff of %v is %v", p, now, c)
			}
		}
	}
}
