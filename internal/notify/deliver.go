package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview"
	"candor/internal/job"
	"candor/internal/mail"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/promise"
	"candor/internal/talk"
	"candor/internal/thread"
	"candor/internal/trial"
)

// A mail that the server does not take now is tried again for patience, first after soon, then less often, at most every hour (RFC 5321
// 4.5.4.1 asks for at least 30 minutes between tries, soon after the first, and four to five days; ours waits behind a server that does so).
const (
	patience = 2 * 24 * time.Hour
	soon     = 15 * time.Second
)

// again is how long a mail waits after so many tries that failed.
func again(tries int) time.Duration { return min(time.Duration(tries*tries)*soon, time.Hour) }

// deliver hands one mail over. A refusal is kept in the server's words; a server that says "later" or is down is tried again. What
// would come at night waits for the morning, and what has nothing to say any more is dropped.
func (n *Notify) deliver(ctx context.Context, note sendNote) error {
	var m Mail
	var old bool
	var list string
	var event *talk.Event
	err := n.DB.Read(ctx, note.Org, func(tx db.Tx) (err error) {
		if m, err = n.in(ctx, tx, note.Mail); err != nil || m.State != Queued {
			return err
		}
		if m.application != "" {
			a, err := n.Openings.ApplicationIn(ctx, tx, m.application)
			if err != nil {
				return err
			}
			list = a.Opening.Title + " <" + string(a.Opening.ID) + ">"
		}
		if old, err = n.outdated(ctx, tx, m); err != nil || old {
			return err
		}
		event, err = n.event(ctx, tx, m)
		return err
	})
	if errors.Is(err, ErrMissing) || errors.Is(err, opening.ErrMissing) || err == nil && m.State != Queued {
		return nil
	}
	if err != nil {
		return err
	}
	now := n.DB.Now()
	if old {
		return n.settle(ctx, note, Dropped, "", now)
	}
	if m.zone != "" {
		if morning := Daytime(now, m.zone); morning.After(now) {
			return n.postpone(ctx, note, m.Error, morning, 0)
		}
	}
	letter := mail.Letter{ToName: m.ToName, ToEmail: m.ToEmail, ReplyName: m.replyName, ReplyEmail: m.replyEmail, Subject: m.Subject,
		Text: m.Text(), HTML: m.HTML(), ID: m.ID + "." + note.Org, List: list, Date: now}
	if event != nil {
		letter.Calendar, letter.Method = event.File(), event.Method()
	}
	words, err := n.Server.Send(ctx, letter)
	var no *mail.Refused
	var later *mail.Later
	switch {
	case err == nil:
		return n.settle(ctx, note, Sent, words, now)
	case errors.As(err, &no):
		return n.settle(ctx, note, Refused, no.Words, now)
	case !errors.As(err, &later):
		return err
	case now.Sub(m.Created) > patience:
		return n.settle(ctx, note, Refused, fmt.Sprintf("Given up after %d tries. The last answer: %s", m.Tries+1, later.Words), now)
	}
	return n.postpone(ctx, note, later.Words, now.Add(again(m.Tries+1)), 1)
}

// settle says what came of a mail; nothing is settled twice.
func (n *Notify) settle(ctx context.Context, note sendNote, s State, words string, now time.Time) error {
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		_, err := query.New(tx).Settle(ctx, query.SettleParams{OrgID: note.Org, ID: note.Mail, State: string(s), Error: words, SentAt: clock.Milli(now)})
		return err
	})
}

// postpone enqueues a mail anew.
func (n *Notify) postpone(ctx context.Context, note sendNote, words string, at time.Time, tries int64) error {
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		k, err := query.New(tx).Postpone(ctx, query.PostponeParams{OrgID: note.Org, ID: note.Mail, Error: words, DueAt: clock.Milli(at), Tries: tries})
		if err != nil || k == 0 {
			return err
		}
		return send.Enqueue(ctx, n.Jobs, tx, note, job.At(at))
	})
}

// outdated says that what a mail was to bring does not hold any more: its link ended meanwhile, or a reminder's reason is gone.
func (n *Notify) outdated(ctx context.Context, tx db.Tx, m Mail) (bool, error) {
	switch m.About {
	case string(opening.Invited), string(opening.Applied), "signin", "member":
		return m.Link == "", nil
	}
	if m.About == apology {
		p, _, err := n.Promises.In(ctx, tx, m.SubjectID)
		if errors.Is(err, promise.ErrMissing) {
			return true, nil
		}
		return !p.Kept.IsZero(), err // nobody reads that we are late after what they waited for
	}
	if isTalk(m.About) {
		return n.moved(ctx, tx, m)
	}
	if m.About == string(trial.Asked) {
		return n.dayOver(ctx, tx, m)
	}
	if m.About == string(thread.Answered) {
		unread, err := n.unread(ctx, tx, m)
		return !unread, err
	}
	if m.About == string(interview.Asked) || m.About == turnLast {
		return n.turnOver(ctx, tx, m)
	}
	if strings.HasPrefix(m.About, remind) {
		holds, err := n.holds(ctx, tx, m)
		return !holds, err
	}
	return false, nil
}
