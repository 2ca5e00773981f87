package attempt

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
)

// ExplainPart is the key of the part in which a person answers questions about their own work, Owns that of the criterion it is scored on. No
// author can write such a key.
const (
	ExplainPart = "explain_back"
	Owns        = "owns_the_work"
)

// ExplainWindow is how long the questions can be answered at least, from when they are asked.
const ExplainWindow = 72 * time.Hour

// Questioned is announced when somebody was asked about their own work, Unclear when they say that a question is not about it or not clear.
const (
	Questioned = job.Topic[SubmittedNote]("attempt.questioned")
	Unclear    = job.Topic[UnclearNote]("attempt.question_unclear")
)

// UnclearNote names a question.
type UnclearNote struct {
	Org, Attempt, Application string
	N                         int
	At                        int64 // milliseconds
}

// Question is one about somebody's own work.
type Question struct {
	N       int    // from 1
	Item    string // the task that it is about; "" is all of the work
	Rule    string // the template that made it
	Text    string
	Why     string // why it is asked, in words for the candidate and the readers alike
	File    string
	Line    int // of the first line of Code
	Code    string
	Unclear string // what the candidate says is wrong with it; "" where they say nothing
}

// ErrQuestionOver: what was not sent in time is kept as it is; a person can open the part again.
var ErrQuestionOver = problem.New(problem.Conflict, "question_over", "The time for these questions is over. Write to the person named on your page.")

// Key is that of the question among the items of its part.
func (q Question) Key() string { return fmt.Sprintf("question_%d", q.N) }

// AskAbout asks a submitted attempt's person about their own work, once: the questions become a part without a clock, open for [ExplainWindow]. Nothing
// happens where none were announced to them or they were asked before. Marking the attempt as asked is the guarding write.
func (as *Attempts) AskAbout(ctx context.Context, tx db.Tx, a Attempt, list []Question) error {
	q := query.New(tx)
	now := as.DB.Now()
	n, err := q.SetAsked(ctx, tx.Org, string(a.ID), clock.Milli(now))
	if err != nil || n == 0 {
		return err
	}
	for i, x := range list {
		if err := q.AddQuestion(ctx, query.AddQuestionParams{OrgID: tx.Org, AttemptID: string(a.ID), N: int64(i + 1), Item: x.Item, Rule: x.Rule, Text: x.Text, Why: x.Why,
			File: x.File, Line: int64(x.Line), Code: x.Code}); err != nil {
			return err
		}
	}
	adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
	if err != nil {
		return err
	}
	by := now.Add(ExplainWindow)
	inv, err := as.Openings.InvitationIn(ctx, tx, a.Invitation)
	if err != nil {
		return err
	}
	if inv.FinishBy.After(by) {
		by = inv.FinishBy // nobody has less time for having sent early
	} else if err := as.Openings.Wait(ctx, tx, inv.ID, by); err != nil {
		return err
	}
	sit := id.New("sit", now)
	if _, err := q.AddSitting(ctx, query.AddSittingParams{OrgID: tx.Org, ID: sit, AttemptID: string(a.ID), Part: ExplainPart, Epoch: 1,
		FactorPermille: int64(adjusted.Factor), FinishBy: clock.Milli(by)}); err != nil {
		return err
	}
	who := actor.ForSystem(tx.Org, "explain.ask")
	if err := audit.Record(ctx, tx, now, who, "explain.ask", string(a.Application), audit.Facts{"sitting": sit, "questions": fmt.Sprint(len(list))}); err != nil {
		return err
	}
	return Questioned.Announce(ctx, as.Jobs, tx, SubmittedNote{tx.Org, string(a.ID), string(a.Application), a.Submission})
}

// Questions are those that an attempt's person was asked, in order; who may see them is the caller's loader's business.
func (as *Attempts) Questions(ctx context.Context, tx db.Tx, a ID) ([]Question, error) {
	rows, err := query.New(tx).Questions(ctx, tx.Org, string(a))
	var out []Question
	for _, r := range rows {
		out = append(out, Question{int(r.N), r.Item, r.Rule, r.Text, r.Why, r.File, int(r.Line), r.Code, r.Unclear})
	}
	return out, err
}

// unclear are the questions of an attempt of which the candidate says that they are unclear.
func (as *Attempts) unclear(ctx context.Context, tx db.Tx, a ID) ([]Question, error) {
	list, err := as.Questions(ctx, tx, a)
	return slices.DeleteFunc(list, func(q Question) bool { return q.Unclear == "" }), err
}

// NotClear keeps what the asking candidate says is wrong with a question; "" takes it back. It reaches the opening's contact and counts for nothing.
// ErrMissing, ErrQuestionOver, ErrInvalid on unclear.
func (as *Attempts) NotClear(ctx context.Context, who actor.Actor, key, text string) error {
	if text = strings.TrimSpace(text); len([]rune(text)) > 1000 {
		return problem.Field("unclear", "This is longer than 1,000 characters.")
	}
	return as.held(ctx, who, ExplainPart, func(tx db.Tx, a Attempt, s Sitting) error {
		if s.Over(as.DB.Now()) {
			return ErrQuestionOver
		}
		list, err := as.Questions(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(q Question) bool { return q.Key() == key })
		if i < 0 {
			return ErrMissing
		}
		now := clock.Milli(as.DB.Now())
		if _, err := query.New(tx).SetUnclear(ctx, query.SetUnclearParams{OrgID: tx.Org, AttemptID: string(a.ID), N: int64(list[i].N), Unclear: text, UnclearAt: now}); err != nil || text == "" {
			return err
		}
		return Unclear.Announce(ctx, as.Jobs, tx, UnclearNote{tx.Org, string(a.ID), string(a.Application), list[i].N, now})
	})
}

// Whole is the version of an attempt as its person was shown it: where questions about their own work were announced, with the criterion that they are
// scored on and with their minutes, and, once they are asked, with the part that holds them; last the turns of an interview about it and the days of a work trial. Where it
// differs from the published version its parts may be changed.
func (as *Attempts) Whole(ctx context.Context, o string, a Attempt) (*assessment.Version, error) {
	v, err := as.Assessments.Version(ctx, o, a.Version)
	if err == nil && a.Questions > 0 {
		v, err = as.explaining(ctx, o, a, v)
	}
	if err != nil || as.Turns == nil || a.State != "submitted" && !a.Diary {
		return v, err
	}
	var turns []assessment.Part
	err = as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		turns, err = as.Turns(ctx, tx, a)
		return err
	})
	if err != nil || len(turns) == 0 {
		return v, err
	}
	w := *v
	w.Parts = append(slices.Clip(v.Parts), turns...)
	return &w, nil
}

// explaining is a version with the questions about their own work.
func (as *Attempts) explaining(ctx context.Context, o string, a Attempt, v *assessment.Version) (*assessment.Version, error) {
	w := *v
	w.Minutes += a.Questions * opening.QuestionMinutes
	w.Rubric = append(slices.Clip(v.Rubric), Owning)
	if a.Asked.IsZero() {
		return &w, nil
	}
	var list []Question
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		list, err = as.Questions(ctx, tx, a.ID)
		return err
	})
	if err != nil || len(list) == 0 {
		return &w, err
	}
	part := assessment.Part{Key: ExplainPart, Title: "Questions about your work", Minutes: len(list) * opening.QuestionMinutes, LookFor: Owning.About}
	for _, q := range list {
		it, err := as.question(q, v)
		if err != nil {
			return nil, err
		}
		part.Items = append(part.Items, it)
	}
	w.Parts = append(slices.Clip(v.Parts), part)
	return &w, nil
}

// question is a question as an item of its part, answered as Written says.
func (as *Attempts) question(q Question, v *assessment.Version) (assessment.PartItem, error) {
	title := fmt.Sprintf("Question %d", q.N)
	folder, err := json.Marshal(map[string]any{"kind": as.Written.Name(), "title": title, "minutes": opening.QuestionMinutes, "statement": title})
	if err != nil {
		return assessment.PartItem{}, err
	}
	spec, found := as.Written.Spec(archive.Files{"item.yaml": folder})
	if item.Failed(found) {
		return assessment.PartItem{}, fmt.Errorf("attempt: a question is no %s: %v", as.Written.Name(), found)
	}
	head := as.Written.Head(spec)
	head.Statement = q.statement(v)
	return assessment.PartItem{Key: q.Key(), Kind: as.Written, Spec: spec, Head: head}, nil
}

// statement is a question with the code that it is about, in Markdown.
func (q Question) statement(v *assessment.Version) string {
	var b strings.Builder
	b.WriteString(q.Text + "\n\n" + Excerpt(v, q.Item, q.File, q.Line, q.Code) + "*Why this question:* " + q.Why)
	if q.Unclear != "" {
		b.WriteString("\n\n> *Said to be unclear, or not about this work:* " + strings.Join(strings.Fields(q.Unclear), " "))
	}
	return b.String()
}

// Excerpt says in Markdown which place of an answer a question is about, with the lines of code from line on (1-based; 0 numbers none). "" where it
// is about none.
func Excerpt(v *assessment.Version, key, file string, line int, code string) string {
	var b strings.Builder
	of, _, ok := v.Item(key)
	lines := strings.Split(code, "\n")
	switch {
	case file != "":
		place := fmt.Sprintf("lines %d to %d", line, line+len(lines)-1)
		if len(lines) == 1 {
			place = fmt.Sprintf("line %d", line)
		}
		fmt.Fprintf(&b, "**%s**, %s", file, place)
		if ok {
			fmt.Fprintf(&b, ", in your answer to “%s”", of.Head.Title)
		}
		b.WriteString(":\n\n")
	case ok:
		fmt.Fprintf(&b, "About your answer to “%s”.\n\n", of.Head.Title)
	}
	if code != "" {
		fence := "```"
		for strings.Contains(code, fence) {
			fence += "`"
		}
		b.WriteString(fence + strings.TrimPrefix(path.Ext(file), ".") + "\n")
		for i, text := range lines {
			if line > 0 {
				fmt.Fprintf(&b, "%*d  ", len(fmt.Sprint(line+len(lines))), line+i)
			}
			b.WriteString(strings.ReplaceAll(text, "\t", "    ") + "\n")
		}
		b.WriteString(fence + "\n\n")
	}
	return b.String()
}

// Explaining is how an attempt stands with the questions about its work.
type Explaining string

const (
	NotAsked  Explaining = ""        // none were announced
	Waiting   Explaining = "waiting" // they will be asked, or can still be answered
	Explained Explaining = "over"    // answered, or the time for it is over
)

// Explains says how an attempt stands with the questions about its work.
func (as *Attempts) Explains(ctx context.Context, tx db.Tx, a Attempt) (Explaining, error) {
	if a.Questions == 0 {
		return NotAsked, nil
	}
	if a.Asked.IsZero() {
		if as.DB.Now().After(a.Submitted.Add(ExplainWindow)) {
			return Explained, nil // they never came; nobody waits for them for ever
		}
		return Waiting, nil
	}
	all, err := as.Sittings(ctx, tx, a.ID)
	if err != nil || all[ExplainPart].State != Ended {
		return Waiting, err
	}
	return Explained, nil
}

// Owning is the criterion that answers about somebody's own work are scored on.
var Owning = assessment.Criterion{Key: Owns, Title: "Owns the work", Weight: 2,
	About:    "You can say what your own work does, why it is as it is, and what a change would touch. How it is worded does not matter.",
	Guidance: "Rate what is said about the work, not how it is written. A question that is said to be unclear counts for nothing against anybody, and neither does one that is not answered: rate what there is, or say why you cannot.",
	Levels: []assessment.Level{
		{Name: "Not yet", Anchor: "Repeats the code in words, or says what it does not do."},
		{Name: "In part", Anchor: "Says what it does; not why it is so, or what a change would touch."},
		{Name: "Owns it", Anchor: "Says what it does, why it is so and where it would change, and is right in what matters."},
		{Name: "Knows its limits", Anchor: "Also says what is weak in it and what was left, and how one would find out."},
	}}
