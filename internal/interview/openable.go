package interview

import (
	"context"
	"errors"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/org"
)

// Openable is what an interview about an application's newest work can be opened with.
type Openable struct {
	App     opening.Application
	Version *assessment.Version // of the work; nil: nothing was sent, or they are out of the opening
	There   Code                // of the interview that there is; "" none
	Members []org.Member        // who can ask
	Work    attempt.Submission  // with all that belongs to the answers

	org    string
	bodies map[string][]byte
}

// Quote is a place of the work. ErrInvalid on item and anchor.
func (o Openable) Quote(itemKey, place string) (item.Quote, error) {
	return quote(o.org, o.Version, o.bodies, itemKey, place)
}

// Openable reads it, for those who may open one. ErrMissing, ErrRole.
func (is *Interviews) Openable(ctx context.Context, who actor.Actor, app opening.ApplicationID) (Openable, error) {
	var out Openable
	var at attempt.Attempt
	var mail string
	err := is.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if out.App, err = is.runs(ctx, tx, who, app); err != nil {
			return err
		}
		if out.Members, err = is.AskersIn(ctx, tx, out.App.Opening.ID); err != nil {
			return err
		}
		if at, err = is.work(ctx, tx, out.App); err != nil {
			return err
		}
		whole, err := is.Openings.ApplicationIn(ctx, tx, app)
		if err != nil {
			return err
		}
		mail = whole.Email
		if out.Work, err = is.Attempts.Submission(ctx, tx, at.ID); err != nil {
			return err
		}
		v, err := is.Of(ctx, tx, at.ID)
		out.There = v.Code
		if errors.Is(err, ErrMissing) {
			return nil
		}
		return err
	})
	if errors.Is(err, ErrNoWork) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	v, err := is.Assessments.Version(ctx, who.Org, at.Version)
	if err != nil {
		return out, err
	}
	out.Version = v
	if out.bodies, err = fetched(ctx, who.Org, v, out.Work); err != nil {
		return out, err
	}
	out.org = who.Org
	out.Work.Items = laid(out.Work.Items, out.bodies)
	if !out.App.Opening.SeesAddresses(who) {
		strikeWork(v, out.Work, []string{mail})
	}
	return out, nil
}
