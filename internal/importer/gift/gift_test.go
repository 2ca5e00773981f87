package gift

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

// shape is a question as the expected parses of the samples have it.
func (q *question) shape() map[string]any {
	orNil := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	written := func(t *text) any {
		if t == nil {
			return nil
		}
		return map[string]any{"format": t.Format, "text": t.Text}
	}
	if q.Type == category {
		return map[string]any{"type": q.Type, "title": q.Title}
	}
	out := map[string]any{"id": orNil(q.ID), "tags": nil, "type": q.Type, "title": orNil(q.Title), "stem": written(&q.Stem), "hasEmbeddedAnswers": q.Embedded}
	if len(q.Tags) > 0 {
		out["tags"] = q.Tags
	}
	if q.Type != description {
		out["globalFeedback"] = written(q.General)
	}
	switch q.Type {
	case trueFalse:
		out["isTrue"], out["trueFeedback"], out["falseFeedback"] = q.True, written(q.Wrong), written(q.Right)
	case matching:
		var pairs []any
		for _, p := range q.Pairs {
			pairs = append(pairs, map[string]any{"subquestion": written(&p.Ask), "subanswer": p.Answer})
		}
		out["matchPairs"] = pairs
	case multiple, short, numerical:
		var list []any
		for _, c := range q.Choices {
			x := map[string]any{"isCorrect": c.Correct, "weight": nil, "text": written(&c.Text), "feedback": written(c.Feedback)}
			if c.Weight != nil {
				x["weight"] = *c.Weight
			}
			if n := c.Number; n != nil {
				switch n.Kind {
				case "simple":
					x["text"] = map[string]any{"type": n.Kind, "number": n.Value}
				case "range":
					x["text"] = map[string]any{"type": n.Kind, "number": n.Value, "range": n.Off}
				default:
					x["text"] = map[string]any{"type": n.Kind, "numberLow": n.Low, "numberHigh": n.High}
				}
			}
			list = append(list, x)
		}
		out["choices"] = list
		if q.Type == numerical && len(list) == 1 && q.Choices[0].Weight == nil && q.Choices[0].Feedback == nil {
			out["choices"] = list[0].(map[string]any)["text"]
		}
	}
	return out
}

// TestExpectedParses compares every sample with the parse that comes with it, whole.
func TestExpectedParses(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(quiztest.Samples(t, "gift-with-expected-json"), "*.gift"))
	if len(files) < 20 {
		t.Fatalf("%d samples; want over 20", len(files))
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		expected, err := os.ReadFile(strings.TrimSuffix(file, "gift") + "json")
		if err != nil {
			t.Fatal(err)
		}
		var want, got []any
		if err := json.Unmarshal(expected, &want); err != nil {
			t.Fatal(file, err)
		}
		var shapes []any
		for _, q := range parse(string(raw)) {
			shapes = append(shapes, q.shape())
		}
		again, _ := json.Marshal(shapes)
		json.Unmarshal(again, &got)
		if len(got) != len(want) {
			t.Errorf("%s: %d questions; want %d", filepath.Base(file), len(got), len(want))
			continue
		}
		for i := range want {
			if !reflect.DeepEqual(got[i], want[i]) {
				g, _ := json.MarshalIndent(got[i], "", " ")
				w, _ := json.MarshalIndent(want[i], "", " ")
				t.Errorf("%s, question %d:\n%s\nwant\n%s", filepath.Base(file), i+1, g, w)
			}
		}
		if r, err := quiz.Read([]quiz.Format{Format{}}, quiztest.Kinds, quiz.Source{Name: file, Data: raw}); err == nil {
			quiztest.Whole(t, filepath.Base(file), r)
		} else if !strings.HasPrefix(filepath.Base(file), "category") && !strings.HasPrefix(filepath.Base(file), "markdown") {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
	}
}

func TestCarried(t *testing.T) {
	for name, c := range map[string]struct {
		gift, report string
		file         map[string]string // file -> what must stand in it
		marks        map[string]float64
	}{
		"single": {"::Colour:: Which is warm? {=red#yes ~blue#no ~%50%violet}",
			"1 Colour [MC] -> colour (choice)\n  - Feedback is kept for authors and reviewers; candidates do not see it.\n",
			map[string]string{"items/colour/item.yaml": "share: 0.5"}, map[string]float64{"0": 1, "1": 0, "2": .5}},
		"several":                          {"Pick{~%50%a ~%50%b ~%-50%c}", "1 Pick [MC] -> pick (choice)\n", map[string]string{"items/pick/item.yaml": "partial: true"}, map[string]float64{"0": .5, "0,1": 1, "0,2": 0}},
		"several with shares of their own": {"Pick{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d}", "1 Pick [MC] -> pick (choice)\n", nil, map[string]float64{"0,1,2": 1, "0,1,2,3": 0}},
		"short": {"::Animal::Best?{=Frog =%50%Cat =%0%*#no}", "1 Animal [Short] -> animal (choice)\n  - Feedback is kept for authors and reviewers; candidates do not see it.\n", nil,
			map[string]float64{"frog": 1, "CAT": .5, "dog": 0}},
		"number":      {"::Pi::Pi?{#=3.1415:0.0005 =%50%3..3.5}", "1 Pi [Numerical] -> pi (choice)\n", nil, map[string]float64{"3.142": 1, "3.2": .5, "4": 0}},
		"range":       {"::R::One to five?{#1..5}", "1 R [Numerical] -> r (choice)\n", nil, map[string]float64{"1": 1, "5": 1, "5.1": 0}},
		"true":        {"::T::Is it?{FALSE#it is not#right}", "1 T [TF] -> t (choice)\n  - Feedback is kept for authors and reviewers; candidates do not see it.\n", nil, map[string]float64{"0": 0, "1": 1}},
		"essay":       {"::E::Tell us{}", "1 E [Essay] -> e (freetext)\n", map[string]string{"items/e/item.yaml": "statement: Tell us"}, nil},
		"matching":    {"::M::Capitals{=Canada -> Ottawa =Italy -> Rome = -> Oslo}", "1 M [Matching] -> m-1 (choice) -> m-2 (choice)\n  - Its 2 parts are questions of their own now, each with all answers to choose from.\n", map[string]string{"items/m-2/item.yaml": "Oslo", "assessment.yaml": "weight: 0.5"}, map[string]float64{"0": 1, "1": 0}},
		"description": {"Read this.\n\n::Q::A?{T}", "1 Read this. [Description] not carried: It is a text that asks nothing.\n2 Q [TF] -> q (choice)\n", nil, map[string]float64{"0": 1}},
		"not closed":  {"::A::Broken {=a ~b\n\n::Q::A?{T}", "1 A [Description] not carried: The brace { of its answers is not closed.\n2 Q [TF] -> q (choice)\n", nil, nil},
		"two groups":  {"::A::1 {=a} 2 {=b}", "1 A [Description] not carried: It has several groups of answers in braces; a question here has one.\n", nil, nil},
		"no sign":     {"::A::1 {a b}", "1 A [Description] not carried: Its answers begin with neither = nor ~.\n", nil, nil},
		"none right":  {"::A::1 {~a ~b}", "1 A [MC] not carried: None of its options is right.\n", nil, nil},
		"no number":   {"::A::1 {#x}", "1 A [Numerical] not carried: Its answer is no number: \"x\".\n", nil, nil},
		"a gap":       {"::A::\nx {\n=a\n\n~b\n}\n\n::B::y{T}", "1 A [MC] -> a (choice)\n2 B [TF] -> b (choice)\n", nil, nil},
		"html": {"::H::[html]<b>Look</b> <script>alert(1)</script><img src\\=\"http\\://x.example/a.png\" onerror\\=\"alert(1)\"><a href\\=\"javascript\\:alert(1)\">go</a>{T}",
			"1 H [TF] -> h (choice)\n  - A script was left out.\n  - A script in an attribute (onerror) was left out.\n  - A picture of another place is not fetched: http://x.example/a.png. Say it in words.\n  - A link that leads nowhere outside of its source was left out: javascript:alert(1).\n", map[string]string{"items/h/item.yaml": "**Look**"}, nil},
		"formats":    {"::F::[markdown]*so* `x`{=[plain]*a* ~[html]<i>b</i> ~[moodle]c_d_}", "1 F [MC] -> f (choice)\n", map[string]string{"items/f/item.yaml": `\*a*`}, nil},
		"same name":  {"::Ä ö::a{T}\n\n::Ä ö::b{T}\n\n::日本::c{T}", "1 Ä ö [TF] -> a-o (choice)\n2 Ä ö [TF] -> a-o-2 (choice)\n3 日本 [TF] -> question-3 (choice)\n", nil, nil},
		"twenty-one": {"::O::x{=a0 ~a1 ~b ~c ~d ~e ~f ~g ~h ~i ~j ~k ~l ~m ~n ~o ~p ~q ~r ~s ~t}", "1 O [MC] not carried: The kind choice does not take it: Give 2 to 20 options.\n", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := quiztest.Read(t, Format{}, "q.txt", c.gift)
			if got := r.Questions(); got != c.report {
				t.Errorf("report:\n%swant\n%s", got, c.report)
			}
			for file, want := range c.file {
				if got := quiztest.File(t, r, file); !strings.Contains(got, want) {
					t.Errorf("%s:\n%s\nwant %q in it", file, got, want)
				}
			}
			if len(c.marks) > 0 {
				for answer, want := range c.marks {
					if got := quiztest.Mark(t, r, answer); got != want {
						t.Errorf("the mark of %q = %v; want %v", answer, got, want)
					}
				}
			}
		})
	}
}

// TestEncodings: the same file however it was saved.
func TestEncodings(t *testing.T) {
	const text = "::Crème:: Où est l’été ? {=ici ~là}"
	want := quiztest.File(t, quiztest.Read(t, Format{}, "q.txt", text), "items/creme/item.yaml")
	for name, file := range map[string]string{
		"byte order mark": "\ufeff" + text,
		"Windows-1252":    "::Cr\xe8me:: O\xf9 est l\x92\xe9t\xe9 ? {=ici ~l\xe0}",
		"UTF-16":          "\xff\xfe" + string(wide(text)),
	} {
		r := quiztest.Read(t, Format{}, "q.txt", file)
		if got := quiztest.File(t, r, "items/creme/item.yaml"); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

func wide(s string) (out []byte) {
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"::a::b{=c ~d#e}", "{#1..2}", "x{=a->b =c->d}", "\\{}{}", "$CATEGORY: x\n\n[html]a{T#b#c####d}", "// [id:1] [tag:x]\nq{~%50%a}", "{=%a%}", "::::{}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Format{}.Read(quiz.Source{Name: "f", Data: []byte(s)})
		if err != nil {
			return
		}
		for i, x := range q.Questions {
			if (len(x.Items) == 0) == (x.Refused == "") {
				t.Errorf("question %d has %d items and the reason %q", i+1, len(x.Items), x.Refused)
			}
		}
		if len(q.Questions) > 0 && len(q.Questions) < 20 {
			if r, err := quiz.Read([]quiz.Format{always{}}, quiztest.Kinds, quiz.Source{Name: "f", Data: []byte(s)}); err == nil {
				quiztest.Whole(t, "fuzz", r)
			}
		}
	})
}

// always is the format without looking.
type always struct{ Format }

func (always) Is(quiz.Source) bool { return true }
