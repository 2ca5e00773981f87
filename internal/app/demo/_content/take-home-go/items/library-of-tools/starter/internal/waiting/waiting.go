// Package waiting has the line for each tool.
package waiting

import "errors"

// Errors of this package.
var (
	ErrWaits = errors.New("they wait for it already")
	ErrNot   = errors.New("they do not wait for it")
)

// Lines are the lines of all tools.
type Lines struct{ of map[string][]string }

// New has nobody waiting.
func New() *Lines { return &Lines{of: map[string][]string{}} }

// Join puts a member at the end of a line. ErrWaits.
func (ls *Lines) Join(tool, member string) error {
	for _, m := range ls.of[tool] {
		if m == member {
			return ErrWaits
		}
	}
	ls.of[tool] = append(ls.of[tool], member)
	return nil
}

// Leave takes a member out of a line. ErrNot.
func (ls *Lines) Leave(tool, member string) error {
	for i, m := range ls.of[tool] {
		if m == member {
			ls.of[tool] = append(ls.of[tool][:i], ls.of[tool][i+1:]...)
			return nil
		}
	}
	return ErrNot
}

// For are those who wait for a tool, the first in line first.
func (ls *Lines) For(tool string) []string { return append([]string(nil), ls.of[tool]...) }
