package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
)

// invited mails a candidate their link.
func (n *Notify) invited(ctx context.Context, note opening.InvitedNote) error {
	var m Mail
	err := n.DB.Read(ctx, note.Org, func(tx db.Tx) (err error) {
		inv, err := n.Openings.InvitationIn(ctx, tx, opening.InvitationID(note.Invitation))
		if err != nil {
			return err
		}
		if inv.Revoked {
			return opening.ErrMissing
		}
		m, err = n.Invitation(ctx, tx, inv)
		if note.Pressed {
			m.zone = ""
		}
		m.SubjectID = fmt.Sprint(note.Invitation, "#", note.Turn)
		return err
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error { return n.Put(ctx, tx, m) })
}

// Invitation is the mail of an invitation.
func (n *Notify) Invitation(ctx context.Context, tx db.Tx, inv opening.Invitation) (Mail, error) {
	c, err := n.Candidates.In(ctx, tx, candidate.ID(inv.Candidate))
	if err != nil {
		return Mail{}, err
	}
	op, err := n.Openings.In(ctx, tx, inv.Opening)
	if err != nil {
		return Mail{}, err
	}
	s, err := n.stage(ctx, tx, inv)
	if err != nil {
		return Mail{}, err
	}
	m, err := n.Draft(ctx, tx, op, s, opening.InviteForm{Name: c.Name, Email: c.Email, Zone: first(inv.Zone, c.Zone), Note: inv.Note, FinishBy: inv.FinishBy})
	m.path, m.application = "invitation:"+string(inv.ID), inv.Application
	return m, err
}

// stage is what an invitation asks for, with what its stage asks about it.
func (n *Notify) stage(ctx context.Context, tx db.Tx, inv opening.Invitation) (opening.Stage, error) {
	s := opening.Stage{Format: inv.Format, Ref: inv.Ref}
	all, err := n.Openings.Stages(ctx, tx, inv.Opening)
	for _, one := range all {
		if one.ID == inv.Stage {
			s.Questions = one.Questions
		}
	}
	if err != nil || !inv.Unchosen() {
		return s, err
	}
	offers, err := n.Openings.OffersOf(ctx, tx, inv)
	if len(offers) > 1 {
		s.Others = offers[1:]
	}
	return s, err
}

// Draft is the mail of an invitation that is not made yet, as it will look; the page that invites shows it. f.FinishBy is needed.
func (n *Notify) Draft(ctx context.Context, tx db.Tx, op opening.Opening, s opening.Stage, f opening.InviteForm) (Mail, error) {
	organisation, err := n.Orgs.In(ctx, tx)
	if err != nil {
		return Mail{}, err
	}
	contact, err := n.Orgs.Member(ctx, tx, op.Contact)
	if err != nil {
		contact = org.Member{Name: organisation.Name, Email: organisation.Contact}
	}
	m := Mail{About: string(opening.Invited), ToName: f.Name, ToEmail: f.Email, replyName: contact.Name, replyEmail: contact.Email, zone: first(f.Zone, organisation.Zone)}
	err = n.write(ctx, tx, &m, op, organisation, "invitation", map[string]string{"note": f.Note, "what": n.what(ctx, tx.Org, s),
		"by": spell(f.FinishBy, m.zone), "days": fmt.Sprint(op.ReplyDays)})
	return m, err
}

// what is what a stage asks for, in words.
func (n *Notify) what(ctx context.Context, o string, s opening.Stage) string {
	var list []string
	for _, x := range s.Offers() {
		s.Format, s.Ref = x.Format, x.Ref
		list = append(list, n.offer(ctx, o, s))
	}
	if len(list) == 1 {
		return list[0]
	}
	return fmt.Sprintf("one of %d, as you choose: %s", len(list), strings.Join(list, "; or "))
}

// offer is the first of what a stage offers, in words.
func (n *Notify) offer(ctx context.Context, o string, s opening.Stage) string {
	f, ok := n.Openings.Format(s.Format)
	if !ok {
		return "an interview in turns"
	}
	d, err := f.Describe(ctx, o, s.Ref)
	if err != nil {
		return "an interview in turns"
	}
	d = d.With(s)
	if more, err := n.Analytics.Beyond(ctx, o, s.Ref); err == nil {
		d.Minutes += more
	}
	return fmt.Sprintf("“%s”: %s, about %d minutes in all", d.Title, parts(d.Parts), d.Minutes)
}

// spell is an instant in a candidate's zone, with its name.
func spell(t time.Time, zone string) string {
	loc := zoneOf(zone)
	return t.In(loc).Format("Monday 2 January, 15:04") + " (" + loc.String() + ")"
}

// Answers is whom an answer to the mail reaches, as name and address.
func (m Mail) Answers() (name, email string) { return m.replyName, m.replyEmail }

func parts(n int) string {
	if n == 1 {
		return "one part"
	}
	return fmt.Sprint(n, " parts")
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
