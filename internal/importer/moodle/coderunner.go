package moodle

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"candor/internal/archive"
	"candor/internal/judge/languages"
	"candor/internal/quiz"
)

// test is one test case.
type test struct {
	code, in, want string
	visible        bool
}

// coderunner makes a code item of a question whose type is one of CodeRunner's own.
func (q *question) coderunner(it *quiz.Item) {
	text := func(name string) string { return q.e.Find(name).Words() }
	kind := text("coderunnertype")
	q.Type = "coderunner " + kind
	p, known := prototypes[kind]
	switch language, whole := compiled[kind]; {
	case text("prototypetype") != "" && text("prototypetype") != "0":
		q.Refuse("It is a prototype for other questions and asks nothing.")
	case whole:
		q.Refuse("Each of its tests is a piece of %s that is compiled with the answer. Here programs of %s are tested by standard input.", language, language)
	case !known:
		q.Refuse("What its type %s does with an answer says a template, which is a program and is not run here.", kind)
	case text("template") != "":
		q.Refuse("It has a template of its own, a program that runs the tests. Such programs are not run here.")
	case text("grader") != "" && text("grader") != "EqualityGrader" && text("grader") != "NearEqualityGrader":
		q.Refuse("Its outputs are compared by the %s, which is not known here.", text("grader"))
	case text("uiplugin") != "" && text("uiplugin") != "ace" && text("uiplugin") != "none" && text("uiplugin") != "textarea":
		q.Refuse("Answers to it are made with the user interface %q.", text("uiplugin"))
	case text("twigall") == "1" && (strings.Contains(it.Statement, "{{") || strings.Contains(it.Statement, "{%")):
		q.Refuse("Its text is a Twig template, which is a program and is not run here.")
	}
	if q.Refused != "" {
		return
	}
	tests := q.tests()
	if len(tests) == 0 {
		q.Refuse("It has no test with an expected output.")
		return
	}
	q.named()
	c := &coded{question: q, it: it, prototype: p}
	c.carry(tests)
}

// tests are the test cases: its examples are visible; where there is none, those that the source shows after a check.
func (q *question) tests() []test {
	var out []test
	var shown []bool
	examples := false
	marks := map[string]bool{}
	for e := range q.e.Find("testcases").All("testcase") {
		x := test{e.Find("testcode", "text").Body(), e.Find("stdin", "text").Body(), e.Find("expected", "text").Body(), e.Value("useasexample") == "1"}
		out = append(out, x)
		shown = append(shown, e.Find("display").Words() == "SHOW")
		examples = examples || x.visible
		marks[e.Value("mark")] = true
		if e.Find("extra").Words() != "" {
			q.Lose("The field “extra” of tests is not carried: its type does not use it.")
		}
		if e.Value("testtype") == "1" {
			q.Lose("A test that runs only before a check counts here as all others do.")
		}
		if e.Value("hiderestiffail") == "1" {
			q.Lose("Tests are not hidden after one that fails.")
		}
	}
	if len(marks) > 1 {
		q.Lose("Its tests count differently; here each counts the same.")
	}
	if examples {
		for i, x := range out {
			if shown[i] && !x.visible {
				q.Lose("Tests that are no examples are hidden until the answer is sent; in the source they are shown after a check.")
			}
		}
		return out
	}
	for i := range out {
		out[i].visible = shown[i]
	}
	if slices.Contains(shown, true) {
		q.Lose("None of its tests is an example; those that are shown after a check are visible here.")
	}
	return out
}

// named names what a question says beside its program.
func (q *question) named() {
	text := func(name string) string { return q.e.Find(name).Words() }
	if text("allornothing") == "1" {
		q.Lose("It is all or nothing in the source; here the mark is the share of tests that pass.")
	}
	if r := text("penaltyregime"); r != "" && r != "0" {
		q.Lose("Penalties for further checks (%s) are not carried: candidates run the visible tests as often as they like.", r)
	}
	if text("attachments") != "" && text("attachments") != "0" {
		q.Lose("That files can be attached is not carried: candidates add files in the editor.")
	}
	if text("templateparams") != "" {
		q.Lose("Parameters of templates are not carried.")
	}
	if text("grader") != "NearEqualityGrader" {
		q.Lose("The amount of white space in outputs means nothing here.")
	}
}

// coded is a code item under way.
type coded struct {
	*question
	it *quiz.Item
	prototype
}

func (c *coded) carry(tests []test) {
	it := c.it
	it.Kind, it.Minutes, it.Style, it.Files, it.Languages = "code", quiz.CodeMinutes, "stdin", archive.Files{}, map[string]quiz.Offer{}
	it.Compare = &quiz.Compare{CaseSensitive: c.e.Find("grader").Words() != "NearEqualityGrader"}
	if it.Why != "" {
		c.Lose("Feedback for all is not carried: %s", it.Why)
		it.Why = ""
	}
	c.limits()
	coded := c.harness != "" && slices.ContainsFunc(tests, func(t test) bool { return strings.TrimSpace(t.code) != "" })
	for i, t := range tests {
		in := line(t.in)
		if coded {
			in = line(t.code)
			if t.in != "" {
				in = strings.TrimSuffix(in, "\n") + inputMark + line(t.in)
			}
		} else if strings.TrimSpace(t.code) != "" {
			c.Lose("The code of its tests is not carried: its type does not run it.")
		}
		dir := "data/secret/"
		if t.visible {
			dir = "data/sample/"
		}
		it.Files[fmt.Sprintf("%s%02d.in", dir, i+1)] = []byte(in)
		it.Files[fmt.Sprintf("%s%02d.ans", dir, i+1)] = []byte(line(t.want))
	}
	for _, id := range c.languages {
		c.language(id, coded)
	}
	if coded {
		it.Statement += "\n\nWrite the answer in `" + "answer" + path.Ext(c.entry) + "`. `" + c.entry + "` runs it and then the code of one test, which comes by standard input."
	}
}

// line ends a text with the end of a line, where it has any.
func line(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

func (c *coded) limits() {
	cpu, _ := strconv.ParseFloat(c.e.Find("cputimelimitsecs").Words(), 64)
	memory, _ := strconv.Atoi(c.e.Find("memlimitmb").Words())
	var l quiz.Limits
	if cpu > 0 {
		l.CPU = strconv.FormatFloat(min(60, max(0.1, cpu)), 'f', -1, 64) + "s"
	}
	if memory > 0 {
		l.Memory = fmt.Sprintf("%dMiB", min(4096, max(16, memory)))
	}
	if l != (quiz.Limits{}) {
		c.it.Limits = &l
	}
}

var publicClass = regexp.MustCompile(`public\s+(?:final\s+)?class\s+(\w+)`)

// language offers a language: the starter, the files beside it, and the source's answer as a sample submission.
func (c *coded) language(id string, coded bool) {
	l, ok := languages.Named(id)
	if !ok {
		return
	}
	starter, solution := c.e.Find("answerpreload").Body(), c.e.Find("answer").Body()
	name := l.Main
	if coded {
		name = "answer" + path.Ext(c.entry)
	} else if m := publicClass.FindStringSubmatch(solution + starter); m != nil && id == "java" {
		name = m[1] + ".java"
	}
	offer := quiz.Offer{Starter: []string{name}}
	dir := "starter/" + id + "/"
	c.it.Files[dir+name] = []byte(line(starter))
	if coded {
		harness := c.harness
		for from, to := range c.asks {
			harness = strings.Replace(harness, from, to, 1)
		}
		c.it.Files[dir+c.entry] = []byte(harness)
		offer.Starter, offer.Protected, offer.Entry = append(offer.Starter, c.entry), []string{c.entry}, c.entry
	} else {
		offer.Entry = name
	}
	for file, data := range c.files("testcases") {
		if c.it.Files[dir+file] != nil {
			c.Lose("A file is not carried, because it is called as the answer is: %s.", file)
			continue
		}
		c.it.Files[dir+file] = data
		offer.Protected = append(offer.Protected, file)
	}
	slices.Sort(offer.Protected)
	c.it.Languages[id] = offer
	if strings.TrimSpace(solution) == "" {
		c.Lose("There is no solution in it: nothing proves that it can be solved.")
		return
	}
	if len(c.languages) > 1 {
		c.Lose("Its solution is not carried: it does not say in which language it is.")
		return
	}
	files := c.files("answerfiles")
	files[name] = []byte(line(solution))
	if coded { // the whole of what runs: an entry keeps starters out
		for file, data := range c.it.Files {
			if inside, ok := strings.CutPrefix(file, dir); ok && files[inside] == nil {
				files[inside] = data
			}
		}
	} else {
		maps.Copy(files, c.files("testcases"))
	}
	for file, data := range files {
		c.it.Files["submissions/accepted/"+id+"/solution/"+file] = data
	}
}

// files are the files below an element that can be kept beside a program: text, with plain names.
func (c *coded) files(under string) archive.Files {
	out := archive.Files{}
	for e := range c.e.Find(under).All("file") {
		name := e.Value("name")
		data, err := quiz.Base64(e.Body())
		switch {
		case name == "" || name != path.Base(name) || strings.HasPrefix(name, "."):
			c.Lose("A file is not carried, because of its name: %q.", name)
		case err != nil || !utf8.Valid(data) || len(data) > 1<<20 || strings.ContainsRune(string(data), 0):
			c.Lose("A file is not carried, because it is no text of at most 1 MiB: %s.", name)
		default:
			out[name] = data
		}
	}
	return out
}
