package attemptweb

import (
	"fmt"
	"net/http"

	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/run"
	"candor/internal/web"
)

// Practice is the version's id that runs of the practice page carry.
const Practice assessment.VersionID = "practice"

// practiceTree is what people try the tools on.
var practiceTree = archive.Files{
	"assessment.yaml": []byte("candor: 1\ntitle: Practice\nabout: Practice.\nai: {policy: allowed}\n" +
		"parts: [{key: all, title: Practice, minutes: 3, items: [{item: choose}, {item: write}, {item: program}]}]\n"),
	"items/choose/item.yaml": []byte("kind: choice\ntitle: Choose\nminutes: 1\ntype: multiple\npartial: true\nstatement: Which of these can you do on the next pages? Choose all that apply.\noptions: [{text: Change an answer, correct: true}, {text: Leave and come back, correct: true}, {text: \"Close the laptop without losing anything\", correct: true}]\n"),
	"items/write/item.yaml":  []byte("kind: freetext\ntitle: Write\nminutes: 1\nstatement: Write a line or two. **Markdown** works.\nwords: {from: 5, to: 40}\n"),
	"items/program/item.yaml": []byte("kind: code\ntitle: Run a program\nminutes: 1\nstyle: stdin\n" +
		"statement: Read two whole numbers from standard input and print their sum. Run the tests as often as you like.\n" +
		"languages: {python: {}, javascript: {}, typescript: {}, go: {}, java: {}, c: {}, cpp: {}, rust: {}, ruby: {}, php: {}}\n"),
	"items/program/starter/python/main.py":     []byte("a, b = map(int, input().split())\nprint(a - b)\n"),
	"items/program/starter/javascript/main.js": []byte("const [a, b] = require(\"fs\").readFileSync(0, \"utf8\").split(\" \").map(Number)\nconsole.log(a - b)\n"),
	"items/program/starter/go/main.go":         []byte("package main\n\nimport \"fmt\"\n\nfunc main() {\n\tvar a, b int\n\tfmt.Scan(&a, &b)\n\tfmt.Println(a - b)\n}\n"),
	"items/program/data/sample/small.in":       []byte("1 2\n"),
	"items/program/data/sample/small.ans":      []byte("3\n"),
	"items/program/data/sample/below zero.in":  []byte("-40 -2\n"),
	"items/program/data/sample/below zero.ans": []byte("-42\n"),
}

// PracticeVersion is the practice as an assessment.
func PracticeVersion(kinds item.Kinds) (*assessment.Version, error) {
	v, findings := assessment.Read(practiceTree, kinds)
	if item.Failed(findings) {
		return nil, fmt.Errorf("attemptweb: practice: %v", findings)
	}
	v.ID = Practice
	return v, nil
}

func (p *Pages) practice(w http.ResponseWriter, r *http.Request) error {
	return p.showPractice(w, r, "", nil, nil)
}

// showPractice draws those tools that the candidate's own parts have. Nothing is kept: key is the item that body was just posted for.
func (p *Pages) showPractice(w http.ResponseWriter, r *http.Request, key string, body []byte, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	f, err := p.frame(r, "Practice")
	if err != nil {
		return err
	}
	version, err := PracticeVersion(p.Kinds)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, part := range f.V.Version.Parts {
		for _, it := range part.Items {
			used[it.Kind.Name()] = true
		}
	}
	v := practiceView{frame: f, MD: p.MD, Problem: prob}
	for _, it := range version.Parts[0].Items {
		if !used[it.Kind.Name()] {
			continue
		}
		ask := item.AskView{Ref: practiceRef(r, f, it.Key), Body: it.Kind.Blank(it.Spec), Text: f.L.T, DoURL: "/c/practice/items/" + it.Key + "/do"}
		if it.Key == key {
			ask.Body = body
		}
		if ask.Done, err = item.Done(r.Context(), p.Attempts.DB, ask.Ref, it.Kind, it.Spec); err != nil {
			return err
		}
		v.Items = append(v.Items, practiceItem{it, ask})
	}
	return web.ShowWith(w, r, errOrNil(prob), practicePage(v))
}

func practiceRef(r *http.Request, f frame, key string) item.Ref {
	return item.Ref{Org: web.Actor(r).Org, Owner: run.PracticeOwner(string(f.V.Attempt.ID)), Version: string(Practice), Item: key}
}

// practiceDo runs what was typed; it is gone with the page.
func (p *Pages) practiceDo(w http.ResponseWriter, r *http.Request) error {
	f, err := p.frame(r, "Practice")
	if err != nil {
		return err
	}
	version, err := PracticeVersion(p.Kinds)
	if err != nil {
		return err
	}
	it, _, ok := version.Item(r.PathValue("item"))
	if !ok {
		return item.ErrAction
	}
	var in struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return err
	}
	body, err := item.DoOnce(r.Context(), p.Attempts.DB, web.Actor(r), practiceRef(r, f, it.Key), it.Kind, it.Spec, r.PathValue("action"), in.Fields)
	return p.showPractice(w, r, it.Key, body, err)
}
