package diff

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Change is every line of a file's change, unfolded, with the words that changed marked. It is made once and drawn often.
type Change struct {
	Rows        []Row
	Plus, Minus int
}

// Compare makes the change of two texts; lines highlights one (codeblock.Lines, or a cache's). Lines are compared without their
// CR, so that a file whose line ends changed shows what else did.
func Compare(name, before, after string, lines func(name, code string) []string) Change {
	a, b := texts(before), texts(after)
	var ah, bh []string
	if len(a) > 0 {
		ah = lines(name, before)
	}
	if len(b) > 0 {
		bh = lines(name, after)
	}
	var c Change
	edits := compare(a, b)
	for i := 0; i < len(edits); i++ {
		if edits[i].kind == ' ' {
			e := edits[i]
			c.Rows = append(c.Rows, Row{Kind: ' ', Old: e.a + 1, New: e.b + 1, HTML: bh[e.b]})
			continue
		}
		var gone, come []int // a block of removed and added lines, in whichever order they came
		for ; i < len(edits) && edits[i].kind != ' '; i++ {
			if edits[i].kind == '-' {
				gone = append(gone, edits[i].a)
			} else {
				come = append(come, edits[i].b)
			}
		}
		i--
		was, is := map[int]string{}, map[int]string{}
		for k := range min(len(gone), len(come)) {
			x, y := gone[k], come[k]
			was[x], is[y] = words(a[x], b[y], ah[x], bh[y])
		}
		for _, x := range gone {
			c.Rows = append(c.Rows, Row{Kind: '-', Old: x + 1, HTML: or(was[x], ah[x])})
		}
		for _, y := range come {
			c.Rows = append(c.Rows, Row{Kind: '+', New: y + 1, HTML: or(is[y], bh[y])})
		}
		c.Plus, c.Minus = c.Plus+len(come), c.Minus+len(gone)
	}
	return c
}

func or(marked, plain string) string {
	if marked == "" {
		return plain
	}
	return marked
}

// texts are the lines of a text without their ends; none of an empty one.
func texts(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
}

// longLine is where a line is too long to look for words in it.
const longLine = 1000

// words marks what differs between two lines that stand for each other; "" and "" when most of them does, and marks would say nothing.
func words(a, b, ah, bh string) (string, string) {
	if len(a) > longLine || len(b) > longLine {
		return "", ""
	}
	at, bt := tokens(a), tokens(b)
	var gone, come []span
	x, y, same := 0, 0, 0
	for _, e := range compare(at, bt) {
		switch e.kind {
		case '-':
			gone = grow(gone, x, x+len(at[e.a]), a)
			x += len(at[e.a])
		case '+':
			come = grow(come, y, y+len(bt[e.b]), b)
			y += len(bt[e.b])
		default:
			n := len(at[e.a])
			x, y = x+n, y+n
			if strings.TrimSpace(at[e.a]) != "" {
				same += n
			}
		}
	}
	if most := max(len(strings.TrimSpace(a)), len(strings.TrimSpace(b))); same*5 < most*2 {
		return "", ""
	}
	return mark(ah, gone), mark(bh, come)
}

type span struct{ from, to int }

// grow adds a span, joined with the one before when only blanks lie between.
func grow(list []span, from, to int, line string) []span {
	if n := len(list); n > 0 && strings.TrimSpace(line[list[n-1].to:from]) == "" {
		list[n-1].to = to
		return list
	}
	return append(list, span{from, to})
}

// tokens splits a line into words, runs of blanks and single signs.
func tokens(s string) (out []string) {
	class := func(r rune) int {
		switch {
		case unicode.IsSpace(r):
			return 1
		case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return 2
		}
		return 0
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if kind := class(r); kind > 0 {
			for n < len(s) {
				next, size := utf8.DecodeRuneInString(s[n:])
				if class(next) != kind {
					break
				}
				n += size
			}
		}
		out, s = append(out, s[:n]), s[n:]
	}
	return out
}

// mark puts <mark> around spans (in bytes of the text) of a line of safe HTML, never across its elements.
func mark(line string, spans []span) string {
	var b strings.Builder
	at, open := 0, false
	inside := func(at int) bool {
		return slices.ContainsFunc(spans, func(s span) bool { return s.from <= at && at < s.to })
	}
	set := func(on bool) {
		if on != open {
			b.WriteString(map[bool]string{true: "<mark>", false: "</mark>"}[on])
			open = on
		}
	}
	for i := 0; i < len(line); {
		switch line[i] {
		case '<':
			set(false)
			end := i + strings.IndexByte(line[i:], '>') + 1
			b.WriteString(line[i:end])
			i = end
			continue
		case '&': // one of the five that html.EscapeString makes
			set(inside(at))
			end := i + strings.IndexByte(line[i:], ';') + 1
			b.WriteString(line[i:end])
			i = end
		default:
			if utf8.RuneStart(line[i]) {
				set(inside(at))
			}
			b.WriteByte(line[i])
			i++
		}
		at++
	}
	set(false)
	return b.String()
}
