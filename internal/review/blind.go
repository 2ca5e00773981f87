package review

import (
	"context"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// NotSent stands for a code while there is nothing to review yet.
const NotSent = "not sent yet"

// Blind says whether a member must not learn who an application is from, and the code they know it by: whoever is assigned and
// has not filed; and whoever only reviews in this opening, of every application whose card they did not file, because the next
// one may be theirs. opening.LoadApplication asks it.
func (rs *Reviews) Blind(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID) (blind bool, code string, err error) {
	if who.Kind != actor.Member {
		return false, "", nil
	}
	q := query.New(tx)
	known, err := q.Unblinded(ctx, tx.Org, string(app), who.ID)
	if err != nil || known > 0 {
		return false, "", err
	}
	rows, err := q.MineOf(ctx, tx.Org, string(app), who.ID)
	if err != nil {
		return false, "", err
	}
	filed := false
	for _, r := range rows {
		if r.State == string(Assigned) {
			return true, r.Code, nil
		}
		filed = filed || r.State == string(Filed)
	}
	if filed {
		return false, "", nil
	}
	a, err := rs.Openings.ApplicationIn(ctx, tx, app)
	if err != nil {
		return false, "", err
	}
	o, err := rs.Openings.LoadIn(ctx, tx, who, a.Opening.ID)
	if err != nil || !onlyReviews(o, who) {
		return false, "", err
	}
	if len(rows) == 0 {
		return true, NotSent, nil
	}
	return true, rows[0].Code, nil
}

// onlyReviews: in the pool, and neither running nor deciding the opening.
func onlyReviews(o opening.Opening, who actor.Actor) bool {
	return o.Is(opening.Reviewer) && !o.MayManage(who) && !o.MayDecide(who)
}

// Names says for all applications of an opening at once whose name is hidden from a member.
type Names struct {
	assigned map[opening.ApplicationID]string
	known    map[opening.ApplicationID]bool
	only     bool
}

// Of is whether an application is blind, and its code ("" when this list does not know it).
func (n Names) Of(a opening.ApplicationID) (blind bool, code string) {
	if n.known[a] {
		return false, ""
	}
	if c, ok := n.assigned[a]; ok {
		return true, c
	}
	return n.only, ""
}

// NamesIn is Blind for a board: two queries, bounded by what the member reviews. o comes from opening's loader.
func (rs *Reviews) NamesIn(ctx context.Context, tx db.Tx, who actor.Actor, o opening.Opening) (Names, error) {
	n := Names{map[opening.ApplicationID]string{}, map[opening.ApplicationID]bool{}, who.Kind == actor.Member && onlyReviews(o, who)}
	if who.Kind != actor.Member {
		return n, nil
	}
	q := query.New(tx)
	mine, err := q.MineIn(ctx, tx.Org, string(o.ID), who.ID)
	if err != nil {
		return n, err
	}
	for _, r := range mine {
		if r.State == string(Assigned) {
			n.assigned[opening.ApplicationID(r.ApplicationID)] = r.Code
		}
	}
	for _, r := range mine {
		a := opening.ApplicationID(r.ApplicationID)
		if _, open := n.assigned[a]; r.State == string(Filed) && !open {
			n.known[a] = true
		}
	}
	known, err := q.KnownIn(ctx, tx.Org, string(o.ID), who.ID)
	for _, a := range known {
		n.known[opening.ApplicationID(a)] = true
	}
	return n, err
}

// Unblind opens a name before the card is filed: the card can then not be filed any more. It is an event with a reason and an
// audit line. ErrMissing, ErrReason.
func (rs *Reviews) Unblind(ctx context.Context, who actor.Actor, c Code, reason string) error {
	if reason == "" {
		return ErrReason.On("reason", "Please say why, in a sentence.")
	}
	if len([]rune(reason)) > 500 {
		return problem.Field("reason", "Please say it in up to 500 characters.")
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if _, _, err := mine(ctx, tx, who, n); err != nil {
			return err
		}
		now := rs.DB.Now()
		why, err := audit.Reason(ctx, tx, now, string(n.Application), reason)
		if err != nil {
			return err
		}
		added, err := query.New(tx).Unblind(ctx, query.UnblindParams{OrgID: tx.Org, ApplicationID: string(n.Application), MemberID: who.ID, ReasonID: why, At: clock.Milli(now)})
		if err != nil || added == 0 {
			return err
		}
		return audit.Record(ctx, tx, now, who, "review.unblind", string(n.Application), audit.Facts{"reason": why})
	})
}
