package review

import (
	"context"
	"errors"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// OpenIn is how many cards of an opening each member has open; who may know is the caller's loader's business.
func (rs *Reviews) OpenIn(ctx context.Context, tx db.Tx, o opening.ID) (map[org.MemberID]int, error) {
	rows, err := query.New(tx).OpenCards(ctx, tx.Org, string(o))
	out := map[org.MemberID]int{}
	for _, r := range rows {
		out[r.MemberID] = int(r.N)
	}
	return out, err
}

// HandOver gives the open cards of a member in an opening ("" is every one) to others of its pool, whoever has least first: a member's own, or those
// of anybody for those who run or decide the opening. What they wrote is kept with their part. A card that nobody else could take stays: kept counts
// those. ErrMissing, ErrRole, ErrReason.
func (rs *Reviews) HandOver(ctx context.Context, who actor.Actor, member org.MemberID, o opening.ID, reason string) (given, kept int, err error) {
	if reason, err = because(reason); err != nil {
		return 0, 0, err
	}
	var codes []Code
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if who.Kind != actor.Member || who.ID != string(member) {
			if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
				return err
			}
		}
		list, err := query.New(tx).CardsOf(ctx, tx.Org, string(member), string(o))
		for _, c := range list {
			codes = append(codes, Code(c))
		}
		return err
	})
	for _, c := range codes {
		err := rs.leave(ctx, who, c, string(member), somebody, Reassigned, reason)
		switch {
		case errors.Is(err, ErrNobody):
			kept++
		case errors.Is(err, ErrFiled), errors.Is(err, ErrMissing): // sent, or given on, in this moment
		case err != nil:
			return given, kept, err
		default:
			given++
		}
	}
	return given, kept, err
}

// somebody is whoever of the pool has least, and nobody is an error.
const somebody = "*"

// Waits is a card of somebody else that waits for nobody: they are away, or its day is over.
type Waits struct {
	Code    Code
	Opening string
	Stage   string
	Due     time.Time
	Away    bool
}

// MostWaits is how many of them are looked at.
const MostWaits = 20

// ToTake are cards that the asker could take over, the earliest due first.
func (rs *Reviews) ToTake(ctx context.Context, who actor.Actor) (out []Waits, err error) {
	if who.Kind != actor.Member {
		return nil, nil
	}
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).ToTake(ctx, query.ToTakeParams{Now: clock.Milli(rs.DB.Now()), OrgID: tx.Org, MemberID: who.ID, Most: MostWaits})
		if err != nil {
			return err
		}
		for _, r := range rows {
			n, err := rs.RoundOf(ctx, tx, r.AttemptID)
			if err != nil {
				return err
			}
			pool, err := rs.pool(ctx, tx, n)
			if err != nil {
				return err
			}
			listed := slices.ContainsFunc(out, func(w Waits) bool { return w.Code == n.Code }) // two cards of it may wait
			if !listed && slices.ContainsFunc(pool, func(m org.Member) bool { return m.ID == who.ID }) {
				out = append(out, Waits{n.Code, r.OpeningTitle, r.StageTitle, clock.Time(r.DueAt), r.Away})
			}
		}
		return nil
	})
	return out, err
}

// TakeOver gives the asker the card of somebody who is away, or whose day is over. What that one wrote stays with them, and the asker begins their
// own. ErrMissing where it is not theirs to take, ErrTaken when it is not waiting any more.
func (rs *Reviews) TakeOver(ctx context.Context, who actor.Actor, c Code) error {
	if who.Kind != actor.Member {
		return ErrMissing
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		now := rs.DB.Now()
		if _, err := q.HoldRound(ctx, tx.Org, n.Attempt, clock.Milli(now)); err != nil {
			return err
		}
		pool, err := rs.pool(ctx, tx, n)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(pool, func(m org.Member) bool { return m.ID == who.ID }) {
			return ErrMissing
		}
		there, err := rs.ReviewsIn(ctx, tx, n.Attempt)
		if err != nil {
			return err
		}
		for _, r := range there {
			if r.State != Assigned || !r.Filed.IsZero() { // one that was opened again is only theirs
				continue
			}
			m, err := rs.Orgs.Member(ctx, tx, r.Member)
			if err != nil {
				return err
			}
			if !m.Away(now) && r.Due.After(now) {
				continue
			}
			left, err := q.LeaveReview(ctx, tx.Org, string(r.ID), string(Reassigned))
			if err != nil {
				return err
			}
			if left == 0 {
				continue
			}
			if err := audit.Record(ctx, tx, now, who, "review.take_over", string(r.ID), audit.Facts{"member": r.Member}); err != nil {
				return err
			}
			return rs.give(ctx, tx, who, n, who.ID)
		}
		return ErrTaken
	})
}

// ErrTaken: the card does not wait any more.
var ErrTaken = problem.New(problem.Conflict, "card_taken", "Somebody was faster, or it is being written again. Nothing was changed.")

// returns are those of whom a round was taken and who could go on with what they wrote: they are in its pool, and have seen no name since.
func (rs *Reviews) returns(ctx context.Context, tx db.Tx, n Round) ([]org.Member, error) {
	if n.Rubric != n.Version { // what they wrote may be by older words
		return nil, nil
	}
	there, err := rs.ReviewsIn(ctx, tx, n.Attempt)
	if err != nil {
		return nil, err
	}
	o, err := rs.Openings.In(ctx, tx, n.Opening)
	if err != nil {
		return nil, err
	}
	team, err := rs.Openings.Team(ctx, tx, n.Opening)
	if err != nil {
		return nil, err
	}
	free, err := rs.eligible(ctx, tx, n, func(r Review) bool { return r.State != Reassigned })
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(free, func(m org.Member) bool {
		if !slices.ContainsFunc(there, func(r Review) bool { return r.Member == m.ID && r.State == Reassigned }) {
			return true
		}
		in := o
		for _, t := range team {
			if t.Member == m.ID {
				in.Mine = append(in.Mine, t.Role)
			}
		}
		return in.SeesBoard(actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org, Roles: m.Roles})
	}), nil
}
