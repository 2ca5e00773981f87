package opening

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening/internal/query"
	"candor/internal/secret"
)

// byLink finds the invitation of a secret. The invitation comes back with ErrRotated and ErrRevoked too, so that the page can
// name the organisation to whom the secret was once given. ErrLink.
func (os *Openings) byLink(ctx context.Context, linkSecret string) (Invitation, error) {
	var l query.LinkRow
	err := os.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		l, err = query.New(tx).Link(ctx, secret.Hash(linkSecret))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Invitation{}, ErrLink
	}
	if err != nil {
		return Invitation{}, err
	}
	var inv Invitation
	err = os.DB.Read(ctx, l.OrgID, func(tx db.Tx) (err error) {
		inv, err = os.InvitationIn(ctx, tx, InvitationID(l.InvitationID))
		return err
	})
	switch {
	case errors.Is(err, ErrMissing):
		return Invitation{}, ErrLink
	case err != nil:
		return Invitation{}, err
	case int64(inv.Rotation) != l.Rotation:
		return inv, ErrRotated
	case inv.Revoked:
		return inv, ErrRevoked
	case inv.Replaced == "":
		return inv, nil
	}
	err = os.DB.Read(ctx, l.OrgID, func(tx db.Tx) (err error) {
		inv, err = os.newest(ctx, tx, inv) // the mail that they have leads where they are expected
		return err
	})
	if err == nil && inv.Revoked {
		err = ErrRevoked
	}
	return inv, err
}

// Look is what the link's page may show before a press; nothing changes. ErrLink, ErrRotated, ErrRevoked, ErrExpired; but for
// ErrLink the invitation comes back too.
func (os *Openings) Look(ctx context.Context, linkSecret string) (Invitation, error) {
	inv, err := os.byLink(ctx, linkSecret)
	if err == nil && inv.State(os.DB.Now()) == Expired {
		err = ErrExpired
	}
	return inv, err
}

// sessionGrace is how long after the window's end a candidate stays signed in: the receipt, the reply, their data.
const sessionGrace = 24 * time.Hour

// statusLife is how long a session lasts at least: the reply comes after the window's end.
const statusLife = 60 * 24 * time.Hour

// Enter is the human press on the link's page: it begins a session of this browser and gives its cookie. When a part has been
// started in another browser, digits must be those that one shows, or that a mail brought. ErrLink, ErrRotated, ErrRevoked,
// ErrExpired, ErrCodeNeeded, ErrCode.
func (os *Openings) Enter(ctx context.Context, linkSecret, digits string) (cookie string, err error) {
	inv, err := os.Look(ctx, linkSecret)
	if err != nil {
		return "", err
	}
	format, ok := os.Format(inv.Format)
	if !ok {
		return "", fmt.Errorf("opening: no format %q", inv.Format)
	}
	wrong := false
	err = os.DB.Write(ctx, inv.Org, func(tx db.Tx) error {
		cookie, wrong = "", false
		q := query.New(tx)
		sessions, err := q.SessionsOf(ctx, string(inv.ID))
		if err != nil {
			return err
		}
		running, err := format.Running(ctx, tx, inv)
		if err != nil {
			return err
		}
		if running && sessions > 0 {
			if digits == "" {
				return ErrCodeNeeded
			}
			var waited time.Duration
			if wrong, waited, err = os.tryCode(ctx, q, inv, digits); err != nil || wrong {
				return err // a wrong try counts, so it is committed
			}
			if w, ok := format.(Waiter); ok && waited > 0 {
				if err := w.Waited(ctx, tx, inv, waited); err != nil {
					return err
				}
			}
		}
		now := os.DB.Now()
		first, err := q.Opened(ctx, tx.Org, string(inv.ID), clock.Milli(now))
		if err != nil {
			return err
		}
		if first == 1 {
			if err := audit.Record(ctx, tx, now, actor.Actor{Kind: actor.Candidate, ID: string(inv.ID), Org: tx.Org}, "invitation.open", string(inv.Application), audit.Facts{"invitation": string(inv.ID)}); err != nil {
				return err
			}
		}
		if !inv.Unchosen() {
			if err := format.Start(ctx, tx, inv); err != nil {
				return err
			}
		}
		cookie = secret.Random()
		until := os.SessionUntil(inv)
		return q.AddSession(ctx, query.AddSessionParams{Hash: secret.Hash(cookie), ID: id.New("cse", now), OrgID: tx.Org, InvitationID: string(inv.ID),
			CandidateID: inv.Candidate, CreatedAt: clock.Milli(now), ExpiresAt: clock.Milli(until)})
	})
	if err == nil && wrong {
		err = ErrCode
	}
	return cookie, err
}

// SessionUntil is how long a session that begins now lasts: past the window's end, for the receipt and the reply.
func (os *Openings) SessionUntil(inv Invitation) time.Time {
	return later(inv.FinishBy.Add(sessionGrace), os.DB.Now().Add(statusLife))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// CodeLife is how long the digits for another device hold.
const CodeLife = 10 * time.Minute

// DeviceCode makes the six digits that the first browser shows (or a mail brings). ErrMissing.
func (os *Openings) DeviceCode(ctx context.Context, who actor.Actor) (string, error) {
	if who.Kind != actor.Candidate {
		return "", ErrMissing
	}
	now := os.DB.Now()
	code := id.New("dvc", now)
	err := os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		return query.New(tx).AddCode(ctx, query.AddCodeParams{ID: code, OrgID: who.Org, InvitationID: who.ID, CreatedAt: clock.Milli(now), ExpiresAt: clock.Milli(now.Add(CodeLife))})
	})
	return os.Key.Digits("device-code", code), err
}

// CodeWanted is announced when a candidate without the first browser at hand asks for the digits by mail.
const CodeWanted = job.Topic[CodeNote]("opening.code_wanted")

// CodeNote names the code; the mail derives its digits with [Openings.CodeDigits].
type CodeNote struct{ Org, Invitation, Code string }

// codesPerHour is how many codes one invitation may have mailed in an hour: 5 codes of 5 tries leave a guess 1 in 40,000.
const codesPerHour = 5

// MailCode sends the digits to the candidate's address; the link's holder asks, before there is a session. ErrLink, ErrRotated,
// ErrRevoked, ErrExpired, ErrCodes.
func (os *Openings) MailCode(ctx context.Context, linkSecret string) error {
	inv, err := os.Look(ctx, linkSecret)
	if err != nil {
		return err
	}
	return os.DB.Write(ctx, inv.Org, func(tx db.Tx) error {
		now := os.DB.Now()
		q := query.New(tx)
		n, err := q.CodesSince(ctx, string(inv.ID), clock.Milli(now.Add(-time.Hour)))
		if err != nil {
			return err
		}
		if n >= codesPerHour {
			return ErrCodes
		}
		code := id.New("dvc", now)
		err = q.AddCode(ctx, query.AddCodeParams{ID: code, OrgID: inv.Org, InvitationID: string(inv.ID), CreatedAt: clock.Milli(now), ExpiresAt: clock.Milli(now.Add(CodeLife)), Mailed: true})
		if err != nil {
			return err
		}
		return CodeWanted.Announce(ctx, os.Jobs, tx, CodeNote{inv.Org, string(inv.ID), code})
	})
}

// CodeDigits are the six digits of a code.
func (os *Openings) CodeDigits(code string) string { return os.Key.Digits("device-code", code) }

// tryCode says whether digits are wrong; waited is how long the right ones were waited for, where they came by mail.
func (os *Openings) tryCode(ctx context.Context, q *query.Queries, inv Invitation, digits string) (wrong bool, waited time.Duration, err error) {
	now := os.DB.Now()
	code, err := q.LiveCode(ctx, string(inv.ID), clock.Milli(now))
	if errors.Is(err, sql.ErrNoRows) {
		return false, 0, ErrCode
	}
	if err != nil {
		return false, 0, err
	}
	if n, err := q.TryCode(ctx, code.ID); err != nil || n == 0 {
		return true, 0, err
	}
	if !secret.Equal(digits, os.Key.Digits("device-code", code.ID)) {
		return true, 0, nil
	}
	if code.Mailed {
		waited = now.Sub(clock.Time(code.CreatedAt))
	}
	n, err := q.UseCode(ctx, code.ID, clock.Milli(now))
	return n == 0, waited, err
}

// CandidateSession finds whose session a cookie is; also reads of its organisation at the same instant. A revoked or rotated invitation ends
// it at once. ErrSession.
func (os *Openings) CandidateSession(ctx context.Context, cookie string, also ...func(db.Tx) error) (actor.Actor, Invitation, error) {
	var inv Invitation
	who, err := os.session(ctx, cookie, func(tx db.Tx, i InvitationID) (revoked bool, err error) {
		inv, err = os.InvitationIn(ctx, tx, i)
		for _, read := range also {
			if err == nil && !inv.Revoked {
				err = read(tx)
			}
		}
		return inv.Revoked, err
	})
	if err != nil {
		return actor.Actor{}, Invitation{}, err
	}
	return who, inv, nil
}

// CandidateActor is CandidateSession for those who need to know no more than who it is. ErrSession.
func (os *Openings) CandidateActor(ctx context.Context, cookie string) (actor.Actor, error) {
	return os.session(ctx, cookie, func(tx db.Tx, i InvitationID) (bool, error) {
		at, err := query.New(tx).Revoked(ctx, tx.Org, string(i))
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrMissing
		}
		return at != 0, err
	})
}

// session finds whose session a cookie is; invited reads its invitation in its organisation. ErrSession.
func (os *Openings) session(ctx context.Context, cookie string, invited func(db.Tx, InvitationID) (revoked bool, err error)) (actor.Actor, error) {
	if cookie == "" {
		return actor.Actor{}, ErrSession
	}
	var r query.CandidateSessionRow
	err := os.DB.InstallationRead(ctx, func(tx db.Tx) (err error) {
		r, err = query.New(tx).CandidateSession(ctx, secret.Hash(cookie))
		if errors.Is(err, sql.ErrNoRows) || err == nil && (r.RevokedAt != 0 || r.ExpiresAt <= clock.Milli(os.DB.Now())) {
			return ErrSession
		}
		if err != nil {
			return err
		}
		if tx, err = tx.Of(ctx, r.OrgID); err != nil {
			return err
		}
		revoked, err := invited(tx, InvitationID(r.InvitationID))
		if errors.Is(err, ErrMissing) || err == nil && revoked {
			return ErrSession
		}
		return err
	})
	if err != nil {
		return actor.Actor{}, err
	}
	return actor.Actor{Kind: actor.Candidate, ID: r.InvitationID, Org: r.OrgID, Session: r.ID, Subject: r.CandidateID}, nil
}
