// Package aiken reads the Aiken format: a question, its options as A. or A) a line each, and ANSWER: with the letter of the right one
// (docs.moodle.org/en/Aiken_format).
package aiken

import (
	"fmt"
	"regexp"
	"strings"

	"candor/internal/quiz"
	"candor/internal/sheet"
)

// Format is the format.
type Format struct{}

// Name is what people call it.
func (Format) Name() string { return "Aiken" }

var (
	option = regexp.MustCompile(`^\s*([A-Z])[.)]\s+(\S.*)$`)
	answer = regexp.MustCompile(`^\s*ANSWER\s*:\s*(.*?)\s*$`)
)

// Is says whether there are an option and an answer in the text.
func (Format) Is(s quiz.Source) bool {
	text, _, err := sheet.Decode(s.Data)
	if err != nil || strings.HasPrefix(strings.TrimSpace(text), "<") {
		return false
	}
	options, answers := 0, 0
	for line := range strings.Lines(text) {
		if option.MatchString(strings.TrimRight(line, "\r\n")) {
			options++
		}
		if answer.MatchString(strings.TrimRight(line, "\r\n")) {
			answers++
		}
	}
	return options > 0 && answers > 0
}

// Read gives its questions.
func (Format) Read(s quiz.Source) (quiz.Quiz, error) {
	text, charset, err := sheet.Decode(s.Data)
	if err != nil {
		return quiz.Quiz{}, quiz.Bad("This file is neither UTF-8, UTF-16 nor Windows-1252 text.")
	}
	var out quiz.Quiz
	if charset != "UTF-8" {
		out.Lose("The file is not UTF-8; it was read as %s. Check letters with accents.", charset)
	}
	var now draft
	end := func(key string, answered bool) {
		if len(now.ask) > 0 || len(now.options) > 0 {
			out.Questions = append(out.Questions, now.question(key, answered))
		}
		now = draft{}
	}
	for _, line := range strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		switch m, a := option.FindStringSubmatch(line), answer.FindStringSubmatch(line); {
		case a != nil:
			end(a[1], true)
		case m != nil && len(now.ask) > 0 && m[1] == now.letter():
			now.options = append(now.options, m[2])
		case strings.TrimSpace(line) == "":
			now.gap = true
		case len(now.options) > 0 && now.gap: // the next question begins, and this one has no answer
			end("", false)
			now.ask = append(now.ask, line)
		case len(now.options) > 0:
			last := len(now.options) - 1
			now.options[last] += "\n" + line
		default:
			now.ask = append(now.ask, line)
		}
		if strings.TrimSpace(line) != "" {
			now.gap = false
		}
	}
	end("", false)
	return out, nil
}

// draft is a question whose answer is not read yet.
type draft struct {
	ask, options []string
	gap          bool // an empty line was read last
}

// letter is that of the next option.
func (d *draft) letter() string { return string(rune('A' + len(d.options))) }

func (d *draft) question(key string, answered bool) *quiz.Question {
	q := &quiz.Question{Name: strings.Join(d.ask, " "), Type: "multiple choice"}
	if q.Name == "" {
		q.Name = fmt.Sprintf("ANSWER: %s", key)
	}
	key = strings.ToUpper(strings.TrimRight(key, ".)"))
	switch {
	case len(d.ask) == 0:
		q.Refuse("It has options and no question.")
	case len(d.options) == 0 && !answered:
		q.Refuse("It has no options.")
	case !answered:
		q.Refuse("There is no line ANSWER: under its options.")
	case len(key) != 1 || key[0] < 'A' || int(key[0]-'A') >= len(d.options):
		q.Refuse("Its answer is “%s”, which is none of its %d options; Aiken has one right answer.", key, len(d.options))
	}
	if q.Refused != "" {
		return q
	}
	s := &quiz.Scribe{Q: q}
	it := &quiz.Item{Statement: s.Plain(strings.Join(d.ask, "\n"))}
	var answers []quiz.Answer
	for i, o := range d.options {
		a := quiz.Answer{Text: s.Plain(o)}
		if i == int(key[0]-'A') {
			a.Share = 1
		}
		answers = append(answers, a)
	}
	it.Choose(q, answers, false)
	q.Items = append(q.Items, it)
	q.Finish(s)
	return q
}
