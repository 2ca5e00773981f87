package batch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/batch/internal/query"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
)

// check gives every row that is not bad or left out its verdict: among the rows, then by what the organisation knows.
func (bs *Batches) check(ctx context.Context, tx db.Tx, who actor.Actor, o opening.ID, rows []Row) error {
	twice(rows)
	var emails []string
	for _, r := range rows {
		if r.open() {
			emails = append(emails, r.Email)
		}
	}
	known, err := bs.Openings.Candidates.Known(ctx, tx, emails)
	if err != nil {
		return err
	}
	var people []candidate.ID
	for _, c := range known {
		people = append(people, c)
	}
	slices.Sort(people)
	standing, err := bs.Openings.StandingIn(ctx, tx, who, o, people)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if !r.open() {
			continue
		}
		r.Verdict, r.Application = New, ""
		s := standing[known[candidate.AddressKey(r.Email)]]
		switch {
		case s.Here != "":
			r.Verdict, r.Application = Here, s.Here
		case s.Earlier != "":
			r.Verdict, r.Application = Earlier, s.Earlier
		}
	}
	return nil
}

// open says whether what the organisation knows decides about a row.
func (r Row) open() bool { return r.Verdict == New || r.Verdict == Earlier || r.Verdict == Here }

// atOnce is how many rows go into one statement.
const atOnce = 100

// insert adds rows.
func insert(ctx context.Context, tx db.Tx, b ID, rows []Row) error {
	const columns = 16
	for list := range slices.Chunk(rows, atOnce) {
		var args []any
		var values []string
		for _, r := range list {
			marks := make([]string, columns)
			for i := range marks {
				marks[i] = fmt.Sprint("$", len(args)+i+1)
			}
			values = append(values, "("+strings.Join(marks, ", ")+")")
			args = append(args, tx.Org, string(b), r.Position, r.Line, r.Cells, r.Name, r.Email, candidate.AddressKey(r.Email), r.Zone, r.Guessed, r.ByHand, string(r.Verdict), r.Reason, r.First,
				string(r.Application), string(r.Invitation))
		}
		_, err := tx.Exec(ctx, `INSERT INTO batch_rows (org_id, batch_id, position, line, cells, name, email, email_key, zone, guessed, by_hand, verdict, why, first_line, application_id, invitation_id)
			VALUES `+strings.Join(values, ", "), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// change does fn to the rows of a draft, checks them anew and keeps those that are different now.
func (bs *Batches) change(ctx context.Context, who actor.Actor, o opening.ID, b ID, fn func(tx db.Tx, held Batch, rows []Row) error) error {
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		held, err := bs.hold(ctx, tx, who, o, b)
		if err != nil {
			return err
		}
		q := query.New(tx)
		all, err := q.All(ctx, tx.Org, string(b))
		if err != nil {
			return err
		}
		var rows []Row
		for _, r := range all {
			rows = append(rows, row(r))
		}
		before := slices.Clone(rows)
		if err := fn(tx, held, rows); err != nil {
			return err
		}
		if err := bs.check(ctx, tx, who, o, rows); err != nil {
			return err
		}
		for i, r := range rows {
			if r == before[i] {
				continue
			}
			err := q.SetRow(ctx, query.SetRowParams{OrgID: tx.Org, BatchID: string(b), Position: int64(r.Position), Name: r.Name, Email: r.Email, EmailKey: candidate.AddressKey(r.Email), Zone: r.Zone,
				Guessed: r.Guessed, ByHand: r.ByHand, Verdict: string(r.Verdict), Why: r.Reason, FirstLine: int64(r.First), ApplicationID: string(r.Application)})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
