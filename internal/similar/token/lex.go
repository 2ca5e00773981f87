package token

import (
	"bytes"
	"strings"
)

// Lex cuts src into tokens, in order, without overlaps. It takes time and memory linear in the length and never fails.
// Texts are at most 1 GiB; the rest of a longer one is ignored.
func Lex(l *Language, src []byte) []Token {
	x := lexer{Language: l, src: src[:min(len(src), 1<<30)], out: make([]Token, 0, len(src)/4+8)}
	if l.tagged != "" && bytes.Contains(x.src, []byte(l.tagged)) {
		x.outside()
	}
	for x.at < len(x.src) {
		x.next()
	}
	return x.out
}

// lexer is where Lex stands.
type lexer struct {
	*Language
	src     []byte
	at      int
	line    int32
	out     []Token
	holes   []hole    // templates that are open around this place
	pending []heredoc // begin with the next line
	fresh   bool      // a statement has begun on this line, and is an import
	depth   int       // brackets open since that import began
	started bool      // something stands before on this line
	misses  int       // openings whose end was looked for in vain
}

// maxMisses is how many openings without an end are looked into; it keeps the time linear.
const maxMisses = 16

// hole is code inside of a string: its quote goes on when the bracket that began it closes.
type hole struct {
	quote
	depth int
}

type heredoc struct {
	word     string
	anywhere bool // the closing word may be indented
}

// add emits the text from start up to here.
func (x *lexer) add(kind Kind, start int, line int32) {
	if x.fresh && kind != Comment {
		kind = Import
	}
	x.out = append(x.out, Token{int32(start), int32(x.at), line, kind})
	if kind != Comment {
		x.started = true
	}
}

func (x *lexer) has(s string) bool {
	return len(x.src)-x.at >= len(s) && string(x.src[x.at:x.at+len(s)]) == s
}

func (x *lexer) next() {
	c := x.src[x.at]
	switch {
	case c == '\n':
		x.newline()
		return
	case c <= ' ':
		x.at++
		return
	case x.tagged != "" && x.has("?>"):
		x.at += len("?>")
		x.outside()
		return
	case x.comment(), x.string(), x.closesHole():
		return
	case c >= '0' && c <= '9', c == '.' && x.at+1 < len(x.src) && digit(x.src[x.at+1]):
		x.number()
	case x.letter(c):
		x.word()
	default:
		x.op(c)
	}
}

func (x *lexer) newline() {
	if x.fresh && x.depth <= 0 && !bytes.HasSuffix(bytes.TrimRight(x.src[:x.at], "\r"), []byte(`\`)) {
		x.fresh = false
	}
	if len(x.block) > 0 && x.block[0][0][0] == '\n' && x.comment() {
		return
	}
	x.at++
	x.line++
	x.started = false
	for len(x.pending) > 0 && x.at < len(x.src) && x.misses < maxMisses {
		h := x.pending[0]
		x.pending = x.pending[1:]
		x.body(h)
	}
}

// body reads a here-document up to the line of its closing word; without one it was none.
func (x *lexer) body(h heredoc) {
	for end := x.at; end < len(x.src); {
		stop := len(x.src)
		if i := bytes.IndexByte(x.src[end:], '\n'); i >= 0 {
			stop = end + i
		}
		text := strings.TrimRight(string(x.src[end:stop]), "\r;, )")
		if h.anywhere {
			text = strings.TrimLeft(text, " \t")
		}
		if text == h.word {
			start, line := x.at, x.line
			x.advance(stop)
			x.add(String, start, line)
			return
		}
		end = stop + 1
	}
	x.misses++
}

// advance moves to a place and counts the lines between.
func (x *lexer) advance(to int) {
	x.line += int32(bytes.Count(x.src[x.at:to], []byte{'\n'}))
	x.at = to
}

func (x *lexer) comment() bool {
	for _, sign := range x.Language.line {
		if x.has(sign) && (sign != "#" || x.ID != "bash" || x.at == 0 || x.src[x.at-1] <= ' ' || x.src[x.at-1] == ';') {
			end := bytes.IndexByte(x.src[x.at:], '\n')
			if end < 0 {
				end = len(x.src) - x.at
			}
			start := x.at
			x.at += end
			x.add(Comment, start, x.line)
			return true
		}
	}
	for _, pair := range x.block {
		if x.has(pair[0]) {
			start, line := x.at, x.line
			x.advance(x.blockEnd(pair))
			x.add(Comment, start, line)
			return true
		}
	}
	return false
}

// blockEnd is where the block comment that begins here ends; one that never ends takes the rest.
func (x *lexer) blockEnd(pair [2]string) int {
	rest, depth := x.src[x.at:], 1
	i := len(pair[0])
	for i < len(rest) {
		switch {
		case bytes.HasPrefix(rest[i:], []byte(pair[1])):
			i += len(pair[1])
			if depth--; depth == 0 {
				return x.at + i
			}
		case x.nested && bytes.HasPrefix(rest[i:], []byte(pair[0])):
			i += len(pair[0])
			depth++
		default:
			i++
		}
	}
	return len(x.src)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func (x *lexer) letter(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 || strings.IndexByte(x.letters, c) >= 0
}

func (x *lexer) number() {
	start := x.at
	for x.at++; x.at < len(x.src); x.at++ {
		c := x.src[x.at]
		switch {
		case digit(c), c == '_', c|0x20 >= 'a' && c|0x20 <= 'z':
		case c == '.' && (x.at+1 == len(x.src) || x.src[x.at+1] != '.' && !(x.src[x.at+1]|0x20 >= 'g' && x.src[x.at+1]|0x20 <= 'z')):
		case (c == '+' || c == '-') && x.src[x.at-1]|0x20 == 'e' && x.src[start] != '0':
		case c == '\'' && x.Family == "c" && x.at+1 < len(x.src) && digit(x.src[x.at+1]):
		default:
			x.add(Number, start, x.line)
			return
		}
	}
	x.add(Number, start, x.line)
}

func (x *lexer) word() {
	start := x.at
	for x.at++; x.at < len(x.src) && (x.letter(x.src[x.at]) || digit(x.src[x.at])); x.at++ {
	}
	text := x.src[start:x.at]
	if x.prefixes != nil && x.at < len(x.src) && len(text) <= 3 {
		if f, ok := x.prefixes[x.prefix(text)]; ok && x.prefixed(start, f) {
			return
		}
	}
	kind := x.kind(text)
	if !x.started && !x.fresh && x.imports[string(text)] && !x.statement() {
		x.fresh, x.depth = true, 0
	}
	x.add(kind, start, x.line)
}

func (x *lexer) kind(text []byte) Kind {
	if x.fold {
		return x.kinds[strings.ToLower(string(text))]
	}
	return x.kinds[string(text)]
}

// prefix is how a string's prefix stands in the table; Python's may be capitals.
func (x *lexer) prefix(text []byte) string {
	if x.ID == "python" {
		return strings.ToLower(string(text))
	}
	return string(text)
}

// statement says that the word before this place, which can begin an import, begins a statement with a bracket here (C#'s using).
func (x *lexer) statement() bool {
	rest := bytes.TrimLeft(x.src[x.at:], " \t")
	return x.ID == "csharp" && len(rest) > 0 && (rest[0] == '(' || bytes.HasPrefix(rest, []byte("var ")))
}

// operators of more than one character, longest first.
var operators = []string{">>>=", "<=>", "===", "!==", ">>>", "<<=", ">>=", "**=", "...", "..=", "??=", "&&=", "||=", "==", "!=", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=",
	"%=", "&=", "|=", "^=", "->", "=>", "::", "<<", ">>", "**", "//", "??", "?.", "?:", "..", ":=", "<-", "!!", "=~"}

// opsBy are the operators by their first character.
var opsBy = func() (out [256][]string) {
	for _, o := range operators {
		out[o[0]] = append(out[o[0]], o)
	}
	return out
}()

func (x *lexer) op(c byte) {
	start := x.at
	x.at++
	for _, o := range opsBy[c] {
		if bytes.HasPrefix(x.src[start:], []byte(o)) {
			x.at = start + len(o)
			break
		}
	}
	switch c {
	case '(', '[', '{':
		x.depth++
		if n := len(x.holes); n > 0 {
			x.holes[n-1].depth++
		}
	case ')', ']', '}':
		x.depth--
		if n := len(x.holes); n > 0 {
			x.holes[n-1].depth--
		}
	case '#':
		if x.include && !x.started {
			rest := bytes.TrimLeft(x.src[x.at:], " \t")
			x.fresh, x.depth = bytes.HasPrefix(rest, []byte("include")) || bytes.HasPrefix(rest, []byte("import")) || bytes.HasPrefix(rest, []byte("pragma")), 0
		}
	}
	x.add(Op, start, x.line)
	if c == ';' || c == '{' && !x.fresh {
		x.started = false
	}
	if c == ';' && x.depth <= 0 {
		x.fresh = false
	}
}
