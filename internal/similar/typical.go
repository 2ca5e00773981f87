package similar

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// What a document shares with anybody is the median of its shares with a panel of others. A pair is expected to share what both
// documents do with anybody, less what is usual: two-way effects, as the scores of speaker verification are normalised (S-norm: Shum et
// al., Odyssey 2010). It takes out short programs, common solutions and given code that nobody declared.

const (
	maxPanel  = 128 // documents a document is compared with to learn what it shares with anybody
	trust     = 1.0 // how many documents the prior below counts for
	usualMany = 0.08
	usualTwo  = 0.50
	trifle    = 0.005
)

// priorUsual is what innocent documents share in a channel before anything is known of these: a little in a large cohort, where rarity
// has taken out what is common, and half when there are but two people and rarity cannot be known.
func priorUsual(people int) float64 {
	return usualMany + (usualTwo-usualMany)*2/float64(max(people, 2))
}

// middle is the middle of a sorted list: enough of it for the median without one of its values.
type middle struct {
	below, mid, above float32
	n                 int32
}

func newMiddle(sorted []float32) middle {
	n := len(sorted)
	if n == 0 {
		return middle{}
	}
	k := n / 2
	return middle{sorted[max(k-1, 0)], sorted[k], sorted[min(k+1, n-1)], int32(n)}
}

// median is the median of all values, and how many they are.
func (m middle) median() (float64, float64) {
	if m.n%2 == 0 {
		return float64(m.below+m.mid) / 2, float64(m.n)
	}
	return float64(m.mid), float64(m.n)
}

// without is the median of the others when the value v is taken out, and how many they are.
func (m middle) without(v float32) (float64, float64) {
	n := float64(m.n - 1)
	switch {
	case m.n < 2:
		return 0, 0
	case m.n%2 == 0 && v <= m.below:
		return float64(m.mid), n
	case m.n%2 == 0:
		return float64(m.below), n
	case v < m.mid:
		return float64(m.mid+m.above) / 2, n
	case v > m.mid:
		return float64(m.below+m.mid) / 2, n
	}
	return float64(m.below+m.above) / 2, n
}

// typical is what a document shares with anybody.
type typical struct {
	middle [channels]middle
	panel  bool // the document is on the panel: its value is among those of the others
}

// toward moves a median of n values to the prior.
func toward(median, n, prior float64) float64 { return (n*median + trust*prior) / (n + trust) }

// expected is what the documents at places i and j of the group, which share s, are expected to share.
func (g *group) expected(i, j int, s profile) profile {
	a, b := &g.typical[i], &g.typical[j]
	return g.among(a, b, a.panel, s)
}

// among is expected for two documents; inB says that the value of the first is among those of the second.
func (g *group) among(a, b *typical, inB bool, s profile) (out profile) {
	prior := priorUsual(g.people)
	for c := range out {
		one, n := a.middle[c].median()
		if b.panel {
			one, n = a.middle[c].without(float32(s[c]))
		}
		two, k := b.middle[c].median()
		if inB {
			two, k = b.middle[c].without(float32(s[c]))
		}
		out[c] = max(0, toward(one, n, prior)+toward(two, k, prior)-g.usual[c])
	}
	return out
}

// excess is how much more two documents share than is expected, over all channels: 0..channels. A channel in which they share less
// than expected does not count against them; a trifle of what they share is added, so that pairs below expectation have an order too.
func excess(s, expected profile) float64 {
	e := 0.0
	for c := range s {
		e += max(0, s[c]-expected[c]) + trifle*s[c]
	}
	return e
}

// learn finds what is typical in the group, and fits its null.
func (g *group) learn(m *matrix) {
	g.choosePanel(m)
	place := make(map[int]int, len(g.docs))
	for i, d := range g.docs {
		place[d] = i
	}
	values := make([]profile32, len(g.docs)*len(g.panel))
	parallel(len(g.panel), func() func(int) {
		r := newRow(len(m.group))
		return func(k int) {
			p := g.panel[k]
			r.fill(m, p)
			for i, d := range g.docs {
				s := r.share(m, p, d)
				values[i*len(g.panel)+k] = profile32{float32(s[0]), float32(s[1]), float32(s[2])}
			}
		}
	})
	g.typical = make([]typical, len(g.docs))
	parallel(len(g.docs), func() func(int) {
		var column []float32
		return func(i int) {
			for c := range channels {
				column = column[:0]
				for k, p := range g.panel {
					if m.person[p] != m.person[g.docs[i]] {
						column = append(column, values[i*len(g.panel)+k][c])
					}
				}
				slices.Sort(column)
				g.typical[i].middle[c] = newMiddle(column)
			}
		}
	})
	for _, p := range g.panel {
		g.typical[place[p]].panel = true
	}
	prior := priorUsual(g.people)
	for c := range channels {
		medians := make([]float64, 0, len(g.docs))
		for i := range g.docs {
			if v, n := g.typical[i].middle[c].median(); n > 0 {
				medians = append(medians, v)
			}
		}
		slices.Sort(medians)
		g.usual[c] = prior
		if len(medians) > 0 {
			g.usual[c] = toward(medians[len(medians)/2], float64(len(medians)-1), prior)
		}
	}
	var sample []float64
	for k, p := range g.panel {
		for i, d := range g.docs {
			if m.person[p] == m.person[d] || g.typical[i].panel && d < p {
				continue
			}
			v := values[i*len(g.panel)+k]
			s := profile{float64(v[0]), float64(v[1]), float64(v[2])}
			sample = append(sample, excess(s, g.expected(place[p], i, s)))
		}
	}
	g.null = fit(sample, len(g.docs))
}

type profile32 [channels]float32

// choosePanel takes documents evenly from all; leaked ones are not people's.
func (g *group) choosePanel(m *matrix) {
	var all []int
	for _, d := range g.docs {
		if m.role[d].counts() {
			all = append(all, d)
		}
	}
	n := min(len(all), maxPanel)
	for k := range n {
		g.panel = append(g.panel, all[k*len(all)/n])
	}
}

// parallel calls do(0) .. do(n-1) on all processors; worker makes the do of one of them.
func parallel(n int, worker func() (do func(int))) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			do := worker()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
