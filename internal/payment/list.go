package payment

import (
	"cmp"
	"context"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment/internal/query"
)

// Line is a payment as one asker may see it.
type Line struct {
	Payment
	Name  string // "Candidate 4KX9" where the asker reads without the name; then Payee and Proof are ""
	Email string // "" where the asker does not see addresses
	Blind bool
}

// List are an opening's payments, oldest offer first, 200 at a time after a payment; for those who see its list of candidates. Problems of opening.Load, and opening.ErrRole.
func (ps *Payments) List(ctx context.Context, who actor.Actor, o opening.ID, after ID) (out []Line, next ID, err error) {
	err = ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		op, err := ps.Openings.LoadIn(ctx, tx, who, o)
		if err != nil {
			return err
		}
		if !op.SeesBoard(who) {
			return opening.ErrRole
		}
		rows, err := query.New(tx).OfOpening(ctx, query.OfOpeningParams{OrgID: tx.Org, OpeningID: string(o), After: string(after), Most: page + 1})
		if err != nil {
			return err
		}
		if len(rows) > page {
			rows = rows[:page]
			next = ID(rows[page-1].ID)
		}
		for _, r := range rows {
			l := Line{Payment: payment(query.PaymentRow(r))}
			app, err := ps.Openings.LoadApplicationIn(ctx, tx, who, l.Application)
			if err != nil {
				return err
			}
			l.Name, l.Email, l.Blind = app.Title(), app.Email, app.Blind
			if app.Blind {
				l.Payee, l.Proof = "", ""
			}
			if !op.MayManage(who) {
				l.Payee = ""
			}
			out = append(out, l)
		}
		return nil
	})
	return out, next, err
}

const page = 200

// openPage is how many payments a list of several openings has.
const openPage = 50

// OpenLine is a payment that is not made yet, wherever it is.
type OpenLine struct {
	Line
	Title string // of its opening
}

// Open are the payments that were accepted and are not made, of all openings that the asker runs, in the order of their offers, 50 at a time after one;
// without those of people whose work the asker reads without the name. Two queries, however many there are.
func (ps *Payments) Open(ctx context.Context, who actor.Actor, after ID) (out []OpenLine, next ID, err error) {
	err = ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out, next = nil, ""
		rows, err := query.New(tx).OpenOnes(ctx, query.OpenOnesParams{OrgID: tx.Org, After: string(after), Wide: org.May(who, "opening.change"), MemberID: who.ID, Most: openPage + 1})
		if err != nil {
			return err
		}
		if len(rows) > openPage {
			rows = rows[:openPage]
			next = ID(rows[openPage-1].ID)
		}
		var apps []opening.ApplicationID
		for _, r := range rows {
			apps = append(apps, opening.ApplicationID(r.ApplicationID))
		}
		hidden, err := ps.Openings.HiddenFrom(ctx, tx, who, apps)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, blind := hidden[opening.ApplicationID(r.ApplicationID)]; blind {
				continue
			}
			l := OpenLine{Line{Payment: payment(query.PaymentRow{ID: r.ID, ApplicationID: r.ApplicationID, OpeningID: r.OpeningID, StageID: r.StageID, Amount: r.Amount, Currency: r.Currency, Days: r.Days,
				Production: r.Production, Rights: r.Rights, State: r.State, Payee: r.Payee, Proof: r.Proof, OfferedAt: r.OfferedAt, AnsweredAt: r.AnsweredAt, SentAt: r.SentAt, DueAt: r.DueAt, PaidAt: r.PaidAt,
				PaidBy: r.PaidBy, VoidAt: r.VoidAt}), Name: cmp.Or(r.Name, "Erased candidate")}, r.Title}
			out = append(out, l)
		}
		return nil
	})
	return out, next, err
}
