package similar

import (
	"slices"
	"strings"

	"candor/internal/similar/token"
)

// Print is a document's fingerprint: what an index keeps of it. The text itself is not in it.
type Print struct {
	Name, Person string
	Role         Role
	At           int64 // milliseconds, 0 when not known
	Family       string
	Language     string // of most of its code
	Tokens       int    // without those of the starter
	Exact        uint64 // equal for texts that differ in white space only; 0 when there is nothing to compare
	Features     []uint64
	Skipped      []Skipped
}

// Skipped is a file that is not compared, and why.
type Skipped struct{ Name, Why string }

// maxFeatures bounds a document's features; of a longer one those with the least hashes are kept, the same for everybody.
const maxFeatures = 60_000

// Lengths in tokens of what makes a feature; in words for prose.
const (
	codeStructure, codeText   = 8, 4
	proseStructure, proseText = 5, 3
	phrase                    = 5
)

// channelShift places the channel in a feature's hash.
const channelShift = 62

// Starter is code that everybody was given. What stands in it belongs to nobody, also where somebody has changed a few tokens of it.
type Starter struct{ features map[uint64]struct{} }

// NewStarter makes a starter of files; those that cannot be read are left out. fallback is the language of files whose ending says
// nothing.
func NewStarter(files []File, fallback *token.Language) *Starter {
	p := (&Starter{}).Print(Document{Files: files}, fallback)
	s := &Starter{map[uint64]struct{}{}}
	for _, f := range p.Features {
		s.features[f] = struct{}{}
	}
	return s
}

// maxStarterGap is how many tokens may stand changed inside of starter code.
const maxStarterGap = 4

// Print is the fingerprint of a document. fallback is the language of files whose ending says nothing; nil skips them.
func (s *Starter) Print(d Document, fallback *token.Language) Print {
	p := Print{Name: d.Name, Person: d.person(), Role: d.Role, At: d.At.UnixMilli()}
	if d.At.IsZero() {
		p.At = 0
	}
	most := 0
	for _, f := range d.Files {
		src, why := read(f, fallback)
		if why != "" {
			p.Skipped = append(p.Skipped, Skipped{f.Name, why})
			continue
		}
		b := newBody(src)
		if len(b.code) > most || p.Family == "" {
			most, p.Family, p.Language = len(b.code), src.lang.Family, src.lang.ID
		}
		given := s.given(b)
		p.Features = b.features(p.Features, given)
		p.Exact = p.Exact*prime + b.whole
		for _, g := range given {
			if !g {
				p.Tokens++
			}
		}
	}
	slices.Sort(p.Features)
	p.Features = slices.Compact(p.Features)
	if len(p.Features) > maxFeatures {
		p.Features = least(p.Features)
	}
	p.Features = slices.Clip(p.Features)
	if len(p.Features) == 0 {
		p.Exact = 0
	}
	return p
}

// least keeps the maxFeatures features with the least hashes, leaving the channel aside.
func least(sorted []uint64) []uint64 {
	key := func(f uint64) uint64 { return f << (64 - channelShift) }
	keys := make([]uint64, len(sorted))
	for i, f := range sorted {
		keys[i] = key(f)
	}
	slices.Sort(keys)
	limit := keys[maxFeatures-1]
	return slices.DeleteFunc(sorted, func(f uint64) bool { return key(f) > limit })
}

// body is a file as it is compared.
type body struct {
	source
	code      []token.Token // without comments, imports, modifiers, types and braces
	comments  []token.Token
	norm, raw []uint64 // a hash a token of code: with names and literals blanked, and as it stands
	shape     []uint64 // as it stands, but a string's as in norm, and 0 for names that the author chose
	whole     uint64   // a hash of all tokens
	long      int      // tokens of a feature of structure
	short     int      // tokens of a feature of text
}

const (
	prime  = 0x100000001b3 // FNV-1a
	offset = 0xcbf29ce484222325
)

func hash(seed uint64, text string) uint64 {
	for i := range len(text) {
		seed = (seed ^ uint64(text[i])) * prime
	}
	return seed
}

// mix spreads what a hash knows over all its bits (the finaliser of MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// feature is the hash of a feature in a channel.
func feature(channel int, h uint64) uint64 { return uint64(channel)<<channelShift | mix(h)>>2 }

var (
	blankName    = hash(offset, "\x00name")
	blankLiteral = hash(offset, "\x00literal")
)

func newBody(s source) *body {
	b := &body{source: s, long: codeStructure, short: codeText}
	if s.lang.Prose {
		b.long, b.short = proseStructure, proseText
	}
	all := token.Lex(s.lang, s.text)
	b.code = make([]token.Token, 0, len(all))
	seed := hash(offset, s.lang.Family)
	for _, t := range all {
		b.whole = hash(b.whole*prime+1, string(t.Text(s.text)))
		switch t.Kind {
		case token.Comment:
			b.comments = append(b.comments, t)
			continue
		case token.Import, token.Modifier:
			continue
		case token.Type: // a copy's first change: float for double, var for int, a declaration taken apart
			continue
		case token.Op:
			if s.lang.Prose || brace(t.Text(s.text)) {
				continue
			}
		}
		raw := t.Text(s.text)
		h := hash(seed, string(raw))
		if s.lang.Prose {
			h = hash(seed, lower(raw))
		}
		n := h
		switch {
		case s.lang.Prose:
		case t.Kind == token.Name:
			n = blankName
		case t.Kind == token.Number, t.Kind == token.String:
			n = blankLiteral
		}
		shape := n
		switch {
		case t.Kind == token.Number, t.Kind == token.Name && b.member():
			shape = h
		case t.Kind == token.Name && !s.lang.Prose:
			shape = 0
		}
		b.code, b.raw, b.norm, b.shape = append(b.code, t), append(b.raw, h), append(b.norm, n), append(b.shape, shape)
	}
	return b
}

// brace says that an operator only holds statements together: around a single one it may stand or not.
func brace(op []byte) bool { return len(op) == 1 && (op[0] == '{' || op[0] == '}') }

// member says that the token that is read next follows a dot: most of such names are a library's.
func (b *body) member() bool {
	if len(b.code) == 0 {
		return false
	}
	last := b.code[len(b.code)-1].Text(b.text)
	return string(last) == "." || string(last) == "->" || string(last) == "::"
}

// phrases calls each for every few tokens in a row, with the author's names numbered as they come (a parameterised match: Baker 1993):
// they stay the same when names are changed, and say which are equal.
func (b *body) phrases(each func(at int, f uint64)) {
	if b.lang.Prose {
		return
	}
	for at := range max(0, len(b.shape)-phrase+1) {
		h := uint64(offset)
		for k := at; k < at+phrase; k++ {
			t := b.shape[k]
			for j := at; t == 0; j++ {
				if b.raw[j] == b.raw[k] {
					t = uint64(j - at + 1)
				}
			}
			h = h*base + mix(t)
		}
		each(at, feature(structure, h))
	}
}

// grams calls each for every n tokens in a row: where they begin, and their feature.
func (b *body) grams(channel int, hashes []uint64, n int, each func(at int, f uint64)) {
	if len(hashes) < n {
		return
	}
	top, h := uint64(1), uint64(0)
	for range n {
		top *= base
	}
	for i, t := range hashes {
		h = h*base + mix(t)
		if i >= n {
			h -= top * mix(hashes[i-n])
		}
		if i >= n-1 {
			each(i-n+1, feature(channel, h^uint64(n)*prime))
		}
	}
}

const base = 0x9e3779b97f4a7c15 | 1

// given says of each token of code whether it stands in the starter, or in a gap of a few tokens between what does.
func (s *Starter) given(b *body) []bool {
	out := make([]bool, len(b.code))
	if s == nil || len(s.features) == 0 {
		return out
	}
	mark := func(n int) func(int, uint64) {
		return func(at int, f uint64) {
			if _, ok := s.features[f]; ok {
				for i := at; i < at+n; i++ {
					out[i] = true
				}
			}
		}
	}
	b.grams(structure, b.norm, b.long, mark(b.long))
	b.grams(text, b.raw, b.short, mark(b.short))
	last := -1
	for i, g := range out {
		if !g {
			continue
		}
		if last >= 0 && i-last-1 <= maxStarterGap {
			for k := last + 1; k < i; k++ {
				out[k] = true
			}
		}
		last = i
	}
	return out
}

// features appends the features of what was not given.
func (b *body) features(out []uint64, given []bool) []uint64 {
	counts := make([]int, len(given)+1) // of given tokens before each
	for i, g := range given {
		counts[i+1] = counts[i]
		if g {
			counts[i+1]++
		}
	}
	add := func(n int) func(int, uint64) {
		return func(at int, f uint64) {
			if 2*(counts[at+n]-counts[at]) < n {
				out = append(out, f)
			}
		}
	}
	b.grams(structure, b.norm, b.long, add(b.long))
	b.phrases(add(phrase))
	b.grams(text, b.raw, b.short, add(b.short))
	b.grams(wording, b.raw, 2, add(2))
	for i, t := range b.code {
		if given[i] {
			continue
		}
		switch t.Kind {
		case token.Name:
			out = append(out, feature(wording, b.raw[i]))
		case token.Number:
			out = append(out, feature(wording, b.raw[i]), feature(wording, b.raw[i]+1)) // rare ones say twice as much
		case token.String:
			out = wordsOf(out, string(t.Text(b.text)), "s", true)
		}
	}
	for _, t := range b.comments {
		out = wordsOf(out, string(t.Text(b.text)), "c", false)
	}
	return out
}

// wordsOf appends the words of a string or a comment and, of a string, each two in a row and all of them.
func wordsOf(out []uint64, s, kind string, whole bool) []uint64 {
	seed := hash(offset, kind)
	last, all := uint64(0), seed
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80)
	}) {
		h := hash(seed, word)
		out = append(out, feature(wording, h))
		if whole && last != 0 {
			out = append(out, feature(wording, last*base+h))
		}
		last, all = h, all*base+h
	}
	if whole {
		out = append(out, feature(wording, all+1), feature(wording, all+2))
	}
	return out
}
