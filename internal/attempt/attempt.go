// Package attempt is one candidate's run of one assessment version: a sitting per part, each with its own clock and ledger.
//
// Time starts with the candidate's press and is decided here, by the deciding clock. Saves are never refused: past the hard end
// they are kept as late, from a device that lost the takeover as branches. What was last saved on time is the submission when
// time ends, whether or not anybody pressed anything. Every change of time is a line of the ledger, and a running clock is never
// shortened. Reviewers never see times.
package attempt

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/load"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/response"
	"candor/internal/run"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is an attempt's, SittingID a sitting's.
type (
	ID        string
	SittingID string
)

// Attempts keeps them.
type Attempts struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Orgs        *org.Orgs
	Assessments *assessment.Assessments
	Openings    *opening.Openings
	Candidates  *candidate.Candidates
	Promises    *promise.Promises
	Runs        *run.Runs
	Outages     *Outages    // nil where nobody answers candidates
	Load        *load.Gauge // nil is calm
	Written     item.Kind   // how questions about their own work are answered
	// Turns are the parts in which the person of an attempt answers what is asked beside its version: an interview about what they sent, and the days
	// of a work trial; interview and trial know. nil: nobody asks.
	Turns func(ctx context.Context, tx db.Tx, a Attempt) ([]assessment.Part, error)
	// Finished says whether somebody sent a scorecard about an attempt, and holds that until the transaction ends; review knows. nil: nobody reads.
	Finished func(ctx context.Context, tx db.Tx, a ID) (bool, error)

	bodies response.Bodies

	// brokenGuard switches the guarded write of saves off; only TestBroken_ sets it.
	brokenGuard bool
}

// Attempt is one.
type Attempt struct {
	ID          ID
	Application opening.ApplicationID
	Invitation  opening.InvitationID
	Candidate   candidate.ID
	Version     assessment.VersionID
	State       string // open, submitted, withdrawn, voided
	Seed        string // shuffles what is shuffled
	Submission  string
	Receipt     string // of the whole, hex; "" until submitted
	Created     time.Time
	Submitted   time.Time
	Questions   int       // about their own work, as announced to the person; 0 is none
	Asked       time.Time // when they were asked
	Diary       bool      // it is asked about day by day
}

// Sitting is one run of a part.
type Sitting struct {
	ID       SittingID
	Attempt  ID
	Part     string
	Epoch    int
	State    State
	By       Cause // "" until ended
	Clock    Clock
	SavedAt  time.Time
	Takeover int64
	Editor   string // the session that edits
	Finished time.Time
	Receipt  string
	Broken   time.Duration // breaks that were taken and are over
}

// End is the entitled end as candidates read it; zero for a timed part that is not started.
func (s Sitting) End() time.Time { return s.Clock.Entitled() }

// PartSent is announced when a part ended, Submitted when the last one did, Accepted when a late answer took the place of one; Asked when
// a candidate asked for something in words, Answered when somebody settled it.
const (
	Asked     = job.Topic[WishNote]("attempt.asked")
	Answered  = job.Topic[WishNote]("attempt.answered")
	PartSent  = job.Topic[PartNote]("attempt.part_sent")
	Submitted = job.Topic[SubmittedNote]("attempt.submitted")
	Accepted  = job.Topic[SubmittedNote]("attempt.late_accepted")
)

// PartNote names a sitting.
type PartNote struct{ Org, Attempt, Sitting string }

// WishNote names who asked, and when.
type WishNote struct {
	Org, Candidate string
	At             int64 // milliseconds
}

// SubmittedNote names a submission.
type SubmittedNote struct{ Org, Attempt, Application, Submission string }

var (
	// ErrMissing: not the asker's.
	ErrMissing = problem.New(problem.Missing, "attempt_missing", "There is nothing here, or it is not yours to see.")
	// ErrWindow: the time in which a part could be started is over.
	ErrWindow = problem.New(problem.Conflict, "part_not_open", "The time to start this part is over. Ask for more time, and we will look at it.")
	// ErrEnded: the part was sent, by the candidate or by time.
	ErrEnded = problem.New(problem.Conflict, "part_ended", "This part is sent. You can still add a note to it.")
	// ErrNotStarted: nothing runs yet.
	ErrNotStarted = problem.New(problem.Conflict, "part_not_started", "This part is not started yet. Nothing runs until you press start.")
	// ErrOnce: the press was used.
	ErrOnce = problem.New(problem.Conflict, "failure_once", "You have had this for this part already. Ask for more time and say what happened; a person answers.")
	// ErrUnsure: this node does not know the time well enough to start a clock.
	ErrUnsure = problem.New(problem.Unavailable, "clock_unsure",
		"We cannot tell the time exactly right now, and your time must not begin wrong. Nothing has started. Please press start again in a moment.").With("retry_after", "5")
	// ErrUntimed: there is no clock to add to.
	ErrUntimed = problem.New(problem.Conflict, "part_untimed", "This part has no clock, so nothing was lost. Ask for a later date if you need one.")
)

func fromAttempt(r query.AttemptRow) Attempt {
	return Attempt{ID(r.ID), opening.ApplicationID(r.ApplicationID), opening.InvitationID(r.InvitationID), candidate.ID(r.CandidateID), assessment.VersionID(r.VersionID),
		r.State, r.Seed, r.SubmissionID, r.Receipt, clock.Time(r.CreatedAt), clock.Time(r.SubmittedAt), int(r.Questions), clock.Time(r.AskedAt), r.Diary}
}

func fromSitting(r query.SittingRow) Sitting {
	return Sitting{ID: SittingID(r.ID), Attempt: ID(r.AttemptID), Part: r.Part, Epoch: int(r.Epoch), State: State(r.State), By: Cause(r.EndedBy),
		Clock: Clock{Timed: seconds(r.TimedSeconds), Factor: int(r.FactorPermille), Started: clock.Time(r.StartedAt), FinishBy: clock.Time(r.FinishBy), Added: seconds(r.AddedSeconds),
			Paused: clock.Time(r.PausedAt), Break: seconds(r.BreakSeconds)},
		SavedAt: clock.Time(r.SavedAt), Takeover: r.Takeover, Editor: r.Editor, Finished: clock.Time(r.FinishedAt), Receipt: r.Receipt, Broken: seconds(r.BreakUsed)}
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// In reads an attempt. ErrMissing.
func (as *Attempts) In(ctx context.Context, tx db.Tx, a ID) (Attempt, error) {
	r, err := query.New(tx).Attempt(ctx, tx.Org, string(a))
	if errors.Is(err, sql.ErrNoRows) {
		return Attempt{}, ErrMissing
	}
	return fromAttempt(r), err
}

// ofInvitation reads the attempt of the asking candidate. ErrMissing.
func (as *Attempts) ofInvitation(ctx context.Context, tx db.Tx, who actor.Actor) (Attempt, error) {
	if who.Kind != actor.Candidate {
		return Attempt{}, ErrMissing
	}
	r, err := query.New(tx).AttemptOf(ctx, tx.Org, who.ID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && r.CandidateID != who.Subject {
		return Attempt{}, ErrMissing
	}
	return fromAttempt(query.AttemptRow(r)), err
}

// Of are an application's attempts, newest first; who may see them is the caller's loader's business.
func (as *Attempts) Of(ctx context.Context, tx db.Tx, app opening.ApplicationID) ([]Attempt, error) {
	rows, err := query.New(tx).AttemptsOf(ctx, tx.Org, string(app))
	var out []Attempt
	for _, r := range rows {
		out = append(out, fromAttempt(query.AttemptRow(r)))
	}
	return out, err
}

// Sittings are an attempt's: of each part the newest epoch.
func (as *Attempts) Sittings(ctx context.Context, tx db.Tx, a ID) (map[string]Sitting, error) {
	rows, err := query.New(tx).Sittings(ctx, tx.Org, string(a))
	out := map[string]Sitting{}
	for _, r := range rows {
		out[r.Part] = fromSitting(query.SittingRow(r)) // in order of epochs
	}
	return out, err
}

// Pressed says that the candidate's own press sent the last part, and not time or staff.
func (as *Attempts) Pressed(ctx context.Context, tx db.Tx, a ID) (bool, error) {
	all, err := as.Sittings(ctx, tx, a)
	var last Sitting
	for _, s := range all {
		if last.ID == "" || s.Finished.After(last.Finished) {
			last = s
		}
	}
	return last.By == ByCandidate, err
}

func (as *Attempts) sitting(ctx context.Context, tx db.Tx, s SittingID) (Sitting, error) {
	r, err := query.New(tx).Sitting(ctx, tx.Org, string(s))
	if errors.Is(err, sql.ErrNoRows) {
		return Sitting{}, ErrMissing
	}
	return fromSitting(r), err
}

// Begin is the candidate's press on start: from now on time runs. Pressing again changes nothing. ErrMissing, ErrWindow, ErrEnded, ErrUnsure.
func (as *Attempts) Begin(ctx context.Context, who actor.Actor, part string) (Sitting, error) {
	var out Sitting
	p, err := as.prepare(ctx, who, part)
	if err != nil {
		return out, err
	}
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		all, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		s, ok := all[part]
		if !ok || a.State != "open" && a.State != "submitted" {
			return ErrMissing
		}
		adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
		if err != nil {
			return err
		}
		if s.State == Ready && as.DB.Clock.Unsure() > clock.Sure {
			return ErrUnsure
		}
		now := as.DB.Now()
		by := now
		if adjusted.Waits() {
			by = time.Time{} // a part that is not started waits for the answer
		}
		s.Clock.Started, s.Clock.Factor = now, max(adjusted.Factor, s.Clock.Factor)
		n, err := query.New(tx).Begin(ctx, query.BeginParams{Now: clock.Milli(now), By: clock.Milli(by), Factor: int64(s.Clock.Factor), Entitled: clock.Milli(s.Clock.Entitled()),
			Hard: clock.Milli(s.Clock.Hard()), Editor: who.Session, OrgID: tx.Org, ID: string(s.ID)})
		if err != nil {
			return err
		}
		if out, err = as.sitting(ctx, tx, s.ID); err != nil {
			return err
		}
		switch {
		case n == 1:
			if err := as.host(ctx, tx, a, p, s.ID); err != nil {
				return err
			}
			if err := as.write(ctx, tx, who, s.ID, "start", "", int64(s.Clock.Length()/time.Second), ""); err != nil {
				return err
			}
			return audit.Record(ctx, tx, now, who, "part.start", string(s.ID), audit.Facts{"part": part, "end": fmt.Sprint(clock.Milli(out.End()))})
		case out.State == Running || out.State == Paused:
			return nil
		case out.State == Ended:
			return ErrEnded
		}
		return ErrWindow
	})
	return out, err
}

// write adds a line to a sitting's ledger; key makes it once where that matters.
func (as *Attempts) write(ctx context.Context, tx db.Tx, who actor.Actor, s SittingID, kind, key string, secs int64, reason string) error {
	now := as.DB.Now()
	line := id.New("led", now)
	if key == "" {
		key = line
	}
	n, err := query.New(tx).AddLedger(ctx, query.AddLedgerParams{OrgID: tx.Org, ID: line, SittingID: string(s), Kind: kind, Key: key, Seconds: secs,
		At: clock.Milli(now), ActorKind: string(who.Kind), ActorID: who.ID, ReasonID: reason})
	if err == nil && n == 0 {
		return ErrOnce
	}
	return err
}

// Takeover is the press "work here": the newest one edits, the other device becomes read-only. ErrMissing.
func (as *Attempts) TakeOver(ctx context.Context, who actor.Actor, part string) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		all, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		s, ok := all[part]
		if !ok {
			return ErrMissing
		}
		n, err := query.New(tx).TakeOver(ctx, who.Session, tx.Org, string(s.ID))
		if err != nil || n == 0 {
			return err
		}
		return as.write(ctx, tx, who, s.ID, "takeover", "", 0, "")
	})
}

// items are the keys of a part's items.
func items(p assessment.Part) []string {
	var out []string
	for _, i := range p.Items {
		out = append(out, i.Key)
	}
	return out
}

func has(p assessment.Part, key string) bool { return slices.Contains(items(p), key) }
