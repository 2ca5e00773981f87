package review

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review/internal/query"
)

// Differs is how a criterion of one rubric stands to another's.
type Differs string

const (
	Reworded Differs = "reworded" // its levels, or what it is about: what was scored is open again
	Added    Differs = "added"    // nobody scored it yet
	Gone     Differs = "gone"     // what was scored counts no more
	Weighed  Differs = "weighed"  // it counts more or less; what was scored stays
)

// Opens says whether cards that were sent lack a rating now.
func (d Differs) Opens() bool { return d == Reworded || d == Added }

// Touched is a criterion that two rubrics do not share as it is.
type Touched struct {
	Key      string
	Differs  Differs
	From, To assessment.Criterion // zero where it is added, or gone
}

// Touches are the criteria that differ from one rubric to another, in the order of the newer, those that are gone last. White space, a title and
// the items that a criterion is seen in change no rating.
func Touches(from, to []assessment.Criterion) (out []Touched) {
	at := func(list []assessment.Criterion, key string) int {
		return slices.IndexFunc(list, func(c assessment.Criterion) bool { return c.Key == key })
	}
	for _, c := range to {
		i := at(from, c.Key)
		switch {
		case i < 0:
			out = append(out, Touched{c.Key, Added, assessment.Criterion{}, c})
		case wording(from[i]) != wording(c):
			out = append(out, Touched{c.Key, Reworded, from[i], c})
		case from[i].Weight != c.Weight:
			out = append(out, Touched{c.Key, Weighed, from[i], c})
		}
	}
	for _, c := range from {
		if at(to, c.Key) < 0 {
			out = append(out, Touched{c.Key, Gone, c, assessment.Criterion{}})
		}
	}
	return out
}

// wording is all that a rating on a criterion rests on.
func wording(c assessment.Criterion) string {
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	parts := []string{words(c.About), words(c.Guidance)}
	for _, l := range c.Levels {
		parts = append(parts, words(l.Name), words(l.Anchor))
	}
	return strings.Join(parts, "\n")
}

// rubricOf is the rubric that a round is read by, without the criterion of questions about the work.
func (rs *Reviews) rubricOf(ctx context.Context, org string, n Round) ([]assessment.Criterion, error) {
	v, err := rs.Assessments.Version(ctx, org, n.Rubric)
	if err != nil {
		return nil, err
	}
	return v.Rubric, nil
}

// readBy is a version with the rubric of another.
func readBy(v *assessment.Version, rubric []assessment.Criterion) *assessment.Version {
	w := *v
	w.Rubric = slices.Clip(rubric)
	if slices.ContainsFunc(v.Rubric, func(c assessment.Criterion) bool { return c.Key == attempt.Owns }) {
		w.Rubric = append(w.Rubric, attempt.Owning)
	}
	return &w
}

// inForce is the version whose rubric an opening reads a version's work by; "" is its own.
func (rs *Reviews) inForce(ctx context.Context, tx db.Tx, o opening.ID, id assessment.VersionID) (assessment.VersionID, error) {
	v, err := rs.Assessments.Version(ctx, tx.Org, id)
	if err != nil {
		return "", err
	}
	r, err := query.New(tx).RubricInForce(ctx, tx.Org, string(o), string(v.Assessment))
	if errors.Is(err, sql.ErrNoRows) || err == nil && int(r.Number) <= v.Number {
		return "", nil
	}
	return assessment.VersionID(r.VersionID), err
}

// Again is a criterion of a card that is open again, or whose wording changed under a draft.
type Again struct {
	Was  int                  // the level before, 0 where there was none
	From assessment.Criterion // as it was; zero where the criterion is new
}

// again reads what is open again on a card, by criterion, as it was before the first change that opened it.
func (rs *Reviews) again(ctx context.Context, tx db.Tx, n Round, r Review) (map[string]Again, error) {
	if n.Rubric == n.Version || r.State != Assigned {
		return nil, nil
	}
	rows, err := query.New(tx).ReopenedOf(ctx, tx.Org, string(r.ID))
	out := map[string]Again{}
	for _, x := range rows {
		if had, ok := out[x.Criterion]; ok && had.Was != 0 {
			continue
		}
		v, err := rs.Assessments.Version(ctx, tx.Org, assessment.VersionID(x.FromVersion))
		if err != nil {
			return nil, err
		}
		out[x.Criterion] = Again{int(x.Was), criterion(v.Rubric, x.Criterion)}
	}
	return out, err
}

// fixed says of a criterion of a card whether it stays as it was sent.
func (r Review) fixed(key string, again map[string]Again) bool {
	_, open := again[key]
	switch {
	case r.State != Assigned:
		return true
	case key == attempt.Owns && r.Filed.IsZero():
		return false
	case !r.Reopened.IsZero():
		return !open
	}
	return !r.Rest.IsZero()
}

// Fixed says of a criterion whether the asker's rating stays as they sent it.
func (s *Sheet) Fixed(key string) bool { return s.Mine.fixed(key, s.Again) }
