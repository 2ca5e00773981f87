package judge

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Difference is where an output first differs from what was expected.
type Difference struct {
	Line           int    // of the output, from 1
	Expected, Got  string // tokens; "" where there is none
	What           string // what differs, where it is not a token
	TooFew, TooFar bool   // the output ends early; goes on after its end
}

// Where says only where: it holds nothing of the test.
func (d Difference) Where() string {
	switch {
	case d.TooFew:
		return "The output ends too early."
	case d.TooFar:
		return fmt.Sprintf("Line %d: the output goes on where it should end.", d.Line)
	}
	return fmt.Sprintf("Line %d of the output differs from what was expected.", d.Line)
}

func (d Difference) String() string {
	switch {
	case d.What != "":
		return fmt.Sprintf("Line %d: %s.", d.Line, d.What)
	case d.TooFew:
		return fmt.Sprintf("Line %d: expected %s, but the output ends.", d.Line, short(d.Expected))
	case d.TooFar:
		return fmt.Sprintf("Line %d: the output should end, but there is %s.", d.Line, short(d.Got))
	}
	return fmt.Sprintf("Line %d: expected %s, got %s.", d.Line, short(d.Expected), short(d.Got))
}

// short makes a token fit for a sentence.
func short(s string) string {
	const most = 60
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "..."
	}
	return s
}

// Compare compares an output with what was expected and returns nil when it is right. This is the default validator of the ICPC problem
// package format (section "Default Validator Capabilities"): both are divided into tokens at white space. Without SpaceSensitive the amount
// and kind of white space means nothing. Where there is a tolerance, tokens of want that are numbers are compared as numbers and are right
// within either tolerance; all others as text, in which A-Z equal a-z unless CaseSensitive.
func (c Checks) Compare(want, got []byte) *Difference {
	w, g := &scanner{b: want, line: 1}, &scanner{b: got, line: 1}
	for {
		before := g.line
		ws, gs := w.space(), g.space()
		if c.SpaceSensitive && string(ws) != string(gs) {
			return &Difference{Line: before, What: "white space differs: expected " + strconv.Quote(short(string(ws))) + ", got " + strconv.Quote(short(string(gs)))}
		}
		wt, gt := string(w.token()), string(g.token())
		switch {
		case wt == "" && gt == "":
			return nil
		case gt == "":
			return &Difference{Line: before, Expected: wt, TooFew: true}
		case wt == "":
			return &Difference{Line: g.line, Got: gt, TooFar: true}
		case !c.same(wt, gt):
			return &Difference{Line: g.line, Expected: wt, Got: gt}
		}
	}
}

func (c Checks) same(want, got string) bool {
	if want == got {
		return true
	}
	if c.Absolute > 0 || c.Relative > 0 {
		if w, ok := number(want); ok {
			g, ok := number(got)
			off := math.Abs(w - g)
			return ok && (off <= c.Absolute || off <= c.Relative*math.Abs(w))
		}
	}
	return !c.CaseSensitive && foldASCII(want) == foldASCII(got)
}

// number is a decimal or hexadecimal number as C's scanf reads it; infinities and what is not a number compare as text.
func number(s string) (float64, bool) {
	if strings.Contains(s, "_") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// foldASCII lowers A to Z and leaves all other bytes as they are.
func foldASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// scanner divides bytes into white space and tokens, as C's isspace does.
type scanner struct {
	b    []byte
	line int
}

func (s *scanner) space() []byte {
	i := 0
	for i < len(s.b) && isSpace(s.b[i]) {
		if s.b[i] == '\n' {
			s.line++
		}
		i++
	}
	out := s.b[:i]
	s.b = s.b[i:]
	return out
}

func (s *scanner) token() []byte {
	i := 0
	for i < len(s.b) && !isSpace(s.b[i]) {
		i++
	}
	out := s.b[:i]
	s.b = s.b[i:]
	return out
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
