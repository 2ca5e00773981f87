package similar

import (
	"cmp"
	"slices"
)

// Stock is an index made ready for new documents: each is compared with all in milliseconds, without being added. It is safe for use
// by several goroutines; it does not see what was added to its index later.
type Stock struct {
	index  *Index
	matrix *matrix
}

// Ready learns what is typical in the index. It takes as long as comparing some hundred documents.
func (x *Index) Ready() *Stock {
	s := &Stock{x, x.matrix()}
	for _, g := range s.matrix.groups {
		g.learn(s.matrix)
	}
	return s
}

// Match is a document of the stock beside a new one.
type Match struct {
	Doc       int
	Score     float64 // as in Pair
	Identical bool
	Expected  float64 // innocent documents of the stock expected to be this alike
	Outcome   Outcome
}

// Against compares a new document with all of the stock and gives the Nearest, the best first. Documents of its own person are left
// out. None come back when the stock has nothing in its language.
func (s *Stock) Against(p Print) []Match {
	m := s.matrix
	var g *group
	for _, o := range m.groups {
		if o.family == p.Family {
			g = o
		}
	}
	if g == nil || p.Exact == 0 {
		return nil
	}
	w, mass := s.row(g, p)
	var out []Match
	shares := make([]profile, len(g.docs))
	var columns [channels][]float32
	for i, b := range g.docs {
		for c := range channels {
			shares[i][c] = w.shared[b][c] / (min(mass[c], m.mass[b][c]) + w.change[b][c] + shrink)
			columns[c] = append(columns[c], float32(shares[i][c]))
		}
	}
	self := typical{panel: true}
	for c := range channels {
		slices.Sort(columns[c])
		self.middle[c] = newMiddle(columns[c])
	}
	person, known := s.index.people[p.Person]
	others := 0
	for i, b := range g.docs {
		if known && m.person[b] == person {
			continue
		}
		others++
		e := excess(shares[i], g.among(&self, &g.typical[i], false, shares[i]))
		out = append(out, Match{Doc: b, Score: score(e), Expected: g.null.exceeds(e)})
	}
	slices.SortFunc(out, func(p, q Match) int { return cmp.Or(cmp.Compare(q.Score, p.Score), cmp.Compare(p.Doc, q.Doc)) })
	out = slices.Clip(out[:min(len(out), Nearest)])
	for i := range out {
		o := &out[i]
		o.Outcome = outcome(o.Expected, float64(others))
		o.Expected *= float64(others)
		if s.index.Prints[o.Doc].Exact == p.Exact {
			o.Score, o.Identical = 1, true
		}
	}
	return out
}

// row is what a document that is not in the index shares with each of it, and what its features weigh.
func (s *Stock) row(g *group, p Print) (*row, profile) {
	m := s.matrix
	w := newRow(len(m.group))
	var mass profile
	at := 0
	for _, f := range p.Features {
		c := f >> channelShift
		n, ok := slices.BinarySearch(m.seg.features[at:], f)
		at += n
		if !ok {
			mass[c] += g.w.at(0)
			continue
		}
		if m.skip(at) {
			continue
		}
		df := int(m.df[at])
		one := g.w.at(df - 1)
		change := one - g.w.at(df)
		mass[c] += one - change
		for _, b := range m.seg.docs[m.seg.starts[at]:m.seg.starts[at+1]] {
			w.shared[b][c] += one
			w.change[b][c] += change
		}
	}
	return w, mass
}
