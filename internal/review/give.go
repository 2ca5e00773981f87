package review

import (
	"context"
	"errors"
	"slices"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

var (
	// ErrEnough: as many read it as the stage wants.
	ErrEnough = problem.New(problem.Conflict, "review_enough", "It has all its reviewers. To give it to somebody else, reassign one of them.")
	// ErrNothingToRead: nothing was sent at this stage, or all scorecards are in.
	ErrNothingToRead = problem.New(problem.Conflict, "review_nothing", "There is nothing to assign: no work was sent at this stage, or all scorecards are in.")
)

// Give gives what was last sent at an application's stage to one more reader of the pool, or with member "" to as many as it lacks,
// evenly. reason is for the record. For those who run or decide the opening. ErrNothingToRead, ErrEnough, ErrNobody, ErrRole,
// ErrReason, opening.ErrMissing, opening.ErrMoved.
func (rs *Reviews) Give(ctx context.Context, who actor.Actor, a opening.ApplicationID, member org.MemberID, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := rs.HoldRounds(ctx, tx, a); err != nil {
			return err
		}
		n, err := rs.unread(ctx, tx, who, a)
		if err != nil {
			return err
		}
		there, err := rs.ReviewsIn(ctx, tx, n.Attempt)
		if err != nil {
			return err
		}
		there = slices.DeleteFunc(there, func(r Review) bool { return r.State != Assigned && r.State != Filed })
		if len(there) >= n.Wanted {
			return ErrEnough
		}
		pool, err := rs.pool(ctx, tx, n)
		if err != nil {
			return err
		}
		if len(pool) == 0 || member != "" && !slices.ContainsFunc(pool, func(m org.Member) bool { return m.ID == member }) {
			return ErrNobody
		}
		why, err := audit.Reason(ctx, tx, rs.DB.Now(), string(a), reason)
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, rs.DB.Now(), who, "review.give", string(a), audit.Facts{"reason": why, "attempt": n.Attempt}); err != nil {
			return err
		}
		if member == "" {
			return rs.fill(ctx, tx, who, n)
		}
		return rs.give(ctx, tx, who, n, member)
	})
}

// unread is the newest open round of the stage an application stands at, for somebody who runs or decides its opening.
func (rs *Reviews) unread(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) (Round, error) {
	app, err := rs.Openings.LoadApplicationIn(ctx, tx, who, a)
	if err != nil {
		return Round{}, err
	}
	if err := rs.run(ctx, tx, who, Round{Opening: app.Opening.ID}); err != nil {
		return Round{}, err
	}
	if app.Status != opening.Active {
		return Round{}, opening.ErrMoved
	}
	rounds, err := rs.RoundsOf(ctx, tx, a)
	if err != nil {
		return Round{}, err
	}
	i := slices.IndexFunc(rounds, func(n Round) bool { return n.Stage == app.Stage && n.Closed.IsZero() })
	if i < 0 {
		return Round{}, ErrNothingToRead
	}
	_, err = query.New(tx).HoldRound(ctx, tx.Org, rounds[i].Attempt, clock.Milli(rs.DB.Now()))
	return rounds[i], err
}

// Coded is the application whose round has a code, of an opening; "" when there is none. Who may know that is the caller's business:
// a blind reader knows their codes.
func (rs *Reviews) Coded(ctx context.Context, tx db.Tx, o opening.ID, c Code) (opening.ApplicationID, error) {
	n, err := roundIn(ctx, tx, c)
	if errors.Is(err, ErrMissing) || err == nil && n.Opening != o {
		return "", nil
	}
	return n.Application, err
}
