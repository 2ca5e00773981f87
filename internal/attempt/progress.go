package attempt

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"candor/internal/attempt/internal/query"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/response"
)

// Progress is how far somebody is by an invitation, for reminders; it goes to the candidate and to nobody who reads.
type Progress struct {
	Begun   bool      // a part was started
	Sent    bool      // nothing is left to do
	Ready   bool      // every part that is not sent has no clock, runs, and has all its answers: only the press is missing
	Touched time.Time // the last save
	Owed    bool      // an answer to what they asked for is owed, so nothing is asked of them
}

// ProgressOf reads it; of an invitation that was not opened it is the zero Progress.
func (as *Attempts) ProgressOf(ctx context.Context, tx db.Tx, inv opening.Invitation) (Progress, error) {
	r, err := query.New(tx).AttemptOf(ctx, tx.Org, string(inv.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return Progress{}, nil
	}
	if err != nil {
		return Progress{}, err
	}
	a := fromAttempt(query.AttemptRow(r))
	all, err := as.Sittings(ctx, tx, a.ID)
	if err != nil {
		return Progress{}, err
	}
	adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Sent: a.State != "open", Owed: adjusted.Waits(), Ready: true}
	left := map[string]bool{}
	for key, s := range all {
		if IsDay(key) {
			continue // nothing waits for it
		}
		p.Begun = p.Begun || !s.Clock.Started.IsZero()
		if s.SavedAt.After(p.Touched) {
			p.Touched = s.SavedAt
		}
		if s.State == Ended {
			continue
		}
		left[key] = true
		p.Ready = p.Ready && s.State == Running && s.Clock.Timed == 0
	}
	p.Ready = p.Ready && !p.Sent && len(left) > 0 && !p.Touched.IsZero()
	if !p.Ready {
		return p, nil
	}
	p.Ready, err = as.answered(ctx, tx, a, left)
	return p, err
}

// answered says whether every item of some parts has an answer.
func (as *Attempts) answered(ctx context.Context, tx db.Tx, a Attempt, parts map[string]bool) (bool, error) {
	v, err := as.Assessments.Version(ctx, tx.Org, a.Version)
	if err != nil {
		return false, err
	}
	answers, err := response.Current(ctx, tx, string(a.ID))
	if err != nil {
		return false, err
	}
	view := View{Answers: answers}
	if view.Touched, err = as.touched(ctx, tx, a, v); err != nil {
		return false, err
	}
	for _, p := range v.Parts {
		if parts[p.Key] && view.Answered(p) < len(p.Items) {
			return false, nil
		}
	}
	return true, nil
}
