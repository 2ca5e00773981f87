package greenhouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/greenhouse/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
)

// The states of a test as Greenhouse reads them. Only Complete has a meaning there.
const (
	Complete  = "complete"
	Sent      = "sent"
	Opened    = "started"
	Submitted = "in_review"
	Expired   = "expired"
	Ended     = "ended" // withdrawn, or decided without it
)

// Status is how a test stands. Score is of 0 to 100, and nil until it is complete and when nobody could score it.
type Status struct {
	State    string
	Page     string // of the application, under the installation's address
	Score    *int
	Metadata map[string]string
}

// Status reads one for whoever may see the application. ErrMissing.
func (g *Greenhouse) Status(ctx context.Context, who actor.Actor, t TestID) (out Status, err error) {
	var r query.TestRow
	var inv opening.Invitation
	var round review.Round
	var app opening.Application
	var organisation org.Org
	err = g.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if organisation, err = g.Orgs.In(ctx, tx); err != nil {
			return err
		}
		r, err = query.New(tx).Test(ctx, tx.Org, string(t))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		if app, err = g.Openings.LoadApplicationIn(ctx, tx, who, opening.ApplicationID(r.ApplicationID)); err != nil {
			return err
		}
		if inv, err = g.Openings.InvitationIn(ctx, tx, opening.InvitationID(r.InvitationID)); err != nil {
			return err
		}
		round, err = g.round(ctx, tx, app.ID, inv.Stage)
		return err
	})
	if errors.Is(err, opening.ErrMissing) {
		err = ErrMissing
	}
	if err != nil {
		return out, err
	}
	zone := organisation.Location()
	out = Status{State: state(inv, round, app, g.DB.Now()), Page: "/o/" + who.Org + "/applications/" + r.ApplicationID, Metadata: map[string]string{"Sent": day(clock.Time(r.CreatedAt), zone)}}
	if round.Attempt == "" {
		return out, nil
	}
	if app.Blind || out.State != Complete {
		out.Metadata["Work received"] = "yes"
		return out, nil
	}
	out.Metadata["Work received"] = day(round.Submitted, zone)
	col, err := g.Reviews.Column(ctx, who, round.Code)
	if _, refused := problem.As(err); refused {
		return out, nil // the score is not the key's to read
	}
	if err != nil {
		return out, err
	}
	out.Metadata["Scorecards"] = fmt.Sprint(len(col.Cards))
	if col.Score.Cards > 0 {
		n := int(col.Score.Value + .5)
		out.Score = &n
		out.Metadata["Score"] = col.Score.String() + " of 100"
	}
	return out, nil
}

func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 January 2006") }

// round is the reading of what a stage led to; the zero value: nothing was sent.
func (g *Greenhouse) round(ctx context.Context, tx db.Tx, a opening.ApplicationID, s opening.StageID) (review.Round, error) {
	rounds, err := g.Reviews.RoundsOf(ctx, tx, a)
	for _, n := range rounds {
		if n.Stage == s {
			return n, err
		}
	}
	return review.Round{}, err
}

func state(inv opening.Invitation, n review.Round, app opening.Application, now time.Time) string {
	switch {
	case n.Attempt != "" && !n.Closed.IsZero():
		return Complete
	case app.Status != opening.Active:
		return Ended
	case n.Attempt != "":
		return Submitted
	}
	switch inv.State(now) {
	case opening.Opened:
		return Opened
	case opening.Expired:
		return Expired
	case opening.Revoked:
		return Ended
	}
	return Sent
}
