package board_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/board"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/response"
	"candor/internal/review"
)

// attempts are the states of somebody's attempts, the newest first.
func (w world) attempts(a opening.ApplicationID) (out []string) {
	w.T.Helper()
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		all, err := w.Attempts.Of(ctx, tx, a)
		for _, x := range all {
			out = append(out, x.State)
		}
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return out
}

func TestInvitedAgainLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		who := w.Enter(inv)
		quiz := w.Begin(who, "quiz")
		w.Save(who, quiz, 1, "number", `{"typed":["7"]}`)
		order := opening.Again{Words: "The first one did not fit you.", Reason: "Wrong language."}
		for _, c := range []struct {
			who   actor.Actor
			order opening.Again
			want  error
		}{
			{w.Rosa, order, opening.ErrRole}, // decides, and does not run it
			{w.Mina, order, opening.ErrMissing},
			{who, order, opening.ErrRole},
			{w.Owner, opening.Again{Reason: "No words."}, problem.ErrInvalid},
			{w.Owner, opening.Again{Words: "No reason."}, problem.ErrInvalid},
			{w.Owner, order, opening.ErrWorking},
		} {
			if _, err := w.b.Again(ctx, c.who, inv.Application, c.order); !errors.Is(err, c.want) {
				t.Errorf("Again = %v; want %v", err, c.want)
			}
		}
		if got := w.attempts(inv.Application); !slices.Equal(got, []string{"open"}) {
			t.Fatalf("attempts %v after refusals; want the one that is open", got)
		}
		order.Agreed = true
		order.By = w.DB.Now().Add(72 * time.Hour)
		next, err := w.b.Again(ctx, w.Owner, inv.Application, order)
		if err != nil {
			t.Fatal(err)
		}
		there, err := w.Openings.Look(ctx, w.Openings.Secret(inv))
		if err != nil || there.ID != next || !there.FinishBy.Equal(order.By) || there.Note != order.Words {
			t.Errorf("the first link leads to %s until %v with %q, %v; want %s", there.ID, there.FinishBy, there.Note, err, next)
		}
		if _, err := w.Openings.Link(ctx, w.Owner, inv.ID); !errors.Is(err, opening.ErrReplaced) {
			t.Errorf("the first link is shown: %v", err)
		}
		if newer, again, err := w.Openings.Newer(ctx, who); err != nil || newer.ID != next || !again {
			t.Errorf("where the first was opened: %s, %v, %v", newer.ID, again, err)
		}
		r, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: quiz.ID, Epoch: 1, Received: w.DB.Now(), Saves: []response.Save{{Item: "number", Client: "c9", Seq: 1, Body: []byte(`{"typed":["8"]}`)}}})
		if err != nil || len(r.Kept) != 1 || r.Kept[0].Standing != response.Late {
			t.Errorf("what the device still had = %+v, %v; want it kept as late", r.Kept, err)
		}
		if _, err := w.Attempts.Begin(ctx, who, "writing"); err == nil {
			t.Error("a part of the first can still be started")
		}
		_, second := w.Finish(w.Enter(there))
		w.Drain()
		if got := w.attempts(inv.Application); !slices.Equal(got, []string{"submitted", "voided"}) {
			t.Errorf("attempts %v", got)
		}
		if n := w.Round(string(second.ID)); n.Application != inv.Application {
			t.Error("what was sent has no readers")
		}
		// Once more, with the work sent: it stays, and so does what is owed for it.
		w.Tick.Add(time.Hour)
		if _, err = w.b.Again(ctx, w.Owner, inv.Application, opening.Again{Words: "Our server lost the recording.", Reason: "Ours."}); err != nil {
			t.Fatal(err)
		}
		var list []opening.Row
		err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			b, err := w.Openings.Page(ctx, tx, w.Opening, opening.Filter{})
			if err != nil {
				return err
			}
			list = b.Rows
			owed, err := w.Promises.Of(ctx, tx, string(inv.Application))
			if len(owed) != 1 || owed[0].Kind != promise.Reply || !owed[0].Kept.IsZero() {
				t.Errorf("owed %+v", owed)
			}
			return err
		})
		if err != nil || len(list) != 1 {
			t.Errorf("%d lines on the board, %v; want one person", len(list), err)
		}
		if got := w.attempts(inv.Application); !slices.Equal(got, []string{"submitted", "voided"}) {
			t.Errorf("attempts %v after the third invitation", got)
		}
	})
}

func TestInvitedAgainAfterLeavingAndNotWhileADecisionWaits(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		inv := w.Invite("Zoe Priem", "zoe@mail.example")
		if err := w.Attempts.Withdraw(ctx, w.Enter(inv)); err != nil {
			t.Fatal(err)
		}
		order := opening.Again{Words: "As you asked.", Reason: "She wrote."}
		if _, err := w.b.Again(ctx, w.Owner, inv.Application, order); err != nil || w.row(inv.Application).Status != opening.Active {
			t.Errorf("Again = %v, status %s; want her back", err, w.row(inv.Application).Status)
		}
		amara := w.rated("Amara Okafor")
		if _, _, err := w.b.Feedbacks.Decide(ctx, w.Rosa, amara, feedback.Draft{Outcome: review.Advance, Reason: "Clear."}, true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.b.Again(ctx, w.Owner, amara, order); !errors.Is(err, review.ErrDecided) {
			t.Errorf("Again beside a decision = %v; want ErrDecided", err)
		}
	})
}

func TestClosedKindly(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, ben := w.rated("Amara Okafor"), w.rated("Ben Adeyemi")
		if _, _, err := w.b.Feedbacks.Decide(ctx, w.Rosa, ben, feedback.Draft{Outcome: review.Advance, Reason: "Clear."}, true); err != nil {
			t.Fatal(err)
		}
		zoe, yan := w.Invite("Zoe Priem", "zoe@mail.example"), w.Invite("Yan Ito", "yan@mail.example")
		w.Enter(zoe) // looked, and began nothing
		w.Begin(w.Enter(yan), "quiz")
		late := w.Invite("Late Comer", "late@mail.example").Application // not on the page of whoever presses
		all := []opening.ApplicationID{amara, ben, zoe.Application, yan.Application}
		f := board.Farewell{Key: "k1", Reason: "Filled.", Fresh: "The position is filled.", Working: "You can finish.", Picks: all}
		if _, err := w.b.Close(ctx, w.Mina, w.Opening, f); !errors.Is(err, opening.ErrRole) {
			t.Errorf("a reviewer closes: %v", err)
		}
		if got, err := w.b.Close(ctx, w.Owner, w.Opening, f); err != nil || len(got) != 0 {
			t.Errorf("who runs it, and does not decide: %v, %v; want nobody told", becomes(got), err)
		}
		if o, err := w.Openings.Load(ctx, w.Owner, w.Opening); err != nil || o.Open {
			t.Errorf("open %v, %v; want closed", o.Open, err)
		}
		for _, silent := range []board.Farewell{{Key: "k1", Reason: "Filled.", Fresh: "x", Picks: all}, {Key: "k1", Reason: "Filled.", Working: "x", Picks: all}, {Key: "k1", Fresh: "x", Working: "x", Picks: all}} {
			if _, err := w.b.Close(ctx, w.Rosa, w.Opening, silent); !errors.Is(err, problem.ErrInvalid) {
				t.Errorf("closed without words: %v", err)
			}
		}
		got, err := w.b.Close(ctx, w.Rosa, w.Opening, f)
		if err != nil || becomes(got) != "Zoe yes, Yan yes" {
			t.Errorf("closed: %s, %v", becomes(got), err)
		}
		c, err := w.b.Closing(ctx, w.Rosa, w.Opening)
		if err != nil || len(c.Fresh) != 1 || c.Fresh[0].Application != late || len(c.Working) != 1 || len(c.Owed) != 1 || len(c.Decided) != 2 {
			t.Errorf("afterwards %+v, %v", c, err)
		}
		if again, err := w.b.Close(ctx, w.Rosa, w.Opening, f); err != nil || becomes(again) != "Yan no" {
			t.Errorf("the same press again: %s, %v; want nobody told twice", becomes(again), err)
		}
		w.Tick.Add(96 * time.Hour)
		w.Drain()
		for a, want := range map[opening.ApplicationID]opening.Status{amara: opening.Active, zoe.Application: opening.Declined, yan.Application: opening.Active, late: opening.Active} {
			if is := w.row(a).Status; is != want {
				t.Errorf("%s is %s; want %s", a, is, want)
			}
		}
		err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			said, err := w.b.Feedbacks.Of(ctx, tx, zoe.Application)
			if len(said) != 1 || said[0].Body != f.Fresh {
				t.Errorf("Zoe reads %+v", said)
			}
			if err != nil {
				return err
			}
			owed, err := w.Promises.Of(ctx, tx, string(amara))
			if len(owed) != 1 || !owed[0].Kept.IsZero() {
				t.Errorf("Amara is owed %+v; want her reply still", owed)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
