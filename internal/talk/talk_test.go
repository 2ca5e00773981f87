package talk_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review/reviewtest"
	"candor/internal/talk"

	"github.com/emersion/go-ical"
)

var ctx = context.Background()

type world struct {
	*reviewtest.World
	t    *talk.Talks
	told *[]string
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone(reviewtest.Schemas), fs.FS(talk.Schema)), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick), told: &[]string{}}
		w.t = &talk.Talks{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises}
		w.t.Listen()
		for _, topic := range []job.Topic[talk.Note]{talk.SlotsOffered, talk.Changed, talk.Cancelled, talk.Soon} {
			job.Listen(w.Jobs, topic, "test."+string(topic), job.Mail, func(_ context.Context, n talk.Note) error {
				*w.told = append(*w.told, string(topic)+" "+string(rune('0'+n.Sequence)))
				return nil
			})
		}
		fn(t, w)
	})
}

func field(err error, name string) bool {
	var p *problem.Problem
	return errors.As(err, &p) && p.Fields[name] != ""
}

// heard are the announcements since the last look.
func (w world) heard() []string {
	w.Drain()
	out := *w.told
	*w.told = nil
	return out
}

func (w world) owed(t *testing.T, a opening.ApplicationID) (p promise.Promise, ok bool) {
	t.Helper()
	if err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		list, err := w.Promises.Of(ctx, tx, string(a))
		p, ok = promise.Newest(list, promise.Talk)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return p, ok
}

// A follow-up talk is booked, moved, cancelled, booked again and held; each change has the next sequence, and the promise stands still while the candidate has the turn.
func TestATalkIsBookedMovedAndCancelled(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for _, c := range []struct {
			terms talk.Terms
			field string
		}{{talk.Terms{Days: 61, Minutes: 30}, "days"}, {talk.Terms{Days: -1}, "days"}, {talk.Terms{Days: 5, Minutes: 5}, "minutes"}} {
			if err := w.t.SetTerms(ctx, w.Owner, w.Opening, c.terms); !field(err, c.field) {
				t.Errorf("SetTerms(%+v) = %v; want a problem of %s", c.terms, err, c.field)
			}
		}
		if err := w.t.SetTerms(ctx, w.Mina, w.Opening, talk.Terms{Days: 5, Minutes: 45}); !errors.Is(err, opening.ErrRole) {
			t.Errorf("a reviewer promises talks = %v; want ErrRole", err)
		}
		if err := w.t.SetTerms(ctx, w.Owner, w.Opening, talk.Terms{Days: 5, Minutes: 45}); err != nil {
			t.Fatal(err)
		}
		who, a := w.Submit("Amara Okafor", "amara@mail.example") // Tuesday 24 November
		w.Drain()
		app := a.Application
		due := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
		if o, ok := w.owed(t, app); !ok || !o.Due.Equal(due) {
			t.Fatalf("promised %+v; want a talk by %v", o, due)
		}
		for name, c := range map[string]struct {
			who  actor.Actor
			want int
		}{"who runs the openings": {w.Owner, 1}, "who decides": {w.Rosa, 1}, "who reads it without the name": {w.Mina, 0}} {
			if open, next, err := w.t.Open(ctx, c.who, ""); err != nil || len(open) != c.want || next != "" || c.want > 0 && (open[0].Name != "Amara Okafor" || open[0].State != talk.Owed || !open[0].Due.Equal(due)) {
				t.Errorf("what is open for %s = %+v, %v; want %d", name, open, err, c.want)
			}
		}
		now := w.DB.Now()
		slot := func(days int) time.Time { return now.AddDate(0, 0, days).Truncate(time.Hour) }
		one, two, three := slot(2), slot(3), slot(15)
		if err := w.t.Choose(ctx, who, one); !errors.Is(err, talk.ErrSlot) {
			t.Errorf("choosing before anything is offered = %v; want ErrSlot", err)
		}
		many := make([]time.Time, talk.MostSlots+1)
		for i := range many {
			many[i] = one.Add(time.Duration(i) * time.Hour)
		}
		for name, c := range map[string]struct {
			slots []time.Time
			link  string
			field string
		}{"none": {nil, "", "slots"}, "one that has passed": {[]time.Time{now, one}, "", "slots"}, "one far away": {[]time.Time{slot(91)}, "", "slots"}, "too many": {many, "", "slots"},
			"a link that is none": {[]time.Time{one}, "javascript:alert(1)", "link"}, "a link without a place": {[]time.Time{one}, "https://", "link"}} {
			if err := w.t.Offer(ctx, w.Rosa, app, c.slots, c.link); !field(err, c.field) {
				t.Errorf("offering %s = %v; want a problem of %s", name, err, c.field)
			}
		}
		if err := w.t.Offer(ctx, w.Mina, app, []time.Time{one}, ""); !errors.Is(err, talk.ErrBlind) {
			t.Errorf("whoever reads without the name offers times = %v; want ErrBlind", err)
		}
		if err := w.t.Offer(ctx, w.Rosa, app, []time.Time{three, one, two, one}, "https://meet.example/r"); err != nil {
			t.Fatal(err)
		}
		if o, _ := w.owed(t, app); !o.Due.After(three) {
			t.Errorf("while they may choose until %v it is due %v; want it later", three, o.Due)
		}
		if got := w.heard(); !slices.Equal(got, []string{"talk.offered 0"}) {
			t.Errorf("offered: %q", got)
		}
		for _, at := range []time.Time{one, one} { // pressed twice
			if err := w.t.Choose(ctx, who, at); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.t.Choose(ctx, who, one.Add(time.Minute)); !errors.Is(err, talk.ErrSlot) {
			t.Errorf("a time that was not offered = %v; want ErrSlot", err)
		}
		booked, err := w.t.Own(ctx, who)
		if err != nil || booked.State != talk.Booked || !booked.Starts.Equal(one) || booked.Sequence != 1 || len(booked.Free(now)) != 2 {
			t.Errorf("booked = %+v, %v", booked, err)
		}
		if err := w.t.Choose(ctx, who, two); err != nil {
			t.Fatal(err)
		}
		if err := w.t.Offer(ctx, w.Rosa, app, []time.Time{two, three}, "https://meet.example/other"); err != nil {
			t.Fatal(err)
		}
		if got := w.heard(); !slices.Equal(got, []string{"talk.booked 1", "talk.booked 2", "talk.booked 3"}) {
			t.Errorf("booked, moved, another link: %q", got)
		}
		if err := w.t.Took(ctx, w.Rosa, app); !errors.Is(err, talk.ErrAhead) {
			t.Errorf("held before its time = %v; want ErrAhead", err)
		}
		if err := w.t.Cancel(ctx, w.Rosa, app); err != nil {
			t.Fatal(err)
		}
		if err := w.t.CancelOwn(ctx, who); !errors.Is(err, talk.ErrState) {
			t.Errorf("cancelling twice = %v; want ErrState", err)
		}
		if got := w.heard(); !slices.Equal(got, []string{"talk.cancelled 4"}) {
			t.Errorf("cancelled: %q", got)
		}
		if err := w.t.Offer(ctx, w.Rosa, app, []time.Time{two, three}, "https://meet.example/r"); err != nil {
			t.Fatal(err)
		}
		if err := w.t.Choose(ctx, who, two); err != nil {
			t.Fatal(err)
		}
		w.heard()
		w.Tick.Set(two.Add(-23 * time.Hour))
		for range 2 {
			if err := w.t.Sweep(ctx, w.Org.ID); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.heard(); !slices.Equal(got, []string{"talk.soon 5"}) {
			t.Errorf("a day before: %q; want one reminder", got)
		}
		w.Tick.Set(two.Add(time.Hour))
		if err := w.t.Took(ctx, w.Rosa, app); err != nil {
			t.Fatal(err)
		}
		if o, _ := w.owed(t, app); o.Kept.IsZero() || o.Late(w.DB.Now()) {
			t.Errorf("after the talk the promise is %+v; want it kept", o)
		}
		if err := w.t.Decline(ctx, who); !errors.Is(err, talk.ErrState) {
			t.Errorf("declining a talk that took place = %v; want ErrState", err)
		}
	})
}

func TestNoTalkIsWantedOrNobodyHoldsIt(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for _, m := range []actor.Actor{w.Rosa, w.Kit} {
			if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, m.ID, opening.Manager, false); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.t.SetTerms(ctx, w.Owner, w.Opening, talk.Terms{Days: 5, Minutes: 45}); !errors.Is(err, opening.ErrNobody) || !field(err, "days") {
			t.Errorf("a talk that nobody could hold = %v; want ErrNobody", err)
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Rosa.ID, opening.Manager, true); err != nil {
			t.Fatal(err)
		}
		if err := w.t.SetTerms(ctx, w.Owner, w.Opening, talk.Terms{Days: 5, Minutes: 45}); err != nil {
			t.Fatal(err)
		}
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		at := w.DB.Now().AddDate(0, 0, 2)
		if err := w.t.Offer(ctx, w.Rosa, a.Application, []time.Time{at}, ""); err != nil {
			t.Fatal(err)
		}
		passed := w.DB.Now().Add(time.Hour)
		if err := w.t.Offer(ctx, w.Rosa, a.Application, []time.Time{passed, at}, ""); err != nil {
			t.Fatal(err)
		}
		w.Tick.Add(2 * time.Hour)
		if err := w.t.Choose(ctx, who, passed); !errors.Is(err, talk.ErrSlot) {
			t.Errorf("choosing a time that has passed = %v; want ErrSlot", err)
		}
		if err := w.t.Choose(ctx, who, at); err != nil {
			t.Fatal(err)
		}
		w.heard()
		if err := w.t.Decline(ctx, who); err != nil {
			t.Fatal(err)
		}
		if got := w.heard(); !slices.Equal(got, []string{"talk.cancelled 2"}) {
			t.Errorf("declined: %q; want the chosen time taken back", got)
		}
		if o, _ := w.owed(t, a.Application); o.Kept.IsZero() {
			t.Errorf("who wants no talk is owed one: %+v", o)
		}
		if _, err := w.t.Own(ctx, w.Owner); !errors.Is(err, talk.ErrMissing) {
			t.Errorf("a member's own talk = %v; want ErrMissing", err)
		}
	})
}

// The file is read by another library than wrote it: one event with the same UID through its life, a rising sequence, and what RFC 5546 asks of a REQUEST and a CANCEL.
func TestTheCalendarFile(t *testing.T) {
	lisbon, _ := time.LoadLocation("Europe/Lisbon")
	starts := time.Date(2026, 10, 25, 1, 30, 0, 0, lisbon).Add(time.Hour) // the second 1:30 of the night in which clocks go back
	e := talk.Event{Talk: "tlk_1", Sequence: 1, Starts: starts, Minutes: 45, Title: "Talk: Engineer; bookings, \"core\"", Link: "https://meet.example/a?b=1,2;3", Stamp: starts.AddDate(0, 0, -3),
		From: talk.Party{Name: "Rosa Lindqvist, Tideway", Email: "rosa@tideway.example"}, To: []talk.Party{{Name: "Amara \"A\" Okafor", Email: "amara@mail.example"}, {Name: strings.Repeat("Łukasz ", 20), Email: "l@mail.example"}}}
	for seq, cancel := range []bool{false, false, true} {
		e.Sequence, e.Cancel = seq+1, cancel
		file := e.File()
		for _, line := range strings.Split(file, "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
				t.Errorf("a line of %d octets, or one that does not end by CRLF: %q", len(line), line)
			}
		}
		cal, err := ical.NewDecoder(strings.NewReader(file)).Decode()
		if err != nil {
			t.Fatalf("%s: %v\n%s", e, err, file)
		}
		text := func(c *ical.Component, name string) string {
			p := c.Props.Get(name)
			if p == nil {
				return ""
			}
			s, err := p.Text()
			if err != nil {
				return p.Value
			}
			return s
		}
		want, status := "REQUEST", "CONFIRMED"
		if cancel {
			want, status = "CANCEL", "CANCELLED"
		}
		if text(cal.Component, "METHOD") != want || want != e.Method() || text(cal.Component, "VERSION") != "2.0" || text(cal.Component, "PRODID") == "" {
			t.Errorf("%s: the object is %v", e, cal.Props)
		}
		events := cal.Events()
		if len(events) != 1 {
			t.Fatalf("%s: %d events", e, len(events))
		}
		v := events[0]
		from, err1 := v.DateTimeStart(time.UTC)
		until, err2 := v.DateTimeEnd(time.UTC)
		if err1 != nil || err2 != nil || !from.Equal(starts) || !until.Equal(starts.Add(45*time.Minute)) {
			t.Errorf("%s: from %v (%v) to %v (%v); want %v", e, from, err1, until, err2, starts)
		}
		for name, is := range map[string]string{"UID": "tlk_1@candor", "SEQUENCE": string(rune('1' + seq)), "STATUS": status, "SUMMARY": e.Title, "LOCATION": e.Link} {
			if got := text(v.Component, name); got != is {
				t.Errorf("%s: %s = %q; want %q", e, name, got, is)
			}
		}
		if v.Props.Get("DTSTAMP") == nil || v.Props.Get("ORGANIZER").Value != "mailto:rosa@tideway.example" || len(v.Props.Values("ATTENDEE")) != 2 || v.Props.Values("ATTENDEE")[0].Value != "mailto:amara@mail.example" {
			t.Errorf("%s: organizer and attendees are %v, %v", e, v.Props.Get("ORGANIZER"), v.Props.Values("ATTENDEE"))
		}
		if err := ical.NewEncoder(&strings.Builder{}).Encode(cal); err != nil { // checks what each component must have, once
			t.Errorf("%s: %v", e, err)
		}
	}
}
