package agreement_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"candor/internal/agreement"
)

const within = 1e-6

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s = %.7f; want %.7f", what, got, want)
	}
}

// krippendorff is the reliability data of Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: 4 observers, 12
// units, missing values; a row here is a unit.
var krippendorff = []agreement.Unit{{1, 1, 0, 1}, {2, 2, 3, 2}, {3, 3, 3, 3}, {3, 3, 3, 3}, {2, 2, 2, 2}, {1, 2, 3, 4}, {4, 4, 4, 4}, {1, 1, 2, 1}, {2, 2, 2, 2}, {0, 5, 5, 5}, {0, 0, 1, 1}, {0, 0, 3, 0}}

// TestAlphaAsPublished: the paper prints 0.743, 0.815 and 0.849. The fractions are its own arithmetic carried out: 40 pairable values with
// margins 9, 13, 10, 5, 3; with 8 of 1,216 disagreements, 1,891 of 399,480 and 52/3 of 4,480.
func TestAlphaAsPublished(t *testing.T) {
	for _, c := range []struct {
		name      string
		metric    agreement.Metric
		want      float64
		published float64
	}{
		{"nominal", agreement.Nominal, 113. / 152, .743},
		{"ordinal", agreement.Ordinal, 1 - 39*1891./399480, .815},
		{"interval", agreement.Interval, 951. / 1120, .849},
	} {
		got := agreement.Alpha(krippendorff, 5, c.metric)
		near(t, c.name, got, c.want)
		if math.Abs(got-c.published) > .0005 {
			t.Errorf("%s = %.4f; the paper prints %.3f", c.name, got, c.published)
		}
	}
}

// TestKappaAsPublished: Cohen (1968), "Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit",
// table 1, prints kappa .492, weighted .348 and, with weights that are not symmetric, .353; Fleiss, Cohen and Everitt (1969), "Large sample
// standard errors of kappa and weighted kappa", table 1 (as counts of 200) prints .429 and, with their agreement weights, .507.
func TestKappaAsPublished(t *testing.T) {
	cohen := agreement.Table{{.44, .07, .09}, {.05, .20, .05}, {.01, .03, .06}}
	fleiss := agreement.Table{{106, 10, 4}, {22, 28, 10}, {2, 12, 6}}
	of := func(w [3][3]float64) agreement.Metric { return func(_ []float64, c, k int) float64 { return w[c][k] } }
	for _, c := range []struct {
		name            string
		table           agreement.Table
		weight          agreement.Metric
		want, published float64
	}{
		{"Cohen, unweighted", cohen, agreement.Nominal, 1 - .30/.59, .492},
		{"Cohen, weighted", cohen, of([3][3]float64{{0, 1, 3}, {1, 0, 6}, {3, 6, 0}}), 1 - .90/1.38, .348},
		{"Cohen, not symmetric", cohen, of([3][3]float64{{0, 1, 4}, {1, 0, 6}, {2, 2, 0}}), 1 - .86/1.33, .353},
		{"Fleiss, unweighted", fleiss, agreement.Nominal, 1 - .30/.525, .429},
		{"Fleiss, weighted", fleiss, of([3][3]float64{{0, 1, 5. / 9}, {1, 0, 1. / 3}, {5. / 9, 1. / 3, 0}}), 395. / 779, .507},
	} {
		got := agreement.Kappa(c.table, c.weight)
		near(t, c.name, got, c.want)
		if math.Abs(got-c.published) > .0005 {
			t.Errorf("%s = %.4f; the paper prints %.3f", c.name, got, c.published)
		}
	}
	near(t, "Fleiss, linear", agreement.Kappa(fleiss, agreement.Linear), 1-.33/.65)
}

// simulated are n units of two raters around a true level of 4, who are off by one in some of them.
func simulated(n int, off float64) []agreement.Unit {
	random := rand.New(rand.NewPCG(7, 7))
	out := make([]agreement.Unit, n)
	for i := range out {
		level := func(truth int) int {
			if random.Float64() < off {
				truth += 1 - 2*random.IntN(2)
			}
			return min(max(truth, 1), 4)
		}
		truth := 1 + random.IntN(4)
		out[i] = agreement.Unit{level(truth), level(truth)}
	}
	return out
}

// TestQuadraticKappaIsIntraclass: Fleiss and Cohen (1973), "The equivalence of weighted kappa and the intraclass correlation coefficient":
// quadratic kappa is 1 minus the mean square of differences by the two variances and the squared difference of means.
func TestQuadraticKappaIsIntraclass(t *testing.T) {
	units := simulated(500, .3)
	table := make(agreement.Table, 4)
	for i := range table {
		table[i] = make([]float64, 4)
	}
	var sum, squares [2]float64
	n, apart := float64(len(units)), 0.0
	for _, u := range units {
		table[u[0]-1][u[1]-1]++
		for r, l := range u {
			sum[r] += float64(l)
			squares[r] += float64(l * l)
		}
		apart += float64((u[0] - u[1]) * (u[0] - u[1]))
	}
	variance := func(r int) float64 { return squares[r]/n - sum[r]*sum[r]/n/n }
	bias := (sum[0] - sum[1]) / n
	near(t, "quadratic kappa", agreement.Kappa(table, agreement.Interval), 1-apart/n/(variance(0)+variance(1)+bias*bias))
}

func TestOfSaysWhyThereIsNoFigure(t *testing.T) {
	same := make([]agreement.Unit, 25)
	alone := make([]agreement.Unit, 25)
	for i := range same {
		same[i], alone[i] = agreement.Unit{3, 3}, agreement.Unit{3, agreement.Missing}
	}
	for _, c := range []struct {
		name  string
		units []agreement.Unit
		n     int
		lack  agreement.Lack
		exact agreement.Lack
	}{
		{"nothing", nil, 0, agreement.OneRater, agreement.OneRater},
		{"one rater", alone, 0, agreement.OneRater, agreement.OneRater},
		{"nineteen", simulated(19, .3), 19, agreement.TooFew, agreement.TooFew},
		{"no variance", same, 25, agreement.NoVariance, ""},
		{"twenty", simulated(20, .3), 20, "", ""},
	} {
		s := agreement.Of(c.units, 4)
		if s.N != c.n || s.Alpha.Lack != c.lack || s.Kappa.Lack != c.lack || s.Exact.Lack != c.exact {
			t.Errorf("%s: %+v; want %d things, lack %q and %q", c.name, s, c.n, c.lack, c.exact)
		}
	}
}

func TestIntervalsHoldTheFigureAndNarrow(t *testing.T) {
	few, many := agreement.Of(simulated(40, .3), 4), agreement.Of(simulated(4000, .3), 4)
	if many != agreement.Of(simulated(4000, .3), 4) {
		t.Error("the same ratings give another interval")
	}
	near(t, "alpha", many.Alpha.Value, agreement.Alpha(simulated(4000, .3), 4, agreement.Ordinal))
	for _, c := range []struct {
		name      string
		few, many agreement.Figure
	}{{"exact", few.Exact, many.Exact}, {"kappa", few.Kappa, many.Kappa}, {"alpha", few.Alpha, many.Alpha}} {
		if c.few.Low >= c.few.Value || c.few.High <= c.few.Value {
			t.Errorf("%s: %+v does not lie in its interval", c.name, c.few)
		}
		if wide, narrow := c.few.High-c.few.Low, c.many.High-c.many.Low; narrow <= 0 || wide < 5*narrow || wide > 20*narrow {
			t.Errorf("%s: a hundredfold of things narrows %.3f to %.3f; want about a tenth", c.name, wide, narrow)
		}
	}
}

func TestMean(t *testing.T) {
	if got := agreement.Mean(make([]float64, 19)); got.Lack != agreement.TooFew {
		t.Errorf("nineteen: %+v", got)
	}
	xs := make([]float64, 20)
	for i := range xs {
		xs[i] = float64(i % 2)
	}
	got := agreement.Mean(xs)
	near(t, "mean", got.Value, .5)
	near(t, "upper bound", got.High, .5+agreement.Student*math.Sqrt(.25/19))
}

func TestCollide(t *testing.T) {
	if _, ok := agreement.Collide([]agreement.Unit{{2, 2}, {3}}, 4); ok {
		t.Error("levels collide that never met")
	}
	got, ok := agreement.Collide([]agreement.Unit{{2, 3}, {3, 2}, {2, 2}, {1, 4}, {3, 3, 2}}, 4)
	if want := (agreement.Collision{Low: 2, High: 3, Share: 6. / 9}); !ok || got.Low != want.Low || got.High != want.High || math.Abs(got.Share-want.Share) > within {
		t.Errorf("Collide = %+v, %v; want %+v", got, ok, want)
	}
}

// BenchmarkOf: 10,000 scorecards of six criteria, 5,000 works read twice. The aim is 1 s.
func BenchmarkOf(b *testing.B) {
	units := simulated(5000, .3)
	for b.Loop() {
		for range 6 {
			agreement.Of(units, 4)
		}
	}
}
