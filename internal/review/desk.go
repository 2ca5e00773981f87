package review

import (
	"context"
	"slices"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
)

// Desk is who reads a submission, for those who run or decide its opening.
type Desk struct {
	Round
	Title   string // the name, or the code where the asker is blind
	Blind   bool
	Opening opening.Opening
	Readers []Reader
	Pool    []org.Member // who else could read it, who has least open first
	Back    []org.Member // who had it and could go on with what they wrote
}

// Reader is a member with where their card stands; never what is on it.
type Reader struct {
	Member    org.Member
	State     State
	Minutes   int // that a filed card took
	Corrected bool
}

// Desk loads it. ErrMissing, ErrRole.
func (rs *Reviews) Desk(ctx context.Context, who actor.Actor, c Code) (*Desk, error) {
	d := &Desk{}
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if d.Round, err = roundIn(ctx, tx, c); err != nil {
			return err
		}
		if err := rs.run(ctx, tx, who, d.Round); err != nil {
			return err
		}
		app, err := rs.Openings.LoadApplicationIn(ctx, tx, who, d.Application)
		if err != nil {
			return err
		}
		if d.Blind, _, err = rs.Blind(ctx, tx, who, d.Application); err != nil {
			return err
		}
		d.Opening, d.Title = app.Opening, app.Title()
		if d.Blind {
			d.Title = "Candidate " + string(c)
		}
		list, err := rs.ReviewsIn(ctx, tx, d.Attempt)
		if err != nil {
			return err
		}
		for _, r := range list {
			m, err := rs.Orgs.Member(ctx, tx, r.Member)
			if err != nil {
				return err
			}
			reader := Reader{Member: m, State: r.State}
			if r.State == Filed {
				reader.Minutes, reader.Corrected = r.Minutes, r.Adjusted != ""
			}
			d.Readers = append(d.Readers, reader)
		}
		if d.Pool, err = rs.pool(ctx, tx, d.Round); err != nil {
			return err
		}
		d.Back, err = rs.returns(ctx, tx, d.Round)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Open is how many cards are not in: being written, or not given to anybody.
func (d *Desk) Open() int {
	filed := 0
	for _, r := range d.Readers {
		if r.State == Filed {
			filed++
		}
	}
	if !d.Closed.IsZero() {
		return 0
	}
	return max(1, d.Wanted-filed)
}

// Has says whether a member has an open card in it.
func (d *Desk) Has(member string) bool {
	return slices.ContainsFunc(d.Readers, func(r Reader) bool { return r.Member.ID == member && r.State == Assigned })
}
