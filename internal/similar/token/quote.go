package token

import (
	"bytes"
	"strings"
)

// string reads a string, a character, a regular expression or the beginning of a here-document, if one stands here.
func (x *lexer) string() bool {
	c := x.src[x.at]
	switch {
	case c == '\'' && x.chars:
		return x.char()
	case c == '/' && x.regexps && !x.value():
		return x.regexp()
	case c == '%' && x.percents && x.misses < maxMisses && !x.value():
		return x.percent()
	case c == '<' && x.heredoc != "" && x.has(x.heredoc):
		return x.here()
	}
	for i := range x.quotes {
		if q := &x.quotes[i]; q.open[0] == c && x.has(q.open) {
			start, line := x.at, x.line
			x.at += len(q.open)
			x.rest(*q, start, line)
			return true
		}
	}
	return false
}

// rest reads a string from behind its opening to its end or to its next hole. One that never ends, ends with its line.
func (x *lexer) rest(q quote, start int, line int32) {
	stop := -1 // the first end of a line
	for i := x.at; i < len(x.src); i++ {
		switch c := x.src[i]; {
		case c == '\n' && stop < 0:
			stop = i
			if !q.lines || x.misses >= maxMisses {
				x.advance(stop)
				x.add(String, start, line)
				return
			}
		case c == '\\' && !q.raw:
			i++
		case c == q.end[0] && bytes.HasPrefix(x.src[i:], []byte(q.end)):
			if q.double && bytes.HasPrefix(x.src[i+len(q.end):], []byte(q.end)) {
				i += len(q.end)
				continue
			}
			x.advance(i + len(q.end))
			x.add(String, start, line)
			return
		case q.hole != "" && c == q.hole[0] && bytes.HasPrefix(x.src[i:], []byte(q.hole)) && len(x.holes) < maxHoles:
			if q.hole == "{" && bytes.HasPrefix(x.src[i:], []byte("{{")) {
				i++
				continue
			}
			x.advance(i + len(strings.TrimSuffix(q.hole, "$")))
			x.add(String, start, line)
			x.holes = append(x.holes, hole{quote: q})
			return
		}
	}
	x.misses++
	if stop < 0 {
		stop = len(x.src)
	}
	x.advance(max(stop, x.at))
	x.add(String, start, line)
}

// maxHoles is how deep templates inside of templates are followed.
const maxHoles = 50

// closesHole goes on with the string around a hole when the bracket here closes it.
func (x *lexer) closesHole() bool {
	n := len(x.holes)
	if n == 0 {
		return false
	}
	h := x.holes[n-1]
	closing := byte('}')
	if strings.HasSuffix(h.quote.hole, "(") {
		closing = ')'
	}
	if x.src[x.at] != closing || h.depth > 0 {
		return false
	}
	x.holes = x.holes[:n-1]
	start, line := x.at, x.line
	x.at++
	x.rest(h.quote, start, line)
	return true
}

// prefixed reads a string whose prefix, already passed, began at start. False when there is no quote here.
func (x *lexer) prefixed(start int, f form) bool {
	line := x.line
	if f.fence != 0 {
		if x.misses >= maxMisses {
			return false
		}
		end := x.fenced(f.fence)
		if end < 0 {
			return false
		}
		x.advance(end)
		x.add(String, start, line)
		return true
	}
	for _, q := range x.quotes {
		if x.has(q.open) {
			f.lines = f.lines || q.lines
			q.form = f
			x.at += len(q.open)
			x.rest(q, start, line)
			return true
		}
	}
	return false
}

// fenced is the end of R"x( ... )x" or r#" ... "#, whose prefix stands before this place; -1 when it is none or never ends.
func (x *lexer) fenced(fence byte) int {
	rest := x.src[x.at:]
	var end string
	open := 0
	if fence == '#' {
		for open < len(rest) && rest[open] == '#' {
			open++
		}
		if open == len(rest) || rest[open] != '"' {
			return -1
		}
		end = `"` + strings.Repeat("#", open)
	} else {
		open = bytes.IndexByte(rest[:min(len(rest), 20)], '(')
		if rest[0] != '"' || open < 0 {
			return -1
		}
		end = ")" + string(rest[1:open]) + `"`
	}
	i := bytes.Index(rest[open+1:], []byte(end))
	if i < 0 {
		x.misses++
		return -1
	}
	return x.at + open + 1 + i + len(end)
}

// char reads 'x' and '\n'; a quote that begins a lifetime is an operator.
func (x *lexer) char() bool {
	rest := x.src[x.at+1:]
	end := -1
	if len(rest) > 1 && rest[0] == '\\' {
		end = bytes.IndexByte(rest[2:min(len(rest), 12)], '\'') + 2
		if end < 2 {
			return false
		}
	} else if i := bytes.IndexByte(rest[:min(len(rest), 5)], '\''); i == 1 || i > 1 && rest[0] >= 0x80 {
		end = i
	}
	if end < 0 || bytes.IndexByte(rest[:end], '\n') >= 0 {
		return false
	}
	start := x.at
	x.at += end + 2
	x.add(String, start, x.line)
	return true
}

// value says that what stands before is a value, so that a slash divides and a percent sign is an operator.
func (x *lexer) value() bool {
	if len(x.out) == 0 {
		return false
	}
	t := x.out[len(x.out)-1]
	switch t.Kind {
	case Name, Number, String, Type, Import:
		return true
	case Op:
		c := x.src[t.End-1]
		return c == ')' || c == ']' || c == '}'
	case Keyword:
		switch string(t.Text(x.src)) {
		case "this", "self", "nil", "null", "true", "false", "end", "super", "undefined":
			return true
		}
	}
	return false
}

// regexp reads /.../flags within a line.
func (x *lexer) regexp() bool {
	class := false
	for i := x.at + 1; i < len(x.src) && x.src[i] != '\n'; i++ {
		switch c := x.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class && i > x.at+1:
			for i++; i < len(x.src) && x.src[i]|0x20 >= 'a' && x.src[i]|0x20 <= 'z'; i++ {
			}
			start := x.at
			x.at = i
			x.add(String, start, x.line)
			return true
		}
	}
	return false
}

// percent reads %w[a b], %q(...) and their like.
func (x *lexer) percent() bool {
	i := x.at + 1
	if i < len(x.src) && strings.IndexByte("wWqQiIrsx", x.src[i]) >= 0 {
		i++
	}
	if i >= len(x.src) {
		return false
	}
	open := x.src[i]
	at := strings.IndexByte("([{<|!/", open)
	if at < 0 {
		return false
	}
	end := ")]}>|!/"[at]
	for depth := 1; ; {
		if i++; i >= len(x.src) {
			x.misses++
			return false
		}
		switch c := x.src[i]; {
		case c == '\\':
			i++
		case c == end:
			if depth--; depth == 0 {
				start, line := x.at, x.line
				x.advance(i + 1)
				x.add(String, start, line)
				return true
			}
		case c == open:
			depth++
		}
	}
}

// here notes a here-document, whose text begins with the next line, and reads its beginning.
func (x *lexer) here() bool {
	i := x.at + len(x.heredoc)
	h := heredoc{anywhere: x.heredoc == "<<<"}
	if i < len(x.src) && (x.src[i] == '-' || x.src[i] == '~') {
		h.anywhere = true
		i++
	}
	for i < len(x.src) && x.src[i] == ' ' && x.ID != "ruby" {
		i++
	}
	quoted := i < len(x.src) && (x.src[i] == '\'' || x.src[i] == '"')
	if quoted {
		i++
	}
	word := i
	for i < len(x.src) && (x.letter(x.src[i]) || digit(x.src[i])) {
		i++
	}
	h.word = string(x.src[word:i])
	if h.word == "" || x.ID == "ruby" && !quoted && !h.anywhere && strings.ToUpper(h.word) != h.word {
		return false
	}
	if quoted && i < len(x.src) {
		i++
	}
	start := x.at
	x.at = i
	x.add(Op, start, x.line)
	x.pending = append(x.pending, h)
	return true
}

// outside reads text around PHP's tags: what is not code is a string a line.
func (x *lexer) outside() {
	for x.at < len(x.src) && !x.has(x.tagged) {
		end := len(x.src)
		if i := bytes.IndexByte(x.src[x.at:], '\n'); i >= 0 {
			end = x.at + i + 1
		}
		if i := bytes.Index(x.src[x.at:end], []byte(x.tagged)); i >= 0 {
			end = x.at + i
		}
		start, line := x.at, x.line
		blank := len(bytes.TrimSpace(x.src[x.at:end])) == 0
		x.advance(end)
		if !blank {
			x.add(String, start, line)
		}
	}
	if x.at < len(x.src) {
		x.at += len(x.tagged)
		for x.at < len(x.src) && (x.src[x.at]|0x20 >= 'a' && x.src[x.at]|0x20 <= 'z' || x.src[x.at] == '=') {
			x.at++
		}
	}
	x.started = false
}
