package review

import (
	"context"
	"math"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review/internal/query"
)

// Practice are an opening's gold submissions for one reviewer.
type Practice struct {
	Opening   opening.Opening
	Golds     []Gold
	Certified bool
	Off       float64 // mean distance from the reference over the newest Golds that were scored, in levels; NaN while there are fewer
	Required  bool    // work goes only to who is certified
}

// Gold is a line of them.
type Gold struct {
	Code  Code
	Stage string
	Done  bool
	Knows bool // the asker scored the work, settled it or set its reference
}

// PracticeOf reads them, for the reviewers and managers of the opening. ErrMissing, ErrRole.
func (rs *Reviews) PracticeOf(ctx context.Context, who actor.Actor, o opening.ID) (*Practice, error) {
	p := &Practice{}
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if p.Opening, err = rs.practising(ctx, tx, who, o); err != nil {
			return err
		}
		rows, err := query.New(tx).Golds(ctx, who.ID, tx.Org, string(o))
		if err != nil {
			return err
		}
		for _, r := range rows {
			p.Golds = append(p.Golds, Gold{Code(r.Code), r.StageTitle, r.Done > 0, r.Knows > 0 || r.MadeBy == who.ID})
		}
		rules, err := rs.RulesOf(ctx, tx, o)
		if err != nil {
			return err
		}
		p.Required = rules.Certify
		if p.Off, err = off(ctx, tx, who.ID, o); err != nil {
			return err
		}
		list, err := query.New(tx).Certified(ctx, tx.Org, string(o))
		for _, m := range list {
			p.Certified = p.Certified || m == who.ID
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// off is the mean distance of a member from the reference over the newest Golds, in levels; NaN while they scored fewer.
func off(ctx context.Context, tx db.Tx, member string, o opening.ID) (float64, error) {
	rows, err := query.New(tx).Practised(ctx, tx.Org, member, string(o))
	works, last, sum, n := 0, "", 0.0, 0
	for _, r := range rows {
		if r.AttemptID != last {
			last, works = r.AttemptID, works+1
		}
		if works > Golds {
			break
		}
		sum, n = sum+math.Abs(float64(r.Level-r.Reference)), n+1
	}
	if works < Golds {
		return math.NaN(), err
	}
	return sum / float64(n), err
}

// GoldSheet is a gold submission to practise on; the reference opens when it was scored.
type GoldSheet struct {
	*Sheet
	Done      bool
	Levels    map[string]int   // the asker's
	Reference map[string]Ruled // empty before
	Criteria  []assessment.Criterion
}

// Gold loads one, always blind. ErrMissing, ErrRole, ErrKnown.
func (rs *Reviews) Gold(ctx context.Context, who actor.Actor, c Code) (*GoldSheet, error) {
	s := &GoldSheet{Sheet: &Sheet{Blind: true}, Levels: map[string]int{}, Reference: map[string]Ruled{}}
	var names []string
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if s.Round, err = roundIn(ctx, tx, c); err != nil {
			return err
		}
		if s.Sheet.Opening, err = rs.gold(ctx, tx, who, s.Round); err != nil {
			return err
		}
		if s.Done, err = rs.mayPractise(ctx, tx, who, s.Round); err != nil {
			return err
		}
		raw, err := rs.Openings.ApplicationIn(ctx, tx, s.Application)
		if err != nil {
			return err
		}
		names = []string{raw.Name, raw.Email}
		s.Title = "Gold " + string(s.Code)
		s.Work, err = rs.work(ctx, tx, s.Attempt)
		if err != nil || !s.Done {
			return err
		}
		return s.open(ctx, tx, who)
	})
	if err != nil {
		return nil, err
	}
	if err := rs.draw(ctx, who, s.Sheet, names); err != nil {
		return nil, err
	}
	s.Criteria = s.Rubric.Rubric
	return s, nil
}

// open reads the reference, and what the asker gave.
func (s *GoldSheet) open(ctx context.Context, tx db.Tx, who actor.Actor) error {
	q := query.New(tx)
	list, err := q.GoldLevels(ctx, tx.Org, s.Attempt)
	if err != nil {
		return err
	}
	for _, r := range list {
		s.Reference[r.Criterion] = Ruled{int(r.Level), r.Reason}
	}
	mine, err := q.Practised(ctx, tx.Org, who.ID, string(s.Round.Opening))
	for _, r := range mine {
		if r.AttemptID == s.Attempt {
			s.Levels[r.Criterion] = int(r.Level)
		}
	}
	return err
}

// mayPractise refuses who knows a gold submission's levels, and says whether the asker has scored it. ErrKnown.
func (rs *Reviews) mayPractise(ctx context.Context, tx db.Tx, who actor.Actor, n Round) (done bool, err error) {
	rows, err := query.New(tx).Golds(ctx, who.ID, tx.Org, string(n.Opening))
	for _, r := range rows {
		if r.AttemptID == n.Attempt && (r.Knows > 0 || r.MadeBy == who.ID) {
			return false, ErrKnown
		}
		done = done || r.AttemptID == n.Attempt && r.Done > 0
	}
	return done, err
}

// Practise keeps the asker's levels of a gold submission, once, and certifies who is near the reference over the newest Golds.
// Every criterion needs a level. ErrMissing, ErrRole, ErrKnown, ErrIncomplete, ErrPractised.
func (rs *Reviews) Practise(ctx context.Context, who actor.Actor, c Code, levels map[string]int) error {
	v, err := rs.version(ctx, who, c)
	if err != nil {
		return err
	}
	card := Card{Ratings: map[string]Rating{}}
	for _, c := range v.Rubric {
		if l := levels[c.Key]; l >= 1 && l <= len(c.Levels) {
			card.Ratings[c.Key] = Rating{Level: l}
		}
	}
	if err := complete(v, card, ""); err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if _, err := rs.gold(ctx, tx, who, n); err != nil {
			return err
		}
		if _, err := rs.mayPractise(ctx, tx, who, n); err != nil {
			return err
		}
		q := query.New(tx)
		now := clock.Milli(rs.DB.Now())
		added, err := q.AddPractice(ctx, query.AddPracticeParams{OrgID: tx.Org, AttemptID: n.Attempt, MemberID: who.ID, DoneAt: now})
		if err == nil && added == 0 {
			err = ErrPractised
		}
		if err != nil {
			return err
		}
		for key, r := range card.Ratings {
			err := q.AddPracticeLevel(ctx, query.AddPracticeLevelParams{OrgID: tx.Org, AttemptID: n.Attempt, MemberID: who.ID, Criterion: key, Level: int64(r.Level)})
			if err != nil {
				return err
			}
		}
		d, err := off(ctx, tx, who.ID, n.Opening)
		if err != nil || math.IsNaN(d) || d > Near {
			return err
		}
		first, err := q.Certify(ctx, query.CertifyParams{OrgID: tx.Org, OpeningID: string(n.Opening), MemberID: who.ID, CertifiedAt: now})
		if err != nil || first == 0 {
			return err
		}
		return audit.Record(ctx, tx, rs.DB.Now(), who, "gold.certify", string(n.Opening), nil)
	})
}

// ToCalibrate are the open openings whose reviewer the asker is and whose gold submissions are enough to be certified on, while they are not.
func (rs *Reviews) ToCalibrate(ctx context.Context, who actor.Actor) (out []opening.Opening, err error) {
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).ToCalibrate(ctx, tx.Org, who.ID, Golds)
		for _, r := range rows {
			out = append(out, opening.Opening{ID: opening.ID(r.ID), Title: r.Title})
		}
		return err
	})
	return out, err
}
