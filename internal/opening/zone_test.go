package opening_test

import (
	"strings"
	"testing"
	"time"

	"candor/internal/opening"
	"candor/internal/problem"
)

func TestLocalTimes(t *testing.T) {
	for _, c := range []struct{ name, local, zone, want, refused string }{
		{"an ordinary evening", "2026-12-03T23:59", "Africa/Lagos", "2026-12-03T22:59:00Z", ""},
		{"summer", "2026-07-01T12:00", "Europe/Lisbon", "2026-07-01T11:00:00Z", ""},
		{"half an hour", "2026-12-03T10:00", "Asia/Kolkata", "2026-12-03T04:30:00Z", ""},
		{"twice", "2026-10-25T01:30", "Europe/Lisbon", "", "00:30 UTC and at 01:30 UTC"},
		{"never", "2026-03-29T01:30", "Europe/Lisbon", "", "00:30 or 02:30"},
		{"the last minute before it happens twice", "2026-10-25T00:59", "Europe/Lisbon", "2026-10-24T23:59:00Z", ""},
		{"the first minute after it happened twice", "2026-10-25T02:00", "Europe/Lisbon", "2026-10-25T02:00:00Z", ""},
		{"the first minute after the gap", "2026-03-29T02:00", "Europe/Lisbon", "2026-03-29T01:00:00Z", ""},
		{"a day that Samoa never had", "2011-12-30T12:00", "Pacific/Apia", "", "Choose one of those"},
		{"no zone", "2026-12-03T23:59", "Europe/Atlantis", "", "zone"},
		{"the server's zone is nobody's", "2026-12-03T23:59", "Local", "", "zone"},
		{"not a time", "tomorrow", "Europe/Lisbon", "", "such as"},
	} {
		got, err := opening.ReadLocal(c.local, c.zone)
		if c.refused == "" {
			if err != nil || got.Format(time.RFC3339) != c.want {
				t.Errorf("%s: ReadLocal = %s, %v; want %s", c.name, got.Format(time.RFC3339), err, c.want)
			}
			continue
		}
		p, ok := problem.As(err)
		if !ok || !strings.Contains(p.Fields["finish_by"]+p.Fields["zone"], c.refused) {
			t.Errorf("%s: ReadLocal = %v, %v; want a refusal with %q", c.name, got, err, c.refused)
		}
	}
}
