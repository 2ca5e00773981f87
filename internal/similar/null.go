package similar

import (
	"math"
	"slices"
)

// null is the distribution of the excess of innocent pairs. A quarter of them exceed from; beyond it the excess falls off as a
// generalised Pareto distribution with this scale and shape 1/tail, a little heavier than an exponential one (Pickands 1975). Both
// are read off quantiles that a few copies in a cohort do not move.
type null struct {
	from, scale float64
}

const (
	beyond = 0.25
	few    = 0.10
	tail   = 20.0

	outlier = 6 // scales above from, which one innocent pair in 500 exceeds

	// Without a cohort to learn from: what cohorts of beginners' programs have. It counts for as many documents as priorDocs says.
	priorFrom, priorScale = 0.06, 0.1
	priorDocs             = 10.0
	leastScale, mostScale = 0.03, 0.13 // no innocent cohort is known beyond; a broader one is full of copies
	mostFrom              = 0.2
)

// fit fits the null to the excess of pairs of so many documents, and again without what the first fit calls most improbable: in a
// cohort with many copies they reach into the quantiles. The sample is sorted.
func fit(sample []float64, docs int) null {
	slices.Sort(sample)
	n := null{priorFrom, priorScale}
	for range 4 {
		kept, _ := slices.BinarySearch(sample, n.from+outlier*n.scale)
		if kept == 0 {
			break
		}
		quantile := func(p float64) float64 { return sample[int(p*float64(kept-1))] }
		from := quantile(1 - beyond)
		scale := (quantile(1-few) - from) / (tail * (math.Pow(beyond/few, 1/tail) - 1))
		share := max(0, float64(docs-2)) / (max(0, float64(docs-2)) + priorDocs)
		n = null{min(priorFrom+share*(from-priorFrom), mostFrom), min(max(priorScale+share*(scale-priorScale), leastScale), mostScale)}
	}
	return n
}

// exceeds is the probability that an innocent pair has at least the excess e: 1 up to from.
func (n null) exceeds(e float64) float64 {
	z := (e - n.from) / n.scale
	if z <= 0 {
		return 1
	}
	return beyond * math.Pow(1+z/tail, -tail)
}

// What makes an outcome. Both must hold: how many innocent pairs this alike are expected in the whole comparison, and how improbable
// one is, for a comparison of two has no second chance to be wrong.
const (
	strongExpected, strongChance = 0.1, 1e-4
	lookExpected, lookChance     = 1.0, 0.02
)

// outcome judges the chance of a pair among so many.
func outcome(chance, pairs float64) Outcome {
	expected := chance * pairs
	switch {
	case expected <= strongExpected && chance <= strongChance:
		return Strong
	case expected <= lookExpected && chance <= lookChance:
		return Look
	}
	return Not
}

// score makes a number of the excess that people can read: 0..1, half of the range for half of what could be shared.
func score(excess float64) float64 { return min(1, math.Sqrt(max(0, excess)/channels)) }
