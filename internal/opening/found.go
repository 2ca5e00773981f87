package opening

import (
	"context"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/org"
)

// Found is what is known of an address before somebody is invited.
type Found struct {
	Known   bool
	Name    string        // as we know them
	Here    ApplicationID // in this opening already; "" when not
	Earlier []Earlier     // elsewhere, only in openings the asker may see
}

// Find looks an address up for the invitation form. ErrRole, ErrMissing.
func (os *Openings) Find(ctx context.Context, who actor.Actor, o ID, email string) (Found, error) {
	var out Found
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if _, err := os.manage(ctx, tx, who, o); err != nil {
			return err
		}
		c, err := os.Candidates.ByEmail(ctx, tx, email)
		if errors.Is(err, candidate.ErrMissing) {
			return nil
		}
		if err != nil {
			return err
		}
		all, err := os.SeenOf(ctx, tx, who, string(c.ID))
		if err != nil {
			return err
		}
		out = Found{Known: true, Name: c.Name}
		for _, e := range all {
			if e.Opening == o {
				out.Here = e.ID
				continue
			}
			out.Earlier = append(out.Earlier, e)
		}
		return nil
	})
	return out, err
}

// SeenOf are a candidate's applications in the openings the asker may see, newest first, without those the asker reads blind.
func (os *Openings) SeenOf(ctx context.Context, tx db.Tx, who actor.Actor, candidate string) ([]Earlier, error) {
	all, err := os.ApplicationsOf(ctx, tx, candidate)
	var out []Earlier
	for _, e := range all {
		a, err := os.LoadApplicationIn(ctx, tx, who, e.ID)
		if errors.Is(err, ErrMissing) || err == nil && a.Blind {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, err
}

// Sealed is a confidential opening as an owner who is not in it may know it: that it is there.
type Sealed struct {
	ID      ID
	Created time.Time
	By      string // member
}

// SealedFrom lists the confidential openings an owner could join with SetRole, which is in the audit. ErrRole.
func (os *Openings) SealedFrom(ctx context.Context, who actor.Actor) ([]Sealed, error) {
	if err := org.Need(who, "opening.join"); err != nil {
		return nil, err
	}
	var out []Sealed
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Sealed(ctx, tx.Org, who.ID)
		for _, r := range rows {
			out = append(out, Sealed{ID(r.ID), clock.Time(r.CreatedAt), r.CreatedBy})
		}
		return err
	})
	return out, err
}

// Person is a candidate for somebody who looks after one of their applications, with the applications the asker may see.
// ErrMissing: no such person, none of their openings is the asker's to manage, or the asker reads one of their applications blind.
func (os *Openings) Person(ctx context.Context, who actor.Actor, c candidate.ID) (candidate.Candidate, []Earlier, error) {
	var person candidate.Candidate
	var seen []Earlier
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		person, seen, err = os.personIn(ctx, tx, who, c)
		return err
	})
	return person, seen, err
}

func (os *Openings) personIn(ctx context.Context, tx db.Tx, who actor.Actor, c candidate.ID) (candidate.Candidate, []Earlier, error) {
	if !org.May(who, "candidate.read") {
		return candidate.Candidate{}, nil, ErrMissing
	}
	person, err := os.Candidates.In(ctx, tx, c)
	if errors.Is(err, candidate.ErrMissing) {
		err = ErrMissing
	}
	if err != nil {
		return candidate.Candidate{}, nil, err
	}
	all, err := os.ApplicationsOf(ctx, tx, string(c))
	if err != nil {
		return candidate.Candidate{}, nil, err
	}
	var seen []Earlier
	managed := len(all) == 0
	for _, e := range all {
		a, err := os.LoadApplicationIn(ctx, tx, who, e.ID)
		if errors.Is(err, ErrMissing) {
			continue
		}
		if err != nil {
			return candidate.Candidate{}, nil, err
		}
		if a.Blind {
			return candidate.Candidate{}, nil, ErrMissing
		}
		managed = managed || a.Opening.MayManage(who)
		seen = append(seen, e)
	}
	if !managed {
		return candidate.Candidate{}, nil, ErrMissing
	}
	return person, seen, nil
}

// PeopleSeen lists by name or address whom Person would show, up to 51 so that the caller knows of more; after is the last of the
// page before. Persons whom the asker must not see are passed over. ErrRole.
func (os *Openings) PeopleSeen(ctx context.Context, who actor.Actor, prefix string, after candidate.Candidate) ([]candidate.Candidate, error) {
	if err := org.Need(who, "candidate.list"); err != nil {
		return nil, err
	}
	var out []candidate.Candidate
	for len(out) <= 50 {
		list, err := os.Candidates.Search(ctx, who, prefix, after)
		if err != nil || len(list) == 0 {
			return out, err
		}
		err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
			for _, c := range list {
				_, _, err := os.personIn(ctx, tx, who, c.ID)
				if errors.Is(err, ErrMissing) {
					continue
				}
				if err != nil {
					return err
				}
				out = append(out, c)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		after = list[len(list)-1]
	}
	return out[:51], nil
}
