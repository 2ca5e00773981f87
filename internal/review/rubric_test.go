package review_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// change lets the opening read by a version, and opens what it touches.
func change(t *testing.T, w *reviewtest.World, v assessment.VersionID) {
	t.Helper()
	if err := w.Reviews.ChangeRubric(ctx, w.Rosa, w.Opening, v, "Two readers took level 3 for different things."); err != nil {
		t.Fatal(err)
	}
	w.Drain()
}

func sheet(t *testing.T, w *reviewtest.World, who actor.Actor, n review.Round) *review.Sheet {
	t.Helper()
	s, err := w.Reviews.Load(ctx, who, n.Code)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatAChangeTouches(t *testing.T) {
	level := func(names ...string) (out []assessment.Level) {
		for _, n := range names {
			out = append(out, assessment.Level{Name: n, Anchor: "One sees " + n + "."})
		}
		return out
	}
	was := []assessment.Criterion{
		{Key: "a", Title: "A", About: "About a", Weight: 1, Levels: level("low", "high")},
		{Key: "b", Title: "B", Weight: 1, Levels: level("low", "high")},
		{Key: "c", Title: "C", Weight: 1, Levels: level("low", "high")},
		{Key: "d", Title: "D", Weight: 1, Levels: level("low", "high")},
		{Key: "e", Title: "E", Weight: 1, Levels: level("low", "high"), Guidance: "Look at the tests."},
	}
	is := []assessment.Criterion{
		{Key: "a", Title: "A as it is called now", About: "About  a\n", Weight: 1, Levels: level("low", "high"), Items: []string{"other"}},
		{Key: "b", Title: "B", Weight: 3, Levels: level("low", "high")},
		{Key: "c", Title: "C", Weight: 2, Levels: level("low", "middle", "high")},
		{Key: "e", Title: "E", Weight: 1, Levels: level("low", "high"), Guidance: "Look at the tests and the names."},
		{Key: "f", Title: "F", Weight: 1, Levels: level("low", "high")},
	}
	got := map[string]review.Differs{}
	for _, x := range review.Touches(was, is) {
		got[x.Key] = x.Differs
	}
	want := map[string]review.Differs{"b": review.Weighed, "c": review.Reworded, "d": review.Gone, "e": review.Reworded, "f": review.Added}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("touched = %v; want %v", got, want)
	}
	if same := review.Touches(was, was); len(same) != 0 {
		t.Errorf("a rubric differs from itself by %v", same)
	}
}

func TestAChangedRubricOpensExactlyTheTouchedRatings(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		w.File(w.Jun, n, reviewtest.Card(2, 1))
		v := w.Publish(append(slices.Clone(reviewtest.Reworded), reviewtest.Added...)...)
		p, err := w.Reviews.Rubrics(ctx, w.Rosa, w.Opening)
		if err != nil || len(p.Plans) != 1 || len(p.Log) != 0 {
			t.Fatalf("rubrics = %+v, %v; want one plan", p, err)
		}
		if x := p.Plans[0]; x.To.ID != v || x.Works != 1 || x.Cards != 2 || x.Ratings != 4 || x.Readers != 2 || x.Drafts != 0 || x.Decided != 0 {
			t.Errorf("plan = %+v; want one work, two cards, four ratings", x)
		}
		for name, bad := range map[string]struct {
			who    actor.Actor
			v      assessment.VersionID
			reason string
			want   *problem.Problem
		}{
			"a reader":          {w.Mina, v, "Because.", review.ErrRole},
			"without a reason":  {w.Rosa, v, "", review.ErrReason},
			"the same version":  {w.Rosa, n.Version, "Because.", review.ErrRubric},
			"no version at all": {w.Rosa, "ver_none", "Because.", review.ErrRubric},
		} {
			if err := w.Reviews.ChangeRubric(ctx, bad.who, w.Opening, bad.v, bad.reason); !errors.Is(err, bad.want) {
				t.Errorf("%s: %v; want %v", name, err, bad.want)
			}
		}
		change(t, w, v)
		if err := w.Reviews.ChangeRubric(ctx, w.Rosa, w.Opening, v, "Pressed twice."); !errors.Is(err, review.ErrRubric) {
			t.Errorf("changed to what is in force: %v", err)
		}
		s := sheet(t, w, w.Mina, n)
		if s.Mine.State != review.Assigned || !s.Blind || len(s.Others) != 0 || s.Mine.Card.Ratings["right"].Level != 2 || s.Mine.Card.Ratings["clear"].Level != review.Unrated {
			t.Errorf("card = %+v, blind %v; want right as sent, clear open, blind", s.Mine, s.Blind)
		}
		if s.Again["clear"].Was != 3 || s.Again["clear"].From.Levels[2].Anchor != "At the first reading." || s.Again["brief"].Was != 0 || len(s.Again) != 2 || !s.Fixed("right") || s.Fixed("clear") || s.Fixed("brief") {
			t.Errorf("again = %+v; want clear as it was, and brief", s.Again)
		}
		if s.Mine.Card.Ratings["clear"].Note != "clear at level 3" || len(s.Rubric.Rubric) != 3 {
			t.Errorf("note %q, %d criteria; want the note kept and the new rubric", s.Mine.Card.Ratings["clear"].Note, len(s.Rubric.Rubric))
		}
		if _, err := w.Reviews.Column(ctx, w.Rosa, n.Code); !errors.Is(err, review.ErrOpenCards) {
			t.Errorf("a manager reads cards that are open again: %v", err)
		}
		if err := w.Reviews.File(ctx, w.Mina, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 2}}}); !errors.Is(err, review.ErrIncomplete) {
			t.Errorf("sent without the new criterion: %v", err)
		}
		again := review.Card{Private: "changed", Shareable: "changed", Ratings: map[string]review.Rating{"clear": {Level: 2, Note: "again"}, "brief": {Level: 1}, "right": {Level: 1}}}
		w.File(w.Mina, n, again)
		s = sheet(t, w, w.Mina, n)
		if r := s.Mine.Card; s.Mine.State != review.Filed || r.Ratings["right"].Level != 2 || r.Ratings["clear"].Level != 2 || r.Ratings["brief"].Level != 1 || r.Private != "private-canary" || r.Shareable == "changed" {
			t.Errorf("sent again = %+v; want only clear and brief changed", s.Mine)
		}
		again.Ratings["clear"] = review.Rating{Level: 4}
		if err := w.Reviews.Unblind(ctx, w.Jun, n.Code, "I had read it before."); err != nil {
			t.Fatal(err)
		}
		if s := sheet(t, w, w.Jun, n); s.Spoiled {
			t.Error("a card that was filed without the name cannot be sent again")
		}
		w.File(w.Jun, n, again)
		col, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil || len(col.Cards) != 2 || col.Rubric.Rubric[2].Key != "brief" {
			t.Fatalf("column = %+v, %v; want it closed again under the new rubric", col, err)
		}
		p, err = w.Reviews.Rubrics(ctx, w.Rosa, w.Opening)
		if err != nil || len(p.Plans) != 0 || len(p.Log) != 1 || p.Log[0].Open != 0 || p.Log[0].Reason == "" || p.Log[0].By.ID != w.Rosa.ID || len(p.Log[0].Ratings) != 4 {
			t.Fatalf("log = %+v, %v; want four ratings, none open", p, err)
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Kit.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		for _, m := range []actor.Actor{w.Mina, w.Jun} {
			if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, m.ID, opening.Reviewer, false); err != nil {
				t.Fatal(err)
			}
		}
		w.Submitted("Ben Adler", "ben@mail.example") // Kit's to read
		if own, err := w.Reviews.Rubrics(ctx, w.Kit, w.Opening); err != nil || !own.Closed || own.Log[0].Ratings[0].Was != 0 || own.Log[0].Ratings[0].Now != 0 {
			t.Errorf("log of a manager with an open card = %+v, %v; want no levels", own, err)
		}
		for _, x := range p.Log[0].Ratings {
			if x.To.Key == "clear" && x.Member.ID == w.Mina.ID && (x.Was != 3 || x.Now != 2 || !x.Done || x.Draft) {
				t.Errorf("log of a rating = %+v; want 3, then 2", x)
			}
		}
	})
}

func TestAWeightOpensNothingAndCounts(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Mina, n, reviewtest.Card(1, 2))
		w.File(w.Jun, n, reviewtest.Card(1, 2))
		before, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil {
			t.Fatal(err)
		}
		change(t, w, w.Publish(reviewtest.Weighed...))
		after, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil {
			t.Fatalf("opened by a weight: %v", err)
		}
		if before.Score.Value > 34 || after.Score.Value < 66 { // 100 * 1/3, then 100 * 4/6
			t.Errorf("score %v, then %v; want a third, then two thirds", before.Score, after.Score)
		}
		var points int64
		err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT MIN(points) FROM reviews WHERE org_id = $1`, tx.Org).Scan(&points)
		})
		if err != nil || points != 66667 {
			t.Errorf("kept points = %d, %v; want 66667", points, err)
		}
		change(t, w, w.Publish(reviewtest.Gone...))
		if col, err := w.Reviews.Column(ctx, w.Rosa, n.Code); err != nil || len(col.Rubric.Rubric) != 1 || col.Score.Value != 0 {
			t.Errorf("without the criterion: %v, %v; want level 1 alone", col.Score, err)
		}
	})
}

func TestADraftUnderAChangedRubric(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		old := reviewtest.Card(4, 2)
		old.Rubric = n.Rubric
		if err := w.Reviews.Rate(ctx, w.Mina, n.Code, old); err != nil {
			t.Fatal(err)
		}
		v := w.Publish(append(slices.Clone(reviewtest.Reworded), reviewtest.Gone...)...)
		change(t, w, v)
		s := sheet(t, w, w.Mina, n)
		if s.Mine.Card.Ratings["clear"].Level != review.Unrated || s.Again["clear"].Was != 4 || !s.Mine.Reopened.IsZero() || s.Fixed("clear") {
			t.Errorf("draft = %+v, %+v; want clear to be chosen anew", s.Mine, s.Again)
		}
		// A tab that was open all the time sends what it has: the levels are by the older wording, and one criterion is gone.
		old.Ratings["clear"] = review.Rating{Level: 4, Note: "written in the old tab"}
		for name, do := range map[string]func() error{
			"saved": func() error { return w.Reviews.Rate(ctx, w.Mina, n.Code, old) },
			"sent":  func() error { return w.Reviews.File(ctx, w.Mina, n.Code, old) },
		} {
			if err := do(); !errors.Is(err, review.ErrRubricMoved) {
				t.Errorf("%s from an old tab: %v; want rubric_moved", name, err)
			}
		}
		s = sheet(t, w, w.Mina, n)
		if r := s.Mine.Card.Ratings["clear"]; s.Mine.State != review.Assigned || r.Level != review.Unrated || r.Note != "written in the old tab" {
			t.Errorf("after the old tab = %+v; want the note and no level", s.Mine)
		}
		w.File(w.Mina, n, review.Card{Rubric: v, Ratings: map[string]review.Rating{"clear": {Level: 2}}})
		if err := w.Reviews.Rate(ctx, w.Mina, n.Code, old); !errors.Is(err, review.ErrFiled) {
			t.Errorf("the old tab after sending: %v", err)
		}
	})
}

func TestWhatIsDecidedOrComesLater(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		done := w.Submitted("Amara Okafor", "amara@mail.example")
		for _, who := range []actor.Actor{w.Mina, w.Jun} {
			w.File(who, done, reviewtest.Card(3, 2))
		}
		var d review.Decision
		err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) (err error) {
			d, _, err = w.Reviews.DecideIn(ctx, tx, w.Rosa, done.Application, review.Advance, "Clear and right.")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		v := w.Publish(reviewtest.Reworded...)
		p, err := w.Reviews.Rubrics(ctx, w.Rosa, w.Opening)
		if err != nil || len(p.Plans) != 0 {
			t.Fatalf("plans = %+v, %v; want none while all is decided", p.Plans, err)
		}
		open := w.Submitted("Ben Adler", "ben@mail.example")
		change(t, w, v)
		if n := w.Round(done.Attempt); n.Rubric != done.Version || n.Closed.IsZero() {
			t.Errorf("a decided work = %+v; want it as it was read", n)
		}
		if n := w.Round(open.Attempt); n.Rubric != v {
			t.Errorf("an open work is read by %s; want %s", n.Rubric, v)
		}
		// The candidates see what counts: whoever is decided what they were read by, everybody else the new wording and since when.
		for n, want := range map[review.Round]bool{done: false, open: true} {
			var at attempt.Attempt
			err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
				at, err = w.Attempts.In(ctx, tx, attempt.ID(n.Attempt))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			shown, err := w.Assessments.Version(ctx, w.Org.ID, at.Version)
			if err != nil {
				t.Fatal(err)
			}
			list, since, err := w.Reviews.Scored(ctx, w.Owner, at, w.Opening, shown)
			if err != nil || (len(list) == 2) != want || since.IsZero() == want || want && list[0].Levels[2].Anchor != "At the first reading by somebody new." {
				t.Errorf("scored = %+v since %v, %v; want the new wording: %v", list, since, err, want)
			}
		}
		if later := w.Submitted("Chen Wu", "chen@mail.example"); later.Rubric != v || later.Version != done.Version {
			t.Errorf("what was sent later is read by %s; want %s", later.Rubric, v)
		}
		err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			_, err := w.Reviews.UndoIn(ctx, tx, w.Rosa, d.ID, "A slip.")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		if n := w.Round(done.Attempt); n.Rubric != v || !n.Closed.IsZero() {
			t.Errorf("undone = %+v; want it open under the new rubric", n)
		}
	})
}

func TestAnOpenedCardWithoutItsReader(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		w.File(w.Jun, n, reviewtest.Card(2, 2))
		change(t, w, w.Publish(reviewtest.Reworded...))
		if err := w.Reviews.Rate(ctx, w.Mina, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 4}}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.StepBack(ctx, w.Mina, n.Code, "I am away."); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Enough(ctx, w.Rosa, n.Code, "Jun has left."); err != nil {
			t.Fatal(err)
		}
		col, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil || len(col.Cards) != 2 {
			t.Fatalf("column = %+v, %v; want both cards as they were sent", col, err)
		}
		for _, c := range col.Cards {
			if c.Review.Card.Ratings["right"].Level != 2 || c.Review.Card.Ratings["clear"].Level != review.Unrated {
				t.Errorf("card = %+v; want right as sent and clear without a score", c.Review.Card)
			}
		}
		p, err := w.Reviews.Rubrics(ctx, w.Rosa, w.Opening)
		if err != nil || p.Log[0].Open != 0 || p.Log[0].Ratings[0].Now != review.Unrated || !p.Log[0].Ratings[0].Done {
			t.Errorf("log = %+v, %v; want it closed without a score", p.Log, err)
		}
	})
}

func TestAThirdReaderIsAskedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := differ(t, w)
		sam := w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Settle(ctx, sam, n.Code, decided); err != nil {
			t.Fatal(err)
		}
		change(t, w, w.Publish(reviewtest.Reworded...))
		if err := w.Reviews.Settle(ctx, sam, n.Code, decided); err == nil {
			t.Error("what was settled by the older wording can be settled before the cards are in")
		}
		w.File(w.Mina, n, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 1}}})
		w.File(w.Jun, n, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 4}}})
		col, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil || len(col.Disputed()) != 1 || col.Third.ID != "" {
			t.Fatalf("disputed = %v, third %+v, %v; want clear open and nobody asked", col.Disputed(), col.Third, err)
		}
		kim := w.Member("Kim Fourth", "kim@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); err != nil {
			t.Fatal(err)
		}
		if s, err := w.Reviews.Settling(ctx, kim, n.Code); err != nil || len(s.Disputes) != 1 || s.Disputes[0].Levels[2].Anchor != "At the first reading by somebody new." {
			t.Errorf("settling = %+v, %v; want clear by the new wording", s, err)
		}
		if err := audit.Seal(ctx, w.DB, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			lines, err := audit.Lines(ctx, tx, 0, 200)
			seen := map[string]int{}
			for _, l := range lines {
				seen[l.Verb]++
			}
			if seen["review.rubric"] != 1 || seen["review.rescore"] != 1 {
				t.Errorf("audit = %v; want one change and one work", seen)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestACriterionThatIsGoneWaitsForNobody(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := differ(t, w)
		sam := w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(attempttest.Tree["assessment.yaml"].Data)) {
			if strings.HasPrefix(line, "  - {key: clear,") {
				change(t, w, w.Publish(line, ""))
			}
		}
		if list, err := w.Reviews.ToSettle(ctx, sam); err != nil || len(list) != 0 {
			t.Errorf("to settle = %+v, %v; want nothing, the criterion is gone", list, err)
		}
		if col, err := w.Reviews.Column(ctx, w.Rosa, n.Code); err != nil || len(col.Disputed()) != 0 || len(col.Rubric.Rubric) != 1 {
			t.Errorf("column = %+v, %v; want it closed, with the one criterion that is left", col, err)
		}
	})
}
