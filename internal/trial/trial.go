// Package trial is paid work for some days as a stage: a work trial.
//
// All of it is agreed on before: working days, hours, pay, what it is about, what is worked on and who hosts it. The candidate reads that, chooses the
// first day and accepts, or leaves it. With the acceptance the pay is owed, whatever comes of the work. The work is an attempt like any other, open until
// the last day is over; of each working day the candidate is asked what they did, what is next and what is in the way, as a part of that attempt, and
// the host answers. A day without an answer counts for nothing against anybody. Hours are what the candidate says they were. Either side can cancel
// with a reason: then what was done is paid, by hours or in full, as the terms say. At the end both sides evaluate, and neither reads the other's
// before both have filed or the day for it is over. Whoever hosts knows the person and never reads their work without the name.
package trial

import (
	"embed"
	"math"
	"strconv"
	"strings"
	"time"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/trial/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a trial's, PlanID a plan's.
type (
	ID     string
	PlanID string
)

const (
	// MostDays and MostHours are the most that a trial may take.
	MostDays, MostHours = 20, 160
	// MostScope and MostWords are how many characters people may write about the work, and at other places.
	MostScope, MostWords = 8000, 2000
	// Minutes is what a check-in takes.
	Minutes = 5
	// EvaluateDays are the working days in which both sides evaluate.
	EvaluateDays = 3
	// grace is how long after the last moment of a trial it still waits for the work to be closed.
	grace = 5 * time.Minute
)

// Terms are what both sides agree on.
type Terms struct {
	Title   string
	Scope   string // Markdown
	Version assessment.VersionID
	Host    org.MemberID
	Days    int // working days
	Hours   int // in all
	Money   payment.Money
	PayDays int  // working days after the end
	Whole   bool // in full when it is cancelled after it began, else by the hours that were done
}

// Plan is the terms of a stage.
type Plan struct {
	ID PlanID
	Terms
}

// Trial is one, with one person.
type Trial struct {
	ID          ID
	Plan        PlanID
	Application opening.ApplicationID
	Opening     opening.ID
	Stage       opening.StageID
	Invitation  opening.InvitationID
	Attempt     attempt.ID // "" until it is accepted
	Host        org.MemberID
	State       State
	Zone        string    // the candidate's, of its days
	Starts      time.Time // zero until it is accepted
	Ends        time.Time // the last moment of the last day
	Offered     time.Time
	Answered    time.Time
	Ended       time.Time
	EvaluateBy  time.Time // of a cancelled one: until when hours can be reported, zero where they do not matter
	By          Cause
	Reason      string
	Paid        int64 // minor units that are owed of a cancelled one; -1: its hours are not counted yet
}

// Reports says whether hours can still be reported.
func (t Trial) Reports() bool {
	return t.State == Running || t.State == Over || t.State == CalledOff && t.Paid < 0
}

// Day is a working day of a trial.
type Day struct {
	N       int
	Starts  time.Time // midnight in the candidate's zone
	By      time.Time // until when its check-in can be sent
	Asked   time.Time // zero: not yet
	Minutes int       // that were worked, as the candidate says; -1: they said nothing
	Sent    time.Time // the check-in; zero: not yet, or never
	Reply   string    // of the host
	Replier org.MemberID
	Replied time.Time
	// What came of it.
	Part    assessment.Part // with one item
	Sitting attempt.Sitting
	Body    []byte // the answer that counts; nil: none
}

// Topics.
const (
	Accepted  = job.Topic[Note]("trial.accepted")
	Declined  = job.Topic[Note]("trial.declined")
	Asked     = job.Topic[Note]("trial.asked")   // a day's check-in
	CheckedIn = job.Topic[Note]("trial.checked") // a day's check-in came
	Replied   = job.Topic[Note]("trial.replied")
	Replaced  = job.Topic[Note]("trial.replaced")
	Cancelled = job.Topic[Note]("trial.cancelled")
	Ended     = job.Topic[Note]("trial.ended")
	Evaluated = job.Topic[Note]("trial.evaluated")
)

// Note names a trial; N is its day, 0 where it is about all of it.
type Note struct {
	Org, Trial, Application string
	N                       int
	At                      int64 // milliseconds
}

var (
	// ErrMissing: no such trial for the asker.
	ErrMissing = problem.New(problem.Missing, "trial_missing", "There is nothing here, or it is not yours to see.")
	// ErrRole: somebody else's to do.
	ErrRole = problem.New(problem.Forbidden, "trial_role", "The host of this trial does that, and whoever runs the opening can name another host.")
	// ErrMoved: somebody was faster.
	ErrMoved = problem.New(problem.Conflict, "trial_moved", "This trial has moved on meanwhile. Nothing was changed; look at it again.")
	// ErrOver: the time to answer an offer is over.
	ErrOver = problem.New(problem.Conflict, "trial_over", "The time to answer is over. Write to us if you still want to do it.")
	// ErrFiled: an evaluation stays as it was sent.
	ErrFiled = problem.New(problem.Conflict, "trial_filed", "This evaluation is sent already and stays as it is.")
	// ErrNotYet: nobody evaluates before the end.
	ErrNotYet = problem.New(problem.Conflict, "trial_not_yet", "The trial goes on. Both sides evaluate when it is over.")
)

// Trials keeps them.
type Trials struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Orgs        *org.Orgs
	Assessments *assessment.Assessments
	Candidates  *candidate.Candidates
	Promises    *promise.Promises
	Openings    *opening.Openings
	Attempts    *attempt.Attempts
	Reviews     *review.Reviews
	Payments    *payment.Payments
}

// Listen registers what a trial waits for.
func (ts *Trials) Listen() {
	job.Listen(ts.Jobs, attempt.PartSent, "trial.checked", job.Housekeeping, ts.sent)
	job.Listen(ts.Jobs, attempt.Submitted, "trial.ended", job.Housekeeping, ts.submitted)
}

func of(r query.ByIDRow) Trial {
	return Trial{ID: ID(r.ID), Plan: PlanID(r.PlanID), Application: opening.ApplicationID(r.ApplicationID), Opening: opening.ID(r.OpeningID), Stage: opening.StageID(r.StageID),
		Invitation: opening.InvitationID(r.InvitationID), Attempt: attempt.ID(r.AttemptID), Host: r.HostID, State: State(r.State), Zone: r.Zone, Starts: clock.Time(r.StartsAt), Ends: clock.Time(r.EndsAt),
		Offered: clock.Time(r.OfferedAt), Answered: clock.Time(r.AnsweredAt), Ended: clock.Time(r.EndedAt), EvaluateBy: clock.Time(r.EvaluateBy), By: Cause(r.CancelledBy), Reason: r.Reason, Paid: r.PaidMinor}
}

func dayOf(r query.DaysRow) Day {
	return Day{N: int(r.N), Starts: clock.Time(r.StartsAt), By: clock.Time(r.ByAt), Asked: clock.Time(r.AskedAt), Minutes: int(r.Minutes), Sent: clock.Time(r.SentAt), Reply: r.Reply, Replier: r.ReplyBy,
		Replied: clock.Time(r.RepliedAt)}
}

// note is what an announcement says.
func (t Trial) note(o string, n int, at time.Time) Note {
	return Note{o, string(t.ID), string(t.Application), n, clock.Milli(at)}
}

// Location is the zone of a trial's days.
func (t Trial) Location() *time.Location {
	if zone, err := time.LoadLocation(t.Zone); err == nil {
		return zone
	}
	return time.UTC
}

// Worked are the minutes of some days that the candidate says they worked.
func Worked(days []Day) (minutes int) {
	for _, d := range days {
		minutes += max(0, d.Minutes)
	}
	return minutes
}

// Earned is what is paid for so many minutes of work under these terms, in minor units: begun hours count as whole ones, begun minor units too, and it is
// never more than was agreed.
func (t Terms) Earned(minutes int) int64 {
	hours := int64((minutes + 59) / 60)
	return min(t.Money.Minor, (t.Money.Minor*hours+int64(t.Hours)-1)/int64(t.Hours))
}

// ReadHours reads hours as people type them, "6", "6.5" or "6,25", as minutes. ErrInvalid on hours.
func ReadHours(s string) (minutes int, err error) {
	h, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(s), ",", "."), 64)
	if err != nil || !(h >= 0 && h <= 24) {
		return 0, errHours
	}
	return int(math.Round(h * 60)), nil
}

var errHours = problem.Field("hours", "Write hours from 0 to 24, such as 6 or 6.5.")
