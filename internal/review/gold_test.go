package review_test

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// reference is what a gold submission is worth.
func reference(clear, right int) map[string]review.Ruled {
	return map[string]review.Ruled{"clear": {Level: clear, Reason: "One reads it once."}, "right": {Level: right, Reason: "The log says so."}}
}

// golds makes n gold submissions of reference 3 and 2.
func golds(t *testing.T, w *reviewtest.World, n int) (out []review.Round) {
	t.Helper()
	for i := range n {
		r := w.Submitted(fmt.Sprintf("Gold Person%d", i), fmt.Sprintf("gold%d@mail.example", i))
		w.File(w.Mina, r, reviewtest.Card(3, 2))
		w.File(w.Jun, r, reviewtest.Card(3, 2))
		if err := w.Reviews.MakeGold(ctx, w.Rosa, r.Code, reference(3, 2)); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func TestGoldIsMadeOfScoredWorkByAManager(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		if err := w.Reviews.MakeGold(ctx, w.Rosa, n.Code, reference(3, 2)); !errors.Is(err, review.ErrOpenCards) {
			t.Errorf("before the cards are in: %v", err)
		}
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		w.File(w.Jun, n, reviewtest.Card(3, 2))
		for _, c := range []struct {
			what string
			who  actor.Actor
			ref  map[string]review.Ruled
			want error
		}{
			{"by a reviewer", w.Mina, reference(3, 2), review.ErrRole},
			{"by whoever only runs the opening", w.Owner, reference(3, 2), review.ErrRole},
			{"of a level the rubric lacks", w.Rosa, reference(5, 2), review.ErrUnsettled},
			{"without a criterion", w.Rosa, map[string]review.Ruled{"clear": {Level: 1, Reason: "x"}}, review.ErrUnsettled},
			{"rightly", w.Rosa, reference(3, 2), nil},
			{"twice", w.Rosa, reference(3, 2), review.ErrGold},
		} {
			if err := w.Reviews.MakeGold(ctx, c.who, n.Code, c.ref); !errors.Is(err, c.want) {
				t.Errorf("made %s: %v; want %v", c.what, err, c.want)
			}
		}
		if _, err := w.Reviews.Gold(ctx, w.Mina, n.Code); !errors.Is(err, review.ErrKnown) {
			t.Errorf("who scored it practises on it: %v", err)
		}
		if _, err := w.Reviews.Gold(ctx, w.Kit, n.Code); err != nil {
			t.Errorf("a manager practises: %v", err)
		}
		if err := w.Reviews.EndGold(ctx, w.Rosa, n.Code); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Reviews.Gold(ctx, w.Kit, n.Code); !errors.Is(err, review.ErrMissing) {
			t.Errorf("it ended and is there: %v", err)
		}
	})
}

// TestCertifiedOnThreeGolds: blind, the reference only afterwards, once; who is further off than half a level practises on more, and the
// newest three count.
func TestCertifiedOnThreeGolds(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		if err := w.Reviews.SetRules(ctx, w.Rosa, w.Opening, review.Rules{Apart: 1, Certify: true}); !errors.Is(err, review.ErrFewGolds) {
			t.Errorf("required without golds: %v", err)
		}
		list := golds(t, w, 4)
		sam := w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if found, err := w.Reviews.ToCalibrate(ctx, sam); err != nil || len(found) != 1 || found[0].ID != w.Opening {
			t.Errorf("suggested: %+v, %v", found, err)
		}
		s, err := w.Reviews.Gold(ctx, sam, list[0].Code)
		if err != nil || s.Done || len(s.Reference) != 0 || !s.Blind || s.Title != "Gold "+string(list[0].Code) || s.Work.Answers["tell-us"].Body == nil {
			t.Fatalf("gold before = %+v, %v; want it blind and without the reference", s, err)
		}
		if err := w.Reviews.Practise(ctx, sam, list[0].Code, map[string]int{"clear": 3}); !errors.Is(err, review.ErrIncomplete) {
			t.Errorf("half a card: %v", err)
		}
		for i, clear := range []int{1, 3, 4, 3} {
			if err := w.Reviews.Practise(ctx, sam, list[i].Code, map[string]int{"clear": clear, "right": 2}); err != nil {
				t.Fatal(err)
			}
			w.Tick.Add(time.Second)
			p, err := w.Reviews.PracticeOf(ctx, sam, w.Opening)
			wants := []struct {
				off       float64
				certified bool
			}{{math.NaN(), false}, {math.NaN(), false}, {.5, true}, {1. / 6, true}}[i]
			if err != nil || p.Certified != wants.certified || math.IsNaN(p.Off) != math.IsNaN(wants.off) || !math.IsNaN(p.Off) && math.Abs(p.Off-wants.off) > 1e-9 {
				t.Errorf("after %d: %+v, %v; want %+v", i+1, p, err, wants)
			}
		}
		if err := w.Reviews.Practise(ctx, sam, list[0].Code, map[string]int{"clear": 3, "right": 2}); !errors.Is(err, review.ErrPractised) {
			t.Errorf("a second time: %v", err)
		}
		if s, err = w.Reviews.Gold(ctx, sam, list[0].Code); err != nil || !s.Done || s.Levels["clear"] != 1 || s.Reference["clear"] != reference(3, 2)["clear"] || !s.Blind {
			t.Errorf("gold after = %+v, %v; want the reference, still blind", s, err)
		}
		if found, err := w.Reviews.ToCalibrate(ctx, sam); err != nil || len(found) != 0 {
			t.Errorf("suggested to who is certified: %+v, %v", found, err)
		}
		if err := w.Reviews.SetRules(ctx, w.Rosa, w.Opening, review.Rules{Apart: 1, Certify: true}); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		if got := reviewers(t, w, n); len(got) != 1 || got[0] != sam.ID {
			t.Errorf("given to %v; want only Sam, who is certified", got)
		}
	})
}

// TestGoldEndsWithItsPerson: erasing a person takes the gold submission and what was practised on it; the certificate stays.
func TestGoldEndsWithItsPerson(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		list := golds(t, w, 3)
		sam := w.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		for _, n := range list {
			if err := w.Reviews.Practise(ctx, sam, n.Code, map[string]int{"clear": 3, "right": 2}); err != nil {
				t.Fatal(err)
			}
		}
		err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			_, err := w.Reviews.Erase(ctx, tx, db.Person{Applications: []string{string(list[0].Application)}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Reviews.Gold(ctx, sam, list[0].Code); !errors.Is(err, review.ErrMissing) {
			t.Errorf("the gold of an erased person: %v", err)
		}
		if p, err := w.Reviews.PracticeOf(ctx, sam, w.Opening); err != nil || len(p.Golds) != 2 || !p.Certified {
			t.Errorf("after erasure: %+v, %v; want two golds, and certified", p, err)
		}
	})
}
