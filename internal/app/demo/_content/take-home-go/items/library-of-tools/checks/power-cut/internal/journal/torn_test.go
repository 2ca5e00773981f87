package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toolshed/internal/journal"
)

func open(t *testing.T, name string, bad string) ([]string, *journal.Journal, error) {
	t.Helper()
	var got []string
	j, err := journal.Open(name, func(e string) error {
		if e == bad {
			return errors.New("no such command")
		}
		got = append(got, e)
		return nil
	})
	if err == nil {
		t.Cleanup(func() { j.Close() })
	}
	return got, j, err
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "shed.journal")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestALastLineThatWasCutOff(t *testing.T) {
	got, _, err := open(t, file(t, "one\ntwo\n2026-03-03 bor"), "2026-03-03 bor")
	if err != nil || strings.Join(got, " ") != "one two" {
		t.Errorf("read %q, %v; want one and two", got, err)
	}
}

func TestTheNextEventIsALineOfItsOwn(t *testing.T) {
	name := file(t, "one\n2026-03-03 bor")
	_, j, err := open(t, name, "2026-03-03 bor")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Append("three"); err != nil {
		t.Fatal(err)
	}
	got, _, err := open(t, name, "2026-03-03 bor")
	if err != nil || strings.Join(got, " ") != "one three" {
		t.Errorf("read %q, %v; want one and three", got, err)
	}
}

func TestABrokenLineBeforeTheLastIsAnError(t *testing.T) {
	_, _, err := open(t, file(t, "one\nbad\nthree\n"), "bad")
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a broken second line: %v; want an error that names it", err)
	}
	if _, _, err := open(t, file(t, "one\nbad\n"), "bad"); err == nil {
		t.Error("a broken last line that is whole was taken")
	}
}
