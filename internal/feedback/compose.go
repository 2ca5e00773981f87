package feedback

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/feedback/internal/query"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
)

// Table is the page on which somebody decides.
type Table struct {
	Application opening.Application
	Stage       string
	Last        bool          // the opening's last stage: advancing hires
	Next        opening.Stage // the stage after it; none where Last
	Submitted   bool
	Column      *review.Column // cards and marks; nil when nothing was submitted
	Draft       Draft
	Decisions   []review.Decision // newest first
	Waiting     *Reply            // decided, and not told yet
	Reply       *Reply            // told, at this stage
	Zone        string            // the candidate's, or else the organisation's
	Barred      *problem.Problem  // why nothing can be decided now; nil: nothing stands in the way
}

// Table loads it for whoever decides. A draft that nobody has begun is composed of the cards. Problems as review.Decidable, but
// an application that has moved on is shown with what was decided. ErrMissing, review.ErrRole, review.ErrOwnFirst, review.ErrOpenCards.
func (fs *Feedbacks) Table(ctx context.Context, who actor.Actor, a opening.ApplicationID) (*Table, error) {
	t := &Table{}
	var code review.Code
	err := fs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		app, err := fs.Reviews.Decidable(ctx, tx, who, a)
		if err != nil && !errors.Is(err, opening.ErrMoved) {
			return err
		}
		t.Application = app
		zone, err := fs.zone(ctx, tx, app)
		if err != nil {
			return err
		}
		t.Zone = zone.String()
		stages, err := fs.Openings.Stages(ctx, tx, app.Opening.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(stages, func(s opening.Stage) bool { return s.ID == app.Stage })
		if i >= 0 {
			t.Stage, t.Last = stages[i].Title, i == len(stages)-1
		}
		if i >= 0 && !t.Last {
			t.Next = stages[i+1]
		}
		rounds, err := fs.Reviews.RoundsOf(ctx, tx, a)
		if err != nil {
			return err
		}
		for _, n := range rounds {
			if n.Stage == app.Stage && code == "" {
				code, t.Submitted = n.Code, true
			}
		}
		if t.Decisions, err = fs.Reviews.DecisionsOf(ctx, tx, a); err != nil {
			return err
		}
		for _, d := range t.Decisions {
			if !d.Undone.IsZero() || d.Stage != app.Stage || d.Outcome == review.Hold || t.Waiting != nil || t.Reply != nil {
				continue
			}
			r, err := fs.OfDecision(ctx, tx, d.ID)
			if err != nil {
				return err
			}
			if r.Released {
				t.Reply = &r
			} else {
				t.Waiting = &r
			}
		}
		if err := fs.Reviews.Barred(ctx, tx, a, review.Reject); err != nil {
			var ok bool
			if t.Barred, ok = problem.As(err); !ok {
				return err
			}
		}
		t.Draft, err = draft(ctx, tx, a, app.Stage)
		return err
	})
	if err != nil {
		return nil, err
	}
	if code != "" {
		col, err := fs.Reviews.Column(ctx, who, code)
		if err != nil {
			return nil, err
		}
		t.Column = &col
		if t.Draft.Saved.IsZero() {
			t.Draft = Compose(col)
		}
	}
	return t, nil
}

func draft(ctx context.Context, tx db.Tx, a opening.ApplicationID, s opening.StageID) (Draft, error) {
	r, err := query.New(tx).Draft(ctx, tx.Org, string(a), string(s))
	if errors.Is(err, sql.ErrNoRows) {
		return Draft{}, nil
	}
	return Draft{review.Outcome(r.Outcome), r.Reason, r.Body, lines(r.Criteria), clock.Time(r.UpdatedAt), opening.Next{By: clock.Time(r.NextBy), Note: r.NextNote}}, err
}

// Compose begins a reply from the cards: per criterion the level in words with the anchor that candidates can read, and the
// comments reviewers wrote for the candidate. No names of reviewers, no numbers, nothing private.
func Compose(col review.Column) Draft {
	var d Draft
	for _, c := range col.Rubric.Rubric {
		level, text := words(c, col.Cards)
		if level != "" {
			d.Lines = append(d.Lines, Line{c.Key, c.Title, level, text})
		}
	}
	var said []string
	for _, o := range col.Cards {
		if s := strings.TrimSpace(o.Review.Card.Shareable); s != "" {
			said = append(said, s)
		}
	}
	d.Body = strings.Join(said, "\n\n")
	return d
}

func words(c assessment.Criterion, cards []review.Other) (level, text string) {
	low, high := len(c.Levels)+1, 0
	for _, o := range cards {
		if l := o.Review.Card.Ratings[c.Key].Level; l >= 1 && l <= len(c.Levels) {
			low, high = min(low, l), max(high, l)
		}
	}
	switch {
	case high == 0:
		return "", ""
	case low == high:
		return c.Levels[low-1].Name, c.Levels[low-1].Anchor
	}
	// Two readers saw it differently: the manager says in their own words what that means.
	return "Between " + strings.ToLower(c.Levels[low-1].Name) + " and " + strings.ToLower(c.Levels[high-1].Name), ""
}

// Save keeps the draft as it stands in the page. review.ErrRole and others as Table; ErrInvalid.
func (fs *Feedbacks) Save(ctx context.Context, who actor.Actor, a opening.ApplicationID, d Draft) error {
	if err := check(d); err != nil {
		return err
	}
	return fs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		app, err := fs.Reviews.Decidable(ctx, tx, who, a)
		if err != nil {
			return err
		}
		return fs.save(ctx, tx, app, d)
	})
}

func (fs *Feedbacks) save(ctx context.Context, tx db.Tx, app opening.Application, d Draft) error {
	return query.New(tx).SaveDraft(ctx, query.SaveDraftParams{OrgID: tx.Org, ApplicationID: string(app.ID), StageID: string(app.Stage), Outcome: string(d.Outcome),
		Reason: d.Reason, Body: d.Body, Criteria: pack(d.Lines), UpdatedAt: clock.Milli(fs.DB.Now()),
		NextBy: clock.Milli(d.Next.By), NextNote: d.Next.Note})
}

func check(d Draft) error {
	switch {
	case d.Outcome != "" && d.Outcome != review.Advance && d.Outcome != review.Hold && d.Outcome != review.Reject:
		return review.ErrOutcome.On("outcome", "Choose what happens next.")
	case len([]rune(d.Body)) > MaxBody:
		return problem.Field("body", "This is longer than 10,000 characters.")
	case len([]rune(d.Reason)) > 2000:
		return problem.Field("reason", "This is longer than 2,000 characters.")
	case len([]rune(d.Next.Note)) > opening.MostWords:
		return problem.Field("next_note", "This is longer than 1,000 characters.")
	case len(d.Lines) > 50:
		return problem.ErrInvalid
	}
	for _, l := range d.Lines {
		if len([]rune(l.Text)) > 2000 || len([]rune(l.Title)) > 200 || len([]rune(l.Level)) > 200 {
			return problem.Field("line."+l.Key, "This is longer than 2,000 characters.")
		}
	}
	return nil
}
