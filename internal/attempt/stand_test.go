package attempt_test

import (
	"slices"
	"testing"
	"time"

	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/promise"
	"candor/internal/thread"
)

// Somebody waits for an answer of ours, and for what was promised: for each day by which we are late their own dates move by one, however often it
// is looked at, and no further once we have done it. A running clock is another matter: it stays as it is.
func TestWhoeverWaitsForUsHasMoreTime(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		inv := w.Invite("A B", "a@mail.example")
		who := w.Enter(inv)
		w.Begin(who, "quiz")
		other := w.Enter(w.Invite("C D", "c@mail.example"))
		w.Begin(other, "quiz")
		timed := w.Enter(w.Invite("E F", "e@mail.example"))
		w.Begin(timed, "writing")
		th := &thread.Threads{DB: w.DB, Jobs: w.Jobs, Orgs: w.Orgs, Assessments: w.Assessments, Candidates: w.Candidates, Openings: w.Openings, Task: w.Attempts.Task}
		must(t, th.Say(ctx, who, thread.Words{Body: "May I use a library?"})) // on a Tuesday
		must(t, th.Say(ctx, timed, thread.Words{Body: "May I, too?"}))
		due := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC) // the end of Thursday in Lisbon
		stand := func(at time.Time, want time.Duration) {
			t.Helper()
			w.Tick.Set(at)
			for range 2 {
				must(t, w.Attempts.Stand(ctx, w.Org.ID))
			}
			all := view(t, w, who).Sittings
			for _, part := range []string{"quiz", "writing"} {
				if got := all[part].Clock.FinishBy; !got.Equal(inv.FinishBy.Add(want)) {
					t.Errorf("at %v %s is due %v; want %v later than %v", at, part, got, want, inv.FinishBy)
				}
			}
			must(t, w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
				now, err := w.Openings.InvitationIn(ctx, tx, inv.ID)
				if err == nil && !now.FinishBy.Equal(inv.FinishBy.Add(want)) {
					t.Errorf("at %v the invitation ends %v", at, now.FinishBy)
				}
				return err
			}))
		}
		const day = 24 * time.Hour
		stand(due, 0)
		stand(due.Add(time.Second), day)
		stand(due.Add(day), day)
		stand(due.Add(2*day+time.Hour), 3*day)
		must(t, th.Answer(ctx, w.Owner, inv.Application, "Yes."))
		stand(due.Add(4*day), 3*day)
		if got := view(t, w, other).Sittings["quiz"].Clock.FinishBy; !got.Equal(inv.FinishBy) {
			t.Errorf("somebody who waits for nothing has until %v", got)
		}
		if s := view(t, w, timed).Sittings; !s["writing"].Clock.Entitled().Equal(s["writing"].Clock.Started.Add(30*time.Minute)) || !s["quiz"].Clock.FinishBy.Equal(inv.FinishBy.Add(4*day)) {
			t.Errorf("a running clock ends %v, and what has none %v", s["writing"].Clock.Entitled(), s["quiz"].Clock.FinishBy)
		}
		// The next question is another debt, and so is a promise.
		must(t, th.Say(ctx, who, thread.Words{Body: "Which one?"}))
		monday := due.Add(4 * day)
		must(t, w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			cal, err := w.Orgs.CalendarIn(ctx, tx)
			if err != nil {
				return err
			}
			return w.Promises.Owe(ctx, tx, promise.Talk, string(inv.Application), 1, monday, cal)
		}))
		stand(monday.Add(2*day+time.Hour), 4*day) // the promise was due on Tuesday; two working days for the question are not over
		must(t, w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			return w.Promises.Keep(ctx, tx, promise.Talk, string(inv.Application), w.Tick.Now())
		}))
		stand(monday.Add(3*day+time.Hour), 5*day)
		n := 0
		for _, k := range kinds(t, w, who) {
			if k == "late" {
				n++
			}
		}
		if n != 10 || !slices.Contains(kinds(t, w, who), "late") {
			t.Errorf("the ledger has %d days for two parts; want 5 each", n)
		}
	})
}
