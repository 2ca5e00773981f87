package attempt

import (
	"context"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/promise"
	"candor/internal/response"
)

// View is everything a candidate's pages draw.
type View struct {
	Attempt    Attempt
	Invitation opening.Invitation
	Opening    opening.Opening
	Version    *assessment.Version
	Sittings   map[string]Sitting
	Answers    map[string]response.Revision // present ones
	Touched    map[string]bool              // items beside whose bodies something of the candidate's stands
	Late       []Late                       // kept and marked, and not what counts
	Branches   []response.Revision          // from a device that had lost the takeover, neither used nor left yet: of each item the newest
	Replaced   []Replaced                   // late answers that were accepted, and those of parts that were opened again
	Afterwords map[string]string
	Candidate  candidate.Candidate
	Adjusted   candidate.Accommodation
	Promises   []promise.Promise
	Now        time.Time
	Interval   time.Duration // between a browser's saves
}

// Answered is how many of a part's items have an answer.
func (v *View) Answered(p assessment.Part) (n int) {
	for _, i := range p.Items {
		if v.Has(i) {
			n++
		}
	}
	return n
}

// Has says whether an item has an answer: a body, or something beside it.
func (v *View) Has(i assessment.PartItem) bool {
	r, ok := v.Answers[i.Key]
	return v.Touched[i.Key] || ok && i.Kind.Answered(i.Spec, r.Body)
}

// Body is the present answer of an item, or what it begins with.
func (v *View) Body(i assessment.PartItem) []byte {
	if r, ok := v.Answers[i.Key]; ok {
		return r.Body
	}
	return i.Kind.Blank(i.Spec)
}

// Sent counts the parts that are sent, without the turns of an interview and the days of a trial.
func (v *View) Sent() (n int) {
	for _, s := range v.Sittings {
		if !IsTurn(s.Part) && s.Over(v.Now) && s.State != Ready {
			n++
		}
	}
	return n
}

// View reads it for the asking candidate. ErrMissing.
func (as *Attempts) View(ctx context.Context, who actor.Actor) (*View, error) {
	v := &View{Now: as.DB.Now(), Interval: as.Load.Interval()}
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		return as.fill(ctx, tx, v, a)
	})
	if err != nil {
		return nil, err
	}
	if v.Version, err = as.Whole(ctx, who.Org, v.Attempt); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(v.Version.Parts, func(p assessment.Part) bool { return len(held(p)) > 0 }) {
		return v, nil
	}
	err = as.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		v.Touched, err = as.touched(ctx, tx, v.Attempt, v.Version)
		return err
	})
	return v, err
}

func (as *Attempts) fill(ctx context.Context, tx db.Tx, v *View, a Attempt) (err error) {
	v.Attempt = a
	if v.Invitation, err = as.Openings.InvitationIn(ctx, tx, a.Invitation); err != nil {
		return err
	}
	if v.Opening, err = as.Openings.In(ctx, tx, v.Invitation.Opening); err != nil {
		return err
	}
	if v.Sittings, err = as.Sittings(ctx, tx, a.ID); err != nil {
		return err
	}
	if v.Answers, err = response.Current(ctx, tx, string(a.ID)); err != nil {
		return err
	}
	stray, err := response.Stray(ctx, tx, string(a.ID))
	if err != nil {
		return err
	}
	if v.Late, err = as.late(ctx, tx, a, stray); err != nil {
		return err
	}
	v.Branches = branchesOf(stray, v.Answers)
	if v.Replaced, err = as.Replaced(ctx, tx, a.ID); err != nil {
		return err
	}
	if v.Candidate, err = as.Candidates.In(ctx, tx, a.Candidate); err != nil {
		return err
	}
	if v.Adjusted, err = as.Candidates.AccommodationIn(ctx, tx, a.Candidate); err != nil {
		return err
	}
	if v.Promises, err = as.Promises.Of(ctx, tx, string(a.Application)); err != nil {
		return err
	}
	rows, err := query.New(tx).Afterwords(ctx, tx.Org, string(a.ID))
	v.Afterwords = map[string]string{}
	for _, r := range rows {
		v.Afterwords[r.Part] = r.Body
	}
	return err
}

// branchesOf are the newest branches of each item that are neither used nor left and differ from the present answer.
func branchesOf(stray []response.Revision, answers map[string]response.Revision) []response.Revision {
	seen := map[string]bool{}
	var out []response.Revision
	for _, r := range stray { // of each item the newest first
		if r.Standing != response.Branch || seen[r.Item] {
			continue
		}
		seen[r.Item] = true
		if !r.Settled && r.SHA256 != answers[r.Item].SHA256 {
			out = append(out, r)
		}
	}
	return out
}
