package review

import (
	"context"
	"fmt"
	"math"
	"slices"

	"candor/internal/agreement"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/review/internal/query"
)

// Score is what the scorecards of a work combine to, 0 to 100, and half of its 95 % interval. It decides nothing.
type Score struct {
	Value, Half float64
	Cards       int // 0: nobody could score anything, there is no score
}

// How much is assumed of a card before an opening has data: that it lies a third of a level from what many readers would say. That is
// what an interrater reliability of .7 (Conway, Jako & Goodman 1995, structured interviews) leaves, sqrt(1-.7) of a standard deviation,
// where works spread by six tenths of a level. It weighs as much as ten works that were read twice.
const (
	assumedLevels = 1. / 3
	assumedPairs  = 10
	// student is the 97.5 % point of Student's t at assumedPairs degrees of freedom, the fewest that ever stand behind an interval.
	student = 2.228
)

// String is "72 ± 9"; "no score" without one.
func (s Score) String() string {
	if s.Cards == 0 {
		return "no score"
	}
	return fmt.Sprintf("%.0f ± %.0f", s.Value, s.Half)
}

// Told says whether two scores can be told apart: whether they differ by more than the 95 % interval of a difference (Cascio, Outtz,
// Zedeck & Goldstein 1991, "Statistical implications of six methods of test score use in personnel selection").
func (s Score) Told(o Score) bool { return math.Abs(s.Value-o.Value) > math.Hypot(s.Half, o.Half) }

// oneMore is the score as it would be if one more reader said the same.
func (s Score) oneMore() Score {
	n := float64(s.Cards)
	return Score{s.Value, s.Half * math.Sqrt(n/(n+1)), s.Cards + 1}
}

// scored is a closed round with the levels of its filed cards.
type scored struct {
	query.ScoredRow
	rubric  []assessment.Criterion
	cards   []levels
	settled map[string]int // by criterion, what a third reader decided
}

// levels are a card's, by criterion; what could not be scored is not in it.
type levels struct {
	member string
	of     map[string]int
}

// Most closed rounds of an opening that count for its scores and figures; the newest do.
const Most = 5000

// scored reads an opening's closed rounds, the newest first.
func (rs *Reviews) scored(ctx context.Context, org string, o opening.ID) ([]scored, error) {
	var list []scored
	at := map[string]int{}
	err := rs.DB.Read(ctx, org, func(tx db.Tx) error {
		q := query.New(tx)
		rows, err := q.Scored(ctx, org, string(o), Most)
		if err != nil {
			return err
		}
		settled, err := settledLevels(ctx, tx, o)
		if err != nil {
			return err
		}
		for i, r := range rows {
			list = append(list, scored{ScoredRow: r, settled: settled[r.AttemptID]})
			at[r.AttemptID] = i
		}
		rated, err := q.Levels(ctx, org, string(o), Most)
		for _, l := range rated {
			if i, ok := at[l.AttemptID]; ok { // one that closed a moment ago is in the next reading
				list[i].add(l.MemberID, l.Criterion, int(l.Level))
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].rubric, err = rs.rubric(ctx, org, list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// add puts a level on a member's card; those of one card come one after another.
func (s *scored) add(member, criterion string, level int) {
	if n := len(s.cards); n == 0 || s.cards[n-1].member != member {
		s.cards = append(s.cards, levels{member, map[string]int{}})
	}
	s.cards[len(s.cards)-1].of[criterion] = level
}

// rubric is that of the version, with the criterion of questions about the work where somebody scored it.
func (rs *Reviews) rubric(ctx context.Context, org string, s scored) ([]assessment.Criterion, error) {
	v, err := rs.Assessments.Version(ctx, org, assessment.VersionID(s.VersionID))
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(s.cards, func(l levels) bool { return l.of[attempt.Owns] > 0 }) {
		return append(slices.Clip(v.Rubric), attempt.Owning), nil
	}
	return v.Rubric, nil
}

// total combines levels mechanically: each becomes 0 (lowest) to 100 (highest) and counts by its criterion's weight; what level gives
// as 0 is left out. ok is false when nothing is left.
func total(rubric []assessment.Criterion, level func(key string) float64) (points float64, ok bool) {
	weights := 0.0
	for _, c := range rubric {
		if l := level(c.Key); l > 0 {
			points += float64(c.Weight) * 100 * (l - 1) / float64(len(c.Levels)-1)
			weights += float64(c.Weight)
		}
	}
	return points / max(1, weights), weights > 0
}

// mean is a criterion's level: what a third reader settled, else the mean of the cards; 0 when nobody could score it.
func (s scored) mean(key string) float64 {
	if l := s.settled[key]; l > 0 {
		return float64(l)
	}
	sum, n := 0, 0
	for _, c := range s.cards {
		if l := c.of[key]; l > 0 {
			sum, n = sum+l, n+1
		}
	}
	return float64(sum) / float64(max(1, n))
}

// score is the combination with its interval, where a single card's variance is noise. The error of a mean of n cards is that of one by
// the root of n: Shrout & Fleiss 1979, "Intraclass correlations", case 1, where readers differ from work to work.
func (s scored) score(noise float64) Score {
	value, ok := total(s.rubric, s.mean)
	n := 0
	for _, c := range s.cards {
		if _, ok := total(s.rubric, func(key string) float64 { return float64(c.of[key]) }); ok {
			n++
		}
	}
	if !ok || n == 0 {
		return Score{}
	}
	return Score{value, student * math.Sqrt(noise/float64(n)), n}
}

// score is what a column's cards combine to.
func (c Column) score(noise float64) Score {
	s := scored{rubric: c.Rubric.Rubric, settled: map[string]int{}}
	for key, r := range c.Third.Ruled {
		s.settled[key] = r.Level
	}
	for _, o := range c.Cards {
		for _, l := range s.rubric {
			if r := o.Review.Card.Ratings[l.Key]; r.Level > 0 {
				s.add(o.Member.ID, l.Key, r.Level)
			}
		}
	}
	return s.score(noise)
}

// noise is the variance of a single card around what many readers would say, in points squared, and pairs, the degrees of freedom in
// an opening's data: the mean square within works of one-way analysis of variance, drawn to what is assumed by the weight of that (the mean
// of a scaled inverse chi-squared prior: Gelman et al. 2013, "Bayesian Data Analysis", section 2.6). The newest Most closed works count.
func noise(ctx context.Context, tx db.Tx, o opening.ID) (variance float64, pairs int, err error) {
	n, err := query.New(tx).Noise(ctx, tx.Org, string(o), Most)
	assumed := assumedLevels * n.Step / kept
	return (assumedPairs*assumed*assumed + max(0, n.Within/kept/kept)) / float64(assumedPairs+n.Pairs), int(n.Pairs), err
}

// kept is in how many parts of a point the database keeps points: it has whole numbers only.
const kept = 1000

// weigh is what a card comes to, -1 where nothing could be scored, and what one level of it is worth, as the database keeps them.
func weigh(rubric []assessment.Criterion, card Card) (points, worth int64) {
	sum, ok := total(rubric, func(key string) float64 { return float64(max(0, card.Ratings[key].Level)) })
	if points = -1; ok {
		points = int64(math.Round(sum * kept))
	}
	return points, int64(math.Round(step(rubric) * kept))
}

// step is how many points one level is worth, by weight.
func step(rubric []assessment.Criterion) (points float64) {
	weights := 0
	for _, c := range rubric {
		points += float64(c.Weight) * 100 / float64(len(c.Levels)-1)
		weights += c.Weight
	}
	return points / float64(max(1, weights))
}

// units are the levels of one criterion over rounds.
func units(list []scored, key string) []agreement.Unit {
	out := make([]agreement.Unit, 0, len(list))
	for _, s := range list {
		u := make(agreement.Unit, 0, len(s.cards))
		for _, c := range s.cards {
			u = append(u, c.of[key])
		}
		out = append(out, u)
	}
	return out
}
