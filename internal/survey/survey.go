// Package survey asks candidates how a stage was for them, in a minute, also those who are told no.
//
// Anybody is asked on their own pages, once after they sent their work and once more after they read the reply, never by mail; they may say not now, or that
// they do not want to be asked. What is answered is put down without who answered and when: nobody can say later which answers were whose, so they
// cannot be changed. The organisation reads sums only, in steps of five people, so that no single answer can be told from the one before it.
package survey

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"slices"

	"candor/internal/actor"
	"candor/internal/agreement"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/survey/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// Step is how many more people have to answer before the sums move; fewer than that are never shown.
const Step = 5

var (
	// ErrMissing: there is nothing to ask the asker about.
	ErrMissing = problem.New(problem.Missing, "survey_missing", "There is nothing here, or it is not yours to see.")
	// ErrEarly: nothing was sent, and no reply was read.
	ErrEarly = problem.New(problem.Conflict, "survey_early", "You are asked after you have sent your work. There is nothing to answer yet.")
	// ErrAnswered: it cannot be told which answers are theirs.
	ErrAnswered = problem.New(problem.Conflict, "survey_answered", "You have answered this already. What you answered is kept without your name, so nobody can find it to change it.")
	// ErrNothing: no question was answered.
	ErrNothing = problem.New(problem.Invalid, "survey_empty", "Nothing is ticked. Answer at least one question, or leave it.")
)

// Surveys keeps them.
type Surveys struct {
	DB       *db.DB
	Openings *opening.Openings
}

// State is what somebody made of being asked.
type State string

const (
	Unasked  State = ""
	Later    State = "later" // not now: asked once more after a reply
	Refused  State = "refused"
	Answered State = "answered"
)

// Standing is how it stands with somebody at a stage.
type Standing struct {
	State State
	Asks  bool // they should be asked now; else the page is there for whoever looks for it
	Early bool // there is nothing to ask about yet: nothing was sent, and no reply was read

	application, stage, opening, occasion string
}

// Standing is that of the asking candidate at the stage of their invitation. ErrMissing.
func (ss *Surveys) Standing(ctx context.Context, who actor.Actor) (out Standing, err error) {
	err = ss.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = standing(ctx, tx, who)
		return err
	})
	return out, err
}

func standing(ctx context.Context, tx db.Tx, who actor.Actor) (Standing, error) {
	if who.Kind != actor.Candidate {
		return Standing{}, ErrMissing
	}
	q := query.New(tx)
	r, err := q.Standing(ctx, tx.Org, who.ID, who.Subject)
	if errors.Is(err, sql.ErrNoRows) {
		return Standing{}, ErrMissing
	}
	if err != nil {
		return Standing{}, err
	}
	if r.Replies == 0 && r.State != "submitted" && r.State != "withdrawn" {
		return Standing{Early: true}, nil
	}
	out := Standing{application: r.ApplicationID, stage: r.StageID, opening: r.OpeningID, occasion: "sent"}
	if r.Replies > 0 {
		out.occasion = "reply"
	}
	s, err := q.Survey(ctx, tx.Org, r.ApplicationID, r.StageID)
	if errors.Is(err, sql.ErrNoRows) {
		out.Asks = true
		return out, nil
	}
	out.State = State(s.State)
	out.Asks = out.State == Later && s.Occasion == "sent" && out.occasion == "reply"
	return out, err
}

// Put keeps that the asker does not want to be asked now (Later), or at all (Refused). ErrMissing, ErrEarly, ErrAnswered.
func (ss *Surveys) Put(ctx context.Context, who actor.Actor, s State) error {
	if s != Later && s != Refused {
		return ErrMissing
	}
	return ss.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		x, err := standing(ctx, tx, who)
		if err != nil {
			return err
		}
		return put(ctx, tx, x, s)
	})
}

// put is the guarding write: what was answered stays answered.
func put(ctx context.Context, tx db.Tx, x Standing, s State) error {
	if x.Early {
		return ErrEarly
	}
	n, err := query.New(tx).Put(ctx, query.PutParams{OrgID: tx.Org, ApplicationID: x.application, StageID: x.stage, State: string(s), Occasion: x.occasion})
	if err == nil && n == 0 {
		return ErrAnswered
	}
	return err
}

// Answer keeps answers to a wording, question -> option; a question that is left out was skipped. Nothing of it says whose it is. ErrMissing, ErrEarly, ErrAnswered,
// ErrNothing, ErrInvalid.
func (ss *Surveys) Answer(ctx context.Context, who actor.Actor, wording int, answers map[string]string) error {
	w, ok := numbered(wording)
	if !ok {
		return ErrMissing
	}
	given := 0
	for key, a := range answers {
		i := slices.IndexFunc(w.Questions, func(q Question) bool { return q.Key == key })
		if i < 0 || !w.Questions[i].option(a) {
			return problem.Field("q."+key, "Choose one of the answers.")
		}
		given++
	}
	if given == 0 {
		return ErrNothing
	}
	return ss.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		x, err := standing(ctx, tx, who)
		if err != nil {
			return err
		}
		if err := put(ctx, tx, x, Answered); err != nil {
			return err
		}
		q := query.New(tx)
		n, err := q.Next(ctx, query.NextParams{OrgID: tx.Org, StageID: x.stage, Wording: int64(w.Number), OpeningID: x.opening})
		if err != nil {
			return err
		}
		for _, one := range w.Questions {
			if a, ok := answers[one.Key]; ok {
				if err := q.AddAnswer(ctx, query.AddAnswerParams{OrgID: tx.Org, StageID: x.stage, Wording: int64(w.Number), N: n, Question: one.Key, Answer: a}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Result is what people answered to a wording at a stage, or at all stages of an opening where Stage is "".
type Result struct {
	Stage     opening.StageID
	Title     string
	Wording   int
	People    int // whose answers are counted, a multiple of Step at each stage; 0 where there are too few
	Questions []Tally
}

// Tally is what they answered to one question.
type Tally struct {
	Question
	N      int // who answered it
	Shares []Share
}

// Known says that enough answered it: from Step on.
func (t Tally) Known() bool { return t.N >= Step }

// Share is one answer: how many gave it, and the 95 % interval (Wilson) of the share in all who could have been asked.
type Share struct {
	Option
	Count           int
	Part, Low, High float64 // 0 to 1
}

// Results are an opening's: all stages together where there are several, then stage by stage, of each the newest wording first. The sum of all is that of
// the stages as they are shown. For whoever reads its list. opening.ErrMissing, opening.ErrRole.
func (ss *Surveys) Results(ctx context.Context, who actor.Actor, o opening.ID) (op opening.Opening, out []Result, err error) {
	err = ss.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if op, err = ss.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		if !op.SeesBoard(who) {
			return opening.ErrRole
		}
		stages, err := ss.Openings.Stages(ctx, tx, o)
		if err != nil {
			return err
		}
		counts, err := query.New(tx).Counts(ctx, tx.Org, string(o))
		if err != nil {
			return err
		}
		rows, err := query.New(tx).Tally(ctx, Step, tx.Org, string(o))
		if err != nil {
			return err
		}
		for _, w := range slices.Backward(wordings) {
			out = append(out, results(w, stages, counts, rows)...)
		}
		return nil
	})
	return op, out, err
}

// results are those of one wording.
func results(w Wording, stages []opening.Stage, counts []query.CountsRow, rows []query.TallyRow) []Result {
	var out []Result
	all := Result{Wording: w.Number}
	sum := map[[2]string]int{}
	shown := 0
	for _, s := range stages {
		r := Result{Stage: s.ID, Title: s.Title, Wording: w.Number}
		for _, c := range counts {
			if c.StageID == string(s.ID) && int(c.Wording) == w.Number {
				r.People = int(c.N) / Step * Step
			}
		}
		got := map[[2]string]int{}
		for _, row := range rows {
			if row.StageID == string(s.ID) && int(row.Wording) == w.Number {
				k := [2]string{row.Question, row.Answer}
				got[k] += int(row.N)
				sum[k] += int(row.N)
			}
		}
		if r.People > 0 {
			r.Questions = tallies(w, got)
			shown++
		} else if w.Number != Newest().Number {
			continue // nobody was asked so here, or too few ever to be shown
		}
		all.People += r.People
		out = append(out, r)
	}
	if shown < 2 {
		return out
	}
	all.Questions = tallies(w, sum)
	return append([]Result{all}, out...)
}

// tallies counts questions in the order of the wording.
func tallies(w Wording, got map[[2]string]int) (out []Tally) {
	for _, q := range w.Questions {
		t := Tally{Question: q}
		for _, o := range q.Options {
			t.N += got[[2]string{q.Key, o.Key}]
		}
		for _, o := range q.Options {
			s := Share{Option: o, Count: got[[2]string{q.Key, o.Key}]}
			if t.Known() {
				s.Part = float64(s.Count) / float64(t.N)
				s.Low, s.High = agreement.Wilson(s.Count, t.N)
			} else {
				s.Count = 0
			}
			t.Shares = append(t.Shares, s)
		}
		if !t.Known() {
			t.N = 0
		}
		out = append(out, t)
	}
	return out
}
