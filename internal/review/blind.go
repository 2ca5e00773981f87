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

// Blind says whether a member must not learn who an application is from: whoever is assigned to review it and has not filed, or is asked
// to settle what its readers differ on, or to look a second time, a manager too. code is what they know it by, and stays set when their card is filed; "" says that they never had to read it.
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

// Hidden is Blind for many: the codes of those applications whose names a member must not learn, in one query.
func (rs *Reviews) Hidden(ctx context.Context, tx db.Tx, who actor.Actor, apps []opening.ApplicationID) (map[opening.ApplicationID]string, error) {
	if who.Kind != actor.Member || len(apps) == 0 {
		return nil, nil
	}
	list, args := db.List([]any{tx.Org, who.ID}, apps)
	rows, err := tx.QueryContext(ctx, `SELECT r.application_id, n.code, n.submitted_at, n.attempt_id FROM reviews r
		JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
		WHERE r.org_id = $1 AND r.member_id = $2 AND r.state = 'assigned' AND r.application_id IN (`+list+`)
			AND NOT EXISTS (SELECT 1 FROM unblindings u WHERE u.org_id = r.org_id AND u.application_id = r.application_id AND u.member_id = r.member_id)
		UNION ALL
		SELECT r.application_id, n.code, n.submitted_at, n.attempt_id FROM adjudications r
		JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id AND n.decided_at = 0
		WHERE r.org_id = $1 AND r.member_id = $2 AND r.state = 'asked' AND r.application_id IN (`+list+`)
			AND NOT EXISTS (SELECT 1 FROM unblindings u WHERE u.org_id = r.org_id AND u.application_id = r.application_id AND u.member_id = r.member_id)
		UNION ALL
		SELECT r.application_id, n.code, n.submitted_at, n.attempt_id FROM second_looks r
		JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
		WHERE r.org_id = $1 AND r.member_id = $2 AND r.state = 'asked' AND r.application_id IN (`+list+`)
		ORDER BY 3, 4`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[opening.ApplicationID]string{}
	for rows.Next() {
		var app opening.ApplicationID
		var code, attempt string
		var at int64
		if err := rows.Scan(&app, &code, &at, &attempt); err != nil {
			return nil, err
		}
		out[app] = code // the newest round's, as Blind says
	}
	return out, rows.Err()
}

// Reads is Blind for many: of those applications for which a member has a card or was asked to settle what readers differ on, in one query.
func (rs *Reviews) Reads(ctx context.Context, tx db.Tx, who actor.Actor, apps []opening.ApplicationID) (map[opening.ApplicationID]opening.Card, error) {
	if who.Kind != actor.Member || len(apps) == 0 {
		return nil, nil
	}
	list, args := db.List([]any{tx.Org, who.ID}, apps)
	rows, err := tx.QueryContext(ctx, `SELECT r.application_id, n.code, CASE WHEN r.state = 'assigned' THEN 1 ELSE 0 END, n.submitted_at, n.attempt_id,
			(SELECT COUNT(*) FROM unblindings u WHERE u.org_id = r.org_id AND u.application_id = r.application_id AND u.member_id = r.member_id)
		FROM reviews r JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
		WHERE r.org_id = $1 AND r.member_id = $2 AND r.state IN ('assigned', 'filed') AND r.application_id IN (`+list+`)
		UNION ALL
		SELECT r.application_id, n.code, CASE WHEN r.state = 'asked' AND n.decided_at = 0 THEN 1 ELSE 0 END, n.submitted_at, n.attempt_id,
			(SELECT COUNT(*) FROM unblindings u WHERE u.org_id = r.org_id AND u.application_id = r.application_id AND u.member_id = r.member_id)
		FROM adjudications r JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
		WHERE r.org_id = $1 AND r.member_id = $2 AND r.state <> 'back' AND r.application_id IN (`+list+`)
		ORDER BY 4 DESC, 5 DESC`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out, open := map[opening.ApplicationID]opening.Card{}, map[opening.ApplicationID]bool{}
	for rows.Next() {
		var app opening.ApplicationID
		var code, attempt string
		var asked, at, known int64
		if err := rows.Scan(&app, &code, &asked, &at, &attempt, &known); err != nil {
			return nil, err
		}
		c := out[app]
		if asked == 1 && !open[app] {
			open[app] = true
			c = opening.Card{Code: code, Blind: known == 0}
		}
		if c.Code == "" {
			c.Code = code
		}
		out[app] = c
	}
	return out, rows.Err()
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
