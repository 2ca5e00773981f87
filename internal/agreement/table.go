package agreement

import "math"

// Table counts how often level i+1 (row) met level j+1 (column).
type Table [][]float64

func square(levels int) Table {
	t := make(Table, levels)
	for i := range t {
		t[i] = make([]float64, levels)
	}
	return t
}

// Coincidences are Krippendorff's: every ordered pair of ratings of a thing with m of them counts 1/(m-1), so each rating counts once.
// Things with fewer than two ratings count for nothing. levels is the highest level there is.
func Coincidences(units []Unit, levels int) Table {
	t := square(levels)
	for _, u := range units {
		t.add(given(u, levels), 1)
	}
	return t
}

func (t Table) add(u Unit, weight float64) {
	if len(u) < 2 || weight == 0 {
		return
	}
	weight /= float64(len(u) - 1)
	for i, c := range u {
		for j, k := range u {
			if i != j {
				t[c-1][k-1] += weight
			}
		}
	}
}

// margins are the sums of rows and of columns, and of all.
func (t Table) margins() (rows, cols []float64, all float64) {
	rows, cols = make([]float64, len(t)), make([]float64, len(t))
	for i := range t {
		for j, n := range t[i] {
			rows[i] += n
			cols[j] += n
			all += n
		}
	}
	return rows, cols, all
}

// exact is the share on the diagonal, 0 to 1.
func (t Table) exact() float64 {
	same := 0.0
	_, _, all := t.margins()
	for i := range t {
		same += t[i][i]
	}
	return same / all
}

// Metric is how far apart levels c+1 and k+1 are, 0 when they are the same; n says how often each level was given.
type Metric func(n []float64, c, k int) float64

// Nominal: different is different.
func Nominal(_ []float64, c, k int) float64 {
	if c == k {
		return 0
	}
	return 1
}

// Linear: by levels between.
func Linear(_ []float64, c, k int) float64 { return math.Abs(float64(c - k)) }

// Interval: by levels between, squared; as a weight of kappa it is called quadratic.
func Interval(_ []float64, c, k int) float64 { return float64((c - k) * (c - k)) }

// Ordinal: by how many ratings lie between, squared (Krippendorff 2011, metric differences for ordinal data).
func Ordinal(n []float64, c, k int) float64 {
	if c > k {
		c, k = k, c
	}
	between := -(n[c] + n[k]) / 2
	for g := c; g <= k; g++ {
		between += n[g]
	}
	return between * between
}

// Kappa is Cohen's weighted kappa of a table of two raters, counts or shares: 1 minus observed by expected disagreement, 1 is full
// agreement and 0 is chance. NaN where all ratings are one level. Cohen 1968, "Weighted kappa"; with Interval as weight it is, but for
// 1/n, the intraclass correlation (Fleiss & Cohen 1973).
func Kappa(t Table, weight Metric) float64 {
	rows, cols, all := t.margins()
	return t.against(weight, rows, func(c, k int) float64 { return rows[c] * cols[k] / all })
}

// Alpha is Krippendorff's of units with levels 1 to levels, any number of raters and missing ratings: 1 is full agreement and 0 is chance.
// NaN where all ratings are one level, or nothing was rated twice. Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability".
func Alpha(units []Unit, levels int, m Metric) float64 { return Coincidences(units, levels).alpha(m) }

func (t Table) alpha(m Metric) float64 {
	n, _, all := t.margins()
	return t.against(m, n, func(c, k int) float64 {
		if c == k {
			return n[c] * (n[c] - 1) / (all - 1)
		}
		return n[c] * n[k] / (all - 1)
	})
}

// against is 1 minus observed disagreement by that of chance.
func (t Table) against(m Metric, n []float64, chance func(c, k int) float64) float64 {
	seen, expected := 0.0, 0.0
	for c := range t {
		for k := range t[c] {
			if d := m(n, c, k); d > 0 {
				seen += d * t[c][k]
				expected += d * chance(c, k)
			}
		}
	}
	if expected == 0 {
		return math.NaN()
	}
	return 1 - seen/expected
}

// Collision are two levels that raters of the same thing mix up.
type Collision struct {
	Low, High int
	Share     float64 // of all ratings of those two levels, how many met the other one
}

// Collide is the pair of levels that met most often, the lowest such; ok is false where no two different levels met.
func Collide(units []Unit, levels int) (out Collision, ok bool) {
	t := Coincidences(units, levels)
	n, _, _ := t.margins()
	most := 0.0
	for c := range t {
		for k := c + 1; k < levels; k++ {
			if t[c][k] > most {
				most, ok = t[c][k], true
				out = Collision{c + 1, k + 1, 2 * t[c][k] / (n[c] + n[k])}
			}
		}
	}
	return out, ok
}
