package moodle_test

import (
	"fmt"
	"strings"
	"testing"

	"candor/internal/importer/moodle"
	"candor/internal/problem"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

// ask is a question with a name, a text and what else it has.
func ask(kind, text, rest string) string {
	return fmt.Sprintf(`<quiz><question type=%q><name><text>Q</text></name><questiontext format="html"><text>%s</text></questiontext>%s</question></quiz>`, kind, text, rest)
}

func answer(fraction, text, said string) string {
	return fmt.Sprintf(`<answer fraction=%q format="html"><text>%s</text><feedback format="html"><text>%s</text></feedback></answer>`, fraction, text, said)
}

const kept = "  - Feedback is kept for authors and reviewers; candidates do not see it.\n"

func TestCarried(t *testing.T) {
	const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
	for name, c := range map[string]struct {
		xml, report string
		file        map[string]string
		marks       map[string]float64
	}{
		"single": {ask("multichoice", "Which?", "<single>true</single><shuffleanswers>1</shuffleanswers>"+answer("100", "a", "yes")+answer("50", "b", "")+answer("-25", "c", "")),
			"1 Q [multichoice] -> q (choice)\n" + kept, map[string]string{"items/q/item.yaml": "shuffle: true"}, map[string]float64{"0": 1, "1": .5, "2": 0}},
		"several": {ask("multichoice", "Which?", "<single>false</single>"+answer("50", "a", "")+answer("50", "b", "")+answer("-100", "c", "")),
			"1 Q [multichoice] -> q (choice)\n", nil, map[string]float64{"0": .5, "0,1": 1, "0,1,2": 0}},
		"several without punishment": {ask("multichoice", "Which?", "<single>false</single>"+answer("50", "a", "")+answer("50", "b", "")+answer("0", "c", "")),
			"1 Q [multichoice] -> q (choice)\n", nil, map[string]float64{"0,1,2": 1}},
		"a set":  {ask("multichoiceset", "Which?", answer("100", "a", "")+answer("100", "b", "")+answer("0", "c", "")), "1 Q [multichoiceset] -> q (choice)\n", nil, map[string]float64{"0": 0, "0,1": 1}},
		"true":   {ask("truefalse", "So?", answer("0", "true", "no")+answer("100", "false", "")), "1 Q [truefalse] -> q (choice)\n" + kept, nil, map[string]float64{"0": 0, "1": 1}},
		"short":  {ask("shortanswer", "Who?", "<usecase>1</usecase>"+answer("100", "Tim*", "")+answer("50", "Jim", "")+answer("0", "*", "no")), "1 Q [shortanswer] -> q (choice)\n" + kept, nil, map[string]float64{"Tim Hunt": 1, "tim": 0, "Jim": .5}},
		"number": {ask("numerical", "Pi?", "<answer fraction=\"100\"><text>3.14</text><tolerance>0.01</tolerance></answer><answer fraction=\"20\"><text>3</text><tolerance>0.5</tolerance></answer>"), "1 Q [numerical] -> q (choice)\n", nil, map[string]float64{"3.15": 1, "3.4": .2, "5": 0}},
		"essay":  {ask("essay", "Why?", "<minwordlimit>20</minwordlimit><maxwordlimit>80</maxwordlimit><attachments>1</attachments><graderinfo format=\"html\"><text>Look for X</text></graderinfo>"), "1 Q [essay] -> q (freetext)\n  - Words for graders are not carried: Look for X\n  - Files cannot be attached to a written answer here.\n", map[string]string{"items/q/item.yaml": "to: 80"}, nil},
		"match":  {ask("matching", "Pair", "<subquestion format=\"html\"><text>one</text><answer><text>1</text></answer></subquestion><subquestion format=\"html\"><text>two</text><answer><text>2</text></answer></subquestion><subquestion><text></text><answer><text>3</text></answer></subquestion>"), "1 Q [matching] -> q-1 (choice) -> q-2 (choice)\n  - Its 2 parts are questions of their own now, each with all answers to choose from.\n", nil, map[string]float64{"0": 1, "2": 0}},
		"gaps":   {ask("gapselect", "A [[1]] and a [[3]].", "<selectoption><text>dog</text><group>1</group></selectoption><selectoption><text>cat</text><group>1</group></selectoption><selectoption><text>red</text><group>2</group></selectoption><selectoption><text>blue</text><group>2</group></selectoption>"), "1 Q [gapselect] -> q-1 (choice) -> q-2 (choice)\n  - Its 2 gaps are questions of their own now, with the gap's number in the text.\n", map[string]string{"items/q-2/statement.md": "What belongs at (2)?", "items/q-2/item.yaml": "text: blue"}, map[string]float64{"0": 1}},
		"cloze":  {ask("cloze", "2+2={1:NUMERICAL:=4:0.1} in {2:SA:=maths~%50%math#nearly} {:MC:=yes~no}", ""), "1 Q [cloze] -> q-1 (choice) -> q-2 (choice) -> q-3 (choice)\n  - Its 3 places for answers are questions of their own now, with the place's number in the text.\n" + kept, map[string]string{"assessment.yaml": "weight: 0.5"}, map[string]float64{"4.1": 1, "5": 0}},
		"pictures": {ask("truefalse", "&lt;img src=\"@@PLUGINFILE@@/a%20b.png\" alt=\"A chart\" onload=\"x()\"&gt;", "<questiontext2/>"+answer("100", "true", "")+`<questiontext><file name="a b.png" path="/" encoding="base64">`+png+`</file></questiontext>`),
			"1 Q [truefalse] -> q (choice)\n  - A script in an attribute (onload) was left out.\n  - The picture pictures/a-b.png lies beside the item; candidates do not see pictures yet. Say in words what it shows.\n",
			map[string]string{"items/q/item.yaml": "[Picture: A chart]", "items/q/pictures/a-b.png": "PNG"}, nil},
		"rich": {ask("essay", "&lt;p dir=\"rtl\"&gt;שלום&lt;/p&gt;&lt;pre&gt;a &amp;lt; b\n  c&lt;/pre&gt;&lt;table&gt;&lt;tr&gt;&lt;th&gt;x&lt;/th&gt;&lt;th&gt;y&lt;/th&gt;&lt;/tr&gt;&lt;tr&gt;&lt;td&gt;1&lt;/td&gt;&lt;td&gt;2&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;H&lt;sub&gt;2&lt;/sub&gt;O, x&lt;sup&gt;a+b&lt;/sup&gt; &lt;math&gt;&lt;mfrac&gt;&lt;mi&gt;a&lt;/mi&gt;&lt;mi&gt;b&lt;/mi&gt;&lt;/mfrac&gt;&lt;/math&gt;", ""),
			"1 Q [essay] -> q (freetext)\n  - A formula (MathML) was written as plain text: check it.\n", map[string]string{"items/q/statement.md": "שלום\n\n```\na < b\n  c\n```\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\nH₂O, x^(a+b) a/b"}, nil},
		"lost":        {ask("essay", "x", "<penalty>0.33</penalty><hint format=\"html\"><text>h</text></hint><tags><tag><text>a</text></tag></tags><defaultgrade>5</defaultgrade>"), "1 Q [essay] -> q (freetext)\n  - The penalty for further tries is not carried: there is one try here.\n  - Hints between tries are not carried.\n  - Tags are not carried.\n", map[string]string{"assessment.yaml": "weight: 5"}, nil},
		"description": {ask("description", "x", ""), "1 Q [description] not carried: It is a text that asks nothing.\n", nil, nil},
		"calculated":  {ask("calculated", "x", ""), "1 Q [calculated] not carried: Its numbers are drawn for each person anew.\n", nil, nil},
		"unknown":     {ask("pmatch", "x", ""), "1 Q [pmatch] not carried: Questions of the type \"pmatch\" are not known here.\n", nil, nil},
		"none right":  {ask("shortanswer", "x", answer("90", "a", "")), "1 Q [shortanswer] not carried: No answer of it is wholly right.\n", nil, nil},
		"any number":  {ask("numerical", "x", answer("100", "*", "")), "1 Q [numerical] not carried: It accepts any number.\n", nil, nil},
		"no text":     {ask("essay", "", ""), "1 Q [essay] not carried: The kind freetext does not take it: Write the task: here under statement, or in a file statement.md.\n", nil, nil},
		"two equal":   {ask("multichoice", "x", "<single>true</single>"+answer("100", "a", "")+answer("0", "a", "")), "1 Q [multichoice] not carried: The kind choice does not take it: This option stands twice.\n", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := quiztest.Read(t, moodle.Format{}, "q.xml", c.xml)
			if got := r.Questions(); got != c.report {
				t.Errorf("report:\n%swant\n%s", got, c.report)
			}
			for file, want := range c.file {
				if got := quiztest.File(t, r, file); !strings.Contains(got, want) {
					t.Errorf("%s:\n%s\nwant %q in it", file, got, want)
				}
			}
			for answer, want := range c.marks {
				if got := quiztest.Mark(t, r, answer); got != want {
					t.Errorf("the mark of %q = %v; want %v", answer, got, want)
				}
			}
		})
	}
}

// code is a question of CodeRunner's.
func code(kind, rest string, tests ...string) string {
	return ask("coderunner", "Do", "<coderunnertype>"+kind+"</coderunnertype><prototypetype>0</prototypetype><answer>def f(): return 1</answer>"+rest+"<testcases>"+strings.Join(tests, "")+"</testcases>")
}

func testcase(example, display, code, in, want string) string {
	return fmt.Sprintf(`<testcase useasexample=%q mark="1.0" testtype="0"><testcode><text>%s</text></testcode><stdin><text>%s</text></stdin><expected><text>%s</text></expected><extra><text></text></extra><display><text>%s</text></display></testcase>`, example, code, in, want, display)
}

func TestCodeRunner(t *testing.T) {
	tests := []string{testcase("1", "SHOW", "print(f())", "", "1"), testcase("0", "HIDE", "print(f(), input())", "x", "1 x")}
	r := quiztest.Read(t, moodle.Format{}, "q.xml", code("python3_w_input", "<answerpreload>def f():</answerpreload><cputimelimitsecs>3</cputimelimitsecs>", tests...))
	for file, want := range map[string]string{
		"items/q/data/sample/01.in": "print(f())\n", "items/q/data/sample/01.ans": "1\n",
		"items/q/data/secret/02.in": "print(f(), input())\n--- input ---\nx\n", "items/q/data/secret/02.ans": "1 x\n",
		"items/q/starter/python/answer.py":                       "def f():\n",
		"items/q/submissions/accepted/python/solution/answer.py": "def f(): return 1\n",
	} {
		if got := quiztest.File(t, r, file); got != want {
			t.Errorf("%s = %q; want %q", file, got, want)
		}
	}
	for file, want := range map[string]string{"items/q/item.yaml": "cpu: 3s", "items/q/starter/python/run_test.py": "ECHO = True"} {
		if got := quiztest.File(t, r, file); !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nwant %q in it", file, got, want)
		}
	}
	for name, c := range map[string]struct{ xml, want string }{
		"own template": {code("python3", "<template>import x</template>", tests...), "It has a template of its own, a program that runs the tests. Such programs are not run here."},
		"own grader":   {code("python3", "<grader>RegexGrader</grader>", tests...), "Its outputs are compared by the RegexGrader, which is not known here."},
		"unknown":      {code("mine", "", tests...), "What its type mine does with an answer says a template, which is a program and is not run here."},
		"compiled":     {code("c_function", "", tests...), "Each of its tests is a piece of C that is compiled with the answer. Here programs of C are tested by standard input."},
		"no tests":     {code("python3", ""), "It has no test with an expected output."},
		"a gap filler": {code("python3", "<uiplugin>gapfiller</uiplugin>", tests...), `Answers to it are made with the user interface "gapfiller".`},
	} {
		if got := quiztest.Read(t, moodle.Format{}, "q.xml", c.xml).Rows[0].Why; got != c.want {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}

// TestHostile: each gets its sentence, and nothing outside the file is read.
func TestHostile(t *testing.T) {
	for name, c := range map[string]struct{ xml, want string }{
		"entities":        {`<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz>&b;</quiz>`, "q.xml, line 1, column 57: declarations of a document type"},
		"external entity": {`<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>`, "declarations of a document type"},
		"undeclared":      {`<quiz>&x;</quiz>`, "line 1, column 10: this is broken XML (invalid character entity &x;)."},
		"inclusion":       {`<quiz><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/></quiz>`, "other files are not included"},
		"deep":            {"<quiz>" + strings.Repeat("<a>", 100_000), "elements are nested too deeply."},
		"broken":          {"<quiz>\n <question>\n</quiz>", "q.xml, line 3, column 8: this is broken XML (element <question> closed by </quiz>)."},
		"cut off":         {"<quiz><question>", "this is broken XML (unexpected EOF)."},
		"empty quiz":      {"<quiz></quiz>", "There is no question in this file."},
		"many":            {"<quiz>" + strings.Repeat(`<question type="essay"/>`, 10_000) + "</quiz>", "There are 10000 questions in this file; at most 1000 are read at once."},
		"another":         {"<html></html>", "This is none of the quizzes that are read here: Moodle XML."},
		"nothing":         {"", "This is none of the quizzes"},
	} {
		src, err := quiz.Open("q.xml", []byte(c.xml))
		if err == nil {
			_, err = quiz.Read([]quiz.Format{moodle.Format{}}, quiztest.Kinds, src)
		}
		if p, ok := problem.As(err); !ok || !strings.Contains(p.Text, c.want) || !strings.HasSuffix(p.Text, "Nothing was imported.") {
			t.Errorf("%s: %v; want %s", name, err, c.want)
		}
	}
	if _, err := quiz.Open("q.xml", make([]byte, quiz.MaxBytes+1)); err != quiz.ErrLarge {
		t.Errorf("a large file: %v; want %v", err, quiz.ErrLarge)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(ask("multichoice", "a", answer("100", "b", "c")))
	f.Add(ask("cloze", "{1:MC:=a~b#c} {2:NM:=1:2}", ""))
	f.Add(ask("gapselect", "[[1]] [[99999999999]]", "<selectoption><text>a</text></selectoption>"))
	f.Add(code("nodejs", "", testcase("1", "SHOW", "a", "b", "c")))
	f.Add("<quiz><question type='essay'><questiontext><text>&lt;math&gt;&lt;svg&gt;&lt;a href=javascript:x&gt;</text></questiontext></question></quiz>")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := quiz.Read([]quiz.Format{moodle.Format{}}, quiztest.Kinds, quiz.Source{Name: "f", Data: []byte(s)}); err == nil && len(r.Rows) < 20 {
			quiztest.Whole(t, "fuzz", r)
		}
	})
}
