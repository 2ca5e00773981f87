package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
)

// Topics of mails about turns that wait.
const (
	turnLast = "interview.last" // to the candidate, a day before the end of their turn
	turnDue  = "interview.due"  // to whoever asks, on the day by which a question is owed
	turnLate = "interview.late" // to whoever runs the opening, once that day is over
)

// listenInterviews wires what is written about interviews.
func (n *Notify) listenInterviews() {
	job.Listen(n.Jobs, interview.Asked, "notify.interview_asked", job.Mail, n.turnAsked)
	for topic, news := range map[job.Topic[interview.Note]]func(v interview.Interview, who string, last time.Time) string{
		interview.Begun: func(v interview.Interview, who string, last time.Time) string {
			return fmt.Sprintf("%s will ask you about what you sent, in up to %d questions, one after the other. Each comes by mail and waits for you for %d days or more; nothing runs against a clock. You have the first one by the end of %s.",
				who, v.Rounds, v.AnswerDays, last.Format("Monday 2 January"))
		},
		interview.Replaced: func(v interview.Interview, who string, last time.Time) string {
			if v.State == interview.Ours {
				return fmt.Sprintf("from now on %s asks the questions about what you sent. The next one is with you by the end of %s.", who, last.Format("Monday 2 January"))
			}
			return fmt.Sprintf("from now on %s asks the questions about what you sent, and reads your answers.", who)
		},
		interview.Ended: func(v interview.Interview, who string, last time.Time) string {
			return "there are no more questions: the interview is over, and nothing is left for you to do. Your answers are read together with what you sent."
		},
	} {
		job.Listen(n.Jobs, topic, "notify."+strings.ReplaceAll(string(topic), ".", "_"), job.Mail, func(ctx context.Context, note interview.Note) error {
			return n.turnNews(ctx, note, string(topic), news)
		})
	}
	for _, topic := range []job.Topic[interview.Note]{interview.Begun, interview.Answered, interview.Replaced} {
		job.Listen(n.Jobs, topic, "notify."+strings.ReplaceAll(string(topic), ".", "_")+"_member", job.Mail, func(ctx context.Context, note interview.Note) error { return n.yourTurn(ctx, note, string(topic)) })
	}
}

// talk reads the interview of a note, and the mail to its candidate. A plan's that was not sent yet is nobody's news.
func (n *Notify) talk(ctx context.Context, tx db.Tx, note interview.Note) (m Mail, v interview.Interview, op opening.Opening, o org.Org, err error) {
	if v, err = n.Interviews.In(ctx, tx, interview.ID(note.Interview)); errors.Is(err, interview.ErrMissing) {
		err = opening.ErrMissing
	}
	if err != nil {
		return m, v, op, o, err
	}
	if m, op, o, err = n.toCandidate(ctx, tx, v.Application); err != nil {
		return m, v, op, o, err
	}
	a, err := n.Attempts.In(ctx, tx, v.Attempt)
	m.path = "invitation:" + string(a.Invitation)
	return m, v, op, o, err
}

// asker is the name of who asks in an interview, as the candidate reads it.
func (n *Notify) asker(ctx context.Context, tx db.Tx, v interview.Interview, o org.Org) (string, error) {
	who, err := n.Orgs.Member(ctx, tx, v.Member)
	if errors.Is(err, org.ErrMissing) {
		return o.Name, nil
	}
	return first(who.Name, o.Name), err
}

// turnAsked tells a candidate that it is their turn, and until when, in their daytime.
func (n *Notify) turnAsked(ctx context.Context, note interview.Note) error {
	return n.turnMail(ctx, note, "asked", string(interview.Asked))
}

// turnMail writes a letter about the candidate's turn, while it is theirs.
func (n *Notify) turnMail(ctx context.Context, note interview.Note, letter, about string) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, v, op, o, err := n.talk(ctx, tx, note)
		if err != nil {
			return m, err
		}
		end, theirs, err := n.theirTurn(ctx, tx, v, note.Turn)
		if err != nil || !theirs {
			return m, errors.Join(err, opening.ErrMissing)
		}
		who, err := n.asker(ctx, tx, v, o)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = about, fmt.Sprintf("%s#%d", v.ID, note.Turn)
		err = n.write(ctx, tx, &m, op, o, letter, map[string]string{"asker": who, "by": spell(end, m.zone)})
		return m, err
	})
}

// theirTurn says until when the candidate has the turn after so many questions; false: they have it no more.
func (n *Notify) theirTurn(ctx context.Context, tx db.Tx, v interview.Interview, turn int) (time.Time, bool, error) {
	if v.State != interview.Theirs || v.Turn != turn {
		return time.Time{}, false, nil
	}
	all, err := n.Attempts.Sittings(ctx, tx, v.Attempt)
	s, ok := all[attempt.TurnKey(turn)]
	return s.End(), ok && !s.Over(n.DB.Now()), err
}

// turnNews tells a candidate how their interview goes on.
func (n *Notify) turnNews(ctx context.Context, note interview.Note, about string, news func(v interview.Interview, who string, last time.Time) string) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, v, op, o, err := n.talk(ctx, tx, note)
		if err != nil {
			return m, err
		}
		app, err := n.Openings.ApplicationIn(ctx, tx, v.Application)
		if err != nil || app.Status != opening.Active {
			return m, errors.Join(err, opening.ErrMissing) // they left, or have a reply that says it
		}
		who, err := n.asker(ctx, tx, v, o)
		if err != nil {
			return m, err
		}
		m.About, m.SubjectID = about, fmt.Sprintf("%s#%d", v.ID, note.At)
		err = n.write(ctx, tx, &m, op, o, "interview", map[string]string{"news": news(v, who, v.Due.Add(-time.Second).In(zoneOf(o.Zone)))})
		return m, err
	})
}

// yourTurn tells whoever asks that it is their turn, at an hour of theirs where they chose some. It names nobody, and no opening, which may be confidential.
func (n *Notify) yourTurn(ctx context.Context, note interview.Note, about string) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		_, v, _, o, err := n.talk(ctx, tx, note)
		if err != nil {
			return Mail{}, err
		}
		if v.State != interview.Ours || v.Turn != note.Turn {
			return Mail{}, opening.ErrMissing
		}
		last := v.Due.Add(-time.Second).In(zoneOf(o.Zone)).Format("Monday 2 January")
		m := Mail{About: about + ".member", SubjectID: fmt.Sprintf("%s#%d#%s", v.ID, note.At, v.Member), Subject: "Your turn to ask", Action: "Read and ask", path: "/o/" + tx.Org + "/interviews/" + string(v.Code),
			Body: fmt.Sprintf("It is your turn in an interview. The candidate reads that the next question comes from you by the end of %s. %d of %d questions are left; you can also end it.", last, v.Rounds-v.Turn, v.Rounds)}
		if m.Due, err = n.hourOf(ctx, tx, v.Member, zoneOf(o.Zone)); err != nil {
			return m, err
		}
		return n.toMember(ctx, tx, v.Member, m)
	})
}

// hourOf is the next hour at which a member hears of what waits; zero is at once.
func (n *Notify) hourOf(ctx context.Context, tx db.Tx, m org.MemberID, zone *time.Location) (time.Time, error) {
	if n.Threads == nil {
		return time.Time{}, nil
	}
	all, err := n.Threads.Hours(ctx, tx)
	if err != nil || len(all[m]) == 0 {
		return time.Time{}, err
	}
	now := n.DB.Now().In(zone)
	for h := range 25 {
		at := now.Truncate(time.Minute).Add(time.Duration(h) * time.Hour)
		if slices.Contains(all[m], at.Hour()) {
			if h > 0 {
				at = at.Add(-time.Duration(at.Minute()) * time.Minute)
			}
			return at, nil
		}
	}
	return time.Time{}, nil
}

// Turns sends an organisation's reminders of turns that are due: to the candidate a day before the end of theirs, in their daytime; to whoever asks on the
// day by which a question is owed; and to those who run the opening once that day is over. Two nodes may do it at once: the key of the mails decides.
func (n *Notify) Turns(ctx context.Context, o org.ID) error {
	var errs []error
	for after := interview.ID(""); ; {
		var page []interview.Interview
		var zone *time.Location
		err := n.DB.Read(ctx, o, func(tx db.Tx) (err error) {
			if page, err = n.Interviews.Walk(ctx, tx, after); err != nil {
				return err
			}
			organisation, err := n.Orgs.In(ctx, tx)
			zone = zoneOf(organisation.Zone)
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, v := range page {
			errs = append(errs, n.remindTurn(ctx, o, v, zone))
		}
		after = page[len(page)-1].ID
	}
}

// remindTurn sends what is due about one interview.
func (n *Notify) remindTurn(ctx context.Context, o org.ID, v interview.Interview, zone *time.Location) error {
	now := n.DB.Now()
	note := interview.Note{Org: o, Interview: string(v.ID), Attempt: string(v.Attempt), Application: string(v.Application), Turn: v.Turn, At: clock.Milli(v.Due)}
	switch {
	case v.State == interview.Theirs:
		return n.remindCandidate(ctx, note, v)
	case v.State != interview.Ours || !awake(now.In(zone)):
		return nil
	case v.Late(now):
		return n.tellRunners(ctx, note, v)
	case v.Due.Sub(now) < lastDay:
		return n.compose(ctx, o, func(tx db.Tx) (Mail, error) {
			return n.toMember(ctx, tx, v.Member, Mail{About: turnDue, SubjectID: fmt.Sprintf("%s#%d#%s", v.ID, note.At, v.Member), Subject: "Today you owe a question", Action: "Read and ask",
				path: "/o/" + tx.Org + "/interviews/" + string(v.Code), Body: "A candidate was told to have your next question by the end of today. After that their page says that it is late. If you cannot ask, tell whoever runs the opening: they can name somebody else."})
		})
	}
	return nil
}

// remindCandidate writes a day before the end of the candidate's turn, to whoever has had it for half a day.
func (n *Notify) remindCandidate(ctx context.Context, note interview.Note, v interview.Interview) error {
	due := false
	err := n.DB.Read(ctx, note.Org, func(tx db.Tx) error {
		end, theirs, err := n.theirTurn(ctx, tx, v, v.Turn)
		now := n.DB.Now()
		due = theirs && end.Sub(now) < lastDay && now.Sub(v.Since) > lastDay/2
		return err
	})
	if err != nil || !due {
		return err
	}
	return n.turnMail(ctx, note, "turnday", turnLast)
}

// tellRunners says to those who run or decide an opening that whoever asks is silent.
func (n *Notify) tellRunners(ctx context.Context, note interview.Note, v interview.Interview) error {
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		team, err := n.Openings.Team(ctx, tx, v.Opening)
		if err != nil {
			return err
		}
		told := map[string]bool{}
		for _, t := range team {
			if t.Role != opening.Manager && t.Role != opening.Recruiter || told[t.Member] {
				continue
			}
			told[t.Member] = true
			m, err := n.toMember(ctx, tx, t.Member, Mail{About: turnLate, SubjectID: fmt.Sprintf("%s#%d#%s", v.ID, note.At, t.Member), Subject: "A question is late", Action: "Open the interview",
				path: "/o/" + tx.Org + "/interviews/" + string(v.Code), Body: "Whoever asks in an interview of an opening that you run or decide has let the promised day pass, and the candidate’s page says so. You can name somebody else with one press; the candidate is told who asks from then on."})
			if errors.Is(err, opening.ErrMissing) {
				continue
			}
			if err == nil {
				err = n.Put(ctx, tx, m)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// turnOver says that a mail about a candidate's turn has nothing to say any more.
func (n *Notify) turnOver(ctx context.Context, tx db.Tx, m Mail) (bool, error) {
	key, turn, _ := strings.Cut(m.SubjectID, "#")
	v, err := n.Interviews.In(ctx, tx, interview.ID(key))
	if errors.Is(err, interview.ErrMissing) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	_, theirs, err := n.theirTurn(ctx, tx, v, v.Turn)
	return !theirs || fmt.Sprint(v.Turn) != turn, err
}
