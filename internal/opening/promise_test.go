package opening_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
)

func TestAnOpeningsPromises(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		set := func(reply, review, feedback, most int) error {
			return w.SetPromises(ctx, w.owner, opening.Opening{ID: o, ReplyDays: reply, ReviewDays: review, FeedbackDays: feedback, MostLate: most})
		}
		field := func(err error) string {
			p, _ := problem.As(err)
			if p == nil {
				return ""
			}
			for name := range p.Fields {
				return name
			}
			return p.Code
		}
		for _, c := range []struct {
			reply, review, feedback, most int
			want                          string
		}{{0, 0, 0, 1, "reply_days"}, {61, 0, 0, 1, "reply_days"}, {5, 6, 0, 1, "review_days"}, {5, -1, 0, 1, "review_days"}, {5, 0, 4, 1, "feedback_days"}, {5, 0, 61, 1, "feedback_days"},
			{5, 0, 5, -1, "most_late"}, {5, 3, 5, 1, "review_days"}} {
			if got := field(set(c.reply, c.review, c.feedback, c.most)); got != c.want {
				t.Errorf("promises %+v: refused for %q; want %q", c, got, c.want)
			}
		}
		if err := set(5, 3, 5, 1); !errors.Is(err, opening.ErrNobody) {
			t.Errorf("reading promised where nobody reads = %v; want ErrNobody", err)
		}
		if err := w.SetRole(ctx, w.owner, o, w.rev.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		if err := w.SetPromises(ctx, w.rev, opening.Opening{ID: o, ReplyDays: 5}); !errors.Is(err, opening.ErrRole) {
			t.Errorf("a reviewer promises = %v; want ErrRole", err)
		}
		if err := set(5, 3, 6, 1); err != nil {
			t.Fatal(err)
		}
		calendar := [7]bool{time.Monday: true, time.Tuesday: true, time.Wednesday: true, time.Thursday: true, time.Friday: true}
		if err := w.Orgs.SetDays(ctx, w.owner, calendar, []org.Holiday{{Day: "2026-11-25", Name: "Founders"}}); err != nil {
			t.Fatal(err)
		}
		// The world begins on Tuesday 24 November at 10:00.
		var apps []opening.Application
		for _, name := range []string{"Amara", "Ben", "Chi"} {
			inv := w.invite(t, o, name, name+"@mail.example")
			w.write(t, func(tx db.Tx) error { return w.Owe(ctx, tx, inv, w.tick.Now()) })
			a, err := w.LoadApplication(ctx, w.owner, inv.Application)
			if err != nil {
				t.Fatal(err)
			}
			apps = append(apps, a)
		}
		var list []promise.Promise
		read := func(a opening.Application) (f opening.Figures) {
			t.Helper()
			w.write(t, func(tx db.Tx) (err error) {
				if list, err = w.Promises.Of(ctx, tx, string(a.ID)); err != nil {
					return err
				}
				f, err = w.Figures(ctx, tx, o)
				return err
			})
			return f
		}
		read(apps[0])
		day := func(n int) time.Time { return time.Date(2026, 11, 24+n, 0, 0, 0, 0, time.UTC) }
		for kind, due := range map[promise.Kind]time.Time{promise.Review: day(7), promise.Reply: day(9), promise.Feedback: day(10)} {
			if p, ok := promise.Newest(list, kind); !ok || !p.Due.Equal(due) {
				t.Errorf("%s = %+v; want it due at %v, the holiday and the weekend left out", kind, p, due)
			}
		}
		w.tick.Set(day(9).Add(36 * time.Hour)) // the replies and the reading are late, by two days
		if _, err := w.Invite(ctx, w.owner, o, opening.InviteForm{Name: "Dee", Email: "dee@mail.example"}); !errors.Is(err, opening.ErrLate) {
			t.Errorf("inviting above the number of late promises = %v; want ErrLate", err)
		}
		f := read(apps[0])
		if want := (opening.Rate{Kind: promise.Reply, Open: 3}); f.LateNow != 9 || !slices.Contains(f.Promises, want) {
			t.Errorf("figures = %+v; want nine late of three kinds", f)
		}
		w.write(t, func(tx db.Tx) error {
			next, _, err := w.Advance(ctx, tx, w.owner, apps[0], opening.Next{})
			if err != nil {
				return err
			}
			inv, err := w.InvitationIn(ctx, tx, next)
			if want := w.tick.Now().AddDate(0, 0, 5+2); err != nil || !inv.FinishBy.Equal(want) {
				t.Errorf("who was answered two days late has until %v, %v; want %v", inv.FinishBy, err, want)
			}
			for _, a := range apps {
				if err := w.Unowe(ctx, tx, a.ID, promise.Reply, promise.Review, promise.Feedback); err != nil {
					return err
				}
			}
			return nil
		})
		if _, err := w.Invite(ctx, w.owner, o, opening.InviteForm{Name: "Dee", Email: "dee@mail.example"}); err != nil {
			t.Errorf("inviting when nothing is late any more = %v", err)
		}
		if f := read(apps[0]); f.LateNow != 0 || !slices.Contains(f.Promises, opening.Rate{Kind: promise.Reply, Late: 3}) {
			t.Errorf("figures afterwards = %+v; want three replies after their day", f.Promises)
		}
	})
}
