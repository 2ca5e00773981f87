// Package feedback keeps what candidates receive: a reply that is tied to the published criteria, and the decision it comes with.
//
// A manager decides and writes the reply in one act. It reaches the candidate in their daytime on a working day; only then the
// decision has its consequences (the next invitation, or the end), the promise is kept and nothing can be taken back any more.
// Until then it can. Submitted work is never answered with a bare no.
package feedback

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback/internal/query"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
)

//go:embed schema/*.sql
var Schema embed.FS

// Line is what the reply says about one criterion.
type Line struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Level string `json:"level"` // in words, "Solid", or "between Partly and Solid"; "" leaves it out
	Text  string `json:"text"`
}

// Reply is what a candidate reads.
type Reply struct {
	ID          string
	Decision    string
	Application opening.ApplicationID
	Outcome     review.Outcome // Advance or Reject
	Final       bool           // after the last stage
	Body        string         // plain text in paragraphs
	Lines       []Line
	At          time.Time // when it is, or was, released
	Released    bool
	Next        opening.Next // how they are invited on, where they go on
}

// Draft is a decision being written.
type Draft struct {
	Outcome review.Outcome // "" while nothing is chosen
	Reason  string         // for the team
	Body    string
	Lines   []Line
	Saved   time.Time
	Next    opening.Next // how they are invited to the next stage, when they go on
}

// Released is announced when a reply was made visible; the mail goes out then.
const Released = job.Topic[ReleasedNote]("feedback.released")

// ReleasedNote names the reply.
type ReleasedNote struct{ Org, Feedback, Application string }

// releaseTask waits for the candidate's daytime.
const releaseTask = job.Task[ReleasedNote]("feedback.release")

// Pause is how long a decision waits when its maker wants time to take it back.
const Pause = 10 * time.Minute

// MaxBody is the longest reply in characters.
const MaxBody = 10_000

var (
	// ErrMissing: nothing here for the asker.
	ErrMissing = problem.New(problem.Missing, "feedback_missing", "There is nothing here, or it is not yours to see.")
	// ErrEmpty: submitted work is answered in words.
	ErrEmpty = problem.New(problem.Invalid, "feedback_empty", "This person finished the work and was promised a reply. Write what was strong and what was missing, in your own words or by criterion.")
)

// ErrOwed: feedback was promised to everybody, also to who goes on.
var ErrOwed = problem.New(problem.Conflict, "feedback_owed", "This person was promised feedback before they began, whatever is decided. Write what was strong and what was missing, in your own words or by criterion.")

// Feedbacks keeps them.
type Feedbacks struct {
	DB       *db.DB
	Jobs     *job.Jobs
	Orgs     *org.Orgs
	Openings *opening.Openings
	Promises *promise.Promises
	Reviews  *review.Reviews
}

// Listen wires the task that waits for the candidate's daytime.
func (fs *Feedbacks) Listen(j *job.Jobs) {
	job.Work(j, releaseTask, job.Mail, func(ctx context.Context, n ReleasedNote) error { return fs.release(ctx, n) })
}

func reply(r query.FeedbackRow) Reply {
	out := Reply{r.ID, r.DecisionID, opening.ApplicationID(r.ApplicationID), review.Outcome(r.Outcome), r.Final, r.Body, lines(r.Criteria), clock.Time(r.ReleaseAt), r.ReleasedAt > 0, opening.Next{By: clock.Time(r.NextBy), Note: r.NextNote}}
	if out.Released {
		out.At = clock.Time(r.ReleasedAt)
	}
	return out
}

func lines(raw string) []Line {
	var out []Line
	json.Unmarshal([]byte(raw), &out) // written by us; what cannot be read is no line
	return out
}

func pack(l []Line) string {
	if l == nil {
		l = []Line{}
	}
	b, _ := json.Marshal(l) // strings cannot fail
	return string(b)
}

// In reads one, for notify. ErrMissing.
func (fs *Feedbacks) In(ctx context.Context, tx db.Tx, id string) (Reply, error) {
	r, err := query.New(tx).Feedback(ctx, tx.Org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Reply{}, ErrMissing
	}
	return reply(r), err
}

// Of are an application's released replies, newest first; who may see them is the caller's loader's business.
func (fs *Feedbacks) Of(ctx context.Context, tx db.Tx, a opening.ApplicationID) ([]Reply, error) {
	rows, err := query.New(tx).Released(ctx, tx.Org, string(a))
	var out []Reply
	for _, r := range rows {
		out = append(out, reply(query.FeedbackRow(r)))
	}
	return out, err
}

// ForCandidate are the replies of the asking candidate's application, newest first. ErrMissing.
func (fs *Feedbacks) ForCandidate(ctx context.Context, who actor.Actor) ([]Reply, error) {
	if who.Kind != actor.Candidate {
		return nil, ErrMissing
	}
	var out []Reply
	err := fs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		inv, err := fs.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
		if err != nil {
			return err
		}
		if inv.Candidate != who.Subject {
			return ErrMissing
		}
		out, err = fs.Of(ctx, tx, inv.Application)
		return err
	})
	return out, err
}

// OfDecision is a decision's reply, released or not. ErrMissing.
func (fs *Feedbacks) OfDecision(ctx context.Context, tx db.Tx, decision string) (Reply, error) {
	r, err := query.New(tx).OfDecision(ctx, tx.Org, decision)
	if errors.Is(err, sql.ErrNoRows) {
		return Reply{}, ErrMissing
	}
	return reply(query.FeedbackRow(r)), err
}
