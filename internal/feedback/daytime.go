package feedback

import "time"

// When a reply may arrive, in the candidate's zone: Monday to Friday, from 8 to before 19 o'clock.
const (
	firstHour   = 8
	lastHour    = 19
	morningHour = 9 // when replies that waited for a morning are released
)

// Daytime is t when that is daytime of a working day in the zone, else the next such morning. A morning that daylight saving
// moves is the instant that the calendar gives it.
func Daytime(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	y, m, d := local.Date()
	if local.Hour() >= lastHour {
		d++
	}
	if working(local) && local.Hour() >= firstHour && local.Hour() < lastHour {
		return t
	}
	return next(t, y, m, d, firstHour, zone)
}

// Morning is the next nine o'clock of a working day in the zone.
func Morning(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return next(t, y, m, d, morningHour, zone)
}

// next is the first working day from a date on whose hour comes after t.
func next(t time.Time, y int, m time.Month, d, hour int, zone *time.Location) time.Time {
	for ; ; d++ {
		morning := time.Date(y, m, d, hour, 0, 0, 0, zone)
		if working(morning) && morning.After(t) {
			return morning.UTC()
		}
	}
}

func working(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }
