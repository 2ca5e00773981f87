package review

import (
	"cmp"
	"context"
	"slices"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
)

// Debrief is an opening's scored work, for those who decide or run it.
type Debrief struct {
	Opening opening.Opening
	Rules   Rules
	Stages  []Debriefed
	Pairs   int  // works that two or more scored: the intervals rest on them
	Newer   bool // a newer version has another rubric than some of the work is read by
	Closed  int  // works that open with the asker's own scorecard, and are not in it
}

// Debriefed is a stage's work in bands, the highest first.
type Debriefed struct {
	Title string
	Bands [][]Standing // no rank inside a band: in the order of their codes
}

// Standing is one work with its score.
type Standing struct {
	Code        Code
	Title       string // the name
	Application opening.ApplicationID
	Status      opening.Status
	Score       Score
	Near        int // works of the stage that it cannot be told from
	Once        int // how many of those one more card could tell it from, across a band's edge; 0: it would settle nothing
}

// Debrief puts the closed rounds of an opening into bands: whoever cannot be told from the first of a band is in it. Erased people and
// works nobody could score are not in it. ErrMissing, ErrRole.
func (rs *Reviews) Debrief(ctx context.Context, who actor.Actor, o opening.ID) (*Debrief, error) {
	d := &Debrief{}
	var stages []opening.Stage
	var variance float64
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
			return err
		}
		if d.Opening, err = rs.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		if d.Rules, err = rs.RulesOf(ctx, tx, o); err != nil {
			return err
		}
		if variance, d.Pairs, err = noise(ctx, tx, o); err != nil {
			return err
		}
		stages, err = rs.Openings.Stages(ctx, tx, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	plans, err := rs.plans(ctx, who.Org, o)
	if err != nil {
		return nil, err
	}
	d.Newer = len(plans) > 0
	list, err := rs.scored(ctx, who.Org, o)
	if err != nil {
		return nil, err
	}
	if list, d.Closed, err = rs.seen(ctx, who, list); err != nil {
		return nil, err
	}
	for _, s := range stages {
		var there []Standing
		for _, l := range list {
			if score := l.score(variance); l.StageID == string(s.ID) && score.Cards > 0 {
				there = append(there, Standing{Code: Code(l.Code), Title: l.Name, Application: opening.ApplicationID(l.ApplicationID),
					Status: opening.Status(l.Status), Score: score})
			}
		}
		if len(there) > 0 {
			d.Stages = append(d.Stages, Debriefed{s.Title, bands(there)})
		}
	}
	return d, nil
}

// seen leaves out erased people, and the work that the asker must not know yet.
func (rs *Reviews) seen(ctx context.Context, who actor.Actor, list []scored) (out []scored, closed int, err error) {
	var apps []opening.ApplicationID
	for _, s := range list {
		apps = append(apps, opening.ApplicationID(s.ApplicationID))
	}
	var hidden map[opening.ApplicationID]string
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		hidden, err = rs.Hidden(ctx, tx, who, apps)
		return err
	})
	for i, s := range list {
		if _, blind := hidden[apps[i]]; blind {
			closed++
		} else if s.ErasedAt == 0 {
			out = append(out, s)
		}
	}
	return out, closed, err
}

// bands puts works into bands and says what each cannot be told from. A band begins with the highest work that is left.
func bands(list []Standing) [][]Standing {
	slices.SortFunc(list, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Score.Value, a.Score.Value), cmp.Compare(a.Code, b.Code))
	})
	band := make([]int, len(list))
	for i, first := 1, 0; i < len(list); i++ {
		band[i] = band[i-1]
		if list[first].Score.Told(list[i].Score) {
			first, band[i] = i, band[i]+1
		}
	}
	out := make([][]Standing, band[max(0, len(list)-1)]+1)
	for i, a := range list {
		for k, b := range list {
			if i == k || a.Score.Told(b.Score) {
				continue
			}
			a.Near++
			if band[i] != band[k] && a.Score.oneMore().Told(b.Score) {
				a.Once++
			}
		}
		out[band[i]] = append(out[band[i]], a)
	}
	for _, b := range out {
		slices.SortFunc(b, func(a, b Standing) int { return cmp.Compare(a.Code, b.Code) })
	}
	return out
}

// Suggested are the works that one more reader would help most to tell from others, at most three, the most useful first.
func (d Debriefed) Suggested() []Standing {
	var out []Standing
	for _, b := range d.Bands {
		for _, s := range b {
			if s.Once > 0 && s.Status == opening.Active {
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Standing) int { return cmp.Compare(b.Once, a.Once) })
	return out[:min(3, len(out))]
}
