package codereview

import (
	"fmt"
	"strconv"
	"strings"

	"candor/internal/item"
	"candor/internal/web/ui/diff"
)

// Quote is a comment of the review ("c-c1"), or lines of the change: "service.go:7-9" of the new side, or the ids of lines of either.
func (k Kind) Quote(_ item.Ref, s item.Spec, body []byte, place string) (item.Quote, bool) {
	q := s.(*spec)
	if id, ok := strings.CutPrefix(place, "c-"); ok {
		for _, c := range parse(body).Comments {
			if label, ok := k.Label(s, body, place); ok && c.ID == id {
				return item.Quote{Place: place, At: place, Label: label, Text: c.Text}, true
			}
		}
		return item.Quote{}, false
	}
	for _, side := range []diff.Side{diff.New, diff.Old} {
		files, at := map[string]string{}, map[string]int{}
		for n, f := range q.files {
			if text := f.side(side); text != "" {
				files[f.path], at[f.path] = text, n
			}
		}
		found, ok := item.QuoteLines(files, place, func(file string, line int) string {
			return "f" + strconv.Itoa(at[file]) + diff.At{Side: side, Line: line}.String()
		})
		if ok && side == diff.Old { // a place without its side is one of the new file
			found.Place, found.Label = found.At, found.Label+" as it was"
			if found.To > found.From {
				found.Place += fmt.Sprintf(" f%d%s", at[found.File], diff.At{Side: side, Line: found.To})
			}
		}
		if ok && (side == diff.New || strings.HasPrefix(place, "f")) {
			return found, true
		}
	}
	return item.Quote{}, false
}
