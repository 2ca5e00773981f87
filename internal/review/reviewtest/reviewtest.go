// Package reviewtest makes an opening with reviewers, a manager and submitted work, by the same methods the pages call, for the
// tests of review and of what comes after it.
package reviewtest

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"testing"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/review"
)

// Schemas are those that a World needs, in order.
var Schemas = append(slices.Clone(attempttest.Schemas), fs.FS(review.Schema))

// World is attempttest's with reviews wired and a team: Mina and Jun review, Rosa decides, Kit decides and reviews.
type World struct {
	*attempttest.World
	Reviews              *review.Reviews
	Mina, Jun, Kit, Rosa actor.Actor
}

// Make makes a World on a migrated database. Kit is no reviewer before a test says so.
func Make(t testing.TB, d *db.DB, tick *dbtest.Clock) *World {
	t.Helper()
	base := attempttest.Make(t, d, tick)
	w := &World{World: base}
	w.Reviews = &review.Reviews{DB: d, Jobs: base.Jobs, Orgs: base.Orgs, Openings: base.Openings, Promises: base.Promises,
		Assessments: base.Assessments, Attempts: base.Attempts}
	base.Openings.Blind, base.Openings.Hidden, base.Openings.Reads = w.Reviews.Blind, w.Reviews.Hidden, w.Reviews.Reads
	base.Attempts.Finished = w.Reviews.Finished
	job.Listen(base.Jobs, attempt.Submitted, "review.assign", job.Housekeeping, w.Reviews.Assign)
	job.Listen(base.Jobs, review.RubricChanged, "review.rescore", job.Housekeeping, w.Reviews.Rescore)
	w.Mina = base.Member("Mina Kovač", "mina@tideway.example", []string{"reviewer"}, opening.Reviewer)
	w.Jun = base.Member("Jun Li", "jun@tideway.example", []string{"reviewer"}, opening.Reviewer)
	w.Rosa = base.Member("Rosa Lindqvist", "rosa@tideway.example", []string{"reviewer"}, opening.Manager)
	w.Kit = base.Member("Kit Anders", "kit@tideway.example", []string{"reviewer"}, opening.Manager)
	return w
}

// Drain runs every job that is due.
func (w *World) Drain() {
	w.T.Helper()
	if err := w.Jobs.Drain(context.Background()); err != nil {
		w.T.Fatal(err)
	}
}

// Submitted takes a candidate through the assessment and gives the round.
func (w *World) Submitted(name, email string) review.Round {
	w.T.Helper()
	_, a := w.Submit(name, email)
	w.Drain()
	return w.Round(string(a.ID))
}

// Round reads an attempt's.
func (w *World) Round(a string) review.Round {
	w.T.Helper()
	var n review.Round
	err := w.DB.Read(context.Background(), w.Org.ID, func(tx db.Tx) (err error) {
		n, err = w.Reviews.RoundOf(context.Background(), tx, a)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return n
}

// Card rates both criteria of attempttest.Tree.
func Card(clear, right int) review.Card {
	return review.Card{Private: "private-canary", Shareable: "You kept to what you knew.", Ratings: map[string]review.Rating{
		"clear": {Level: clear, Note: fmt.Sprintf("clear at level %d", clear), Evidence: []review.Place{{Item: "tell-us"}}}, "right": {Level: right}}}
}

// File files a card.
func (w *World) File(who actor.Actor, n review.Round, c review.Card) {
	w.T.Helper()
	if err := w.Reviews.File(context.Background(), who, n.Code, c); err != nil {
		w.T.Fatal(err)
	}
}

// Crowd puts rounds and reviews beside one real submission: size applications, each with a review of each reader, filed and closed in
// every second. Rows only, for plans, counts and timings; what the methods promise is tested with real submissions.
func Crowd(t testing.TB, d *db.DB, org string, n review.Round, size int, readers ...string) {
	t.Helper()
	ctx := context.Background()
	err := d.Write(ctx, org, func(tx db.Tx) error {
		do := func(q string, args ...any) error {
			_, err := tx.Exec(ctx, q, args...)
			return err
		}
		var candidate, stage string
		if err := tx.QueryRowContext(ctx, `SELECT candidate_id, stage_id FROM applications WHERE org_id = $1 AND id = $2`, tx.Org, string(n.Application)).Scan(&candidate, &stage); err != nil {
			return err
		}
		for i := range size {
			id := fmt.Sprintf("%08d", i)
			if err := do(`INSERT INTO candidates (org_id, id, name, email, name_key, family_key, email_key, zone, created_at, erased_at) VALUES ($1, $2, $3, $4, $5, $5, $4, '', 1, 0)`,
				tx.Org, "cnd_"+id, "Person "+id, id+"@mail.example", "person "+id); err != nil {
				return err
			}
			if err := do(`INSERT INTO applications (org_id, id, opening_id, candidate_id, stage_id, status, created_at, moved_at) VALUES ($1, $2, $3, $4, $5, 'active', 1, 1)`,
				tx.Org, "app_"+id, string(n.Opening), "cnd_"+id, stage); err != nil {
				return err
			}
			closed := int64(0)
			if i%2 == 0 {
				closed = int64(i + 1)
			}
			if err := do(`INSERT INTO review_rounds (org_id, attempt_id, application_id, opening_id, stage_id, version_id, code, wanted, submitted_at, due_at, touched_at, closed_at, decided_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 2, 1, $8, 1, $9, $10)`, tx.Org, "att_"+id, "app_"+id, string(n.Opening), stage, string(n.Version), "X"+id, int64(i/100), closed, closed*int64(i%20/2)); err != nil {
				return err
			}
			state := "assigned"
			if closed > 0 {
				state = "filed"
			}
			for _, m := range readers {
				if err := do(`INSERT INTO reviews (org_id, id, attempt_id, application_id, member_id, state, shuffle, due_at, assigned_at, saved_at, filed_at, seconds, private_note, shareable)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, 0, 0, '', '')`, tx.Org, "rev_"+id+m, "att_"+id, "app_"+id, m, state, int64(i*7919%1000), int64(i/100)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
