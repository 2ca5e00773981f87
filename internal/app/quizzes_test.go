package app_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/app"
	"candor/internal/problem"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

// TestFormatsAreFoundByContent: whatever a file is called, the one format that it is of reads it, and the result is whole.
func TestFormatsAreFoundByContent(t *testing.T) {
	t.Parallel()
	const choice = `<itemBody><choiceInteraction responseIdentifier="R"><prompt>Q?</prompt><simpleChoice identifier="a">a</simpleChoice><simpleChoice identifier="b">b</simpleChoice></choiceInteraction></itemBody>`
	files := func(list map[string]string) fstest.MapFS {
		out := fstest.MapFS{}
		for name, text := range list {
			out[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return out
	}
	asFile := func(text string) quiz.Source { return quiz.Source{Name: "export.dat", Data: []byte(text)} }
	for name, src := range map[string]quiz.Source{
		"Moodle XML":       asFile(`<quiz><question type="essay"><questiontext><text>Why?</text></questiontext></question></quiz>`),
		"GIFT":             asFile("Is it so?{T}"),
		"Aiken":            asFile("Which?\nA) a\nB) b\nANSWER: B\n"),
		"QTI 2.x and 3.0":  asFile(`<assessmentItem title="Q"><responseDeclaration identifier="R" cardinality="single"><correctResponse><value>a</value></correctResponse></responseDeclaration>` + choice + `</assessmentItem>`),
		"QTI 1.2 (Canvas)": {Name: "p.zip", Files: files(map[string]string{"a.xml": `<questestinterop><item ident="i" title="Q"><presentation><material><mattext>Why?</mattext></material><response_str ident="r"><render_fib/></response_str></presentation></item></questestinterop>`})},
		"Exercism":         {Name: "x", Files: files(map[string]string{"a/.meta/config.json": `{"files":{"solution":["a.py"],"test":["a_test.py"],"example":[".meta/e.py"]}}`, "a/a.py": "x", "a/a_test.py": "import unittest", "a/.meta/e.py": "y", "a/.docs/instructions.md": "Do"})},
	} {
		found := 0
		for _, f := range app.Quizzes() {
			if f.Is(src) {
				found++
				if f.Name() != name {
					t.Errorf("%s is taken for %s", name, f.Name())
				}
			}
		}
		if found != 1 {
			t.Errorf("%s is of %d formats; want 1", name, found)
		}
		r, err := quiz.Read(app.Quizzes(), quiztest.Kinds, src)
		if err != nil || r.Items() != 1 || r.Format != name {
			t.Errorf("%s: %+v, %v", name, r, err)
			continue
		}
		quiztest.Whole(t, name, r)
	}
	if len(app.Quizzes()) != 6 {
		t.Errorf("%d formats; the test knows 6", len(app.Quizzes()))
	}
	for name, text := range map[string]string{"empty": "", "text": "Dear all,\n\nno questions.\n", "bytes": strings.Repeat("\x00\xff", 100), "JSON": `{"a": [1, 2]}`} {
		if _, err := quiz.Read(app.Quizzes(), quiztest.Kinds, asFile(text)); err == nil {
			t.Errorf("%s is read as a quiz", name)
		}
	}
}

// TestSamplesByManifest reads every sample of other people's quizzes: what is carried of each and what is not is what testdata says
// (CANDOR_DOCS=write writes it), and every result is whole. A file that is no quiz by itself gets its problem.
func TestSamplesByManifest(t *testing.T) {
	t.Parallel()
	dir := quiztest.Samples(t, ".")
	f, err := os.Open(filepath.Join(dir, "manifest.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, line := range list[1:] {
		name := line[1]
		raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		src, err := quiz.Open(filepath.Base(name), raw)
		var r *quiz.Result
		if err == nil {
			r, err = quiz.Read(app.Quizzes(), quiztest.Kinds, src)
		}
		if p, ok := problem.As(err); ok {
			fmt.Fprintf(&b, "%s: %s\n", name, p.Code)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		quiztest.Whole(t, name, r)
		fmt.Fprintf(&b, "%s: %s, %d questions, %d not carried, %d items\n", name, r.Format, len(r.Rows), r.Refused(), r.Items())
	}
	golden := filepath.Join("testdata", "quizzes.golden")
	if os.Getenv("CANDOR_DOCS") == "write" {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || b.String() != string(want) {
		t.Errorf("%s differs (%v) from what is read now:\n%s", golden, err, b.String())
	}
}
