package review

import (
	"context"
	"database/sql"
	"errors"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Calibration: reviewers practise on gold submissions, whose reference levels the managers of an opening set.
const (
	// Golds is from how many gold submissions an opening suggests calibration, and how many one has to have scored.
	Golds = 3
	// Near is how many levels one may be off the reference on average, over the newest Golds, to be certified.
	Near = .5
)

var (
	// ErrGold: it is a gold submission already.
	ErrGold = problem.New(problem.Conflict, "gold_already", "This is a gold submission already. End it first to give it other reference levels.")
	// ErrFewGolds: nobody could be certified.
	ErrFewGolds = problem.New(problem.Conflict, "golds_few", "This opening needs three gold submissions before it can ask reviewers to be certified. Make them from work that is scored.")
	// ErrKnown: who knows the levels cannot practise.
	ErrKnown = problem.New(problem.Conflict, "gold_known", "You scored this work, settled it or set its reference, so it is no practice for you.")
	// ErrPractised: once.
	ErrPractised = problem.New(problem.Conflict, "gold_practised", "You scored this gold submission already. Its reference is open to you.")
)

// MakeGold makes a scored submission a gold one, with a reference level and a reason for every criterion. For the managers of its opening.
// ErrMissing, ErrRole, ErrOwnFirst, ErrOpenCards, ErrUnsettled, ErrGold.
func (rs *Reviews) MakeGold(ctx context.Context, who actor.Actor, c Code, reference map[string]Ruled) error {
	var n Round
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if n, err = roundIn(ctx, tx, c); err != nil {
			return err
		}
		return rs.decides(ctx, tx, who, n)
	})
	if err != nil {
		return err
	}
	v, err := rs.whole(ctx, who.Org, n)
	if err == nil {
		err = ruledAll(v.Rubric, reference)
	}
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := rs.golden(ctx, tx, who, c)
		if err != nil {
			return err
		}
		q := query.New(tx)
		now := rs.DB.Now()
		added, err := q.AddGold(ctx, query.AddGoldParams{OrgID: tx.Org, AttemptID: n.Attempt, ApplicationID: string(n.Application), OpeningID: string(n.Opening),
			MadeBy: who.ID, MadeAt: clock.Milli(now)})
		if err == nil && added == 0 {
			err = ErrGold
		}
		if err != nil {
			return err
		}
		for _, c := range v.Rubric {
			r := reference[c.Key]
			err := q.AddGoldLevel(ctx, query.AddGoldLevelParams{OrgID: tx.Org, AttemptID: n.Attempt, Criterion: c.Key, Level: int64(r.Level), Reason: r.Reason})
			if err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, now, who, "gold.make", n.Attempt, nil)
	})
}

// EndGold takes a submission out of practice, with what was practised on it; who was certified stays so. ErrMissing, ErrRole, ErrOwnFirst, ErrOpenCards.
func (rs *Reviews) EndGold(ctx context.Context, who actor.Actor, c Code) error {
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := rs.golden(ctx, tx, who, c)
		if err != nil {
			return err
		}
		if err := rs.dropGolds(ctx, tx, string(n.Application)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, rs.DB.Now(), who, "gold.end", n.Attempt, nil)
	})
}

// golden is a closed round, held, for a manager of its opening. ErrMissing, ErrRole, ErrOwnFirst, ErrOpenCards.
func (rs *Reviews) golden(ctx context.Context, tx db.Tx, who actor.Actor, c Code) (Round, error) {
	n, err := roundIn(ctx, tx, c)
	if err != nil {
		return n, err
	}
	if _, err := query.New(tx).HoldRound(ctx, tx.Org, n.Attempt, clock.Milli(rs.DB.Now())); err != nil {
		return n, err
	}
	if err := rs.decides(ctx, tx, who, n); err != nil {
		return n, err
	}
	_, err = rs.Cards(ctx, tx, who, n)
	return n, err
}

// decides refuses whoever does not decide a round's opening. ErrMissing, ErrRole.
func (rs *Reviews) decides(ctx context.Context, tx db.Tx, who actor.Actor, n Round) error {
	o, err := rs.Openings.LoadIn(ctx, tx, who, n.Opening)
	if err == nil && !o.MayDecide(who) {
		err = ErrRole
	}
	return err
}

func isGold(ctx context.Context, tx db.Tx, n Round) (bool, error) {
	_, err := query.New(tx).Gold(ctx, tx.Org, n.Attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// gold is the opening of a gold submission, for the reviewers and managers of it. ErrMissing.
func (rs *Reviews) gold(ctx context.Context, tx db.Tx, who actor.Actor, n Round) (opening.Opening, error) {
	ok, err := isGold(ctx, tx, n)
	if err == nil && !ok {
		err = ErrMissing
	}
	if err != nil {
		return opening.Opening{}, err
	}
	return rs.practising(ctx, tx, who, n.Opening)
}

// practising is an opening for its reviewers and managers. ErrMissing.
func (rs *Reviews) practising(ctx context.Context, tx db.Tx, who actor.Actor, o opening.ID) (opening.Opening, error) {
	out, err := rs.Openings.LoadIn(ctx, tx, who, o)
	if err == nil && !out.Is(opening.Reviewer, opening.Manager) {
		err = ErrRole
	}
	return out, err
}
