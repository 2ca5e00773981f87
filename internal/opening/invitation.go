package opening

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
	"candor/internal/secret"
)

// InvitationState is where a link stands.
type InvitationState string

const (
	Sent     InvitationState = "sent"
	Opened   InvitationState = "opened"
	Expired  InvitationState = "expired" // finish_by has passed and nothing was opened
	Revoked  InvitationState = "revoked"
	Replaced InvitationState = "replaced" // they were invited to the stage again
)

// Invitation is the link for one application and stage.
type Invitation struct {
	ID          InvitationID
	Org         string
	Application ApplicationID
	Opening     ID
	Candidate   string
	Stage       StageID
	Format      string
	Ref         string
	Note        string
	Revoked     bool
	Rotation    int
	FinishBy    time.Time
	Zone        string
	Created     time.Time
	OpenedAt    time.Time
	Status      Status       // of the application
	Replaced    InvitationID // what took its place; "" nothing
	Offers      int          // how many formats there are to choose from; 0: Format was given
	ChosenAt    time.Time    // when Format was chosen of them
}

// Unchosen says that the candidate has not chosen yet what to do; Format is then the first that is offered.
func (i Invitation) Unchosen() bool { return i.Offers > 0 && i.ChosenAt.IsZero() }

// State is where it stands at an instant.
func (i Invitation) State(now time.Time) InvitationState {
	switch {
	case i.Replaced != "":
		return Replaced
	case i.Revoked:
		return Revoked
	case !i.OpenedAt.IsZero():
		return Opened
	case now.After(i.FinishBy):
		return Expired
	}
	return Sent
}

// Invited is announced when an invitation is to be mailed (made, sent again, or rotated).
const Invited = job.Topic[InvitedNote]("opening.invited")

// InvitedNote names the invitation; Turn counts its mails, so that none is sent twice. Pressed says that the candidate waits for it, after a
// press of their own.
type InvitedNote struct {
	Org, Invitation string
	Turn            int64
	Pressed         bool
}

var (
	// ErrLink: unknown, whatever the reason.
	ErrLink = problem.New(problem.Missing, "link_unknown", "This link does not open anything any more. If you were invited, write to the person who invited you; they can send a new one in a minute.")
	// ErrRotated: a newer link was made. Only who held the older secret learns so.
	ErrRotated = problem.New(problem.Missing, "link_rotated", "There is a newer link for you. Look for our latest mail; the older one does not open any more.")
	// ErrRevoked: the link was taken back.
	ErrRevoked = problem.New(problem.Missing, "link_revoked", "This invitation was taken back. If that surprises you, write to the person who invited you.")
	// ErrRunning: a part has been started, so nothing may be taken away.
	ErrRunning = problem.New(problem.Conflict, "invitation_running", "A part has been started, so the link stays: time that was given is not taken back. You can decline the application, or make a new link.")
	// ErrCodes: too many codes were asked for.
	ErrCodes = problem.New(problem.TooMany, "device_codes", "We have sent several codes already. Look for the newest mail, or try again in an hour.")
	// ErrExpired: the window closed before anything was opened.
	ErrExpired = problem.New(problem.Conflict, "link_expired", "The time for this invitation is over. Write to the person who invited you and ask for more; that is an ordinary thing to ask.")
	// ErrSession: the candidate's session is over.
	ErrSession = problem.New(problem.SignIn, "candidate_session", "Please open your invitation link again. Everything you wrote is kept, and you come back to the same place.")
	// ErrCodeNeeded: a part was started in another browser, which shows a code.
	ErrCodeNeeded = problem.New(problem.Conflict, "code_needed", "A part is open on another device. Type the six digits that it shows under \"Continue on another device\", or have them mailed to you.")
	// ErrCode: not the digits, or too many tries.
	ErrCode = problem.New(problem.Invalid, "device_code", "These are not the digits we are waiting for, or they are older than 10 minutes.")
	// ErrTwice: the person is in this opening already.
	ErrTwice = problem.New(problem.Conflict, "application_twice", "This person is in this opening already.")
	// ErrShorter: a running window is never shortened.
	ErrShorter = problem.New(problem.Invalid, "finish_by", "This is earlier than what was promised. Time that was given is not taken back.")
)

// InviteForm is what a recruiter fills in. FinishBy zero means the stage's window from now.
type InviteForm struct {
	Name     string
	Email    string
	Zone     string
	Note     string // a personal line in the mail
	FinishBy time.Time
}

// Check says what is wrong with what was typed. ErrInvalid.
func (f InviteForm) Check() error {
	if _, err := account.Address(f.Email); err != nil {
		return err
	}
	if n := len([]rune(strings.TrimSpace(f.Name))); n == 0 || n > 120 {
		return problem.Field("name", "Give the name you would greet this person with.")
	}
	if len([]rune(f.Note)) > 1000 {
		return problem.Field("note", "This is longer than 1,000 characters. Shorten it a little.")
	}
	return nil
}

// Invite adds a candidate to an opening's first stage and announces the mail. ErrRole, ErrMissing, ErrClosed, ErrLate, ErrInvalid, and
// ErrTwice (with the fact "application") when the person is in it already: nobody is invited twice by a second press.
func (os *Openings) Invite(ctx context.Context, who actor.Actor, o ID, f InviteForm) (Invitation, error) {
	var inv Invitation
	err := os.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		inv, err = os.InviteIn(ctx, tx, who, o, f)
		return err
	})
	return inv, err
}

// InviteIn is Invite in the caller's transaction; the application's unique key (opening, candidate) is the guard. What it returns as
// a problem has added no application and no invitation, so the transaction may go on.
func (os *Openings) InviteIn(ctx context.Context, tx db.Tx, who actor.Actor, o ID, f InviteForm) (Invitation, error) {
	if err := f.Check(); err != nil {
		return Invitation{}, err
	}
	op, err := os.manage(ctx, tx, who, o)
	if err != nil {
		return Invitation{}, err
	}
	if !op.Open {
		return Invitation{}, ErrClosed
	}
	return os.add(ctx, tx, who, op, f)
}

// add is InviteIn where it is known that the asker may.
func (os *Openings) add(ctx context.Context, tx db.Tx, who actor.Actor, op Opening, f InviteForm) (Invitation, error) {
	if err := os.takes(ctx, tx, op); err != nil {
		return Invitation{}, err
	}
	stages, err := os.Stages(ctx, tx, op.ID)
	if err != nil {
		return Invitation{}, err
	}
	now := os.DB.Now()
	by := f.FinishBy
	if by.IsZero() {
		by = now.Add(time.Duration(stages[0].Window) * 24 * time.Hour)
	}
	if !by.After(now) {
		return Invitation{}, problem.Field("finish_by", "This moment has passed. Choose a later one.")
	}
	c, _, err := os.Candidates.Ensure(ctx, tx, f.Name, f.Email, f.Zone)
	if err != nil {
		return Invitation{}, err
	}
	q := query.New(tx)
	app := id.New("app", now)
	n, err := q.AddApplication(ctx, query.AddApplicationParams{OrgID: tx.Org, ID: app, OpeningID: string(op.ID), CandidateID: string(c.ID), StageID: string(stages[0].ID), CreatedAt: clock.Milli(now)})
	if err != nil {
		return Invitation{}, err
	}
	if n == 0 {
		there, err := q.ApplicationOf(ctx, tx.Org, string(op.ID), string(c.ID))
		if err != nil {
			return Invitation{}, err
		}
		return Invitation{}, ErrTwice.On("email", "This person is in this opening already.").With("application", there.ID)
	}
	a, err := os.ApplicationIn(ctx, tx, ApplicationID(app))
	if err != nil {
		return Invitation{}, err
	}
	inv, err := os.invite(ctx, tx, who, a, stages[0], by, f.Note)
	if err != nil {
		return Invitation{}, err
	}
	return os.InvitationIn(ctx, tx, inv)
}

// invite makes the invitation to a stage; the unique key (application, stage) makes it once.
func (os *Openings) invite(ctx context.Context, tx db.Tx, who actor.Actor, a Application, s Stage, by time.Time, note string) (InvitationID, error) {
	inv := id.New("inv", os.DB.Now())
	return InvitationID(inv), os.inviteAs(ctx, tx, who, inv, a, s, by, note)
}

// inviteAs is invite under an id.
func (os *Openings) inviteAs(ctx context.Context, tx db.Tx, who actor.Actor, inv string, a Application, s Stage, by time.Time, note string) error {
	now := os.DB.Now()
	q := query.New(tx)
	offers := s.Offers()
	if len(offers) == 1 {
		offers = nil
	}
	n, err := q.AddInvitation(ctx, query.AddInvitationParams{OrgID: tx.Org, ID: inv, ApplicationID: string(a.ID), OpeningID: string(a.Opening.ID), StageID: string(s.ID), Format: s.Format, RefID: s.Ref,
		Note: note, FinishBy: clock.Milli(by), Zone: a.Zone, CreatedAt: clock.Milli(now), CreatedBy: who.ID, Offers: int64(len(offers))})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMoved
	}
	for i, f := range offers {
		if err := q.AddOffer(ctx, query.AddOfferParams{OrgID: tx.Org, InvitationID: inv, Position: int64(i + 1), Format: f.Format, RefID: f.Ref}); err != nil {
			return err
		}
	}
	if err := q.AddLink(ctx, query.AddLinkParams{Hash: secret.Hash(os.secret(tx.Org, inv, 0)), OrgID: tx.Org, InvitationID: inv, Rotation: 0}); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, who, "opening.invite", string(a.ID), audit.Facts{"invitation": inv, "stage": string(s.ID), "finish_by": fmt.Sprint(clock.Milli(by))}); err != nil {
		return err
	}
	return Invited.Announce(ctx, os.Jobs, tx, InvitedNote{tx.Org, inv, 0, who.Kind == actor.System && who.ID == applying})
}

func (os *Openings) secret(o, inv string, rotation int64) string {
	return os.Key.Link("invitation", o, inv, fmt.Sprint(rotation))
}

// Secret is the link's secret as it is now; who may have it is the caller's business.
func (os *Openings) Secret(i Invitation) string {
	return os.secret(i.Org, string(i.ID), int64(i.Rotation))
}

// InvitationIn reads one. ErrMissing.
func (os *Openings) InvitationIn(ctx context.Context, tx db.Tx, i InvitationID) (Invitation, error) {
	r, err := query.New(tx).Invitation(ctx, tx.Org, string(i))
	if errors.Is(err, sql.ErrNoRows) {
		return Invitation{}, ErrMissing
	}
	return invitation(tx.Org, r), err
}

func invitation(o string, r query.InvitationRow) Invitation {
	return Invitation{InvitationID(r.ID), o, ApplicationID(r.ApplicationID), ID(r.OpeningID), r.CandidateID, StageID(r.StageID), r.Format, r.RefID, r.Note,
		r.RevokedAt != 0, int(r.Rotation), clock.Time(r.FinishBy), r.Zone, clock.Time(r.CreatedAt), clock.Time(r.OpenedAt), Status(r.Status), InvitationID(r.ReplacedBy), int(r.Offers), clock.Time(r.ChosenAt)}
}

// InvitationsOf are an application's, newest first.
func (os *Openings) InvitationsOf(ctx context.Context, tx db.Tx, a ApplicationID) ([]Invitation, error) {
	rows, err := query.New(tx).InvitationsOf(ctx, tx.Org, string(a))
	var out []Invitation
	for _, r := range rows {
		out = append(out, invitation(tx.Org, query.InvitationRow(r)))
	}
	return out, err
}

// managed loads an invitation whose opening the asker runs, and that holds. ErrMissing, ErrRole, ErrReplaced.
func (os *Openings) managed(ctx context.Context, tx db.Tx, who actor.Actor, i InvitationID) (Invitation, error) {
	inv, err := os.InvitationIn(ctx, tx, i)
	if err != nil {
		return inv, err
	}
	if _, err = os.manage(ctx, tx, who, inv.Opening); err == nil && inv.Replaced != "" {
		err = ErrReplaced
	}
	return inv, err
}

// Link is the secret for a recruiter who wants to copy it; that is in the audit. ErrRole, ErrMissing.
func (os *Openings) Link(ctx context.Context, who actor.Actor, i InvitationID) (string, error) {
	var out string
	err := os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		inv, err := os.managed(ctx, tx, who, i)
		if err != nil {
			return err
		}
		out = os.Secret(inv)
		return audit.Record(ctx, tx, os.DB.Now(), who, "invitation.copy", string(inv.Application), audit.Facts{"invitation": string(i)})
	})
	return out, err
}
