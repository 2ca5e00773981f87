package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/privacy/internal/query"
)

// Rule is something that goes by its own age, not with an application.
type Rule struct {
	What string // as the owner reads it
	Keep func(org.Org) Period
	// Count is how many are from before an instant, and when the first is from.
	Count func(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error)
	// Remove removes some of them, not more than one transaction should, and says how many; 0 when none is left.
	Remove func(ctx context.Context, tx db.Tx, before time.Time) (n int, err error)
}

// Night removes from one organisation what has been kept as long as its rules say. Each application, person and batch is a
// transaction of its own, and what fails keeps nothing else waiting: it is whole as it was, and the next night takes it up. After
// the last organisation the caller does db.Rewrite.
func (ps *Privacy) Night(ctx context.Context, o org.ID) error {
	organisation, err := ps.Openings.Orgs.ByID(ctx, o)
	if err != nil {
		return err
	}
	now := ps.DB.Now()
	errs := []error{ps.expireAll(ctx, organisation, now), ps.leaveAll(ctx, organisation, now), ps.dropAll(ctx, organisation, now)}
	for _, r := range ps.Rules {
		if err := ps.age(ctx, organisation, r, now); err != nil {
			errs = append(errs, fmt.Errorf("privacy: %s: %w", r.What, err))
		}
	}
	return errors.Join(errs...)
}

func system(o org.ID) actor.Actor { return actor.ForSystem(o, "privacy.night") }

// each runs fn on every id in a transaction of its own, until ctx ends.
func (ps *Privacy) each(ctx context.Context, o org.ID, ids []string, fn func(tx db.Tx, id string) error) error {
	var errs []error
	for _, id := range ids {
		if ctx.Err() != nil {
			return errors.Join(append(errs, ctx.Err())...)
		}
		if err := ps.DB.Write(ctx, o, func(tx db.Tx) error { return fn(tx, id) }); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", id, err))
		}
	}
	return errors.Join(errs...)
}

// lasts are the applications (or one of them) on which nothing has happened since before, with when the last thing did.
func lasts(ctx context.Context, tx db.Tx, before time.Time, one opening.ApplicationID) ([]query.LastsRow, error) {
	return query.New(tx).Lasts(ctx, tx.Org, clock.Milli(before), string(one))
}

// expireAll removes what was written about applications that ended long enough ago.
func (ps *Privacy) expireAll(ctx context.Context, o org.Org, now time.Time) error {
	before := Words(o).Cutoff(now)
	var due []string
	err := ps.DB.Read(ctx, o.ID, func(tx db.Tx) error {
		rows, err := lasts(ctx, tx, before, "")
		for _, r := range rows {
			due = append(due, r.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return ps.each(ctx, o.ID, due, func(tx db.Tx, a string) error {
		if err := ps.Openings.HoldApplication(ctx, tx, opening.ApplicationID(a)); err != nil {
			return err
		}
		still, err := lasts(ctx, tx, before, opening.ApplicationID(a))
		if err != nil || len(still) == 0 {
			return err // somebody held it, or something happened on it
		}
		p, err := ps.part(ctx, tx, opening.ApplicationID(a))
		if err != nil {
			return err
		}
		if err := ps.end(ctx, tx, system(o.ID), p.Applications); err != nil {
			return err
		}
		if _, err := ps.erase(ctx, tx, p); err != nil {
			return err
		}
		if err := query.New(tx).Expire(ctx, tx.Org, a, clock.Milli(now)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, system(o.ID), "application.expire", a, nil)
	})
}

// leaveAll erases people of whom no application is kept any more.
func (ps *Privacy) leaveAll(ctx context.Context, o org.Org, now time.Time) error {
	before := clock.Milli(Words(o).Cutoff(now))
	var alone []string
	err := ps.DB.Read(ctx, o.ID, func(tx db.Tx) (err error) {
		alone, err = query.New(tx).Alone(ctx, o.ID, before, "")
		return err
	})
	if err != nil {
		return err
	}
	return ps.each(ctx, o.ID, alone, func(tx db.Tx, c string) error {
		err := ps.Candidates.Hold(ctx, tx, candidate.ID(c))
		if errors.Is(err, candidate.ErrMissing) {
			return nil // they erased themselves meanwhile
		}
		if err != nil {
			return err
		}
		still, err := query.New(tx).Alone(ctx, o.ID, before, c)
		if err != nil || len(still) == 0 {
			return err // invited anew
		}
		_, err = ps.erasePerson(ctx, tx, system(o.ID), candidate.ID(c), "candidate.expire")
		return err
	})
}

// dropAll removes the ids and numbers of applications that ended long enough ago, and then people without any.
func (ps *Privacy) dropAll(ctx context.Context, o org.Org, now time.Time) error {
	before := clock.Milli(Numbers(o).Cutoff(now))
	var spent, hollow []string
	err := ps.DB.Read(ctx, o.ID, func(tx db.Tx) error {
		rows, err := query.New(tx).Spent(ctx, o.ID, before, "")
		for _, r := range rows {
			spent = append(spent, r.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = ps.each(ctx, o.ID, spent, func(tx db.Tx, a string) error {
		if err := ps.Openings.HoldApplication(ctx, tx, opening.ApplicationID(a)); err != nil {
			return err
		}
		still, err := query.New(tx).Spent(ctx, o.ID, before, a)
		if err != nil || len(still) == 0 {
			return err
		}
		p, err := ps.part(ctx, tx, opening.ApplicationID(a))
		if err != nil {
			return err
		}
		if _, err := query.New(tx).DropExpiry(ctx, tx.Org, a); err != nil {
			return err
		}
		return ps.drop(ctx, tx, p)
	})
	if read := ps.DB.Read(ctx, o.ID, func(tx db.Tx) (err error) {
		hollow, err = query.New(tx).Hollow(ctx, o.ID)
		return err
	}); read != nil {
		return errors.Join(err, read)
	}
	return errors.Join(err, ps.each(ctx, o.ID, hollow, func(tx db.Tx, c string) error {
		return ps.drop(ctx, tx, db.Person{Org: tx.Org, Candidate: c})
	}))
}

func (ps *Privacy) drop(ctx context.Context, tx db.Tx, p db.Person) error {
	if err := tx.Erased(ctx); err != nil {
		return err
	}
	for _, e := range ps.Erasers {
		if e.Drop == nil {
			continue
		}
		if err := e.Drop(ctx, tx, p); err != nil {
			return fmt.Errorf("privacy: %s: %w", e.Name, err)
		}
	}
	return nil
}

// age does one rule, batch by batch.
func (ps *Privacy) age(ctx context.Context, o org.Org, r Rule, now time.Time) error {
	before := r.Keep(o).Cutoff(now)
	for n := 1; n > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := ps.DB.Write(ctx, o.ID, func(tx db.Tx) (err error) {
			if n, err = r.Remove(ctx, tx, before); err != nil || n == 0 {
				return err
			}
			return tx.Erased(ctx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
