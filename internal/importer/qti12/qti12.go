// Package qti12 reads items, assessments and packages of QTI 1.2 (www.imsglobal.org/question, "ASI" specification), as Canvas and
// Common Cartridges have them. What answers are worth is found by doing what the item's rules say for each answer: the rules of 1.2 are
// conditions and sums, not programs.
package qti12

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"candor/internal/problem"
	"candor/internal/quiz"
)

// Format is the format.
type Format struct{}

// Name is what people call it.
func (Format) Name() string { return "QTI 1.2 (Canvas)" }

const rootName = "questestinterop"

// Is says whether the first element is questestinterop.
func (Format) Is(s quiz.Source) bool {
	if s.Files == nil {
		return quiz.Root(s.Data) == rootName
	}
	return len(files(s.Files)) > 0
}

// files are the names of a package's files with questions. Canvas writes its own form of them beside that of a Common Cartridge: it has
// more and comes first.
func files(tree fs.FS) []string {
	var out []string
	fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !slices.Contains([]string{".xml", ".qti", ".dat"}, strings.ToLower(path.Ext(name))) {
			return nil
		}
		if info, err := e.Info(); err != nil || info.Size() > quiz.MaxBytes {
			return nil
		}
		if data, err := fs.ReadFile(tree, name); err == nil && quiz.Root(data) == rootName {
			out = append(out, name)
		}
		return nil
	})
	own := func(name string) int {
		if strings.Contains(name, "non_cc_assessments/") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b string) int { return own(a) - own(b) })
	return out
}

// Read gives the items.
func (Format) Read(s quiz.Source) (quiz.Quiz, error) {
	var out quiz.Quiz
	if s.Files == nil {
		root, err := quiz.XML(s.Name, s.Data)
		if err != nil {
			return out, err
		}
		read(&out, root, nil, map[string]bool{})
		return out, nil
	}
	seen := map[string]bool{}
	for _, name := range files(s.Files) {
		data, err := fs.ReadFile(s.Files, name)
		if err != nil {
			return out, err
		}
		root, err := quiz.XML(name, data)
		if p, ok := problem.As(err); ok {
			q := &quiz.Question{Name: name, Type: "file"}
			q.Refuse("%s", strings.TrimSuffix(p.Text, " Nothing was imported."))
			out.Questions = append(out.Questions, q)
			continue
		}
		if err != nil {
			return out, err
		}
		read(&out, root, func(file string) ([]byte, bool) { return find(s.Files, path.Dir(name), file) }, seen)
	}
	return out, nil
}

// find is a file that a text names, beside it or where Canvas keeps its own.
func find(tree fs.FS, dir, file string) ([]byte, bool) {
	for _, base := range []string{"$IMS-CC-FILEBASE$", "$IMS_CC_FILE_BASE$", "$IMS_CC_FILEBASE$"} {
		if rest, ok := strings.CutPrefix(file, base); ok {
			dir, file = "web_resources", strings.TrimPrefix(rest, "/")
		}
	}
	for _, at := range []string{path.Join(dir, file), path.Clean(file)} {
		if data, err := fs.ReadFile(tree, at); err == nil {
			return data, true
		}
	}
	return nil, false
}

func read(out *quiz.Quiz, root *quiz.Element, file func(string) ([]byte, bool), seen map[string]bool) {
	if a := root.Find("assessment"); a != nil && out.Title == "" {
		out.Title = a.Value("title")
	}
	if len(root.Deep("selection_ordering")) > 0 {
		out.Lose("Drawing some of the questions by chance is not carried: all of them stand in the assessment.")
	}
	if len(root.Deep("duration")) > 0 {
		out.Lose("Time limits are not carried: set the clock of the part.")
	}
	for _, e := range root.Deep("bankentry_item", "itemref", "sourcebank_ref") {
		q := &quiz.Question{Name: quiz.Named(e.Value("item_ref")+e.Value("linkrefid"), e.Words()), Type: e.Name}
		q.Refuse("It is taken from a bank of questions that is not in this file.")
		out.Questions = append(out.Questions, q)
	}
	for _, e := range root.Deep("item") {
		id := e.Value("ident")
		if id != "" && seen[id] {
			out.Lose("Questions that stand in the package twice stand here once.")
			continue
		}
		seen[id] = true
		q := &quiz.Question{Name: e.Value("title"), Type: meta(e, "question_type")}
		it := &item{q, e, &quiz.Scribe{Q: q, File: file}}
		if q.Name == "" || q.Name == "Question" {
			q.Name = quiz.Named(it.s.Words(it.markup(e.Find("presentation"), true)), id)
		}
		if q.Type == "" {
			q.Type = "item"
		}
		out.Questions = append(out.Questions, q)
		it.carry()
		q.Finish(it.s)
	}
}

// meta is a field of an item's metadata.
func meta(e *quiz.Element, label string) string {
	for _, f := range e.Find("itemmetadata").Deep("qtimetadatafield") {
		if f.Find("fieldlabel").Words() == label {
			return f.Find("fieldentry").Words()
		}
	}
	return ""
}

// refused are types of Canvas that are no kind of question here.
var refused = map[string]string{
	"text_only_question": "It is a text that asks nothing.", "file_upload_question": "It asks for a file, which is no kind of question here.",
	"calculated_question": "Its numbers are drawn for each person anew.", "ordering_question": "Putting things in order is no kind of question here.",
	"categorization_question": "Sorting into groups is no kind of question here.", "hot_spot_question": "Pointing at places of a picture is no kind of question here.",
}

// most labels are how many options are tried in all combinations.
const most = 14
