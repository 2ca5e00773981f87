package privacy

import (
	"time"

	"candor/internal/batch"
	"candor/internal/org"
)

// Period is how long something is kept: calendar months, then days.
type Period struct{ Months, Days int }

// After is the end of the period that begins at t, in UTC. The 31st plus a month that is shorter is its last day.
func (p Period) After(t time.Time) time.Time {
	t = t.UTC()
	first := time.Date(t.Year(), t.Month()+time.Month(p.Months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1+p.Days)
}

// Cutoff is an instant before which everything has had its period at now, and after which nothing has, to a day's exactness: never
// too early.
func (p Period) Cutoff(now time.Time) time.Time {
	t := Period{-p.Months, -p.Days}.After(now)
	for p.After(t).After(now) {
		t = t.AddDate(0, 0, -1)
	}
	for next := t.AddDate(0, 0, 1); !p.After(next).After(now); next = t.AddDate(0, 0, 1) {
		t = next
	}
	return t
}

// Words is how long what people wrote is kept, from the end of an application.
func Words(o org.Org) Period { return Period{Months: o.KeepMonths} }

// Numbers is how long ids and numbers are kept, from the end of an application.
func Numbers(o org.Org) Period { return Period{Months: max(24, o.KeepMonths)} }

// Pictures is how long recordings are kept, from the end of an application, and not longer than answers; what is said in them is kept with those.
func Pictures(o org.Org) Period { return Period{Days: min(o.RecordingDays, 28*o.KeepMonths)} }

// Day is how long programs' requests are remembered.
func Day(org.Org) Period { return Period{Days: 1} }

// Times is how long the times of saved versions are kept, and sessions after they ended.
func Times(org.Org) Period { return Period{Days: 90} }

// Lists is how long people who were not invited are kept, from when their list was last used.
func Lists(org.Org) Period { return Period{Days: batch.Life} }

// Trail is how long it is kept who did what.
func Trail(org.Org) Period { return Period{Months: 24} }
