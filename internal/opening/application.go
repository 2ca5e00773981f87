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
	"candor/internal/job"
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
	return out.to(who, Card{code, blind})
}

// to is an application with its opening as a member may see it who has this card for it. ErrMissing.
func (a Application) to(who actor.Actor, c Card) (Application, error) {
	switch {
	case !c.Blind && c.Code == "" && !a.Opening.SeesBoard(who):
		return Application{}, ErrMissing // in the pool, but not assigned to this one
	case !c.Blind && !a.Opening.SeesAddresses(who):
		a.Email = ""
	case c.Blind:
		a.Blind, a.Code, a.Name, a.Email, a.Candidate, a.Zone = true, c.Code, "", "", "", ""
		a.Created = time.Time{}
	}
	return a, nil
}

// LoadApplications is LoadApplication for many and a member, in a bounded number of queries: those that the member may see; and the openings of all
// of them that the member knows of.
func (os *Openings) LoadApplications(ctx context.Context, tx db.Tx, who actor.Actor, ids []ApplicationID) (map[ApplicationID]Application, map[ID]Opening, error) {
	apps, around := map[ApplicationID]Application{}, map[ID]Opening{}
	if who.Kind != actor.Member || len(ids) == 0 {
		return apps, around, nil
	}
	all, err := applications(ctx, tx, who, ids)
	if err != nil {
		return nil, nil, err
	}
	cards := map[ApplicationID]Card{}
	if os.Reads != nil {
		if cards, err = os.Reads(ctx, tx, who, ids); err != nil {
			return nil, nil, err
		}
	}
	for id, a := range all {
		if !a.Opening.maySee(who) {
			continue
		}
		around[a.Opening.ID] = a.Opening
		if os.Reads != nil {
			if a, err = a.to(who, cards[id]); errors.Is(err, ErrMissing) {
				continue
			}
		}
		apps[id] = a
	}
	return apps, around, nil
}

// applications reads them with their openings and the member's roles there.
func applications(ctx context.Context, tx db.Tx, who actor.Actor, ids []ApplicationID) (map[ApplicationID]Application, error) {
	list, args := db.List([]any{tx.Org, who.ID}, ids)
	rows, err := tx.QueryContext(ctx, `SELECT a.id, a.opening_id, a.candidate_id, a.stage_id, a.status, a.created_at, a.moved_at, c.name, c.email, c.zone,
		o.title, o.team, o.about, o.state, o.confidential, o.reply_days, o.contact_id, o.created_at, o.review_days, o.feedback_days, o.most_late, COALESCE(m.role, '')
		FROM applications a JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id JOIN openings o ON o.org_id = a.org_id AND o.id = a.opening_id
		LEFT JOIN opening_members m ON m.org_id = a.org_id AND m.opening_id = a.opening_id AND m.member_id = $2
		WHERE a.org_id = $1 AND a.id IN (`+list+`) ORDER BY a.id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[ApplicationID]Application{}
	for rows.Next() {
		var a Application
		var o Opening
		var created, moved, opened int64
		var state string
		var role Role
		if err := rows.Scan(&a.ID, &o.ID, &a.Candidate, &a.Stage, &a.Status, &created, &moved, &a.Name, &a.Email, &a.Zone, &o.Title, &o.Team, &o.About, &state, &o.Confidential,
			&o.ReplyDays, &o.Contact, &opened, &o.ReviewDays, &o.FeedbackDays, &o.MostLate, &role); err != nil {
			return nil, err
		}
		a.Created, a.Moved, o.Open, o.Created = clock.Time(created), clock.Time(moved), state == "open", clock.Time(opened)
		if o.Mine = all[a.ID].Opening.Mine; role != "" {
			o.Mine = append(o.Mine, role)
		}
		a.Opening = o
		all[a.ID] = a
	}
	return all, rows.Err()
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
func (os *Openings) Advance(ctx context.Context, tx db.Tx, who actor.Actor, a Application, with Next) (inv InvitationID, next bool, err error) {
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
	by := now.Add(time.Duration(to.Window) * 24 * time.Hour)
	if with.By.After(now) {
		by = with.By
	}
	inv, err = os.invite(ctx, tx, who, a, *to, by.Add(time.Duration(late)*24*time.Hour), with.Note)
	return inv, true, err
}

// Next is how somebody is invited to their next stage.
type Next struct {
	By   time.Time // zero, or over by then: the stage's window from then
	Note string    // in the mail
}

// Left is announced when a candidate withdrew.
const Left = job.Topic[LeftNote]("opening.left")

// LeftNote names the application; who was invited again can leave again.
type LeftNote struct {
	Org, Application string
	At               int64 // milliseconds
}

// Resume takes a declined application up again where it ended, in the caller's transaction, whose update of it is the guarding write. ErrMoved.
func (os *Openings) Resume(ctx context.Context, tx db.Tx, who actor.Actor, a ApplicationID) error {
	n, err := query.New(tx).ResumeApplication(ctx, tx.Org, string(a), clock.Milli(os.DB.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMoved
	}
	return audit.Record(ctx, tx, os.DB.Now(), who, "application.resumed", string(a), nil)
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
		if err := Left.Announce(ctx, os.Jobs, tx, LeftNote{tx.Org, string(a), clock.Milli(os.DB.Now())}); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, os.DB.Now(), who, "application."+string(s), string(a), nil)
}
