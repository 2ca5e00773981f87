package review

import (
	"context"

	"candor/internal/db"
	"candor/internal/opening"
)

// Reading is who reads an application's newest submission, for boards: no scores.
type Reading struct {
	Wanted  int
	Members []string // assigned or filed
	Filed   int
}

// Readings are those of the open and closed rounds of an opening's applications: one query for a page of a board.
func (rs *Reviews) Readings(ctx context.Context, tx db.Tx, o opening.ID, apps []opening.ApplicationID) (map[opening.ApplicationID]Reading, error) {
	out := map[opening.ApplicationID]Reading{}
	if len(apps) == 0 {
		return out, nil
	}
	list, args := db.List([]any{tx.Org, string(o)}, apps)
	rows, err := tx.QueryContext(ctx, `SELECT n.application_id, n.attempt_id, n.wanted, COALESCE(r.member_id, ''), COALESCE(r.state, '')
		FROM review_rounds n LEFT JOIN reviews r ON r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state IN ('assigned', 'filed')
		WHERE n.org_id = $1 AND n.opening_id = $2 AND n.application_id IN (`+list+`)
		ORDER BY n.application_id, n.submitted_at, n.attempt_id, r.member_id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	newest := ""
	for rows.Next() {
		var app opening.ApplicationID
		var attempt, member, state string
		var wanted int
		if err := rows.Scan(&app, &attempt, &wanted, &member, &state); err != nil {
			return nil, err
		}
		r := out[app]
		if attempt != newest { // a later round takes the place of the earlier
			newest, r = attempt, Reading{Wanted: wanted}
		}
		if member != "" {
			r.Members = append(r.Members, member)
		}
		if state == string(Filed) {
			r.Filed++
		}
		out[app] = r
	}
	return out, rows.Err()
}
