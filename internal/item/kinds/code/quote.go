package code

import (
	"strconv"
	"strings"

	"candor/internal/item"
)

// anchor begins the ids of the lines of a file on the page of an answer.
func anchor(key, file string) string { return key + "-" + strings.ReplaceAll(file, " ", "-") + "-" }

// Quote is lines of the program that was sent, whoever wrote them.
func (Kind) Quote(ref item.Ref, s item.Spec, body []byte, place string) (item.Quote, bool) {
	q := s.(*spec)
	a := q.read(body)
	l, ok := q.language(a.Language)
	if !ok {
		return item.Quote{}, false
	}
	files := byName(q.files(l, a))
	// What changed against the starter stands below a file, with the same numbers.
	return item.QuoteLines(files, strings.ReplaceAll(place, "-dR", "-L"), func(file string, line int) string {
		return anchor(ref.Item, file) + "L" + strconv.Itoa(line)
	})
}
