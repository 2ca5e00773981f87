package quiz_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/problem"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

// TestTexts: what becomes of pieces of HTML, and what is said to be lost of them.
func TestTexts(t *testing.T) {
	for _, c := range []struct{ html, want, lost string }{
		{"<p>a<br>b</p><p>c &amp; d &lt;e&gt;</p>", "a  \nb\n\nc & d &lt;e&gt;", ""},
		{"<ul><li>a</li><li><b>b</b></li></ul>", "- a\n- **b**", ""},
		{"<pre><code class=\"language-go\">if a &lt; b {\n\treturn\n}</code></pre>", "```go\nif a < b {\n\treturn\n}\n```", ""},
		{"use <code>*p</code> and 1 * 2 * 3", "use `*p` and 1 * 2 * 3", ""},
		{"x<sup>2</sup> H<sub>2</sub>O x<sup>k+1</sup> a<sub>j</sub>", "x² H₂O x^(k+1) a\\_j", ""},
		{"<a href=\"https://example.com/a\">go</a> <a href=\"/x\">here</a>", "[go](https://example.com/a) here", "A link that leads nowhere outside of its source was left out: /x."},
		{"<a href=\" java\tscript:alert(1)\">go</a>", "go", "A link that leads nowhere outside of its source was left out: java\tscript:alert(1)."},
		{"a<script>alert(1)</script>b", "ab", "A script was left out."},
		{"<p onclick=\"x()\">a</p>", "a", "A script in an attribute (onclick) was left out."},
		{"<iframe src=\"https://x.example/\">in</iframe>a", "a", "A frame was left out: https://x.example/."},
		{"<svg><script>alert(1)</script><text>t</text></svg>a", "a", "A drawing (SVG) was left out."},
		{"<style>p{color:red}</style>a", "a", "A style sheet was left out."},
		{"<p style=\"display:none\">secret</p>a", "a", "Text that the source hides was left out."},
		{"<span style=\"color:red\">a</span>", "a", "Colours and other styling were left out."},
		{"<video src=\"a.mp4\"></video>a", "a", "A video was left out: a.mp4."},
		{"<img src=\"//x.example/a.png\" alt=\"A b\">", "\\[Picture: A b]", "A picture of another place is not fetched: //x.example/a.png. Say it in words."},
		{"<img src=\"a.png\">", "\\[Picture: a.png]", "A picture is missing in the file: a.png."},
		{"<img src=\"data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=\">", "\\[Picture: picture]", "A picture is of a sort that is not kept (PNG, JPEG, GIF and WebP are): picture."},
		{"<math><msup><mi>x</mi><mn>2</mn></msup><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac></math>", "x² = (a + 1)/b", "A formula (MathML) was written as plain text: check it."},
		{"<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)", ""},
		{"<div dir=\"rtl\">مرحبا <b>بك</b></div>", "مرحبا **بك**", ""},
		{"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;", ""},
		{"a\x00\x07b", "ab", ""},
		{strings.Repeat("<b>", 5000) + "x", "", "A text is nested too deeply and was kept without its form."},
	} {
		q := &quiz.Question{}
		got := (&quiz.Scribe{Q: q}).HTML(c.html)
		if c.want != "" && got != c.want || strings.Join(q.Lost, " ") != c.lost {
			t.Errorf("%.60q = %q, lost %q; want %q, lost %q", c.html, got, q.Lost, c.want, c.lost)
		}
	}
}

// lines is a format for tests: a line is a question.
type lines struct{}

func (lines) Name() string          { return "Lines" }
func (lines) Is(s quiz.Source) bool { return bytes.HasPrefix(s.Data, []byte("lines\n")) }
func (lines) Read(s quiz.Source) (quiz.Quiz, error) {
	var out quiz.Quiz
	for _, line := range strings.Split(string(s.Data), "\n")[1:] {
		q := &quiz.Question{Name: line, Type: "line"}
		it := &quiz.Item{Title: line, Statement: line}
		it.Essay()
		q.Items = append(q.Items, it)
		out.Questions = append(out.Questions, q)
	}
	return out, nil
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZips(t *testing.T) {
	read := func(data []byte) (*quiz.Result, error) {
		src, err := quiz.Open("q.zip", data)
		if err != nil {
			return nil, err
		}
		return quiz.Read([]quiz.Format{lines{}}, quiztest.Kinds, src)
	}
	r, err := read(zipped(t, map[string]string{"a/1.txt": "lines\none", "a/2.txt": "lines\ntwo", "b.txt": "x"}))
	if err != nil {
		t.Fatal(err)
	}
	quiztest.Whole(t, "zip", r)
	if got, want := r.Questions(), "1 one [line] -> one (freetext)\n2 two [line] -> two (freetext)\n"; got != want || r.Lost[0] != "b.txt is no quiz and was left out." {
		t.Errorf("%s%q; want %s", got, r.Lost, want)
	}
	if _, err := read(zipped(t, map[string]string{"b.txt": "x"})); !errors.Is(err, quiz.ErrUnknown) {
		t.Errorf("a zip without quizzes: %v; want %v", err, quiz.ErrUnknown)
	}
	for name, files := range map[string]map[string]string{
		"climbs": {"../a.txt": "lines\none"}, "bomb": {"a.txt": "lines\n" + strings.Repeat("a", 20<<20)},
	} {
		if _, err := read(zipped(t, files)); !errors.Is(err, archive.ErrBad) {
			t.Errorf("%s: %v; want %v", name, err, archive.ErrBad)
		}
	}
}

// TestFolders: titles and keys in every script, doubles, too many minutes for one part, and a title of one's own.
func TestFolders(t *testing.T) {
	r := quiztest.Read(t, lines{}, "my quiz.txt", "lines\nÉté à Paris\nété a paris\nЛето\n夏\n"+strings.Repeat("word ", 60)+"\n"+strings.Repeat("x\n", 300)+"last")
	for _, want := range []string{"ete-a-paris (", "ete-a-paris-2 (", "question-3 (", "question-4 ("} {
		if !strings.Contains(r.Questions(), "-> "+want) {
			t.Errorf("no item %s in\n%s", want, r.Questions())
		}
	}
	tree, err := r.Tree("")
	if err != nil {
		t.Fatal(err)
	}
	v, _ := assessment.Read(tree, quiztest.Kinds)
	if v.Title != "my quiz" || len(v.Parts) != 2 {
		t.Errorf("the assessment is %q with %d parts; want my quiz with 2", v.Title, len(v.Parts))
	}
	if tree, err = r.Tree("Ours: 100 % \"true\""); err != nil {
		t.Fatal(err)
	}
	if v, _ = assessment.Read(tree, quiztest.Kinds); v.Title != "Ours: 100 % \"true\"" {
		t.Errorf("its title is %q", v.Title)
	}
	report, err := fs.ReadFile(tree, "import-report.txt")
	if err != nil || !strings.Contains(string(report), "Lines: ") {
		t.Errorf("the report is %q, %v", report, err)
	}
}

func TestXMLInEveryEncoding(t *testing.T) {
	for name, data := range map[string]string{
		"UTF-8":        `<a x="é">é</a>`,
		"a mark":       "\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?><a x=\"é\">é</a>",
		"ISO-8859-1":   "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a x=\"\xe9\">\xe9</a>",
		"Windows-1252": "<?xml version=\"1.0\" encoding=\"windows-1252\"?><a x=\"\xe9\">\xe9</a>",
		"UTF-16":       "\xff\xfe" + wide("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a x=\"é\">é</a>"),
		"entities":     `<a x="&eacute;">&#233;</a>`,
	} {
		e, err := quiz.XML("a.xml", []byte(data))
		if err != nil || e.Value("x") != "é" || e.Words() != "é" || quiz.Root([]byte(data)) != "a" {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	if _, err := quiz.XML("a.xml", []byte("<a>\xe9</a>")); err == nil {
		t.Error("bytes that are not UTF-8 pass")
	} else if p, ok := problem.As(err); !ok || !strings.Contains(p.Text, "line 1") {
		t.Errorf("bytes that are not UTF-8: %v", err)
	}
}

func wide(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<p>a", "<table><tr><td colspan=2>a", "<math><msup><mi>x", "<a href=javascript:x>", "<img src=data:image/png;base64,AAAA>", "<sub><script>", "<svg><p>", "`*_[]()#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := &quiz.Question{Name: "Q", Type: "t"}
		scribe := &quiz.Scribe{Q: q}
		it := &quiz.Item{Title: "Q", Statement: scribe.HTML(s) + "\n\n" + scribe.Markdown(s) + "\n\n" + scribe.Plain(s) + "."}
		it.Essay()
		q.Items = append(q.Items, it)
		quiztest.Question(t, q)
	})
}
