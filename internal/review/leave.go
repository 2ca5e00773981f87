package review

import (
	"context"
	"fmt"
	"slices"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/review/internal/query"
)

// StepBack gives a review back, with a reason (conflict of interest, no time); somebody else of the pool gets it. Of a card that a change of the rubric
// opened again, what was sent stays sent, and what was open stays without a score. ErrMissing,
// ErrFiled, ErrReason.
func (rs *Reviews) StepBack(ctx context.Context, who actor.Actor, c Code, reason string) error {
	return rs.leave(ctx, who, c, who.ID, "", SteppedBack, reason)
}

// Reassign takes a review from a member and gives it to another of the pool, or to whoever has least when to is "", or back to somebody
// of whom it was taken, who goes on with what they wrote. For those who run or decide the opening. ErrMissing, ErrRole, ErrFiled, ErrNobody, ErrReason.
func (rs *Reviews) Reassign(ctx context.Context, who actor.Actor, c Code, from, to, reason string) error {
	return rs.leave(ctx, who, c, from, to, Reassigned, reason)
}

func (rs *Reviews) leave(ctx context.Context, who actor.Actor, c Code, from, to string, as State, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if _, err := q.HoldRound(ctx, tx.Org, n.Attempt, clock.Milli(rs.DB.Now())); err != nil {
			return err
		}
		if own := who.Kind == actor.Member && who.ID == from && (as == SteppedBack || to == somebody); !own {
			if err := rs.run(ctx, tx, who, n); err != nil {
				return err
			}
		}
		r, _, err := mine(ctx, tx, actor.Actor{Kind: actor.Member, ID: from, Org: tx.Org}, n)
		if err != nil {
			return err
		}
		kept, err := rs.leaveOpen(ctx, tx, n, r)
		if err != nil {
			return err
		}
		if !kept {
			left, err := q.LeaveReview(ctx, tx.Org, string(r.ID), string(as))
			if err != nil {
				return err
			}
			if left == 0 {
				return ErrFiled
			}
		}
		why, err := audit.Reason(ctx, tx, rs.DB.Now(), string(n.Application), reason)
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, rs.DB.Now(), who, "review."+string(as), string(r.ID), audit.Facts{"reason": why, "member": from}); err != nil {
			return err
		}
		if kept && to == somebody { // what they had sent stays, and nobody is lacking
			return rs.close(ctx, tx, n)
		}
		if to == "" {
			if err := rs.fill(ctx, tx, who, n); err != nil {
				return err
			}
			return rs.close(ctx, tx, n)
		}
		pool, err := rs.pool(ctx, tx, n)
		if err != nil {
			return err
		}
		if to == somebody {
			if len(pool) == 0 {
				return ErrNobody
			}
			return rs.give(ctx, tx, who, n, pool[0].ID)
		}
		had, err := rs.returns(ctx, tx, n)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(append(pool, had...), func(m org.Member) bool { return m.ID == to && m.ID != from }) {
			return ErrNobody
		}
		return rs.give(ctx, tx, who, n, to)
	})
}

// Enough goes on with the cards that are in: open ones are taken back. ErrMissing, ErrRole, ErrReason.
func (rs *Reviews) Enough(ctx context.Context, who actor.Actor, c Code, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if _, err := q.HoldRound(ctx, tx.Org, n.Attempt, clock.Milli(rs.DB.Now())); err != nil {
			return err
		}
		if err := rs.run(ctx, tx, who, n); err != nil {
			return err
		}
		there, err := rs.ReviewsIn(ctx, tx, n.Attempt)
		if err != nil {
			return err
		}
		filed := int64(0)
		for _, r := range there {
			if r.State == Filed {
				filed++
			}
			if r.State == Assigned && r.Member == who.ID {
				return ErrOwnFirst // nobody gets rid of their own blindness that way
			}
			kept, err := rs.leaveOpen(ctx, tx, n, r)
			if err != nil {
				return err
			}
			if kept {
				filed++
				continue
			}
			if _, err := q.LeaveReview(ctx, tx.Org, string(r.ID), string(Reassigned)); err != nil {
				return err
			}
		}
		if _, err := q.SetWanted(ctx, tx.Org, n.Attempt, filed); err != nil {
			return err
		}
		why, err := audit.Reason(ctx, tx, rs.DB.Now(), string(n.Application), reason)
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, rs.DB.Now(), who, "review.enough", n.Attempt, audit.Facts{"reason": why, "cards": fmt.Sprint(filed)}); err != nil {
			return err
		}
		return rs.close(ctx, tx, n)
	})
}
