// Package moodle reads Moodle's XML format (docs.moodle.org/en/Moodle_XML_format), with the questions of CodeRunner
// (coderunner.org.nz) among them.
package moodle

import (
	"strconv"
	"strings"

	"candor/internal/quiz"
)

// Format is the format.
type Format struct{}

// Name is what people call it.
func (Format) Name() string { return "Moodle XML" }

// Is says whether the first element is a quiz.
func (Format) Is(s quiz.Source) bool { return s.Data != nil && quiz.Root(s.Data) == "quiz" }

// Read gives its questions.
func (Format) Read(s quiz.Source) (quiz.Quiz, error) {
	root, err := quiz.XML(s.Name, s.Data)
	if err != nil {
		return quiz.Quiz{}, err
	}
	var out quiz.Quiz
	for e := range root.All("question") {
		if e.Value("type") == "category" {
			out.Lose("Categories are not carried: %s.", e.Find("category", "text").Words())
			continue
		}
		out.Questions = append(out.Questions, read(e))
	}
	return out, nil
}

// question is one question under way.
type question struct {
	*quiz.Question
	e *quiz.Element
	s *quiz.Scribe
}

// types are the types that are carried, and how.
var types = map[string]func(q *question, it *quiz.Item){
	"multichoice": (*question).multichoice, "multichoiceset": (*question).choiceset, "truefalse": (*question).truefalse,
	"shortanswer": (*question).shortanswer, "numerical": (*question).numerical, "essay": (*question).essay,
	"matching": (*question).matching, "ddmatch": (*question).matching, "gapselect": (*question).gaps, "ddwtos": (*question).gaps,
	"cloze": (*question).cloze, "multianswer": (*question).cloze, "coderunner": (*question).coderunner,
}

// others are types that are known and not carried.
var others = map[string]string{
	"description": "It is a text that asks nothing.",
	"calculated":  "Its numbers are drawn for each person anew.", "calculatedsimple": "Its numbers are drawn for each person anew.", "calculatedmulti": "Its numbers are drawn for each person anew.",
	"ordering": "Putting things in order is no kind of question here.", "ddimageortext": "Dragging onto a picture is no kind of question here.",
	"ddmarker": "Dragging onto a picture is no kind of question here.", "randomsamatch": "It draws other questions by chance.", "random": "It draws other questions by chance.",
	"stack": "Its answers are checked by an algebra program.", "recordrtc": "Recordings are no kind of question here.",
}

func read(e *quiz.Element) *quiz.Question {
	kind := e.Value("type")
	out := &quiz.Question{Type: kind, Name: e.Find("name", "text").Words()}
	q := &question{out, e, &quiz.Scribe{Q: out}}
	q.s.File = q.file
	if out.Name == "" {
		out.Name = q.s.Words(e.Find("questiontext", "text").Body())
	}
	carry, ok := types[kind]
	if !ok {
		why, known := others[kind]
		if !known {
			why = "Questions of the type " + strconv.Quote(kind) + " are not known here."
		}
		q.Refuse("%s", why)
		return out
	}
	it := &quiz.Item{Title: out.Name, Statement: q.markdown(e.Find("questiontext")), Why: q.words(e.Find("generalfeedback"))}
	if points, err := strconv.ParseFloat(e.Find("defaultgrade").Words(), 64); err == nil {
		it.Weigh(out, points)
	}
	q.common()
	carry(q, it)
	if out.Refused == "" && len(out.Items) == 0 {
		out.Items = append(out.Items, it)
	}
	out.Finish(q.s)
	return out
}

// common names what no kind here has.
func (q *question) common() {
	if x, _ := strconv.ParseFloat(q.e.Find("penalty").Words(), 64); x > 0 && q.e.Value("type") != "coderunner" {
		q.Lose("The penalty for further tries is not carried: there is one try here.")
	}
	if q.e.Find("hint") != nil {
		q.Lose("Hints between tries are not carried.")
	}
	if q.e.Find("tags", "tag") != nil {
		q.Lose("Tags are not carried.")
	}
	if q.e.Find("hidden").Words() == "1" {
		q.Lose("The question is hidden (deleted) in its source.")
	}
	for _, name := range []string{"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"} {
		if q.words(q.e.Find(name)) != "" {
			q.Lose("What is said to a right, partly right or wrong answer is not carried.")
		}
	}
	if q.e.Find("questiontext", "file") == nil && q.e.Find("answer", "file") == nil {
		return
	}
	for _, f := range q.e.Deep("file") {
		if !picture(f.Value("name")) && q.e.Value("type") != "coderunner" {
			q.Lose("A file is not carried: %s.", f.Value("name"))
		}
	}
}

func picture(name string) bool {
	for _, suffix := range []string{".png", ".jpg", ".jpeg", ".gif", ".webp"} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return true
		}
	}
	return false
}

// file is a file of the question: its text says @@PLUGINFILE@@/name.
func (q *question) file(name string) ([]byte, bool) {
	name = strings.TrimPrefix(name, "@@PLUGINFILE@@")
	for _, f := range q.e.Deep("file") {
		if f.Value("path")+f.Value("name") == name || "/"+f.Value("name") == name || f.Value("name") == name {
			data, err := quiz.Base64(f.Body())
			return data, err == nil
		}
	}
	return nil, false
}

// markdown is the text of an element in its format: html where it has none.
func (q *question) markdown(e *quiz.Element) string {
	text := e.Find("text").Body()
	switch e.Value("format") {
	case "plain_text", "plain":
		return q.s.Plain(text)
	case "markdown":
		return q.s.Markdown(text)
	case "moodle_auto_format":
		return q.s.Moodle(text)
	}
	return q.s.HTML(text)
}

func (q *question) words(e *quiz.Element) string { return q.s.Words(e.Find("text").Body()) }

// plain is the text of an answer that is compared: Moodle keeps it as it is typed.
func plain(e *quiz.Element) string { return e.Find("text").Words() }

// truth reads the two ways in which Moodle writes yes.
func truth(e *quiz.Element) bool { t := e.Words(); return t == "1" || t == "true" }

// answers are the answers, each written by text.
func (q *question) answers(text func(e *quiz.Element) string) []quiz.Answer {
	var out []quiz.Answer
	for e := range q.e.All("answer") {
		share, _ := strconv.ParseFloat(e.Value("fraction"), 64)
		out = append(out, quiz.Answer{Text: text(e), Share: share / 100, Why: q.words(e.Find("feedback"))})
	}
	return out
}

func (q *question) multichoice(it *quiz.Item) {
	it.Shuffle = truth(q.e.Find("shuffleanswers"))
	it.Choose(q.Question, q.answers(q.markdown), !truth(q.e.Find("single")))
}

// choiceset is all or nothing.
func (q *question) choiceset(it *quiz.Item) {
	it.Shuffle = truth(q.e.Find("shuffleanswers"))
	it.AllOrNothing(q.Question, q.answers(q.markdown))
}

func (q *question) truefalse(it *quiz.Item) {
	it.TrueFalse(true)
	it.Options[0].Correct = false
	for e := range q.e.All("answer") {
		o := &it.Options[1]
		if strings.EqualFold(plain(e), "true") {
			o = &it.Options[0]
		}
		share, _ := strconv.ParseFloat(e.Value("fraction"), 64)
		o.Correct, o.Why = share > 0, q.words(e.Find("feedback"))
	}
}

func (q *question) shortanswer(it *quiz.Item) {
	it.Short(q.Question, q.answers(plain), !truth(q.e.Find("usecase")), true)
}

func (q *question) numerical(it *quiz.Item) {
	list := q.answers(plain)
	i := 0
	for e := range q.e.All("answer") {
		if x, err := strconv.ParseFloat(list[i].Text, 64); err == nil {
			off, _ := strconv.ParseFloat(e.Find("tolerance").Words(), 64)
			list[i].Number = &quiz.Within{Value: &x, Tolerance: max(off, -off)}
		} else if list[i].Text != "*" {
			q.Refuse("Its answer is no number: %q.", list[i].Text)
		}
		i++
	}
	if q.e.Find("units", "unit") != nil {
		q.Lose("Units are not carried: the number alone counts.")
	}
	it.Number(q.Question, list)
}

func (q *question) essay(it *quiz.Item) {
	it.Essay()
	number := func(name string) int { n, _ := strconv.Atoi(q.e.Find(name).Words()); return max(n, 0) }
	if from, to := number("minwordlimit"), number("maxwordlimit"); to == 0 || from <= to {
		if from > 0 && to == 0 {
			q.Lose("It asks for at least %d words.", from)
		} else if to > 0 {
			it.Words = &quiz.Words{From: from, To: to, Max: to}
		}
	}
	if q.words(q.e.Find("graderinfo")) != "" {
		q.Lose("Words for graders are not carried: %s", q.words(q.e.Find("graderinfo")))
	}
	if q.words(q.e.Find("responsetemplate")) != "" {
		q.Lose("The text that answers begin with is not carried.")
	}
	if number("attachments") > 0 || number("attachmentsrequired") > 0 || q.e.Find("attachments").Words() == "-1" {
		q.Lose("Files cannot be attached to a written answer here.")
	}
	if q.e.Find("responseformat").Words() == "noinline" {
		q.Refuse("It is answered by files alone.")
	}
}

func (q *question) matching(it *quiz.Item) {
	var pairs []quiz.Pair
	for e := range q.e.All("subquestion") {
		pairs = append(pairs, quiz.Pair{Ask: q.markdown(e), Answer: q.s.Plain(plain(e.Find("answer")))})
	}
	q.Match(it, pairs)
}
