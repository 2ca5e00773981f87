// Package review keeps scorecards: who reads which submission, blind; what they rated; and what the opening's manager decided.
//
// A submission opens a round; its reviewers are assigned evenly from the opening's pool. Whoever is assigned knows the candidate
// by a code, everywhere, until their own card is filed; whoever opened the name first cannot file one. Others' cards open with
// one's own filed card, and to those who decide when every card is in. A filed card changes only where a
// change of the rubric opens ratings of it again, with a log. Automatic marks stand beside
// ratings and are never merged into them. Nothing is decided by the program.
package review

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a review's. Code is what people call a round by, unique in the organisation; it stands in addresses, for ids tell time.
type (
	ID   string
	Code string
)

// State of a review.
type State string

const (
	Assigned    State = "assigned"
	Filed       State = "filed"
	SteppedBack State = "stepped_back" // the reviewer gave it back
	Reassigned  State = "reassigned"   // somebody took it from them
)

// Levels of a rating that are no level of the rubric.
const (
	Unrated    = 0
	CannotRate = -1 // with a reason
)

// Rating is one criterion on a card.
type Rating struct {
	Level    int    // 1 is the lowest; Unrated or CannotRate
	Reason   string // why it cannot be rated
	Note     string // what was seen; the candidate may ask to read it
	Evidence []Place
}

// Place is where in the work it was seen.
type Place struct {
	Item   string `json:"item"`
	Anchor string `json:"anchor"` // of the item's kind, "limiter.go:12"; "" is the whole answer
}

// Card is what one reviewer wrote.
type Card struct {
	Ratings   map[string]Rating    // by criterion
	Private   string               // for the team
	Shareable string               // for the candidate
	Rubric    assessment.VersionID // that it was written by; "" is the one in force
}

// Review is one reviewer's part of a round.
type Review struct {
	ID       ID
	Member   org.MemberID
	State    State
	Due      time.Time // the end of a working day
	Assigned time.Time
	Saved    time.Time
	Rest     time.Time // when all was sent but the criterion that waits for the candidate's answers; zero: not
	Filed    time.Time
	Minutes  int // spent, without pauses over two minutes; as corrected where it was
	Measured int // Minutes as measured
	Paused   bool
	Reopened time.Time // since when some of what was sent is open again; zero: nothing is
	Adjusted string    // why Minutes were corrected: an id of audit's; "" while they are as measured
	Card     Card
}

// Round is the reading of one submission.
type Round struct {
	Attempt     string
	Application opening.ApplicationID
	Opening     opening.ID
	Stage       opening.StageID
	Version     assessment.VersionID
	Rubric      assessment.VersionID // by whose rubric it is read
	Code        Code
	Wanted      int // how many cards
	Submitted   time.Time
	Due         time.Time
	Closed      time.Time // when the last card came in; zero while one is open
}

// Topics.
const (
	// Taken is announced when somebody was given a submission to read.
	Taken = job.Topic[TakenNote]("review.assigned")
	// CardFiled is announced with each filed card.
	CardFiled = job.Topic[FiledNote]("review.filed")
	// AllFiled is announced when a round's last card is in: a manager can decide.
	AllFiled = job.Topic[RoundNote]("review.all_filed")
	// Short is announced when the pool has nobody to give a submission to.
	Short = job.Topic[RoundNote]("review.short")
)

// TakenNote names the review.
type TakenNote struct{ Org, Review, Attempt, Member string }

// FiledNote names the review.
type FiledNote struct{ Org, Review, Attempt string }

// RoundNote names the round.
type RoundNote struct{ Org, Attempt, Application string }

var (
	// ErrMissing: no such round or review for the asker.
	ErrMissing = problem.New(problem.Missing, "review_missing", "There is nothing here, or it is not yours to see.")
	// ErrFiled: a filed card does not change.
	ErrFiled = problem.New(problem.Conflict, "card_filed", "This scorecard is sent already and stays as it is.")
	// ErrIncomplete: every criterion needs a level, or a reason why it cannot be scored. Fields are the criteria. The draft is kept.
	ErrIncomplete = problem.New(problem.Invalid, "card_incomplete", "Some criteria are not scored yet. Your draft is saved.")
	// ErrCard: a level, note or place that the rubric does not have room for.
	ErrCard = problem.New(problem.Invalid, "card", "Some of this does not fit the rubric. Reload the page; your saved draft is kept.")
	// ErrUnblinded: whoever opened the name first cannot file a card.
	ErrUnblinded = problem.New(problem.Conflict, "card_unblinded", "You opened the name of this candidate before scoring, so this card cannot count. Give the work back, and somebody else reads it.")
	// ErrBlind: they read the work without the name.
	ErrBlind = problem.New(problem.Conflict, "review_blind", "They read this person’s work without the name, so somebody else works with the person until their scorecard is sent.")
	// ErrRubricMoved: the rubric changed since the page was drawn; what was written is kept, levels of what changed are not.
	ErrRubricMoved = problem.New(problem.Conflict, "rubric_moved", "The rubric changed while you were scoring. Your notes and all other scores are kept: choose the level anew where it says that the wording changed.")
	// ErrWaits: the last criterion opens with the candidate's answers.
	ErrWaits = problem.New(problem.Conflict, "card_waits", "Everything else is sent. The last criterion opens when the candidate has answered, or when their time for it is over.")
	// ErrTalking: an interview about the work goes on.
	ErrTalking = problem.New(problem.Conflict, "card_talking", "An interview about this work is still going on. What was said in it is added here when it is over; your draft is kept until then.")
	// ErrOwnFirst: others' cards open with one's own.
	ErrOwnFirst = problem.New(problem.Conflict, "own_card_first", "Others’ scores open when your own scorecard is sent.")
	// ErrOpenCards: a decision waits until every card is in.
	ErrOpenCards = problem.New(problem.Conflict, "cards_open", "A scorecard is still open. Wait for it, give the work to somebody else, or go on without it.")
	// ErrRole: not the asker's to do.
	ErrRole = problem.New(problem.Forbidden, "review_role", "Your role in this opening does not include this.")
	// ErrNobody: there is nobody else in the pool.
	ErrNobody = problem.New(problem.Conflict, "review_nobody", "There is nobody else in the pool of this opening who could read this. Add a reviewer to the opening first.")
	// ErrReason: a reason is needed.
	ErrReason = problem.New(problem.Invalid, "reason", "Please say why, in a sentence.")
)

// because is a reason as somebody typed it, for the record. ErrReason, ErrInvalid.
func because(typed string) (reason string, err error) {
	switch reason = strings.TrimSpace(typed); {
	case reason == "":
		err = ErrReason.On("reason", "Please say why, in a sentence.")
	case len([]rune(reason)) > MaxReason:
		err = problem.Field("reason", fmt.Sprintf("Please say it in up to %d characters.", MaxReason))
	}
	return reason, err
}

// Reviews keeps them.
type Reviews struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Orgs        *org.Orgs
	Openings    *opening.Openings
	Promises    *promise.Promises
	Assessments *assessment.Assessments
	Attempts    *attempt.Attempts
	Interviews  *interview.Interviews // nil where there are none
	// Bars says why an outcome cannot be decided on an application now: a problem, or nil; integrity knows. It is asked while the rounds
	// are held, so what it says holds until the decision is kept. nil: nothing stands in the way.
	Bars func(ctx context.Context, tx db.Tx, a opening.ApplicationID, o Outcome) error
}

func round(r query.RoundRow) Round {
	return Round{r.AttemptID, opening.ApplicationID(r.ApplicationID), opening.ID(r.OpeningID), opening.StageID(r.StageID), assessment.VersionID(r.VersionID),
		assessment.VersionID(cmp.Or(r.RubricID, r.VersionID)), Code(r.Code), int(r.Wanted), clock.Time(r.SubmittedAt), clock.Time(r.DueAt), clock.Time(r.ClosedAt)}
}

func fromReview(r query.ReviewsOfRow) Review {
	return Review{ID(r.ID), r.MemberID, State(r.State), clock.Time(r.DueAt), clock.Time(r.AssignedAt), clock.Time(r.SavedAt), clock.Time(r.RestAt), clock.Time(r.FiledAt),
		int(r.Seconds+59) / 60, int(r.Seconds-r.Adjusted+59) / 60, r.PausedAt > 0, clock.Time(r.ReopenedAt), r.AdjustedWhy, Card{Ratings: map[string]Rating{}, Private: r.PrivateNote, Shareable: r.Shareable}}
}

// roundIn reads a round by its code. ErrMissing.
func roundIn(ctx context.Context, tx db.Tx, c Code) (Round, error) {
	r, err := query.New(tx).RoundByCode(ctx, tx.Org, string(c))
	if errors.Is(err, sql.ErrNoRows) {
		return Round{}, ErrMissing
	}
	return round(query.RoundRow(r)), err
}

// RoundOf reads an attempt's round. ErrMissing while nothing was assigned.
func (rs *Reviews) RoundOf(ctx context.Context, tx db.Tx, attempt string) (Round, error) {
	r, err := query.New(tx).Round(ctx, tx.Org, attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return Round{}, ErrMissing
	}
	return round(r), err
}

// RoundsOf are an application's, newest first; who may see them is the caller's loader's business.
func (rs *Reviews) RoundsOf(ctx context.Context, tx db.Tx, a opening.ApplicationID) ([]Round, error) {
	rows, err := query.New(tx).RoundsOf(ctx, tx.Org, string(a))
	var out []Round
	for _, r := range rows {
		out = append(out, round(query.RoundRow(r)))
	}
	return out, err
}

// ReviewsIn are a round's reviews without their cards: who has it, and where they stand.
func (rs *Reviews) ReviewsIn(ctx context.Context, tx db.Tx, attempt string) ([]Review, error) {
	rows, err := query.New(tx).ReviewsOf(ctx, tx.Org, attempt)
	var out []Review
	for _, r := range rows {
		v := fromReview(r)
		v.Card = Card{}
		out = append(out, v)
	}
	return out, err
}

// Finished says whether somebody sent a scorecard about an attempt, and holds its round: nobody sends the first one until the transaction ends.
func (rs *Reviews) Finished(ctx context.Context, tx db.Tx, a attempt.ID) (bool, error) {
	n, err := rs.RoundOf(ctx, tx, string(a))
	if errors.Is(err, ErrMissing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := rs.HoldRounds(ctx, tx, n.Application); err != nil {
		return false, err
	}
	all, err := rs.ReviewsIn(ctx, tx, n.Attempt)
	return slices.ContainsFunc(all, func(r Review) bool { return r.State == Filed }), err
}

// mine reads the asker's own review of a round. ErrMissing.
func mine(ctx context.Context, tx db.Tx, who actor.Actor, n Round) (Review, int64, error) {
	if who.Kind != actor.Member {
		return Review{}, 0, ErrMissing
	}
	r, err := query.New(tx).ReviewBy(ctx, tx.Org, n.Attempt, who.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return Review{}, 0, ErrMissing
	}
	if err != nil {
		return Review{}, 0, err
	}
	return fromReview(query.ReviewsOfRow{ID: r.ID, MemberID: r.MemberID, State: r.State, DueAt: r.DueAt, AssignedAt: r.AssignedAt, SavedAt: r.SavedAt,
		FiledAt: r.FiledAt, Seconds: r.Seconds, PrivateNote: r.PrivateNote, Shareable: r.Shareable, RestAt: r.RestAt, PausedAt: r.PausedAt, Adjusted: r.Adjusted, AdjustedWhy: r.AdjustedWhy, ReopenedAt: r.ReopenedAt}), r.Shuffle, nil
}
