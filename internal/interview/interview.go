// Package interview is a talk about somebody's work in turns: a member asks, the candidate answers when they can, the member asks back.
//
// Whose turn it is, and by when, both sides see. The candidate's turn is a part of their attempt, so it is saved, sent, kept when late, given time
// and erased like all their work; it has days and no running clock. Ours is a promise: the next question is owed by the end of a working day, and
// a member who is silent past it has broken it, which the candidate reads. Whoever runs the opening can then put somebody else in their place. It
// ends after the agreed number of questions, or when whoever asks has asked enough, never while the candidate has the turn; then the readers of
// the work get all of it, without names. Whoever asks knows the candidate's name only where they would know it anyway.
package interview

import (
	"context"
	"embed"
	"time"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview/internal/query"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/upload"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is an interview's. Code is what people know it by, unique in the organisation; it stands in addresses, for ids tell time.
type (
	ID   string
	Code string
)

const (
	// MaxRounds is how many questions may be agreed on.
	MaxRounds = 6
	// MaxText is how many characters a question may have.
	MaxText = 4000
	// MaxLines is how many lines of their work a question may show.
	MaxLines = 60
	// Minutes is what is advertised for an answer.
	Minutes = 10
)

// Agreed is what both sides know of an interview from its beginning.
type Agreed struct {
	Member     org.MemberID // who asks
	Rounds     int          // questions, at most; 1 to MaxRounds
	AnswerDays int          // the candidate's days for each; 1 to 30
	AskDays    int          // our working days for each; 1 to 10
}

// Interview is one.
type Interview struct {
	ID          ID
	Code        Code
	Attempt     attempt.ID
	Application opening.ApplicationID
	Opening     opening.ID
	Agreed
	Item, Anchor string // the place of the work that it was opened at; "" is none
	State        State
	Turn         int       // how many questions were asked
	Since        time.Time // since when whoever has the turn has it
	Due          time.Time // by when they are to act
	Opened       time.Time
	Closed       time.Time
	By           Cause
}

// Late says whether we owe a question whose day is over.
func (v Interview) Late(now time.Time) bool { return v.State == Ours && now.After(v.Due) }

// Planned says whether it was agreed on before the work was sent, as a stage: the reply to it then waits for the whole interview.
func (v Interview) Planned(sent time.Time) bool { return !v.Opened.After(sent) }

// Question is what a member asks.
type Question struct {
	Text     string
	Kind     string // of item, in which it is answered
	Item     string // the task of theirs that it is about; "" is none
	Anchor   string // a place of its answer, as the item's kind writes it; "" is none
	File     string // with From and To, lines of the answer that the question shows
	From, To int    // 1-based
	// Recording is the upload in which it is said aloud too: "" where nobody chose, None for none; Said is what is said in it, with times or without, or as a
	// WebVTT file.
	Recording upload.ID
	Said      string
}

// Turn is a question with its answer.
type Turn struct {
	N      int
	Member org.MemberID
	Name   string // who asked, "" when they are not there any more
	Question
	Label string        // what Anchor is called, where the question shows no lines
	Code  string        // the lines, or what is said at Anchor
	Aloud upload.Spoken // zero: it was asked in its text alone
	Asked time.Time
	// What came of it.
	Part     assessment.Part // with one item
	Sitting  attempt.Sitting
	Answered time.Time    // when it was sent, or its time was over; zero: not yet
	Body     []byte       // the answer that counts; nil: none
	Done     []item.Event // what was done for it, newest first
}

// Handover says that somebody else asks from now on.
type Handover struct {
	Turn     int // after how many questions
	Was, Now string
	Late     bool // the next question was overdue
	At       time.Time
}

// Topics.
const (
	// Begun is announced when the first question is owed.
	Begun = job.Topic[Note]("interview.begun")
	// Asked is announced with each question.
	Asked = job.Topic[Note]("interview.asked")
	// Answered is announced when the turn is ours again.
	Answered = job.Topic[Note]("interview.answered")
	// Replaced is announced when somebody else asks.
	Replaced = job.Topic[Note]("interview.replaced")
	// Ended is announced when nothing more is asked.
	Ended = job.Topic[Note]("interview.ended")
)

// Note names an interview; Turn is how many questions were asked then, At when, in milliseconds.
type Note struct {
	Org, Interview, Attempt, Application string
	Turn                                 int
	At                                   int64
}

var (
	// ErrMissing: no such interview for the asker.
	ErrMissing = problem.New(problem.Missing, "interview_missing", "There is nothing here, or it is not yours to see.")
	// ErrRole: somebody else's to do.
	ErrRole = problem.New(problem.Forbidden, "interview_role", "Whoever was named for this interview asks, and whoever runs the opening can name somebody else.")
	// ErrThere: there is one about this work.
	ErrThere = problem.New(problem.Conflict, "interview_there", "There is an interview about this work already. Go on with that one.")
	// ErrNoWork: nothing was sent that it could be about.
	ErrNoWork = problem.New(problem.Conflict, "interview_no_work", "The candidate has not sent anything yet, or has left. An interview is about something that was sent.")
	// ErrTheirs: the candidate has the turn.
	ErrTheirs = problem.New(problem.Conflict, "interview_theirs", "The candidate has the turn, so nothing was sent. What you wrote stands below.")
	// ErrClosed: it is over.
	ErrClosed = problem.New(problem.Conflict, "interview_closed", "This interview is over. Nothing more can be asked in it.")
	// ErrMoved: somebody else changed it first.
	ErrMoved = problem.New(problem.Conflict, "interview_moved", "Somebody was faster: this interview has moved on. Nothing was changed; look at it again.")
)

// Interviews keeps them.
type Interviews struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Orgs        *org.Orgs
	Assessments *assessment.Assessments
	Candidates  *candidate.Candidates
	Promises    *promise.Promises
	Openings    *opening.Openings
	Attempts    *attempt.Attempts
	Kinds       item.Kinds      // those that are [item.Turner]s are ways to answer
	Uploads     *upload.Uploads // nil: nothing is said aloud
}

// Listen registers what an interview waits for.
func (is *Interviews) Listen() {
	job.Listen(is.Jobs, attempt.PartSent, "interview.answered", job.Housekeeping, is.sent)
	job.Listen(is.Jobs, attempt.Submitted, "interview.begin", job.Housekeeping, is.submitted)
}

func of(r query.ByCodeRow) Interview {
	return Interview{ID: ID(r.ID), Code: Code(r.Code), Attempt: attempt.ID(r.AttemptID), Application: opening.ApplicationID(r.ApplicationID), Opening: opening.ID(r.OpeningID),
		Agreed: Agreed{r.MemberID, int(r.Rounds), int(r.AnswerDays), int(r.AskDays)}, Item: r.Item, Anchor: r.Anchor, State: State(r.State), Turn: int(r.Turn),
		Since: clock.Time(r.Since), Due: clock.Time(r.DueAt), Opened: clock.Time(r.OpenedAt), Closed: clock.Time(r.ClosedAt), By: Cause(r.ClosedBy)}
}

// check says what cannot be agreed on. ErrInvalid.
func (a Agreed) check() error {
	switch {
	case a.Rounds < 1 || a.Rounds > MaxRounds:
		return problem.Field("rounds", "Agree on 1 to 6 questions.")
	case a.AnswerDays < 1 || a.AnswerDays > 30:
		return problem.Field("answer_days", "Give candidates 1 to 30 days for an answer.")
	case a.AskDays < 1 || a.AskDays > 10:
		return problem.Field("ask_days", "Ask within 1 to 10 working days.")
	}
	return nil
}

// note is what an announcement says.
func (v Interview) note(o string, at time.Time) Note {
	return Note{o, string(v.ID), string(v.Attempt), string(v.Application), v.Turn, clock.Milli(at)}
}

// zone is the organisation's.
func (is *Interviews) zone(ctx context.Context, tx db.Tx) (*time.Location, error) {
	o, err := is.Orgs.In(ctx, tx)
	if err != nil {
		return nil, err
	}
	return o.Location(), nil
}
