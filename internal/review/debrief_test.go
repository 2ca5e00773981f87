package review_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// TestDebriefCombinesAndBands: the numbers are by hand. Clear has weight 2 and four levels, right weight 1 and two: a level is worth
// 55.6 points, so 18.5 are assumed of a card, as of ten works read twice. Cards of 100 and 77.8, 77.8 and 44.4, and twice 0 add squares of
// 246.9, 555.6 and 0, each with one degree of freedom: (10 x 342.9 + 802.5) / 13 = 325.5.
func TestDebriefCombinesAndBands(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		noise := 325.5
		half := 2.228 * math.Sqrt(noise/2)
		first, second, third := w.Submitted("Amara Okafor", "amara@mail.example"), w.Submitted("Ben Carter", "ben@mail.example"), w.Submitted("Chen Wei", "chen@mail.example")
		rated := []struct {
			n         review.Round
			mina, jun review.Card
			score     string
		}{
			{first, reviewtest.Card(4, 2), reviewtest.Card(3, 2), fmt.Sprintf("89 ± %.0f", half)},
			{second, reviewtest.Card(3, 2), reviewtest.Card(3, 1), fmt.Sprintf("61 ± %.0f", half)},
			{third, reviewtest.Card(1, 1), reviewtest.Card(1, 1), fmt.Sprintf("0 ± %.0f", half)},
		}
		for _, c := range rated {
			w.File(w.Mina, c.n, c.mina)
			w.File(w.Jun, c.n, c.jun)
		}
		for _, c := range rated {
			col, err := w.Reviews.Column(ctx, w.Rosa, c.n.Code)
			if err != nil || col.Score.String() != c.score {
				t.Errorf("score of %s = %s, %v; want %s", col.Title, col.Score, err, c.score)
			}
		}
		d, err := w.Reviews.Debrief(ctx, w.Rosa, w.Opening)
		if err != nil || len(d.Stages) != 1 || d.Pairs != 3 || d.Closed != 0 {
			t.Fatalf("debrief = %+v, %v", d, err)
		}
		got := map[review.Code]int{}
		for i, b := range d.Stages[0].Bands {
			for _, s := range b {
				got[s.Code] = i + 1
			}
		}
		if len(got) != 3 || got[first.Code] != 1 || got[second.Code] != 1 || got[third.Code] != 2 {
			t.Errorf("bands %v; want the first two in one, who cannot be told apart", got)
		}
	})
}

// TestDebriefIsForThoseWhoDecide: who only reviews sees no debrief.
func TestDebriefIsForThoseWhoDecide(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Mina, n, reviewtest.Card(4, 2))
		w.File(w.Jun, n, reviewtest.Card(3, 2))
		if _, err := w.Reviews.Debrief(ctx, w.Mina, w.Opening); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer reads the debrief: %v", err)
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Mina.ID, opening.Manager, true); err != nil {
			t.Fatal(err)
		}
		if d, err := w.Reviews.Debrief(ctx, w.Mina, w.Opening); err != nil || len(d.Stages) != 1 {
			t.Errorf("a manager who filed = %+v, %v", d, err)
		}
	})
}
