package markdown

import (
	"bytes"

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
