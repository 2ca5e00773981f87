package opening

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/db"
)

// Standing is what many people already are to an opening: Here is their application in it; Earlier is the newest elsewhere that the
// asker may see with its name. "" is none.
type Standing struct{ Here, Earlier ApplicationID }

// together is how many people are asked about at once.
const together = 500

// StandingIn looks many people up for somebody who runs the opening; whoever has no application is left out. ErrMissing, ErrRole.
func (os *Openings) StandingIn(ctx context.Context, tx db.Tx, who actor.Actor, o ID, people []candidate.ID) (map[candidate.ID]Standing, error) {
	if _, err := os.manage(ctx, tx, who, o); err != nil {
		return nil, err
	}
	out, open := map[candidate.ID]Standing{}, map[ID]bool{}
	for list := range slices.Chunk(people, together) {
		rows, err := applicationsOf(ctx, tx, list)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			s := out[r.candidate]
			if r.opening == o {
				s.Here = r.id
			} else if named, err := os.named(ctx, tx, who, r, open); err != nil {
				return nil, err
			} else if named {
				s.Earlier = r.id
			}
			out[r.candidate] = s
		}
	}
	return out, nil
}

type standingRow struct {
	id        ApplicationID
	opening   ID
	candidate candidate.ID
}

// applicationsOf are all applications of some people, the newest last.
func applicationsOf(ctx context.Context, tx db.Tx, people []candidate.ID) ([]standingRow, error) {
	args, marks := []any{tx.Org}, make([]string, len(people))
	for i, p := range people {
		args, marks[i] = append(args, string(p)), fmt.Sprint("$", i+2)
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, opening_id, candidate_id FROM applications WHERE org_id = $1 AND candidate_id IN (`+strings.Join(marks, ", ")+`)
		ORDER BY created_at, id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []standingRow
	for rows.Next() {
		var r standingRow
		if err := rows.Scan(&r.id, &r.opening, &r.candidate); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// named says whether the asker reads the board of an application's opening and this application with its name. open remembers the
// openings.
func (os *Openings) named(ctx context.Context, tx db.Tx, who actor.Actor, r standingRow, open map[ID]bool) (bool, error) {
	seen, known := open[r.opening]
	if !known {
		op, err := os.LoadIn(ctx, tx, who, r.opening)
		if err != nil && !errors.Is(err, ErrMissing) {
			return false, err
		}
		seen = err == nil && op.SeesBoard(who)
		open[r.opening] = seen
	}
	if !seen || os.Blind == nil {
		return seen, nil
	}
	blind, _, err := os.Blind(ctx, tx, who, r.id)
	return !blind, err
}
