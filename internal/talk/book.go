package talk

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/talk/internal/query"
)

// Offer gives the times that the candidate may choose from, in place of those before, and the meeting's link; a time that was chosen stays chosen. The asker is the host from now on.
// Problems as of Load, ErrState, ErrInvalid on slots or link.
func (ts *Talks) Offer(ctx context.Context, who actor.Actor, a opening.ApplicationID, slots []time.Time, link string) error {
	now := ts.DB.Now()
	slots = slices.SortedFunc(slices.Values(slots), time.Time.Compare)
	slots = slices.CompactFunc(slots, time.Time.Equal)
	link = strings.TrimSpace(link)
	switch {
	case len(slots) == 0:
		return problem.Field("slots", "Offer one time at least.")
	case len(slots) > MostSlots:
		return problem.Field("slots", fmt.Sprintf("Offer at most %d times.", MostSlots))
	case !slots[0].After(now):
		return problem.Field("slots", "One of these times has passed.")
	case slots[len(slots)-1].Sub(now) > Farthest:
		return problem.Field("slots", "One of these times is more than 90 days away.")
	}
	if u, err := url.Parse(link); link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(link) > mostLink) {
		return problem.Field("link", "This is no address of a meeting. It begins with https:// and has up to 500 characters.")
	}
	return ts.arrange(ctx, who, a, func(tx db.Tx, t Talk, _ opening.Application) error {
		q := query.New(tx)
		n, err := q.Offer(ctx, query.OfferParams{HostID: who.ID, Link: link, At: clock.Milli(now), OrgID: tx.Org, ID: string(t.ID)})
		if err == nil && n == 0 {
			err = ErrState
		}
		if err != nil {
			return err
		}
		if _, err := q.DropSlots(ctx, tx.Org, string(t.ID)); err != nil {
			return err
		}
		for _, s := range slots {
			if err := q.AddSlot(ctx, tx.Org, string(t.ID), clock.Milli(s)); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, now, who, "talk.offer", string(a), audit.Facts{"talk": string(t.ID), "times": fmt.Sprint(len(slots))}); err != nil {
			return err
		}
		topic := SlotsOffered
		if t.State == Booked {
			if t.Link == link {
				return nil
			}
			topic = Changed
		} else if err := ts.turn(ctx, tx, t, now, slots[len(slots)-1].Add(time.Duration(t.Minutes)*time.Minute)); err != nil {
			return err
		}
		return ts.announce(ctx, tx, topic, t.ID, time.Time{})
	})
}

// turn gives the turn to the candidate until an instant: the promise stands still.
func (ts *Talks) turn(ctx context.Context, tx db.Tx, t Talk, now, until time.Time) error {
	cal, err := ts.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	return ts.Promises.WaitFor(ctx, tx, promise.Talk, string(t.Application), now, until, cal)
}

// back ends the candidate's turn at an instant.
func (ts *Talks) back(ctx context.Context, tx db.Tx, t Talk, at time.Time) error {
	cal, err := ts.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	return ts.Promises.GoOnFor(ctx, tx, promise.Talk, string(t.Application), at, cal)
}

// announce tells listeners of a talk as it is in the transaction.
func (ts *Talks) announce(ctx context.Context, tx db.Tx, topic job.Topic[Note], id ID, was time.Time) error {
	t, err := ts.In(ctx, tx, id)
	if err != nil {
		return err
	}
	return topic.Announce(ctx, ts.Jobs, tx, Note{tx.Org, string(t.ID), string(t.Application), t.Sequence, clock.Milli(was)})
}

// Choose takes one of the offered times, the first or another one. Pressing again changes nothing. ErrMissing, ErrSlot.
func (ts *Talks) Choose(ctx context.Context, who actor.Actor, at time.Time) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		if t.State == Booked && t.Starts.Equal(at) {
			return nil
		}
		now := ts.DB.Now()
		if !at.After(now) {
			return ErrSlot
		}
		n, err := query.New(tx).Book(ctx, query.BookParams{StartsAt: clock.Milli(at), At: clock.Milli(now), OrgID: tx.Org, ID: string(t.ID)})
		if err == nil && n == 0 {
			err = ErrSlot
		}
		if err != nil {
			return err
		}
		t.Starts = at
		if err := ts.turn(ctx, tx, t, now, t.Ends()); err != nil {
			return err
		}
		if err := ts.back(ctx, tx, t, t.Ends()); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "talk.choose", string(t.Application), audit.Facts{"talk": string(t.ID), "at": fmt.Sprint(clock.Milli(at))}); err != nil {
			return err
		}
		return ts.announce(ctx, tx, Changed, t.ID, time.Time{})
	})
}

// CancelOwn takes the chosen time back; the times that are ahead can be chosen again. ErrMissing, ErrState.
func (ts *Talks) CancelOwn(ctx context.Context, who actor.Actor) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		return ts.cancel(ctx, tx, who, t)
	})
}

// Cancel is CancelOwn for whoever arranges the talk: the turn is ours again. Problems as of Load, ErrState.
func (ts *Talks) Cancel(ctx context.Context, who actor.Actor, a opening.ApplicationID) error {
	return ts.arrange(ctx, who, a, func(tx db.Tx, t Talk, _ opening.Application) error {
		if err := ts.cancel(ctx, tx, who, t); err != nil {
			return err
		}
		return ts.back(ctx, tx, t, ts.DB.Now())
	})
}

func (ts *Talks) cancel(ctx context.Context, tx db.Tx, who actor.Actor, t Talk) error {
	now := ts.DB.Now()
	n, err := query.New(tx).Cancel(ctx, clock.Milli(now), tx.Org, string(t.ID))
	if err == nil && n == 0 {
		err = ErrState
	}
	if err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, who, "talk.cancel", string(t.Application), audit.Facts{"talk": string(t.ID)}); err != nil {
		return err
	}
	return ts.announce(ctx, tx, Cancelled, t.ID, t.Starts)
}

// Decline is a candidate who wants no talk: nothing is owed any more, and a chosen time is taken back. ErrMissing, ErrState.
func (ts *Talks) Decline(ctx context.Context, who actor.Actor) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		if t.State == Booked {
			if err := ts.cancel(ctx, tx, who, t); err != nil {
				return err
			}
			t.State = Offered
		}
		if t.State != Owed && t.State != Offered {
			return ErrState
		}
		return ts.close(ctx, tx, who, t, Declined)
	})
}

// Took says that the talk took place; the promise is kept. Problems as of Load, ErrAhead, ErrState.
func (ts *Talks) Took(ctx context.Context, who actor.Actor, a opening.ApplicationID) error {
	return ts.arrange(ctx, who, a, func(tx db.Tx, t Talk, _ opening.Application) error {
		switch {
		case t.State != Booked:
			return ErrState
		case t.Starts.After(ts.DB.Now()):
			return ErrAhead
		}
		return ts.close(ctx, tx, who, t, Held)
	})
}

// close ends a talk and settles its promise; the update is the guarding write.
func (ts *Talks) close(ctx context.Context, tx db.Tx, who actor.Actor, t Talk, as State) error {
	now := ts.DB.Now()
	n, err := query.New(tx).Close(ctx, query.CloseParams{State: string(as), At: clock.Milli(now), OrgID: tx.Org, ID: string(t.ID), Was: string(t.State)})
	if err == nil && n == 0 {
		err = ErrState
	}
	if err != nil {
		return err
	}
	if err := ts.Promises.Keep(ctx, tx, promise.Talk, string(t.Application), now); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "talk."+string(as), string(t.Application), audit.Facts{"talk": string(t.ID)})
}

// arrange changes a talk as a member; holding its row is the first write.
func (ts *Talks) arrange(ctx context.Context, who actor.Actor, a opening.ApplicationID, fn func(tx db.Tx, t Talk, app opening.Application) error) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, app, err := ts.load(ctx, tx, who, a)
		if err != nil {
			return err
		}
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(t.ID)); err != nil {
			return err
		}
		if t, err = ts.In(ctx, tx, t.ID); err != nil {
			return err
		}
		return fn(tx, t, app)
	})
}

// Sweep announces the talks that are a day away, each chosen time once.
func (ts *Talks) Sweep(ctx context.Context, o string) error {
	return ts.DB.Write(ctx, o, func(tx db.Tx) error {
		q, now := query.New(tx), ts.DB.Now()
		rows, err := q.Soon(ctx, o, clock.Milli(now), clock.Milli(now.Add(dayBefore)))
		if err != nil {
			return err
		}
		for _, r := range rows {
			n, err := q.Reminded(ctx, clock.Milli(now), o, r.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if err := ts.announce(ctx, tx, Soon, ID(r.ID), time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}
