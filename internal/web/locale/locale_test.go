package locale_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"candor/internal/web/locale"
)

func TestPlural(t *testing.T) {
	l := locale.For("en")
	if got := l.T("work.waiting_many", "n", 3); got != "3 answers wait to be sent." {
		t.Errorf("T = %q", got)
	}
	if got := locale.For("xx-YY").T("save.saved", "time", "14:02"); got != "Saved 14:02" {
		t.Errorf("an unknown language says %q; want English", got)
	}
	if got := l.T("no.such.key"); got != "no.such.key" {
		t.Errorf("an unknown key says %q", got)
	}
}

// TestKeys: every key that a template or handler names exists in English, and every other language has only keys that English has.
func TestKeys(t *testing.T) {
	call := regexp.MustCompile(`\b(?:t|T|Text|text)\("([a-z][a-z_]*(?:\.[a-z0-9_]+)+)"`)
	keys := locale.For("en").Keys()
	err := filepath.WalkDir("../..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".templ") && (!strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_templ.go") || strings.HasSuffix(p, "_test.go")) {
			return err
		}
		b, err := os.ReadFile(p)
		for _, m := range call.FindAllStringSubmatch(string(b), -1) {
			if !slices.Contains(keys, m[1]) {
				t.Errorf("%s: en.yaml has no %s", p, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, k := range locale.For(strings.TrimSuffix(f, ".yaml")).Keys() {
			if !slices.Contains(keys, k) {
				t.Errorf("%s has %s, which English does not", f, k)
			}
		}
	}
}
