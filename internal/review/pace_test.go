package review_test

import (
	"testing"

	"candor/internal/db"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// How fast an opening reads is measured from ten cards on; before that it is said to be a guess.
func TestPaceIsMeasuredFromTenCardsOn(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		reviewtest.Crowd(t, w.DB, w.Org.ID, n, 20, w.Mina.ID)
		pace := func(filed string) (p review.Pace) {
			t.Helper()
			err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) (err error) {
				if _, err := tx.Exec(ctx, filed, tx.Org); err != nil {
					return err
				}
				p, err = w.Reviews.PaceOf(ctx, tx, w.Opening)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		if p := pace(`UPDATE reviews SET seconds = 601 WHERE org_id = $1 AND state = 'filed' AND id <> 'rev_00000000` + w.Mina.ID + `'`); p.Cards != 0 || p.Minutes != review.Guess {
			t.Errorf("with nine cards it is %+v; want a guess", p)
		}
		p := pace(`UPDATE reviews SET seconds = 601 WHERE org_id = $1 AND state = 'filed'`)
		if p.Cards != 10 || p.Minutes != 11 {
			t.Errorf("with ten cards of 601 s it is %+v; want 11 minutes", p)
		}
		if n := p.AWeek(3, 2); n != 3*review.HoursAWeek*60/22 {
			t.Errorf("3 readers of 2 cards each read %d a week", n)
		}
	})
}
