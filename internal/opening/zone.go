package opening

import (
	"fmt"
	"strings"
	"time"

	"candor/internal/problem"
)

// LocalForm is how a form sends a local time: "2026-12-03T23:59".
const LocalForm = "2006-01-02T15:04"

// ReadLocal is the instant of a local time in a zone (IANA name). A time that happens twice or never, when clocks change, is
// refused with both readings: ErrInvalid on "finish_by". An unknown zone is ErrInvalid on "zone".
func ReadLocal(local, zone string) (time.Time, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return time.Time{}, problem.Field("zone", "Choose a time zone such as Africa/Lagos.")
	}
	wall, err := time.Parse(LocalForm, local)
	if err != nil {
		return time.Time{}, problem.Field("finish_by", "Give a day and a time, such as 2026-12-03 23:59.")
	}
	early, late := readings(wall, loc)
	switch {
	case early.Equal(late):
		return early.UTC(), nil
	case wallOf(early).Equal(wall):
		return time.Time{}, problem.Field("finish_by", fmt.Sprintf(
			"Clocks go back that night, so %s happens twice in %s: at %s UTC and at %s UTC. Choose an hour earlier or later.",
			wall.Format("15:04"), zone, early.UTC().Format("15:04"), late.UTC().Format("15:04")))
	}
	return time.Time{}, problem.Field("finish_by", fmt.Sprintf(
		"Clocks go forward that night, so %s does not happen in %s: it would be %s or %s there. Choose one of those.",
		wall.Format("15:04"), zone, early.In(loc).Format("15:04"), late.In(loc).Format("15:04")))
}

// readings are the instants that a wall clock may mean: with the zone's offset of the day before and of the day after. They
// are equal unless clocks change between, and differ although only one is right on the rest of such a day.
func readings(wall time.Time, loc *time.Location) (early, late time.Time) {
	_, before := wall.Add(-24 * time.Hour).In(loc).Zone()
	_, after := wall.Add(24 * time.Hour).In(loc).Zone()
	a := wall.Add(-time.Duration(before) * time.Second).In(loc)
	b := wall.Add(-time.Duration(after) * time.Second).In(loc)
	aFits, bFits := wallOf(a).Equal(wall), wallOf(b).Equal(wall)
	switch {
	case aFits && !bFits:
		return a, a
	case bFits && !aFits:
		return b, b
	case b.Before(a):
		return b, a
	}
	return a, b
}

// wallOf is what a clock on the wall shows at an instant, as if it were UTC.
func wallOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// Spell is an instant as people read it: in their zone with its name, and in UTC. An unknown zone is UTC alone.
func Spell(t time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "UTC" {
		return t.UTC().Format("Mon 2 Jan 2006, 15:04") + " UTC"
	}
	city := strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
	local := t.In(loc)
	utc := "15:04"
	if local.Format("2 Jan") != t.UTC().Format("2 Jan") {
		utc = "Mon 2 Jan, 15:04"
	}
	return local.Format("Mon 2 Jan 2006, 15:04") + " " + city + " time (" + t.UTC().Format(utc) + " UTC)"
}
