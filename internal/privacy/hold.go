package privacy

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/privacy/internal/query"
	"candor/internal/problem"
)

// Hold is that an application is kept until somebody lifts it: no night removes anything of it, and nobody erases its person.
type Hold struct {
	Application opening.ApplicationID
	Reason      string // for the team
	By          org.MemberID
	At          time.Time
}

// Kept is how long an application is kept.
type Kept struct {
	Application opening.Application
	Hold        *Hold     // nil: none
	Until       time.Time // when what was written goes, unless more happens; zero while held, and when it is gone
	Manage      bool      // the asker may hold and lift
}

// MaxReason is the longest reason in characters.
const MaxReason = 500

// Hold keeps an application until the hold is lifted. Who runs the opening may, and not while they read it blind; holding the
// application is the guarding write. Problems: opening.ErrMissing, opening.ErrRole, ErrInvalid on reason.
func (ps *Privacy) Hold(ctx context.Context, who actor.Actor, a opening.ApplicationID, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" || len([]rune(reason)) > MaxReason {
		return problem.Field("reason", "Say in up to 500 characters what this is needed for.")
	}
	return ps.managed(ctx, who, a, func(tx db.Tx) error {
		now := ps.DB.Now()
		why, err := audit.Reason(ctx, tx, now, string(a), reason)
		if err != nil {
			return err
		}
		n, err := query.New(tx).AddHold(ctx, query.AddHoldParams{OrgID: tx.Org, ApplicationID: string(a), ReasonID: why, ByMember: who.ID, At: clock.Milli(now)})
		if err != nil {
			return err
		}
		if n == 0 {
			return opening.ErrMoved.Saying("Somebody else keeps this application already. Look at it again.")
		}
		return audit.Record(ctx, tx, now, who, "application.hold", string(a), audit.Facts{"reason": why})
	})
}

// Lift ends a hold; what is over its time goes in the next night. Lifting again changes nothing. opening.ErrMissing, opening.ErrRole.
func (ps *Privacy) Lift(ctx context.Context, who actor.Actor, a opening.ApplicationID) error {
	return ps.managed(ctx, who, a, func(tx db.Tx) error {
		n, err := query.New(tx).LiftHold(ctx, tx.Org, string(a))
		if err != nil || n == 0 {
			return err
		}
		return audit.Record(ctx, tx, ps.DB.Now(), who, "application.lift", string(a), nil)
	})
}

func (ps *Privacy) managed(ctx context.Context, who actor.Actor, a opening.ApplicationID, fn func(tx db.Tx) error) error {
	return ps.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := ps.Openings.HoldApplication(ctx, tx, a); err != nil {
			return err
		}
		app, err := ps.Openings.LoadApplicationIn(ctx, tx, who, a)
		if err != nil {
			return err
		}
		if !manages(who, app) {
			return opening.ErrRole
		}
		return fn(tx)
	})
}

func manages(who actor.Actor, app opening.Application) bool {
	return app.Opening.MayManage(who) && !app.Blind
}

// Kept says how long an application is kept, to whoever may see it; a candidate learns neither reason nor who. opening.ErrMissing.
func (ps *Privacy) Kept(ctx context.Context, who actor.Actor, a opening.ApplicationID) (Kept, error) {
	var out Kept
	err := ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		app, err := ps.Openings.LoadApplicationIn(ctx, tx, who, a)
		if err != nil {
			return err
		}
		out = Kept{Application: app, Manage: who.Kind == actor.Member && manages(who, app)}
		h, err := query.New(tx).HoldOf(ctx, tx.Org, string(a))
		if err == nil {
			out.Hold = &Hold{Application: a, At: clock.Time(h.At)}
			if out.Manage {
				out.Hold.By = h.ByMember
				out.Hold.Reason, err = audit.ReasonText(ctx, tx, h.ReasonID)
			}
			return err
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		o, err := ps.Openings.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		last, err := lasts(ctx, tx, always, a)
		if len(last) == 1 {
			out.Until = Words(o).After(clock.Time(last[0].Last))
		}
		return err
	})
	return out, err
}
