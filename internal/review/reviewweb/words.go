package reviewweb

import (
	"fmt"
	"slices"

	"candor/internal/review"
)

// others says how many cards of others are in, and how many are not.
func others(s *review.Sheet) string {
	switch {
	case len(s.Others) == 0 && s.Waiting == 0:
		return "You are the only reader"
	case s.Waiting == 0:
		return "All scorecards are in"
	case s.Waiting == 1:
		return "One other is still being written"
	}
	return fmt.Sprintf("%d others are still being written", s.Waiting)
}

func weight(n int) string { return fmt.Sprintf("weight %d", n) }

// spread is how one's own and the others' levels of the i-th criterion lie.
func (v cardView) spread(i int) review.Spread {
	c := v.Sheet.Rubric.Rubric[i]
	all := append(slices.Clone(v.Sheet.Others), review.Other{Review: v.Sheet.Mine})
	return review.SpreadOf(all, c.Key, len(c.Levels))
}
