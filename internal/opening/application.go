package opening

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening/internal/query"
	"candor/internal/promise"
)

// Application is a candidate in an opening, as one asker may see it.
type Application struct {
	ID        ApplicationID
	Opening   Opening
	Candidate string // "" when blind
	Name      string // "" when blind
	Email     string // "" when blind
	Zone      string
	Code      string // what a blind reviewer knows it by; "" when not blind
	Blind     bool
	Stage     StageID
	Status    Status
	Created   time.Time
	Moved     time.Time
}

// Title is the name, or the code where the asker is blind.
func (a Application) Title() string {
	if a.Blind {
		return "Candidate " + a.Code
	}
	if a.Name == "" {
		return "Erased candidate"
	}
	return a.Name
}

// LoadApplication is the one place that decides who sees an application and whether its name is hidden. ErrMissing.
func (os *Openings) LoadApplication(ctx context.Context, who actor.Actor, a ApplicationID) (Application, error) {
	var out Application
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = os.LoadApplicationIn(ctx, tx, who, a)
		return err
	})
	return out, err
}

// LoadApplicationIn is LoadApplication in a transaction.
func (os *Openings) LoadApplicationIn(ctx context.Context, tx db.Tx, who actor.Actor, a ApplicationID) (Application, error) {
	out, err := os.ApplicationIn(ctx, tx, a)
	if err != nil {
		return out, err
	}
	if who.Kind == actor.Candidate {
		if who.Subject != out.Candidate {
			return Application{}, ErrMissing
		}
		return out, nil
	}
	if out.Opening, err = os.LoadIn(ctx, tx, who, out.Opening.ID); err != nil {
		return Application{}, err
	}
	if os.Blind == nil || who.Kind == actor.System {
		return out, nil
	}
	blind, code, err := os.Blind(ctx, tx, who, a)
	if err != nil {
		return Application{}, err
	}
	switch {
	case !blind && code == "" && !out.Opening.SeesBoard(who):
		return Application{}, ErrMissing // in the pool, but not assigned to this one
	case !blind && !out.Opening.SeesAddresses(who):
		out.Email = ""
	case blind:
		out.Blind, out.Code, out.Name, out.Email, out.Candidate, out.Zone = true, code, "", "", "", ""
		out.Created = time.Time{}
	}
	return out, nil
}

// ApplicationIn reads one without asking who may see it. ErrMissing.
func (os *Openings) ApplicationIn(ctx context.Context, tx db.Tx, a ApplicationID) (Application, error) {
	r, err := query.New(tx).Application(ctx, tx.Org, string(a))
	if errors.Is(err, sql.ErrNoRows) {
		return Application{}, ErrMissing
	}
	if err != nil {
		return Application{}, err
	}
	o, err := os.In(ctx, tx, ID(r.OpeningID))
	return Application{ID: ApplicationID(r.ID), Opening: o, Candidate: r.CandidateID, Name: r.Name, Email: r.Email, Zone: r.Zone,
		Stage: StageID(r.StageID), Status: Status(r.Status), Created: clock.Time(r.CreatedAt), Moved: clock.Time(r.MovedAt)}, err
}

// Word is what staff read.
func (s Status) Word() string {
	switch s {
	case Hired:
		return "Hired"
	case Declined:
		return "Declined"
	case Withdrawn:
		return "Withdrew"
	}
	return "Under way"
}

// Earlier are a candidate's applications, newest first.
type Earlier struct {
	ID      ApplicationID
	Opening ID
	Title   string
	Status  Status
	Created time.Time
}

// ApplicationsOf lists them without asking who may see which opening; callers are recruiters' pages and jobs.
func (os *Openings) ApplicationsOf(ctx context.Context, tx db.Tx, candidate string) ([]Earlier, error) {
	rows, err := query.New(tx).ApplicationsOf(ctx, tx.Org, candidate)
	var out []Earlier
	for _, r := range rows {
		out = append(out, Earlier{ApplicationID(r.ID), ID(r.OpeningID), r.Title, Status(r.Status), clock.Time(r.CreatedAt)})
	}
	return out, err
}

// Advance moves an application to its next stage and invites to it, in the caller's transaction; the update of the application
// is the guarding write. After the last stage there is nothing to move to: next is false, and whoever calls hires or talks.
// ErrMoved.
func (os *Openings) Advance(ctx context.Context, tx db.Tx, who actor.Actor, a Application) (inv InvitationID, next bool, err error) {
	stages, err := os.Stages(ctx, tx, a.Opening.ID)
	if err != nil {
		return "", false, err
	}
	var to *Stage
	for i := range stages {
		if stages[i].ID == a.Stage && i+1 < len(stages) {
			to = &stages[i+1]
		}
	}
	if to == nil {
		return "", false, nil
	}
	now := os.DB.Now()
	n, err := query.New(tx).MoveApplication(ctx, query.MoveApplicationParams{StageID: string(to.ID), At: clock.Milli(now), OrgID: tx.Org, ID: string(a.ID), Was: string(a.Stage)})
	if err != nil {
		return "", false, err
	}
	if n == 0 {
		return "", false, ErrMoved
	}
	late, err := os.Given(ctx, tx, a.ID) // we were late, so their deadline moves
	if err != nil {
		return "", false, err
	}
	inv, err = os.invite(ctx, tx, who, a, *to, now.Add(time.Duration(to.Window+late)*24*time.Hour), "")
	return inv, true, err
}

// End gives an application its last status, in the caller's transaction: hired, declined or withdrawn. ErrMoved.
func (os *Openings) End(ctx context.Context, tx db.Tx, who actor.Actor, a ApplicationID, s Status) error {
	n, err := query.New(tx).EndApplication(ctx, query.EndApplicationParams{Status: string(s), At: clock.Milli(os.DB.Now()), OrgID: tx.Org, ID: string(a)})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMoved
	}
	if s == Withdrawn { // nobody waits for a reply any more
		if err := os.Unowe(ctx, tx, a, promise.Reply, promise.Review, promise.Feedback); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, os.DB.Now(), who, "application."+string(s), string(a), nil)
}
