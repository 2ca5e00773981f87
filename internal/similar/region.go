package similar

import (
	"cmp"
	"slices"

	"candor/internal/similar/token"
)

// Place is a run of lines in a file of a document; lines count from 1, and both ends belong to it.
type Place struct {
	File string `json:"file"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// Region is a passage that two documents have in common, with gaps of a few tokens.
type Region struct {
	A      Place `json:"a"`
	B      Place `json:"b"`
	Tokens int   `json:"tokens"` // that agree, names and literals apart
	Same   int   `json:"same"`   // of those, the ones that agree to the letter
	People int   `json:"people"` // the fewest people that have any one piece of it, both of these counted
	weight float64
}

// What makes a region.
const (
	leastTile = 8  // tokens in a row that agree
	mostGap   = 10 // tokens between two tiles of one region, in either document
	mostSeeds = 12 // places in B that are tried for one in A
)

// everywhere is what a token weighs in a region when everybody has it: it is still in common.
const everywhere = 0.05

// Text is a document's text made ready for regions: its tokens in a row, files one after the other.
type Text struct {
	tokens []place
	norm   []uint64
	raw    []uint64
	given  []bool
	grams  []uint64 // the feature of structure that begins with each token, 0 where none does
	short  []uint64 // likewise the phrase
	Files  []TextFile
}

// place is where a token stands.
type place struct {
	file int
	line int32
}

// Common says of each line of each file whether more than a third of the people have everything that begins in it.
func (r *Result) Common(t *Text) [][]bool {
	limit := max(3, r.People()/3)
	out := make([][]bool, len(t.Files))
	for i, f := range t.Files {
		out[i] = make([]bool, len(f.Given))
	}
	seen := make(map[place]bool, len(t.tokens))
	for i, p := range t.tokens {
		common := t.grams[i] == 0 || r.holders(t.grams[i]) > limit
		if at, known := seen[p]; !known {
			seen[p] = common
		} else {
			seen[p] = at && common
		}
	}
	for p, common := range seen {
		out[p.file][p.line] = common
	}
	return out
}

// TextFile is a file as it was read, and for each of its lines whether the starter has it.
type TextFile struct {
	Name  string
	Text  []byte
	Given []bool
}

// Text reads a document anew, which must be the one that was printed, with the same starter.
func (s *Starter) Text(files []File, fallback *token.Language) *Text {
	t := &Text{}
	for _, f := range files {
		src, why := read(f, fallback)
		if why != "" {
			continue
		}
		b := newBody(src)
		given := s.given(b)
		n := len(t.Files)
		t.Files = append(t.Files, TextFile{f.Name, src.text, make([]bool, lastLine(b)+1)})
		grams := make([]uint64, len(b.code))
		b.grams(structure, b.norm, b.long, func(at int, f uint64) { grams[at] = f })
		short := make([]uint64, len(b.code))
		b.phrases(func(at int, f uint64) { short[at] = f })
		lines := t.Files[n].Given
		for i := range lines {
			lines[i] = true
		}
		touched := make([]bool, len(lines))
		for i, c := range b.code {
			t.tokens = append(t.tokens, place{n, c.Line})
			touched[c.Line] = true
			lines[c.Line] = lines[c.Line] && given[i]
		}
		for i := range lines {
			lines[i] = lines[i] && touched[i]
		}
		t.norm, t.raw = append(t.norm, b.norm...), append(t.raw, b.raw...)
		t.given, t.grams, t.short = append(t.given, given...), append(t.grams, grams...), append(t.short, short...)
	}
	return t
}

func lastLine(b *body) int {
	if len(b.code) == 0 {
		return 0
	}
	return int(b.code[len(b.code)-1].Line)
}

// tile is a run of tokens that agree: n tokens from a and from b on.
type tile struct {
	a, b, n int
	weight  float64
}

// Regions finds what two documents have in common: maximal runs of tokens that agree, the heaviest first and each token in one region
// only (greedy string tiling: Wise 1993), joined over small gaps. Rare passages come first.
func (r *Result) Regions(a, b *Text) []Region {
	weight := make([]float64, len(a.tokens)+1) // of all tokens before each
	people := make([]int, len(a.tokens))
	for i, g := range a.grams {
		df := r.holders(g)
		people[i] = df
		w := everywhere
		if g != 0 && !a.given[i] && df > 0 {
			w += r.rarity(df)
		}
		weight[i+1] = weight[i] + w
	}
	var out []Region
	for _, run := range joined(chosen(tiles(a, b, weight), len(a.tokens), len(b.tokens))) {
		first, last := run[0], run[len(run)-1]
		g := Region{A: a.span(first.a, last.a+last.n-1), B: b.span(first.b, last.b+last.n-1), People: 1 << 30}
		for _, t := range run {
			g.Tokens += t.n
			for k := range t.n {
				if a.raw[t.a+k] == b.raw[t.b+k] {
					g.Same++
				}
				if p := people[t.a+k]; p > 1 && k+leastTile <= t.n {
					g.People = min(g.People, p)
				}
				if f := a.short[t.a+k]; f != 0 && f == b.short[t.b+k] && k+phrase <= t.n {
					g.People = min(g.People, max(2, r.holders(f)))
				}
			}
		}
		if g.People == 1<<30 {
			g.People = 2
		}
		g.weight = float64(g.Tokens) * (everywhere + r.rarity(g.People))
		out = append(out, g)
	}
	slices.SortFunc(out, func(p, q Region) int {
		return cmp.Or(cmp.Compare(q.weight, p.weight), cmp.Compare(p.A.From, q.A.From), cmp.Compare(p.B.From, q.B.From))
	})
	return out
}

// tiles are the maximal runs that begin with the same leastTile tokens and do not consist of given ones.
func tiles(a, b *Text, weight []float64) []tile {
	at := map[uint64][]int{}
	for j, g := range b.seeds() {
		if g != 0 && len(at[g]) < mostSeeds {
			at[g] = append(at[g], j)
		}
	}
	var out []tile
	for i, g := range a.seeds() {
		if g == 0 {
			continue
		}
		for _, j := range at[g] {
			if i > 0 && j > 0 && a.same(b, i-1, j-1) {
				continue // not where the run begins
			}
			n := 0
			for i+n < len(a.tokens) && j+n < len(b.tokens) && a.same(b, i+n, j+n) {
				n++
			}
			if n >= leastTile {
				out = append(out, tile{i, j, n, weight[i+n] - weight[i]})
			}
		}
	}
	return out
}

// same says that tokens i and j agree and stand in runs of the same files.
func (t *Text) same(o *Text, i, j int) bool {
	return t.norm[i] == o.norm[j] && !(t.given[i] && o.given[j])
}

// seeds is a hash of the leastTile tokens that begin with each; 0 where the file ends before.
func (t *Text) seeds() []uint64 {
	out := make([]uint64, len(t.norm))
	for i := range out {
		if i+leastTile > len(t.norm) || t.tokens[i].file != t.tokens[i+leastTile-1].file {
			continue
		}
		h := uint64(offset)
		for _, n := range t.norm[i : i+leastTile] {
			h = mix(h*prime + n)
		}
		out[i] = h | 1
	}
	return out
}

// chosen takes the heaviest tiles first and of the later ones what is left of them.
func chosen(all []tile, n, m int) []tile {
	slices.SortFunc(all, func(p, q tile) int {
		return cmp.Or(cmp.Compare(q.weight, p.weight), cmp.Compare(q.n, p.n), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b))
	})
	inA, inB := make([]bool, n), make([]bool, m)
	var out []tile
	for _, t := range all {
		per := t.weight / float64(t.n)
		for i := 0; i < t.n; {
			k := i
			for k < t.n && !inA[t.a+k] && !inB[t.b+k] {
				k++
			}
			if k-i >= leastTile {
				for x := i; x < k; x++ {
					inA[t.a+x], inB[t.b+x] = true, true
				}
				out = append(out, tile{t.a + i, t.b + i, k - i, per * float64(k-i)})
			}
			i = k + 1
		}
	}
	slices.SortFunc(out, func(p, q tile) int { return cmp.Compare(p.a, q.a) })
	return out
}

// joined puts tiles together that follow each other in both documents with small gaps.
func joined(tiles []tile) [][]tile {
	var out [][]tile
	for _, t := range tiles {
		if n := len(out); n > 0 {
			run := out[n-1]
			last := run[len(run)-1]
			if gapA, gapB := t.a-last.a-last.n, t.b-last.b-last.n; gapA <= mostGap && gapB >= 0 && gapB <= mostGap {
				out[n-1] = append(run, t)
				continue
			}
		}
		out = append(out, []tile{t})
	}
	return out
}

// span is the place of tokens i to j; of several files, the part in the first one.
func (t *Text) span(i, j int) Place {
	f := t.tokens[i].file
	for t.tokens[j].file != f {
		j--
	}
	return Place{t.Files[f].Name, int(t.tokens[i].line) + 1, int(t.tokens[j].line) + 1}
}

// holders is how many people have a feature; 0 when it is not in the index.
func (r *Result) holders(f uint64) int {
	at, ok := slices.BinarySearch(r.matrix.seg.features, f)
	if !ok {
		return 0
	}
	return int(r.matrix.df[at])
}

// rarity is what a feature weighs that so many people have, two of whom are looked at.
func (r *Result) rarity(holders int) float64 {
	people := 0
	for _, g := range r.matrix.groups {
		people = max(people, g.people)
	}
	return weight(holders-2, people-2)
}

// People is how many people with a text that can be compared the index has.
func (r *Result) People() int {
	seen := map[uint32]bool{}
	for d, g := range r.matrix.group {
		if g != nil && r.matrix.role[d].counts() {
			seen[r.matrix.person[d]] = true
		}
	}
	return len(seen)
}

// Texts finds the regions of pairs, reading each document again when it is needed.
type Texts struct {
	Load func(doc int) (*Text, error)

	kept map[int]*Text
}

// maxTexts is how many texts are kept in memory.
const maxTexts = 256

// Text is a document's text.
func (t *Texts) Text(doc int) (*Text, error) {
	if text := t.kept[doc]; text != nil {
		return text, nil
	}
	text, err := t.Load(doc)
	if err != nil {
		return nil, err
	}
	if t.kept == nil || len(t.kept) >= maxTexts {
		t.kept = map[int]*Text{}
	}
	t.kept[doc] = text
	return text, nil
}

// Regions are the regions of a pair.
func (t *Texts) Regions(r *Result, p Pair) ([]Region, error) {
	a, err := t.Text(p.A)
	if err != nil {
		return nil, err
	}
	b, err := t.Text(p.B)
	if err != nil {
		return nil, err
	}
	return r.Regions(a, b), nil
}
