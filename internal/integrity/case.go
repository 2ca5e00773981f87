package integrity

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/integrity/internal/query"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/similar"
)

// CaseID is an id.
type CaseID string

// How long somebody has at least, in working days.
const (
	AnswerDays = 5  // the candidate, to answer
	AppealDays = 10 // the candidate, to ask for another look at a finding
	MostDays   = 30 // that can be given for an answer
)

// Outcome of a case. It decides nothing about the application.
type Outcome string

const (
	Explained Outcome = "explained" // nothing stays
	Found     Outcome = "finding"
	Upheld    Outcome = "upheld" // of an appeal: the finding stays
	Lifted    Outcome = "lifted" // of an appeal: nothing stays
)

// Standing is whose turn a case is.
type Standing string

const (
	Waits    Standing = "waits"    // for the candidate's answer
	Answered Standing = "answered" // it is there, or its day is over: the second person decides
	Settled  Standing = "settled"  // nothing is left to do
	Stands   Standing = "stands"   // a finding that the candidate can still ask to have looked at again
	Appealed Standing = "appealed" // a third person decides
	Ended    Standing = "ended"    // the candidate left the opening before it was settled: nothing is decided
)

// Case is a question about submitted work that its candidate can answer before anybody decides.
type Case struct {
	ID          CaseID
	Attempt     string
	Application opening.ApplicationID
	Opening     opening.ID
	Code        review.Code // what reviewers call the candidate by
	OpenedBy    org.MemberID
	Opened      time.Time
	Question    string // what was asked, in words; "" when it was erased
	Contact     org.MemberID
	Decider     org.MemberID
	Due         time.Time // the end of the working day until which the candidate has the turn
	Answered    time.Time // when the candidate sent the first answer in time; zero: not yet
	Outcome     Outcome   // "", Explained or Found
	Settled     time.Time
	Reason      string
	AppealDue   time.Time // zero: there is nothing to appeal against
	Appealed    time.Time
	Judge       org.MemberID // "" while nobody is named
	Appeal      Outcome      // "", Upheld or Lifted
	Judged      time.Time
	AppealWhy   string
	Facts       []Fact
	Words       []Word // of the candidate, in order

	active bool // the application is under way
}

// Fact is one of those that a case rests on, as it was when the case was opened.
type Fact struct {
	Item     string
	Other    string // the other attempt; "" for a source, and when that person was erased
	Source   string // never shown to a candidate
	Role     item.SourceRole
	Outcome  similar.Outcome
	People   int     // others whose work this was compared with
	Expected float64 // innocent pairs this alike
	Share    float64 // how much of this is in the other: 0..1
	Same     bool    // but for white space
	Mine     []similar.Place
	Theirs   []similar.Place // side by side with Mine; nil for a candidate, and when that person was erased
}

// Word is what the candidate said.
type Word struct {
	Appeal bool
	Text   string
	At     time.Time
	Late   bool // after the day
}

// Standing is whose turn it is.
func (c Case) Standing(now time.Time) Standing {
	switch {
	case c.Outcome == "" && !c.active, c.Appeal == "" && !c.Appealed.IsZero() && !c.active:
		return Ended
	case c.Outcome == "" && c.Answered.IsZero() && !now.After(c.Due):
		return Waits
	case c.Outcome == "":
		return Answered
	case c.Outcome == Explained || c.Appeal != "":
		return Settled
	case !c.Appealed.IsZero():
		return Appealed
	case !now.After(c.AppealDue):
		return Stands
	}
	return Settled
}

// Clear says that nothing stays of it: it was explained, or the finding was lifted.
func (c Case) Clear() bool { return c.Outcome == Explained || c.Appeal == Lifted }

// Topics.
const (
	// Asked is announced when a case was opened.
	Asked = job.Topic[CaseNote]("integrity.asked")
	// Extended is announced when the candidate got more time.
	Extended = job.Topic[CaseNote]("integrity.extended")
	// Heard is announced with each thing that the candidate says.
	Heard = job.Topic[CaseNote]("integrity.heard")
	// Told is announced when a case or its appeal was settled.
	Told = job.Topic[CaseNote]("integrity.told")
	// Named is announced when somebody was named to decide a case or its appeal.
	Named = job.Topic[NamedNote]("integrity.named")
)

// CaseNote names a case; Turn makes two notes about one case different.
type CaseNote struct{ Org, Case, Turn string }

// NamedNote names a case and who is to decide.
type NamedNote struct{ Org, Case, Member string }

var (
	// ErrCaseMissing: no such case for the asker.
	ErrCaseMissing = problem.New(problem.Missing, "case_missing", "There is nothing here, or it is not yours to see.")
	// ErrCase: the submission has a case, or the application an open one.
	ErrCase = problem.New(problem.Conflict, "case_there", "There is a case about this candidate’s work already. One piece of work is asked about once.")
	// ErrGone: there is nobody to ask.
	ErrGone = problem.New(problem.Conflict, "case_gone", "This application has ended, so there is nobody to ask. Nothing was sent.")
	// ErrWaits: the candidate has the turn.
	ErrWaits = problem.New(problem.Conflict, "case_waits", "The candidate has the turn. Nothing is decided before they have answered, or before their day is over.")
	// ErrOpen: a case stands between an application and its decision.
	ErrOpen = problem.New(problem.Conflict, "case_open", "A question to the candidate is open. Nothing is decided before it is settled.")
	// ErrSettled: it was settled.
	ErrSettled = problem.New(problem.Conflict, "case_settled", "This was settled already. Nothing was changed; look at it again.")
	// ErrUnsuited: who decides must never have seen a score.
	ErrUnsuited = problem.New(problem.Conflict, "case_unsuited", "Whoever decides a case has no role in this opening, has read none of this candidate’s work and cannot see scores here. Name somebody else.")
	// ErrNotYours: seen, but not the asker's to do.
	ErrNotYours = problem.New(problem.Conflict, "case_not_yours", "This is for the person who was named to decide it.")
	// ErrNoAppeal: there is no finding to look at again, or its days are over, or it was done.
	ErrNoAppeal = problem.New(problem.Conflict, "case_no_appeal", "Another look can be asked for once, within 10 working days of a finding. What you wrote is kept.")
)

// row is a case as it is stored.
type row = query.OneCaseRow

// load reads a case by its row, with what it rests on and what was said.
func (in *Integrity) load(ctx context.Context, tx db.Tx, r row) (c Case, err error) {
	c = Case{ID: CaseID(r.ID), Attempt: r.AttemptID, Application: opening.ApplicationID(r.ApplicationID), Opening: opening.ID(r.OpeningID), OpenedBy: r.OpenedBy, Opened: clock.Time(r.OpenedAt),
		Contact: r.ContactID, Decider: r.DeciderID, Due: clock.Time(r.DueAt), Answered: clock.Time(r.AnsweredAt), Outcome: Outcome(r.Outcome), Settled: clock.Time(r.SettledAt),
		AppealDue: clock.Time(r.AppealDueAt), Appealed: clock.Time(r.AppealedAt), Judge: r.JudgeID, Appeal: Outcome(r.AppealOutcome), Judged: clock.Time(r.JudgedAt)}
	for _, w := range []struct {
		id   string
		into *string
	}{{r.QuestionID, &c.Question}, {r.ReasonID, &c.Reason}, {r.AppealReasonID, &c.AppealWhy}} {
		if *w.into, err = audit.ReasonText(ctx, tx, w.id); err != nil {
			return c, err
		}
	}
	app, err := in.Openings.ApplicationIn(ctx, tx, c.Application)
	if err != nil {
		return c, err
	}
	c.active = app.Status == opening.Active
	n, err := in.Reviews.RoundOf(ctx, tx, c.Attempt)
	if err != nil && !errors.Is(err, review.ErrMissing) {
		return c, err
	}
	c.Code = n.Code
	q := query.New(tx)
	facts, err := q.CaseFacts(ctx, tx.Org, r.ID)
	if err != nil {
		return c, err
	}
	for _, f := range facts {
		fact := Fact{Item: f.Item, Other: f.Other, Source: f.Source, Role: item.SourceRole(f.Role), Outcome: similar.Outcome(f.Outcome), People: int(f.People),
			Expected: float64(f.ExpectedMicro) / 1e6, Share: float64(f.SharePpm) / 1e6, Same: f.Identical}
		if err := errors.Join(json.Unmarshal([]byte(f.Mine), &fact.Mine), json.Unmarshal([]byte(f.Theirs), &fact.Theirs)); err != nil {
			return c, err
		}
		c.Facts = append(c.Facts, fact)
	}
	words, err := q.Words(ctx, tx.Org, r.ID)
	for _, w := range words {
		c.Words = append(c.Words, Word{w.Kind == "appeal", w.Body, clock.Time(w.At), w.Late})
	}
	return c, err
}

// CaseIn reads a case without asking who may see it, for jobs and mails. ErrCaseMissing.
func (in *Integrity) CaseIn(ctx context.Context, tx db.Tx, id CaseID) (Case, error) {
	r, err := query.New(tx).OneCase(ctx, tx.Org, string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, ErrCaseMissing
	}
	if err != nil {
		return Case{}, err
	}
	return in.load(ctx, tx, r)
}

// CasesOf are an application's, newest first; who may see them is the caller's loader's business.
func (in *Integrity) CasesOf(ctx context.Context, tx db.Tx, a opening.ApplicationID) ([]Case, error) {
	rows, err := query.New(tx).CasesOf(ctx, tx.Org, string(a))
	var out []Case
	for _, r := range rows {
		c, err := in.load(ctx, tx, row(r))
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, err
}
