package notify_test

import (
	"testing"
	"time"

	"candor/internal/notify"
)

func TestDaytime(t *testing.T) {
	const lagos = "Africa/Lagos" // UTC+1
	for name, c := range map[string]struct{ at, zone, next, before string }{
		"a working day":               {"2026-11-26T09:00Z", lagos, "2026-11-26T09:00Z", "2026-11-26T09:00Z"},
		"eight sharp":                 {"2026-11-26T07:00Z", lagos, "2026-11-26T07:00Z", "2026-11-26T07:00Z"},
		"a minute before eight":       {"2026-11-26T06:59Z", lagos, "2026-11-26T07:00Z", "2026-11-25T18:00Z"},
		"eight in the evening":        {"2026-11-26T19:00Z", lagos, "2026-11-27T07:00Z", "2026-11-26T18:00Z"},
		"just after midnight":         {"2026-11-26T23:30Z", lagos, "2026-11-27T07:00Z", "2026-11-26T18:00Z"},
		"saturday":                    {"2026-11-28T12:00Z", lagos, "2026-11-28T12:00Z", "2026-11-28T12:00Z"},
		"saturday night":              {"2026-11-28T22:00Z", lagos, "2026-11-30T07:00Z", "2026-11-28T18:00Z"},
		"sunday noon":                 {"2026-11-29T12:00Z", lagos, "2026-11-30T07:00Z", "2026-11-28T18:00Z"},
		"sunday there, saturday here": {"2026-11-28T20:00Z", "Pacific/Auckland", "2026-11-29T19:00Z", "2026-11-28T06:00Z"},
		"clocks go back that night":   {"2026-10-31T23:00Z", "America/New_York", "2026-10-31T23:00Z", "2026-10-31T23:00Z"},
		"after clocks went back":      {"2026-11-01T03:00Z", "America/New_York", "2026-11-02T13:00Z", "2026-10-31T23:00Z"},
		"an unknown zone is UTC":      {"2026-11-26T21:00Z", "Nowhere/Land", "2026-11-27T08:00Z", "2026-11-26T19:00Z"},
	} {
		at, next, before := clockOf(t, c.at), clockOf(t, c.next), clockOf(t, c.before)
		if got := notify.Daytime(at, c.zone); !got.Equal(next) {
			t.Errorf("%s: Daytime = %s; want %s", name, got, next)
		}
		if got := notify.DaytimeBefore(at, c.zone); !got.Equal(before) {
			t.Errorf("%s: DaytimeBefore = %s; want %s", name, got, before)
		}
	}
}

func clockOf(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04Z", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
