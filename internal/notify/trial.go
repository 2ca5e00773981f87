package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/trial"
)

// listenTrials wires what is written about work trials, to the candidate and to the host.
func (n *Notify) listenTrials() {
	for _, topic := range []job.Topic[trial.Note]{trial.Accepted, trial.Asked, trial.Replied, trial.Replaced, trial.Cancelled, trial.Ended, trial.Evaluated} {
		job.Listen(n.Jobs, topic, "notify."+strings.ReplaceAll(string(topic), ".", "_"), job.Mail, func(ctx context.Context, note trial.Note) error { return n.trialNews(ctx, note, string(topic)) })
	}
	for _, topic := range []job.Topic[trial.Note]{trial.Accepted, trial.Declined, trial.CheckedIn, trial.Replaced, trial.Cancelled, trial.Ended} {
		job.Listen(n.Jobs, topic, "notify."+strings.ReplaceAll(string(topic), ".", "_")+"_host", job.Mail, func(ctx context.Context, note trial.Note) error { return n.hosts(ctx, note, string(topic)) })
	}
}

// trialOf reads the trial of a note with its terms and its organisation.
func (n *Notify) trialOf(ctx context.Context, tx db.Tx, note trial.Note) (t trial.Trial, p trial.Plan, host string, o org.Org, err error) {
	if t, err = n.Trials.In(ctx, tx, trial.ID(note.Trial)); errors.Is(err, trial.ErrMissing) {
		err = opening.ErrMissing
	}
	if err != nil {
		return t, p, "", o, err
	}
	if p, err = n.Trials.PlanIn(ctx, tx, t.Plan); err != nil {
		return t, p, "", o, err
	}
	if o, err = n.Orgs.In(ctx, tx); err != nil {
		return t, p, "", o, err
	}
	m, err := n.Orgs.Member(ctx, tx, t.Host)
	if errors.Is(err, org.ErrMissing) {
		err = nil
	}
	return t, p, first(m.Name, o.Name), o, err
}

// trialNews tells a candidate how their work trial goes on.
func (n *Notify) trialNews(ctx context.Context, note trial.Note, about string) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		t, p, host, o, err := n.trialOf(ctx, tx, note)
		if err != nil {
			return Mail{}, err
		}
		m, op, o, err := n.toCandidate(ctx, tx, t.Application)
		if err != nil {
			return m, err
		}
		m.path = "invitation:" + string(t.Invitation)
		m.About, m.SubjectID = about, fmt.Sprintf("%s#%d#%d", t.ID, note.N, note.At)
		day := func(at time.Time) string { return at.In(t.Location()).Format("Monday 2 January") }
		last := t.EvaluateBy.Add(-time.Second).In(zoneOf(o.Zone)).Format("Monday 2 January")
		var step, news string
		switch about {
		case string(trial.Accepted):
			step = "accepted"
			news = fmt.Sprintf("you have accepted the work trial: it begins on %s and goes on until %s, with %d hours in all. %s hosts you. For it %s are owed to you, whatever comes of it.", day(t.Starts), day(t.Ends), p.Hours, host, p.Money)
		case string(trial.Asked):
			step = fmt.Sprintf("day %d", note.N)
			news = fmt.Sprintf("this is day %d of your work trial. When you have done your part of it, write in a few lines what you did, what is next and what is in your way, and how many hours it were. %s reads it. You can send it until the end of tomorrow; a day without it counts for nothing.", note.N, host)
		case string(trial.Replied):
			step = fmt.Sprintf("an answer on day %d", note.N)
			news = fmt.Sprintf("%s has answered on day %d of your work trial.", host, note.N)
		case string(trial.Replaced):
			step = "another host"
			news = fmt.Sprintf("from now on %s hosts your work trial.", host)
		case string(trial.Ended):
			step = "it is over"
			news = fmt.Sprintf("your work trial is over. Thank you for your work; the pay is due. Until the end of %s you can say how it was, in four questions. Neither side reads the other’s words first.", last)
		case string(trial.Evaluated):
			step = "how it was"
			news = fmt.Sprintf("what %s and you say about the work trial can be read now.", host)
		case string(trial.Cancelled):
			step = "cancelled"
			switch {
			case t.By == trial.ByMember && t.Paid != 0:
				news = fmt.Sprintf("we had to cancel your work trial. The reason: %s\n\nWhat is paid for it stands on your page.", t.Reason)
			case t.By == trial.ByMember:
				news = fmt.Sprintf("we had to cancel your work trial before it began. The reason: %s", t.Reason)
			case t.By == trial.ByCandidate:
				news = "you have cancelled your work trial. What is paid for it stands on your page."
			default:
				return m, opening.ErrMissing // they left, or have a reply that says it
			}
		}
		err = n.write(ctx, tx, &m, op, o, "trial", map[string]string{"step": step, "news": news})
		return m, err
	})
}

// hosts tells the host of a work trial what is new, at an hour of theirs where they chose some. It names nobody, and no opening, which may be confidential.
func (n *Notify) hosts(ctx context.Context, note trial.Note, about string) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		t, _, _, o, err := n.trialOf(ctx, tx, note)
		if err != nil {
			return Mail{}, err
		}
		m := Mail{About: about + ".host", SubjectID: fmt.Sprintf("%s#%d#%d#%s", t.ID, note.N, note.At, t.Host), Action: "Open the trial", path: "/o/" + tx.Org + "/trials/" + string(t.ID)}
		switch about {
		case string(trial.Accepted):
			m.Subject, m.Body = "A work trial is accepted", fmt.Sprintf("A candidate has accepted a work trial that you host. It goes from %s to %s.", t.Starts.In(t.Location()).Format("Monday 2 January"), t.Ends.In(t.Location()).Format("Monday 2 January"))
		case string(trial.Declined):
			m.Subject, m.Body = "A work trial is not wanted", "A candidate does not want the work trial that you were to host. Nothing is owed on either side."
		case string(trial.CheckedIn):
			m.Subject, m.Body = fmt.Sprintf("Check-in of day %d", note.N), "A check-in of a work trial that you host has come. Read what is in the way; a short answer is enough."
		case string(trial.Replaced):
			m.Subject, m.Body = "You host a work trial", "You host a work trial from now on. What was agreed, and what was said so far, stands on its page."
		case string(trial.Ended):
			m.Subject, m.Body = "A work trial is over", fmt.Sprintf("A work trial that you host is over. The candidate was promised your evaluation by the end of %s. Neither side reads the other’s words first.", t.EvaluateBy.Add(-time.Second).In(zoneOf(o.Zone)).Format("Monday 2 January"))
		case string(trial.Cancelled):
			if t.By == trial.ByMember {
				return Mail{}, opening.ErrMissing // one of us pressed
			}
			m.Subject, m.Body = "A work trial is cancelled", "A work trial that you host was cancelled by the candidate, or they are out of the opening. What is paid stands on its page."
		}
		if m.Due, err = n.hourOf(ctx, tx, t.Host, zoneOf(o.Zone)); err != nil {
			return m, err
		}
		return n.toMember(ctx, tx, t.Host, m)
	})
}

// dayOver says that a mail that asks for a day's check-in has nothing to ask any more.
func (n *Notify) dayOver(ctx context.Context, tx db.Tx, m Mail) (bool, error) {
	var id string
	var day, at int64
	if _, err := fmt.Sscanf(strings.ReplaceAll(m.SubjectID, "#", " "), "%s %d %d", &id, &day, &at); err != nil {
		return false, err
	}
	waits, err := n.Trials.Waits(ctx, tx, trial.ID(id), int(day))
	return !waits, err
}
