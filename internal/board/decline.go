package board

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/feedback"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
)

// Letter is a reply being written to one of many.
type Letter struct {
	Line
	Table *feedback.Table // nil where nothing can be decided now
	Draft feedback.Draft
	Hears time.Time // when they would hear of it, in their zone
	Why   string    // why nothing can be decided now; "" nothing stands in the way
}

// Letters begins a reply to everybody who was ticked: the draft that is there, else the one that criteria and shareable comments make.
// For the opening's managers. ErrPerson, ErrNobody, ErrMany, opening.ErrMissing, opening.ErrRole.
func (b *Boards) Letters(ctx context.Context, who actor.Actor, o opening.ID, picks []opening.ApplicationID) ([]Letter, error) {
	if who.Kind != actor.Member {
		return nil, ErrPerson
	}
	lines, err := b.Look(ctx, who, o, Decline, picks)
	if err != nil {
		return nil, err
	}
	var out []Letter
	for _, l := range lines {
		x, err := b.letter(ctx, who, l)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (b *Boards) letter(ctx context.Context, who actor.Actor, l Line) (Letter, error) {
	x := Letter{Line: l}
	if l.Status != opening.Active {
		x.Why = "This application has ended."
		return x, nil
	}
	t, err := b.Feedbacks.Table(ctx, who, l.Application)
	if p, isProblem := problem.As(err); isProblem {
		x.Why = said(p)
		return x, nil
	}
	switch {
	case err != nil:
		return x, err
	case t.Waiting != nil || t.Reply != nil:
		x.Why = "This was decided already."
	case t.Barred != nil:
		x.Why = t.Barred.Text
	case t.Draft.Outcome != "" && t.Draft.Outcome != review.Reject:
		x.Why = errOtherDraft.Text
	default:
		x.Table, x.Draft = t, t.Draft
	}
	x.Hears, err = b.Feedbacks.HearsByMorning(ctx, who, t.Application)
	return x, err
}

// Keep keeps the drafts as they stand, as ones that decline: of all who can be declined, also where it says that somebody cannot. Conflict problems
// of those, and as of feedback.Save.
func (b *Boards) Keep(ctx context.Context, who actor.Actor, letters []Letter) error {
	var held error
	for _, l := range letters {
		if l.Why != "" {
			held = l.held()
			continue
		}
		l.Draft.Outcome = review.Reject
		if err := b.Feedbacks.Save(ctx, who, l.Application, l.Draft); err != nil {
			return err
		}
	}
	return held
}

// held is why nothing is kept for somebody, as a problem.
func (l Letter) held() *problem.Problem { return problem.New(problem.Conflict, "not_now", l.Why) }

// Decline declines everybody with their own reply, which waits for the morning where they are; until then each can be taken back. All
// drafts are kept first. reason is for the team, where a draft has none of its own. Finished work without a word is not answered: it
// is said of that one. ErrPerson, ErrInvalid.
func (b *Boards) Decline(ctx context.Context, who actor.Actor, letters []Letter, reason string) ([]Result, error) {
	if who.Kind != actor.Member {
		return nil, ErrPerson
	}
	reason = strings.TrimSpace(reason)
	lines, drafts := make([]Line, len(letters)), map[opening.ApplicationID]Letter{}
	for i, l := range letters {
		l.Draft.Outcome = review.Reject
		if strings.TrimSpace(l.Draft.Reason) == "" {
			l.Draft.Reason = reason
		}
		lines[i], letters[i], drafts[l.Application] = l.Line, l, l
	}
	if reason == "" {
		return nil, problem.Field("reason", "Say why, in a sentence. The team reads it, the candidates do not.")
	}
	open := slices.DeleteFunc(slices.Clone(letters), func(l Letter) bool { return l.Why != "" })
	if err := b.Keep(ctx, who, open); err != nil {
		return nil, err
	}
	return each(lines, func(l Line) (Result, error) {
		x := drafts[l.Application]
		if x.Why != "" {
			return Result{}, x.held()
		}
		made, at, err := b.Feedbacks.DecideByMorning(ctx, who, l.Application, x.Draft)
		return Result{Undo: made.ID, When: at}, err
	})
}

// Undo takes decisions and messages back, with a reason that is kept with each: done of them, while told had left, or were not the asker’s to take back.
// ErrInvalid where a reason is needed and there is none.
func (b *Boards) Undo(ctx context.Context, who actor.Actor, decisions, mails []string, reason string) (done, told int, err error) {
	back := func(do func() error) error {
		err := do()
		if _, isProblem := problem.As(err); isProblem && !errors.Is(err, problem.ErrInvalid) {
			told++
			return nil
		}
		if err == nil {
			done++
		}
		return err
	}
	for _, d := range decisions {
		if err := back(func() error { _, err := b.Feedbacks.Undo(ctx, who, d, reason); return err }); err != nil {
			return done, told, err
		}
	}
	for _, m := range mails {
		if err := back(func() error { return b.Notify.Unsend(ctx, who, m, reason) }); err != nil {
			return done, told, err
		}
	}
	return done, told, nil
}
