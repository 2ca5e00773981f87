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
	base.Openings.Blind = w.Reviews.Blind
	job.Listen(base.Jobs, attempt.Submitted, "review.assign", job.Housekeeping, w.Reviews.Assign)
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
