package opening

import (
	"context"
	"errors"
	"maps"
	"slices"
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

// PeopleSeen lists by name or address whom Person would show, at most 50. Persons whom the asker must not see are left out, so that
// a page may be shorter. after is where the page before ended; next is where this one did, with more behind it, else zero. ErrRole.
func (os *Openings) PeopleSeen(ctx context.Context, who actor.Actor, prefix string, after candidate.Candidate) (list []candidate.Candidate, next candidate.Candidate, err error) {
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		found, more, err := os.Candidates.Search(ctx, tx, who, prefix, after)
		if err != nil || len(found) == 0 {
			return err
		}
		if more {
			next = found[len(found)-1]
		}
		seen, err := os.seen(ctx, tx, who, found)
		for _, c := range found {
			if seen[c.ID] {
				list = append(list, c)
			}
		}
		return err
	})
	return list, next, err
}

// seen is personIn's answer for many, in two queries.
func (os *Openings) seen(ctx context.Context, tx db.Tx, who actor.Actor, people []candidate.Candidate) (map[candidate.ID]bool, error) {
	ids := make([]candidate.ID, len(people))
	out := map[candidate.ID]bool{}
	for i, c := range people {
		ids[i], out[c.ID] = c.ID, true // who applied nowhere is seen
	}
	list, args := db.List([]any{tx.Org, who.ID}, ids)
	rows, err := tx.QueryContext(ctx, `SELECT a.candidate_id, a.id, o.confidential, COALESCE(m.role, '') FROM applications a
		JOIN openings o ON o.org_id = a.org_id AND o.id = a.opening_id
		LEFT JOIN opening_members m ON m.org_id = a.org_id AND m.opening_id = a.opening_id AND m.member_id = $2
		WHERE a.org_id = $1 AND a.candidate_id IN (`+list+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type applied struct {
		of candidate.ID
		in Opening // its roles and whether it is confidential
	}
	all := map[ApplicationID]applied{}
	for rows.Next() {
		var a ApplicationID
		var of candidate.ID
		var confidential bool
		var role Role
		if err := rows.Scan(&of, &a, &confidential, &role); err != nil {
			return nil, err
		}
		x := all[a]
		x.of, x.in.Confidential = of, confidential
		if role != "" {
			x.in.Mine = append(x.in.Mine, role)
		}
		all[a], out[of] = x, false
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	hidden := map[ApplicationID]string{}
	if hidden, err = os.HiddenFrom(ctx, tx, who, slices.Collect(maps.Keys(all))); err != nil {
		return nil, err
	}
	for _, x := range all {
		out[x.of] = out[x.of] || x.in.MayManage(who)
	}
	for a, x := range all {
		if _, blind := hidden[a]; blind && x.in.maySee(who) {
			out[x.of] = false
		}
	}
	return out, nil
}
