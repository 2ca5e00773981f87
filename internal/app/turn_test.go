package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnePieceSaysWhichVersionAFormShows: by these attributes the outbox decides whether what a page before left is newer. A form that says some of
// them would be given an older answer in the place of a newer one, so all come from work.Turn.
func TestOnePieceSaysWhichVersionAFormShows(t *testing.T) {
	t.Parallel()
	found := 0
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && e.Name() == "node_modules" {
			return fs.SkipDir
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".templ" || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, name := range []string{"data-client", "data-seq", "data-revision"} {
			if !strings.Contains(string(text), name) {
				continue
			}
			if found++; filepath.ToSlash(path) != "../web/ui/work/work.templ" {
				t.Errorf("%s writes %s itself; call work.Turn", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 3 {
		t.Errorf("only %d of the three attributes are written anywhere: this test shows nothing", found)
	}
}
