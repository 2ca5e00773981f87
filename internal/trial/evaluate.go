package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/trial/internal/query"
)

// Side is who evaluates.
type Side string

const (
	ByHost  Side = "host"
	ByGuest Side = "candidate"
)

// Evaluation is what a side wrote at the end. It stands beside the scorecards, never inside.
type Evaluation struct {
	Side    Side
	Member  org.MemberID   // of the host's
	Ratings map[string]int // criterion -> level, 0: not seen (the host only)
	Words   string
	Filed   time.Time
	After   bool // it was filed when the other side's could be read already
}

// Criterion is what a side rates: its levels have 1, 2, ... as values, the least first.
type Criterion struct {
	Key    string
	Title  string   // for the team; candidates' words are texts of their language
	Levels []string // likewise
}

// HostCriteria are what the host rates: how it was to work together. What came of the work is the scorecards' matter.
var HostCriteria = []Criterion{
	{"asks", "Asks when something is unclear", []string{"Went on guessing where a question would have helped.", "Asked when stuck.", "Asked before getting stuck.", "Asked early, and said what they would do without an answer."}},
	{"tells", "Says how it stands", []string{"We had to ask.", "Said what was done.", "Said what was done, what was next and what was in the way.", "The same, and said early when a plan did not hold."}},
	{"takes", "Takes up what others say", []string{"What we said changed nothing.", "Did what was said.", "Took it up, or said why not.", "Took it up, and it shaped what came after."}},
	{"ends", "Brings things to an end", []string{"Began several things and ended none.", "Ended what was small.", "Ended what was agreed, or cut it with us.", "Ended what was agreed, and left it so that others can go on."}},
}

// GuestCriteria are what the candidate rates.
var GuestCriteria = []Criterion{
	{"scope", "The scope was as agreed", []string{"No", "It changed, and we spoke about it", "Yes"}},
	{"hours", "The hours were enough", []string{"No, it took more", "Just", "Yes"}},
	{"support", "Answers came in time", []string{"No", "Mostly", "Yes"}},
	{"again", "They would work here", []string{"No", "Perhaps", "Yes"}},
}

// criteria are those of a side, and the least level of each.
func (s Side) criteria() ([]Criterion, int) {
	if s == ByHost {
		return HostCriteria, 0
	}
	return GuestCriteria, 1
}

// Evaluate files the host's evaluation, once. ErrMissing, ErrRole, ErrNotYet, ErrFiled, ErrInvalid.
func (ts *Trials) Evaluate(ctx context.Context, who actor.Actor, id ID, ratings map[string]int, words string) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, _, err := ts.loadIn(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if t.Host != who.ID {
			return ErrRole
		}
		return ts.file(ctx, tx, who, t, ByHost, ratings, words)
	})
}

// EvaluateOwn files the asking candidate's, once. ErrMissing, ErrNotYet, ErrFiled, ErrInvalid.
func (ts *Trials) EvaluateOwn(ctx context.Context, who actor.Actor, ratings map[string]int, words string) error {
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		t, _, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		return ts.file(ctx, tx, who, t, ByGuest, ratings, words)
	})
}

// file keeps an evaluation; the table's key makes it once.
func (ts *Trials) file(ctx context.Context, tx db.Tx, who actor.Actor, t Trial, side Side, ratings map[string]int, words string) error {
	if t.State != Over && t.State != Done {
		return ErrNotYet
	}
	list, least := side.criteria()
	kept, fields := map[string]int{}, map[string]string{}
	for _, c := range list {
		n, ok := ratings[c.Key]
		if !ok || n < least || n > len(c.Levels) {
			fields[c.Key] = "Choose one."
		}
		kept[c.Key] = n
	}
	if words = strings.TrimSpace(words); len([]rune(words)) > MostWords {
		fields["words"] = fmt.Sprintf("This is longer than %d characters.", MostWords)
	}
	if len(fields) > 0 {
		p := problem.New(problem.Invalid, "trial_evaluation", "Something is not answered yet.")
		for k, text := range fields {
			p = p.On(k, text)
		}
		return p
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	member := ""
	if side == ByHost {
		member = who.ID
	}
	now, q := ts.DB.Now(), query.New(tx)
	if _, err := q.Hold(ctx, tx.Org, string(t.ID)); err != nil { // whoever comes second sees both
		return err
	}
	n, err := q.File(ctx, query.FileParams{OrgID: tx.Org, TrialID: string(t.ID), Side: string(side), MemberID: member, Ratings: string(raw), Words: words, FiledAt: clock.Milli(now)})
	if err == nil && n == 0 {
		err = ErrFiled
	}
	if err != nil {
		return err
	}
	if side == ByHost {
		if err := ts.Promises.KeepFor(ctx, tx, promise.Evaluation, string(t.Application), string(t.ID), now); err != nil {
			return err
		}
	}
	if err := audit.Record(ctx, tx, now, who, "trial.evaluate", string(t.Application), audit.Facts{"trial": string(t.ID), "side": string(side)}); err != nil {
		return err
	}
	return ts.move(ctx, tx, t)
}

// evaluations reads what a side may read: its own, and the other's once both have filed or the day for it is over.
func (ts *Trials) evaluations(ctx context.Context, tx db.Tx, v *View, side Side) error {
	rows, err := query.New(tx).Evaluations(ctx, tx.Org, string(v.ID))
	if err != nil {
		return err
	}
	opens := len(rows) == 2 || (v.State == Over || v.State == Done) && !v.EvaluateBy.IsZero() && v.Now.After(v.EvaluateBy)
	var errs []error
	for _, r := range rows {
		e := &Evaluation{Side: Side(r.Side), Member: r.MemberID, Ratings: map[string]int{}, Words: r.Words, Filed: clock.Time(r.FiledAt)}
		e.After = e.Filed.After(v.EvaluateBy)
		errs = append(errs, json.Unmarshal([]byte(r.Ratings), &e.Ratings))
		switch {
		case e.Side == side:
			v.Mine = e
		case opens:
			v.Other = e
		}
	}
	return errors.Join(errs...)
}
