package quiz

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	htmlrender "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"candor/internal/archive"
)

// Scribe writes the texts of one question as Markdown that can do no harm, and notes in the question what they lose on the way: scripts,
// frames, styling, pictures. Pictures of the file become files of the item, in Pictures; of candidates' pages they are no part yet, so
// the text says where one was.
type Scribe struct {
	Q        *Question
	File     func(name string) ([]byte, bool) // a file of the source; may be nil
	Pictures archive.Files
}

var (
	fromHTML = converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), table.NewTablePlugin(), strikethrough.NewStrikethroughPlugin()))
	// fromMarkdown keeps raw HTML: it is cleaned like all other.
	fromMarkdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough), goldmark.WithRendererOptions(htmlrender.WithUnsafe()))
)

// Markdown writes Markdown, in which HTML may stand.
func (s *Scribe) Markdown(text string) string {
	var b bytes.Buffer
	if err := fromMarkdown.Convert([]byte(tidy(text)), &b); err != nil {
		return s.Plain(text)
	}
	return s.HTML(b.String())
}

// Plain writes text that is nothing but text.
func (s *Scribe) Plain(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(tidy(text)), "\n") {
		if i > 0 {
			b.WriteString("<br>")
		}
		rest := strings.TrimLeft(line, " \t")
		b.WriteString(strings.Repeat("\u00a0", len(line)-len(rest)) + html.EscapeString(rest))
	}
	return s.HTML(b.String())
}

// Moodle writes text of Moodle's own format: HTML in which lines end where they end.
func (s *Scribe) Moodle(text string) string {
	return s.HTML(strings.ReplaceAll(strings.TrimSpace(tidy(text)), "\n", "<br>"))
}

// HTML writes a piece of HTML.
func (s *Scribe) HTML(text string) string {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragmentWithOptions(strings.NewReader(tidy(text)), body, html.ParseOptionEnableScripting(false))
	if err != nil {
		s.Q.Lose("A text is nested too deeply and was kept without its form.")
		return strings.TrimSpace(tidy(text))
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	s.clean(body, 0)
	out, err := fromHTML.ConvertNode(body)
	if err != nil {
		s.Q.Lose("A text could not be written as Markdown and was left out.")
		return ""
	}
	return strings.TrimSpace(string(out))
}

// Words are a piece of HTML as plain words on one line.
func (s *Scribe) Words(text string) string {
	nodes, err := html.ParseFragment(strings.NewReader(tidy(text)), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, n := range nodes {
		for x := range n.Descendants() {
			if x.Type == html.TextNode && !hidden[x.Parent.DataAtom] {
				b.WriteString(x.Data + " ")
			}
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// tidy leaves out what no file of ours may hold.
func tidy(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || r == '\ufeff') {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// hidden are elements whose text nobody reads.
var hidden = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Head: true, atom.Title: true}

// gone are elements that are left out, and what is said of it. "" says nothing.
var gone = map[string]string{
	"script": "A script was left out.", "style": "A style sheet was left out.", "link": "A style sheet was left out.", "template": "A hidden template was left out.",
	"iframe": "A frame was left out: %s.", "frame": "A frame was left out: %s.", "embed": "An embedded object was left out: %s.", "applet": "An embedded object was left out: %s.",
	"video": "A video was left out: %s.", "audio": "A recording was left out: %s.", "canvas": "A drawing was left out.", "svg": "A drawing (SVG) was left out.",
	"meta": "", "base": "", "head": "", "title": "", "map": "The places of a picture were left out.",
	"input": "A field in the text was left out.", "select": "A field in the text was left out.", "textarea": "A field in the text was left out.", "button": "A button in the text was left out.",
}

// deepest is how many elements may stand in each other.
const deepest = 200

var invisible = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)

var styled = regexp.MustCompile(`(?i)color|background|text-decoration`)

// pictureTypes are kept as files.
var pictureTypes = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}

// picture keeps a picture of the source and gives the words in its place.
func (s *Scribe) picture(n *html.Node) string {
	from, alt := source(n), value(n, "alt")
	if n.Data == "object" {
		alt = words(n)
	}
	data, name := s.bytes(from)
	label := alt
	if label == "" {
		label = name
	}
	suffix := pictureTypes[http.DetectContentType(data)]
	switch {
	case data == nil && strings.Contains(from, "//"):
		s.Q.Lose("A picture of another place is not fetched: %s. Say it in words.", shorten(from, 80))
	case data == nil:
		s.Q.Lose("A picture is missing in the file: %s.", shorten(from, 80))
	case suffix == "" || len(data) > archive.MaxFile:
		s.Q.Lose("A picture is of a sort that is not kept (PNG, JPEG, GIF and WebP are): %s.", shorten(name, 80))
	default:
		if s.Pictures == nil {
			s.Pictures = archive.Files{}
		}
		file := "pictures/" + plainName(strings.TrimSuffix(name, path.Ext(name))) + suffix
		for i := 2; s.Pictures[file] != nil && !bytes.Equal(s.Pictures[file], data); i++ {
			file = fmt.Sprintf("pictures/%s-%d%s", plainName(strings.TrimSuffix(name, path.Ext(name))), i, suffix)
		}
		s.Pictures[file] = data
		s.Q.Lose("The picture %s lies beside the item; candidates do not see pictures yet. Say in words what it shows.", file)
	}
	return "[Picture: " + shorten(strings.Join(strings.Fields(label), " "), 200) + "]"
}

// bytes are what a picture's address stands for, and its name.
func (s *Scribe) bytes(from string) ([]byte, string) {
	if rest, ok := strings.CutPrefix(from, "data:"); ok {
		kind, coded, _ := strings.Cut(rest, ",")
		if !strings.HasSuffix(kind, ";base64") {
			return nil, "picture"
		}
		if text, err := url.PathUnescape(coded); err == nil {
			coded = text
		}
		data, err := Base64(coded)
		if err != nil {
			return nil, "picture"
		}
		return data, "picture"
	}
	u, err := url.Parse(from)
	if err != nil || u.Scheme != "" || u.Host != "" || s.File == nil {
		return nil, path.Base(from)
	}
	data, ok := s.File(u.Path)
	if !ok {
		return nil, path.Base(u.Path)
	}
	return data, path.Base(u.Path)
}

// Base64 reads base64 as people's programs write it, in lines.
func Base64(text string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}

func plainName(s string) string {
	s = strings.Trim(notKey.ReplaceAllString(strings.ToLower(s), "-"), "-")
	if s == "" {
		return "picture"
	}
	return s[:min(len(s), 60)]
}

// words are the text in a node.
func words(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data)
		}
	}
	return b.String()
}

var raised = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "+", "⁺", "-", "⁻", "−", "⁻", "n", "ⁿ", "i", "ⁱ", "(", "⁽", ")", "⁾")

var lowered = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄", "5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉", "+", "₊", "-", "₋", "−", "₋", "n", "ₙ", "i", "ᵢ", "(", "₍", ")", "₎")

// shifted is text above or below the line: in the characters that Unicode has for it, else as ^(x) or _(x).
func shifted(up bool, text string) string {
	r, sign := lowered, "_"
	if up {
		r, sign = raised, "^"
	}
	all := true
	for _, c := range text {
		all = all && strings.ContainsRune("0123456789+-−ni()", c)
	}
	switch {
	case text == "":
		return ""
	case all:
		return r.Replace(text)
	case utf8.RuneCountInString(text) == 1:
		return sign + text
	}
	return sign + "(" + text + ")"
}

// formula is MathML (presentation) on one line.
func formula(n *html.Node) string {
	var parts []string
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			if t := strings.Join(strings.Fields(c.Data), " "); t != "" {
				parts = append(parts, t)
			}
		case c.Type == html.ElementNode && !strings.HasPrefix(c.Data, "annotation"):
			parts = append(parts, formula(c))
		}
	}
	arg := func(i int) string {
		if i >= len(parts) {
			return ""
		}
		if utf8.RuneCountInString(parts[i]) > 1 && strings.ContainsAny(parts[i], " +-−*/=") {
			return "(" + parts[i] + ")"
		}
		return parts[i]
	}
	switch n.Data[strings.LastIndexByte(n.Data, ':')+1:] {
	case "mfrac":
		return arg(0) + "/" + arg(1)
	case "msup", "mover":
		return arg(0) + shifted(true, arg(1))
	case "msub", "munder":
		return arg(0) + shifted(false, arg(1))
	case "msubsup", "munderover":
		return arg(0) + shifted(false, arg(1)) + shifted(true, arg(2))
	case "msqrt":
		return "√(" + strings.Join(parts, " ") + ")"
	case "mroot":
		return arg(1) + "√(" + arg(0) + ")"
	case "mfenced":
		return "(" + strings.Join(parts, ", ") + ")"
	case "mtr":
		return strings.Join(parts, " ") + ";"
	}
	return strings.Join(parts, " ")
}
