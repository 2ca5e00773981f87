package board

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review"
)

// resultsPage is how many applications are in memory at once.
const resultsPage = opening.MostRows

// Results writes an opening's applications as a table, the longest in their place first: stages, marks, ratings of closed rounds,
// decisions, and the times of our own work; nothing of how long candidates took. Whoever the asker reads without a name is a code,
// a stage and a state. It is written as it is read, so memory does not grow with the applications. For those who run or decide the
// opening; it is in the audit record. start is called once, before anything is written. opening.ErrMissing, opening.ErrRole.
func (b *Boards) Results(ctx context.Context, who actor.Actor, o opening.ID, f Format, w io.Writer, start func(op opening.Opening)) error {
	x := results{Boards: b, who: who}
	err := b.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		if x.op, err = b.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		if !x.op.MayManage(who) && !x.op.MayDecide(who) {
			return opening.ErrRole
		}
		if x.criteria, err = b.Reviews.Criteria(ctx, tx, o); err != nil {
			return err
		}
		stages, err := b.Openings.Stages(ctx, tx, o)
		if err != nil {
			return err
		}
		x.stages = map[opening.StageID]string{}
		for _, s := range stages {
			x.stages[s.ID] = s.Title
		}
		return audit.Record(ctx, tx, b.DB.Now(), who, "opening.export", string(o), audit.Facts{"format": string(f)})
	})
	if err != nil {
		return err
	}
	start(x.op)
	out, err := f.begin(w)
	if err != nil {
		return err
	}
	if err := out.row(x.head()); err != nil {
		return err
	}
	for at := ""; ; {
		lines, next, err := x.page(ctx, at)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := out.row(l); err != nil {
				return err
			}
		}
		if at = next; at == "" {
			return out.end()
		}
	}
}

// results is one export under way.
type results struct {
	*Boards
	who      actor.Actor
	op       opening.Opening
	stages   map[opening.StageID]string
	criteria []string
}

func (x results) head() []any {
	out := []any{"Candidate", "E-mail", "Tags", "Stage", "State", "Invited or moved on", "Work sent", "Automatic marks, mean %", "Scorecards"}
	for _, c := range x.criteria {
		out = append(out, "Levels: "+c)
	}
	return append(out, "Minutes of reading", "Days from sent to all scorecards", "Decision", "Decided", "Told", "Days from sent to decision")
}

// page reads some applications, in one snapshot.
func (x results) page(ctx context.Context, after string) (out [][]any, next string, err error) {
	err = x.DB.Read(ctx, x.who.Org, func(tx db.Tx) error {
		b, err := x.Openings.Page(ctx, tx, x.op.ID, opening.Filter{View: opening.Invitees, Sort: opening.Longest, After: after, Most: resultsPage})
		if err != nil {
			return err
		}
		next = b.Next
		ids := make([]opening.ApplicationID, len(b.Rows))
		for i, r := range b.Rows {
			ids[i] = r.ID
		}
		hidden, err := x.Reviews.Hidden(ctx, tx, x.who, ids)
		if err != nil {
			return err
		}
		tags, err := x.Openings.TagsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		rated, err := x.Reviews.Rated(ctx, tx, x.op.ID, ids)
		if err != nil {
			return err
		}
		decided, err := x.Reviews.Decided(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, r := range b.Rows {
			if code, blind := hidden[r.ID]; blind {
				out = append(out, x.blind(r, code))
				continue
			}
			out = append(out, x.line(r, tags[r.ID], rated[r.ID], decided[r.ID]))
		}
		return nil
	})
	return out, next, err
}

// blind is a row of somebody whose name the asker must not learn: as much of it as their queue shows.
func (x results) blind(r opening.Row, code string) []any {
	out := make([]any, len(x.head()))
	out[0], out[3], out[4] = "Candidate "+code, x.stages[r.Stage], r.Status.Word()
	return out
}

func (x results) line(r opening.Row, tags []string, n review.Rated, d review.Decided) []any {
	name, email := r.Name, ""
	if name == "" {
		name = "Erased candidate"
	}
	if x.op.SeesAddresses(x.who) {
		email = r.Email
	}
	out := []any{name, email, strings.Join(tags, ", "), x.stages[r.Stage], r.Status.Word(), r.Moved, r.Sent, nil, n.Cards}
	if r.Mark >= 0 {
		out[7] = r.Mark
	}
	for _, c := range x.criteria {
		out = append(out, levels(n.Levels[c]))
	}
	return append(out, n.Minutes, days(r.Sent, n.Closed), outcomes[d.Outcome], d.At, d.Told, days(r.Sent, d.At))
}

var outcomes = map[review.Outcome]string{review.Advance: "Advance", review.Hold: "Hold", review.Reject: "Decline"}

// levels are those that readers gave, "2, 3": none is added up.
func levels(l []int) string {
	l = slices.Clone(l)
	slices.Sort(l)
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(l), " ", ", "), "[]")
}

// days lie between two instants, with a decimal; nothing where one of them is not, or they are not in this order.
func days(from, to time.Time) any {
	if from.IsZero() || to.Before(from) {
		return nil
	}
	return float64(to.Sub(from).Round(time.Hour)/time.Hour*10/24) / 10
}
