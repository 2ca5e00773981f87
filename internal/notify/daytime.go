package notify

import (
	"context"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/notify/internal/query"
)

// The rule of hours: what a candidate did not ask for by a press of their own leaves from 8 to before 20 o'clock in their zone (the
// organisation's, where theirs is not known), Monday to Saturday. Nothing comes at night or on a Sunday.
const (
	firstHour = 8
	lastHour  = 20
	// evening is when a reminder leaves that would be due in the night after it.
	evening = 19
)

// Daytime is t where that is daytime in the zone (IANA name; unknown is UTC), else the next such morning.
func Daytime(t time.Time, zone string) time.Time {
	local := t.In(zoneOf(zone))
	y, m, d := local.Date()
	if awake(local) {
		return t
	}
	if local.Hour() >= firstHour {
		d++
	}
	for {
		morning := time.Date(y, m, d, firstHour, 0, 0, 0, local.Location())
		if awake(morning) {
			return morning.UTC()
		}
		d++
	}
}

// DaytimeBefore is t where that is daytime in the zone, else the evening before it.
func DaytimeBefore(t time.Time, zone string) time.Time {
	local := t.In(zoneOf(zone))
	y, m, d := local.Date()
	if awake(local) {
		return t
	}
	for {
		e := time.Date(y, m, d, evening, 0, 0, 0, local.Location())
		if awake(e) && !e.After(t) {
			return e.UTC()
		}
		d--
	}
}

func awake(local time.Time) bool {
	return local.Weekday() != time.Sunday && local.Hour() >= firstHour && local.Hour() < lastHour
}

func zoneOf(zone string) *time.Location {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// apart is what lies between two mails that waited for the same morning: so many an hour as small mail servers take without holding back.
const apart = time.Hour / 600

// later is the later of two instants.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// leaves is when a mail that is ready at an instant may go: at once, or in the daytime of its zone, one after the other. Two that ask at the same moment may get the
// same instant; that does no harm.
func (n *Notify) leaves(ctx context.Context, tx db.Tx, zone string, now time.Time) (time.Time, error) {
	if zone == "" {
		return now, nil
	}
	at := Daytime(now, zone)
	if !at.After(now) {
		return now, nil
	}
	last, err := query.New(tx).LastHeld(ctx, tx.Org, clock.Milli(at.Add(-apart)))
	if next := clock.Time(last).Add(apart); last > 0 && awake(next.In(zoneOf(zone))) {
		at = next
	}
	return at, err
}
