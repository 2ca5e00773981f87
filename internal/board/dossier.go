package board

import (
	"context"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
)

// Dossier is what is kept of one application, to print or to save: scorecards, marks, decisions and replies.
type Dossier struct {
	Application opening.Application
	Stages      map[opening.StageID]string
	Tags        []string
	Works       []Work // of each stage, newest first
	Decisions   []review.Decision
	Replies     []feedback.Reply
	Members     map[org.MemberID]string
}

// Work is a submission with its scorecards.
type Work struct {
	Round  review.Round
	Column *review.Column // nil where the cards are not open to the asker
	Why    string         // why not
}

// Dossier makes it, for those who run or decide the opening and know the name; that it was taken out is in the audit record.
// opening.ErrMissing, opening.ErrRole, review.ErrOwnFirst.
func (b *Boards) Dossier(ctx context.Context, who actor.Actor, a opening.ApplicationID) (*Dossier, error) {
	d := &Dossier{Stages: map[opening.StageID]string{}, Members: map[org.MemberID]string{}}
	var rounds []review.Round
	err := b.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		if d.Application, err = b.Openings.LoadApplicationIn(ctx, tx, who, a); err != nil {
			return err
		}
		switch o := d.Application.Opening; {
		case !o.MayManage(who) && !o.MayDecide(who):
			return opening.ErrRole
		case d.Application.Blind:
			return review.ErrOwnFirst.Saying("Your own scorecard of this work is still open. Send it first; then you can read the others.")
		}
		if rounds, err = b.Reviews.RoundsOf(ctx, tx, a); err != nil {
			return err
		}
		if err := b.around(ctx, tx, d); err != nil {
			return err
		}
		return audit.Record(ctx, tx, b.DB.Now(), who, "application.export", string(a), nil)
	})
	if err != nil {
		return nil, err
	}
	for _, n := range rounds {
		w := Work{Round: n}
		col, err := b.Reviews.Column(ctx, who, n.Code)
		if p, isProblem := problem.As(err); isProblem {
			w.Why = p.Text
		} else if err != nil {
			return nil, err
		} else {
			w.Column = &col
		}
		d.Works = append(d.Works, w)
	}
	return d, nil
}

// around reads what stands beside the scorecards.
func (b *Boards) around(ctx context.Context, tx db.Tx, d *Dossier) error {
	a := d.Application
	stages, err := b.Openings.Stages(ctx, tx, a.Opening.ID)
	if err != nil {
		return err
	}
	for _, s := range stages {
		d.Stages[s.ID] = s.Title
	}
	tags, err := b.Openings.TagsOf(ctx, tx, []opening.ApplicationID{a.ID})
	if err != nil {
		return err
	}
	d.Tags = tags[a.ID]
	if d.Decisions, err = b.Reviews.DecisionsOf(ctx, tx, a.ID); err != nil {
		return err
	}
	if d.Replies, err = b.Feedbacks.Of(ctx, tx, a.ID); err != nil {
		return err
	}
	members, err := b.Orgs.MembersIn(ctx, tx)
	for _, m := range members {
		d.Members[m.ID] = m.Name
	}
	return err
}
