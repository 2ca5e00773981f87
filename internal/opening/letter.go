package opening

import (
	"context"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/org"
)

// Letter is the mail of an invitation, as paragraphs; notify sends it, and the form shows it beforehand.
type Letter struct {
	ToName, ToEmail string
	ReplyTo         string // address of the opening's contact
	Subject         string
	Before          []string // paragraphs above the link
	After           []string // and below it
}

// letterOf is what a letter is made from.
type letterOf struct {
	opening  Opening
	stage    Stage
	to       InviteForm
	org      org.Org
	contact  org.Member
	content  Described
	finishBy time.Time
}

// Letter is the mail of an invitation as it is now. ErrMissing.
func (os *Openings) Letter(ctx context.Context, o string, i InvitationID) (Letter, error) {
	var d letterOf
	var inv Invitation
	err := os.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		if inv, err = os.InvitationIn(ctx, tx, i); err != nil {
			return err
		}
		a, err := os.ApplicationIn(ctx, tx, inv.Application)
		if err != nil {
			return err
		}
		d.to = InviteForm{Name: a.Name, Email: a.Email, Zone: inv.Zone, Note: inv.Note}
		return os.letterIn(ctx, tx, inv.Opening, inv.Stage, &d)
	})
	if err != nil {
		return Letter{}, err
	}
	d.finishBy = inv.FinishBy
	return os.compose(ctx, o, inv.Format, inv.Ref, d)
}

// LetterFor is the mail that Invite would send. ErrRole, ErrMissing.
func (os *Openings) LetterFor(ctx context.Context, who actor.Actor, o ID, f InviteForm) (Letter, error) {
	d := letterOf{to: f, finishBy: f.FinishBy}
	err := os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if _, err := os.manage(ctx, tx, who, o); err != nil {
			return err
		}
		return os.letterIn(ctx, tx, o, "", &d)
	})
	if err != nil {
		return Letter{}, err
	}
	if d.finishBy.IsZero() {
		d.finishBy = os.DB.Now().Add(time.Duration(d.stage.Window) * 24 * time.Hour)
	}
	return os.compose(ctx, who.Org, d.stage.Format, d.stage.Ref, d)
}

// letterIn reads the rest; stage "" is the first.
func (os *Openings) letterIn(ctx context.Context, tx db.Tx, o ID, s StageID, d *letterOf) (err error) {
	if d.opening, err = os.In(ctx, tx, o); err != nil {
		return err
	}
	stages, err := os.Stages(ctx, tx, o)
	if err != nil {
		return err
	}
	for _, x := range stages {
		if x.ID == s || s == "" && x.Position == 1 {
			d.stage = x
		}
	}
	if d.org, err = os.Orgs.In(ctx, tx); err != nil {
		return err
	}
	d.contact, err = os.Orgs.Member(ctx, tx, d.opening.Contact)
	return err
}

func (os *Openings) compose(ctx context.Context, o, format, ref string, d letterOf) (Letter, error) {
	if f, ok := os.Format(format); ok {
		var err error
		if d.content, err = f.Describe(ctx, o, ref); err != nil {
			return Letter{}, err
		}
	}
	return d.write(), nil
}

func (d letterOf) write() Letter {
	l := Letter{ToName: d.to.Name, ToEmail: d.to.Email, ReplyTo: d.contact.Email,
		Subject: fmt.Sprintf("%s: %s, %s", d.org.Name, d.opening.Title, strings.ToLower(d.stage.Title))}
	l.Before = append(l.Before, "Hello "+d.to.Name+",")
	what := "We would like to get to know your work"
	if d.stage.Position > 1 {
		what = "Thank you for what you sent; we would like to go on with you"
	}
	l.Before = append(l.Before, fmt.Sprintf("%s, for the position %s at %s. The next step is “%s”: %s, about %d minutes in all.",
		what, d.opening.Title, d.org.Name, d.content.Title, parts(d.content.Parts), d.content.Minutes))
	if d.to.Note != "" {
		l.Before = append(l.Before, d.to.Note)
	}
	l.Before = append(l.Before, d.when()+" Opening the link starts no clock: you first see what to expect, how it is scored, and how long it takes. You need no account, and a phone is fine for looking.")
	l.After = append(l.After, fmt.Sprintf("We reply within %d working days after you have sent everything, with written feedback, also when it is a no.", d.opening.ReplyDays),
		"If you need more time, another format, or have a question, answer this mail. It goes to a person, who does not score your work under your name.",
		d.contact.Name+"\n"+strings.Join(filled(d.contact.Title, d.org.Name), ", "))
	return l
}

func parts(n int) string {
	if n == 1 {
		return "one part"
	}
	return fmt.Sprintf("%d parts, in any order, on any day", n)
}

func filled(in ...string) (out []string) {
	for _, s := range in {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (d letterOf) when() string {
	verb := "Finish by "
	if d.content.Timed {
		verb = "Start by "
	}
	return verb + Spell(d.finishBy, d.to.Zone) + "."
}

// Spell is an instant as people read it: in their zone with its name, and in UTC. An unknown zone is UTC alone.
func Spell(t time.Time, zone string) string {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "UTC" {
		return t.UTC().Format("Mon 2 Jan 2006, 15:04") + " UTC"
	}
	city := strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
	local := t.In(loc)
	utc := "15:04"
	if local.Format("2 Jan") != t.UTC().Format("2 Jan") {
		utc = "Mon 2 Jan, 15:04"
	}
	return local.Format("Mon 2 Jan 2006, 15:04") + " " + city + " time (" + t.UTC().Format(utc) + " UTC)"
}
