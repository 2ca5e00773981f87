package interview

import (
	"context"
	"errors"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
)

// Openable is what an interview about an application's newest work can be opened with.
type Openable struct {
	App     opening.Application
	Version *assessment.Version // of the work; nil: nothing was sent, or they are out of the opening
	There   Code                // of the interview that there is; "" none
	Members []org.Member        // who can ask
}

// Openable reads it, for those who may open one. ErrMissing, ErrRole.
func (is *Interviews) Openable(ctx context.Context, who actor.Actor, app opening.ApplicationID) (Openable, error) {
	var out Openable
	var at attempt.Attempt
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
	if err == nil {
		out.Version, err = is.Assessments.Version(ctx, who.Org, at.Version)
	}
	return out, err
}
