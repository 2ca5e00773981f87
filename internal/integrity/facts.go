package integrity

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/integrity/internal/query"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/similar"
)

// Facts are what was found of a submission.
type Facts struct {
	Round review.Round
	Own   bool       // the asker has filed a scorecard of it
	Items []Compared // those that were compared
	Case  *Case      // about this submission; nil: none
	Held  int        // likenesses with work whose own scorecard the asker still owes: they open with it
}

// Of is what was found of a round's work, for those who may know it: see review.Known.
func (in *Integrity) Of(ctx context.Context, who actor.Actor, c review.Code) (Facts, error) {
	var f Facts
	err := in.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		f, err = in.facts(ctx, tx, who, c)
		return err
	})
	return f, err
}

func (in *Integrity) facts(ctx context.Context, tx db.Tx, who actor.Actor, c review.Code) (f Facts, err error) {
	if f.Round, f.Own, err = in.Reviews.Known(ctx, tx, who, c); err != nil {
		return f, err
	}
	compared, err := query.New(tx).Compared(ctx, tx.Org, f.Round.Attempt)
	if err != nil {
		return f, err
	}
	for _, r := range compared {
		f.Items = append(f.Items, Compared{Item: r.Item, Others: int(r.Others), Why: r.Why, At: clock.Time(r.At)})
	}
	cases, err := in.CasesOf(ctx, tx, f.Round.Application)
	if err != nil {
		return f, err
	}
	if i := slices.IndexFunc(cases, func(c Case) bool { return c.Attempt == f.Round.Attempt }); i >= 0 {
		f.Case = &cases[i]
	}
	explained, err := explainedOf(ctx, tx, f.Round.Attempt)
	if err != nil {
		return f, err
	}
	alike, err := query.New(tx).Likenesses(ctx, tx.Org, f.Round.Attempt)
	if err != nil {
		return f, err
	}
	for _, r := range alike {
		l := Likeness{Other: r.Other, Source: r.Source, Role: item.SourceRole(r.Role), Outcome: similar.Outcome(r.Outcome), Score: float64(r.ScorePpm) / 1e6, Expected: float64(r.ExpectedMicro) / 1e6,
			Share: float64(r.SharePpm) / 1e6, OfOther: float64(r.OfOtherPpm) / 1e6, Identical: r.Identical,
			Explained: explained[thing{r.Item, r.Other, r.Source}]}
		if err := json.Unmarshal([]byte(r.Regions), &l.Regions); err != nil {
			return f, err
		}
		if l.Other != "" {
			code, open, err := in.other(ctx, tx, who, l.Other)
			if err != nil {
				return f, err
			}
			if !open {
				f.Held++
				continue
			}
			l.Code = code
		}
		if i := slices.IndexFunc(f.Items, func(c Compared) bool { return c.Item == r.Item }); i >= 0 {
			f.Items[i].Alike = append(f.Items[i].Alike, l)
		}
	}
	return f, nil
}

// thing is what a submission can be like: another one, or a source.
type thing struct{ item, other, source string }

// explainedOf are those likenesses of a submission that somebody explained, on either side.
func explainedOf(ctx context.Context, tx db.Tx, attempt string) (map[thing]bool, error) {
	rows, err := query.New(tx).Explained(ctx, tx.Org, attempt)
	out := map[thing]bool{}
	for _, r := range rows {
		if r.AttemptID == attempt {
			out[thing{r.Item, r.Other, r.Source}] = true
		} else {
			out[thing{r.Item, r.AttemptID, ""}] = true
		}
	}
	return out, err
}

// other is what the asker may know another submission by: "" where it is of an opening that is not theirs to see, or that nobody reads. open is
// false while they still owe a scorecard for it.
func (in *Integrity) other(ctx context.Context, tx db.Tx, who actor.Actor, a string) (code review.Code, open bool, err error) {
	n, err := in.Reviews.RoundOf(ctx, tx, a)
	if errors.Is(err, review.ErrMissing) {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	owes, err := in.Reviews.Owes(ctx, tx, who, n)
	if err != nil || owes {
		return "", false, err
	}
	if _, err := in.Openings.LoadIn(ctx, tx, who, n.Opening); err != nil {
		if _, refused := problem.As(err); refused {
			return "", true, nil
		}
		return "", false, err
	}
	return n.Code, true, nil
}

// Pair is two texts side by side.
type Pair struct {
	Likeness
	Item  string // its title
	Own   bool   // the asker has a scorecard of the first
	Sides [2]Side
}

// Side is one of them.
type Side struct {
	Title string // "Candidate 7F3K", or the name of a text of the author's
	Files []similar.File
}

// Beside loads a likeness with both texts: that of a round's item, with another one's by its code, or with a source. Names are struck from both.
// ErrUnlike, and the problems of Of.
func (in *Integrity) Beside(ctx context.Context, who actor.Actor, c review.Code, key string, other review.Code, source string) (*Pair, error) {
	var p Pair
	var bodies [2]text
	err := in.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		f, err := in.facts(ctx, tx, who, c)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(f.Items, func(c Compared) bool { return c.Item == key })
		if i < 0 {
			return ErrUnlike
		}
		at := slices.IndexFunc(f.Items[i].Alike, func(l Likeness) bool { return l.Code == other && l.Source == source && (other != "" || source != "") })
		if at < 0 {
			return ErrUnlike
		}
		p.Likeness, p.Own = f.Items[i].Alike[at], f.Own
		if bodies[0], err = in.text(ctx, tx, f.Round.Attempt, key); err != nil || p.Source != "" {
			return err
		}
		bodies[1], err = in.text(ctx, tx, p.Other, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Sides[0].Title, p.Sides[1].Title = "Candidate "+string(c), "Candidate "+string(other)
	for i, b := range bodies {
		if i == 1 && p.Source != "" {
			p.Sides[1].Title = p.Source
			if p.Sides[1].Files, err = in.source(ctx, who.Org, bodies[0].version, key, p.Source); err != nil {
				return nil, err
			}
			continue
		}
		v, err := in.Assessments.Version(ctx, who.Org, b.version)
		if err != nil {
			return nil, err
		}
		it, _, _ := v.Item(key)
		k, ok := it.Kind.(item.Fingerprinter)
		if !ok {
			return nil, ErrUnlike
		}
		p.Item = it.Head.Title
		body, err := item.Fetched(ctx, it.Kind, it.Spec, item.Ref{Org: who.Org, Owner: b.attempt, Version: string(b.version), Item: key}, b.body)
		if err != nil {
			return nil, err
		}
		p.Sides[i].Files = texts(k.Documents(it.Spec, it.Kind.Redact(it.Spec, body, b.names)))
	}
	return &p, nil
}

// text is what somebody handed in for an item, and their names.
type text struct {
	attempt string
	version assessment.VersionID
	body    []byte
	names   []string
}

func (in *Integrity) text(ctx context.Context, tx db.Tx, a, key string) (text, error) {
	s, err := in.Attempts.Submission(ctx, tx, attempt.ID(a))
	if err != nil {
		return text{}, err
	}
	app, err := in.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(s.Application))
	return text{a, s.Attempt.Version, s.Items[key].Body, []string{app.Name, app.Email}}, err
}

// source is a text of the author's, of the submission's own version or, when that has it not yet, of the newest.
func (in *Integrity) source(ctx context.Context, o string, own assessment.VersionID, key, name string) ([]similar.File, error) {
	v, err := in.Assessments.Version(ctx, o, own)
	if err != nil {
		return nil, err
	}
	all := []assessment.VersionID{own}
	err = in.DB.Read(ctx, o, func(tx db.Tx) error {
		ids, err := query.New(tx).Versions(ctx, o, string(v.Assessment))
		for _, id := range slices.Backward(ids) {
			all = append(all, assessment.VersionID(id))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, id := range all {
		if v, err = in.Assessments.Version(ctx, o, id); err != nil {
			return nil, err
		}
		it, _, ok := v.Item(key)
		k, can := it.Kind.(item.Fingerprinter)
		if !ok || !can {
			continue
		}
		for _, s := range k.Sources(it.Spec) {
			if s.Name == name {
				return texts(s.Files), nil
			}
		}
	}
	return nil, ErrUnlike
}
