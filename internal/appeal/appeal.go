// Package appeal keeps the second look that a candidate may ask for after a no.
//
// Once for each decision, within Window of the reply, with their reason. Whoever looks a second time has had nothing to do with the work, could
// not have seen the first scores, and scores blind; the loaders of review refuse them everything else until their card is in. Then a person who
// decides the opening says whether the decision stands or is changed, with reasons, and the candidate is told in plain words, in their
// daytime. That is promised, by a day. Where nobody is there who could look, both sides read so, and somebody who decides may look themselves.
package appeal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/appeal/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
)

//go:embed schema/*.sql
var Schema embed.FS

// Window is how long after a no was told somebody may ask; Days within how many working days they are answered, and lookDays of them are for
// whoever looks.
const (
	Window   = 14 * 24 * time.Hour
	Days     = 10
	lookDays = 7
)

// What there is room for, in characters.
const (
	MaxReason = 2000
	MaxAnswer = 5000
)

// State of an appeal.
type State string

const (
	Open      State = "open"
	Upheld    State = "upheld"    // the decision stands
	Changed   State = "changed"   // they go on after all
	Withdrawn State = "withdrawn" // by the candidate, or because they were erased
)

// What is decided.
const (
	Uphold = "uphold"
	Change = "change"
)

// Appeal is one.
type Appeal struct {
	ID          string
	Application opening.ApplicationID
	Opening     opening.ID
	Attempt     string
	Decision    string
	State       State
	Reason      string // the candidate's; "" when it was erased
	Asked       time.Time
	Due         time.Time
	Draft       Draft  // of whoever decides; when it is decided, Draft.Answer is what the candidate reads
	Alone       bool   // decided without a second look, because nobody was there
	By          string // member
	Why         string // for the team, when it is decided
	Decided     time.Time
	Tell        time.Time // when the candidate hears
	Told        time.Time // zero: not yet
}

// Draft is an answer being written.
type Draft struct {
	Outcome string // Uphold, Change or "" while nothing is chosen
	Why     string // for the team
	Answer  string // for the candidate
	Saved   time.Time
}

var (
	// ErrMissing: nothing here for the asker.
	ErrMissing = problem.New(problem.Missing, "appeal_missing", "There is nothing here, or it is not yours to see.")
	// ErrNone: there is no decision that could be looked at again, or no appeal.
	ErrNone = problem.New(problem.Conflict, "appeal_none", "There is no second look here: it is for a no about work that people scored.")
	// ErrOnce: a decision is looked at again once.
	ErrOnce = problem.New(problem.Conflict, "appeal_once", "You asked for a second look at this decision already. It can be asked for once.")
	// ErrOver: the time to ask has passed.
	ErrOver = problem.New(problem.Conflict, "appeal_over", "The time to ask for a second look at this decision is over.")
	// ErrReading: somebody is still looking a second time.
	ErrReading = problem.New(problem.Conflict, "appeal_reading", "The second look is not finished. Wait for it: the answer rests on it.")
	// ErrClosed: it was answered, or taken back.
	ErrClosed = problem.New(problem.Conflict, "appeal_closed", "This was answered or taken back already. Nothing was changed; look at it again.")
	// ErrOutcome: neither uphold nor change.
	ErrOutcome = problem.New(problem.Invalid, "appeal_outcome", "Choose whether the decision stands.")
)

// Asked is announced when somebody asked for a second look, Told when they were answered.
const (
	Asked = job.Topic[Note]("appeal.asked")
	Told  = job.Topic[Note]("appeal.told")
)

// Note names an appeal.
type Note struct{ Org, Appeal, Application string }

// tellTask waits for the candidate's daytime.
const tellTask = job.Task[Note]("appeal.tell")

// Appeals keeps them.
type Appeals struct {
	DB        *db.DB
	Jobs      *job.Jobs
	Orgs      *org.Orgs
	Openings  *opening.Openings
	Promises  *promise.Promises
	Reviews   *review.Reviews
	Feedbacks *feedback.Feedbacks
}

// Listen wires the task that waits for the candidate's daytime.
func (as *Appeals) Listen() {
	job.Work(as.Jobs, tellTask, job.Mail, as.tell)
}

// whole is a row with its reason for the team.
func whole(ctx context.Context, tx db.Tx, r query.AppealRow, err error) (Appeal, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Appeal{}, ErrMissing
	}
	if err != nil {
		return Appeal{}, err
	}
	why, err := audit.ReasonText(ctx, tx, r.ReasonID)
	return Appeal{r.ID, opening.ApplicationID(r.ApplicationID), opening.ID(r.OpeningID), r.AttemptID, r.DecisionID, State(r.State), r.Reason, clock.Time(r.AskedAt), clock.Time(r.DueAt),
		Draft{r.Outcome, r.Why, r.Answer, clock.Time(r.SavedAt)}, r.Alone, r.ByMember, why, clock.Time(r.DecidedAt), clock.Time(r.TellAt), clock.Time(r.ToldAt)}, err
}

// In reads one without asking who may see it, for notify. ErrMissing.
func (as *Appeals) In(ctx context.Context, tx db.Tx, id string) (Appeal, error) {
	r, err := query.New(tx).Appeal(ctx, tx.Org, id)
	return whole(ctx, tx, r, err)
}

// Of are an application's, newest first; who may see them is the caller's loader's business.
func (as *Appeals) Of(ctx context.Context, tx db.Tx, a opening.ApplicationID) (out []Appeal, err error) {
	rows, err := query.New(tx).OfApplication(ctx, tx.Org, string(a))
	for _, r := range rows {
		x, err := whole(ctx, tx, query.AppealRow(r), nil)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, err
}

// system signs what no person does.
func system(o string) actor.Actor { return actor.ForSystem(o, "appeal") }
