package org_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/org"
	"candor/internal/problem"
)

func ics(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func event(lines string) string {
	return "BEGIN:VEVENT\r\nUID:1\r\n" + lines + "\r\nEND:VEVENT\r\n"
}

func TestReadHolidays(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // days with names, or one "!" and a part of what is said
	}{
		{"nothing", " \n", nil},
		{"lines", "2026-12-25 Christmas Day\n\n2026-01-01, New  Year\r\n2026-05-01", []string{"2026-01-01 New Year", "2026-05-01 Day off", "2026-12-25 Christmas Day"}},
		{"a day twice", "2026-05-01 a\n2026-05-01 b", []string{"2026-05-01 a"}},
		{"a line without a day", "2026-12-25 Christmas\nBoxing Day", []string{"!Line 2: “Boxing” is not a day"}},
		{"a day that does not exist", "2026-02-30 Leap", []string{"!Line 1: “2026-02-30” is not a day"}},
		{"the other order", "25.12.2026 Christmas", []string{"!2026-12-25"}},
		{"a calendar", ics(event("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, both days"), event("DTSTART:20260101T000000Z\r\nSUMMARY:New Year")),
			[]string{"2026-01-01 New Year", "2026-12-25 Christmas, both days", "2026-12-26 Christmas, both days"}},
		{"a calendar that ends in the middle", ics(event("DTSTART;VALUE=DATE:20261225"))[:90], []string{"!"}},
		{"an event that repeats", ics(event("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas")), []string{"!Event 1 (“Christmas”): it repeats"}},
		{"an event without a beginning", ics(event("SUMMARY:Nothing")), []string{"!it has no beginning"}},
		{"an event whose beginning is no day", ics(event("DTSTART;VALUE=DATE:2026XX25")), []string{"!its beginning is no day"}},
		{"an event that ends first", ics(event("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261201")), []string{"!it ends before it begins"}},
		{"an event of a year", ics(event("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20270101")), []string{"!it takes more than 31 days"}},
		{"a calendar of nothing", ics(), []string{"!This calendar file has no event"}},
	} {
		got, err := org.ReadHolidays(c.text)
		var lines []string
		for _, h := range got {
			lines = append(lines, h.Day+" "+h.Name)
		}
		if len(c.want) == 1 && strings.HasPrefix(c.want[0], "!") {
			p, _ := problem.As(err)
			if p == nil || !strings.Contains(p.Fields["holidays"], c.want[0][1:]) || !strings.HasSuffix(p.Fields["holidays"], "Nothing was changed.") {
				t.Errorf("%s: ReadHolidays = %v, %v; want it refused with %q", c.name, lines, err, c.want[0][1:])
			}
			continue
		}
		if err != nil || !slices.Equal(lines, c.want) {
			t.Errorf("%s: ReadHolidays = %q, %v; want %q", c.name, lines, err, c.want)
		}
	}
}

func FuzzReadHolidays(f *testing.F) {
	f.Add("2026-12-25 Christmas Day")
	f.Add(ics(event("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227")))
	f.Fuzz(func(t *testing.T, text string) {
		list, err := org.ReadHolidays(text)
		if err != nil {
			if _, ok := problem.As(err); !ok {
				t.Fatalf("ReadHolidays = %v; want a problem", err)
			}
			return
		}
		for _, h := range list {
			if _, err := time.Parse("2006-01-02", h.Day); err != nil || h.Name == "" {
				t.Fatalf("ReadHolidays gave %+v", h)
			}
		}
	})
}

func TestWorkingDaysAreKept(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if c, err := w.Calendar(ctx, w.org.ID); err != nil || c.Week != org.Weekdays(time.UTC).Week || len(c.Off) != 0 || c.Zone.String() != "Europe/Lisbon" {
			t.Errorf("a new organisation works on %+v, %v; want Monday to Friday in its zone", c, err)
		}
		sunday := [7]bool{time.Sunday: true, time.Thursday: true}
		if err := w.SetDays(ctx, w.owner, [7]bool{}, nil); err == nil {
			t.Error("a week without a working day was kept")
		}
		if err := w.SetDays(ctx, w.owner, sunday, make([]org.Holiday, org.MostHolidays+1)); err == nil {
			t.Error("too many holidays were kept")
		}
		rev := w.owner
		rev.Roles = []string{org.Reviewer}
		if err := w.SetDays(ctx, rev, sunday, nil); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer sets the days = %v; want ErrRole", err)
		}
		for _, off := range [][]org.Holiday{{{Day: "2026-12-24", Name: "Eve"}, {Day: "2026-12-25", Name: "Day"}}, {{Day: "2026-12-24", Name: "Eve"}}} {
			if err := w.SetDays(ctx, w.owner, sunday, off); err != nil {
				t.Fatal(err)
			}
			c, err := w.Calendar(ctx, w.org.ID)
			if err != nil || c.Week != sunday || !slices.Equal(c.Holidays(), off) {
				t.Errorf("kept %+v, %v; want %v and %v", c, err, sunday, off)
			}
		}
		c, _ := w.Calendar(ctx, w.org.ID)
		for day, works := range map[string]bool{"2026-12-20": true, "2026-12-21": false, "2026-12-24": false, "2026-12-31": true} {
			at, _ := time.ParseInLocation("2006-01-02", day, c.Zone)
			if c.Works(at.Add(12*time.Hour)) != works {
				t.Errorf("works on %s = %v; want %v", day, !works, works)
			}
		}
	})
}
