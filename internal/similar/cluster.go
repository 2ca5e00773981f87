package similar

import (
	"cmp"
	"slices"
)

// near is the chance below which two documents count as of one circle: fewer than one innocent pair in 200, and in a large cohort less
// than one innocent document beside each.
func near(docs int) float64 { return min(0.005, 1/float64(docs)) }

// hopeful is how many times less near a pair may be that is still judged anew.
const hopeful = 20

// withoutCircles judges pairs anew when other documents are close to both: what only those share is rare, however many they are,
// so they are left out of the frequencies for this pair. When more than half of the people are close, what they share is what
// everybody was given, and stays common.
func (r *Result) withoutCircles(x *Index) {
	circle := map[int][]int{}
	chance := func(p *Pair) float64 { return r.groupOf(p.A).null.exceeds(p.excess) }
	for i := range r.Pairs {
		if p := &r.Pairs[i]; chance(p) <= near(len(r.groupOf(p.A).Docs)) {
			circle[p.A], circle[p.B] = append(circle[p.A], p.B), append(circle[p.B], p.A)
		}
	}
	for _, list := range circle {
		slices.Sort(list)
	}
	parallel(len(r.Pairs), func() func(int) {
		return func(i int) {
			p := &r.Pairs[i]
			if chance(p) > hopeful*near(len(r.groupOf(p.A).Docs)) {
				return
			}
			members := []int{p.A, p.B}
			both(circle[p.A], circle[p.B], func(d int) { members = append(members, d) })
			if people := r.people(members); people > 2 && 2*people <= r.matrix.group[p.A].people {
				r.anew(x, p, members)
			}
		}
	})
	for _, p := range r.Pairs {
		r.by[[2]int{p.A, p.B}] = score(p.excess)
	}
	r.cluster()
}

// people is how many people are behind documents.
func (r *Result) people(docs []int) int {
	seen := map[uint32]bool{}
	for _, d := range docs {
		seen[r.matrix.person[d]] = true
	}
	return len(seen)
}

// cluster joins documents that strong evidence links, the largest clusters first.
func (r *Result) cluster() {
	parent := map[int]int{}
	var root func(d int) int
	root = func(d int) int {
		p, ok := parent[d]
		if !ok || p == d {
			return d
		}
		parent[d] = root(p)
		return parent[d]
	}
	for _, p := range r.Pairs {
		if p.Outcome == Strong {
			a, b := root(p.A), root(p.B)
			parent[max(a, b)], parent[min(a, b)] = min(a, b), min(a, b)
		}
	}
	members := map[int][]int{}
	for d := range parent {
		members[root(d)] = append(members[root(d)], d)
	}
	r.Clusters = nil
	for _, list := range members {
		slices.Sort(list)
		r.Clusters = append(r.Clusters, list)
	}
	slices.SortFunc(r.Clusters, func(a, b []int) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0])) })
	of := map[int]int{}
	for n, list := range r.Clusters {
		for _, d := range list {
			of[d] = n + 1
		}
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		p.Cluster = 0
		if of[p.A] == of[p.B] {
			p.Cluster = of[p.A]
		}
	}
}

// anew judges a pair with frequencies that leave members out.
func (r *Result) anew(x *Index, p *Pair, members []int) {
	m := r.matrix
	g := m.group[p.A]
	w := newWeights(g.people - r.people(members))
	inside := map[uint32]int{} // members that have a feature of A or B
	for _, d := range members {
		both(m.own[p.A], m.own[d], func(f uint32) { inside[f]++ })
	}
	for _, d := range members {
		both(m.own[p.B], m.own[d], func(f uint32) {
			if _, ok := slices.BinarySearch(m.own[p.A], f); !ok {
				inside[f]++
			}
		})
	}
	rare := func(f uint32) float64 {
		if m.skip(int(f)) {
			return 0
		}
		return w.at(int(m.df[f]) - inside[f])
	}
	mass := func(d int) profile {
		sum := m.alone[d]
		for c := range sum {
			sum[c] *= w.at(0)
		}
		for _, f := range m.own[d] {
			sum[m.channel(f)] += rare(f)
		}
		return sum
	}
	var s profile
	both(m.own[p.A], m.own[p.B], func(f uint32) { s[m.channel(f)] += rare(f) })
	a, b := mass(p.A), mass(p.B)
	for c := range s {
		s[c] /= min(a[c], b[c]) + shrink
	}
	i, _ := slices.BinarySearch(g.docs, p.A)
	j, _ := slices.BinarySearch(g.docs, p.B)
	if e := excess(s, g.expected(i, j, s)); e > p.excess {
		p.excess = e
		r.judge(x, p)
	}
}

func (m *matrix) channel(f uint32) int { return int(m.seg.features[f] >> channelShift) }

// both calls do with what two sorted lists have in common.
func both[T cmp.Ordered](a, b []T, do func(T)) {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			do(a[i])
			i++
			j++
		}
	}
}
