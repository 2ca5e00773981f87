package feedback

import "time"

// When a reply may arrive, in the candidate's zone: Monday to Friday, from 8 to before 19 o'clock.
const (
	firstHour = 8
	lastHour  = 19
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
	for {
		morning := time.Date(y, m, d, firstHour, 0, 0, 0, zone)
		if working(morning) && morning.After(t) {
			return morning.UTC()
		}
		d++
	}
}

func working(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }
