package org

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/org/internal/query"
	"candor/internal/problem"

	ics "github.com/arran4/golang-ical"
)

// Holiday is a day on which nobody works.
type Holiday struct {
	Day  string // 2026-12-25
	Name string
}

// Most holidays that are kept, and how long one's name may be.
const (
	MostHolidays = 400
	mostName     = 80
)

// dayForm is how a day is written.
const dayForm = "2006-01-02"

// Calendar says which days an organisation works, in its time zone. The zero value works on no day; [Weekdays] is Monday to Friday.
type Calendar struct {
	Zone *time.Location
	Week [7]bool           // by time.Weekday; one is true at least
	Off  map[string]string // 2026-12-25 -> name
}

// Weekdays is Monday to Friday without holidays.
func Weekdays(zone *time.Location) Calendar {
	return Calendar{Zone: zone, Week: [7]bool{false, true, true, true, true, true, false}}
}

// Works says whether the day of an instant is a working day.
func (c Calendar) Works(t time.Time) bool {
	day := t.In(c.Zone)
	_, off := c.Off[day.Format(dayForm)]
	return c.Week[day.Weekday()] && !off
}

// Holidays are the days off, in order.
func (c Calendar) Holidays() (out []Holiday) {
	for day, name := range c.Off {
		out = append(out, Holiday{day, name})
	}
	slices.SortFunc(out, func(a, b Holiday) int { return strings.Compare(a.Day, b.Day) })
	return out
}

// CalendarIn reads the transaction's organisation's. ErrMissing.
func (os *Orgs) CalendarIn(ctx context.Context, tx db.Tx) (Calendar, error) {
	o, err := os.In(ctx, tx)
	if err != nil {
		return Calendar{}, err
	}
	c := Calendar{Zone: o.Location(), Off: map[string]string{}}
	q := query.New(tx)
	week, err := q.Week(ctx, tx.Org)
	if err != nil {
		return c, err
	}
	for bit, day := range monday {
		c.Week[day] = week>>bit&1 == 1
	}
	rows, err := q.Holidays(ctx, tx.Org)
	for _, r := range rows {
		c.Off[r.Day] = r.Name
	}
	return c, err
}

// Calendar is CalendarIn in a transaction of its own.
func (os *Orgs) Calendar(ctx context.Context, o ID) (c Calendar, err error) {
	err = os.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		c, err = os.CalendarIn(ctx, tx)
		return err
	})
	return c, err
}

// monday is the week as people in most offices count it, and as its bits are kept.
var monday = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// SetDays sets the working week and the holidays, for promises that are made from now on; what was promised already keeps its day.
// ErrRole, ErrInvalid.
func (os *Orgs) SetDays(ctx context.Context, who actor.Actor, week [7]bool, off []Holiday) error {
	if err := Need(who, "organisation.change"); err != nil {
		return err
	}
	bits := int64(0)
	for bit, day := range monday {
		if week[day] {
			bits |= 1 << bit
		}
	}
	if bits == 0 {
		return problem.Field("week", "Choose one working day at least. Promises are counted in working days.")
	}
	if len(off) > MostHolidays {
		return problem.Field("holidays", fmt.Sprintf("These are %d days; at most %d are kept. Leave out the years that are far away.", len(off), MostHolidays))
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := q.SetWeek(ctx, who.Org, bits)
		if err == nil && n == 0 {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		if _, err := q.DropHolidays(ctx, who.Org); err != nil {
			return err
		}
		for _, h := range off {
			if err := q.AddHoliday(ctx, who.Org, h.Day, h.Name); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "organisation.days", who.Org, audit.Facts{"holidays": fmt.Sprint(len(off))})
	})
}

// ReadHolidays reads a calendar: a day and its name per line ("2026-12-25 Christmas Day"), or an iCalendar file (RFC 5545) with an
// event for each. A file of several days per event gives each of them. Days come back in order, each once; nothing is guessed: what
// cannot be read is a problem of the field "holidays" that names its line or event.
func ReadHolidays(text string) ([]Holiday, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" {
		return nil, nil
	}
	var out []Holiday
	var err error
	if strings.HasPrefix(strings.ToUpper(text), "BEGIN:VCALENDAR") {
		out, err = readCalendar(text)
	} else {
		out, err = readLines(text)
	}
	slices.SortStableFunc(out, func(a, b Holiday) int { return strings.Compare(a.Day, b.Day) })
	return slices.CompactFunc(out, func(a, b Holiday) bool { return a.Day == b.Day }), err
}

func broken(text string) error { return problem.Field("holidays", text+" Nothing was changed.") }

func readLines(text string) (out []Holiday, err error) {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		day, name, _ := strings.Cut(line, " ")
		h, err := holiday(strings.TrimRight(day, ",;:"), name)
		if err != nil {
			return nil, broken(fmt.Sprintf("Line %d: %v", i+1, err))
		}
		out = append(out, h)
	}
	return out, nil
}

func holiday(day, name string) (Holiday, error) {
	if _, err := time.Parse(dayForm, day); err != nil {
		return Holiday{}, fmt.Errorf("“%s” is not a day. Write it as 2026-12-25, then the name.", clip(day, 20))
	}
	if name = strings.Join(strings.Fields(name), " "); name == "" {
		name = "Day off"
	}
	return Holiday{day, clip(name, mostName)}, nil
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// longest is how many days one event of a calendar may take: a company's own winter break is shorter.
const longest = 31

func readCalendar(text string) (out []Holiday, err error) {
	cal, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		return nil, broken("This is not a whole calendar file: " + clip(err.Error(), 120) + ". Export it again.")
	}
	if !strings.Contains(strings.ToUpper(text), "END:VCALENDAR") {
		return nil, broken("This calendar file ends in the middle. Export it again.")
	}
	for i, e := range cal.Events() {
		name := ""
		if p := e.GetProperty(ics.ComponentPropertySummary); p != nil {
			name = ics.FromText(p.Value)
		}
		where := fmt.Sprintf("Event %d (“%s”): ", i+1, clip(name, 40))
		if e.GetProperty(ics.ComponentPropertyRrule) != nil {
			return nil, broken(where + "it repeats by a rule. Export the single days, one event for each.")
		}
		start := e.GetProperty(ics.ComponentPropertyDtStart)
		if start == nil {
			return nil, broken(where + "it has no beginning.")
		}
		first, err := dayOf(start.Value)
		if err != nil {
			return nil, broken(where + "its beginning is no day.")
		}
		after := first.AddDate(0, 0, 1)
		if end := e.GetProperty(ics.ComponentPropertyDtEnd); end != nil && len(end.Value) == 8 {
			if after, err = dayOf(end.Value); err != nil || after.Before(first) {
				return nil, broken(where + "it ends before it begins.")
			}
			if after.Equal(first) {
				after = first.AddDate(0, 0, 1) // some programs write the end of one day as the day itself
			}
		}
		if after.Sub(first) > longest*24*time.Hour {
			return nil, broken(where + fmt.Sprintf("it takes more than %d days.", longest))
		}
		for day := first; day.Before(after); day = day.AddDate(0, 0, 1) {
			h, err := holiday(day.Format(dayForm), name)
			if err != nil {
				return nil, broken(where + err.Error())
			}
			out = append(out, h)
		}
	}
	if len(out) == 0 {
		return nil, broken("This calendar file has no event.")
	}
	return out, nil
}

// dayOf is the day of a DATE or DATE-TIME of iCalendar.
func dayOf(s string) (time.Time, error) {
	if len(s) < 8 {
		return time.Time{}, fmt.Errorf("short")
	}
	return time.Parse("20060102", s[:8])
}
