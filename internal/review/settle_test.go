package review_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// differ takes Amara through a round whose two readers are two levels apart on clear; the note of one names her.
func differ(t *testing.T, w *reviewtest.World) review.Round {
	t.Helper()
	n := w.Submitted("Amara Okafor", "amara@mail.example")
	low := reviewtest.Card(1, 2)
	low.Ratings["clear"] = review.Rating{Level: 1, Note: "Amara loses the thread."}
	w.File(w.Mina, n, low)
	w.File(w.Jun, n, reviewtest.Card(3, 2))
	return n
}

var decided = map[string]review.Ruled{"clear": {Level: 2, Reason: "The middle is hard to follow."}}

// alike fails where members see an application otherwise among many than by itself.
func alike(t *testing.T, w *reviewtest.World, n review.Round, members ...actor.Actor) {
	t.Helper()
	for _, who := range members {
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			many, _, err := w.Openings.LoadApplications(ctx, tx, who, []opening.ApplicationID{n.Application})
			if err != nil {
				return err
			}
			one, err := w.Openings.LoadApplicationIn(ctx, tx, who, n.Application)
			if got, ok := many[n.Application]; ok != (err == nil) || ok && !reflect.DeepEqual(got, one) {
				t.Errorf("%s sees among many %+v, by itself %+v, %v", who.ID, got, one, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAThirdReaderSettlesWhatTwoDifferOn(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := differ(t, w)
		if err := w.Reviews.Third(ctx, w.Mina, n.Code); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer asks for a third: %v", err)
		}
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); !errors.Is(err, review.ErrNobody) {
			t.Errorf("a third without anybody in the pool: %v", err)
		}
		sam := w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); !errors.Is(err, review.ErrAsked) {
			t.Errorf("asked twice: %v", err)
		}
		for _, who := range []actor.Actor{w.Mina, w.Rosa, w.Kit} {
			if _, err := w.Reviews.Settling(ctx, who, n.Code); !errors.Is(err, review.ErrMissing) {
				t.Errorf("%s, who was not asked, reads it: %v", who.ID, err)
			}
		}
		s, err := w.Reviews.Settling(ctx, sam, n.Code)
		if err != nil || !s.Blind || s.Title != "Candidate "+string(n.Code) || len(s.Disputes) != 1 || s.Disputes[0].Key != "clear" || len(s.Disputes[0].Ratings) != 2 || s.Work.Answers["tell-us"].Body == nil {
			t.Fatalf("settling = %+v, %v; want one criterion, two ratings, blind", s, err)
		}
		for _, r := range s.Disputes[0].Ratings {
			if strings.Contains(r.Note, "Amara") {
				t.Errorf("a rating names the candidate: %q", r.Note)
			}
		}
		if app, err := w.Openings.LoadApplication(ctx, sam, n.Application); err != nil || !app.Blind {
			t.Errorf("whoever settles is blind elsewhere too: %+v, %v", app, err)
		}
		alike(t, w, n, sam, w.Mina, w.Rosa, w.Kit)
		if list, err := w.Reviews.ToSettle(ctx, sam); err != nil || len(list) != 1 || list[0].Code != n.Code || list[0].Criteria != 1 {
			t.Errorf("ToSettle = %+v, %v", list, err)
		}
		for _, bad := range []map[string]review.Ruled{nil, {"clear": {Level: 2}}, {"clear": {Level: 9, Reason: "x"}}, {"right": {Level: 1, Reason: "x"}}} {
			if err := w.Reviews.Settle(ctx, sam, n.Code, bad); !errors.Is(err, review.ErrUnsettled) {
				t.Errorf("Settle(%v) = %v; want incomplete", bad, err)
			}
		}
		before, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil || len(before.Disputed()) != 1 {
			t.Fatalf("before: %v, %v", before.Disputed(), err)
		}
		if err := w.Reviews.Settle(ctx, sam, n.Code, decided); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Settle(ctx, sam, n.Code, map[string]review.Ruled{"clear": {Level: 4, Reason: "Again."}}); !errors.Is(err, review.ErrOver) {
			t.Errorf("settled twice: %v", err)
		}
		after, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil || len(after.Disputed()) != 0 || after.Third.Ruled["clear"] != decided["clear"] {
			t.Errorf("after: %+v, %v", after.Third, err)
		}
		if app, err := w.Openings.LoadApplication(ctx, sam, n.Application); err != nil || app.Blind {
			t.Errorf("the name opens when it is settled: blind %v, %v", app.Blind, err)
		}
		alike(t, w, n, sam)
	})
}

func TestTheScoreUsesWhatWasSettled(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		sam := w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"})
		n := differ(t, w)
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, sam.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Settle(ctx, sam, n.Code, map[string]review.Ruled{"clear": {Level: 4, Reason: "It is all there."}}); err != nil {
			t.Fatal(err)
		}
		col, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil || col.Score.Value != 100 { // (2 x 100 + 1 x 100) / 3; without the settling (2 x 33 + 100) / 3
			t.Errorf("score = %v, %v; want 100", col.Score, err)
		}
		if d, err := w.Reviews.Debrief(ctx, w.Rosa, w.Opening); err != nil || d.Stages[0].Bands[0][0].Score != col.Score {
			t.Errorf("the debrief says another score than the page of the work: %+v, %v", d, err)
		}
	})
}

// TestAskedByItselfAndPassedOn: with the opening's rule a third is asked as the last card comes in; who gives it back or is removed is
// followed by the next, never by somebody who had it; and a manager who settles learns nothing before.
func TestAskedByItselfAndPassedOn(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		if err := w.Reviews.SetRules(ctx, w.Mina, w.Opening, review.Rules{Apart: 1, Asks: true}); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer changes the rules: %v", err)
		}
		if err := w.Reviews.SetRules(ctx, w.Rosa, w.Opening, review.Rules{Apart: 5}); !errors.Is(err, review.ErrRules) {
			t.Errorf("five levels: %v", err)
		}
		if err := w.Reviews.SetRules(ctx, w.Rosa, w.Opening, review.Rules{Apart: 1, Asks: true}); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		sam := w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		w.File(w.Mina, n, reviewtest.Card(1, 2))
		w.File(w.Jun, n, reviewtest.Card(3, 2))
		if list, err := w.Reviews.ToSettle(ctx, sam); err != nil || len(list) != 1 {
			t.Fatalf("Sam has %+v, %v; want it asked by itself", list, err)
		}
		if err := w.Reviews.HandBack(ctx, sam, n.Code, ""); !errors.Is(err, review.ErrReason) {
			t.Errorf("given back without a reason: %v", err)
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Kit.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.HandBack(ctx, sam, n.Code, "I know them."); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Reviews.Settling(ctx, sam, n.Code); !errors.Is(err, review.ErrMissing) {
			t.Errorf("Sam gave it back and reads it: %v", err)
		}
		alike(t, w, n, sam, w.Kit)
		if _, err := w.Reviews.Settling(ctx, w.Kit, n.Code); err != nil {
			t.Fatalf("Kit is next: %v", err)
		}
		if _, err := w.Reviews.Column(ctx, w.Kit, n.Code); !errors.Is(err, review.ErrOwnFirst) {
			t.Errorf("a manager who settles reads the cards: %v", err)
		}
		if d, err := w.Reviews.Debrief(ctx, w.Kit, w.Opening); err != nil || d.Closed != 1 || len(d.Stages) != 0 {
			t.Errorf("a manager who settles reads the score: %+v, %v", d, err)
		}
		if err := w.Orgs.Disable(ctx, w.Owner, w.Kit.ID); err != nil {
			t.Fatal(err)
		}
		ana := w.Member("Ana Fourth", "ana@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Settle(ctx, ana, n.Code, decided); err != nil {
			t.Errorf("Ana, who is next after Kit was removed: %v", err)
		}
	})
}

func TestNothingToSettleWithinTheRule(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		if err := w.Reviews.SetRules(ctx, w.Rosa, w.Opening, review.Rules{Apart: 2, Asks: true}); err != nil {
			t.Fatal(err)
		}
		n := differ(t, w)
		w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); !errors.Is(err, review.ErrAgree) {
			t.Errorf("two levels where two are allowed: %v", err)
		}
	})
}
