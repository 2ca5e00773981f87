package solution

import (
	"cmp"
	"slices"
)

// merge gives the times at which the berth is taken, as few pairs as possible. Times that touch are one time.
func merge(sailings [][]int) [][]int {
	byArrival := slices.Clone(sailings)
	slices.SortFunc(byArrival, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	taken := [][]int{}
	for _, s := range byArrival {
		arrives, leaves := s[0], s[1]
		if n := len(taken); n > 0 && arrives <= taken[n-1][1] {
			taken[n-1][1] = max(taken[n-1][1], leaves)
			continue
		}
		taken = append(taken, []int{arrives, leaves}) // a pair of our own: the given list stays as it is
	}
	return taken
}
