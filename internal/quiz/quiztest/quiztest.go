// Package quiztest is the conformance of a format of quizzes, and the kinds that its tests need.
package quiztest

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/item/kinds/choice"
	"candor/internal/item/kinds/code"
	"candor/internal/item/kinds/freetext"
	"candor/internal/markdown"
	"candor/internal/quiz"
	"candor/internal/web/locale"
)

var md = markdown.New(2)

// Kinds are those that quizzes become.
var Kinds = item.Kinds{choice.Kind{MD: md}, freetext.Kind{MD: md}, code.Kind{MD: md}}

// Read reads a quiz of one format from a text.
func Read(t testing.TB, f quiz.Format, name, text string) *quiz.Result {
	t.Helper()
	src, err := quiz.Open(name, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	r, err := quiz.Read([]quiz.Format{f}, Kinds, src)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	Whole(t, name, r)
	return r
}

// Whole checks what every result promises: a row for each question with an item or a reason, a folder without errors whose items are
// those of the rows, and pages from which nothing can run and that load nothing of other places.
func Whole(t testing.TB, name string, r *quiz.Result) {
	t.Helper()
	n := 0
	for i, row := range r.Rows {
		if row.Number != i+1 || row.Name == "" || (len(row.Became) == 0) == (row.Why == "") {
			t.Errorf("%s: row %d = %+v; want its number, a name, and items or a reason", name, i+1, row)
		}
		n += len(row.Became)
	}
	if n != r.Items() {
		t.Errorf("%s: rows have %d items; want %d", name, n, r.Items())
	}
	if n == 0 {
		return
	}
	tree, err := r.Tree("")
	if err != nil {
		t.Fatalf("%s: Tree = %v", name, err)
	}
	if err := assessment.Keepable(tree); err != nil {
		t.Errorf("%s: Keepable = %v", name, err)
	}
	v, findings := assessment.Read(tree, Kinds)
	if item.Failed(findings) {
		t.Fatalf("%s: lint: %v", name, findings)
	}
	shown := 0
	for _, p := range v.Parts {
		for _, it := range p.Items {
			shown++
			harmless(t, name+", "+it.Key, it)
		}
	}
	if shown != n {
		t.Errorf("%s: the assessment has %d items; want %d", name, shown, n)
	}
}

var (
	tag       = regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	ours      = regexp.MustCompile(`^<(script type="module" src="/-/assets/[\w.-]+"|link rel="stylesheet" href="/-/assets/[\w.-]+"|svg class="i[\w -]*" aria-hidden="true" focusable="false")>$|^<form\b`)
	danger    = regexp.MustCompile(`(?i)^<(script|iframe|object|embed|link|style|base|img|svg|math|video|audio|meta|form)\b|[\s"'/]on[a-z]+\s*=|javascript:|vbscript:|data:|\ssrcdoc=|\sstyle=`)
	elsewhere = regexp.MustCompile(`(?i)\s(src|srcset|poster|background|data|action|formaction|xlink:href)\s*=\s*["']?(https?:)?//`)
)

// harmless draws an item as candidates and staff see it.
func harmless(t testing.TB, name string, it assessment.PartItem) {
	t.Helper()
	blank := it.Kind.Blank(it.Spec)
	var page bytes.Buffer
	for _, draw := range []error{
		md.Show(it.Head.Statement).Render(t.Context(), &page),
		it.Kind.Ask(it.Spec, item.AskView{Body: blank, Text: locale.For("en").T, DoURL: "/do"}).Render(t.Context(), &page),
		it.Kind.Read(it.Spec, item.ReadView{Body: blank}).Render(t.Context(), &page),
		it.Kind.Author(it.Spec).Render(t.Context(), &page),
	} {
		if draw != nil {
			t.Fatalf("%s: %v", name, draw)
		}
	}
	for _, x := range tag.FindAllString(page.String(), -1) {
		if ours.MatchString(x) {
			continue
		}
		if danger.MatchString(x) || elsewhere.MatchString(x) {
			t.Errorf("%s: a page has %s", name, x)
		}
	}
}

// File is a file of a result's folder as text.
func File(t testing.TB, r *quiz.Result, name string) string {
	t.Helper()
	tree, err := r.Tree("")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := fs.ReadFile(tree, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Samples is the folder of other people's quizzes, which are no part of the source: CANDOR_TEST_QUIZ, set by dev/test.
func Samples(t testing.TB, under string) string {
	t.Helper()
	dir := os.Getenv("CANDOR_TEST_QUIZ")
	if dir == "" {
		t.Skip("other people's quizzes are missing: dev/test finds them in ../shared/data/quiz, else name their folder in CANDOR_TEST_QUIZ")
	}
	return filepath.Join(dir, under)
}

// Mark is the mark of an answer to the first item: the places of options with commas between them, or what is typed.
func Mark(t testing.TB, r *quiz.Result, answer string) float64 {
	t.Helper()
	tree, err := r.Tree("")
	if err != nil {
		t.Fatal(err)
	}
	v, _ := assessment.Read(tree, Kinds)
	it := v.Parts[0].Items[0]
	form := url.Values{"typed": {answer}}
	if strings.Contains(string(tree["items/"+it.Key+"/item.yaml"]), "options:") {
		form = url.Values{"choice": strings.Split(answer, ",")}
	}
	body, err := it.Kind.Form(it.Spec, it.Kind.Blank(it.Spec), form)
	if err != nil {
		t.Fatal(err)
	}
	m, err := it.Kind.(item.Marker).Mark(it.Spec, body)
	if err != nil {
		t.Fatal(err)
	}
	return m.Share
}

// Question checks the result of one question.
func Question(t testing.TB, q *quiz.Question) {
	t.Helper()
	r, err := quiz.Read([]quiz.Format{only{q}}, Kinds, quiz.Source{Name: "one"})
	if err != nil {
		t.Fatal(err)
	}
	Whole(t, q.Name, r)
}

// only is the format of one question.
type only struct{ q *quiz.Question }

func (only) Name() string        { return "one question" }
func (only) Is(quiz.Source) bool { return true }
func (o only) Read(quiz.Source) (quiz.Quiz, error) {
	return quiz.Quiz{Questions: []*quiz.Question{o.q}}, nil
}
