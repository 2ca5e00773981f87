// Package markdown turns Markdown of authors, candidates and reviewers into HTML that can do no harm: no raw HTML, no scripts,
// no links but http, https and mailto, code coloured by classes.
package markdown

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	htmlrender "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Max is the longest text in bytes that is rendered; a longer one is shown as it is.
const Max = 512 << 10

// Markdown renders; the zero value is not usable, New is.
type Markdown struct {
	gm     goldmark.Markdown
	policy *bluemonday.Policy
}

// New makes a renderer whose headings begin at level top (2 under a page's h1), for use by many at once.
func New(top int) *Markdown {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del", "hr", "br",
		"table", "thead", "tbody", "tr", "th", "td", "span", "div")
	p.AllowAttrs("start").OnElements("ol")
	p.AllowAttrs("align").Matching(bluemonday.CellAlign).OnElements("th", "td")
	p.AllowAttrs("class").Matching(bluemonday.SpaceSeparatedTokens).OnElements("span", "pre", "code", "div")
	p.AllowAttrs("tabindex").OnElements("pre", "div")
	p.AllowAttrs("role", "aria-label").OnElements("div")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	gm := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(shift{top}, 100))),
		goldmark.WithRendererOptions(htmlrender.WithHardWraps(), renderer.WithNodeRenderers(util.Prioritized(code{}, 50))),
	)
	return &Markdown{gm, p}
}

// HTML renders src.
func (m *Markdown) HTML(src string) string {
	if len(src) > Max {
		return m.plain(src)
	}
	var b bytes.Buffer
	if err := m.gm.Convert([]byte(src), &b); err != nil {
		return m.plain(src)
	}
	return m.policy.Sanitize(b.String())
}

func (m *Markdown) plain(src string) string {
	return "<pre>" + templ.EscapeString(src) + "</pre>"
}

// Show is src as a component, inside <div class="prose">.
func (m *Markdown) Show(src string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<div class="prose">`+m.HTML(src)+`</div>`)
		return err
	})
}

// shift moves headings so that the highest of a text stands at level top, whatever the author began with, and none skips a level: a text
// fits under its page's heading, and screen readers can go through it.
type shift struct{ top int }

func (s shift) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var all []*ast.Heading
	highest := 6
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			all, highest = append(all, h), min(highest, h.Level)
		}
		return ast.WalkContinue, nil
	})
	before := s.top - 1
	for _, h := range all {
		h.Level = min(h.Level-highest+s.top, before+1, 6)
		before = h.Level
	}
}

// code colours fenced blocks by chroma's classes.
type code struct{}

func (code) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		block := n.(*ast.FencedCodeBlock)
		var b bytes.Buffer
		for i := range block.Lines().Len() {
			line := block.Lines().At(i)
			b.Write(line.Value(src))
		}
		io.WriteString(w, Code(string(block.Language(src)), b.String()))
		return ast.WalkSkipChildren, nil
	})
}

var formatter = html.New(html.WithClasses(true), html.PreventSurroundingPre(true))

// Code is a block of program text as <pre class="code chroma">; an unknown language stays plain.
func Code(language, src string) string {
	open := `<pre class="code chroma" tabindex="0"><code>`
	lexer := lexers.Get(language)
	if lexer == nil || len(src) > 256<<10 {
		return open + templ.EscapeString(src) + "</code></pre>\n"
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, src)
	if err != nil {
		return open + templ.EscapeString(src) + "</code></pre>\n"
	}
	var b bytes.Buffer
	if err := formatter.Format(&b, chroma.MustNewStyle("none", nil), tokens); err != nil {
		return open + templ.EscapeString(src) + "</code></pre>\n"
	}
	return open + b.String() + "</code></pre>\n"
}
