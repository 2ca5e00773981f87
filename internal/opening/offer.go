package opening

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
)

// Offer is a format with its content. A stage offers one, or several for the candidate to choose from.
type Offer struct{ Format, Ref string }

// MostOthers is how many a candidate can choose instead of the first.
const MostOthers = 3

// Offers are all that a stage offers, at least one.
func (s Stage) Offers() []Offer { return append([]Offer{{s.Format, s.Ref}}, s.Others...) }

// Undoer is a Format of which a candidate can choose another instead, as long as nothing of it was begun.
type Undoer interface {
	Format
	// Began says whether anything of it was begun, also if it is over.
	Began(ctx context.Context, tx db.Tx, inv Invitation) (bool, error)
	// Undo takes back what Start made by an invitation, in the caller's transaction. ErrBegan once anything of it was begun.
	Undo(ctx context.Context, tx db.Tx, inv Invitation) error
}

var (
	// ErrBegan: the choice holds.
	ErrBegan = problem.New(problem.Conflict, "offer_began", "You have started what you chose, so the choice stays. If it does not suit you, write to us.")
	// ErrOffer: not among what was offered, or not any more.
	ErrOffer = problem.New(problem.Invalid, "offer", "Choose one of these.")
)

// checkOffers says what is wrong with what a stage offers. Where there are several, they are read by the criteria of the first: each of the others has
// some of these and no other, so that whoever chose one can be compared with whoever chose another.
func (os *Openings) checkOffers(ctx context.Context, o string, s Stage) error {
	if len(s.Others) > MostOthers {
		return problem.Field("others", fmt.Sprintf("A stage offers up to %d to choose from.", MostOthers+1))
	}
	first := Described{}
	for i, x := range s.Offers() {
		field := "format"
		if i > 0 {
			field = "others"
		}
		f, ok := os.Format(x.Format)
		if !ok {
			return problem.Field(field, "Choose what candidates do in this stage.")
		}
		d, err := f.Describe(ctx, o, x.Ref)
		if _, isProblem := problem.As(err); isProblem {
			return problem.Field(field, "Choose what candidates do in this stage.")
		}
		if err != nil {
			return err
		}
		if _, can := f.(Undoer); len(s.Others) > 0 && !can {
			return problem.Field(field, "“"+d.Title+"” is agreed on with each candidate by itself. Give it a stage of its own.")
		}
		if i == 0 {
			first = d
			continue
		}
		if slices.Contains(s.Offers()[:i], x) {
			return problem.Field(field, "“"+d.Title+"” is offered twice.")
		}
		if err := alike(first, d); err != nil {
			return err
		}
	}
	return nil
}

// alike says whether what is chosen instead can be read by the same criteria.
func alike(first, d Described) error {
	keys := first.keys()
	var strange []string
	for _, c := range d.Criteria {
		if !slices.Contains(keys, c.Key) {
			strange = append(strange, "“"+c.Title+"”")
		}
	}
	switch {
	case len(strange) > 0:
		return problem.Field("others", "“"+d.Title+"” is scored by "+strings.Join(strange, ", ")+", which “"+first.Title+"” is not. Give both the same criteria, by their keys, or offer them in two stages.")
	case len(d.Criteria) == 0 && len(keys) > 0:
		return problem.Field("others", "“"+d.Title+"” has none of the criteria of “"+first.Title+"”, so nobody could compare.")
	}
	return nil
}

func (d Described) keys() []string {
	var out []string
	for _, c := range d.Criteria {
		out = append(out, c.Key)
	}
	return out
}

// Missing are the criteria of a stage that a content cannot show.
func (d Described) Missing(all []Criterion) (out []Criterion) {
	keys := d.keys()
	for _, c := range all {
		if !slices.Contains(keys, c.Key) {
			out = append(out, c)
		}
	}
	return out
}

// Describe is an offer in words. ErrMissing, and problems of its format.
func (os *Openings) Describe(ctx context.Context, o string, x Offer) (Described, error) {
	f, ok := os.Format(x.Format)
	if !ok {
		return Described{}, ErrMissing
	}
	return f.Describe(ctx, o, x.Ref)
}

// OffersOf are what an invitation lets choose from, the first first; where there was no choice, what it invited to.
func (os *Openings) OffersOf(ctx context.Context, tx db.Tx, inv Invitation) ([]Offer, error) {
	if inv.Offers == 0 {
		return []Offer{{inv.Format, inv.Ref}}, nil
	}
	rows, err := query.New(tx).Offers(ctx, tx.Org, string(inv.ID))
	var out []Offer
	for _, r := range rows {
		out = append(out, Offer{r.Format, r.RefID})
	}
	return out, err
}

// OwnChoice is what the asking candidate can choose from; began says that they cannot choose any more. ErrMissing where there is nothing to choose.
func (os *Openings) OwnChoice(ctx context.Context, who actor.Actor) (inv Invitation, offers []Offer, began bool, err error) {
	if who.Kind != actor.Candidate {
		return inv, nil, false, ErrMissing
	}
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if inv, err = os.InvitationIn(ctx, tx, InvitationID(who.ID)); err != nil {
			return err
		}
		if inv.Offers == 0 {
			return ErrMissing
		}
		if offers, err = os.OffersOf(ctx, tx, inv); err != nil || inv.Unchosen() {
			return err
		}
		f, _ := os.Format(inv.Format)
		u, ok := f.(Undoer)
		if !ok {
			began = true
			return nil
		}
		began, err = u.Began(ctx, tx, inv)
		return err
	})
	return inv, offers, began, err
}

// Choose is the candidate's choice of what was offered; what it makes can be started from then on. Until something was started they can choose anew.
// The update of the invitation is the guarding write. ErrMissing, ErrOffer, ErrBegan, ErrMoved, ErrExpired.
func (os *Openings) Choose(ctx context.Context, who actor.Actor, x Offer) error {
	if who.Kind != actor.Candidate {
		return ErrMissing
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		was, err := os.InvitationIn(ctx, tx, InvitationID(who.ID))
		now := os.DB.Now()
		switch {
		case err != nil:
			return err
		case was.Offers == 0:
			return ErrMissing
		case was.Replaced != "" || was.Revoked || was.Status != Active:
			return ErrMoved
		case now.After(was.FinishBy):
			return ErrExpired
		case !was.Unchosen() && was.Format == x.Format && was.Ref == x.Ref:
			return nil // pressed twice
		}
		n, err := query.New(tx).Choose(ctx, query.ChooseParams{Format: x.Format, RefID: x.Ref, At: clock.Milli(now), OrgID: tx.Org, ID: who.ID, Was: clock.Milli(was.ChosenAt)})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrOffer.On("offer", "Choose one of these.")
		}
		if !was.Unchosen() {
			f, _ := os.Format(was.Format)
			u, ok := f.(Undoer)
			if !ok {
				return ErrBegan
			}
			if err := u.Undo(ctx, tx, was); err != nil {
				return err
			}
		}
		is, err := os.InvitationIn(ctx, tx, was.ID)
		if err != nil {
			return err
		}
		f, ok := os.Format(is.Format)
		if !ok {
			return ErrOffer
		}
		if err := f.Start(ctx, tx, is); err != nil {
			return err
		}
		facts := audit.Facts{"invitation": who.ID, "format": is.Format, "ref": is.Ref}
		if !was.Unchosen() {
			facts["instead"] = was.Format + ":" + was.Ref
		}
		return audit.Record(ctx, tx, now, who, "invitation.choose", string(was.Application), facts)
	})
}
