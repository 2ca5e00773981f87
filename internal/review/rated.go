package review

import (
	"context"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
)

// Rated is what the scorecards of an application's newest closed round say, and how long it took us.
type Rated struct {
	Cards   int
	Levels  map[string][]int // by criterion; only levels of the rubric
	Minutes int              // that reviewers spent on it, together
	Closed  time.Time        // when the last card came in
}

// Rated are those of some applications of an opening; open rounds are left out, for whoever decides reads cards when all are in.
// One query.
func (rs *Reviews) Rated(ctx context.Context, tx db.Tx, o opening.ID, apps []opening.ApplicationID) (map[opening.ApplicationID]Rated, error) {
	out := map[opening.ApplicationID]Rated{}
	if len(apps) == 0 {
		return out, nil
	}
	list, args := db.List([]any{tx.Org, string(o)}, apps)
	rows, err := tx.QueryContext(ctx, `SELECT n.application_id, n.attempt_id, n.closed_at, r.id, r.seconds + r.adjusted, COALESCE(t.criterion, ''), COALESCE(t.level, 0)
		FROM review_rounds n JOIN reviews r ON r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'filed'
		LEFT JOIN ratings t ON t.org_id = r.org_id AND t.review_id = r.id
		WHERE n.org_id = $1 AND n.opening_id = $2 AND n.closed_at > 0 AND n.application_id IN (`+list+`)
		ORDER BY n.application_id, n.submitted_at, n.attempt_id, r.filed_at, r.id, t.criterion`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	round, card := "", ""
	for rows.Next() {
		var app opening.ApplicationID
		var attempt, review, criterion string
		var closed, seconds int64
		var level int
		if err := rows.Scan(&app, &attempt, &closed, &review, &seconds, &criterion, &level); err != nil {
			return nil, err
		}
		r := out[app]
		if attempt != round { // a later round takes the place of the earlier
			round, r = attempt, Rated{Levels: map[string][]int{}, Closed: clock.Time(closed)}
		}
		if review != card {
			card = review
			r.Cards, r.Minutes = r.Cards+1, r.Minutes+int(seconds+59)/60
		}
		if level > 0 {
			r.Levels[criterion] = append(r.Levels[criterion], level)
		}
		out[app] = r
	}
	return out, rows.Err()
}

// Criteria are the keys that an opening's filed cards rate, in the order of the alphabet.
func (rs *Reviews) Criteria(ctx context.Context, tx db.Tx, o opening.ID) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT t.criterion FROM review_rounds n
		JOIN reviews r ON r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'filed'
		JOIN ratings t ON t.org_id = r.org_id AND t.review_id = r.id
		WHERE n.org_id = $1 AND n.opening_id = $2 AND n.closed_at > 0 ORDER BY t.criterion LIMIT 100`, tx.Org, string(o))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Decided is an application's newest decision that holds, without its reason.
type Decided struct {
	Outcome Outcome
	At      time.Time
	Told    time.Time // zero: not yet
}

// Decided are those of some applications: one query.
func (rs *Reviews) Decided(ctx context.Context, tx db.Tx, apps []opening.ApplicationID) (map[opening.ApplicationID]Decided, error) {
	out := map[opening.ApplicationID]Decided{}
	if len(apps) == 0 {
		return out, nil
	}
	list, args := db.List([]any{tx.Org}, apps)
	rows, err := tx.QueryContext(ctx, `SELECT application_id, outcome, at, settled_at FROM decisions
		WHERE org_id = $1 AND undone_at = 0 AND application_id IN (`+list+`) ORDER BY application_id, at, id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var app opening.ApplicationID
		var d Decided
		var at, told int64
		if err := rows.Scan(&app, &d.Outcome, &at, &told); err != nil {
			return nil, err
		}
		d.At, d.Told = clock.Time(at), clock.Time(told)
		out[app] = d
	}
	return out, rows.Err()
}
