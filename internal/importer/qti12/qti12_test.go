package qti12_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/importer/qti12"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

func field(label, entry string) string {
	return "<qtimetadatafield><fieldlabel>" + label + "</fieldlabel><fieldentry>" + entry + "</fieldentry></qtimetadatafield>"
}

// item has a text, responses and conditions that score.
func item(kind, text, responses, rules string) string {
	return `<item ident="i" title="Q"><itemmetadata><qtimetadata>` + field("question_type", kind) + field("points_possible", "2") + `</qtimetadata></itemmetadata><presentation><material><mattext texttype="text/html">` + text +
		`</mattext></material>` + responses + `</presentation><resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE"/></outcomes>` + rules + `</resprocessing></item>`
}

func whole(items ...string) string {
	return `<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="a" title="The quiz"><section ident="s">` + strings.Join(items, "") + `</section></assessment></questestinterop>`
}

// labels are a response with options a, b, c.
func labels(id, cardinality, about string) string {
	out := fmt.Sprintf(`<response_lid ident=%q rcardinality=%q>%s<render_choice>`, id, cardinality, about)
	for _, l := range []string{"a", "b", "c"} {
		out += fmt.Sprintf(`<response_label ident=%q><material><mattext texttype="text/plain">%s &lt;x&gt;</mattext></material></response_label>`, l, strings.ToUpper(l))
	}
	return out + "</render_choice></response_lid>"
}

func rule(action, points, condition string) string {
	return `<respcondition continue="No"><conditionvar>` + condition + `</conditionvar><setvar action="` + action + `" varname="SCORE">` + points + `</setvar></respcondition>`
}

func equal(id, value string) string {
	return `<varequal respident="` + id + `">` + value + `</varequal>`
}

const typed = `<response_str ident="r" rcardinality="Single"><render_fib><response_label ident="answer1"/></render_fib></response_str>`

func TestCarried(t *testing.T) {
	for name, c := range map[string]struct {
		xml, report string
		file        map[string]string
		marks       map[string]float64
	}{
		"single":              {whole(item("multiple_choice_question", "Which?", labels("r", "Single", ""), rule("Set", "100", equal("r", "b")))), "1 Q [multiple_choice_question] -> q (choice)\n", map[string]string{"assessment.yaml": "weight: 2"}, map[string]float64{"1": 1, "0": 0}},
		"parts of the points": {whole(item("multiple_choice_question", "Which?", labels("r", "Single", ""), rule("Set", "40", equal("r", "a"))+rule("Set", "80", equal("r", "b")))), "1 Q [multiple_choice_question] -> q (choice)\n", nil, map[string]float64{"1": 1, "0": .5, "2": 0}},
		"one right set":       {whole(item("multiple_answers_question", "Which?", labels("r", "Multiple", ""), rule("Set", "100", "<and>"+equal("r", "a")+equal("r", "c")+"<not>"+equal("r", "b")+"</not></and>"))), "1 Q [multiple_answers_question] -> q (choice)\n", nil, map[string]float64{"0,2": 1, "0": 0, "0,1,2": 0}},
		"sums":                {whole(item("multiple_answers_question", "Which?", labels("r", "Multiple", ""), rule("Add", "50", equal("r", "a"))+rule("Add", "50", equal("r", "c"))+rule("Add", "-50", equal("r", "b")))), "1 Q [multiple_answers_question] -> q (choice)\n", nil, map[string]float64{"0,2": 1, "0": .5, "0,1": 0}},
		"neither":             {whole(item("multiple_answers_question", "Which?", labels("r", "Multiple", ""), rule("Set", "100", "<and>"+equal("r", "a")+equal("r", "c")+"</and>"))), "1 Q [multiple_answers_question] not carried: How its options count together cannot be said here: 2 combinations score, 2 of them in full.\n", nil, nil},
		"text":                {whole(item("short_answer_question", "Where?", typed, rule("Set", "100", equal("r", "York")+equal("r", "Eboracum")))), "1 Q [short_answer_question] -> q (choice)\n", nil, map[string]float64{"york": 1, "Eboracum": 1, "Leeds": 0}},
		"a range":             {whole(item("numerical_question", "How many?", typed, rule("Set", "100", "<or>"+equal("r", "4")+`<and><vargte respident="r">3.5</vargte><varlte respident="r">4.5</varlte></and></or>`))), "1 Q [numerical_question] -> q (choice)\n", map[string]string{"items/q/item.yaml": "max: 4.5"}, map[string]float64{"4.5": 1, "4.6": 0}},
		"a margin":            {whole(item("numerical_question", "How many?", strings.Replace(typed, "render_fib", `render_fib fibtype="Decimal"`, 1), rule("Set", "100", `<varequal respident="r" margintype="percent" margin="10">200</varequal>`))), "1 Q [numerical_question] -> q (choice)\n", nil, map[string]float64{"220": 1, "221": 0}},
		"blanks": {whole(item("multiple_dropdowns_question", "Red is [x], blue is [y].", labels("x", "", "<material><mattext>x</mattext></material>")+labels("y", "", "<material><mattext>y</mattext></material>"), rule("Add", "50", equal("x", "a"))+rule("Add", "50", equal("y", "b")))),
			"1 Q [multiple_dropdowns_question] -> q-1 (choice) -> q-2 (choice)\n  - Its 2 parts are questions of their own now.\n", map[string]string{"items/q-2/statement.md": "What belongs at [y]?", "assessment.yaml": "minutes: 4"}, map[string]float64{"0": 1, "1": 0}},
		"essay":      {whole(item("essay_question", "Why?", typed, `<respcondition><conditionvar><other/></conditionvar></respcondition>`)), "1 Q [essay_question] -> q (freetext)\n", nil, nil},
		"a file":     {whole(item("file_upload_question", "Send", "", "")), "1 Q [file_upload_question] not carried: It asks for a file, which is no kind of question here.\n", nil, nil},
		"a rule":     {whole(item("x", "W", labels("r", "Single", ""), rule("Set", "100", `<durequal respident="r">3</durequal>`))), "1 Q [x] not carried: A rule of it has the condition durequal, which is not known here.\n", nil, nil},
		"a variable": {whole(item("x", "W", labels("r", "Single", ""), rule("Set", "que_score", equal("r", "a")))), "1 Q [x] not carried: A rule of it sets the score to \"que_score\".\n", nil, nil},
		"a bank":     {whole(`<bankentry_item item_ref="b1" sourcebank_ref="s"/>`), "1 b1 [bankentry_item] not carried: It is taken from a bank of questions that is not in this file.\n", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := quiztest.Read(t, qti12.Format{}, "q.xml", c.xml)
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

// TestPackages: Canvas's own form of a question stands before that of the Common Cartridge, once, and its pictures are found.
func TestPackages(t *testing.T) {
	own := whole(item("multiple_choice_question", `&lt;img src="$IMS-CC-FILEBASE$/a.png"&gt;Own?`, labels("r", "Single", ""), rule("Set", "100", equal("r", "b"))))
	files := fstest.MapFS{
		"a/assessment_qti.xml":         {Data: []byte(whole(item("", "Shared?", labels("r", "Single", ""), rule("Set", "100", equal("r", "b")))))},
		"non_cc_assessments/a.xml.qti": {Data: []byte(own)},
		"web_resources/a.png":          {Data: []byte("\x89PNG\r\n\x1a\n")},
		"b/broken.xml":                 {Data: []byte("<questestinterop><item>")},
	}
	r, err := quiz.Read([]quiz.Format{qti12.Format{}}, quiztest.Kinds, quiz.Source{Name: "p.zip", Files: files})
	if err != nil {
		t.Fatal(err)
	}
	quiztest.Whole(t, "package", r)
	want := "1 Q [multiple_choice_question] -> q (choice)\n  - The picture pictures/a.png lies beside the item; candidates do not see pictures yet. Say in words what it shows.\n" +
		"2 b/broken.xml [file] not carried: b/broken.xml, line 1, column 24: this is broken XML (unexpected EOF).\n"
	if got := r.Questions(); got != want || r.Lost[0] != "Questions that stand in the package twice stand here once." {
		t.Errorf("report:\n%s%q\nwant\n%s", got, r.Lost, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(whole(item("multiple_choice_question", "W", labels("r", "Single", ""), rule("Set", "100", equal("r", "b")))))
	f.Add(whole(item("multiple_answers_question", "W", labels("r", "Multiple", ""), rule("Add", "50", "<or>"+equal("r", "a")+"<not><other/></not></or>"))))
	f.Add(whole(item("numerical_question", "W", typed, rule("Set", "1", `<vargt respident="r">1</vargt><varlt respident="r">NaN</varlt>`))))
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := quiz.Read([]quiz.Format{qti12.Format{}}, quiztest.Kinds, quiz.Source{Name: "f", Data: []byte(s)}); err == nil && len(r.Rows) < 20 {
			quiztest.Whole(t, "fuzz", r)
		}
	})
}
