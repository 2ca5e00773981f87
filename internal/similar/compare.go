package similar

import (
	"cmp"
	"context"
	"slices"
)

// Pair is two documents and what they have in common.
type Pair struct {
	A, B      int     // numbers of the documents; A is less than B
	Score     float64 // 0..1; 1 says the same text but for white space
	Identical bool
	Expected  float64    // innocent pairs this alike expected in this comparison
	Outcome   Outcome    // by Expected
	Share     [2]float64 // how much of A is in B, and of B in A, by weight: 0..1; only of pairs that are worth a look
	Cluster   int        // from 1; 0 when the pair is in none
	excess    float64
}

// Group is what was learned of the documents of one family of languages.
type Group struct {
	Family string
	Docs   []int
	Pairs  int      // that were compared
	Counts [100]int // pairs by score: Counts[i] of them have a score from i/100
	null   null
}

// Beyond is how many innocent pairs are expected to have at least this score.
func (g *Group) Beyond(s float64) float64 {
	return g.null.exceeds(s*s*channels) * float64(g.Pairs)
}

// Result is what a comparison of all with all says.
type Result struct {
	Pairs    []Pair // the closest ones of each document, the best first
	Groups   []Group
	Clusters [][]int // documents that belong together, by strong evidence; cluster 1 is the first

	matrix *matrix
	by     map[[2]int]float64 // scores of pairs that were judged anew without their cluster
}

// Nearest is how many pairs a document keeps.
const Nearest = 20

// Compare compares all documents of the index with each other: present ones with all, archived and leaked ones with present ones. tell
// is called from time to time with the documents done, of how many; it may be nil. The error is ctx's.
func (x *Index) Compare(ctx context.Context, tell func(done, total int)) (*Result, error) {
	m := x.matrix()
	r := &Result{matrix: m, by: map[[2]int]float64{}}
	for _, g := range m.groups {
		g.learn(m)
		r.Groups = append(r.Groups, Group{Family: g.family, Docs: g.docs, null: g.null})
	}
	best := make([][]Pair, len(m.group))
	err := m.rows(ctx, tell, func(a int, others []other) {
		for _, o := range nearest(others) {
			best[a] = append(best[a], Pair{A: min(a, o.doc), B: max(a, o.doc), excess: o.excess})
		}
	}, r.Groups)
	if err != nil {
		return nil, err
	}
	seen := map[[2]int]bool{}
	for _, list := range best {
		for _, p := range list {
			if k := [2]int{p.A, p.B}; !seen[k] {
				seen[k] = true
				r.Pairs = append(r.Pairs, p)
			}
		}
	}
	for i := range r.Pairs {
		r.judge(x, &r.Pairs[i])
	}
	r.withoutCircles(x)
	for i := range r.Pairs {
		if r.Pairs[i].Outcome != Not {
			r.Pairs[i].Share = m.direction(r.Pairs[i].A, r.Pairs[i].B)
		}
	}
	slices.SortFunc(r.Pairs, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Score, p.Score), cmp.Compare(p.Expected, q.Expected), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return r, nil
}

// Each calls do with every pair that shares something, in order, and its score. The error is ctx's.
func (r *Result) Each(ctx context.Context, x *Index, do func(a, b int, score float64)) error {
	m := r.matrix
	w := newRow(len(m.group))
	for a, g := range m.group {
		if g == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, o := range m.others(w, a) {
			if o.doc < a {
				continue
			}
			s, ok := r.by[[2]int{a, o.doc}]
			if !ok {
				s = score(o.excess)
			}
			if x.Prints[a].Exact == x.Prints[o.doc].Exact {
				s = 1
			}
			if s > 0 {
				do(a, o.doc, s)
			}
		}
	}
	return nil
}

// rows gives each document's others to do, on all processors, and counts pairs and scores in groups.
func (m *matrix) rows(ctx context.Context, tell func(done, total int), do func(a int, others []other), groups []Group) error {
	total := 0
	place := map[*group]*Group{}
	for i, g := range m.groups {
		total += len(g.docs)
		place[g] = &groups[i]
	}
	counts := make(chan func()) // one goroutine counts
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		done := 0
		for count := range counts {
			count()
			if done++; tell != nil && (done%64 == 0 || done == total) {
				tell(done, total)
			}
		}
	}()
	parallel(len(m.group), func() func(int) {
		w := newRow(len(m.group))
		return func(a int) {
			if m.group[a] == nil || ctx.Err() != nil {
				return
			}
			others := m.others(w, a)
			do(a, others)
			var tally Group
			for _, o := range others {
				if o.doc > a {
					tally.Pairs++
					tally.Counts[min(int(100*score(o.excess)), 99)]++
				}
			}
			counts <- func() {
				g := place[m.group[a]]
				g.Pairs += tally.Pairs
				for i, n := range tally.Counts {
					g.Counts[i] += n
				}
			}
		}
	})
	close(counts)
	<-finished
	return ctx.Err()
}

// direction is how much of a is in b, and of b in a.
func (m *matrix) direction(a, b int) (out [2]float64) {
	shared, w := 0.0, m.group[a].w
	both(m.own[a], m.own[b], func(f uint32) {
		if !m.skip(int(f)) {
			shared += w.at(int(m.df[f]) - 1)
		}
	})
	for i, d := range []int{a, b} {
		total := 0.0
		for _, mass := range m.mass[d] {
			total += mass
		}
		out[i] = min(1, shared/max(total, 1e-9))
	}
	return out
}

// other is a document beside a given one.
type other struct {
	doc    int
	excess float64
}

// others are the documents of a's group that it is compared with, in order.
func (m *matrix) others(w *row, a int) []other {
	w.fill(m, a)
	g := m.group[a]
	at, _ := slices.BinarySearch(g.docs, a)
	out := make([]other, 0, len(g.docs))
	for i, b := range g.docs {
		if m.person[a] == m.person[b] || m.role[a] != Own && m.role[b] != Own {
			continue
		}
		s := w.share(m, a, b)
		out = append(out, other{b, excess(s, g.expected(at, i, s))})
	}
	return out
}

// nearest are the Nearest of others, the first of equal ones.
func nearest(others []other) []other {
	best := make([]other, 0, Nearest+1)
	for _, o := range others {
		if len(best) == Nearest && o.excess <= best[Nearest-1].excess {
			continue
		}
		at := len(best)
		for at > 0 && best[at-1].excess < o.excess {
			at--
		}
		best = slices.Insert(best, at, o)
		best = best[:min(len(best), Nearest)]
	}
	return best
}

// judge fills in what follows from a pair's excess.
func (r *Result) judge(x *Index, p *Pair) {
	g := r.groupOf(p.A)
	chance := g.null.exceeds(p.excess)
	p.Score = score(p.excess)
	p.Expected, p.Outcome = chance*float64(g.Pairs), outcome(chance, float64(g.Pairs))
	if x.Prints[p.A].Exact == x.Prints[p.B].Exact {
		p.Score, p.Identical = 1, true
	}
}

func (r *Result) groupOf(doc int) *Group {
	for i, g := range r.matrix.groups {
		if g == r.matrix.group[doc] {
			return &r.Groups[i]
		}
	}
	return nil
}
