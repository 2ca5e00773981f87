package attempt_test

import (
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
)

// published is the tree with words of its assessment replaced, published.
func published(t *testing.T, w *attempttest.World, pairs ...string) assessment.VersionID {
	t.Helper()
	tree := maps.Clone(attempttest.Tree)
	tree["assessment.yaml"] = &fstest.MapFile{Data: []byte(strings.NewReplacer(pairs...).Replace(string(tree["assessment.yaml"].Data)))}
	v, findings, err := w.Assessments.Import(ctx, w.Owner, tree, "")
	if err != nil {
		t.Fatal(err, findings)
	}
	if _, err := w.Assessments.Publish(ctx, w.Owner, v, nil); err != nil {
		t.Fatal(err)
	}
	return v
}

// offering makes the first stage offer something instead.
func offering(t *testing.T, w *attempttest.World, others ...assessment.VersionID) error {
	t.Helper()
	var first opening.Stage
	must(t, w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		all, err := w.Openings.Stages(ctx, tx, w.Opening)
		first = all[0]
		return err
	}))
	first.Others = nil
	for _, v := range others {
		first.Others = append(first.Others, opening.Offer{Format: "assessment", Ref: string(v)})
	}
	return w.Openings.SaveStage(ctx, w.Owner, w.Opening, first)
}

// A stage offers one or the other, and the candidate chooses; until they start they choose anew, and nothing is left of what they did not take.
func TestACandidateChoosesWhatToDo(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		const right = "\n  - {key: right, title: Right, weight: 1, about: Does it hold?, items: [tell-us], levels: [{name: Not yet, anchor: It contradicts the facts.}, {name: Solid, anchor: It fits the facts given.}]}"
		walk := published(t, w, "Small screen", "Walk us through", right, "")
		strange := published(t, w, "Small screen", "Strange", "{key: clear,", "{key: brisk,")
		if err := offering(t, w, strange); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("another rubric = %v; want a field's problem", err)
		}
		if err := offering(t, w, w.Version); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("the same twice = %v; want a field's problem", err)
		}
		before := w.Invite("Be Fore", "before@mail.example")
		must(t, offering(t, w, walk))
		if got := w.Invite("A B", "a@mail.example"); got.Offers != 2 || !got.Unchosen() || before.Offers != 0 {
			t.Fatalf("invited = %+v, and before %d offers; want a choice of two for the second alone", got, before.Offers)
		}
		inv := w.Invite("C D", "c@mail.example")
		who := w.Enter(inv)
		if _, err := w.Attempts.View(ctx, who); !errors.Is(err, attempt.ErrMissing) {
			t.Errorf("before the choice = %v; want nothing to start", err)
		}
		one, other := opening.Offer{Format: "assessment", Ref: string(w.Version)}, opening.Offer{Format: "assessment", Ref: string(walk)}
		if err := w.Openings.Choose(ctx, who, opening.Offer{Format: "assessment", Ref: string(strange)}); !errors.Is(err, opening.ErrOffer) {
			t.Errorf("what was not offered = %v; want ErrOffer", err)
		}
		must(t, offering(t, w)) // who is invited keeps their choice
		for _, x := range []opening.Offer{one, other, one, other, other} {
			must(t, w.Openings.Choose(ctx, who, x))
			if v := view(t, w, who); string(v.Attempt.Version) != x.Ref || len(v.Sittings) != 2 {
				t.Errorf("after choosing %v they have %v with %d parts", x, v.Attempt.Version, len(v.Sittings))
			}
		}
		must(t, w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			all, err := w.Attempts.Of(ctx, tx, inv.Application)
			if len(all) != 1 {
				t.Errorf("%d attempts are left; want the chosen one alone", len(all))
			}
			b, err2 := w.Openings.Page(ctx, tx, w.Opening, opening.Filter{})
			for _, r := range b.Rows {
				if r.ID == inv.Application && r.Chosen != other || r.ID != inv.Application && r.ID != before.Application && !r.Choosing {
					t.Errorf("the board's row = %+v", r)
				}
			}
			return errors.Join(err, err2)
		}))
		w.Begin(who, "quiz")
		if err := w.Openings.Choose(ctx, who, one); !errors.Is(err, opening.ErrBegan) {
			t.Errorf("after the start = %v; want ErrBegan", err)
		}
		if v := view(t, w, who); string(v.Attempt.Version) != other.Ref || v.Sittings["quiz"].State != attempt.Running {
			t.Errorf("a refused choice left %v, %v", v.Attempt.Version, v.Sittings["quiz"].State)
		}
		if stranger := w.Enter(before); !errors.Is(w.Openings.Choose(ctx, stranger, other), opening.ErrMissing) {
			t.Error("somebody without a choice chose")
		}
	})
}

// Two tabs: one starts what was chosen, the other chooses something else, in the same instant. One of both happens.
func TestChoosingAndStartingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		walk := published(t, w, "Small screen", "Walk us through")
		must(t, offering(t, w, walk))
		for _, email := range []string{"a@mail.example", "b@mail.example", "c@mail.example", "d@mail.example"} {
			who := w.Enter(w.Invite("A B", email))
			must(t, w.Openings.Choose(ctx, who, opening.Offer{Format: "assessment", Ref: string(w.Version)}))
			var began, chose error
			var both sync.WaitGroup
			both.Go(func() { _, began = w.Attempts.Begin(ctx, who, "quiz") })
			both.Go(func() { chose = w.Openings.Choose(ctx, who, opening.Offer{Format: "assessment", Ref: string(walk)}) })
			both.Wait()
			v := view(t, w, who)
			started := v.Sittings["quiz"].State == attempt.Running
			switch {
			case chose == nil && string(v.Attempt.Version) != string(walk), chose != nil && string(v.Attempt.Version) != string(w.Version):
				t.Errorf("chose = %v, and they have %v", chose, v.Attempt.Version)
			case began == nil && !started, chose != nil && !errors.Is(chose, opening.ErrBegan):
				t.Errorf("began = %v, chose = %v, running = %v", began, chose, started)
			}
		}
	})
}

// Who asks for more time is not closed while we think about it; one answer is given, once, and a no has its reason.
func TestMoreTimeIsAskedForAndAnswered(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		earlier := w.Invite("Z Z", "z@mail.example") // listed before, when nobody asks
		w.Tick.Set(w.Tick.Now().Add(time.Minute))
		inv := w.Invite("A B", "a@mail.example")
		who := w.Enter(inv)
		w.Begin(who, "quiz")
		w.Tick.Set(inv.FinishBy.Add(-time.Hour)) // on a Tuesday
		if err := w.Attempts.AskTime(ctx, who, "  "); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("without words = %v; want a field's problem", err)
		}
		must(t, w.Attempts.AskTime(ctx, who, "Two days more, please: my child is ill."))
		if err := w.Attempts.AskTime(ctx, who, "And again."); !errors.Is(err, opening.ErrAsked) {
			t.Errorf("twice = %v; want ErrAsked", err)
		}
		held := view(t, w, who).Sittings
		due, err := func() (at time.Time, err error) {
			err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error { at, err = w.Attempts.AnswerBy(ctx, tx, w.Tick.Now()); return err })
			return at, err
		}()
		must(t, err)
		for _, part := range []string{"quiz", "writing"} {
			if got := held[part].Clock.FinishBy; !got.Equal(due) {
				t.Errorf("%s is due %v; want it to wait until the answer is due, %v", part, got, due)
			}
		}
		reader := w.Member("Noor", "noor@tideway.example", []string{"reviewer"}, opening.Reviewer)
		asks := func(by ...opening.ApplicationID) (list []opening.TimeAsk) {
			must(t, w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
				o, err := w.Openings.LoadIn(ctx, tx, w.Owner, w.Opening)
				if err == nil {
					list, err = w.Openings.OpenTimeAsks(ctx, tx, w.Owner, o)
				}
				if o, err := w.Openings.LoadIn(ctx, tx, reader, w.Opening); err != nil {
					t.Error(err)
				} else if seen, err := w.Openings.OpenTimeAsks(ctx, tx, reader, o); err != nil || len(seen) > 0 {
					t.Errorf("a reader sees %v, %v; want nothing", seen, err)
				}
				first := opening.Filter{}
				for _, a := range list {
					first.First = append(first.First, a.Application)
				}
				b, err2 := w.Openings.Page(ctx, tx, w.Opening, first)
				for i, want := range by {
					if len(b.Rows) != len(by) || b.Rows[i].ID != want {
						t.Errorf("the board = %v; want %v", b.Rows, by)
						break
					}
				}
				return errors.Join(err, err2)
			}))
			return list
		}
		list := asks(inv.Application, earlier.Application)
		if len(list) != 1 || list[0].Words != "Two days more, please: my child is ill." {
			t.Fatalf("who asks = %+v; want one", list)
		}
		ask := list[0].ID
		if err := w.Attempts.AnswerTime(ctx, reader, ask, 48, ""); !errors.Is(err, opening.ErrRole) && !errors.Is(err, opening.ErrMissing) {
			t.Errorf("a reader answers = %v; want a refusal", err)
		}
		if err := w.Attempts.AnswerTime(ctx, w.Owner, ask, 0, " "); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("a no without a reason = %v; want a field's problem", err)
		}
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = w.Attempts.AnswerTime(ctx, w.Owner, ask, 48, "") })
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
			} else if !errors.Is(err, opening.ErrTimeAnswered) {
				t.Errorf("answered at once = %v", err)
			}
		}
		if got := view(t, w, who).Sittings["writing"].Clock.FinishBy; done != 1 || !got.Equal(due.Add(48*time.Hour)) {
			t.Errorf("%d answers, due %v; want one and two days after %v", done, got, due)
		}
		asks(earlier.Application, inv.Application)
		must(t, w.Attempts.AskTime(ctx, who, "One more."))
		must(t, w.Attempts.AnswerTime(ctx, w.Owner, asks()[0].ID, 0, "The position is filled on Friday."))
		if own, _, err := w.Openings.OwnTimeAsk(ctx, who); err != nil || own.Waits() || own.Reply != "The position is filled on Friday." {
			t.Errorf("the candidate reads %+v, %v", own, err)
		}
	})
}

// Whoever waits longer for an answer about time than was promised has their dates moved by each day.
func TestALateAnswerAboutTimeMovesTheDates(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		w.Begin(who, "quiz")
		before := view(t, w, who).Sittings["quiz"].Clock.FinishBy
		must(t, w.Attempts.AskTime(ctx, who, "A day."))
		w.Tick.Set(w.Tick.Now().Add(5 * 24 * time.Hour))
		must(t, w.Attempts.Stand(ctx, w.Org.ID))
		if got := view(t, w, who).Sittings["quiz"].Clock.FinishBy; !got.After(before) {
			t.Errorf("due %v; want later than %v", got, before)
		}
	})
}
