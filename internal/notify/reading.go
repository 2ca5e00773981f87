package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review"
)

// readAt is the mail about submissions that wait for a reviewer who hears at hours of their own.
const readAt = "review.waits"

// listenReading wires what is written to those who read.
func (n *Notify) listenReading() {
	job.Listen(n.Jobs, review.Taken, "notify.assigned", job.Mail, n.assigned)
	job.Listen(n.Jobs, review.Short, "notify.short", job.Mail, n.short)
	job.Listen(n.Jobs, review.Reopened, "notify.reopened", job.Mail, n.reopened)
}

// assigned tells a reviewer that something waits, without a word about whose it is, unless they hear at hours of their own.
func (n *Notify) assigned(ctx context.Context, note review.TakenNote) error {
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		if n.Threads != nil {
			hours, err := n.Threads.Hours(ctx, tx)
			if err != nil {
				return Mail{}, err
			}
			if len(hours[note.Member]) > 0 {
				return Mail{}, opening.ErrMissing // their next hour says it
			}
		}
		return n.toMember(ctx, tx, note.Member, Mail{About: string(review.Taken), SubjectID: note.Review, Subject: "One more to read",
			Body:   "A submission was assigned to you. You see it without a name until your scorecard is filed.",
			Action: "Open your queue", path: "/o/" + tx.Org + "/review"})
	})
}

// reopened tells a reviewer that a change of the rubric opened ratings of theirs again.
func (n *Notify) reopened(ctx context.Context, note review.ReopenedNote) error {
	cards := "one of your scorecards is"
	if note.Cards > 1 {
		cards = fmt.Sprintf("%d of your scorecards are", note.Cards)
	}
	return n.compose(ctx, note.Org, func(tx db.Tx) (Mail, error) {
		return n.toMember(ctx, tx, note.Member, Mail{About: string(review.Reopened), SubjectID: note.Change + " " + note.Member, Subject: "The rubric changed: some scores are open again",
			Body:   "The rubric of an opening changed, and " + cards + " open again. Only the criteria whose wording changed are to be scored anew; everything else stays as you sent it.",
			Action: "Open your queue", path: "/o/" + tx.Org + "/review"})
	})
}

// short tells those who run and decide an opening that nobody can read a submission; once a day for each. It names nobody: one of them may be
// about to read it.
func (n *Notify) short(ctx context.Context, note review.RoundNote) error {
	return n.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		a, err := n.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(note.Application))
		if errors.Is(err, opening.ErrMissing) {
			return nil
		}
		if err != nil {
			return err
		}
		team, err := n.Openings.Team(ctx, tx, a.Opening.ID)
		if err != nil {
			return err
		}
		var told []string
		for _, t := range team {
			if t.Role != opening.Recruiter && t.Role != opening.Manager || slices.Contains(told, t.Member) {
				continue
			}
			told = append(told, t.Member)
			m, err := n.toMember(ctx, tx, t.Member, Mail{About: string(review.Short), SubjectID: fmt.Sprintf("%s %s %s", note.Attempt, t.Member, n.DB.Now().UTC().Format(time.DateOnly)), application: a.ID,
				Subject: "Nobody can read a submission: " + a.Opening.Title,
				Body:    "A submission waits, and the pool of " + a.Opening.Title + " has nobody who is here and could read it. The reply that was promised for it stays due.\n\nAdd a reviewer, or ask somebody who is away when they are back. It is given to them by itself.",
				Action:  "See the people of the opening", path: "/o/" + tx.Org + "/openings/" + string(a.Opening.ID) + "/team"})
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

// Reading sends an organisation's reviewers who hear at hours of their own what waits for them, in that hour. Two nodes may do it at once: the key
// of the mails decides. Whoever is away gets none.
func (n *Notify) Reading(ctx context.Context, o org.ID) error {
	var hours map[org.MemberID][]int
	var zone *time.Location
	err := n.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		if hours, err = n.Threads.Hours(ctx, tx); err != nil {
			return err
		}
		organisation, err := n.Orgs.In(ctx, tx)
		zone = zoneOf(organisation.Zone)
		return err
	})
	if err != nil {
		return err
	}
	var errs []error
	now := n.DB.Now().In(zone)
	for m, at := range hours {
		if slices.Contains(at, now.Hour()) {
			errs = append(errs, n.readDigest(ctx, o, m, now))
		}
	}
	return errors.Join(errs...)
}

// readDigest is one mail about all that waits to be read by a member.
func (n *Notify) readDigest(ctx context.Context, o org.ID, m org.MemberID, now time.Time) error {
	return n.compose(ctx, o, func(tx db.Tx) (Mail, error) {
		w, err := query.New(tx).ToRead(ctx, tx.Org, m)
		if err != nil {
			return Mail{}, err
		}
		who, err := n.Orgs.Member(ctx, tx, m)
		if errors.Is(err, org.ErrMissing) || err == nil && (w.N == 0 || who.Away(now)) {
			return Mail{}, opening.ErrMissing
		}
		if err != nil {
			return Mail{}, err
		}
		subject := fmt.Sprintf("%d submissions wait for you", w.N)
		if w.N == 1 {
			subject = "1 submission waits for you"
		}
		due := clock.Time(w.Due)
		body := "The first is due by " + due.Add(-time.Second).In(now.Location()).Format("Monday 2 January") + "."
		if due.Before(now) {
			body = "The first was due by " + due.Add(-time.Second).In(now.Location()).Format("Monday 2 January") + ". If you cannot read it, give it back, and somebody else does."
		}
		return n.toMember(ctx, tx, m, Mail{About: readAt, SubjectID: string(m) + " " + now.Format("2006-01-02T15"), Subject: subject, Body: body,
			Action: "Open your queue", path: "/o/" + tx.Org + "/review"})
	})
}
