// Package qti reads items, tests and packages of the 1EdTech specification Question and Test Interoperability, 2.0 to 2.2 and 3.0
// (www.imsglobal.org/question): the two differ in how elements and attributes are called, and are read by the names of 2.x.
package qti

import (
	"io/fs"
	"path"
	"strconv"
	"strings"

	"candor/internal/problem"
	"candor/internal/quiz"
)

// Format is the format.
type Format struct{}

// Name is what people call it.
func (Format) Name() string { return "QTI 2.x and 3.0" }

// root is the name of a file's first element in the words of 2.x.
func root(data []byte) string { return camel(strings.TrimPrefix(quiz.Root(data), "qti-")) }

// Is says whether there is an item or a test.
func (Format) Is(s quiz.Source) bool {
	if s.Files == nil {
		r := root(s.Data)
		return r == "assessmentItem" || r == "assessmentTest"
	}
	found := false
	walk(s.Files, func(name string, data []byte) {
		r := root(data)
		found = found || r == "assessmentItem" || r == "assessmentTest"
	})
	return found
}

// walk gives the XML files in order.
func walk(files fs.FS, each func(name string, data []byte)) {
	fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.EqualFold(path.Ext(name), ".xml") {
			return nil
		}
		if info, err := e.Info(); err != nil || info.Size() > quiz.MaxBytes {
			return nil
		}
		if data, err := fs.ReadFile(files, name); err == nil {
			each(name, data)
		}
		return nil
	})
}

// Read gives the items: in the order of the tests that name them, then the others.
func (Format) Read(s quiz.Source) (quiz.Quiz, error) {
	p := &pack{source: s, items: map[string]*quiz.Element{}, read: map[string]bool{}}
	if s.Files == nil {
		e, err := parse(s.Name, s.Data)
		if err != nil {
			return quiz.Quiz{}, err
		}
		if e.Name == "assessmentTest" {
			p.test(e, "")
		} else {
			p.add("", e, 0)
		}
		return p.quiz, nil
	}
	var names []string
	var tests []func()
	walk(s.Files, func(name string, data []byte) {
		switch root(data) {
		case "assessmentTest":
			if e, err := parse(name, data); err != nil {
				p.refuse(name, "test", err)
			} else {
				tests = append(tests, func() { p.test(e, path.Dir(name)) })
			}
		case "assessmentItem":
			names = append(names, name)
			if e, err := parse(name, data); err != nil {
				p.read[name] = true
				p.refuse(name, "item", err)
			} else {
				p.items[name] = e
			}
		}
	})
	for _, read := range tests {
		read()
	}
	for _, name := range names {
		if !p.read[name] {
			p.add(name, p.items[name], 0)
		}
	}
	return p.quiz, nil
}

// pack is a package under way.
type pack struct {
	source quiz.Source
	items  map[string]*quiz.Element
	read   map[string]bool
	quiz   quiz.Quiz
}

// refuse names a file that cannot be read.
func (p *pack) refuse(name, kind string, err error) {
	q := &quiz.Question{Name: name, Type: kind}
	q.Refuse("%s", strings.TrimSuffix(said(err), " Nothing was imported."))
	p.quiz.Questions = append(p.quiz.Questions, q)
}

func said(err error) string {
	if p, ok := problem.As(err); ok {
		return p.Text
	}
	return err.Error()
}

// ofTest are parts of a test that no assessment here has.
var ofTest = map[string]string{
	"timeLimits": "Time limits of the test are not carried: set the clock of the part.", "selection": "Drawing some of the items by chance is not carried: all of them stand in the assessment.",
	"ordering": "Shuffling the items is not carried: all see them in one order.", "preCondition": "Conditions on earlier answers are not carried.",
	"branchRule": "Jumps by earlier answers are not carried.", "testFeedback": "Feedback on the whole test is not carried.",
	"outcomeProcessing": "The test's own rules for its score are not carried.", "itemSessionControl": "The number of tries of an item is not carried.",
	"rubricBlock": "Instructions of the test's sections are not carried.",
}

// test reads the items that a test names.
func (p *pack) test(e *quiz.Element, dir string) {
	if p.quiz.Title == "" {
		p.quiz.Title = e.Value("title")
	}
	for name, say := range ofTest {
		if len(e.Deep(name)) > 0 {
			p.quiz.Lose("%s", say)
		}
	}
	for _, ref := range e.Deep("assessmentItemRef") {
		name := path.Join(dir, ref.Value("href"))
		item, ok := p.items[name]
		switch {
		case p.read[name]:
			p.quiz.Lose("%s stands twice in the test; once here.", name)
		case !ok:
			q := &quiz.Question{Name: ref.Value("identifier"), Type: "item"}
			q.Refuse("The file %s that the test names is not here. Export the whole package.", ref.Value("href"))
			p.quiz.Questions = append(p.quiz.Questions, q)
		default:
			weight, _ := strconv.ParseFloat(ref.Find("weight").Value("value"), 64)
			p.add(name, item, weight)
		}
	}
}

func (p *pack) add(name string, e *quiz.Element, weight float64) {
	p.read[name] = true
	q := &quiz.Question{Name: quiz.Named(e.Value("title"), e.Value("identifier")), Type: "item"}
	p.quiz.Questions = append(p.quiz.Questions, q)
	it := &item{Question: q, e: e, s: &quiz.Scribe{Q: q}, weight: weight}
	if p.source.Files != nil {
		it.s.File = func(file string) ([]byte, bool) {
			at := path.Join(path.Dir(name), file)
			if !fs.ValidPath(at) {
				return nil, false
			}
			data, err := fs.ReadFile(p.source.Files, at)
			return data, err == nil
		}
	}
	it.carry()
	q.Finish(it.s)
}

// parse reads a file by the names of 2.x.
func parse(name string, data []byte) (*quiz.Element, error) {
	e, err := quiz.XML(name, data)
	if err == nil {
		old(e)
	}
	return e, err
}

// old gives elements and attributes of 3.0 the names of 2.x: qti-choice-interaction is choiceInteraction.
func old(e *quiz.Element) {
	if rest, ok := strings.CutPrefix(e.Name, "qti-"); ok {
		e.Name = camel(rest)
		for name, value := range e.Attr {
			if strings.Contains(name, "-") && !strings.HasPrefix(name, "data-") && !strings.HasPrefix(name, "aria-") {
				e.Attr[camel(name)] = value
			}
		}
	}
	for c := range e.All("") {
		old(c)
	}
}

func camel(s string) string {
	words := strings.Split(s, "-")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
