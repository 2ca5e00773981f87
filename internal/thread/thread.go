// Package thread is the conversation of an application between its candidate and the team, beside and apart from what is scored.
//
// The candidate writes before the start and while they work; it changes no clock. The opening's contact, and whoever runs the opening, answer
// under their own names. Whoever scores or only watches reads what was said about a task without names and times, while they are blind under the
// code; what is about no task (dates, adjustments, illness) stays with those who answer. A note of what the candidate assumed is kept with its
// task, and nobody has to answer it. An answer can go to everybody who works on the task, in words that name nobody: see [Notice]. Nobody sees who types or has read.
package thread

import (
	"context"
	"embed"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/upload"
)

//go:embed schema/*.sql
var Schema embed.FS

const (
	// Max is how many characters a message may have.
	Max = 10_000
	// MostADay is how many messages a candidate may send in a day.
	MostADay = 100
	// AnswerDays is by how many working days an answer is promised.
	AnswerDays = 2
)

// Message is one of a conversation, as one asker reads it.
type Message struct {
	ID      string
	Member  org.MemberID // who of the team wrote; "" is the candidate
	Name    string       // theirs; "" is the candidate, or somebody who is not there any more
	Assumed bool         // a note of what the candidate took for granted
	Version string       // the task that it is about, with Item; "" is none
	Item    string
	Notice  string // the answer to everybody that came with it; "" none
	Body    string
	Files   []File
	At      time.Time // zero for whoever must not know
}

// Draft is what somebody has written and not sent.
type Draft struct {
	Text string
	At   time.Time
}

// Thread is a conversation as one asker reads it.
type Thread struct {
	App      opening.Application
	Contact  org.Member // ID "": nobody who is there
	Scores   bool       // the contact is among those who may score the work
	Messages []Message  // oldest first, the newest 500
	Waits    time.Time  // since when the candidate waits for an answer; zero: they do not
	Due      time.Time  // the end of the working day by which they were told to have it, in the organisation's zone
	Unread   bool       // the team has written since the candidate looked; only for the candidate
	Answers  bool       // the asker may write to the candidate
	Drafts   []Draft    // the asker's own, newest first
	Files    []File     // what the asker has attached and not sent
}

// Notice is an answer to everybody who works on a task, in words that name nobody.
type Notice struct {
	ID, Item         string
	Question, Answer string
	At               time.Time
}

// Words are what a candidate sends.
type Words struct {
	Item    string // the task of theirs that it is about; "" is none
	Assumed bool   // a note; it needs a task that they are working on
	Body    string
}

// Topics.
const (
	// Asked is announced when a candidate begins to wait for an answer.
	Asked = job.Topic[Note]("thread.asked")
	// Answered is announced with each message to a candidate.
	Answered = job.Topic[Note]("thread.answered")
	// Added is announced with every message, of either side.
	Added = job.Topic[AddedNote]("thread.added")
)

// AddedNote names a message.
type AddedNote struct{ Org, Application, Message string }

// Note names a conversation and when it happened, in milliseconds. Asked says of an answer that the candidate waited for it.
type Note struct {
	Org, Application string
	At               int64
	Asked            bool
}

var (
	// ErrMissing: no such conversation, message or task for the asker.
	ErrMissing = problem.New(problem.Missing, "thread_missing", "There is nothing here, or it is not yours to see.")
	// ErrRole: the asker reads what was said about tasks, and does not write.
	ErrRole = problem.New(problem.Forbidden, "thread_role", "The opening’s contact and its recruiters write to candidates. Ask one of them.")
	// ErrBlind: whoever scores a work is no partner of its conversation.
	ErrBlind = problem.New(problem.Conflict, "thread_blind", "You read this work without a name, so somebody else writes to the candidate. You can once your scorecard is sent, if you run the opening.")
	// ErrGone: there is nobody to write to.
	ErrGone = problem.New(problem.Conflict, "thread_gone", "This person’s data was erased, so there is nobody to write to. Nothing was sent.")
	// ErrMany: a candidate sent very many messages.
	ErrMany = problem.New(problem.TooMany, "thread_many", "That is a hundred messages within a day. What you wrote is kept here; send it tomorrow.")
	// ErrNotWorking: what is assumed is noted while the task is worked on.
	ErrNotWorking = problem.New(problem.Conflict, "thread_not_working", "A note of what you assume belongs to a task that you are working on. You can send this as a message instead.")
	// ErrNoTask: a message about no task is nobody else's business.
	ErrNoTask = problem.New(problem.Conflict, "thread_no_task", "This message is about no task that others work on, so there is nobody else to tell.")
)

// Threads keeps conversations.
type Threads struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Orgs        *org.Orgs
	Assessments *assessment.Assessments
	Candidates  *candidate.Candidates
	Openings    *opening.Openings
	Uploads     *upload.Uploads // nil: nothing is attached
	// Task says which version a task of the asking candidate is in and whether they are working on it; attempt knows. A problem of kind
	// missing says that they have no such task.
	Task func(ctx context.Context, who actor.Actor, item string) (v assessment.VersionID, works bool, err error)
}
