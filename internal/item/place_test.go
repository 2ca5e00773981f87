package item_test

import (
	"testing"

	"candor/internal/item"
)

func TestPlacesOfTests(t *testing.T) {
	for name, want := range map[string]string{"two": "Test two", "a slow  one": "Test a_slow_one", "TestHolds/100%_ok": "Test TestHolds/100%_ok"} {
		if got, ok := item.TestLabel(item.TestPlace(name)); got != want || !ok {
			t.Errorf("the place of %q is called %q, %v; want %q", name, got, ok, want)
		}
	}
	for _, anchor := range []string{"", "main.py:3", "test:", "test:a b", "c-test:1"} {
		if got, ok := item.TestLabel(anchor); ok {
			t.Errorf("%q is taken for a test: %q", anchor, got)
		}
	}
}
