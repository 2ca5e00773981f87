package moodle

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"candor/internal/quiz"
)

var gap = regexp.MustCompile(`\[\[(\d+)\]\]`)

// gaps makes a question of each place [[n]] of a text, with the answers of its group to choose from.
func (q *question) gaps(it *quiz.Item) {
	type answer struct{ text, group string }
	var list []answer
	for e := range q.e.All("") {
		if e.Name == "selectoption" || e.Name == "dragbox" {
			list = append(list, answer{q.s.Plain(plain(e)), e.Find("group").Words()})
		}
	}
	raw := q.e.Find("questiontext", "text").Body()
	var asked []answer
	text := gap.ReplaceAllStringFunc(raw, func(m string) string {
		n, _ := strconv.Atoi(gap.FindStringSubmatch(m)[1])
		if n < 1 || n > len(list) {
			q.Refuse("Its text has the place %s and no answer for it.", m)
			return m
		}
		asked = append(asked, list[n-1])
		return fmt.Sprintf(" (%d) ", len(asked))
	})
	if len(asked) == 0 {
		q.Refuse("Its text has no gap.")
	}
	if q.Refused != "" {
		return
	}
	it.Statement = q.s.HTML(text)
	for n, right := range asked {
		one := q.place(it, n+1, len(asked))
		var answers []quiz.Answer
		seen := map[string]bool{}
		for _, a := range list {
			if a.group != right.group || seen[a.text] {
				continue
			}
			seen[a.text] = true
			x := quiz.Answer{Text: a.text}
			if a.text == right.text {
				x.Share = 1
			}
			answers = append(answers, x)
		}
		one.Shuffle = true
		one.Choose(q.Question, answers, false)
		q.Items = append(q.Items, one)
	}
	q.Lose("Its %d gaps are questions of their own now, with the gap's number in the text.", len(asked))
}

// place is an item for one gap of several.
func (q *question) place(it *quiz.Item, n, of int) *quiz.Item {
	one := *it
	if of > 1 {
		one.Title = ""
	}
	one.Statement = it.Statement + fmt.Sprintf("\n\nWhat belongs at (%d)?", n)
	if it.Weight == 0 {
		one.Weight = 1 / float64(of)
	} else {
		one.Weight = it.Weight / float64(of)
	}
	return &one
}

// embedded is a group of answers in a text: {1:SHORTANSWER:=right#said~wrong}.
var embedded = regexp.MustCompile(`\{(\d*):([A-Z_]+):((?:\\.|[^\\}])*)\}`)

// cloze makes a question of each group of answers.
func (q *question) cloze(it *quiz.Item) {
	raw := q.e.Find("questiontext", "text").Body()
	var groups [][]string
	text := embedded.ReplaceAllStringFunc(raw, func(m string) string {
		groups = append(groups, embedded.FindStringSubmatch(m))
		return fmt.Sprintf(" (%d) ", len(groups))
	})
	if len(groups) == 0 {
		q.Refuse("Its text has no answers in braces.")
		return
	}
	total := 0.0
	for _, g := range groups {
		total += points(g[1])
	}
	it.Statement = q.s.HTML(text)
	for n, g := range groups {
		one := q.place(it, n+1, len(groups))
		one.Weight = one.Weight * float64(len(groups)) * points(g[1]) / total
		q.group(one, g[2], g[3])
		if q.Refused != "" {
			return
		}
		q.Items = append(q.Items, one)
	}
	q.Lose("Its %d places for answers are questions of their own now, with the place's number in the text.", len(groups))
}

func points(s string) float64 {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return float64(n)
	}
	return 1
}

// group reads the answers of one place.
func (q *question) group(it *quiz.Item, kind, body string) {
	var answers []quiz.Answer
	for _, part := range split(body, '~') {
		a := quiz.Answer{}
		if rest, ok := strings.CutPrefix(part, "="); ok {
			a.Share, part = 1, rest
		} else if rest, ok := strings.CutPrefix(part, "%"); ok {
			percent, rest, _ := strings.Cut(rest, "%")
			x, _ := strconv.ParseFloat(percent, 64)
			a.Share, part = x/100, rest
		}
		said := split(part, '#')
		a.Text = unescape(said[0])
		if len(said) > 1 {
			a.Why = q.s.Words(unescape(strings.Join(said[1:], "#")))
		}
		answers = append(answers, a)
	}
	written := func() {
		for i := range answers {
			answers[i].Text = q.s.HTML(answers[i].Text)
		}
	}
	switch kind {
	case "SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC":
		for i := range answers {
			answers[i].Text = q.s.Words(answers[i].Text)
		}
		it.Short(q.Question, answers, !strings.HasSuffix(kind, "C"), true)
	case "NUMERICAL", "NM":
		for i := range answers {
			value, off, _ := strings.Cut(answers[i].Text, ":")
			if x, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				t, _ := strconv.ParseFloat(strings.TrimSpace(off), 64)
				answers[i].Number = &quiz.Within{Value: &x, Tolerance: max(t, -t)}
			} else if answers[i].Text != "*" && answers[i].Share > 0 {
				q.Refuse("Its answer is no number: %q.", answers[i].Text)
			}
		}
		it.Number(q.Question, answers)
	case "MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS":
		written()
		it.Shuffle = strings.HasSuffix(kind, "S")
		it.Choose(q.Question, answers, false)
	case "MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS":
		written()
		it.Shuffle = strings.HasSuffix(kind, "S")
		it.Choose(q.Question, answers, true)
	default:
		q.Refuse("A place for an answer in it is of the type %s, which is not known here.", kind)
	}
}

// split divides at a sign that no backslash stands before.
func split(s string, sign byte) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case sign:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

var escapes = strings.NewReplacer(`\\`, `\`, `\~`, "~", `\=`, "=", `\#`, "#", `\}`, "}", `\{`, "{", `\"`, `"`)

func unescape(s string) string { return escapes.Replace(s) }
