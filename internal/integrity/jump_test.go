package integrity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/integrity"
	"candor/internal/integrity/integritytest"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// wrote is somebody who wrote a text of others in several states, both works scored by both reviewers.
func (w world) wrote(states ...integritytest.State) (n, first review.Round, who actor.Actor) {
	w.T.Helper()
	first = w.Crowd(7)[0]
	n, who, _ = w.Wrote("Cora Copy", states...)
	for _, r := range []review.Round{first, n} {
		for _, m := range []actor.Actor{w.Mina, w.Jun} {
			w.File(m, r, reviewtest.Card(3, 2))
		}
	}
	w.Drain()
	return n, first, who
}

// TestJumps: what came at once is a jump; what was typed, moved, taken back or written between two presses of a button is none.
func TestJumps(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		copied := strings.ReplaceAll(integritytest.Essay(0), "because", "since")
		half := len(copied) / 2
		signed := copied + "Signed: Cora Copy. "
		moved := signed[half:] + signed[:half]
		begun, slow, quick := integritytest.Essay(70), integritytest.Essay(71), integritytest.Essay(72)
		n, first, who := w.wrote(
			integritytest.State{After: 2 * time.Second, Posted: true, Text: begun},
			integritytest.State{After: 4 * time.Second, Text: begun + copied},
			integritytest.State{After: 2 * time.Second, Text: signed},
			integritytest.State{After: 2 * time.Second, Text: signed[:half]},
			integritytest.State{After: 2 * time.Second, Text: signed},
			integritytest.State{After: 2 * time.Second, Text: moved},
			integritytest.State{After: 10 * time.Minute, Posted: true, Text: moved + slow},
			integritytest.State{After: 3 * time.Second, Posted: true, Text: moved + slow + quick},
			integritytest.State{After: 2 * time.Second, Text: copied + "Signed: Cora Copy."},
		)
		id := w.open(n, first)
		own, _, err := w.Integrity.Jumps(ctx, who, id)
		if err != nil || len(own) != 2 {
			t.Fatalf("Jumps = %d, %v; want 2: %+v", len(own), err, own)
		}
		if own[0].Before != begun || !strings.Contains(own[0].Now, copied) || own[0].After != 4*time.Second || own[0].At.IsZero() || own[0].Chars < integrity.PasteSize {
			t.Errorf("the first is %+v", own[0])
		}
		if own[1].After != 3*time.Second || !strings.HasSuffix(own[1].Now, quick) || !strings.Contains(own[1].Before, "Cora Copy") {
			t.Errorf("the second came %v after the state before, with %d characters", own[1].After, own[1].Chars)
		}
		for name, m := range map[string]actor.Actor{"who opened it": w.Mina, "who decides it": w.Sol} {
			got, _, err := w.Integrity.Jumps(ctx, m, id)
			if err != nil || len(got) != 2 || got[1].At != own[1].At || got[1].Chars != own[1].Chars {
				t.Fatalf("%s: Jumps = %+v, %v", name, got, err)
			}
			if strings.Contains(got[1].Now+got[1].Before, "Cora") || !strings.Contains(got[1].Before, "[name]") {
				t.Errorf("%s reads the name", name)
			}
		}
		for name, c := range map[string]struct {
			who  actor.Actor
			want error
		}{"another reviewer": {w.Jun, integrity.ErrNotYours}, "the decider of the opening": {w.Rosa, integrity.ErrNotYours}, "who answers": {w.Cleo, integrity.ErrCaseMissing}, "a third person": {w.Tam, integrity.ErrCaseMissing},
			"another candidate": {w.Enter(w.Invite("Ben Roy", "ben@mail.example")), integrity.ErrCaseMissing}} {
			if _, _, err := w.Integrity.Jumps(ctx, c.who, id); !errors.Is(err, c.want) {
				t.Errorf("%s: %v; want %v", name, err, c.want)
			}
		}
		w.Tick.Add(100 * 24 * time.Hour)
		w.must(w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			for {
				if n, err := w.Attempts.Untime(ctx, tx, w.Tick.Now()); err != nil || n == 0 {
					return err
				}
			}
		}))
		if got, _, err := w.Integrity.Jumps(ctx, who, id); err != nil || len(got) != 0 {
			t.Errorf("without times of states there are %d jumps, %v", len(got), err)
		}
	})
}
