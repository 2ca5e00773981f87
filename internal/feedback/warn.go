package feedback

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Concern is what a warning is about.
type Concern string

const (
	Compares  Concern = "compares"  // with other people
	Protected Concern = "protected" // names what the law protects
	Empty     Concern = "empty"     // a phrase that says nothing
)

// Concerns are all of them, in the order in which pages list them.
var Concerns = []Concern{Compares, Protected, Empty}

// Warning is a passage of a reply to look at again. It stands in nobody's way.
type Warning struct {
	Concern
	Topic   string // "age"
	Words   string // as they stand in the text
	Why     string
	Instead string // what to write
}

// Warnings are those of one text, in its order; the same words once.
type Warnings []Warning

// Warned are a draft's by field: "body", or "line." and the key of the criterion; fields without one are left out.
func Warned(d Draft) map[string]Warnings {
	out := map[string]Warnings{}
	if list := Warn(d.Body); len(list) > 0 {
		out["body"] = list
	}
	for _, l := range d.Lines {
		if list := Warn(l.Level + "\n\n" + l.Text); len(list) > 0 {
			out["line."+l.Key] = list
		}
	}
	return out
}

// Counted is how many there are of each concern that has any.
func Counted(by map[string]Warnings) map[Concern]int {
	out := map[Concern]int{}
	for _, list := range by {
		for _, w := range list {
			out[w.Concern]++
		}
	}
	return out
}

//go:embed warnings.yaml
var warningsFile []byte

// entry is a topic of the list.
type entry struct {
	Concern `yaml:"kind"`
	Topic   string
	Why     string
	Instead string
	Words   []string
	But     []string

	words, but []phrase
}

var entries = func() []entry {
	var out []entry
	if err := yaml.UnmarshalWithOptions(warningsFile, &out, yaml.DisallowUnknownField()); err != nil {
		panic(err) // our own file; a test reads it
	}
	for i, e := range out {
		for _, p := range e.Words {
			out[i].words = append(out[i].words, phraseOf(p))
		}
		for _, p := range e.But {
			out[i].but = append(out[i].but, phraseOf(p))
		}
	}
	return out
}()

// phrase is a line of the list: what may stand at each place.
type phrase []place

type place struct {
	any      []form // one of them
	optional bool
	gap      bool // up to maxGap words
}

// form is a word of the list.
type form struct {
	text  string
	cased bool // found only as written
	open  bool // with any ending
}

// maxGap is how many words "..." stands for at most.
const maxGap = 3

func phraseOf(line string) phrase {
	var out phrase
	for _, f := range strings.Fields(line) {
		if f == "..." {
			out = append(out, place{gap: true})
			continue
		}
		f, optional := strings.CutSuffix(f, "?")
		p := place{optional: optional}
		for _, a := range strings.Split(f, "|") {
			text, open := strings.CutSuffix(a, "*")
			first, _ := utf8.DecodeRuneInString(text)
			p.any = append(p.any, form{text, unicode.IsUpper(first), open})
		}
		out = append(out, p)
	}
	return out
}

// word is one of a text.
type word struct {
	as, low  string
	from, to int  // bytes
	ends     bool // a sentence ends behind it
}

// wordsOf are a text's, in order: letters and digits, with an apostrophe or a hyphen inside.
func wordsOf(text string) []word {
	var out []word
	from, blank := -1, false
	add := func(to int) {
		if from >= 0 {
			as := strings.TrimRight(strings.ReplaceAll(text[from:to], "’", "'"), "'-")
			out = append(out, word{as: as, low: strings.ToLower(as), from: from, to: to})
			from = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if from < 0 {
				from = i
			}
			blank = false
			continue
		case from >= 0 && (r == '\'' || r == '’' || r == '-'):
			continue
		}
		add(i)
		if n := len(out); n > 0 && (strings.ContainsRune(".!?;:", r) || r == '\n' && blank) {
			out[n-1].ends = true
		}
		blank = r == '\n' || blank && unicode.IsSpace(r)
	}
	add(len(text))
	return out
}

// is says whether a word is one of a place.
func (p place) is(w word) bool {
	for _, a := range p.any {
		text := w.low
		if a.cased {
			text = w.as
		}
		if after, starts := strings.CutPrefix(text, a.text); starts && (after == "" || a.open || after == "'s") {
			return true
		}
	}
	return false
}

// at is how many words a phrase takes from the i-th on, the most it can; 0 when it does not stand there. It never runs over the end of
// a sentence.
func (p phrase) at(words []word, i int) int {
	if len(p) == 0 {
		return 0
	}
	return p.rest(words, i, i) - i
}

// rest is the end of the longest match from the i-th word on; begin when there is none.
func (p phrase) rest(words []word, begin, i int) int {
	if len(p) == 0 {
		return i
	}
	if i > begin && words[i-1].ends {
		for _, left := range p {
			if !left.optional && !left.gap {
				return begin
			}
		}
		return i
	}
	best := begin
	if p[0].gap {
		for n := 0; n <= maxGap && i+n <= len(words) && best == begin; n++ {
			if n > 0 && words[i+n-1].ends {
				break
			}
			best = p[1:].rest(words, begin, i+n)
		}
		return best
	}
	if i < len(words) && p[0].is(words[i]) {
		best = p[1:].rest(words, begin, i+1)
	}
	if best == begin && p[0].optional {
		best = p[1:].rest(words, begin, i)
	}
	return best
}

// found is a warning with the words it spans.
type found struct {
	Warning
	from, to int
}

// Warn looks a text through, German or English, by the list in warnings.yaml.
func Warn(text string) Warnings {
	words := wordsOf(text)
	var all []found
	for _, e := range entries {
		var excused []found
		for _, p := range e.but {
			for i := range words {
				if n := p.at(words, i); n > 0 {
					excused = append(excused, found{from: i, to: i + n})
				}
			}
		}
		for _, p := range e.words {
			for i := range words {
				n := p.at(words, i)
				if n == 0 || slices.ContainsFunc(excused, func(x found) bool { return x.from < i+n && i < x.to }) {
					continue
				}
				all = append(all, found{Warning{e.Concern, e.Topic, text[words[i].from:words[i+n-1].to], e.Why, e.Instead}, i, i + n})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out Warnings
	end := map[Concern]int{}
	for _, f := range all {
		// Of several that lie in one another the first and longest speaks, for each concern.
		if f.from < end[f.Concern] {
			continue
		}
		end[f.Concern] = f.to
		if !slices.ContainsFunc(out, func(w Warning) bool { return w.Topic == f.Topic && strings.EqualFold(w.Words, f.Words) }) {
			out = append(out, f.Warning)
		}
	}
	return out
}
