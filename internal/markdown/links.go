package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// Link is a link or a picture of a text.
type Link struct {
	To      string
	Picture bool
	At      int // bytes before its target in the text; of a reference it is where the target is defined
}

var linking = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify))

// Links are the links and pictures of a text, in its order; none of a text that is too long to be rendered.
func Links(src string) []Link {
	if len(src) > Max {
		return nil
	}
	raw := []byte(src)
	var out []Link
	seen := map[string]int{} // where to look for the next link to the same target
	add := func(to []byte, picture bool) {
		from := seen[string(to)]
		at := bytes.Index(raw[from:], to)
		if at < 0 { // written with escapes
			at, from = 0, 0
		}
		seen[string(to)] = from + at + len(to)
		out = append(out, Link{string(to), picture, from + at})
	}
	ast.Walk(linking.Parser().Parse(text.NewReader(raw)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			add(n.Destination, false)
		case *ast.Image:
			add(n.Destination, true)
		}
		return ast.WalkContinue, nil
	})
	return out
}

// Rewrite gives a text with the contents of its fenced blocks of a language changed by one function and all else by another. A text that is too long to be
// rendered has no blocks.
func Rewrite(src, language string, block, rest func(string) string) string {
	if len(src) > Max || !strings.Contains(src, language) {
		return rest(src)
	}
	raw := []byte(src)
	var b strings.Builder
	at := 0
	ast.Walk(linking.Parser().Parse(text.NewReader(raw)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*ast.FencedCodeBlock); ok && entering && string(f.Language(raw)) == language && f.Lines().Len() > 0 {
			from, to := f.Lines().At(0).Start, f.Lines().At(f.Lines().Len()-1).Stop
			b.WriteString(rest(src[at:from]))
			b.WriteString(block(src[from:to]))
			at = to
		}
		return ast.WalkContinue, nil
	})
	b.WriteString(rest(src[at:]))
	return b.String()
}

// Blocks are the contents of a text's fenced blocks of a language, in its order; none of a text that is too long to be rendered.
func Blocks(src, language string) []string {
	if len(src) > Max || !strings.Contains(src, language) {
		return nil
	}
	raw := []byte(src)
	var out []string
	ast.Walk(linking.Parser().Parse(text.NewReader(raw)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if block, ok := n.(*ast.FencedCodeBlock); ok && entering && string(block.Language(raw)) == language {
			out = append(out, string(block.Lines().Value(raw)))
		}
		return ast.WalkContinue, nil
	})
	return out
}
