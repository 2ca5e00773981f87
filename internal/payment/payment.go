// Package payment keeps money that is promised for work: offered, accepted, due, paid.
//
// The terms belong to a stage; an invitation to it makes an offer of them, and an offer never changes. The candidate accepts it, before or
// after they send the work, and says where the money goes. Accepted and sent it is due, as a promise in working days. A format that is a [Payer] says itself
// what its work is paid, and when that is over. Whoever runs the opening sends the
// money elsewhere and records the proof; the candidate then has a receipt. Work that is used in production has to be paid, and accepting
// its offer records which rights are granted. Nothing here moves money, and no payment depends on what is decided.
package payment

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment/internal/query"
	"candor/internal/problem"
	"candor/internal/promise"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a payment's.
type ID string

// Terms are what is paid for the work of a stage.
type Terms struct {
	Stage      opening.StageID
	Money      Money
	Days       int    // working days from when it is accepted and sent
	Production bool   // the work is used in production
	Rights     string // which rights are granted for that, as the candidate reads them; "" where it is not used
}

// State of a payment.
type State string

const (
	Offered  State = "offered"
	Accepted State = "accepted"
	Due      State = "due" // accepted, and the work was sent
	Paid     State = "paid"
	Declined State = "declined" // the candidate does not want it; they may think again
	Void     State = "void"     // no work was done, so nothing is owed
)

// Payment is one offer to one person and what became of it.
type Payment struct {
	ID          ID
	Application opening.ApplicationID
	Opening     opening.ID
	Terms
	State    State
	Payee    string // where the money goes, as the candidate wrote it; erased with their words
	Proof    string // how it is found in the books
	Offered  time.Time
	Answered time.Time
	Sent     time.Time // the work; zero: not yet
	Due      time.Time // the end of the promised day; zero: not due
	Paid     time.Time
	PaidBy   org.MemberID
	With     bool // it is accepted and left with the work, which is a [Payer]'s; only [Payments.Own] says so
}

// Limits of what people write, in characters.
const (
	MostRights = 4000
	MostPayee  = 500
	MostProof  = 200
)

var (
	// ErrMissing: no such payment for the asker.
	ErrMissing = problem.New(problem.Missing, "payment_missing", "There is nothing here, or it is not yours to see.")
	// ErrUnpaid: work that is used in production and not paid.
	ErrUnpaid = problem.New(problem.Conflict, "payment_demanded", "What is used in production has to be paid. Keep an amount, or say first that the work is not used.")
	// ErrState: it has moved on.
	ErrState = problem.New(problem.Conflict, "payment_moved", "This payment has moved on meanwhile. Nothing was changed; look at it again.")
	// ErrOwn: the stage's format says what is paid.
	ErrOwn = problem.New(problem.Conflict, "payment_own", "What is done in this stage says itself what is paid for it, and everybody reads it there before they accept. Nothing is set here.")
	// ErrWith: it is accepted with the work.
	ErrWith = problem.New(problem.Conflict, "payment_with", "This money belongs to a work trial: accept or leave both on the page of the trial.")
	// ErrNotDue: the work was not sent, or the offer not accepted.
	ErrNotDue = problem.New(problem.Conflict, "payment_not_due", "This is not due: a payment is due when it was accepted and the work was sent.")
)

// Made is announced when the money was sent: the candidate gets a receipt.
const Made = job.Topic[MadeNote]("payment.paid")

// MadeNote names the payment.
type MadeNote struct{ Org, Payment, Application string }

// Payments keeps them.
type Payments struct {
	DB       *db.DB
	Jobs     *job.Jobs
	Orgs     *org.Orgs
	Openings *opening.Openings
	Promises *promise.Promises
}

// Payer is a format whose contents say what is paid for them, and which accepts, ends and cuts the payment with what it is paid for.
type Payer interface {
	opening.Format
	// Pays are the terms of a content: money and days.
	Pays(ctx context.Context, tx db.Tx, ref string) (Terms, error)
}

// payer is the format of a name where it is one.
func (ps *Payments) payer(format string) (Payer, bool) {
	f, ok := ps.Openings.Format(format)
	if !ok {
		return nil, false
	}
	p, ok := f.(Payer)
	return p, ok
}

// termsOf are what an invitation is paid; ok is false where it is not.
func (ps *Payments) termsOf(ctx context.Context, tx db.Tx, inv opening.Invitation) (t Terms, ok bool, err error) {
	if p, is := ps.payer(inv.Format); is {
		t, err = p.Pays(ctx, tx, inv.Ref)
		t.Stage = inv.Stage
		return t, err == nil, err
	}
	r, err := query.New(tx).TermsOf(ctx, tx.Org, string(inv.Stage))
	if errors.Is(err, sql.ErrNoRows) {
		return Terms{}, false, nil
	}
	return terms(query.TermsRow(r)), err == nil, err
}

// Listen wires what makes an offer and what makes it due.
func (ps *Payments) Listen() {
	job.Listen(ps.Jobs, opening.Invited, "payment.offer", job.Housekeeping, ps.offer)
	job.Listen(ps.Jobs, attempt.Submitted, "payment.sent", job.Housekeeping, ps.sent)
}

// Terms are those of an opening's stages. For whoever may load the opening. Problems of opening.Load.
func (ps *Payments) Terms(ctx context.Context, who actor.Actor, o opening.ID) (out []Terms, err error) {
	err = ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if _, err := ps.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		rows, err := query.New(tx).Terms(ctx, tx.Org, string(o))
		for _, r := range rows {
			out = append(out, terms(r))
		}
		return err
	})
	return out, err
}

func terms(r query.TermsRow) Terms {
	return Terms{opening.StageID(r.StageID), Money{r.Amount, r.Currency}, int(r.Days), r.Production, r.Rights}
}

// SetTerms sets what is paid for a stage, for invitations from now on; an offer that was made stays. Money of the zero value removes the terms.
// ErrRole and ErrMissing of opening, ErrUnpaid, ErrInvalid.
func (ps *Payments) SetTerms(ctx context.Context, who actor.Actor, o opening.ID, t Terms) error {
	t.Rights = strings.TrimSpace(t.Rights)
	switch {
	case t.Production && t.Money.Minor == 0:
		return ErrUnpaid.On("amount", "Write what is paid for it.")
	case t.Money.Minor != 0 && (t.Days < 1 || t.Days > 60):
		return problem.Field("days", "Promise to pay within 1 to 60 working days.")
	case t.Production && t.Rights == "":
		return problem.Field("rights", "Say which rights you get, for what, and that the rest stays theirs.")
	case len([]rune(t.Rights)) > MostRights:
		return problem.Field("rights", fmt.Sprintf("This is longer than %d characters.", MostRights))
	}
	if t.Money.Minor != 0 {
		if _, ok := Places(t.Money.Currency); !ok || t.Money.Minor < 0 || t.Money.Minor > MostMinor {
			return problem.Field("amount", "Write an amount above 0 in a currency that is in use.")
		}
	}
	if !t.Production {
		t.Rights = ""
	}
	return ps.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := ps.Openings.ManageIn(ctx, tx, who, o); err != nil {
			return err
		}
		stages, err := ps.Openings.Stages(ctx, tx, o)
		if err != nil {
			return err
		}
		known := false
		for _, s := range stages {
			if s.ID != t.Stage {
				continue
			}
			known = true
			if _, own := ps.payer(s.Format); own && t.Money.Minor != 0 {
				return ErrOwn
			}
		}
		if !known {
			return ErrMissing
		}
		now, q := ps.DB.Now(), query.New(tx)
		if t.Money.Minor == 0 {
			if _, err := q.DropTerms(ctx, tx.Org, string(t.Stage)); err != nil {
				return err
			}
			return audit.Record(ctx, tx, now, who, "payment.no_terms", string(o), audit.Facts{"stage": string(t.Stage)})
		}
		if err := q.SetTerms(ctx, query.SetTermsParams{OrgID: tx.Org, StageID: string(t.Stage), OpeningID: string(o), Amount: t.Money.Minor, Currency: t.Money.Currency, Days: int64(t.Days),
			Production: t.Production, Rights: t.Rights, ChangedAt: clock.Milli(now), ChangedBy: who.ID}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "payment.terms", string(o), audit.Facts{"stage": string(t.Stage), "money": t.Money.String(), "days": fmt.Sprint(t.Days),
			"production": fmt.Sprint(t.Production)})
	})
}

// offer makes the offer of an invitation, once: the table's key decides. What is announced again for a new link changes nothing.
func (ps *Payments) offer(ctx context.Context, n opening.InvitedNote) error {
	err := ps.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		inv, err := ps.Openings.InvitationIn(ctx, tx, opening.InvitationID(n.Invitation))
		if err != nil {
			return err
		}
		return ps.offerIn(ctx, tx, inv)
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	return err
}

func (ps *Payments) offerIn(ctx context.Context, tx db.Tx, inv opening.Invitation) error {
	t, ok, err := ps.termsOf(ctx, tx, inv)
	if err != nil || !ok {
		return err
	}
	now := ps.DB.Now()
	key := id.New("pay", now)
	made, err := query.New(tx).Offer(ctx, query.OfferParams{OrgID: tx.Org, ID: key, ApplicationID: string(inv.Application), OpeningID: string(inv.Opening), StageID: string(inv.Stage), Amount: t.Money.Minor,
		Currency: t.Money.Currency, Days: int64(t.Days), Production: t.Production, Rights: t.Rights, OfferedAt: clock.Milli(now)})
	if err != nil || made == 0 {
		return err
	}
	return audit.Record(ctx, tx, now, actor.ForSystem(tx.Org, "payment.offer"), "payment.offer", string(inv.Application), audit.Facts{"payment": key, "money": t.Money.String()})
}

// sent notes that the work of a stage was sent; what was accepted is due from then on.
func (ps *Payments) sent(ctx context.Context, n attempt.SubmittedNote) error {
	return ps.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		stage, at, err := ps.work(ctx, tx, n.Attempt)
		if err != nil {
			return err
		}
		return ps.Sent(ctx, tx, opening.ApplicationID(n.Application), stage, at)
	})
}

// Sent notes that the work of a stage is over, sent or not, in the caller's transaction: what was accepted is due from then on. Said again it changes
// nothing.
func (ps *Payments) Sent(ctx context.Context, tx db.Tx, app opening.ApplicationID, stage opening.StageID, at time.Time) error {
	if k, err := query.New(tx).Sent(ctx, query.SentParams{At: clock.Milli(at), OrgID: tx.Org, ApplicationID: string(app), StageID: string(stage)}); err != nil || k == 0 {
		return err
	}
	p, err := ps.at(ctx, tx, app, stage)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	return ps.fall(ctx, tx, p, at)
}

// at is the payment for a stage of an application. ErrMissing.
func (ps *Payments) at(ctx context.Context, tx db.Tx, app opening.ApplicationID, stage opening.StageID) (Payment, error) {
	list, err := ps.Of(ctx, tx, app)
	if err != nil {
		return Payment{}, err
	}
	for _, p := range list {
		if p.Stage == stage {
			return p, nil
		}
	}
	return Payment{}, ErrMissing
}

// Cut makes a payment that was accepted and is not due smaller, in the transaction of the [Payer] whose work was not done to the end; of nothing it is
// void. What is due already stays as it is.
func (ps *Payments) Cut(ctx context.Context, tx db.Tx, who actor.Actor, inv opening.Invitation, minor int64) error {
	if err := ps.offerIn(ctx, tx, inv); err != nil { // the job that makes it would make it later
		return err
	}
	p, err := ps.at(ctx, tx, inv.Application, inv.Stage)
	if err != nil {
		return err
	}
	q, now, n := query.New(tx), ps.DB.Now(), int64(0)
	if minor == 0 {
		n, err = q.Void(ctx, clock.Milli(now), tx.Org, string(p.ID))
	} else {
		n, err = q.Cut(ctx, minor, tx.Org, string(p.ID))
	}
	if err != nil || n == 0 {
		return err
	}
	return audit.Record(ctx, tx, now, who, "payment.cut", string(inv.Application), audit.Facts{"payment": string(p.ID), "was": p.Money.String(), "money": Money{minor, p.Money.Currency}.String()})
}

// work is the stage of a submitted attempt and when it was submitted.
func (ps *Payments) work(ctx context.Context, tx db.Tx, a string) (stage opening.StageID, at time.Time, err error) {
	var ms int64
	err = tx.QueryRowContext(ctx, `SELECT i.stage_id, a.submitted_at FROM attempts a JOIN invitations i ON i.org_id = a.org_id AND i.id = a.invitation_id WHERE a.org_id = $1 AND a.id = $2`, tx.Org, a).Scan(&stage, &ms)
	return stage, clock.Time(ms), err
}

// fall makes what is accepted and sent due, in the caller's transaction; the update is the guarding write, so it is promised once.
func (ps *Payments) fall(ctx context.Context, tx db.Tx, p Payment, from time.Time) error {
	cal, err := ps.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	n, err := query.New(tx).Fall(ctx, clock.Milli(promise.Due(from, p.Days, cal)), tx.Org, string(p.ID))
	if err != nil || n == 0 {
		return err
	}
	return ps.Promises.OweFor(ctx, tx, promise.Payment, string(p.Application), string(p.Stage), p.Days, from, cal)
}

// Of are an application's payments, newest first; who may see them is the caller's loader's business.
func (ps *Payments) Of(ctx context.Context, tx db.Tx, a opening.ApplicationID) (out []Payment, err error) {
	rows, err := query.New(tx).OfApplication(ctx, tx.Org, string(a))
	for _, r := range rows {
		out = append(out, payment(query.PaymentRow(r)))
	}
	return out, err
}

func payment(r query.PaymentRow) Payment {
	if r.VoidAt > 0 {
		r.State = string(Void)
	}
	return Payment{ID(r.ID), opening.ApplicationID(r.ApplicationID), opening.ID(r.OpeningID), Terms{opening.StageID(r.StageID), Money{r.Amount, r.Currency}, int(r.Days), r.Production, r.Rights},
		State(r.State), r.Payee, r.Proof, clock.Time(r.OfferedAt), clock.Time(r.AnsweredAt), clock.Time(r.SentAt), clock.Time(r.DueAt), clock.Time(r.PaidAt), r.PaidBy, false}
}

// In reads one without asking who may see it, for notify. ErrMissing.
func (ps *Payments) In(ctx context.Context, tx db.Tx, p ID) (Payment, error) {
	r, err := query.New(tx).Payment(ctx, tx.Org, string(p))
	if errors.Is(err, sql.ErrNoRows) {
		return Payment{}, ErrMissing
	}
	return payment(r), err
}
