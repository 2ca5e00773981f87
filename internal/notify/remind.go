package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
)

// remind begins the topic of a reminder; the key of its letter follows.
const remind = "remind."

const (
	lastDay = 24 * time.Hour // what is left when the last reminder comes
	settled = 24 * time.Hour // how long nothing was changed when the press is reminded of
	spacing = 24 * time.Hour // what lies at least between an invitation or a reminder and the next by rule
)

// Reminder is a mail that an opening sends by itself, and when.
type Reminder struct {
	Letter string // start, last or press
	At     time.Time
	once   string // the mails table's key: about one thing there is one mail
}

// reminders are those that an invitation leads to as things are now, each at most once. Who has started nothing hears halfway, if that is a
// day before the last reminder; who has not sent everything hears a day before the last moment, which moves with it; who has answered
// everything and sent nothing hears a day after the last change. All in the candidate's daytime: a last reminder that would come at night comes
// the evening before.
func reminders(inv opening.Invitation, p attempt.Progress, zone string) []Reminder {
	if p.Sent || p.Owed {
		return nil
	}
	var out []Reminder
	last := DaytimeBefore(inv.FinishBy.Add(-lastDay), zone)
	half := DaytimeBefore(inv.Created.Add(inv.FinishBy.Sub(inv.Created)/2), zone)
	if !p.Begun && half.Sub(inv.Created) >= spacing && last.Sub(half) >= spacing {
		out = append(out, Reminder{"start", half, string(inv.ID)})
	}
	if press := Daytime(p.Touched.Add(settled), zone); p.Ready && press.Before(inv.FinishBy) {
		out = append(out, Reminder{"press", press, string(inv.ID)})
	}
	if last.Sub(inv.Created) >= spacing {
		out = append(out, Reminder{"last", last, fmt.Sprintf("%s#%d", inv.ID, clock.Milli(inv.FinishBy))})
	}
	return out
}

// over says until when a reminder is of use: the first one until the last is due.
func (r Reminder) over(inv opening.Invitation, zone string) time.Time {
	if r.Letter == "start" {
		return DaytimeBefore(inv.FinishBy.Add(-lastDay), zone)
	}
	return inv.FinishBy
}

// Remind sends an organisation's reminders that are due. Two nodes may do it at once: the key of the mails decides.
func (n *Notify) Remind(ctx context.Context, o org.ID) error {
	var errs []error
	active := map[opening.ID]bool{}
	for after := opening.InvitationID(""); ; {
		var page []opening.Invitation
		err := n.DB.Read(ctx, o, func(tx db.Tx) (err error) {
			page, err = n.Openings.Unfinished(ctx, tx, n.DB.Now(), after)
			for _, inv := range page {
				if _, known := active[inv.Opening]; !known && err == nil {
					active[inv.Opening], err = n.reminds(ctx, tx, inv.Opening)
				}
			}
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, inv := range page {
			if active[inv.Opening] {
				errs = append(errs, n.remindOne(ctx, o, inv.ID))
			}
		}
		after = page[len(page)-1].ID
	}
}

// remindOne sends the reminder of an invitation that is due, if there is one.
func (n *Notify) remindOne(ctx context.Context, o org.ID, i opening.InvitationID) error {
	var due bool
	err := n.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		_, _, due, err = n.dueReminder(ctx, tx, i)
		return err
	})
	if err != nil || !due {
		return err
	}
	return n.compose(ctx, o, func(tx db.Tx) (Mail, error) {
		inv, r, due, err := n.dueReminder(ctx, tx, i)
		if err != nil {
			return Mail{}, err
		}
		if !due {
			return Mail{}, opening.ErrMissing // started, sent or withdrew meanwhile
		}
		m, op, o, err := n.toCandidate(ctx, tx, inv.Application)
		if err != nil {
			return m, err
		}
		s, err := n.stage(ctx, tx, inv)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID, m.path = remind+r.Letter, r.once, "invitation:"+string(inv.ID)
		err = n.write(ctx, tx, &m, op, o, r.Letter, map[string]string{"what": n.what(ctx, tx.Org, s), "by": spell(inv.FinishBy, m.zone)})
		return m, err
	})
}

// dueReminder is the first reminder of an invitation that is due and was not sent; none at night.
func (n *Notify) dueReminder(ctx context.Context, tx db.Tx, i opening.InvitationID) (inv opening.Invitation, r Reminder, due bool, err error) {
	if inv, err = n.Openings.InvitationIn(ctx, tx, i); err != nil {
		return inv, r, false, err
	}
	now := n.DB.Now()
	all, zone, err := n.remindersOf(ctx, tx, inv, now)
	if err != nil || Daytime(now, zone).After(now) {
		return inv, r, false, err
	}
	for _, r := range all {
		if r.At.After(now) {
			continue
		}
		sent, err := query.New(tx).Wrote(ctx, tx.Org, remind+r.Letter, r.once)
		if err != nil || sent == 0 {
			return inv, r, err == nil, err
		}
	}
	return inv, r, false, nil
}

// remindersOf are an invitation's that are not over, with the zone they keep to.
func (n *Notify) remindersOf(ctx context.Context, tx db.Tx, inv opening.Invitation, now time.Time) (out []Reminder, zone string, err error) {
	o, err := n.Orgs.In(ctx, tx)
	if err != nil {
		return nil, "", err
	}
	zone = first(inv.Zone, o.Zone)
	if inv.Status != opening.Active || inv.Revoked {
		return nil, zone, nil
	}
	p, err := n.Attempts.ProgressOf(ctx, tx, inv)
	if err != nil {
		return nil, zone, err
	}
	asked, err := n.Openings.TimeAskOf(ctx, tx, inv.Application)
	p.Owed = p.Owed || asked.Waits() && asked.Invitation == inv.ID
	for _, r := range reminders(inv, p, zone) {
		if now.Before(r.over(inv, zone)) {
			out = append(out, r)
		}
	}
	return out, zone, err
}

// holds says whether a reminder that waits to be sent still has its reason.
func (n *Notify) holds(ctx context.Context, tx db.Tx, m Mail) (bool, error) {
	i, _, _ := strings.Cut(m.SubjectID, "#")
	inv, err := n.Openings.InvitationIn(ctx, tx, opening.InvitationID(i))
	if err != nil {
		return false, err
	}
	all, _, err := n.remindersOf(ctx, tx, inv, n.DB.Now())
	for _, r := range all {
		if remind+r.Letter == m.About && r.once == m.SubjectID {
			return true, err
		}
	}
	return false, err
}

// reminds says whether an opening sends reminders.
func (n *Notify) reminds(ctx context.Context, tx db.Tx, o opening.ID) (bool, error) {
	r, err := query.New(tx).Reminders(ctx, tx.Org, string(o))
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return r.Active, err
}

// SetReminders turns the reminders of an opening on or off. ErrMissing and ErrRole of opening.
func (n *Notify) SetReminders(ctx context.Context, who actor.Actor, o opening.ID, active bool) error {
	return n.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := n.Openings.ManageIn(ctx, tx, who, o); err != nil {
			return err
		}
		now := n.DB.Now()
		err := query.New(tx).SetReminders(ctx, query.SetRemindersParams{OrgID: tx.Org, OpeningID: string(o), Active: active, ChangedAt: clock.Milli(now), ChangedBy: who.ID})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "mail.remind", string(o), audit.Facts{"active": fmt.Sprint(active)})
	})
}

// Ahead is what an opening's reminders come to in the next days, by letter: how many people, and the first of them. Nobody is named.
type Ahead struct {
	Active bool
	Next   map[string]Count
}

// Count is how many mails, and when the first leaves.
type Count struct {
	People int
	First  time.Time
}

// aheadPages is how many pages of 200 invitations of the organisation are looked at for a forecast.
const aheadPages = 25

// Ahead looks at who is under way now. ErrMissing and ErrRole of opening.
func (n *Notify) Ahead(ctx context.Context, who actor.Actor, o opening.ID) (Ahead, error) {
	out := Ahead{Next: map[string]Count{}}
	err := n.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if _, err = n.Openings.ManageIn(ctx, tx, who, o); err != nil {
			return err
		}
		if out.Active, err = n.reminds(ctx, tx, o); err != nil {
			return err
		}
		now, after := n.DB.Now(), opening.InvitationID("")
		for range aheadPages {
			page, err := n.Openings.Unfinished(ctx, tx, now, after)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, inv := range page {
				if inv.Opening != o {
					continue
				}
				all, _, err := n.remindersOf(ctx, tx, inv, now)
				if err != nil {
					return err
				}
				for _, r := range all {
					c := out.Next[r.Letter]
					if r.At.Before(now) {
						continue // sent, or in the next minutes
					}
					if c.People++; c.First.IsZero() || r.At.Before(c.First) {
						c.First = r.At
					}
					out.Next[r.Letter] = c
				}
			}
			after = page[len(page)-1].ID
		}
		return nil
	})
	return out, err
}
