package review_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"candor/internal/agreement"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// TestAgreementOfAnOpening: twenty works read twice, one level apart on clear in every second, always the same on right.
func TestAgreementOfAnOpening(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		for i := range 20 {
			n := w.Submitted(fmt.Sprintf("Person %d", i), fmt.Sprintf("p%d@mail.example", i))
			w.File(w.Mina, n, reviewtest.Card(2+i%2, 2))
			w.File(w.Jun, n, reviewtest.Card(2, 2))
			if i == 18 {
				if f, works, err := w.Reviews.Severity(ctx, w.Mina); err != nil || works != 19 || f.Lack != agreement.TooFew {
					t.Errorf("nineteen works: %+v, %d, %v; want too few", f, works, err)
				}
			}
		}
		if _, err := w.Reviews.Agreement(ctx, w.Mina, w.Opening); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer reads it: %v", err)
		}
		a, err := w.Reviews.Agreement(ctx, w.Rosa, w.Opening)
		if err != nil || a.Works != 20 || len(a.Criteria) != 2 {
			t.Fatalf("agreement = %+v, %v", a, err)
		}
		clear, right := a.Criteria[0], a.Criteria[1]
		// 30 ratings of 2 and 10 of 3, ten pairs differ: kappa is 1 - .5/.375 with pooled margins.
		if clear.N != 20 || clear.Exact.Value != .5 || math.Abs(clear.Kappa.Value-(1-.5/.375)) > 1e-9 || clear.Kappa.Lack != "" {
			t.Errorf("clear = %+v", clear.Summary)
		}
		if !clear.Collides || clear.Collision != (agreement.Collision{Low: 2, High: 3, Share: .5}) {
			t.Errorf("clear collides %v at %+v; want 2 and 3 in half", clear.Collides, clear.Collision)
		}
		if right.Exact.Value != 1 || right.Alpha.Lack != agreement.NoVariance || right.Collides {
			t.Errorf("right = %+v", right)
		}
		// Mina is half a level of two criteria's one above Jun in every second work: a quarter on average.
		for who, want := range map[string]float64{"mina": .25, "jun": -.25} {
			asker := w.Mina
			if who == "jun" {
				asker = w.Jun
			}
			if f, works, err := w.Reviews.Severity(ctx, asker); err != nil || works != 20 || math.Abs(f.Value-want) > 1e-9 || f.Low >= f.Value {
				t.Errorf("severity of %s = %+v, %d, %v; want %v", who, f, works, err, want)
			}
		}
	})
}
