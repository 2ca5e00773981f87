// Package integrity says what submitted work has in common with other work, as facts that people look at.
//
// Every submission is compared, item by item, with what others handed in for the same item of the same assessment (its older versions and other
// openings too), with the author's own solutions, and with leaked ones that the author supplies; starter code belongs to nobody. The package
// similar does it and says how many innocent pairs this alike are to be expected. That is a fact and never a verdict: nothing is decided, held
// back or sorted by it, and nobody who still has to score the work sees it.
//
// A person who may see the facts can open a case: a question to the candidate, with a named contact, at least five working days to answer,
// and a second person who never saw a score and decides. While it is open nothing is decided about the application, and the promise of a
// reply stands still while the candidate has the turn. A finding has a reason that the candidate reads and can be looked at again, once, by
// a third person. It is told to those who decide, and decides nothing by itself.
package integrity

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"time"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/integrity/internal/query"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/similar"
)

//go:embed schema/*.sql
var Schema embed.FS

// Most is how many submissions of an item are compared with each other, the newest ones.
const Most = 3000

// Compared is what is known of one item of a submission.
type Compared struct {
	Item   string
	Others int    // people whose work it was compared with
	Why    string // why there was not enough to compare; "" when there was
	At     time.Time
	Alike  []Likeness // the most surprising first
}

// Likeness is what a submission has in common with another one, or with a text of the author's.
type Likeness struct {
	Other     string          // the other attempt; "" for a source
	Source    string          // the name of a text of the author's: "accepted/go/fast", "leaked/python/a.py"
	Role      item.SourceRole // what it is: item.Solution or item.Leaked; "" for an attempt
	Code      review.Code     // what reviewers call the other by; "" while nobody reads it, and for a source
	Outcome   similar.Outcome
	Score     float64 // 0..1
	Expected  float64 // innocent pairs this alike expected among these people
	Share     float64 // how much of this one is in the other: 0..1, by weight
	OfOther   float64 // and of the other in this one
	Identical bool    // but for white space
	Regions   []similar.Region
	Explained bool // the candidate was asked about it and explained it: nothing stays
}

// ErrUnlike: there is no such likeness, not any more, or not yet for the asker.
var ErrUnlike = problem.New(problem.Conflict, "unlike", "These two are not more alike than innocent work can be, as far as you may know now. Everything is compared anew when something is sent: go back to the scorecard.")

// compare is the work of comparing an assessment's submissions anew.
const compare = job.Task[note]("integrity.compare")

type note struct{ Org, Assessment string }

// Integrity keeps what was found.
type Integrity struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Assessments *assessment.Assessments
	Orgs        *org.Orgs
	Candidates  *candidate.Candidates
	Promises    *promise.Promises
	Openings    *opening.Openings
	Attempts    *attempt.Attempts
	Reviews     *review.Reviews
}

// Listen registers the work.
func (in *Integrity) Listen() {
	job.Listen(in.Jobs, attempt.Submitted, "integrity.ask", job.Housekeeping, in.ask)
	job.Listen(in.Jobs, attempt.Accepted, "integrity.late", job.Housekeeping, in.ask)
	job.Listen(in.Jobs, assessment.Went, "integrity.sources", job.Housekeeping, in.sources)
	job.Work(in.Jobs, compare, job.Housekeeping, in.compare)
}

// ask has an assessment compared anew when something of it was submitted; many at once are one comparison.
func (in *Integrity) ask(ctx context.Context, n attempt.SubmittedNote) error {
	return in.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		a, err := query.New(tx).AssessmentOf(ctx, n.Org, n.Attempt)
		return in.enqueue(ctx, tx, a, err)
	})
}

// sources has it compared anew when a version was published: it may bring solutions that went round.
func (in *Integrity) sources(ctx context.Context, n assessment.WentNote) error {
	return in.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		a, err := query.New(tx).AssessmentOfVersion(ctx, n.Org, string(n.Version))
		return in.enqueue(ctx, tx, a, err)
	})
}

// enqueue has an assessment compared; no row for it says that there is nothing to compare, or not any more.
func (in *Integrity) enqueue(ctx context.Context, tx db.Tx, a string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return compare.Enqueue(ctx, in.Jobs, tx, note{tx.Org, a}, job.Unique(tx.Org+" "+a))
}
