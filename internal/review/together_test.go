package review_test

import (
	"errors"
	"testing"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

func TestAFacilitatorRatesBesideTheCards(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		fay := w.Member("Fay Moreau", "fay@tideway.example", []string{"reviewer"}, opening.Facilitator, opening.Reviewer)
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		app := inv.Application
		good := review.Card{Private: "Easy to work with.", Shareable: "dropped", Ratings: map[string]review.Rating{"asks": {Level: 2, Note: "Twice, early."}}}
		if _, err := w.Reviews.Partner(ctx, fay, app); !errors.Is(err, review.ErrMissing) {
			t.Errorf("before there is any work: %v", err)
		}
		who := w.Enter(inv)
		if err := w.Reviews.FileTogether(ctx, fay, app, good); !errors.Is(err, review.ErrWorks) {
			t.Errorf("sent while the work goes on: %v; want the draft kept", err)
		}
		if p, err := w.Reviews.Partner(ctx, fay, app); err != nil || p.Name != "Amara Okafor" || p.Sent || !p.Mine.Filed.IsZero() || p.Mine.Card.Ratings["asks"].Note != "Twice, early." {
			t.Errorf("draft = %+v, %v", p, err)
		}
		_, a := w.Finish(who)
		w.Drain()
		n := w.Round(string(a.ID))
		for _, m := range reviewers(t, w, n) {
			if m == fay.ID {
				t.Error("a facilitator was given the work to read without the name")
			}
		}
		if list, err := w.Reviews.ToRate(ctx, fay); err != nil || len(list) != 1 || list[0].Application != app {
			t.Errorf("to rate = %+v, %v", list, err)
		}
		for name, bad := range map[string]struct {
			who  actor.Actor
			card review.Card
			want *problem.Problem
		}{
			"a reader":              {w.Mina, good, review.ErrMissing},
			"a manager":             {w.Rosa, good, review.ErrMissing},
			"a criterion of cards":  {fay, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 1}}}, review.ErrCard},
			"no such level":         {fay, review.Card{Ratings: map[string]review.Rating{"asks": {Level: 3}}}, review.ErrCard},
			"a place in the work":   {fay, review.Card{Ratings: map[string]review.Rating{"asks": {Level: 1, Evidence: []review.Place{{Item: "tell-us"}}}}}, review.ErrCard},
			"a reason that is none": {fay, review.Card{Ratings: map[string]review.Rating{"asks": {Level: review.CannotRate}}}, review.ErrIncomplete},
		} {
			if err := w.Reviews.FileTogether(ctx, bad.who, app, bad.card); !errors.Is(err, bad.want) {
				t.Errorf("%s: %v; want %v", name, err, bad.want)
			}
		}
		if err := w.Reviews.FileTogether(ctx, fay, app, good); err != nil {
			t.Fatal(err)
		}
		for name, do := range map[string]func() error{
			"again": func() error { return w.Reviews.FileTogether(ctx, fay, app, good) },
			"draft": func() error { return w.Reviews.RateTogether(ctx, fay, app, review.Card{}) },
		} {
			if err := do(); !errors.Is(err, review.ErrFiled) {
				t.Errorf("%s after it was sent: %v", name, err)
			}
		}
		if list, err := w.Reviews.ToRate(ctx, fay); err != nil || len(list) != 0 {
			t.Errorf("to rate afterwards = %+v, %v", list, err)
		}
		gus := w.Member("Gus Lind", "gus@tideway.example", []string{"reviewer"}, opening.Facilitator)
		if err := w.Reviews.RateTogether(ctx, gus, app, good); err != nil { // a draft that is never sent is nobody's to read
			t.Fatal(err)
		}
		// Nobody reads it before all cards are in, and it is in no score.
		if _, err := w.Reviews.Column(ctx, w.Rosa, n.Code); !errors.Is(err, review.ErrOpenCards) {
			t.Errorf("read before the cards are in: %v", err)
		}
		w.File(w.Mina, n, reviewtest.Card(1, 1))
		w.File(w.Jun, n, reviewtest.Card(1, 1))
		col, err := w.Reviews.Column(ctx, w.Rosa, n.Code)
		if err != nil || len(col.Together) != 1 || col.Together[0].Member.ID != fay.ID || col.Together[0].Card.Ratings["asks"].Level != 2 || col.Together[0].Card.Shareable != "" {
			t.Fatalf("beside the cards = %+v, %v", col.Together, err)
		}
		if len(col.Cards) != 2 || col.Score.Value != 0 || len(col.Rubric.Rubric) != 2 {
			t.Errorf("%d cards, score %v; want two cards at the lowest levels", len(col.Cards), col.Score)
		}
		// Who is invited again is rated for each work: what was sent first, then the newer.
		var again opening.InvitationID
		err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) (err error) {
			again, err = w.Openings.AgainIn(ctx, tx, w.Owner, app, opening.Again{Words: "Once more, please.", Reason: "The first had a mistake of ours."})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
			inv, err = w.Openings.InvitationIn(ctx, tx, again)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Enter(inv)
		if p, err := w.Reviews.Partner(ctx, gus, app); err != nil || !p.Sent || p.Mine.Card.Ratings["asks"].Level != 2 {
			t.Errorf("the second facilitator = %+v, %v; want what was sent first, with their draft", p, err)
		}
		if p, err := w.Reviews.Partner(ctx, fay, app); err != nil || p.Sent || !p.Mine.Filed.IsZero() {
			t.Errorf("the first facilitator = %+v, %v; want the newer work", p, err)
		}
		// From the first word on they are no reader of this person, also when they facilitate no more.
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, fay.ID, opening.Facilitator, false); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Third(ctx, w.Rosa, n.Code); !errors.Is(err, review.ErrAgree) {
			t.Errorf("third: %v", err)
		}
		if pool, err := w.Reviews.Desk(ctx, w.Rosa, n.Code); err != nil || len(pool.Pool) != 0 {
			t.Errorf("pool = %+v, %v; want nobody", pool.Pool, err)
		}
	})
}
