package hook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/hook/internal/query"
	"candor/internal/id"
	"candor/internal/interview"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review"
)

// Event is something that happened, in ids.
type Event struct {
	N           int64 // 1, 2, ... per organisation
	ID          string
	Type        string
	Opening     opening.ID
	Application opening.ApplicationID
	Invitation  opening.InvitationID // "" where it is about none
	At          time.Time
}

// FeedSize is how many the feed gives at once.
const FeedSize = 100

// Listen wires the announcements that become events, and the sending.
func (hs *Hooks) Listen() {
	job.Listen(hs.Jobs, opening.Invited, "hook.invited", job.Housekeeping, func(ctx context.Context, n opening.InvitedNote) error {
		return hs.happened(ctx, n.Org, Event{Type: "invitation.sent", Invitation: opening.InvitationID(n.Invitation)}, fmt.Sprint(n.Invitation, " ", n.Turn))
	})
	job.Listen(hs.Jobs, attempt.Submitted, "hook.submitted", job.Housekeeping, func(ctx context.Context, n attempt.SubmittedNote) error {
		return hs.happened(ctx, n.Org, Event{Type: "application.submitted", Application: opening.ApplicationID(n.Application)}, n.Attempt+" "+n.Submission)
	})
	for topic, kind := range map[job.Topic[interview.Note]]string{interview.Asked: "interview.asked", interview.Answered: "interview.answered", interview.Ended: "interview.ended"} {
		job.Listen(hs.Jobs, topic, "hook."+kind, job.Housekeeping, func(ctx context.Context, n interview.Note) error {
			return hs.happened(ctx, n.Org, Event{Type: kind, Application: opening.ApplicationID(n.Application)}, fmt.Sprint(n.Interview, " ", n.Turn))
		})
	}
	job.Listen(hs.Jobs, review.AllFiled, "hook.read", job.Housekeeping, func(ctx context.Context, n review.RoundNote) error {
		return hs.happened(ctx, n.Org, Event{Type: "results.ready", Application: opening.ApplicationID(n.Application)}, n.Attempt)
	})
	job.Listen(hs.Jobs, feedback.Released, "hook.replied", job.Housekeeping, func(ctx context.Context, n feedback.ReleasedNote) error {
		return hs.happened(ctx, n.Org, Event{Type: "application.replied", Application: opening.ApplicationID(n.Application)}, n.Feedback)
	})
	job.Listen(hs.Jobs, opening.Left, "hook.left", job.Housekeeping, func(ctx context.Context, n opening.LeftNote) error {
		return hs.happened(ctx, n.Org, Event{Type: "application.withdrawn", Application: opening.ApplicationID(n.Application)}, fmt.Sprint(n.Application, " ", n.At))
	})
	job.Work(hs.Jobs, send, job.Hooks, hs.send)
}

// happened keeps an event once, whatever the job does twice, and gives it to the endpoints. What is gone meanwhile is not told.
func (hs *Hooks) happened(ctx context.Context, o org.ID, e Event, cause string) error {
	err := hs.DB.Write(ctx, o, func(tx db.Tx) error {
		if e.Invitation != "" {
			inv, err := hs.Openings.InvitationIn(ctx, tx, e.Invitation)
			if err != nil {
				return err
			}
			e.Application = inv.Application
		}
		app, err := hs.Openings.ApplicationIn(ctx, tx, e.Application)
		if err != nil {
			return err
		}
		e.Opening = app.Opening.ID
		kept, err := hs.keep(ctx, tx, &e, cause)
		if err != nil || !kept {
			return err
		}
		all, err := endpoints(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range all {
			tells, err := hs.tells(ctx, tx, p, e)
			if err != nil {
				return err
			}
			if tells {
				if err := hs.deliver(ctx, tx, p.ID, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	return err
}

// keep gives an event the organisation's next number; the head's row is the guard, so that numbers are in the order of their commits and whoever
// reads by them misses none.
func (hs *Hooks) keep(ctx context.Context, tx db.Tx, e *Event, cause string) (bool, error) {
	q := query.New(tx)
	if _, err := q.FirstHead(ctx, tx.Org); err != nil {
		return false, err
	}
	if _, err := q.Next(ctx, tx.Org); err != nil {
		return false, err
	}
	n, err := q.Head(ctx, tx.Org)
	if err != nil {
		return false, err
	}
	e.At = hs.DB.Now()
	e.N, e.ID = n, id.New("evt", e.At)
	added, err := q.AddEvent(ctx, query.AddEventParams{OrgID: tx.Org, N: n, ID: e.ID, Cause: e.Type + " " + cause, Type: e.Type, OpeningID: string(e.Opening),
		ApplicationID: string(e.Application), InvitationID: string(e.Invitation), At: clock.Milli(e.At)})
	return added == 1, err
}

// tells says whether an endpoint is told of an event: it asked for it, and its maker still has access and reads the opening's board.
func (hs *Hooks) tells(ctx context.Context, tx db.Tx, p Endpoint, e Event) (bool, error) {
	if p.State != On || !slices.Contains(p.Types, e.Type) {
		return false, nil
	}
	m, err := hs.Orgs.Member(ctx, tx, p.Member)
	if errors.Is(err, org.ErrMissing) || err == nil && m.State != org.Active {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	who := actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org, Roles: m.Roles}
	o, err := hs.Openings.LoadIn(ctx, tx, who, e.Opening)
	if errors.Is(err, opening.ErrMissing) {
		return false, nil
	}
	return err == nil && o.SeesBoard(who), err
}

// Feed are the events after one, in order, of openings whose board the asker reads. Those about applications that they read blind are left out, so a
// page may be shorter; last is where the next page begins.
func (hs *Hooks) Feed(ctx context.Context, who actor.Actor, after int64) (list []Event, last int64, err error) {
	last = after
	err = hs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).Feed(ctx, query.FeedParams{OrgID: tx.Org, After: after, AllOpen: org.May(who, "opening.change"), Member: who.ID, Most: FeedSize})
		if err != nil {
			return err
		}
		apps := make([]opening.ApplicationID, len(rows))
		for i, r := range rows {
			apps[i] = opening.ApplicationID(r.ApplicationID)
		}
		hidden, err := hs.Openings.Hidden(ctx, tx, who, apps)
		for i, r := range rows {
			last = r.N
			if _, blind := hidden[apps[i]]; !blind {
				list = append(list, event(query.EventRow(r)))
			}
		}
		return err
	})
	return list, last, err
}

func event(r query.EventRow) Event {
	return Event{r.N, r.ID, r.Type, opening.ID(r.OpeningID), opening.ApplicationID(r.ApplicationID), opening.InvitationID(r.InvitationID), clock.Time(r.At)}
}

// Older counts events from before an instant.
func (hs *Hooks) Older(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).OlderEvents(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// Forget removes them, with their deliveries.
func (hs *Hooks) Forget(ctx context.Context, tx db.Tx, before time.Time) (int, error) {
	q := query.New(tx)
	if _, err := q.ForgetDeliveries(ctx, tx.Org, clock.Milli(before)); err != nil {
		return 0, err
	}
	n, err := q.ForgetEvents(ctx, tx.Org, clock.Milli(before))
	return int(n), err
}
