package similar

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Index holds fingerprints and who shares what. Documents are added one at a time; what is added is folded into the sorted part when
// enough has come together. It is not safe for use by several goroutines while documents are added.
type Index struct {
	Prints  []Print // in the order they were added; without their features
	people  map[string]uint32
	person  []uint32 // of each document
	settled segment
	fresh   []posting // of documents since, sorted by feature
}

// posting says that a document has a feature.
type posting struct {
	feature uint64
	doc     uint32
}

// segment is postings by feature: docs[starts[i]:starts[i+1]] have features[i].
type segment struct {
	features []uint64
	starts   []uint32
	docs     []uint32
}

// leastFresh is how many postings come together before they are folded into the settled ones: at least so many, and a quarter of these,
// so that all folding together takes a few times as long as folding once.
const leastFresh = 1 << 20

// NewIndex is an empty index.
func NewIndex() *Index {
	return &Index{people: map[string]uint32{}, settled: segment{starts: []uint32{0}}}
}

// Add adds a document and gives its number, which counts from 0.
func (x *Index) Add(p Print) int {
	doc := uint32(len(x.Prints))
	for _, f := range p.Features {
		x.fresh = append(x.fresh, posting{f, doc})
	}
	if len(x.fresh) >= max(leastFresh, len(x.settled.docs)/4) {
		x.fold()
	}
	p.Features = nil
	if _, ok := x.people[p.Person]; !ok {
		x.people[p.Person] = uint32(len(x.people))
	}
	x.Prints = append(x.Prints, p)
	x.person = append(x.person, x.people[p.Person])
	return int(doc)
}

// fold sorts what is fresh into the settled part.
func (x *Index) fold() {
	if len(x.fresh) == 0 {
		return
	}
	sortPostings(x.fresh)
	old := x.settled
	s := segment{starts: make([]uint32, 1, len(old.starts)+len(x.fresh)/2), docs: make([]uint32, 0, len(old.docs)+len(x.fresh)), features: make([]uint64, 0, len(old.features)+len(x.fresh)/2)}
	i, j := 0, 0
	for i < len(old.features) || j < len(x.fresh) {
		f := uint64(math.MaxUint64)
		if i < len(old.features) {
			f = old.features[i]
		}
		if j < len(x.fresh) && x.fresh[j].feature <= f {
			f = x.fresh[j].feature
		}
		if i < len(old.features) && old.features[i] == f {
			s.docs = append(s.docs, old.docs[old.starts[i]:old.starts[i+1]]...)
			i++
		}
		for ; j < len(x.fresh) && x.fresh[j].feature == f; j++ {
			s.docs = append(s.docs, x.fresh[j].doc)
		}
		s.features, s.starts = append(s.features, f), append(s.starts, uint32(len(s.docs)))
	}
	x.settled, x.fresh = s, x.fresh[:0]
}

// sortPostings sorts by feature, then document: by the leading 16 bits first, so that each part fits a cache.
func sortPostings(p []posting) {
	if len(p) < 1<<16 {
		slices.SortFunc(p, comparePostings)
		return
	}
	const bits = 12
	var starts [1<<bits + 1]int
	for _, q := range p {
		starts[q.feature>>(64-bits)+1]++
	}
	for i := range 1 << bits {
		starts[i+1] += starts[i]
	}
	next := starts
	out := make([]posting, len(p))
	for _, q := range p {
		k := q.feature >> (64 - bits)
		out[next[k]] = q
		next[k]++
	}
	for i := range 1 << bits {
		slices.SortFunc(out[starts[i]:starts[i+1]], comparePostings)
	}
	copy(p, out)
}

func comparePostings(a, b posting) int {
	switch {
	case a.feature < b.feature:
		return -1
	case a.feature > b.feature:
		return 1
	}
	return int(a.doc) - int(b.doc)
}

// find is the place of a feature among the settled ones; hashes are spread evenly within a channel, so a guess lands near.
func (s *segment) find(f uint64) (at int, ok bool) {
	return slices.BinarySearch(s.features, f)
}

// AddAll adds the n documents that read makes, in order. read is called on all processors at once; added, in order, says each one's
// number. The error is read's or ctx's, and then only some are added.
func (x *Index) AddAll(ctx context.Context, n int, read func(i int) (Print, error), added func(i int, p *Print)) error {
	const ahead = 64 // documents that are read and not yet added
	type result struct {
		p   Print
		err error
	}
	results := make([]chan result, n)
	for i := range results {
		results[i] = make(chan result, 1)
	}
	room := make(chan struct{}, ahead)
	go parallel(n, func() func(int) {
		return func(i int) {
			room <- struct{}{}
			if err := ctx.Err(); err != nil {
				results[i] <- result{err: err}
				return
			}
			p, err := read(i)
			results[i] <- result{p, err}
		}
	})
	var failed error
	for i, c := range results {
		r := <-c
		<-room
		failed = cmp.Or(failed, r.err)
		if failed == nil {
			doc := x.Add(r.p)
			added(i, &x.Prints[doc])
		}
	}
	return failed
}
