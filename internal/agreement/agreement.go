// Package agreement measures how far people who rated the same things agree. It knows levels and numbers, nothing of reviews.
//
// Ratings are levels from 1; a Unit holds those that one thing got, from any number of raters, and Missing ones count for nothing.
// No figure stands alone: it comes with its interval and how many things it rests on, or with why there is none.
package agreement

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Missing is the level of a rating that was not given.
const Missing = 0

// Few is how many things, rated twice or more, are too few to say anything.
const Few = 20

// Unit are the levels that one thing got.
type Unit []int

// Lack is why there is no figure.
type Lack string

const (
	OneRater   Lack = "one_rater"   // nothing was rated twice
	TooFew     Lack = "too_few"     // fewer than Few were
	NoVariance Lack = "no_variance" // all ratings are the same level, and chance cannot be told from agreement
)

// Figure is a statistic with its 95 % interval, or why there is none.
type Figure struct {
	Value, Low, High float64
	Lack             Lack // "": there is a figure
}

// Summary is how the ratings of one criterion agree.
type Summary struct {
	N     int // things that two or more rated
	Exact Figure
	Kappa Figure // quadratic weights, margins pooled: see Kappa
	Alpha Figure // ordinal: see Alpha
}

// resamples of a bootstrap; seed makes its intervals the same on every call.
const (
	resamples = 1000
	seed      = 1968
)

// Of summarises units with levels 1 to most. Kappa is of the coincidences, which pools the margins, for raters are interchangeable
// (Scott 1955, "Reliability of Content Analysis"). Intervals are percentile bootstraps over things, of 1,000 resamples with a fixed seed
// (Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13); a resample without variance is left out.
func Of(units []Unit, most int) Summary {
	kinds, drawn := patterns(units, most)
	s := Summary{N: len(drawn)}
	lack := Lack("")
	switch {
	case s.N == 0:
		lack = OneRater
	case s.N < Few:
		lack = TooFew
	}
	if lack != "" {
		s.Exact.Lack, s.Kappa.Lack, s.Alpha.Lack = lack, lack, lack
		return s
	}
	figures := []*Figure{&s.Exact, &s.Kappa, &s.Alpha}
	weights := make([]float64, len(kinds))
	count := func(draw func(int) int) [3]float64 {
		clear(weights)
		for i := range drawn {
			weights[draw(i)]++
		}
		table := square(most)
		for k, w := range weights {
			table.add(kinds[k], w)
		}
		return [3]float64{table.exact(), Kappa(table, Interval), table.alpha(Ordinal)}
	}
	for i, v := range count(func(i int) int { return drawn[i] }) {
		figures[i].Value = v
	}
	random := rand.New(rand.NewPCG(seed, uint64(most)))
	var all [3][]float64
	for range resamples {
		for i, v := range count(func(int) int { return drawn[random.IntN(len(drawn))] }) {
			if !math.IsNaN(v) {
				all[i] = append(all[i], v)
			}
		}
	}
	for i, f := range figures {
		if math.IsNaN(f.Value) {
			*f = Figure{Lack: NoVariance}
			continue
		}
		slices.Sort(all[i])
		f.Low, f.High = quantile(all[i], .025), quantile(all[i], .975)
	}
	return s
}

// patterns are the different units that two or more rated, without order, and for each thing which of them it is: many things are few patterns.
func patterns(units []Unit, most int) (kinds []Unit, of []int) {
	at := map[string]int{}
	for _, u := range units {
		u = given(u, most)
		if len(u) < 2 {
			continue
		}
		slices.Sort(u)
		key := fmt.Sprint(u)
		if _, ok := at[key]; !ok {
			at[key] = len(kinds)
			kinds = append(kinds, u)
		}
		of = append(of, at[key])
	}
	return kinds, of
}

// given are the ratings of a unit that are there, in a slice of their own.
func given(u Unit, most int) Unit {
	return slices.DeleteFunc(slices.Clone(u), func(l int) bool { return l < 1 || l > most })
}

// quantile of sorted numbers, between neighbours in proportion.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}

// Mean is the mean of numbers with its interval by Student's t, which is 2.09 standard errors at Few numbers and little less above.
// TooFew under Few.
func Mean(xs []float64) Figure {
	if len(xs) < Few {
		return Figure{Lack: TooFew}
	}
	n, sum, squares := float64(len(xs)), 0.0, 0.0
	for _, x := range xs {
		sum += x
	}
	for _, x := range xs {
		squares += (x - sum/n) * (x - sum/n)
	}
	half := Student * math.Sqrt(squares/(n-1)/n)
	return Figure{Value: sum / n, Low: sum/n - half, High: sum/n + half}
}

// Student is the 97.5 % point of Student's t at 20 degrees of freedom.
const Student = 2.086
