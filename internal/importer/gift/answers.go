package gift

import (
	"strconv"
	"strings"
)

// answers reads what stands in the braces.
func (q *question) answers(s string) {
	format := q.Stem.Format
	if i := strings.Index(s, "####"); i >= 0 {
		q.General = said(s[i+4:], format)
		s = s[:i]
	}
	s = strings.TrimSpace(s)
	head, rest := s, ""
	if i := find(s, '#'); i >= 0 {
		head, rest = s[:i], s[i+1:]
	}
	switch word := strings.TrimSpace(head); {
	case s == "":
		q.Type = essay
	case word == "T" || word == "TRUE" || word == "F" || word == "FALSE":
		q.Type, q.True = trueFalse, word[0] == 'T'
		wrong, right := rest, ""
		if i := find(rest, '#'); i >= 0 {
			wrong, right = rest[:i], rest[i+1:]
		}
		q.Wrong, q.Right = said(wrong, format), said(right, format)
	case s[0] == '#':
		q.Type = numerical
		q.numbers(s[1:], format)
	default:
		q.choose(s, format)
	}
}

// pieces divides answers at = and ~; sign is which of them it was.
func pieces(s string) (before string, out []struct{ sign, body string }) {
	from, sign := 0, ""
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] == '\\' {
			i++
			continue
		}
		if i < len(s) && s[i] != '=' && s[i] != '~' {
			continue
		}
		part := s[min(from, len(s)):min(i, len(s))]
		if sign == "" {
			before = strings.TrimSpace(part)
		} else {
			out = append(out, struct{ sign, body string }{sign, part})
		}
		if i < len(s) {
			sign, from = s[i:i+1], i+1
		}
	}
	return before, out
}

func (q *question) choose(s, format string) {
	before, parts := pieces(s)
	if before != "" || len(parts) == 0 {
		q.Broken = "Its answers begin with neither = nor ~."
		return
	}
	wrong, arrows := 0, 0
	for _, p := range parts {
		if p.sign == "~" {
			wrong++
		}
		if strings.Contains(p.body, "->") {
			arrows++
		}
	}
	switch {
	case wrong > 0:
		q.Type = multiple
	case arrows == len(parts):
		q.Type = matching
		for _, p := range parts {
			i := strings.LastIndex(p.body, "->")
			q.Pairs = append(q.Pairs, pair{textOf(p.body[:i], format), textOf(p.body[i+2:], "moodle").Text})
		}
		return
	default:
		q.Type = short
	}
	for _, p := range parts {
		c := choice{Correct: p.sign == "="}
		body := weigh(&c, p.body)
		body, c.Feedback = feedback(body, format)
		c.Text = textOf(body, format)
		q.Choices = append(q.Choices, c)
	}
}

func weigh(c *choice, s string) (rest string) {
	m := weighted.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	if x, err := strconv.ParseFloat(m[1], 64); err == nil {
		c.Weight = &x
	}
	return s[len(m[0]):]
}

func feedback(s, format string) (string, *text) {
	if i := find(s, '#'); i >= 0 {
		return s[:i], said(s[i+1:], format)
	}
	return s, nil
}

func (q *question) numbers(s, format string) {
	before, parts := pieces(s)
	if len(parts) == 0 {
		parts = []struct{ sign, body string }{{"=", before}}
	} else if before != "" {
		q.Broken = "Its numbers begin with neither = nor ~."
		return
	}
	for _, p := range parts {
		c := choice{Correct: p.sign == "="}
		body := weigh(&c, p.body)
		body, c.Feedback = feedback(body, format)
		body = strings.TrimSpace(unescape(body))
		n, ok := numberOf(body)
		if !ok && !(body == "*" || body == "") {
			q.Broken = "Its answer is no number: " + strconv.Quote(body) + "."
			return
		}
		if ok {
			c.Number = n
		}
		q.Choices = append(q.Choices, c)
	}
}

// numberOf reads 5, 5:0.1 and 1..5.
func numberOf(s string) (*number, bool) {
	read := func(s string) (float64, bool) {
		x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		return x, err == nil && x-x == 0
	}
	if low, high, ok := strings.Cut(s, ".."); ok {
		a, okA := read(low)
		b, okB := read(high)
		return &number{Kind: "high-low", Low: a, High: b}, okA && okB
	}
	if value, off, ok := strings.Cut(s, ":"); ok {
		a, okA := read(value)
		b, okB := read(off)
		return &number{Kind: "range", Value: a, Off: b}, okA && okB
	}
	a, ok := read(s)
	return &number{Kind: "simple", Value: a}, ok
}
