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

// Blind says whether a member must not learn who an application is from: whoever is assigned to review it and has not filed,
// a manager too. code is what they know it by, and stays set when their card is filed; "" says that they never had to read it.
// opening.LoadApplication asks it.
func (rs *Reviews) Blind(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID) (blind bool, code string, err error) {
	if who.Kind != actor.Member {
		return false, "", nil
	}
	q := query.New(tx)
	rows, err := q.MineOf(ctx, tx.Org, string(app), who.ID)
	if err != nil || len(rows) == 0 {
		return false, "", err
	}
	open := false
	for _, r := range rows {
		if r.State == string(Assigned) && !open {
			open, code = true, r.Code
		}
		if code == "" {
			code = r.Code
		}
	}
	known, err := q.Unblinded(ctx, tx.Org, string(app), who.ID)
	return open && known == 0, code, err
}

// Names says for all applications at once whose name is hidden from a member.
type Names struct {
	assigned map[opening.ApplicationID]string
	known    map[opening.ApplicationID]bool
}

// Of is whether an application is blind, and its code.
func (n Names) Of(a opening.ApplicationID) (blind bool, code string) {
	if n.known[a] {
		return false, ""
	}
	code, blind = n.assigned[a]
	return blind, code
}

// NamesIn is Blind for a board: two queries, bounded by what the member has to review.
func (rs *Reviews) NamesIn(ctx context.Context, tx db.Tx, who actor.Actor, _ ...opening.Opening) (Names, error) {
	n := Names{map[opening.ApplicationID]string{}, map[opening.ApplicationID]bool{}}
	if who.Kind != actor.Member {
		return n, nil
	}
	q := query.New(tx)
	mine, err := q.MineOpen(ctx, tx.Org, who.ID)
	if err != nil {
		return n, err
	}
	for _, r := range mine {
		n.assigned[opening.ApplicationID(r.ApplicationID)] = r.Code
	}
	known, err := q.Known(ctx, tx.Org, who.ID)
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
