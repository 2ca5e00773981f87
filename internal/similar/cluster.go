package similar

import (
	"cmp"
	"slices"
)

// withoutClusters judges pairs anew that belong together: what only the members of a cluster share is rare, however many they are. A
// cluster of more than half of the people is no cluster but what everybody was given.
func (r *Result) withoutClusters(x *Index) {
	for range 2 { // once more with those that were found by it
		r.cluster(Strong, Look)
		changed := false
		for n, members := range r.Clusters {
			if people := r.people(members); people > 2 && 2*people <= r.matrix.group[members[0]].people {
				changed = r.anew(x, n+1, members) || changed
			}
		}
		if !changed {
			break
		}
	}
	r.cluster(Strong)
}

// people is how many people are behind documents.
func (r *Result) people(docs []int) int {
	seen := map[uint32]bool{}
	for _, d := range docs {
		seen[r.matrix.person[d]] = true
	}
	return len(seen)
}

// cluster joins documents that pairs with these outcomes link, the largest clusters first.
func (r *Result) cluster(links ...Outcome) {
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
		if slices.Contains(links, p.Outcome) {
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

// anew judges the pairs of a cluster with frequencies that leave all its members out. It says whether an outcome changed.
func (r *Result) anew(x *Index, n int, members []int) (changed bool) {
	m := r.matrix
	g := m.group[members[0]]
	w := newWeights(g.people - r.people(members))
	inside := map[uint32]int{} // people of the cluster by feature
	for _, d := range members {
		for _, f := range m.own[d] {
			inside[f]++
		}
	}
	rare := func(f uint32) float64 {
		if m.skip(int(f)) {
			return 0
		}
		return w.at(int(m.df[f]) - inside[f])
	}
	mass := map[int]profile{}
	for _, d := range members {
		sum := m.alone[d]
		for c := range sum {
			sum[c] *= w.at(0)
		}
		for _, f := range m.own[d] {
			sum[m.channel(f)] += rare(f)
		}
		mass[d] = sum
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		if p.Cluster != n {
			continue
		}
		var s profile
		both(m.own[p.A], m.own[p.B], func(f uint32) { s[m.channel(f)] += rare(f) })
		for c := range s {
			s[c] /= min(mass[p.A][c], mass[p.B][c]) + shrink
		}
		a, _ := slices.BinarySearch(g.docs, p.A)
		b, _ := slices.BinarySearch(g.docs, p.B)
		if e := excess(s, g.expected(a, b, s)); e > p.excess {
			before := p.Outcome
			p.excess = e
			r.judge(x, p)
			r.by[[2]int{p.A, p.B}] = score(e)
			changed = changed || p.Outcome != before
		}
	}
	return changed
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
