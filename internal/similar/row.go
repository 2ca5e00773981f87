package similar

import "math"

// How rare a feature is: with df of n other people having it, an innocent person has it with probability (df + smooth*prior) / (n +
// smooth), and it weighs the negative logarithm of that, in nats. With nobody else to learn from, prior stands alone.
const (
	smooth = 2.0
	prior  = 0.1
)

// shrink is added to what a document's features weigh together, in nats: what little evidence shares cannot be a large part.
const shrink = 120

// maxShared is how many people may have a feature that still counts. In small cohorts everything counts; in large ones, what so many
// share says little and would cost most of the time.
const maxShared = 512

// weights is the weight of a feature by how many other people have it.
type weights []float64

func newWeights(people int) weights {
	w := make(weights, min(max(people, 0), maxShared)+1)
	for df := range w {
		w[df] = weight(df, people)
	}
	return w
}

func weight(df, people int) float64 {
	return max(0, -math.Log((float64(max(df, 0))+smooth*prior)/(float64(max(people, 0))+smooth)))
}

// at is the weight when df others have it.
func (w weights) at(df int) float64 { return w[min(max(df, 0), len(w)-1)] }

// profile is a value a channel.
type profile [channels]float64

// matrix is an index made ready for comparing: who has what, both ways.
type matrix struct {
	seg    *segment
	df     []uint32   // people that have a feature, of those that count
	own    [][]uint32 // the features of each document that others have too, as places in seg
	alone  []profile  // how many features of each document nobody else has
	mass   []profile  // what all its features weigh
	groups []*group
	group  []*group // of each document; nil when there is nothing to compare
	person []uint32
	role   []Role
}

// group is the documents of one family of languages.
type group struct {
	family string
	docs   []int
	people int // that count
	w      weights

	panel   []int
	typical []typical // of each document in docs
	usual   profile   // the median of what documents have in common with anybody
	null    null
}

// counts says that people with this role are counted for frequencies.
func (r Role) counts() bool { return r != Leaked }

func (x *Index) matrix() *matrix {
	x.fold()
	n := len(x.Prints)
	m := &matrix{seg: &x.settled, person: x.person, df: make([]uint32, len(x.settled.features)), own: make([][]uint32, n),
		alone: make([]profile, n), mass: make([]profile, n), role: make([]Role, n), group: make([]*group, n)}
	m.gather(x.Prints)
	sizes := make([]int, n)
	total := 0
	m.each(func(f int, docs []uint32) {
		m.df[f] = m.countPeople(docs)
		if len(docs) > 1 {
			for _, d := range docs {
				sizes[d]++
			}
			total += len(docs)
		}
	})
	pool := make([]uint32, total)
	for d, size := range sizes {
		m.own[d], pool = pool[:0:size], pool[size:]
	}
	m.each(func(f int, docs []uint32) {
		c := m.seg.features[f] >> channelShift
		for _, d := range docs {
			if len(docs) == 1 {
				m.alone[d][c]++
			} else {
				m.own[d] = append(m.own[d], uint32(f))
			}
			if !m.skip(f) {
				m.mass[d][c] += m.group[d].w.at(int(m.df[f]) - 1)
			}
		}
	})
	return m
}

// gather makes the groups.
func (m *matrix) gather(prints []Print) {
	byFamily := map[string]*group{}
	people := map[*group]map[uint32]bool{}
	for d, p := range prints {
		m.role[d] = p.Role
		if p.Exact == 0 {
			continue
		}
		g := byFamily[p.Family]
		if g == nil {
			g = &group{family: p.Family}
			byFamily[p.Family], people[g] = g, map[uint32]bool{}
			m.groups = append(m.groups, g)
		}
		m.group[d] = g
		g.docs = append(g.docs, d)
		if p.Role.counts() {
			people[g][m.person[d]] = true
		}
	}
	for _, g := range m.groups {
		g.people = len(people[g])
		g.w = newWeights(g.people - 2)
	}
}

// skip says that too many people have a feature for it to count.
func (m *matrix) skip(f int) bool { return m.df[f] > maxShared }

func (m *matrix) each(do func(f int, docs []uint32)) {
	for f := range m.seg.features {
		do(f, m.seg.docs[m.seg.starts[f]:m.seg.starts[f+1]])
	}
}

// countPeople is how many people that count are behind documents.
func (m *matrix) countPeople(docs []uint32) uint32 {
	n := uint32(0)
	for i, d := range docs {
		if !m.role[d].counts() {
			continue
		}
		seen := false
		for _, e := range docs[max(0, i-32):i] { // a person's documents stand together, or nearly
			seen = seen || m.person[e] == m.person[d] && m.role[e].counts()
		}
		if !seen {
			n++
		}
	}
	return n
}

// row is what one document shares with each other: per document and channel the weight of what is shared, and how much lighter or
// heavier both documents are once neither person counts for how rare it is.
type row struct {
	shared, change []profile
}

func newRow(docs int) *row { return &row{make([]profile, docs), make([]profile, docs)} }

// fill computes the row of document a.
func (r *row) fill(m *matrix, a int) {
	clear(r.shared)
	clear(r.change)
	w := m.group[a].w
	for _, f := range m.own[a] {
		if m.skip(int(f)) {
			continue
		}
		df := int(m.df[f])
		two := w.at(df - 2)
		d := two - w.at(df-1)
		c := m.seg.features[f] >> channelShift
		for _, b := range m.seg.docs[m.seg.starts[f]:m.seg.starts[f+1]] {
			r.shared[b][c] += two
			r.change[b][c] += d
		}
	}
}

// share is the shrunken containment of documents a and b in each channel, 0..1.
func (r *row) share(m *matrix, a, b int) (out profile) {
	for c := range out {
		if s := r.shared[b][c]; s > 0 {
			out[c] = s / (min(m.mass[a][c], m.mass[b][c]) + r.change[b][c] + shrink)
		}
	}
	return out
}
