package review

import (
	"context"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review/internal/query"
)

// Blind says whether a member must not learn who an application is from: whoever is assigned to review it and has not filed, or is asked
// to settle what its readers differ on, or to look a second time, a manager too. code is what they know it by, and stays set when their card is filed; "" says that they never had to read it.
// opening.LoadApplication asks it.
func (rs *Reviews) Blind(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID) (blind bool, code string, err error) {
	all, err := rs.Reads(ctx, tx, who, []opening.ApplicationID{app})
	c := all[app]
	return c.Blind, c.Code, err
}

// Hidden are the codes of those applications whose names a member must not learn.
func (rs *Reviews) Hidden(ctx context.Context, tx db.Tx, who actor.Actor, apps []opening.ApplicationID) (map[opening.ApplicationID]string, error) {
	all, err := rs.Reads(ctx, tx, who, apps)
	out := map[opening.ApplicationID]string{}
	for app, c := range all {
		if c.Blind {
			out[app] = c.Code
		}
	}
	return out, err
}

// Reads says it of many in one query: of those applications which a member has to read, settle or look at a second time, or did. It is the one place
// that says who is blind; the code is that of the newest work that is open, else of the newest.
func (rs *Reviews) Reads(ctx context.Context, tx db.Tx, who actor.Actor, apps []opening.ApplicationID) (map[opening.ApplicationID]opening.Card, error) {
	if who.Kind != actor.Member || len(apps) == 0 {
		return nil, nil
	}
	list, args := db.List([]any{tx.Org, who.ID}, apps)
	arm := func(table, open, states string) string {
		return `SELECT r.application_id, n.code, CASE WHEN ` + open + ` THEN 1 ELSE 0 END, n.submitted_at, n.attempt_id,
				(SELECT COUNT(*) FROM unblindings u WHERE u.org_id = r.org_id AND u.application_id = r.application_id AND u.member_id = r.member_id)
			FROM ` + table + ` r JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
			WHERE r.org_id = $1 AND r.member_id = $2 AND r.state ` + states + ` AND r.application_id IN (` + list + `)`
	}
	rows, err := tx.QueryContext(ctx, arm("reviews", `r.state = 'assigned'`, `IN ('assigned', 'filed')`)+` UNION ALL `+
		arm("adjudications", `r.state = 'asked' AND n.decided_at = 0`, `<> 'back'`)+` UNION ALL `+
		arm("second_looks", `r.state = 'asked'`, `<> 'back'`)+` ORDER BY 4 DESC, 5 DESC`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out, opened := map[opening.ApplicationID]opening.Card{}, map[opening.ApplicationID]bool{}
	for rows.Next() {
		var app opening.ApplicationID
		var code, attempt string
		var open, at, known int64
		if err := rows.Scan(&app, &code, &open, &at, &attempt, &known); err != nil {
			return nil, err
		}
		switch _, there := out[app]; {
		case open == 1 && !opened[app]:
			opened[app] = true
			out[app] = opening.Card{Code: code, Blind: known == 0}
		case !there:
			out[app] = opening.Card{Code: code}
		}
	}
	return out, rows.Err()
}

// Unblind opens a name before the card is filed: the card can then not be filed any more. It is an event with a reason and an
// audit line. ErrMissing, ErrReason.
func (rs *Reviews) Unblind(ctx context.Context, who actor.Actor, c Code, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
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

// Know notes in the caller's transaction that a member works with an application's person under the name, so that nobody gives them that work to read
// without it. ErrBlind where they read it without the name now.
func (rs *Reviews) Know(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID, member string) error {
	blind, _, err := rs.Blind(ctx, tx, actor.Actor{Kind: actor.Member, Org: tx.Org, ID: member}, app)
	if err == nil && blind {
		err = ErrBlind
	}
	if err != nil {
		return err
	}
	now := rs.DB.Now()
	added, err := query.New(tx).Unblind(ctx, query.UnblindParams{OrgID: tx.Org, ApplicationID: string(app), MemberID: member, At: clock.Milli(now)})
	if err != nil || added == 0 {
		return err
	}
	return audit.Record(ctx, tx, now, who, "review.know", string(app), audit.Facts{"member": member})
}
