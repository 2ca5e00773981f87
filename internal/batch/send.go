package batch

import (
	"context"
	"errors"
	"strconv"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/batch/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
)

// step is the job that makes the next few invitations of a batch.
const step = job.Task[stepNote]("batch.step")

// stepNote names the batch and the instant (milliseconds) for which it was enqueued: of two with the same, one does something.
type stepNote struct {
	Org, Batch string
	At         int64
}

// Listen wires the job; call it once before the queue starts.
func (bs *Batches) Listen() { job.Work(bs.Jobs, step, job.Housekeeping, bs.step) }

// Send confirms a draft: count people, as the asker read it, are invited from the plan's start on. ErrChanged when it is another
// number by now, ErrNobody, ErrInvalid when the plan does not fit any more, ErrMissing, ErrSent, and ErrMissing, ErrRole and ErrClosed
// of opening.
func (bs *Batches) Send(ctx context.Context, who actor.Actor, o opening.ID, b ID, count int) error {
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		held, err := bs.hold(ctx, tx, who, o, b)
		if err != nil {
			return err
		}
		op, err := bs.Openings.In(ctx, tx, o)
		if err != nil {
			return err
		}
		now := bs.DB.Now()
		switch n := held.ToInvite(); {
		case !op.Open:
			return opening.ErrClosed
		case n == 0:
			return ErrNobody
		case n != count:
			return ErrChanged
		}
		if err := held.Plan.check(count, now); err != nil {
			return err
		}
		start := now
		if held.Plan.Start.After(now) {
			start = held.Plan.Start
		}
		q := query.New(tx)
		n, err := q.Run(ctx, query.RunParams{OrgID: tx.Org, ID: string(b), NextAt: clock.Milli(start), TouchedAt: clock.Milli(now)})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrSent
		}
		if err := q.Confirm(ctx, tx.Org, string(b)); err != nil {
			return err
		}
		err = audit.Record(ctx, tx, now, who, "batch.send", string(b), audit.Facts{"opening": string(o), "people": strconv.Itoa(count), "per_hour": strconv.Itoa(held.Plan.PerHour)})
		if err != nil {
			return err
		}
		return step.Enqueue(ctx, bs.Jobs, tx, stepNote{tx.Org, string(b), clock.Milli(start)}, job.At(start))
	})
}

// Stop ends a batch that runs: whoever has no invitation yet gets none. ErrIdle, ErrMissing, and ErrMissing and ErrRole of opening.
func (bs *Batches) Stop(ctx context.Context, who actor.Actor, o opening.ID, b ID) error {
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := bs.LoadIn(ctx, tx, who, o, b); err != nil {
			return err
		}
		n, err := end(ctx, tx, b, Stopped, ByPerson, bs.DB.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrIdle
		}
		return audit.Record(ctx, tx, bs.DB.Now(), who, "batch.stop", string(b), audit.Facts{"opening": string(o)})
	})
}

func end(ctx context.Context, tx db.Tx, b ID, s State, w Why, now time.Time) (int64, error) {
	return query.New(tx).End(ctx, query.EndParams{State: string(s), Why: string(w), At: clock.Milli(now), OrgID: tx.Org, ID: string(b)})
}

// step makes the invitations that are due and enqueues the next step, in one transaction. What guards it is the batch's own row: a
// step that ran already, or that another node runs, finds another instant there and does nothing.
func (bs *Batches) step(ctx context.Context, note stepNote) error {
	return bs.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		b, err := in(ctx, tx, ID(note.Batch))
		if errors.Is(err, ErrMissing) || err == nil && b.State != Running {
			return nil
		}
		if err != nil {
			return err
		}
		now := bs.DB.Now()
		size, wait := b.Plan.pace()
		next := now.Add(wait)
		q := query.New(tx)
		n, err := q.Step(ctx, query.StepParams{Next: clock.Milli(next), At: clock.Milli(now), OrgID: tx.Org, ID: note.Batch, Was: note.At})
		if err != nil || n == 0 {
			return err
		}
		rows, err := q.Waiting(ctx, tx.Org, note.Batch, int32(size+1))
		if err != nil {
			return err
		}
		last := len(rows) <= size
		for _, r := range rows[:min(size, len(rows))] {
			stop, err := bs.invite(ctx, tx, b, row(query.AllRow(r)))
			if err != nil {
				return err
			}
			if stop != "" {
				_, err := end(ctx, tx, b.ID, Stopped, stop, now)
				return err
			}
		}
		if last {
			_, err := end(ctx, tx, b.ID, Done, "", now)
			return err
		}
		return step.Enqueue(ctx, bs.Jobs, tx, stepNote{note.Org, note.Batch, clock.Milli(next)}, job.At(next))
	})
}

// invite makes one invitation as the member who confirmed the batch, if they still may. stop says why nobody else can be invited.
func (bs *Batches) invite(ctx context.Context, tx db.Tx, b Batch, r Row) (stop Why, err error) {
	m, err := bs.Openings.Orgs.Member(ctx, tx, b.By)
	if err != nil && !errors.Is(err, org.ErrMissing) {
		return "", err
	}
	if err != nil || m.State != org.Active {
		return OfRights, nil
	}
	who := actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org, Roles: m.Roles}
	zone := r.Zone
	if zone == "" {
		zone = b.Plan.Zone
	}
	if !b.Plan.FinishBy.After(bs.DB.Now()) {
		return OfTime, nil
	}
	q := query.New(tx)
	inv, err := bs.Openings.InviteIn(ctx, tx, who, b.Opening, opening.InviteForm{Name: r.Name, Email: r.Email, Zone: zone, Note: b.Plan.Note, FinishBy: b.Plan.FinishBy})
	p, isProblem := problem.As(err)
	switch {
	case err == nil:
		return "", q.Invited(ctx, query.InvitedParams{OrgID: tx.Org, BatchID: string(b.ID), Position: int64(r.Position), ApplicationID: string(inv.Application), InvitationID: string(inv.ID)})
	case errors.Is(err, opening.ErrTwice):
		return "", q.IsHere(ctx, query.IsHereParams{OrgID: tx.Org, BatchID: string(b.ID), Position: int64(r.Position), ApplicationID: p.Facts["application"]})
	case errors.Is(err, opening.ErrClosed):
		return OfClosing, nil
	case errors.Is(err, opening.ErrRole), errors.Is(err, opening.ErrMissing):
		return OfRights, nil
	case isProblem:
		return "", q.Refuse(ctx, query.RefuseParams{OrgID: tx.Org, BatchID: string(b.ID), Position: int64(r.Position), Why: p.Text})
	}
	return "", err
}

// overdue is how late a step may be before it is enqueued anew: its job was lost or given up.
const overdue = 10 * time.Minute

// Sweep takes up the batches of an organisation whose next step does not come.
func (bs *Batches) Sweep(ctx context.Context, o org.ID) error {
	return bs.DB.Write(ctx, o, func(tx db.Tx) error {
		rows, err := query.New(tx).Overdue(ctx, tx.Org, clock.Milli(bs.DB.Now().Add(-overdue)))
		for _, r := range rows {
			if err := step.Enqueue(ctx, bs.Jobs, tx, stepNote{tx.Org, r.ID, r.NextAt}); err != nil {
				return err
			}
		}
		return err
	})
}
