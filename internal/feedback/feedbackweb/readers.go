package feedbackweb

import (
	"fmt"

	"candor/internal/review"
)

// reader is one card in words.
type reader struct {
	Who    string
	Levels []string
}

func (v tableView) readers() []reader {
	var out []reader
	for _, o := range v.Table.Column.Cards {
		r := reader{Who: o.Member.Name}
		for _, c := range v.Table.Column.Rubric.Rubric {
			switch n := o.Review.Card.Ratings[c.Key].Level; {
			case n == review.CannotRate:
				r.Levels = append(r.Levels, c.Title+": could not score it")
			case n >= 1 && n <= len(c.Levels):
				r.Levels = append(r.Levels, fmt.Sprintf("%s: %d %s", c.Title, n, c.Levels[n-1].Name))
			}
		}
		out = append(out, r)
	}
	return out
}
