package qti12_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"candor/internal/importer/qti12"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

func TestSamples(t *testing.T) {
	for _, under := range []string{"canvas-qti12-and-21", "qti-zip-samples"} {
		filepath.WalkDir(quiztest.Samples(t, under), func(file string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(file) != ".xml" && filepath.Ext(file) != ".zip" && filepath.Ext(file) != ".qti" {
				return err
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			src, err := quiz.Open(filepath.Base(file), raw)
			if err != nil {
				t.Errorf("%s: %v", file, err)
				return nil
			}
			r, err := quiz.Read([]quiz.Format{qti12.Format{}}, quiztest.Kinds, src)
			if err != nil {
				t.Logf("%s: %v", file, err)
				return nil
			}
			quiztest.Whole(t, file, r)
			t.Logf("%s\n%s%v", file, r.Questions(), r.Lost)
			return nil
		})
	}
}
