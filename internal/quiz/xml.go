package quiz

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"candor/internal/sheet"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// Element is an element of an XML file, without its namespaces.
type Element struct {
	Name  string // local
	Attr  map[string]string
	Nodes []Node
	Line  int
}

// Node is an element or a text.
type Node struct {
	*Element        // nil where it is a text
	Text     string // as it reads
}

// What an XML file may hold.
const (
	maxDepth = 256
	maxNodes = 2_000_000
)

// XML reads an XML file. Nothing outside of it is read and no entity is declared: a document type that declares some is refused. ErrBad
// with line and column.
func XML(name string, data []byte) (*Element, error) {
	data, known := utf8XML(data)
	d := decoder(data, known)
	var stack []*Element
	root, nodes := (*Element)(nil), 0
	bad := func(say string) error {
		line, col := d.InputPos()
		return Bad("%s, line %d, column %d: %s", name, line, col, say)
	}
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF && root == nil:
			return nil, bad("there is no element in this file.")
		case err == io.EOF:
			return root, nil
		case err != nil:
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) {
				return nil, bad("this is broken XML (" + syntax.Msg + ").")
			}
			return nil, bad("this is broken XML (" + err.Error() + ").")
		}
		if nodes++; nodes > maxNodes {
			return nil, bad("there are too many elements in this file.")
		}
		switch t := token.(type) {
		case xml.Directive:
			if bytes.Contains(t, []byte("ENTITY")) {
				return nil, bad("declarations of a document type (entities) are not read. Take the DOCTYPE out.")
			}
		case xml.StartElement:
			if len(stack) >= maxDepth {
				return nil, bad("elements are nested too deeply.")
			}
			if t.Name.Space == "http://www.w3.org/2001/XInclude" {
				return nil, bad("other files are not included (XInclude).")
			}
			line, _ := d.InputPos()
			e := &Element{Name: t.Name.Local, Attr: map[string]string{}, Line: line}
			for _, a := range t.Attr {
				e.Attr[a.Name.Local] = a.Value
			}
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.Nodes = append(top.Nodes, Node{Element: e})
			} else if root == nil {
				root = e
			}
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				top := stack[len(stack)-1]
				top.Nodes = append(top.Nodes, Node{Text: string(t)})
			}
		}
	}
}

func decoder(data []byte, known bool) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if known {
			return in, nil
		}
		return charset.NewReaderLabel(label, in)
	}
	return d
}

// utf8XML decodes UTF-16; known says that what the file says of its encoding does not count any more.
func utf8XML(data []byte) (out []byte, known bool) {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "<\x00", "\x00<"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			if text, _, err := sheet.Decode(data); err == nil {
				return []byte(strings.TrimPrefix(text, "\ufeff")), true
			}
		}
	}
	cut := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return cut, len(cut) < len(data)
}

// Root is the name of the first element of what may be XML, "" where there is none.
func Root(data []byte) string {
	data, known := utf8XML(data)
	d := decoder(data[:min(len(data), 64<<10)], known)
	d.Strict = false
	for range 100 {
		token, err := d.RawToken()
		if err != nil {
			return ""
		}
		if s, ok := token.(xml.StartElement); ok {
			return s.Name.Local
		}
	}
	return ""
}

// Find is the first element at a path of names below e; nil where there is none. It may be called on nil, as all of these.
func (e *Element) Find(names ...string) *Element {
	for _, name := range names {
		next := (*Element)(nil)
		for c := range e.All(name) {
			next = c
			break
		}
		e = next
	}
	return e
}

// All are the elements of a name right below e; "" is all of them.
func (e *Element) All(name string) func(yield func(*Element) bool) {
	return func(yield func(*Element) bool) {
		if e == nil {
			return
		}
		for _, n := range e.Nodes {
			if n.Element != nil && (name == "" || n.Name == name) && !yield(n.Element) {
				return
			}
		}
	}
}

// Deep are the elements of one of the names anywhere below e, in the order of the file.
func (e *Element) Deep(names ...string) []*Element {
	var out []*Element
	for c := range e.All("") {
		for _, name := range names {
			if c.Name == name {
				out = append(out, c)
			}
		}
		out = append(out, c.Deep(names...)...)
	}
	return out
}

// Value is an attribute; "" where there is none.
func (e *Element) Value(name string) string {
	if e == nil {
		return ""
	}
	return e.Attr[name]
}

// Body is all text below e.
func (e *Element) Body() string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	for _, n := range e.Nodes {
		if n.Element != nil {
			b.WriteString(n.Element.Body())
		} else {
			b.WriteString(n.Text)
		}
	}
	return b.String()
}

// Words is the text below e without the white space around it.
func (e *Element) Words() string { return strings.TrimSpace(e.Body()) }

// Markup writes what is in e as HTML; where replace gives true its text stands for an element and what is in it, as HTML.
func (e *Element) Markup(replace func(*Element) (string, bool)) string {
	var b strings.Builder
	e.markup(&b, replace)
	return b.String()
}

func (e *Element) markup(b *strings.Builder, replace func(*Element) (string, bool)) {
	if e == nil {
		return
	}
	for _, n := range e.Nodes {
		if n.Element == nil {
			b.WriteString(html.EscapeString(n.Text))
			continue
		}
		if replace != nil {
			if text, ok := replace(n.Element); ok {
				b.WriteString(text)
				continue
			}
		}
		b.WriteString("<" + n.Name)
		for k, v := range n.Attr {
			b.WriteString(" " + k + `="` + html.EscapeString(v) + `"`)
		}
		b.WriteString(">")
		if void[n.Name] {
			continue
		}
		n.markup(b, replace)
		b.WriteString("</" + n.Name + ">")
	}
}

var void = map[string]bool{"br": true, "hr": true, "img": true, "col": true, "wbr": true, "input": true, "source": true, "track": true, "embed": true, "param": true}
