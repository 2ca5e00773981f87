package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/talk"
)

// A promise that breaks, in fake time: the reader is reminded, then the manager, then everybody who runs the opening hears and the candidate reads an
// apology, each once; one that is kept in time is not spoken of.
func TestAPromiseThatBreaks(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.n.Promises = w.Promises
		if err := w.Openings.SetPromises(ctx, w.Owner, opening.Opening{ID: w.Opening, ReplyDays: 5, ReviewDays: 2, MostLate: 3}); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example") // Tuesday 24 November, 10:00
		told := func(at time.Time) (out []string) {
			t.Helper()
			w.tick.Set(at)
			w.post.got = nil
			for range 2 { // a sweep that is repeated says nothing twice
				if err := w.Promises.Sweep(ctx, w.Org.ID); err != nil {
					t.Fatal(err)
				}
				w.Drain()
			}
			for _, l := range w.post.got {
				name, _, _ := strings.Cut(l.ToName, " ")
				out = append(out, name+": "+l.Subject)
				if name != "Amara" && (strings.Contains(l.Text, "Amara") || strings.Contains(l.Text, string(n.Application))) {
					t.Errorf("%s reads who waits: %s", name, l.Text)
				}
			}
			slices.Sort(out)
			return out
		}
		day := func(d, hour int) time.Time { return time.Date(2026, 11, 24+d, hour, 30, 0, 0, time.UTC) }
		for _, c := range []struct {
			what string
			at   time.Time
			want []string
		}{
			{"the day before", day(1, 9), nil},
			{"the last day of the reading", day(2, 9), []string{"Jun: Due today: the reading of a submission", "Mina: Due today: the reading of a submission"}},
			{"the day after", day(3, 9), []string{"Kit: Late: the reading of a submission", "Rosa: Late: the reading of a submission"}},
			{"the last day of the reply", day(7, 9), []string{"Kit: Due today: a reply", "Rosa: Due today: a reply"}},
			{"the day after that", day(8, 9), []string{"Ada: Late: a reply", "Amara: We are late: Backend engineer", "Kit: Late: a reply", "Rosa: Late: a reply"}},
			{"a week later", day(15, 9), nil},
		} {
			if got := told(c.at); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q; want %q", c.what, got, c.want)
			}
		}
		list := w.log(t, n.Application)
		if !strings.Contains(list[0].Body, "a reply by the end of Tuesday 1 December") || !strings.Contains(list[0].Body, "we are sorry") {
			t.Errorf("the apology = %q", list[0].Body)
		}

		// Kept in time: nothing is said.
		second := w.Submitted("Ben Adeyemi", "ben@mail.example")
		w.File(w.Mina, second, cardOf())
		w.File(w.Jun, second, cardOf())
		w.Drain()
		if got := told(w.DB.Now().AddDate(0, 0, 3)); len(got) != 0 {
			t.Errorf("of a reading that was done in time: %q; want nothing", got)
		}

		// An apology that waits for the morning is dropped when the reply comes first.
		w.tick.Set(w.DB.Now().AddDate(0, 0, 10).Truncate(24 * time.Hour).Add(23 * time.Hour))
		if err := w.Promises.Sweep(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		w.keepAll(t, second.Application)
		if got := told(w.DB.Now().Add(12 * time.Hour)); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "Ben") }) {
			t.Errorf("after the reply: %q; want no apology", got)
		}
	})
}

func cardOf() review.Card { return reviewtest.Card(3, 1) }

// keepAll keeps what an application is owed, as a released reply does.
func (w world) keepAll(t *testing.T, a opening.ApplicationID) {
	t.Helper()
	err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error { return w.Openings.Unowe(ctx, tx, a, promise.Kinds...) })
	if err != nil {
		t.Fatal(err)
	}
}

// A talk that is booked, moved and cancelled: each mail to both sides has a calendar file with the sequence of its time, and one that was overtaken is not sent.
func TestATalkInCalendars(t *testing.T) {
	schemas := append(slices.Clone(schemas), talk.Schema)
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := build(t, d, tick)
		talks := &talk.Talks{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises}
		w.n.Promises, w.n.Talks = w.Promises, talks
		talks.Listen()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(talks.SetTerms(ctx, w.Owner, w.Opening, talk.Terms{Days: 5, Minutes: 45}))
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		sent := func() (out []string) {
			t.Helper()
			w.Drain()
			for _, l := range w.post.got {
				name, _, _ := strings.Cut(l.ToName, " ")
				seq := ""
				if l.Calendar != "" {
					_, after, _ := strings.Cut(l.Calendar, "SEQUENCE:")
					seq = l.Method + " " + after[:1]
				}
				out = append(out, strings.TrimSpace(name+" "+seq))
			}
			w.post.got = nil
			slices.Sort(out)
			return out
		}
		sent()
		one, two := w.DB.Now().AddDate(0, 0, 2), w.DB.Now().AddDate(0, 0, 3)
		for _, c := range []struct {
			what string
			do   func() error
			want []string
		}{
			{"offered", func() error {
				return talks.Offer(ctx, w.Rosa, a.Application, []time.Time{one, two}, "https://meet.example/r")
			}, []string{"Amara"}},
			{"booked", func() error { return talks.Choose(ctx, who, one) }, []string{"Amara REQUEST 1", "Rosa REQUEST 1"}},
			{"moved there and back at once", func() error { must(talks.Choose(ctx, who, two)); return talks.Choose(ctx, who, one) }, []string{"Amara REQUEST 3", "Rosa REQUEST 3"}},
			{"a day before", func() error { w.tick.Set(one.Add(-20 * time.Hour)); return talks.Sweep(ctx, w.Org.ID) }, []string{"Amara REQUEST 3", "Rosa REQUEST 3"}},
			{"cancelled", func() error { return talks.Cancel(ctx, w.Rosa, a.Application) }, []string{"Amara CANCEL 4", "Rosa CANCEL 4"}},
		} {
			must(c.do())
			if got := sent(); !slices.Equal(got, c.want) {
				t.Errorf("%s: mails %q; want %q", c.what, got, c.want)
			}
		}
	})
}
