package payment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/payment/internal/query"
	"candor/internal/problem"
	"candor/internal/promise"
)

// Own are the asking candidate's payments in the application of their invitation, newest first. The offer of an invitation that was made a moment
// ago is among them. ErrMissing.
func (ps *Payments) Own(ctx context.Context, who actor.Actor) (list []Payment, err error) {
	err = ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		inv, err := ps.invitation(ctx, tx, who)
		if err != nil {
			return err
		}
		list, err = ps.Of(ctx, tx, inv.Application)
		if err != nil {
			return err
		}
		t, ok, err := ps.termsOf(ctx, tx, inv)
		if ok && !slices.ContainsFunc(list, func(p Payment) bool { return p.Stage == inv.Stage }) { // the job that makes the offer has not run yet
			list = append([]Payment{{Application: inv.Application, Opening: inv.Opening, Terms: t, State: Offered, Offered: inv.Created}}, list...)
		}
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].With, err = ps.own(ctx, tx, list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// invitation is the asking candidate's. ErrMissing.
func (ps *Payments) invitation(ctx context.Context, tx db.Tx, who actor.Actor) (opening.Invitation, error) {
	if who.Kind != actor.Candidate {
		return opening.Invitation{}, ErrMissing
	}
	inv, err := ps.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
	if err == nil && inv.Candidate != who.Subject {
		err = ErrMissing
	}
	return inv, err
}

// Accept takes the offer of a stage; payee says where the money goes and may be changed until it was sent. What was offered with rights grants them: the
// offer keeps their words, and the audit who accepted when. What was sent already is due from now on. ErrMissing, ErrState, ErrWith, ErrInvalid.
func (ps *Payments) Accept(ctx context.Context, who actor.Actor, stage opening.StageID, payee string) error {
	payee, err := checkPayee(payee)
	if err != nil {
		return err
	}
	return ps.answer(ctx, who, stage, func(tx db.Tx, p Payment, own bool) error {
		if p.State == Accepted || p.State == Due {
			n, err := query.New(tx).SetPayee(ctx, payee, tx.Org, string(p.ID))
			if err == nil && n == 0 {
				err = ErrState
			}
			return err
		}
		if own {
			return ErrWith
		}
		return ps.accept(ctx, tx, who, p, payee)
	})
}

// AcceptWith is Accept in the transaction of the [Payer] that the asking candidate accepts. ErrState, ErrInvalid.
func (ps *Payments) AcceptWith(ctx context.Context, tx db.Tx, who actor.Actor, inv opening.Invitation, payee string) error {
	payee, err := checkPayee(payee)
	if err != nil {
		return err
	}
	if err := ps.offerIn(ctx, tx, inv); err != nil {
		return err
	}
	p, err := ps.at(ctx, tx, inv.Application, inv.Stage)
	if err != nil {
		return err
	}
	return ps.accept(ctx, tx, who, p, payee)
}

// checkPayee is where money goes as it is kept. ErrInvalid on payee.
func checkPayee(payee string) (string, error) {
	payee = strings.TrimSpace(payee)
	switch {
	case payee == "":
		return "", problem.Field("payee", "Say how the money reaches you: an account number with the name it is in, or another way.")
	case len([]rune(payee)) > MostPayee:
		return "", problem.Field("payee", fmt.Sprintf("This is longer than %d characters.", MostPayee))
	}
	return payee, nil
}

// accept is the guarded write of an acceptance. ErrState.
func (ps *Payments) accept(ctx context.Context, tx db.Tx, who actor.Actor, p Payment, payee string) error {
	now := ps.DB.Now()
	n, err := query.New(tx).Answer(ctx, query.AnswerParams{State: string(Accepted), Payee: payee, At: clock.Milli(now), OrgID: tx.Org, ID: string(p.ID)})
	if err == nil && n == 0 {
		err = ErrState
	}
	if err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, who, "payment.accept", string(p.Application), audit.Facts{"payment": string(p.ID), "money": p.Money.String(), "rights": fmt.Sprint(p.Production)}); err != nil {
		return err
	}
	return ps.fall(ctx, tx, p, now) // where it was sent
}

// Decline leaves the offer, with the rights that go with it; until the opening forgets it can be taken after all. ErrMissing, ErrState, ErrWith.
func (ps *Payments) Decline(ctx context.Context, who actor.Actor, stage opening.StageID) error {
	return ps.answer(ctx, who, stage, func(tx db.Tx, p Payment, own bool) error {
		now := ps.DB.Now()
		if own {
			return ErrWith
		}
		if p.State != Offered {
			return ErrState
		}
		n, err := query.New(tx).Answer(ctx, query.AnswerParams{State: string(Declined), At: clock.Milli(now), OrgID: tx.Org, ID: string(p.ID)})
		if err == nil && n == 0 {
			err = ErrState
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "payment.decline", string(p.Application), audit.Facts{"payment": string(p.ID)})
	})
}

// answer changes the asking candidate's payment for a stage; own says that its work is a [Payer]'s.
func (ps *Payments) answer(ctx context.Context, who actor.Actor, stage opening.StageID, fn func(tx db.Tx, p Payment, own bool) error) error {
	return ps.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		inv, err := ps.invitation(ctx, tx, who)
		if err != nil {
			return err
		}
		if inv.Stage == stage {
			if err := ps.offerIn(ctx, tx, inv); err != nil {
				return err
			}
		}
		p, err := ps.at(ctx, tx, inv.Application, stage)
		if err != nil {
			return err
		}
		own, err := ps.own(ctx, tx, p)
		if err != nil {
			return err
		}
		return fn(tx, p, own)
	})
}

// own says whether what is done at the stage of a payment is a [Payer]'s.
func (ps *Payments) own(ctx context.Context, tx db.Tx, p Payment) (bool, error) {
	stages, err := ps.Openings.Stages(ctx, tx, p.Opening)
	for _, s := range stages {
		if _, is := ps.payer(s.Format); is && s.ID == p.Stage {
			return true, err
		}
	}
	return false, err
}

// Pay records that the money was sent: proof is how it is found in the books. For those who run the opening and see the name; the promise is kept with it. ErrMissing,
// ErrNotDue, ErrState, ErrInvalid, problems of opening.ManageIn.
func (ps *Payments) Pay(ctx context.Context, who actor.Actor, o opening.ID, id ID, proof string) error {
	proof = strings.TrimSpace(proof)
	switch {
	case proof == "":
		return problem.Field("proof", "Write how it is found in your books: the transfer's number, and its day.")
	case len([]rune(proof)) > MostProof:
		return problem.Field("proof", fmt.Sprintf("This is longer than %d characters.", MostProof))
	}
	return ps.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := ps.Openings.ManageIn(ctx, tx, who, o); err != nil {
			return err
		}
		p, err := ps.In(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.Opening != o {
			return ErrMissing
		}
		app, err := ps.Openings.LoadApplicationIn(ctx, tx, who, p.Application)
		if err != nil {
			return err
		}
		if app.Blind {
			return ErrMissing // whoever reads without the name cannot know where the money goes
		}
		switch p.State {
		case Offered, Accepted, Declined, Void:
			return ErrNotDue
		case Paid:
			return ErrState
		}
		now := ps.DB.Now()
		n, err := query.New(tx).Pay(ctx, query.PayParams{Proof: proof, At: clock.Milli(now), ByMember: who.ID, OrgID: tx.Org, ID: string(id)})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrState
		}
		if err := ps.Promises.KeepFor(ctx, tx, promise.Payment, string(p.Application), string(p.Stage), now); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "payment.pay", string(p.Application), audit.Facts{"payment": string(id), "money": p.Money.String()}); err != nil {
			return err
		}
		return Made.Announce(ctx, ps.Jobs, tx, MadeNote{tx.Org, string(id), string(p.Application)})
	})
}
