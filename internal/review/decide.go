package review

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Outcome of a decision.
type Outcome string

const (
	Advance Outcome = "advance" // to the next stage, or hired after the last
	Hold    Outcome = "hold"    // not yet: the reasons are kept, nothing is told, and it can be decided later
	Reject  Outcome = "reject"
)

// Decision is what a manager decided on an application at a stage. It is settled when the candidate was told: then it stays.
type Decision struct {
	ID          string
	Application opening.ApplicationID
	Opening     opening.ID
	Stage       opening.StageID
	Outcome     Outcome
	Reason      string // for the team; "" when it was erased
	By          string // member
	At          time.Time
	Undone      time.Time
	Settled     time.Time
}

var (
	// ErrDecided: there is a decision at this stage.
	ErrDecided = problem.New(problem.Conflict, "decided", "This was decided already. Nothing was changed; look at it again.")
	// ErrSettled: the candidate knows, so it cannot be taken back.
	ErrSettled = problem.New(problem.Conflict, "decision_settled", "The candidate has been told, so this decision stays.")
	// ErrOutcome: there is no such outcome.
	ErrOutcome = problem.New(problem.Invalid, "outcome", "Choose what happens next.")
)

// DecideIn records a decision in the caller's transaction; the unique index over open decisions is what guards it. It has no
// consequence before SettleIn. Only the opening's managers decide, and only when every assigned card is in. reason is for the
// team. No program decides: whoever is no member is refused. ErrRole, ErrOwnFirst, ErrOpenCards, ErrDecided, ErrReason, ErrOutcome,
// opening.ErrMissing, opening.ErrMoved, and those of Bars.
func (rs *Reviews) DecideIn(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID, o Outcome, reason string) (Decision, opening.Application, error) {
	if err := rs.HoldRounds(ctx, tx, a); err != nil {
		return Decision{}, opening.Application{}, err
	}
	app, err := rs.Decidable(ctx, tx, who, a)
	if err != nil {
		return Decision{}, app, err
	}
	switch {
	case o != Advance && o != Hold && o != Reject:
		return Decision{}, app, ErrOutcome.On("outcome", "Choose what happens next.")
	case reason == "":
		return Decision{}, app, ErrReason.On("reason", "Say why, in a sentence. The team reads it, the candidate does not.")
	}
	if err := rs.Barred(ctx, tx, a, o); err != nil {
		return Decision{}, app, err
	}
	now := rs.DB.Now()
	why, err := audit.Reason(ctx, tx, now, string(a), reason)
	if err != nil {
		return Decision{}, app, err
	}
	d := Decision{id.New("dec", now), a, app.Opening.ID, app.Stage, o, reason, who.ID, now, time.Time{}, time.Time{}}
	n, err := query.New(tx).AddDecision(ctx, query.AddDecisionParams{OrgID: tx.Org, ID: d.ID, ApplicationID: string(a), OpeningID: string(d.Opening),
		StageID: string(d.Stage), Outcome: string(o), ReasonID: why, ByMember: who.ID, At: clock.Milli(now)})
	if err != nil {
		return d, app, err
	}
	if n == 0 {
		return d, app, ErrDecided
	}
	if o != Hold {
		if err := rs.mark(ctx, tx, d, clock.Milli(now)); err != nil {
			return d, app, err
		}
	}
	return d, app, audit.Record(ctx, tx, now, who, "decision."+string(o), string(a), audit.Facts{"decision": d.ID, "reason": why})
}

// Barred says why an outcome cannot be decided on an application now; nil when nothing stands in the way. Problems as Bars.
func (rs *Reviews) Barred(ctx context.Context, tx db.Tx, a opening.ApplicationID, o Outcome) error {
	if rs.Bars == nil {
		return nil
	}
	return rs.Bars(ctx, tx, a, o)
}

// HoldRounds holds an application's rounds until the transaction ends: nothing is decided on it meanwhile.
func (rs *Reviews) HoldRounds(ctx context.Context, tx db.Tx, a opening.ApplicationID) error {
	_, err := query.New(tx).HoldRounds(ctx, tx.Org, string(a))
	return err
}

// mark takes the rounds of a decision's stage off the list of what is to decide, or puts them back (0).
func (rs *Reviews) mark(ctx context.Context, tx db.Tx, d Decision, at int64) error {
	_, err := query.New(tx).MarkDecided(ctx, query.MarkDecidedParams{At: at, OrgID: tx.Org, ApplicationID: string(d.Application), StageID: string(d.Stage)})
	return err
}

// Decidable loads an application that the asker could decide now. ErrRole, ErrOwnFirst, ErrOpenCards, opening.ErrMissing, opening.ErrMoved.
func (rs *Reviews) Decidable(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) (opening.Application, error) {
	app, err := rs.Openings.LoadApplicationIn(ctx, tx, who, a)
	if err != nil {
		return app, err
	}
	blind, _, err := rs.Blind(ctx, tx, who, a)
	switch {
	case err != nil:
		return app, err
	case who.Kind != actor.Member || !app.Opening.MayDecide(who):
		return app, ErrRole.Saying("The managers of this opening decide. Its recruiter can make you one.")
	case blind:
		return app, ErrOwnFirst.Saying("Your own scorecard of this work is still open. Send it first; then you can decide.")
	case app.Status != opening.Active:
		return app, opening.ErrMoved
	}
	rounds, err := rs.RoundsOf(ctx, tx, a)
	if err != nil {
		return app, err
	}
	for _, n := range rounds {
		if n.Stage == app.Stage && n.Closed.IsZero() {
			return app, ErrOpenCards // a closed round never opens again, so reading is enough
		}
	}
	return app, nil
}

// SettleIn carries a decision out in the caller's transaction, once; the update of the decision guards it. Advance moves the
// application on and invites as with says, or hires after the last stage; Reject declines. done is false when it was settled or undone before.
func (rs *Reviews) SettleIn(ctx context.Context, tx db.Tx, who actor.Actor, d Decision, with opening.Next) (done bool, err error) {
	n, err := query.New(tx).SettleDecision(ctx, tx.Org, d.ID, clock.Milli(rs.DB.Now()))
	if err != nil || n == 0 {
		return false, err
	}
	app, err := rs.Openings.ApplicationIn(ctx, tx, d.Application)
	if err != nil {
		return false, err
	}
	if app.Status != opening.Active || app.Stage != d.Stage {
		return true, nil // withdrawn meanwhile: there is nothing to move, the reply is still owed
	}
	switch d.Outcome {
	case Advance:
		_, next, err := rs.Openings.Advance(ctx, tx, who, app, with)
		if err != nil || next {
			return true, err
		}
		return true, rs.Openings.End(ctx, tx, who, app.ID, opening.Hired)
	case Reject:
		return true, rs.Openings.End(ctx, tx, who, app.ID, opening.Declined)
	}
	return true, nil
}

// Slip is how long after a decision whoever takes it back owes nobody a reason.
const Slip = time.Minute

// UndoIn takes back a decision that has not been told; reason is kept, and needed once the decision is older than Slip. ErrSettled, ErrMissing, ErrRole,
// ErrInvalid.
func (rs *Reviews) UndoIn(ctx context.Context, tx db.Tx, who actor.Actor, decision, reason string) (Decision, error) {
	d, err := rs.DecisionIn(ctx, tx, decision)
	if err != nil {
		return d, err
	}
	o, err := rs.Openings.LoadIn(ctx, tx, who, d.Opening)
	if err != nil {
		return d, ErrMissing
	}
	if !o.MayDecide(who) {
		return d, ErrRole
	}
	now := rs.DB.Now()
	if slip := !d.Undone.IsZero() || now.Sub(d.At) <= Slip; !slip || strings.TrimSpace(reason) != "" {
		if reason, err = because(reason); err != nil {
			return d, err
		}
	}
	n, err := query.New(tx).UndoDecision(ctx, tx.Org, d.ID, clock.Milli(now))
	if err != nil {
		return d, err
	}
	if n == 0 {
		if !d.Undone.IsZero() {
			return d, nil
		}
		return d, ErrSettled
	}
	if err := rs.mark(ctx, tx, d, 0); err != nil {
		return d, err
	}
	why, err := audit.Reason(ctx, tx, now, string(d.Application), reason)
	if err != nil {
		return d, err
	}
	return d, audit.Record(ctx, tx, now, who, "decision.undo", string(d.Application), audit.Facts{"decision": d.ID, "reason": why})
}

// DecisionIn reads one. ErrMissing.
func (rs *Reviews) DecisionIn(ctx context.Context, tx db.Tx, decision string) (Decision, error) {
	r, err := query.New(tx).Decision(ctx, tx.Org, decision)
	if errors.Is(err, sql.ErrNoRows) {
		return Decision{}, ErrMissing
	}
	if err != nil {
		return Decision{}, err
	}
	return fromDecision(ctx, tx, r)
}

// DecisionsOf are an application's, newest first, undone ones too.
func (rs *Reviews) DecisionsOf(ctx context.Context, tx db.Tx, a opening.ApplicationID) ([]Decision, error) {
	rows, err := query.New(tx).Decisions(ctx, tx.Org, string(a))
	var out []Decision
	for _, r := range rows {
		d, err := fromDecision(ctx, tx, query.DecisionRow(r))
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, err
}

func fromDecision(ctx context.Context, tx db.Tx, r query.DecisionRow) (Decision, error) {
	why, err := audit.ReasonText(ctx, tx, r.ReasonID)
	return Decision{r.ID, opening.ApplicationID(r.ApplicationID), opening.ID(r.OpeningID), opening.StageID(r.StageID), Outcome(r.Outcome), why, r.ByMember,
		clock.Time(r.At), clock.Time(r.UndoneAt), clock.Time(r.SettledAt)}, err
}
