// Package gift reads Moodle's GIFT format: questions as text, divided by blank lines, with their answers in braces
// (docs.moodle.org/en/GIFT_format).
package gift

import (
	"regexp"
	"strings"

	"candor/internal/quiz"
	"candor/internal/sheet"
)

// Format is the format.
type Format struct{}

// Name is what people call it.
func (Format) Name() string { return "GIFT" }

// Is says whether there is a question with its answers in braces, a title in colons, or a category.
func (Format) Is(s quiz.Source) bool {
	text, _, err := sheet.Decode(s.Data)
	return err == nil && len(s.Data) > 0 && !strings.HasPrefix(strings.TrimSpace(text), "<") && signs.MatchString(text)
}

var signs = regexp.MustCompile(`(?m)^\s*::.*?::|^\s*\$CATEGORY:|(?:^|[^\\])\{\s*(?:[=~#}]|T|F)`)

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
	for _, q := range parse(text) {
		if q.Type == category {
			out.Lose("Categories are not carried: %s.", q.Title)
			continue
		}
		out.Questions = append(out.Questions, q.carry())
	}
	return out, nil
}

// The types of questions.
const (
	category    = "Category"
	description = "Description"
	essay       = "Essay"
	trueFalse   = "TF"
	multiple    = "MC"
	short       = "Short"
	matching    = "Matching"
	numerical   = "Numerical"
)

// text is a text with its format: moodle, html, markdown or plain.
type text struct{ Format, Text string }

// question is one question as it stands.
type question struct {
	ID       string
	Tags     []string
	Type     string
	Title    string
	Stem     text
	Embedded bool // the answers stand in the middle of the stem, where it says _____
	General  *text
	True     bool
	Wrong    *text // of TF: said to a wrong answer, and to a right one
	Right    *text
	Choices  []choice
	Pairs    []pair
	Broken   string // why it cannot be read
}

// choice is one answer. Weight is in percent, nil where none is written.
type choice struct {
	Correct  bool
	Weight   *float64
	Text     text
	Number   *number
	Feedback *text
}

type pair struct {
	Ask    text
	Answer string
}

// number is a number with how far off an answer may be, or a range.
type number struct {
	Kind  string // simple, range (a tolerance), high-low
	Value float64
	Off   float64
	Low   float64
	High  float64
}

var (
	comment  = regexp.MustCompile(`^\s*//`)
	idTag    = regexp.MustCompile(`\[id:([^\x00-\x1f\]]+)\]`)
	tagTag   = regexp.MustCompile(`\[tag:([^\x00-\x1f<>\]]+)\]`)
	formatIs = regexp.MustCompile(`^\s*\[(html|moodle|plain|markdown)\]`)
	weighted = regexp.MustCompile(`^\s*%(-?\d+(?:\.\d*)?|-?\.\d+)%`)
)

// parse reads a file. A question that is broken says so itself; the others stand.
func parse(file string) []*question {
	var out []*question
	var block []string
	var notes string
	open := false // a brace is open: blank lines belong to the answers
	end := func() {
		if strings.TrimSpace(strings.Join(block, "")) != "" {
			out = append(out, one(strings.Join(block, "\n"), notes))
			notes = ""
		}
		block, open = nil, false
	}
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(file), "\n")
	last := lastClose(lines)
	for i, line := range lines {
		switch {
		case comment.MatchString(line):
			notes += line + "\n"
			continue
		case strings.HasPrefix(strings.TrimSpace(line), "$CATEGORY:") && !open:
			end()
			out = append(out, &question{Type: category, Title: unescape(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "$CATEGORY:")))})
			continue
		case strings.TrimSpace(line) == "" && !(open && i < last[i]):
			end()
			continue
		}
		block = append(block, line)
		switch o, c := find(line, '{'), lastOf(line, '}'); {
		case c > o:
			open = false
		case o >= 0:
			open = true
		}
	}
	end()
	return out
}

// lastClose says of each line in which line the braces that are open there close, before another question begins; 0 where they do not.
func lastClose(lines []string) []int {
	out := make([]int, len(lines))
	close := 0
	for i := len(lines) - 1; i >= 0; i-- {
		out[i] = close
		o, c := find(lines[i], '{'), find(lines[i], '}')
		switch {
		case c >= 0 && (o < 0 || c < o):
			close = i
		case o >= 0 || strings.HasPrefix(strings.TrimSpace(lines[i]), "::"):
			close = 0
		}
	}
	return out
}

// find is where a character stands that no backslash takes its meaning from; -1 where it does not.
func find(s string, c byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case c:
			return i
		}
	}
	return -1
}

func lastOf(s string, c byte) int {
	at := -1
	for from := 0; ; {
		i := find(s[from:], c)
		if i < 0 {
			return at
		}
		at, from = from+i, from+i+1
	}
}

var escapes = strings.NewReplacer(`\\`, `\`, `\~`, `~`, `\=`, `=`, `\#`, `#`, `\{`, `{`, `\}`, `}`, `\:`, `:`, `\n`, "\n")

func unescape(s string) string { return escapes.Replace(s) }

// textOf reads a text that may begin with its format; whatever has none has that of the stem.
func textOf(s, format string) text {
	if m := formatIs.FindStringSubmatch(s); m != nil {
		s, format = s[len(m[0]):], m[1]
	}
	s = strings.TrimSpace(s)
	if format == "moodle" {
		s = strings.Join(strings.Fields(s), " ")
	}
	return text{format, unescape(s)}
}

// said is a feedback; nil where there is nothing in it.
func said(s, format string) *text {
	if t := textOf(s, format); t.Text != "" {
		return &t
	}
	return nil
}

func one(block, notes string) *question {
	q := &question{Type: description}
	if m := idTag.FindStringSubmatch(notes); m != nil {
		q.ID = strings.TrimSpace(m[1])
	}
	for _, m := range tagTag.FindAllStringSubmatch(notes, -1) {
		q.Tags = append(q.Tags, strings.TrimSpace(m[1]))
	}
	rest := strings.TrimSpace(block)
	if after, ok := strings.CutPrefix(rest, "::"); ok {
		if end := titleEnd(after); end >= 0 {
			q.Title, rest = unescape(strings.TrimSpace(after[:end])), after[end+2:]
		}
	}
	open := find(rest, '{')
	if open < 0 {
		q.Stem = textOf(rest, "moodle")
		return q
	}
	q.Stem = textOf(rest[:open], "moodle")
	close := lastOf(rest, '}')
	if close < open {
		q.Broken = "The brace { of its answers is not closed."
		return q
	}
	inside, after := rest[open+1:close], textOf(rest[close+1:], "plain")
	if find(inside, '}') >= 0 || find(inside, '{') >= 0 {
		q.Broken = "It has several groups of answers in braces; a question here has one."
		return q
	}
	if after.Text != "" {
		q.Embedded = true
		q.Stem.Text = strings.TrimSpace(q.Stem.Text + " _____ " + strings.Join(strings.Fields(after.Text), " "))
	}
	q.answers(inside)
	return q
}

// titleEnd is where :: ends a title.
func titleEnd(s string) int {
	for from := 0; ; {
		i := find(s[from:], ':')
		if i < 0 || from+i+1 >= len(s) {
			return -1
		}
		if from += i; s[from+1] == ':' {
			return from
		}
		from++
	}
}
