package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"candor/internal/app"
	"candor/internal/assessment"
	"candor/internal/quiz"
)

// Convert makes an assessment's folder of a quiz.
type Convert struct {
	Path  string `arg:"" help:"A file, zip or folder: Moodle XML, GIFT, Aiken, QTI, or exercises of Exercism." type:"path"`
	Into  string `help:"Folder to write; it may not hold anything yet. Without it only the report is printed." placeholder:"DIR" type:"path"`
	Title string `help:"The assessment's title, in place of the file's."`
}

// Help is what --help adds.
func (Convert) Help() string {
	return `Prints a line a question: what it became or why it could not be carried, and under it what was lost. The folder is one that "candor lint" proves and "candor import" takes. Ends with 1 where no question could be carried.`
}

// Run prints the report and writes the folder.
func (c *Convert) Run(e *env) error {
	src, err := quizSource(c.Path)
	if err != nil {
		return err
	}
	kinds, end := app.Kinds(defaultCache())
	defer end()
	r, err := quiz.Read(app.Quizzes(), kinds, src)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(e.out, r.Report()); err != nil {
		return err
	}
	if r.Items() == 0 {
		return found{}
	}
	if c.Into == "" {
		return nil
	}
	tree, err := r.Tree(c.Title)
	if err != nil {
		return err
	}
	return writeTree(c.Into, tree)
}

// quizSource opens what a quiz may be.
func quizSource(path string) (quiz.Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return quiz.Source{}, err
	}
	if info.IsDir() {
		tree := os.DirFS(path)
		return quiz.Source{Name: filepath.Base(path), Files: tree}, assessment.Keepable(tree)
	}
	if info.Size() > quiz.MaxBytes {
		return quiz.Source{}, quiz.ErrLarge
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return quiz.Source{}, err
	}
	return quiz.Open(filepath.Base(path), data)
}

// writeTree writes a folder that is not there, or empty.
func writeTree(dir string, tree fs.FS) error {
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return fmt.Errorf("%s holds something already; name a folder that is not there yet", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.CopyFS(dir, tree)
}
