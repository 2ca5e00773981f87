package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// What a card has room for, in characters.
const (
	MaxNote   = 2000
	MaxReason = 500
	MaxText   = 5000
	MaxPlaces = 10
)

// Rate keeps the draft of a card as it stands in the page; the last one wins, but a page that does not know of a level yet does
// not take it back. Of a page drawn before the rubric changed everything is kept but the levels of what changed. ErrMissing, ErrFiled, ErrCard, ErrRubricMoved.
func (rs *Reviews) Rate(ctx context.Context, who actor.Actor, c Code, card Card) error {
	v, at, err := rs.versionOf(ctx, who, c)
	if err != nil {
		return err
	}
	stale := false
	if card.Rubric != "" && card.Rubric != at.Rubric {
		card, stale = fitting(v, card)
	}
	if err := check(v, card); err != nil {
		return err
	}
	err = rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err == nil && n.Rubric != at.Rubric {
			err = ErrRubricMoved
		}
		if err != nil {
			return err
		}
		r, _, err := mine(ctx, tx, who, n)
		if err != nil {
			return err
		}
		open, dropped, err := rs.openOf(ctx, tx, n, &r, card)
		if err != nil {
			return err
		}
		stale = stale || dropped
		return rs.save(ctx, tx, r, open)
	})
	if err == nil && stale {
		err = ErrRubricMoved
	}
	return err
}

// fitting is a card without what a rubric has no room for; changed says that something was left out.
func fitting(v *assessment.Version, card Card) (out Card, changed bool) {
	out = card
	out.Ratings = map[string]Rating{}
	for key, r := range card.Ratings {
		c := criterion(v.Rubric, key)
		if c.Key == "" {
			changed = true
			continue
		}
		if r.Level > len(c.Levels) {
			r.Level, changed = Unrated, true
		}
		out.Ratings[key] = r
	}
	return out, changed
}

// version is the rubric of a round, for its reviewer and for whoever settles it, practises on it or looks a second time. ErrMissing.
func (rs *Reviews) version(ctx context.Context, who actor.Actor, c Code) (*assessment.Version, error) {
	v, _, err := rs.versionOf(ctx, who, c)
	return v, err
}

func (rs *Reviews) versionOf(ctx context.Context, who actor.Actor, c Code) (v *assessment.Version, n Round, err error) {
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if n, err = roundIn(ctx, tx, c); err != nil {
			return err
		}
		if _, _, err = mine(ctx, tx, who, n); errors.Is(err, ErrMissing) {
			_, err = rs.asked(ctx, tx, who, n)
		}
		if errors.Is(err, ErrMissing) {
			_, err = rs.looks(ctx, tx, who, n)
		}
		if errors.Is(err, ErrMissing) {
			_, err = rs.gold(ctx, tx, who, n)
		}
		return err
	})
	if err != nil {
		return nil, n, err
	}
	v, err = rs.whole(ctx, who.Org, n)
	return v, n, err
}

// check holds a card against the rubric. ErrCard.
func check(v *assessment.Version, card Card) error {
	levels := map[string]int{}
	for _, c := range v.Rubric {
		levels[c.Key] = len(c.Levels)
	}
	for key, r := range card.Ratings {
		most, ok := levels[key]
		switch {
		case !ok || r.Level < CannotRate || r.Level > most || len(r.Evidence) > MaxPlaces:
			return ErrCard
		case len([]rune(r.Note)) > MaxNote:
			return problem.Field(key, fmt.Sprintf("This note is longer than %d characters.", MaxNote))
		case len([]rune(r.Reason)) > MaxReason:
			return problem.Field(key, fmt.Sprintf("This reason is longer than %d characters.", MaxReason))
		}
		for _, p := range r.Evidence {
			if _, _, ok := v.Item(p.Item); !ok || len(p.Anchor) > 200 {
				return ErrCard
			}
		}
	}
	if len([]rune(card.Private)) > MaxText || len([]rune(card.Shareable)) > MaxText {
		return ErrCard.Saying(fmt.Sprintf("A comment is longer than %d characters.", MaxText))
	}
	return nil
}

// save writes a draft; the update of the review is the guarding write. ErrFiled.
func (rs *Reviews) save(ctx context.Context, tx db.Tx, r Review, card Card) error {
	q := query.New(tx)
	now := clock.Milli(rs.DB.Now())
	n, err := q.SaveReview(ctx, query.SaveReviewParams{PrivateNote: card.Private, Shareable: card.Shareable, At: now, OrgID: tx.Org, ID: string(r.ID)})
	if err != nil {
		return err
	}
	if n == 0 {
		if r.State == Filed {
			return ErrFiled
		}
		return ErrMissing
	}
	for key, t := range card.Ratings {
		if t.Evidence == nil {
			t.Evidence = []Place{}
		}
		places, err := json.Marshal(t.Evidence)
		if err != nil {
			return err
		}
		err = q.SaveRating(ctx, query.SaveRatingParams{OrgID: tx.Org, ReviewID: string(r.ID), Criterion: key, Level: int64(t.Level), Reason: t.Reason,
			Note: t.Note, Evidence: string(places), UpdatedAt: now})
		if err != nil {
			return err
		}
	}
	return nil
}

// File sends a card, for good. While the candidate can still answer questions about their work it sends all but the criterion of those, which opens
// with the answers; until then the card stays open and its reader blind. The draft is kept first, so an incomplete card loses nothing. Pressing again changes nothing.
// ErrMissing, ErrCard, ErrIncomplete (with the criteria as fields), ErrUnblinded, ErrTalking, ErrRubricMoved, ErrFiled when it was filed otherwise.
func (rs *Reviews) File(ctx context.Context, who actor.Actor, c Code, card Card) error {
	if err := rs.Rate(ctx, who, c, card); err != nil {
		return err
	}
	v, at, err := rs.versionOf(ctx, who, c)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := roundIn(ctx, tx, c)
		if err == nil && n.Rubric != at.Rubric {
			err = ErrRubricMoved
		}
		if err != nil {
			return err
		}
		// All cards of a round pass through its row, so that exactly one of them is the last.
		if _, err := q.HoldRound(ctx, tx.Org, n.Attempt, clock.Milli(rs.DB.Now())); err != nil {
			return err
		}
		r, _, err := mine(ctx, tx, who, n)
		if err != nil {
			return err
		}
		known, err := q.Unblinded(ctx, tx.Org, string(n.Application), who.ID)
		if err != nil {
			return err
		}
		if known > 0 && r.Filed.IsZero() { // a card that is open again was filed without it
			return ErrUnblinded
		}
		if talking, err := rs.talking(ctx, tx, n.Attempt); err != nil || talking && r.State == Assigned {
			return errors.Join(err, ErrTalking)
		}
		if card, _, err = rs.openOf(ctx, tx, n, &r, card); err != nil {
			return err
		}
		if err := rs.save(ctx, tx, r, card); err != nil {
			return err
		}
		now := rs.DB.Now()
		if waits, err := rs.sendRest(ctx, tx, who, n, r, v, card); waits || err != nil {
			return err
		}
		points, step := weigh(v.Rubric, card)
		filed, err := q.FileReview(ctx, query.FileReviewParams{OrgID: tx.Org, ID: string(r.ID), At: clock.Milli(now), Points: points, Step: step})
		if err != nil {
			return err
		}
		if filed == 0 {
			return ErrFiled
		}
		if _, err := q.CloseReopened(ctx, tx.Org, string(r.ID), clock.Milli(now)); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "review.file", string(r.ID), audit.Facts{"attempt": n.Attempt}); err != nil {
			return err
		}
		if err := CardFiled.Announce(ctx, rs.Jobs, tx, FiledNote{tx.Org, string(r.ID), n.Attempt}); err != nil {
			return err
		}
		return rs.close(ctx, tx, n)
	})
}

// complete says which criteria are neither scored nor said to be not scorable, without one that may wait ("": none may). ErrIncomplete.
func complete(v *assessment.Version, card Card, but string) error {
	var bad *problem.Problem
	say := func(key, text string) {
		if bad == nil {
			bad = ErrIncomplete
		}
		bad = bad.On(key, text)
	}
	for _, c := range v.Rubric {
		switch r := card.Ratings[c.Key]; {
		case c.Key == but:
		case r.Level == Unrated:
			say(c.Key, c.Title+": choose a level, or say why you can’t score it.")
		case r.Level == CannotRate && r.Reason == "":
			say(c.Key, c.Title+": say in a few words why you can’t score it.")
		}
	}
	if bad != nil {
		return bad
	}
	return nil
}

// ratings reads one card's.
func ratings(ctx context.Context, tx db.Tx, r *Review) error {
	rows, err := query.New(tx).RatingsOf(ctx, tx.Org, string(r.ID))
	r.Card.Ratings = map[string]Rating{}
	for _, t := range rows {
		r.Card.Ratings[t.Criterion] = rating(t)
	}
	return err
}

func rating(t query.RatingsOfRow) Rating {
	out := Rating{Level: int(t.Level), Reason: t.Reason, Note: t.Note}
	json.Unmarshal([]byte(t.Evidence), &out.Evidence) // written by save; what cannot be read is shown as no evidence
	return out
}
