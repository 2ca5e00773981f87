// Package codeblock shows code that somebody wrote, highlighted on the server with classes (chroma), with line numbers that can be
// linked to. Over 200 KB or for an unknown language it is plain.
package codeblock

import (
	"context"
	"html"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// View is a block of code.
type View struct {
	Label string // what it is, for screen readers: "limiter.go"
	Name  string // file name, decides the language
	Code  string
	ID    string         // prefix of the lines' anchors: <ID>L24; empty has no numbers
	Marks map[int]string // line -> what is remarked there, shown as a sign at the line
	On    map[int]bool   // lines that stand out
	Wrap  bool
}

const maxHighlight = 200_000

// Lines are the lines of code as safe HTML with token classes.
func Lines(name, code string) []string {
	code = strings.TrimSuffix(strings.ReplaceAll(code, "\r\n", "\n"), "\n")
	lexer := lexerOf(name)
	if lexer == nil || len(code) > maxHighlight {
		return plain(code)
	}
	it, err := chroma.Coalesce(lexer).Tokenise(nil, code+"\n")
	if err != nil {
		return plain(code)
	}
	lines := []string{}
	var b strings.Builder
	for t := it(); t != chroma.EOF; t = it() {
		class := classOf(t.Type)
		for i, piece := range strings.Split(t.Value, "\n") {
			if i > 0 {
				lines = append(lines, b.String())
				b.Reset()
			}
			if piece == "" {
				continue
			}
			if class == "" {
				b.WriteString(html.EscapeString(piece))
				continue
			}
			b.WriteString(`<span class="` + class + `">` + html.EscapeString(piece) + `</span>`)
		}
	}
	if b.Len() > 0 {
		lines = append(lines, b.String())
	}
	if want := strings.Count(code, "\n") + 1; len(lines) != want {
		return plain(code) // a lexer that lost a line must not change what is read
	}
	return lines
}

// lexerOf looks only at the name: guessing from content is slow and surprising.
func lexerOf(name string) chroma.Lexer {
	if name == "" {
		return nil
	}
	if l := lexers.Match(path.Base(name)); l != nil {
		return l
	}
	return lexers.Get(name)
}

func plain(code string) []string {
	lines := strings.Split(code, "\n")
	for i, l := range lines {
		lines[i] = html.EscapeString(l)
	}
	return lines
}

// classOf maps chroma's hundred types to our six; plain identifiers and punctuation get no element.
func classOf(t chroma.TokenType) string {
	switch {
	case t == chroma.KeywordType, t == chroma.NameClass, t == chroma.NameNamespace, t == chroma.NameBuiltin, t == chroma.NameException:
		return "tok-typeName"
	case t == chroma.KeywordConstant, t.InSubCategory(chroma.LiteralNumber):
		return "tok-number"
	case t.InCategory(chroma.Keyword), t == chroma.OperatorWord, t == chroma.NameTag:
		return "tok-keyword"
	case t.InSubCategory(chroma.LiteralString):
		return "tok-string"
	case t.InCategory(chroma.Comment):
		return "tok-comment"
	case t == chroma.NameFunction, t == chroma.NameDecorator, t == chroma.NameAttribute:
		return "tok-fn"
	}
	return ""
}

// Code draws it. Every text was escaped by Lines.
func Code(v View) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		class := "code block"
		if v.Wrap {
			class += " wrap-lines"
		}
		b.WriteString(`<div class="` + class + `" translate="no" dir="ltr"><pre tabindex="0" role="region" aria-label="` + html.EscapeString(v.Label) + `"><code>`)
		for i, line := range Lines(v.Name, v.Code) {
			n := strconv.Itoa(i + 1)
			if v.ID == "" {
				b.WriteString(line + "\n")
				continue
			}
			id := html.EscapeString(v.ID) + "L" + n
			mark := ""
			if text, ok := v.Marks[i+1]; ok {
				mark = `<span class="mark-line">` + html.EscapeString(text) + `</span>`
			}
			on := ""
			if v.On[i+1] {
				on = " on"
			}
			b.WriteString(`<span class="line` + on + `" id="` + id + `"><a class="ln" href="#` + id + `" aria-label="Line ` + n + `">` + n + `</a><span class="tx">` + line + "\n" + `</span>` + mark + `</span>`)
		}
		b.WriteString(`</code></pre></div>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// Example shows Go with line numbers.
func Example() templ.Component {
	return Code(View{Label: "limiter.go", Name: "limiter.go", ID: "cb", Code: "// Allow reports whether the event for key may happen now.\nfunc (l *Limiter) Allow(key string) bool {\n\tl.mu.Lock()\n\tdefer l.mu.Unlock()\n\treturn len(l.seen[key]) < 10 && key != \"\"\n}\n"})
}
