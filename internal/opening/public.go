package opening

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
	"candor/internal/secret"
)

// PublicLink is an opening's public application link. Whoever has it may apply: they say who they are, and the link that is mailed to their
// address makes the application. Nothing about them is kept before that, but the mail.
type PublicLink struct {
	Secret string
	Open   bool
	Most   int       // applications by it, 1 to MostPublic
	Taken  int       // so far
	Until  time.Time // zero: no end
}

// MostPublic is how many people may apply by one public link at most.
const MostPublic = 10_000

// ConfirmFor is how long the link in the mail holds.
const ConfirmFor = 48 * time.Hour

// Applied is announced when somebody asked to apply; the mail with which they confirm their address goes out then.
const Applied = job.Topic[AppliedNote]("opening.applied")

// AppliedNote holds who asked, sealed.
type AppliedNote struct {
	Org, Opening, Sealed string
	At                   int64 // milliseconds
}

// Applicant is who asks to apply.
type Applicant struct {
	Name  string
	Email string
	Zone  string
}

// applying is who invites an applicant that pressed the link in their mail.
const applying = "opening.apply"

var (
	// ErrApply: no such public link.
	ErrApply = problem.New(problem.Missing, "apply_unknown", "This link does not open anything. Look for the position on the company's own page.")
	// ErrNotTaking: the link is closed, full, or over.
	ErrNotTaking = problem.New(problem.Conflict, "apply_closed", "No more applications are taken here at the moment. Nothing of what you typed was kept.")
	// ErrConfirm: what confirms an address is cut off, or older than two days.
	ErrConfirm = problem.New(problem.Conflict, "apply_confirm", "This link is older than two days, or a part of it is missing. Apply once more; it takes a minute.")
	// ErrNoLink: it was never opened.
	ErrNoLink = problem.New(problem.Conflict, "apply_no_link", "This opening has no public link yet. Open it first.")
	// ErrConfidential: what is public is not confidential.
	ErrConfidential = problem.New(problem.Conflict, "apply_confidential", "A confidential opening has no public link. Invite people one by one.")
)

// Public is the public link of an opening that the asker runs; one that was never opened has no Secret. ErrRole, ErrMissing.
func (os *Openings) Public(ctx context.Context, who actor.Actor, o ID) (PublicLink, error) {
	var out PublicLink
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if _, err := os.manage(ctx, tx, who, o); err != nil {
			return err
		}
		r, err := query.New(tx).PublicLink(ctx, tx.Org, string(o))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		out = os.public(tx.Org, o, r)
		return err
	})
	return out, err
}

func (os *Openings) public(org string, o ID, r query.PublicLinkRow) PublicLink {
	return PublicLink{os.publicSecret(org, o, r.Rotation), r.Open, int(r.Most), int(r.Taken), clock.Time(r.UntilAt)}
}

// PublicSecret is the public link's secret as it is now. ErrMissing.
func (os *Openings) PublicSecret(ctx context.Context, tx db.Tx, o ID) (string, error) {
	r, err := query.New(tx).PublicLink(ctx, tx.Org, string(o))
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrMissing
	}
	return os.publicSecret(tx.Org, o, r.Rotation), err
}

func (os *Openings) publicSecret(org string, o ID, rotation int64) string {
	return os.Key.Link("apply", org, string(o), fmt.Sprint(rotation))
}

// SetPublic opens or closes the public link and says how many may apply by it and until when. ErrRole, ErrMissing, ErrInvalid, ErrConfidential.
func (os *Openings) SetPublic(ctx context.Context, who actor.Actor, o ID, l PublicLink) error {
	if l.Most < 1 || l.Most > MostPublic {
		return problem.Field("most", fmt.Sprintf("Take between 1 and %d applications.", MostPublic))
	}
	if l.Open && !l.Until.IsZero() && !l.Until.After(os.DB.Now()) {
		return problem.Field("until", "This moment has passed. Choose a later one, or none.")
	}
	return os.changePublic(ctx, who, o, func(tx db.Tx, op Opening) error {
		if l.Open && op.Confidential {
			return ErrConfidential
		}
		q := query.New(tx)
		if _, err := q.AddPublicLink(ctx, secret.Hash(os.publicSecret(tx.Org, o, 0)), tx.Org, string(o)); err != nil {
			return err
		}
		_, err := q.SetPublicLink(ctx, query.SetPublicLinkParams{Open: l.Open, Most: int64(l.Most), UntilAt: clock.Milli(l.Until), OrgID: tx.Org, OpeningID: string(o)})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "opening.public_link", string(o), audit.Facts{"open": fmt.Sprint(l.Open), "most": fmt.Sprint(l.Most), "until": fmt.Sprint(clock.Milli(l.Until))})
	})
}

// RotatePublic ends the public link that is out there and makes another. ErrRole, ErrMissing, ErrNoLink.
func (os *Openings) RotatePublic(ctx context.Context, who actor.Actor, o ID) error {
	return os.changePublic(ctx, who, o, func(tx db.Tx, _ Opening) error {
		q := query.New(tx)
		r, err := q.PublicLink(ctx, tx.Org, string(o))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoLink
		}
		if err != nil {
			return err
		}
		n, err := q.RotatePublicLink(ctx, query.RotatePublicLinkParams{Hash: secret.Hash(os.publicSecret(tx.Org, o, r.Rotation+1)), OrgID: tx.Org, OpeningID: string(o), Rotation: r.Rotation})
		if err != nil || n == 0 {
			return err // another press made one in this moment
		}
		return audit.Record(ctx, tx, os.DB.Now(), who, "opening.public_link", string(o), audit.Facts{"rotation": fmt.Sprint(r.Rotation + 1)})
	})
}

func (os *Openings) changePublic(ctx context.Context, who actor.Actor, o ID, fn func(db.Tx, Opening) error) error {
	return os.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		op, err := os.manage(ctx, tx, who, o)
		if err != nil {
			return err
		}
		return fn(tx, op)
	})
}

// Door is what somebody finds behind a public link: the organisation, the opening, and whether applications are taken. ErrApply.
func (os *Openings) Door(ctx context.Context, link string) (org string, o ID, err error) {
	err = os.DB.InstallationRead(ctx, func(tx db.Tx) error {
		r, err := query.New(tx).PublicLinkBy(ctx, secret.Hash(link))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrApply
		}
		org, o = r.OrgID, ID(r.OpeningID)
		return err
	})
	return org, o, err
}

// TakesIn is ErrNotTaking where nobody can apply to an opening by its public link now.
func (os *Openings) TakesIn(ctx context.Context, tx db.Tx, op Opening) error {
	r, err := query.New(tx).PublicLink(ctx, tx.Org, string(op.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotTaking
	}
	if err != nil {
		return err
	}
	if l := os.public(tx.Org, op.ID, r); !l.Open || !op.Open || op.Confidential || l.Taken >= l.Most || !l.Until.IsZero() && !l.Until.After(os.DB.Now()) {
		return ErrNotTaking
	}
	if err := os.takes(ctx, tx, op); errors.Is(err, ErrLate) {
		return ErrNotTaking // who applies is not told of others
	} else if err != nil {
		return err
	}
	return nil
}

// Apply has a mail sent with which an applicant confirms their address. Whether the address is known here is not told. ErrApply, ErrNotTaking,
// ErrInvalid.
func (os *Openings) Apply(ctx context.Context, link string, a Applicant) error {
	if err := (InviteForm{Name: a.Name, Email: a.Email}).Check(); err != nil {
		return err
	}
	org, o, err := os.Door(ctx, link)
	if err != nil {
		return err
	}
	return os.DB.Write(ctx, org, func(tx db.Tx) error {
		op, err := os.In(ctx, tx, o)
		if err != nil {
			return err
		}
		if err := os.TakesIn(ctx, tx, op); err != nil {
			return err
		}
		now := os.DB.Now()
		sealed, err := os.seal(org, o, a, now)
		if err != nil {
			return err
		}
		return Applied.Announce(ctx, os.Jobs, tx, AppliedNote{org, string(o), sealed, clock.Milli(now)})
	})
}

// sealed is an applicant as they travel in a link.
type sealed struct {
	Applicant
	At int64
}

func applyPurpose(org string, o ID) string { return "apply " + org + " " + string(o) }

func (os *Openings) seal(org string, o ID, a Applicant, at time.Time) (string, error) {
	raw, err := json.Marshal(sealed{a, clock.Milli(at)})
	if err != nil {
		return "", err
	}
	b, err := os.Key.Seal(applyPurpose(org, o), raw)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// Unseal is who asked to apply to an opening, at most ConfirmFor ago. ErrConfirm.
func (os *Openings) Unseal(org string, o ID, text string) (Applicant, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Applicant{}, ErrConfirm
	}
	raw, err := os.Key.Unseal(applyPurpose(org, o), b)
	if err != nil {
		return Applicant{}, ErrConfirm
	}
	var s sealed
	if err := json.Unmarshal(raw, &s); err != nil {
		return Applicant{}, err
	}
	if os.DB.Now().Sub(clock.Time(s.At)) > ConfirmFor {
		return Applicant{}, ErrConfirm
	}
	return s.Applicant, nil
}

// StandingOf is the newest invitation of the person with an address in an opening. ErrMissing.
func (os *Openings) StandingOf(ctx context.Context, tx db.Tx, o ID, email string) (Invitation, error) {
	address, err := account.Address(email)
	if err != nil {
		return Invitation{}, ErrMissing
	}
	c, err := os.Candidates.ByEmail(ctx, tx, address)
	if errors.Is(err, candidate.ErrMissing) {
		err = ErrMissing
	}
	if err != nil {
		return Invitation{}, err
	}
	a, err := query.New(tx).ApplicationOf(ctx, tx.Org, string(o), string(c.ID))
	if errors.Is(err, sql.ErrNoRows) {
		return Invitation{}, ErrMissing
	}
	if err != nil {
		return Invitation{}, err
	}
	list, err := os.InvitationsOf(ctx, tx, ApplicationID(a.ID))
	if err == nil && len(list) == 0 {
		err = ErrMissing
	}
	if err != nil {
		return Invitation{}, err
	}
	return list[len(list)-1], nil
}

// Confirm makes the application of whoever came back by the link in their mail, and gives their invitation; whoever is in the opening already gets
// theirs. A place that is left is the guard. ErrApply, ErrConfirm, ErrNotTaking.
func (os *Openings) Confirm(ctx context.Context, link, text string) (Invitation, error) {
	org, o, err := os.Door(ctx, link)
	if err != nil {
		return Invitation{}, err
	}
	a, err := os.Unseal(org, o, text)
	if err != nil {
		return Invitation{}, err
	}
	var inv Invitation
	err = os.DB.Write(ctx, org, func(tx db.Tx) error {
		n, err := query.New(tx).TakePlace(ctx, tx.Org, string(o), clock.Milli(os.DB.Now()))
		if err != nil {
			return err
		}
		if inv, err = os.StandingOf(ctx, tx, o, a.Email); !errors.Is(err, ErrMissing) {
			return errors.Join(err, errThere) // no place is taken by it
		}
		op, err := os.In(ctx, tx, o)
		if err != nil {
			return err
		}
		if n == 0 || !op.Open || op.Confidential {
			return ErrNotTaking
		}
		inv, err = os.add(ctx, tx, actor.ForSystem(tx.Org, applying), op, InviteForm{Name: a.Name, Email: a.Email, Zone: a.Zone})
		if errors.Is(err, ErrLate) {
			err = ErrNotTaking
		}
		return err
	})
	if errors.Is(err, errThere) && inv.ID != "" {
		err = nil
	}
	return inv, err
}

// errThere rolls back the place of somebody who has one.
var errThere = errors.New("opening: is in it already")
