package field

import (
	"maps"
	"slices"
)

func sorted(fields map[string]string) []string { return slices.Sorted(maps.Keys(fields)) }
