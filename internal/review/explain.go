package review

import (
	"cmp"
	"context"
	"maps"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview"
	"candor/internal/review/internal/query"
)

// whole is the version of a round's attempt as the candidate was shown it, without the turns of an interview that goes on and the days of a
// work trial, which its host reads.
func (rs *Reviews) whole(ctx context.Context, o string, n Round) (*assessment.Version, error) {
	var a attempt.Attempt
	var talking bool
	err := rs.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		if a, err = rs.Attempts.In(ctx, tx, attempt.ID(n.Attempt)); err != nil {
			return err
		}
		talking, err = rs.talking(ctx, tx, n.Attempt)
		return err
	})
	if err != nil {
		return nil, err
	}
	v, err := rs.Attempts.Whole(ctx, o, a)
	if err != nil {
		return nil, err
	}
	v = interview.Shown(attempt.WithoutDays(v), talking)
	if n.Rubric == n.Version {
		return v, nil
	}
	rubric, err := rs.rubricOf(ctx, o, n)
	return readBy(v, rubric), err
}

// talking says whether an interview about an attempt goes on.
func (rs *Reviews) talking(ctx context.Context, tx db.Tx, a string) (bool, error) {
	if rs.Interviews == nil {
		return false, nil
	}
	return rs.Interviews.Going(ctx, tx, attempt.ID(a))
}

// explains says how a round stands with the questions about the work.
func (rs *Reviews) explains(ctx context.Context, tx db.Tx, n Round) (attempt.Explaining, error) {
	a, err := rs.Attempts.In(ctx, tx, attempt.ID(n.Attempt))
	if err != nil {
		return "", err
	}
	return rs.Attempts.Explains(ctx, tx, a)
}

// openOf is a posted card with what may not change any more as it was sent, without levels that were chosen by an older wording, and without the
// criterion whose answers are not in. stale says that there were such levels.
func (rs *Reviews) openOf(ctx context.Context, tx db.Tx, n Round, r *Review, card Card) (out Card, stale bool, err error) {
	state, err := rs.explains(ctx, tx, n)
	if err != nil {
		return card, false, err
	}
	again, err := rs.again(ctx, tx, n, *r)
	if err != nil {
		return card, false, err
	}
	out = Card{Ratings: maps.Clone(card.Ratings), Private: card.Private, Shareable: card.Shareable}
	if card.Rubric != "" && card.Rubric != n.Rubric {
		for key := range again {
			if t, ok := out.Ratings[key]; ok && t.Level != Unrated {
				t.Level, t.Reason, stale = Unrated, "", true
				out.Ratings[key] = t
			}
		}
	}
	if !r.Rest.IsZero() || !r.Reopened.IsZero() {
		if err := ratings(ctx, tx, r); err != nil {
			return card, false, err
		}
		kept := maps.Clone(r.Card.Ratings)
		for key, t := range out.Ratings {
			if !r.fixed(key, again) {
				kept[key] = t
			}
		}
		out = Card{Ratings: kept, Private: r.Card.Private, Shareable: r.Card.Shareable}
	}
	if state == attempt.Waiting {
		delete(out.Ratings, attempt.Owns)
	}
	return out, stale, nil
}

// sendRest sends all of a card but the criterion that waits for the candidate's answers; waits is false where nothing is waited for and the card
// is complete. The caller has saved it and holds the round. ErrIncomplete, ErrWaits.
func (rs *Reviews) sendRest(ctx context.Context, tx db.Tx, who actor.Actor, n Round, r Review, v *assessment.Version, card Card) (waits bool, err error) {
	state, err := rs.explains(ctx, tx, n)
	if err != nil || state != attempt.Waiting {
		return false, cmp.Or(err, complete(v, card, ""))
	}
	if err := complete(v, card, attempt.Owns); err != nil {
		return true, err
	}
	now := rs.DB.Now()
	sent, err := query.New(tx).SetRest(ctx, tx.Org, string(r.ID), clock.Milli(now))
	if err == nil && sent == 0 {
		err = ErrWaits
	}
	if err == nil {
		_, err = query.New(tx).CloseReopened(ctx, tx.Org, string(r.ID), clock.Milli(now))
	}
	if err != nil {
		return true, err
	}
	return true, audit.Record(ctx, tx, now, who, "review.rest", string(r.ID), audit.Facts{"attempt": n.Attempt})
}
