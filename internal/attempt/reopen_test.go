package attempt_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/response"
)

func kinds(t *testing.T, w *attempttest.World, who actor.Actor) []string {
	t.Helper()
	list, err := w.Attempts.Ledger(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Kind)
	}
	return out
}

// A part that is opened again is a new epoch; what was sent first stays what counts until it ends, and is kept afterwards.
func TestReopeningKeepsTheFirstSubmission(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		first := submission(t, w, a.ID)
		if err := w.Attempts.Reopen(ctx, w.Owner, a.Application, "writing", 10, ""); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("without a reason = %v; want ErrInvalid", err)
		}
		if err := w.Attempts.Reopen(ctx, w.Owner, a.Application, "writing", 10, "the fire alarm"); err != nil {
			t.Fatal(err)
		}
		if err := w.Attempts.Reopen(ctx, w.Owner, a.Application, "writing", 10, "twice"); !errors.Is(err, attempt.ErrNotOver) {
			t.Errorf("a second time = %v; want ErrNotOver", err)
		}
		s := w.Begin(who, "writing")
		if s.Epoch != 2 || s.End().Sub(w.Tick.Now()) != 10*time.Minute {
			t.Errorf("the new epoch = %+v; want the second, for 10 minutes", s)
		}
		k, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: s.Takeover, Received: w.DB.Now(), Saves: []response.Save{{Item: "tell-us", Client: "c9", Seq: 1, Body: []byte(text)}}})
		if err != nil || k.Kept[0].Standing != response.OnTime {
			t.Fatalf("a save = %+v, %v", k.Kept, err)
		}
		if got := submission(t, w, a.ID); string(got.Items["tell-us"].Body) != string(first.Items["tell-us"].Body) || got.Receipt != first.Receipt {
			t.Error("what readers see changed before the part was sent again")
		}
		if _, err := w.Attempts.Send(ctx, who, "writing"); err != nil {
			t.Fatal(err)
		}
		got := submission(t, w, a.ID)
		if string(got.Items["tell-us"].Body) != text || string(got.Items["pick"].Body) != string(first.Items["pick"].Body) || got.ID != first.ID {
			t.Errorf("afterwards the submission has %s", got.Items["tell-us"].Body)
		}
		v := view(t, w, who)
		if len(v.Replaced) != 1 || v.Replaced[0].Cause != "reopen" || v.Replaced[0].Was.SHA256 != first.Items["tell-us"].SHA256 {
			t.Errorf("Replaced = %+v; want the first answer remembered", v.Replaced)
		}
		list, err := w.Attempts.Ledger(ctx, who)
		i := slices.IndexFunc(list, func(e attempt.Entry) bool { return e.Kind == "reopen" })
		if err != nil || i < 0 || list[i].Epoch != 2 || list[i].Seconds != 600 || list[i].Why != "the fire alarm" {
			t.Errorf("the ledger = %+v, %v; want the opening again with its reason", list, err)
		}
		w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			all, err := w.Attempts.Standings(ctx, tx, []opening.ApplicationID{a.Application})
			if got := all[a.Application]; got.Parts != 2 || got.Ended != 2 || err != nil {
				t.Errorf("the board counts %+v, %v; want 2 of 2 parts", got, err)
			}
			return nil
		})
	})
}

// A part that was opened again and never started changes nothing, also where late work had been accepted.
func TestOpenedAgainAndLeft(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, app, revision := lateQuiz(t, w)
		if err := w.Attempts.AcceptLate(ctx, w.Owner, app, revision, "no network"); err != nil {
			t.Fatal(err)
		}
		if err := w.Attempts.Reopen(ctx, w.Owner, app, "quiz", 1, "once more"); err != nil {
			t.Fatal(err)
		}
		if err := w.Attempts.AcceptLate(ctx, w.Owner, app, revision, "no network"); !errors.Is(err, attempt.ErrOpenAgain) {
			t.Errorf("accepting late work of a part that is open again = %v; want ErrOpenAgain", err)
		}
		if v := view(t, w, who); string(v.Answers["pick"].Body) != `{"choice":["0"]}` {
			t.Errorf("they go on from %s; want the accepted answer", v.Answers["pick"].Body)
		}
		w.Tick.Add(8 * 24 * time.Hour)
		if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		v := view(t, w, who)
		if s := v.Sittings["quiz"]; s.State != attempt.Ended || s.Epoch != 2 {
			t.Fatalf("the sitting = %+v; want it ended by its window", s)
		}
		w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			sub, err := w.Attempts.Submission(ctx, tx, v.Attempt.ID)
			if string(sub.Items["pick"].Body) != `{"choice":["0"]}` || sub.Marks["pick"].Share != 1 {
				t.Errorf("the submission = %+v, %v; want the accepted answer", sub.Items["pick"], err)
			}
			return nil
		})
	})
}

// Whoever of an extension and the end by time commits first wins; never both, and never neither.
func TestAnExtensionAgainstTheEndByTime(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		const people = 12
		var who [people]actor.Actor
		var apps [people]opening.ApplicationID
		for i := range people {
			who[i] = w.Enter(w.Invite("A B", string(rune('a'+i))+"@mail.example"))
			w.Begin(who[i], "writing")
			apps[i] = view(t, w, who[i]).Attempt.Application
		}
		w.Tick.Set(view(t, w, who[0]).Sittings["writing"].Clock.Hard().Add(attempt.Settle + time.Second))
		var errs [people]error
		var all sync.WaitGroup
		all.Go(func() {
			if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
				t.Error(err)
			}
		})
		for i := range people {
			all.Go(func() {
				errs[i] = w.Attempts.Extend(ctx, w.Owner, apps[i], "writing", 10, "the end came while we spoke")
			})
		}
		all.Wait()
		won := 0
		for i := range people {
			s := view(t, w, who[i]).Sittings["writing"]
			switch {
			case errs[i] == nil && s.State == attempt.Running && s.Clock.Added == 10*time.Minute:
				won++
			case errors.Is(errs[i], attempt.ErrEnded) && s.State == attempt.Ended && s.Clock.Added == 0:
			default:
				t.Errorf("Extend = %v and the sitting is %s with %v added", errs[i], s.State, s.Clock.Added)
			}
		}
		t.Logf("%d of %d extensions were first", won, people)
	})
}

// A break stops the clock for as long as it was taken, at most for what is left, and gives no time to work in.
func TestABreakStopsTheClock(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "writing")
		if err := w.Attempts.TakeBreak(ctx, who, "writing"); !errors.Is(err, attempt.ErrNoBreak) {
			t.Errorf("without breaks = %v; want ErrNoBreak", err)
		}
		if err := w.Attempts.Adjust(ctx, who, who.Subject, candidate.Time{Factor: 1000, Breaks: 31}); !errors.Is(err, candidate.ErrFactor) {
			t.Errorf("more than is granted at once = %v; want ErrFactor", err)
		}
		if err := w.Attempts.Adjust(ctx, who, who.Subject, candidate.Time{Factor: 1000, Breaks: 20}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // a second press changes nothing
			if err := w.Attempts.TakeBreak(ctx, who, "writing"); err != nil {
				t.Fatal(err)
			}
		}
		w.Tick.Add(attempt.Grace)
		if k := w.Save(who, s, 1, "tell-us", text); k.Standing != response.OnTime {
			t.Errorf("a save that was on its way is %s", k.Standing)
		}
		w.Tick.Add(10*time.Minute - attempt.Grace)
		if k := w.Save(who, s, 2, "tell-us", text); k.Standing != response.Branch {
			t.Errorf("work in a break is %s; want a branch", k.Standing)
		}
		for range 2 {
			if err := w.Attempts.GoOn(ctx, who, "writing"); err != nil {
				t.Fatal(err)
			}
		}
		if got := view(t, w, who).Sittings["writing"]; got.State != attempt.Running || !got.End().Equal(s.End().Add(10*time.Minute)) || got.BreakLeft(20) != 10*time.Minute {
			t.Errorf("after ten minutes = %+v; want ten more in the clock, and ten left", got)
		}
		if err := w.Attempts.TakeBreak(ctx, who, "writing"); err != nil {
			t.Fatal(err)
		}
		w.Tick.Add(15 * time.Minute) // five of them beyond the break
		if k := w.Save(who, s, 3, "tell-us", `{"text":["after it"]}`); k.Standing != response.OnTime {
			t.Errorf("a save after the break was used up is %s; want it on time", k.Standing)
		}
		w.Tick.Set(s.End().Add(20*time.Minute + attempt.Grace + attempt.Settle + time.Second))
		if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		got := view(t, w, who).Sittings["writing"]
		if got.State != attempt.Ended || !got.Finished.Equal(s.End().Add(20*time.Minute)) {
			t.Errorf("somebody who did not come back = %+v; want it ended after all of their breaks", got)
		}
		if want := []string{"start", "pause", "resume", "pause", "end"}; !slices.Equal(kinds(t, w, who), want) {
			t.Errorf("ledger = %v; want %v", kinds(t, w, who), want)
		}
	})
}

// What somebody asked for in words waits at the company's cost: a part that is not started can be started while it is not answered, and its window
// moves by the days that the answer takes.
func TestAPartWaitsForTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		inv := w.Invite("A B", "a@mail.example")
		who := w.Enter(inv)
		w.Begin(who, "quiz")
		asked := w.Tick.Now() // a Tuesday
		for range 2 {         // asking again changes the words only
			if err := w.Attempts.Ask(ctx, who, "Large print, and a person to read it to me."); err != nil {
				t.Fatal(err)
			}
			w.Tick.Add(time.Hour)
		}
		due := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC) // the end of Thursday in Lisbon
		end := func() time.Time { return view(t, w, who).Sittings["writing"].Clock.FinishBy }
		if want := inv.FinishBy.Add(due.Sub(asked)); !end().Equal(want) {
			t.Fatalf("the window ends %v; want %v", end(), want)
		}
		if q := view(t, w, who).Sittings["quiz"]; !q.Clock.FinishBy.Equal(inv.FinishBy) {
			t.Errorf("a part that was started waits too: %v", q.Clock.FinishBy)
		}
		w.Tick.Set(end().Add(time.Hour)) // nobody has answered
		for range 2 {                    // first what runs is ended, then what was not started
			if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
				t.Fatal(err)
			}
		}
		if s := view(t, w, who).Sittings["writing"]; s.State != attempt.Ready {
			t.Errorf("without an answer it is %s; want it to wait", s.State)
		}
		before, late := end(), w.Tick.Now().Sub(due)
		if err := w.Attempts.Answer(ctx, w.Owner, candidate.ID(who.Subject), true); err != nil {
			t.Fatal(err)
		}
		if want := before.Add(late); !end().Equal(want) {
			t.Errorf("after a late answer the window ends %v; want %v", end(), want)
		}
		w.Begin(who, "writing")
		if n := slices.Index(kinds(t, w, who), "wait"); n < 0 {
			t.Errorf("ledger = %v; want the waiting in it", kinds(t, w, who))
		}
	})
}
