package opening

import (
	"context"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
)

// HoldApplication is the guarding write of whatever keeps an application longer or removes something of it: until the transaction
// ends nobody else does. ErrMissing.
func (os *Openings) HoldApplication(ctx context.Context, tx db.Tx, a ApplicationID) error {
	n, err := query.New(tx).HoldApplication(ctx, tx.Org, string(a))
	if err == nil && n == 0 {
		err = ErrMissing
	}
	return err
}

// Drop removes the rows that are left of erased applications.
func (os *Openings) Drop(ctx context.Context, tx db.Tx, p db.Person) error {
	q := query.New(tx)
	for _, i := range p.Invitations {
		if _, err := q.DropOffers(ctx, tx.Org, i); err != nil {
			return err
		}
		if _, err := q.DropInvitation(ctx, tx.Org, i); err != nil {
			return err
		}
	}
	for _, a := range p.Applications {
		if _, err := q.DropApplication(ctx, tx.Org, a); err != nil {
			return err
		}
	}
	return nil
}

// EndedSessions counts candidates' sessions that ended before an instant and says when the first of them did.
func (os *Openings) EndedSessions(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).EndedSessions(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// ForgetSessions removes candidates' sessions and digits for other devices that ended before an instant.
func (os *Openings) ForgetSessions(ctx context.Context, tx db.Tx, before time.Time) (n int, err error) {
	q := query.New(tx)
	codes, err := q.DropCodes(ctx, tx.Org, clock.Milli(before))
	if err != nil {
		return 0, err
	}
	sessions, err := q.DropSessions(ctx, tx.Org, clock.Milli(before))
	return int(codes + sessions), err
}
