package opening

import (
	"context"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
)

// Again is another invitation to the stage somebody stands at: once more, or with something else to do.
type Again struct {
	Format, Ref string    // "": what they were invited to, and chose
	Choose      bool      // whatever the stage offers now is theirs to choose from; Format is not read
	By          time.Time // zero: the stage's window from now
	Words       string    // to the candidate, in their mail
	Reason      string    // for the team
	Agreed      bool      // a part is running, and they know that it ends
}

// Replacer is a Format that can let go of what was begun by an invitation, when another takes its place.
type Replacer interface {
	Format
	// Replace ends what was not sent, in the caller's transaction: nothing of it can be started or sent any more, and all of it is kept. Where a
	// part is running that happens only when agreed. ErrRunning.
	Replace(ctx context.Context, tx db.Tx, inv Invitation, agreed bool) error
}

var (
	// ErrReplaced: the invitation has a successor.
	ErrReplaced = problem.New(problem.Conflict, "invitation_replaced", "They were invited to this stage again since. Use the newer invitation.")
	// ErrBegun: this format does not let go of what was begun.
	ErrBegun = problem.New(problem.Conflict, "again_begun", "They have begun this, and it is ended where it goes on, with what both sides agreed on. Then invite them again.")
	// ErrWorking: a part runs now.
	ErrWorking = problem.New(problem.Conflict, "again_working", "A part of it is running now. Talk to them first, then say here that they know.")
)

// MostWords is the longest note in an invitation, in characters.
const MostWords = 1000

// Check says what an invitation lacks that is made again.
func (f Again) check(now time.Time) error {
	switch words, reason := strings.TrimSpace(f.Words), strings.TrimSpace(f.Reason); {
	case words == "":
		return problem.Field("words", "Tell them why they are invited again.")
	case len([]rune(words)) > MostWords:
		return problem.Field("words", "This is longer than 1,000 characters.")
	case reason == "":
		return problem.Field("reason", "Say why, in a sentence. The team reads it, the candidate does not.")
	case len([]rune(reason)) > 500:
		return problem.Field("reason", "Please say it in up to 500 characters.")
	case !f.By.IsZero() && !f.By.After(now):
		return problem.Field("finish_by", "This moment has passed. Choose a later one.")
	}
	return nil
}

// AgainIn invites to the stage an application stands at once more, in the caller's transaction, whose update of the application is the guarding
// write: also somebody who had withdrawn. What was sent by the earlier invitation stays, with its readers and what is owed for it; what was not is
// kept and ends. The earlier link leads to the new place. For those who run the opening and know the name. ErrInvalid, ErrRole, ErrMissing,
// ErrMoved, ErrWorking, ErrBegun.
func (os *Openings) AgainIn(ctx context.Context, tx db.Tx, who actor.Actor, a ApplicationID, f Again) (InvitationID, error) {
	now := os.DB.Now()
	app, err := os.LoadApplicationIn(ctx, tx, who, a)
	switch {
	case err != nil:
		return "", err
	case app.Blind || !app.Opening.MayManage(who):
		return "", ErrRole
	}
	if err := f.check(now); err != nil {
		return "", err
	}
	s, err := os.StageOf(ctx, tx, app)
	if err != nil {
		return "", err
	}
	q := query.New(tx)
	n, err := q.AgainApplication(ctx, query.AgainApplicationParams{At: clock.Milli(now), OrgID: tx.Org, ID: string(a), StageID: string(s.ID)})
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", ErrMoved
	}
	was, err := os.Current(ctx, tx, a, s.ID)
	if err != nil {
		return "", err
	}
	if !f.Choose {
		if s, err = os.asBefore(ctx, tx, s, was, f); err != nil {
			return "", err
		}
	}
	if err := os.checkStage(ctx, tx.Org, &s); err != nil {
		return "", err
	}
	if err := os.letGo(ctx, tx, was, f.Agreed); err != nil {
		return "", err
	}
	next := id.New("inv", now)
	if n, err = q.ReplaceInvitation(ctx, next, tx.Org, string(was.ID)); err != nil {
		return "", err
	}
	if n == 0 {
		return "", ErrMoved
	}
	by := f.By
	if by.IsZero() {
		by = now.Add(time.Duration(s.Window) * 24 * time.Hour)
	}
	if err := os.inviteAs(ctx, tx, who, next, app, s, by, strings.TrimSpace(f.Words)); err != nil {
		return "", err
	}
	why, err := audit.Reason(ctx, tx, now, string(a), strings.TrimSpace(f.Reason))
	if err != nil {
		return "", err
	}
	return InvitationID(next), audit.Record(ctx, tx, now, who, "invitation.again", string(a), audit.Facts{"invitation": next, "replaced": string(was.ID),
		"other": fmt.Sprint(s.Format != was.Format || s.Ref != was.Ref), "reason": why})
}

// asBefore is a stage with what somebody is invited to again: something else, or what they had; while they had not chosen yet they still can.
func (os *Openings) asBefore(ctx context.Context, tx db.Tx, s Stage, was Invitation, f Again) (Stage, error) {
	s.Format, s.Ref, s.Others = was.Format, was.Ref, nil
	switch {
	case f.Format != "":
		s.Format, s.Ref = f.Format, f.Ref
	case was.Unchosen():
		all, err := os.OffersOf(ctx, tx, was)
		if err != nil {
			return s, err
		}
		s.Others = all[1:]
	}
	return s, nil
}

// letGo ends what was begun by an invitation.
func (os *Openings) letGo(ctx context.Context, tx db.Tx, was Invitation, agreed bool) error {
	f, ok := os.Format(was.Format)
	if !ok || was.OpenedAt.IsZero() || was.Unchosen() {
		return nil
	}
	r, ok := f.(Replacer)
	if !ok {
		return ErrBegun
	}
	return r.Replace(ctx, tx, was, agreed)
}

// Current is the invitation that holds for a stage of an application. ErrMissing.
func (os *Openings) Current(ctx context.Context, tx db.Tx, a ApplicationID, s StageID) (Invitation, error) {
	all, err := os.InvitationsOf(ctx, tx, a)
	for _, i := range all {
		if i.Stage == s && i.Replaced == "" {
			return i, err
		}
	}
	if err == nil {
		err = ErrMissing
	}
	return Invitation{}, err
}

// StageOf is the stage an application stands at. ErrMissing.
func (os *Openings) StageOf(ctx context.Context, tx db.Tx, a Application) (Stage, error) {
	all, err := os.Stages(ctx, tx, a.Opening.ID)
	for _, s := range all {
		if s.ID == a.Stage {
			return s, err
		}
	}
	if err == nil {
		err = ErrMissing
	}
	return Stage{}, err
}

// newest follows an invitation to the one that took its place in the end.
func (os *Openings) newest(ctx context.Context, tx db.Tx, inv Invitation) (Invitation, error) {
	for range 100 {
		if inv.Replaced == "" {
			return inv, nil
		}
		next, err := os.InvitationIn(ctx, tx, inv.Replaced)
		if err != nil {
			return inv, err
		}
		inv = next
	}
	return inv, fmt.Errorf("opening: invitation %s is replaced without end", inv.ID)
}

// Newer is the newest invitation of the asking candidate's application, where it is another than the one they hold. ErrMissing.
func (os *Openings) Newer(ctx context.Context, who actor.Actor) (inv Invitation, again bool, err error) {
	if who.Kind != actor.Candidate {
		return Invitation{}, false, ErrMissing
	}
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		mine, err := os.InvitationIn(ctx, tx, InvitationID(who.ID))
		if err != nil {
			return err
		}
		all, err := os.InvitationsOf(ctx, tx, mine.Application)
		if err != nil {
			return err
		}
		if len(all) == 0 || all[0].ID == mine.ID || all[0].Revoked || all[0].Status != Active || mine.Candidate != who.Subject {
			return ErrMissing
		}
		inv, again = all[0], mine.Replaced != ""
		return nil
	})
	return inv, again, err
}
