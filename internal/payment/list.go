package payment

import (
	"context"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
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
