package gift

import (
	"candor/internal/quiz"
)

// carry makes items of a question.
func (q *question) carry() *quiz.Question {
	s := &quiz.Scribe{}
	out := &quiz.Question{Name: q.Title, Type: q.Type}
	s.Q = out
	if out.Name == "" {
		out.Name = words(s, q.Stem)
	}
	if len(q.Tags) > 0 {
		out.Lose("Tags are not carried.")
	}
	if q.Broken != "" {
		out.Refuse("%s", q.Broken)
		return out
	}
	it := &quiz.Item{Title: q.Title, Statement: write(s, q.Stem)}
	if q.General != nil {
		it.Why = words(s, *q.General)
	}
	switch q.Type {
	case description:
		out.Refuse("It is a text that asks nothing.")
		return out
	case essay:
		it.Essay()
	case trueFalse:
		it.TrueFalse(q.True)
		for i, t := range []*text{q.Right, q.Wrong} {
			if t != nil {
				it.Options[(i+index(q.True))%2].Why = words(s, *t)
			}
		}
	case multiple:
		var answers []quiz.Answer
		several := true
		for _, c := range q.Choices {
			several = several && !c.Correct
		}
		for _, c := range q.Choices {
			answers = append(answers, c.answer(s, write(s, c.Text)))
		}
		it.Choose(out, answers, several)
		it.Shuffle = true
	case short:
		var answers []quiz.Answer
		for _, c := range q.Choices {
			answers = append(answers, c.answer(s, words(s, c.Text)))
		}
		it.Short(out, answers, true, true)
	case numerical:
		var answers []quiz.Answer
		for _, c := range q.Choices {
			a := c.answer(s, "*")
			if n := c.Number; n != nil {
				a.Text, a.Number = "", &quiz.Within{Value: &n.Value, Tolerance: n.Off}
				if n.Kind == "high-low" {
					a.Number = &quiz.Within{Min: &n.Low, Max: &n.High}
				}
			}
			answers = append(answers, a)
		}
		it.Number(out, answers)
	case matching:
		var pairs []quiz.Pair
		for _, p := range q.Pairs {
			pairs = append(pairs, quiz.Pair{Ask: write(s, p.Ask), Answer: s.Plain(p.Answer)})
		}
		out.Match(it, pairs)
	}
	if q.Type != matching {
		out.Items = append(out.Items, it)
	}
	out.Finish(s)
	return out
}

func index(b bool) int {
	if b {
		return 0
	}
	return 1
}

func (c choice) answer(s *quiz.Scribe, text string) quiz.Answer {
	a := quiz.Answer{Text: text}
	if c.Correct {
		a.Share = 1
	}
	if c.Weight != nil {
		a.Share = *c.Weight / 100
	}
	if c.Feedback != nil {
		a.Why = words(s, *c.Feedback)
	}
	return a
}

// write makes Markdown of a text.
func write(s *quiz.Scribe, t text) string {
	switch t.Format {
	case "plain":
		return s.Plain(t.Text)
	case "markdown":
		return s.Markdown(t.Text)
	case "html":
		return s.HTML(t.Text)
	}
	return s.Moodle(t.Text)
}

// words are a text without its form.
func words(s *quiz.Scribe, t text) string {
	if t.Format == "plain" {
		return t.Text
	}
	return s.Words(t.Text)
}
