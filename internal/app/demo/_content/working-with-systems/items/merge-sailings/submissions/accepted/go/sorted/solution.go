package solution

import "slices"

func merge(sailings [][]int) [][]int {
	sorted := slices.Clone(sailings)
	slices.SortFunc(sorted, func(a, b []int) int { return a[0] - b[0] })
	taken := [][]int{}
	for _, s := range sorted {
		if n := len(taken); n > 0 && s[0] <= taken[n-1][1] {
			taken[n-1][1] = max(taken[n-1][1], s[1])
			continue
		}
		taken = append(taken, []int{s[0], s[1]})
	}
	return taken
}
