package moodle_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/importer/moodle"
	"candor/internal/quiz/quiztest"
)

func TestSamples(t *testing.T) {
	dir := quiztest.Samples(t, "moodle-xml-coderunner")
	filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(file, ".xml") {
			return err
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := quiztest.Read(t, moodle.Format{}, filepath.Base(file), string(raw))
		t.Logf("%s\n%s", file, r.Questions())
		return nil
	})
}
