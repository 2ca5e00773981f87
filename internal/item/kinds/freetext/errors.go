package freetext

import "candor/internal/problem"

// ErrLong is a text of more than a megabyte.
var ErrLong = problem.New(problem.TooLarge, "freetext_long",
	"This text is longer than we can keep (1 MB). It stays on this device: shorten it, and it is saved by itself.")
