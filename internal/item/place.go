package item

import "strings"

// TestPlace is the anchor of a test in the results of an answer, for evidence: an id of its row.
func TestPlace(name string) string { return "test:" + strings.Join(strings.Fields(name), "_") }

// TestLabel says in words where an anchor of TestPlace points; false of every other anchor.
func TestLabel(anchor string) (string, bool) {
	name, ok := strings.CutPrefix(anchor, "test:")
	if !ok || name == "" || len(strings.Fields(name)) != 1 {
		return "", false
	}
	return "Test " + name, true
}
