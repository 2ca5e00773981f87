package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/talk"
)

// listenTalks wires what is said of talks, to the candidate and to their host.
func (n *Notify) listenTalks() {
	for topic, letter := range map[job.Topic[talk.Note]]string{talk.SlotsOffered: "times", talk.Changed: "booked", talk.Cancelled: "cancelled", talk.Soon: "tomorrow"} {
		job.Listen(n.Jobs, topic, "notify."+letter, job.Mail, func(ctx context.Context, note talk.Note) error { return n.talked(ctx, string(topic), letter, note) })
		if topic != talk.SlotsOffered {
			job.Listen(n.Jobs, topic, "notify.host_"+letter, job.Mail, func(ctx context.Context, note talk.Note) error { return n.host(ctx, string(topic), note) })
		}
	}
}

func isTalk(about string) bool { return strings.HasPrefix(about, "talk.") }

// talkSubject is what a mail about a talk is about: the talk, the sequence that calendars are told, the cancelled time, and to whom.
func talkSubject(note talk.Note, to string) string {
	return fmt.Sprintf("%s#%d#%d#%s", note.Talk, note.Sequence, note.At, to)
}

func readTalk(subject string) (note talk.Note) {
	parts := strings.SplitN(subject, "#", 4)
	if len(parts) == 4 {
		note.Talk = parts[0]
		note.Sequence, _ = strconv.Atoi(parts[1])
		note.At, _ = strconv.ParseInt(parts[2], 10, 64)
	}
	return note
}

// stands reads the talk of a note as it is now; what has moved on since is not written about. opening.ErrMissing.
func (n *Notify) stands(ctx context.Context, tx db.Tx, about string, note talk.Note) (talk.Talk, error) {
	t, err := n.Talks.In(ctx, tx, talk.ID(note.Talk))
	if errors.Is(err, talk.ErrMissing) {
		return t, opening.ErrMissing
	}
	if err != nil {
		return t, err
	}
	gone := t.Sequence != note.Sequence
	switch about {
	case string(talk.SlotsOffered):
		gone = gone || t.State != talk.Offered
	case string(talk.Cancelled): // a time that was chosen after it has a higher number, and calendars go by that
		gone = false
	default:
		gone = gone || t.State != talk.Booked
	}
	if gone {
		return t, opening.ErrMissing
	}
	return t, nil
}

// moved says whether a mail about a talk has nothing to say any more.
func (n *Notify) moved(ctx context.Context, tx db.Tx, m Mail) (bool, error) {
	_, err := n.stands(ctx, tx, m.About, readTalk(m.SubjectID))
	if errors.Is(err, opening.ErrMissing) {
		return true, nil
	}
	return false, err
}

// event is the calendar's part of a mail; nil where it has none.
func (n *Notify) event(ctx context.Context, tx db.Tx, m Mail) (*talk.Event, error) {
	if !isTalk(m.About) || m.About == string(talk.SlotsOffered) {
		return nil, nil
	}
	note := readTalk(m.SubjectID)
	t, err := n.Talks.In(ctx, tx, talk.ID(note.Talk))
	if err != nil {
		return nil, err
	}
	e, err := n.EventOf(ctx, tx, t)
	if m.About == string(talk.Cancelled) {
		e.Cancel, e.Starts, e.Sequence = true, clock.Time(note.At), note.Sequence
	}
	return &e, err
}

// EventOf is what a calendar is told of a talk as it is, for the pages that offer the file; who may see it is the caller's loader's business.
func (n *Notify) EventOf(ctx context.Context, tx db.Tx, t talk.Talk) (talk.Event, error) {
	m, op, _, err := n.toCandidate(ctx, tx, t.Application)
	if err != nil {
		return talk.Event{}, err
	}
	e := talk.Event{Talk: t.ID, Sequence: t.Sequence, Starts: t.Starts, Minutes: t.Minutes, Title: "Talk: " + op.Title, Link: t.Link, Stamp: n.DB.Now(),
		From: talk.Party{Name: m.replyName, Email: m.replyEmail}, To: []talk.Party{{Name: m.ToName, Email: m.ToEmail}}}
	host, err := n.Orgs.Member(ctx, tx, t.Host)
	if errors.Is(err, org.ErrMissing) {
		return e, nil
	}
	e.To = append(e.To, talk.Party{Name: host.Name, Email: host.Email})
	return e, err
}

// talked writes to the candidate.
func (n *Notify) talked(ctx context.Context, about, key string, note talk.Note) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		t, err := n.stands(ctx, tx, about, note)
		if err != nil {
			return Mail{}, err
		}
		m, op, o, err := n.toCandidate(ctx, tx, t.Application)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = about, talkSubject(note, "candidate")
		if m.path, err = n.place(ctx, tx, t.Application); err != nil {
			return m, err
		}
		values := map[string]string{"when": opening.Spell(t.Starts, m.zone)}
		if t.Link != "" {
			values["meeting"] = "The meeting: " + t.Link
		}
		switch about {
		case string(talk.SlotsOffered):
			var times []string
			for _, s := range t.Free(n.DB.Now()) {
				times = append(times, opening.Spell(s, m.zone))
			}
			values["times"] = strings.Join(times, "\n")
			m.SubjectID += fmt.Sprint("#", clock.Milli(n.DB.Now())) // times that are offered anew are another mail
		case string(talk.Cancelled):
			values["when"] = opening.Spell(clock.Time(note.At), m.zone)
			m.zone = "" // nobody waits for somebody who does not come
		case string(talk.Changed):
			m.zone = ""
		}
		err = n.write(ctx, tx, &m, op, o, key, values)
		return m, err
	})
}

// host writes to the member who offered the times; they know the name.
func (n *Notify) host(ctx context.Context, about string, note talk.Note) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		t, err := n.stands(ctx, tx, about, note)
		if err != nil {
			return Mail{}, err
		}
		c, op, o, err := n.toCandidate(ctx, tx, t.Application)
		if err != nil {
			return Mail{}, err
		}
		host, err := n.Orgs.Member(ctx, tx, t.Host)
		if err != nil {
			return Mail{}, opening.ErrMissing
		}
		m := Mail{About: about, SubjectID: talkSubject(note, host.ID), ToName: host.Name, ToEmail: host.Email, application: t.Application,
			Action: "Look at the talk", path: "/o/" + tx.Org + "/applications/" + string(t.Application) + "/talk"}
		when := opening.Spell(t.Starts, o.Zone)
		switch about {
		case string(talk.Cancelled):
			when = opening.Spell(clock.Time(note.At), o.Zone)
			m.Subject, m.Body = "Cancelled: talk with "+c.ToName, fmt.Sprintf("Hello %s,\n\nthe talk with %s (%s) on %s does not take place. They are still owed one.", host.Name, c.ToName, op.Title, when)
		case string(talk.Soon):
			m.Subject, m.Body = "Soon: talk with "+c.ToName, fmt.Sprintf("Hello %s,\n\nyou talk with %s (%s) on %s.", host.Name, c.ToName, op.Title, when)
		default:
			m.Subject, m.Body = "Talk with "+c.ToName, fmt.Sprintf("Hello %s,\n\n%s (%s) talks with you on %s. The calendar file of this mail adds it, or moves what is there.", host.Name, c.ToName, op.Title, when)
		}
		return m, nil
	})
}
