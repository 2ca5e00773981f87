package review_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
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

// A reader's time stands still while they say so, leaves gaps out, and can be corrected with a reason, also when the card is sent; what they corrected
// counts everywhere, and is known to be corrected.
func TestTimeIsPausedAndCorrected(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		write := func(after time.Duration) {
			t.Helper()
			w.Tick.Add(after)
			if err := w.Reviews.Rate(ctx, w.Mina, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 3}}}); err != nil {
				t.Fatal(err)
			}
		}
		seconds := func(want int) {
			t.Helper()
			var got, adjusted int
			err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT seconds, adjusted FROM reviews WHERE org_id = $1 AND attempt_id = $2 AND member_id = $3`, tx.Org, n.Attempt, w.Mina.ID).Scan(&got, &adjusted)
			})
			if err != nil || got+adjusted != want {
				t.Errorf("%d + %d seconds, %v; want %d", got, adjusted, err, want)
			}
		}
		write(time.Hour)        // the first: 20
		write(60 * time.Second) // 60
		write(time.Hour)        // a gap: 20
		seconds(100)
		w.Tick.Add(30 * time.Second)
		for range 2 { // twice is once
			if err := w.Reviews.Pause(ctx, w.Mina, n.Code, false); err != nil {
				t.Fatal(err)
			}
		}
		seconds(130)
		write(60 * time.Second) // paused: 0
		write(60 * time.Second)
		seconds(130)
		if s, err := w.Reviews.Load(ctx, w.Mina, n.Code); err != nil || !s.Mine.Paused || s.Mine.Card.Ratings["clear"].Level != 3 {
			t.Errorf("paused: %+v, %v; want it said, and the draft kept", s.Mine, err)
		}
		if err := w.Reviews.Pause(ctx, w.Mina, n.Code, true); err != nil {
			t.Fatal(err)
		}
		write(40 * time.Second)
		seconds(170)
		if err := w.Reviews.Pause(ctx, w.Rosa, n.Code, false); !errors.Is(err, review.ErrMissing) {
			t.Errorf("pausing somebody else's: %v", err)
		}
		if err := w.Reviews.CorrectTime(ctx, w.Mina, n.Code, 20, ""); !errors.Is(err, review.ErrReason) {
			t.Errorf("corrected without a reason: %v", err)
		}
		if err := w.Reviews.CorrectTime(ctx, w.Jun, n.Code, review.MostMinutes+1, "On paper."); err == nil {
			t.Error("corrected to more than a day")
		}
		if err := w.Reviews.CorrectTime(ctx, w.Mina, n.Code, 20, "Read it on paper."); err != nil {
			t.Fatal(err)
		}
		seconds(1200)
		write(60 * time.Second) // what is measured afterwards is added
		seconds(1260)
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		w.File(w.Jun, n, reviewtest.Card(3, 2))
		if err := w.Reviews.CorrectTime(ctx, w.Mina, n.Code, 25, "And talked it over."); err != nil {
			t.Fatalf("after it was sent: %v", err)
		}
		if err := w.Reviews.Pause(ctx, w.Mina, n.Code, false); !errors.Is(err, review.ErrFiled) {
			t.Errorf("pausing what was sent: %v", err)
		}
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			s, err := w.Reviews.SpentOn(ctx, tx, n.Application)
			if err != nil || s.People != 2 || s.Minutes != 25+1 {
				t.Errorf("spent on it: %+v, %v; want 25 and Jun's one", s, err)
			}
			r, err := w.Reviews.Rated(ctx, tx, w.Opening, []opening.ApplicationID{n.Application})
			if err != nil || r[n.Application].Minutes != 26 {
				t.Errorf("in the results: %+v, %v", r, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		d, err := w.Reviews.Desk(ctx, w.Rosa, n.Code)
		i := slices.IndexFunc(d.Readers, func(r review.Reader) bool { return r.Member.ID == w.Mina.ID })
		if err != nil || !d.Readers[i].Corrected || d.Readers[i].Minutes != 25 {
			t.Errorf("the desk says %+v, %v; want 25 minutes, corrected", d.Readers, err)
		}
		s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.TimeWhy != "And talked it over." || s.Mine.Measured != 4 {
			t.Errorf("her own card says %q of %d measured, %v", s.TimeWhy, s.Mine.Measured, err)
		}
	})
}

// One item is read over the asker's own open cards of the same work: not over what they sent, not over what others read, not over another opening's.
func TestAcrossIsTheAskersOwnOpenCards(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		a, b, c := w.Submitted("Amara Okafor", "amara@mail.example"), w.Submitted("Ben Adeyemi", "ben@mail.example"), w.Submitted("Chen Wei", "chen@mail.example")
		list, err := w.Reviews.Across(ctx, w.Mina, a.Code)
		queue, _, _, qerr := w.Reviews.Queue(ctx, w.Mina, "")
		if err != nil || qerr != nil || len(list) != 3 || len(queue) != 3 {
			t.Fatalf("across %v, %v; the queue %v, %v", list, err, queue, qerr)
		}
		for i, q := range queue {
			if list[i] != q.Code {
				t.Errorf("across is %v; want the queue's order %v", list, queue)
			}
		}
		w.File(w.Mina, b, reviewtest.Card(3, 1))
		if list, err := w.Reviews.Across(ctx, w.Mina, a.Code); err != nil || len(list) != 2 || slices.Contains(list, b.Code) {
			t.Errorf("after one was sent: %v, %v", list, err)
		}
		for who, code := range map[*actor.Actor]review.Code{&w.Rosa: a.Code, &w.Mina: b.Code} {
			if _, err := w.Reviews.Across(ctx, *who, code); !errors.Is(err, review.ErrMissing) {
				t.Errorf("somebody without an open card: %v", err)
			}
		}
		err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE review_rounds SET version_id = 'ver_other' WHERE org_id = $1 AND attempt_id = $2`, tx.Org, c.Attempt)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := w.Reviews.Across(ctx, w.Mina, a.Code); err != nil || len(list) != 1 {
			t.Errorf("with work of another version: %v, %v; want it left out", list, err)
		}
	})
}
