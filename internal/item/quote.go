package item

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Quote is a place of an answer by itself: lines of a file, or a time of a recording.
type Quote struct {
	Place    string // as people write it, and as it is kept: "limiter.go:12-18", "1:05-1:20"
	At       string // as the answer's page names it, an id; "" is none
	Label    string // in words for the team
	File     string // with From and To, lines of a file; "" is none
	From, To int    // 1-based
	Text     string // the lines, or what is said
}

// Quoter is a kind whose answers have places that can be shown by themselves, to whoever is asked about one.
type Quoter interface {
	// Quote reads a place as people write it, or as the answer's page names it: one id, or the first and the last with a space between them. False of
	// what is not in the answer.
	Quote(ref Ref, s Spec, body []byte, place string) (Quote, bool)
}

// Piecer is a Quoter that shows more of a place than its text: a piece of a recording.
type Piecer interface {
	Quoter
	// Piece plays a place of Quote; nil where there is nothing to play for this reader. name is what it is called.
	Piece(s Spec, v ReadView, place, name string) templ.Component
}

// QuoteLines quotes lines of the files of an answer, for a Quoter. id is how its page names a line.
func QuoteLines(files map[string]string, place string, id func(file string, line int) string) (Quote, bool) {
	first, last, two := strings.Cut(place, " ")
	if two && id != nil {
		if q, ok := byID(files, first, last, id); ok {
			return q, true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		rest, ok := strings.CutPrefix(place, name+":")
		if !ok {
			continue
		}
		a, b, ranged := strings.Cut(rest, "-")
		from, err := strconv.Atoi(strings.TrimSpace(a))
		to := from
		if ranged && err == nil {
			to, err = strconv.Atoi(strings.TrimSpace(b))
		}
		if err != nil {
			return Quote{}, false
		}
		return lines(name, files[name], from, to, id)
	}
	if id == nil || two {
		return Quote{}, false
	}
	return byID(files, place, place, id)
}

// byID quotes from one line of a file to another by their ids.
func byID(files map[string]string, first, last string, id func(string, int) string) (Quote, bool) {
	number := func(s string) int {
		n, err := strconv.Atoi(s[strings.LastIndexAny(s, "LR")+1:])
		if err != nil {
			return 0
		}
		return n
	}
	from, to := number(first), number(last)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if id(name, from) == first && id(name, to) == last {
			return lines(name, files[name], min(from, to), max(from, to), id)
		}
	}
	return Quote{}, false
}

// LinesPlace is the place of lines of a file, as people write it: "limiter.go:12-18".
func LinesPlace(file string, from, to int) string {
	if to > from {
		return fmt.Sprintf("%s:%d-%d", file, from, to)
	}
	return fmt.Sprintf("%s:%d", file, from)
}

func lines(name, text string, from, to int, id func(string, int) string) (Quote, bool) {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if from < 1 || to < from || to > len(all) {
		return Quote{}, false
	}
	q := Quote{Place: LinesPlace(name, from, to), Label: fmt.Sprintf("%s line %d", name, from), File: name, From: from, To: to, Text: strings.Join(all[from-1:to], "\n")}
	if to > from {
		q.Label = fmt.Sprintf("%s lines %d to %d", name, from, to)
	}
	if id != nil {
		q.At = id(name, from)
	}
	return q, true
}
