package journal

import (
	"path/filepath"
	"strings"
	"testing"
)

// load opens a journal and gives what was applied.
func load(t *testing.T, name string) (*Journal, []string) {
	t.Helper()
	var got []string
	j, err := Open(name, func(e string) error { got = append(got, e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j, got
}

func TestWhatWasAppendedIsReadAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "shed.journal")
	j, got := load(t, name)
	if len(got) != 0 {
		t.Errorf("a new journal holds %q", got)
	}
	for _, e := range []string{"one", "two"} {
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Append("three\nfour"); err == nil {
		t.Error("two lines were taken for one event")
	}
	if _, got := load(t, name); strings.Join(got, " ") != "one two" {
		t.Errorf("read %q; want one and two", got)
	}
}
