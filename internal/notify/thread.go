package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/thread"
)

// gather is how long a mail about a message to a candidate waits for more of them, so that several come as one.
const gather = 5 * time.Minute

// Topics of mails to members about those who wait.
const (
	waitsAt  = "thread.waits"
	waitsDue = "thread.due"
)

// listenThreads wires what is written about conversations.
func (n *Notify) listenThreads() {
	job.Listen(n.Jobs, thread.Asked, "notify.thread_asked", job.Mail, n.threadAsked)
	job.Listen(n.Jobs, thread.Answered, "notify.thread_answered", job.Mail, n.threadAnswered)
}

// threadAnswered tells a candidate that there is something to read; messages of the same minutes are one mail. An answer to a question of theirs
// leaves at any hour, like what they asked for by a press; it is dropped when they have looked meanwhile.
func (n *Notify) threadAnswered(ctx context.Context, note thread.Note) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		m, op, o, err := n.toCandidate(ctx, tx, opening.ApplicationID(note.Application))
		if err != nil {
			return m, err
		}
		end := clock.Time(note.At).Truncate(gather).Add(gather)
		m.About, m.SubjectID, m.Due = string(thread.Answered), fmt.Sprintf("%s#%d", note.Application, clock.Milli(end)), end
		if note.Asked {
			m.zone = ""
		}
		if m.path, err = n.place(ctx, tx, m.application); err != nil {
			return m, err
		}
		err = n.write(ctx, tx, &m, op, o, "message", nil)
		return m, err
	})
}

// threadAsked tells whoever answers that somebody waits, unless they hear at hours of their own. One mail for each time that somebody begins to wait.
func (n *Notify) threadAsked(ctx context.Context, note thread.Note) error {
	return n.waiting(ctx, note.Org, thread.Wait{App: opening.ApplicationID(note.Application), Since: clock.Time(note.At)}, string(thread.Asked), func(hours []int) bool { return len(hours) == 0 },
		"waits for an answer", "They read when to expect one: within two working days. The longer somebody waits, the less they can do meanwhile.")
}

// waiting writes to those who answer about one candidate who waits, once for each topic; whom says to whom, by the hours at which they hear.
func (n *Notify) waiting(ctx context.Context, o org.ID, w thread.Wait, about string, whom func(hours []int) bool, subject, body string) error {
	err := n.DB.Write(ctx, o, func(tx db.Tx) error {
		since, err := n.Threads.Waiting(ctx, tx, w.App)
		if err != nil || !since.Equal(w.Since) {
			return err // answered meanwhile
		}
		to, err := n.Threads.Answerers(ctx, tx, w.App)
		if err != nil {
			return err
		}
		hours, err := n.Threads.Hours(ctx, tx)
		if err != nil {
			return err
		}
		a, err := n.Openings.ApplicationIn(ctx, tx, w.App)
		if err != nil {
			return err
		}
		for _, m := range to {
			if !whom(hours[m.ID]) {
				continue
			}
			err := n.Put(ctx, tx, Mail{About: about, SubjectID: fmt.Sprintf("%s#%d %s", w.App, clock.Milli(w.Since), m.ID), ToName: m.Name, ToEmail: m.Email, application: w.App,
				Subject: a.Name + " " + subject, Body: fmt.Sprintf("Hello %s,\n\n%s, %s, wrote to you. %s", m.Name, a.Name, a.Opening.Title, body),
				Action: "Read and answer", path: "/o/" + tx.Org + "/conversations/" + string(w.App)})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	return err
}

// Conversations sends an organisation's members what is due about those who wait: the digest of whoever hears at hours, in that hour, and to
// everybody who answers, on the day by which an answer was promised, that it is due. Two nodes may do it at once: the key of the mails decides.
func (n *Notify) Conversations(ctx context.Context, o org.ID) error {
	var waits []thread.Wait
	var hours map[org.MemberID][]int
	var zone *time.Location
	err := n.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		if waits, err = n.Threads.Waits(ctx, tx); err != nil {
			return err
		}
		if hours, err = n.Threads.Hours(ctx, tx); err != nil {
			return err
		}
		organisation, err := n.Orgs.In(ctx, tx)
		zone = zoneOf(organisation.Zone)
		return err
	})
	if err != nil || len(waits) == 0 {
		return err
	}
	var errs []error
	now := n.DB.Now().In(zone)
	for _, w := range waits {
		if left := w.Due.Sub(now); left < lastDay && awake(now) {
			errs = append(errs, n.waiting(ctx, o, w, waitsDue, func([]int) bool { return true }, "was promised an answer by today",
				"Today is the day by which they were told to have an answer."))
		}
	}
	for m, at := range hours {
		if slices.Contains(at, now.Hour()) {
			errs = append(errs, n.digest(ctx, o, m, now, waits))
		}
	}
	return errors.Join(errs...)
}

// digest writes one mail to a member about all who wait for them. It names nobody: it is about no single application, so that nothing of it goes when one does.
func (n *Notify) digest(ctx context.Context, o org.ID, m org.MemberID, now time.Time, waits []thread.Wait) error {
	return n.compose(ctx, o, func(tx db.Tx) (Mail, error) {
		var mine []thread.Wait
		for _, w := range waits {
			to, err := n.Threads.Answerers(ctx, tx, w.App)
			if err != nil {
				return Mail{}, err
			}
			if slices.ContainsFunc(to, func(x org.Member) bool { return x.ID == m }) {
				mine = append(mine, w)
			}
		}
		if len(mine) == 0 {
			return Mail{}, opening.ErrMissing
		}
		wait := "1 candidate waits"
		if len(mine) > 1 {
			wait = fmt.Sprintf("%d candidates wait", len(mine))
		}
		return n.toMember(ctx, tx, m, Mail{About: waitsAt, SubjectID: m + " " + now.Format("2006-01-02T15"), Subject: wait + " for an answer",
			Body:   fmt.Sprintf("%s for an answer of yours, the longest since %s.", wait, mine[0].Since.In(now.Location()).Format("Monday 2 January, 15:04")),
			Action: "Open the conversations", path: "/o/" + tx.Org + "/conversations"})
	})
}

// unread says whether a mail about messages still has something to say.
func (n *Notify) unread(ctx context.Context, tx db.Tx, m Mail) (bool, error) {
	a, _, _ := strings.Cut(m.SubjectID, "#")
	return n.Threads.Unread(ctx, tx, opening.ApplicationID(a))
}
