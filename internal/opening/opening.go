// Package opening keeps positions to fill: their stages, the people around them, applications and invitations.
//
// Who may see an opening or an application, and whether the name is hidden from them, is decided in one place, [Openings.Load]
// and [Openings.LoadApplication]. A confidential opening exists for its own members only. An invitation is a link for one
// application and stage: not a one-time token, because mail scanners use those up; looking at it changes nothing, a human press
// begins a session, and the clock starts on another press still.
package opening

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening/internal/query"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/secret"
	"candor/internal/upload"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID, StageID, ApplicationID and InvitationID are ids.
type (
	ID            string
	StageID       string
	ApplicationID string
	InvitationID  string
)

// Role is what a member is in one opening.
type Role string

const (
	Manager     Role = "manager" // decides
	Recruiter   Role = "recruiter"
	Reviewer    Role = "reviewer" // in the pool that reviewers are assigned from
	Facilitator Role = "facilitator"
	Observer    Role = "observer"
)

// Roles are all of them, in the order pages list them.
var Roles = []Role{Manager, Recruiter, Reviewer, Facilitator, Observer}

// Opening is a position to fill.
type Opening struct {
	ID           ID
	Title        string
	Team         string
	About        string
	Open         bool
	Confidential bool
	ReplyDays    int    // the reply promise, working days
	ReviewDays   int    // until all have read the work; 0 is not promised. These three are not in lists.
	FeedbackDays int    // until there is feedback in words, also where it goes on; 0 is not promised
	MostLate     int    // above how many late promises nobody new is invited
	Contact      string // member whom candidates may write to
	Created      time.Time
	Active       int    // applications under way; only in lists
	Mine         []Role // what the asker is in it; nil in lists
}

// Is says whether the asker has one of the roles in it.
func (o Opening) Is(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(o.Mine, r) })
}

// Stage is one step.
type Stage struct {
	ID        StageID
	Opening   ID
	Position  int // 1, 2, ...
	Title     string
	Reviewers int // 0, 1 or 2 are assigned to each submission
	Window    int // days from invitation to finish by
	Format    string
	Ref       string   // what the format needs: the assessment's version
	Others    []Offer  // what candidates can choose instead, at most MostOthers
	Readers   []string // members of the pool who read it, to save; nil is all of the pool. What is read of stages leaves it out: see ReadersOf.
	Questions int      // about their own work, which everybody is asked who begins it from now on: 0, or 2 to 4
}

// MostQuestions is how many questions about their own work anybody is asked; QuestionMinutes is what is advertised for each.
const (
	MostQuestions   = 4
	QuestionMinutes = 3
)

// Status of an application.
type Status string

const (
	Active    Status = "active"
	Hired     Status = "hired"
	Declined  Status = "declined"
	Withdrawn Status = "withdrawn"
)

// Openings keeps them.
type Openings struct {
	DB         *db.DB
	Jobs       *job.Jobs
	Key        secret.Key
	Orgs       *org.Orgs
	Candidates *candidate.Candidates
	Promises   *promise.Promises
	Formats    []Format
	Uploads    *upload.Uploads // of what members say on pages; nil: nobody says anything
	// Blind says whether a member must not learn who an application is from, and the code they know it by; review knows. The
	// code comes back also when their card is filed; "" says that they have no card for it. nil: nobody is blind.
	Blind func(ctx context.Context, tx db.Tx, who actor.Actor, app ApplicationID) (blind bool, code string, err error)
	// Hidden is Blind for many: the codes of those whose names the member must not learn.
	Hidden func(ctx context.Context, tx db.Tx, who actor.Actor, apps []ApplicationID) (map[ApplicationID]string, error)
	// Reads is Blind for many, of those for which the member has a card, open or filed.
	Reads func(ctx context.Context, tx db.Tx, who actor.Actor, apps []ApplicationID) (map[ApplicationID]Card, error)
}

// Card says that a member scores an application, or did: by which code they know it, and whether they must not learn who it is from.
type Card struct {
	Code  string
	Blind bool
}

var (
	// ErrMissing: no such opening, application or invitation for the asker.
	ErrMissing = problem.New(problem.Missing, "opening_missing", "There is nothing here, or it is not yours to see.")
	// ErrRole: seen, but not the asker's to do.
	ErrRole = problem.New(problem.Forbidden, "opening_role", "Your role in this opening does not include this. Its recruiter can change that.")
	// ErrClosed: the opening takes no new candidates.
	ErrClosed = problem.New(problem.Conflict, "opening_closed", "This opening is closed. Open it again first.")
	// ErrMoved: somebody else moved the application first.
	ErrMoved = problem.New(problem.Conflict, "application_moved", "Somebody was faster: this application has moved on. Nothing was changed; look at it again.")
)

// HiddenFrom are the codes of those applications whose names a member must not learn; nil where nobody is blind.
func (os *Openings) HiddenFrom(ctx context.Context, tx db.Tx, who actor.Actor, apps []ApplicationID) (map[ApplicationID]string, error) {
	if os.Hidden == nil {
		return nil, nil
	}
	return os.Hidden(ctx, tx, who, apps)
}

// Create makes an opening with its stages; the asker becomes its recruiter. ErrRole, ErrInvalid.
func (os *Openings) Create(ctx context.Context, who actor.Actor, o Opening, stages []Stage) (ID, error) {
	if err := org.Need(who, "opening.create"); err != nil {
		return "", err
	}
	if err := check(&o); err != nil {
		return "", err
	}
	if len(stages) == 0 || len(stages) > 20 {
		return "", problem.Field("stages", "An opening has 1 to 20 stages.")
	}
	for i := range stages {
		if err := os.checkStage(ctx, who.Org, &stages[i]); err != nil {
			return "", err
		}
	}
	if o.Contact == "" {
		o.Contact = who.ID
	}
	now := os.DB.Now()
	o.ID = ID(id.New("opn", now))
	err := os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		err := q.AddOpening(ctx, query.AddOpeningParams{OrgID: who.Org, ID: string(o.ID), Title: o.Title, Team: o.Team, About: o.About, Confidential: o.Confidential,
			ReplyDays: int64(o.ReplyDays), ContactID: o.Contact, CreatedAt: clock.Milli(now), CreatedBy: who.ID})
		if err != nil {
			return err
		}
		for i, s := range stages {
			s.ID, s.Position = StageID(id.New("stg", now)), i+1
			if err := addStage(ctx, q, who.Org, o.ID, s); err != nil { // nobody is in its pool yet
				return err
			}
		}
		if who.Kind == actor.Member {
			if err := q.AddRole(ctx, query.AddRoleParams{OrgID: who.Org, OpeningID: string(o.ID), MemberID: who.ID, Role: string(Recruiter)}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, now, who, "opening.create", string(o.ID), nil)
	})
	return o.ID, err
}

func check(o *Opening) error {
	o.Title = strings.TrimSpace(o.Title)
	switch {
	case o.Title == "":
		return problem.Field("title", "Give the position a title, as candidates will read it.")
	case len([]rune(o.Title)) > 120:
		return problem.Field("title", "This is longer than 120 characters.")
	case o.ReplyDays < 1 || o.ReplyDays > 60:
		return problem.Field("reply_days", "Promise a reply within 1 to 60 working days.")
	}
	return nil
}

// Load reads an opening for a member who may see it: its own people, and, where it is not confidential, owners and recruiters.
// ErrMissing.
func (os *Openings) Load(ctx context.Context, who actor.Actor, o ID) (Opening, error) {
	var out Opening
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = os.LoadIn(ctx, tx, who, o)
		return err
	})
	return out, err
}

// LoadIn is Load in a transaction.
func (os *Openings) LoadIn(ctx context.Context, tx db.Tx, who actor.Actor, o ID) (Opening, error) {
	out, err := os.In(ctx, tx, o)
	if err != nil {
		return Opening{}, err
	}
	if who.Kind == actor.System {
		return out, nil
	}
	if who.Kind != actor.Member {
		return Opening{}, ErrMissing
	}
	roles, err := query.New(tx).RolesIn(ctx, tx.Org, string(o), who.ID)
	if err != nil {
		return Opening{}, err
	}
	for _, r := range roles {
		out.Mine = append(out.Mine, Role(r))
	}
	if !out.maySee(who) {
		return Opening{}, ErrMissing
	}
	return out, nil
}

// maySee says whether a member knows of the opening.
func (o Opening) maySee(who actor.Actor) bool {
	return len(o.Mine) > 0 || !o.Confidential && org.May(who, "opening.change")
}

// In reads an opening in a transaction without asking who may see it. ErrMissing.
func (os *Openings) In(ctx context.Context, tx db.Tx, o ID) (Opening, error) {
	r, err := query.New(tx).Opening(ctx, tx.Org, string(o))
	if errors.Is(err, sql.ErrNoRows) {
		return Opening{}, ErrMissing
	}
	return Opening{ID: ID(r.ID), Title: r.Title, Team: r.Team, About: r.About, Open: r.State == "open", Confidential: r.Confidential,
		ReplyDays: int(r.ReplyDays), ReviewDays: int(r.ReviewDays), FeedbackDays: int(r.FeedbackDays), MostLate: int(r.MostLate), Contact: r.ContactID, Created: clock.Time(r.CreatedAt)}, err
}

// MayManage says whether the asker runs the opening: its recruiters, and where it is not confidential the organisation's.
func (o Opening) MayManage(who actor.Actor) bool {
	return who.Kind == actor.System || o.Is(Recruiter) || !o.Confidential && org.May(who, "opening.change")
}

// MayDecide says whether the asker decides: the opening's managers.
func (o Opening) MayDecide(who actor.Actor) bool { return who.Kind == actor.System || o.Is(Manager) }

// SeesBoard says whether the asker reads the list of candidates: everybody around the opening but those who are only in the
// pool of reviewers or facilitators, who would learn names they must not know.
func (o Opening) SeesBoard(who actor.Actor) bool {
	return o.MayManage(who) || o.Is(Manager, Observer)
}

// SeesAddresses says whether e-mail addresses are shown to the asker (roles.yaml, fields).
func (o Opening) SeesAddresses(who actor.Actor) bool {
	fields := org.Roles().Fields["email"]
	switch {
	case o.MayManage(who):
		return fields["recruiter"]
	case o.Is(Manager):
		return fields["manager"]
	}
	return fields["observer"]
}

// manage loads an opening that the asker runs. ErrMissing, ErrRole.
func (os *Openings) manage(ctx context.Context, tx db.Tx, who actor.Actor, o ID) (Opening, error) {
	out, err := os.LoadIn(ctx, tx, who, o)
	if err == nil && !out.MayManage(who) {
		err = ErrRole
	}
	return out, err
}

// ManageIn loads an opening that the asker runs, in a transaction. ErrMissing, ErrRole.
func (os *Openings) ManageIn(ctx context.Context, tx db.Tx, who actor.Actor, o ID) (Opening, error) {
	return os.manage(ctx, tx, who, o)
}

// List are the openings the asker may see, the open ones first.
func (os *Openings) List(ctx context.Context, who actor.Actor) ([]Opening, error) {
	if err := org.Need(who, "opening.list"); err != nil {
		return nil, err
	}
	var out []Opening
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Openings(ctx, who.Org, org.May(who, "opening.change"), who.ID)
		for _, r := range rows {
			out = append(out, Opening{ID: ID(r.ID), Title: r.Title, Team: r.Team, About: r.About, Open: r.State == "open", Confidential: r.Confidential,
				ReplyDays: int(r.ReplyDays), Contact: r.ContactID, Created: clock.Time(r.CreatedAt), Active: int(r.Active)})
		}
		return err
	})
	return out, err
}

// Change sets title, team, about, state, confidential, reply promise (for new submissions) and contact. ErrRole, ErrMissing, ErrInvalid.
func (os *Openings) Change(ctx context.Context, who actor.Actor, o Opening) error {
	if err := check(&o); err != nil {
		return err
	}
	state := "closed"
	if o.Open {
		state = "open"
	}
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		before, err := os.manage(ctx, tx, who, o.ID)
		if err != nil {
			return err
		}
		if o.Contact == "" {
			o.Contact = before.Contact
		}
		if before.ReviewDays > o.ReplyDays || before.FeedbackDays > 0 && before.FeedbackDays < o.ReplyDays {
			return problem.Field("reply_days", "Reading is promised before this reply, and feedback not before it. Change those under Promises first.")
		}
		if _, err := os.Orgs.Member(ctx, tx, o.Contact); err != nil {
			return problem.Field("contact", "Choose somebody of your organisation.")
		}
		_, err = query.New(tx).ChangeOpening(ctx, query.ChangeOpeningParams{OrgID: who.Org, ID: string(o.ID), Title: o.Title, Team: o.Team, About: o.About,
			State: state, Confidential: o.Confidential, ReplyDays: int64(o.ReplyDays), ContactID: o.Contact})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "opening.change", string(o.ID), audit.Facts{"state": state})
	})
}
