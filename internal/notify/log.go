package notify

import (
	"context"
	"errors"
	"strings"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/integrity"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/problem"
)

var (
	// ErrAgain: a mail that waits or was sent anew already is not sent once more by a second press.
	ErrAgain = problem.New(problem.Conflict, "mail_again", "This mail is on its way, or was sent again already. Look at the newest line.")
	// ErrOver: what the mail says does not hold any more.
	ErrOver = problem.New(problem.Conflict, "mail_over", "What this mail says does not hold any more, so it is not sent again.")
)

// repeats are the topics of mails that may be sent again as they are; digits and confirmations are asked for anew, reminders come by rule.
var repeats = map[string]bool{string(opening.Invited): true, string(attempt.Submitted): true, string(feedback.Released): true, string(attempt.Answered): true, string(opening.TimeAnswered): true,
	string(integrity.Asked): true, string(integrity.Extended): true, string(integrity.Told): true}

// Repeats says whether a mail can be sent again.
func (m Mail) Repeats() bool {
	return repeats[m.About] && (m.State == Sent || m.State == Refused || m.State == Bounced)
}

// Held says in whose daytime a mail that waits will leave; "" is at once.
func (m Mail) Held() string {
	if m.State != Queued || m.Tries > 0 || !m.Due.After(m.Created) {
		return ""
	}
	return m.zone
}

// Log are the newest 50 mails about an application, newest first, for whoever runs its opening and reads its name; for everybody else who
// sees the application none. ErrMissing of opening.
func (n *Notify) Log(ctx context.Context, who actor.Actor, app opening.ApplicationID) ([]Mail, error) {
	var out []Mail
	err := n.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if err := n.mayRead(ctx, tx, who, app); err != nil {
			if errors.Is(err, opening.ErrRole) {
				return nil
			}
			return err
		}
		rows, err := query.New(tx).AboutApplication(ctx, tx.Org, string(app))
		for _, r := range rows {
			m, err := n.show(ctx, tx, query.NewestRow(r))
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return err
	})
	return out, err
}

// mayRead says whether the asker reads the mails about an application. ErrMissing and ErrRole of opening.
func (n *Notify) mayRead(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID) error {
	a, err := n.Openings.LoadApplicationIn(ctx, tx, who, app)
	if err == nil && (a.Blind || !a.Opening.MayManage(who)) {
		err = opening.ErrRole
	}
	return err
}

// Again sends a mail about an application once more, to the address that the candidate has now; an invitation says how it stands now. The
// old mail's key makes the new one once. Problems as of mayRead, ErrMissing, ErrAgain, ErrOver.
func (n *Notify) Again(ctx context.Context, who actor.Actor, app opening.ApplicationID, key string) error {
	return n.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := n.mayRead(ctx, tx, who, app); err != nil {
			return err
		}
		m, err := n.in(ctx, tx, key)
		if err != nil || m.application != app {
			return errors.Join(err, ErrMissing)
		}
		if !m.Repeats() {
			return ErrAgain
		}
		anew, err := n.repeat(ctx, tx, m)
		if err != nil {
			return err
		}
		added, err := n.put(ctx, tx, anew)
		if err != nil {
			return err
		}
		if !added {
			return ErrAgain
		}
		return audit.Record(ctx, tx, n.DB.Now(), who, "mail.again", string(app), audit.Facts{"mail": key})
	})
}

// repeat is a mail to be sent once more. ErrOver.
func (n *Notify) repeat(ctx context.Context, tx db.Tx, m Mail) (Mail, error) {
	anew, _, _, err := n.toCandidate(ctx, tx, m.application)
	if err != nil {
		return m, err
	}
	anew.About, anew.Subject, anew.Body, anew.Action, anew.path = m.About, m.Subject, m.Body, m.Action, m.path
	if m.About == string(opening.Invited) {
		i, _, _ := strings.Cut(m.SubjectID, "#")
		inv, err := n.Openings.InvitationIn(ctx, tx, opening.InvitationID(i))
		if err != nil {
			return m, err
		}
		if s := inv.State(n.DB.Now()); inv.Status != opening.Active || s == opening.Revoked || s == opening.Expired {
			return m, ErrOver
		}
		if anew, err = n.Invitation(ctx, tx, inv); err != nil {
			return m, err
		}
	}
	anew.SubjectID = m.SubjectID + "!"
	return anew, nil
}

// put is Put, and says whether the mail was new.
func (n *Notify) put(ctx context.Context, tx db.Tx, m Mail) (added bool, err error) {
	if m.application != "" {
		a, err := n.Openings.ApplicationIn(ctx, tx, m.application)
		if err == nil {
			err = n.Candidates.Hold(ctx, tx, candidate.ID(a.Candidate))
		}
		if errors.Is(err, opening.ErrMissing) || errors.Is(err, candidate.ErrMissing) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return n.add(ctx, tx, m)
}
