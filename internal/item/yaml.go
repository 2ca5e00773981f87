package item

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a YAML file may hold. The parser takes quadratic time in some of these, and a stack frame a level.
const (
	maxYAML   = 1 << 20
	maxTokens = 200_000
	maxKeys   = 20_000 // of the file
	maxOfOne  = 2_000  // of one mapping
	maxDepth  = 50
)

// Doc is a YAML file that knows where everything stands in it.
type Doc struct {
	Path string
	file *ast.File
}

// ReadYAML reads a file strictly into a struct: syntax, unknown fields and wrong types come back as findings with line and column,
// all of them at once where the syntax is right. What files of people do not need (anchors and aliases, tags, several documents,
// control characters) is refused, so that a small file is never a large one in memory.
func ReadYAML(dir fs.FS, path string, into any) (*Doc, []Finding) {
	d := &Doc{Path: path}
	raw, err := fs.ReadFile(dir, path)
	if errors.Is(err, fs.ErrNotExist) {
		return d, []Finding{{Path: path, Severity: Error, Text: "This file is missing."}}
	}
	if err != nil {
		return d, []Finding{{Path: path, Severity: Error, Text: "This file cannot be read: " + err.Error()}}
	}
	if f, bad := d.hostile(raw); bad {
		return d, []Finding{f}
	}
	if d.file, err = parser.ParseBytes(raw, 0); err != nil {
		return d, []Finding{d.of(err)}
	}
	if len(d.file.Docs) != 1 || d.file.Docs[0].Body == nil {
		return d, []Finding{d.on(1, 1, "Write one YAML document here.")}
	}
	if out := d.shape(d.file.Docs[0].Body, SchemaOf(into)); Failed(out) {
		return d, out
	}
	if err := yaml.UnmarshalWithOptions(raw, into, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
		return d, []Finding{d.of(err)}
	}
	return d, nil
}

func (d *Doc) on(line, col int, format string, args ...any) Finding {
	return Finding{Path: d.Path, Line: line, Col: col, Severity: Error, Text: fmt.Sprintf(format, args...)}
}

// nested are lists in lists on one line, for which the lexer takes quadratic time.
var nested = regexp.MustCompile(`(?m)^[ \t]*(?:[-?][ \t]+){50}`)

// hostile looks at the bytes and tokens before anything is built from them.
func (d *Doc) hostile(raw []byte) (Finding, bool) {
	switch {
	case len(raw) > maxYAML:
		return d.on(0, 0, "This file is larger than %d MiB.", maxYAML>>20), true
	case bytes.HasPrefix(raw, []byte("\ufeff")):
		return d.on(1, 1, "This file begins with a byte order mark. Save it as UTF-8 without one."), true
	case !utf8.Valid(raw):
		return d.on(0, 0, "This file is not UTF-8. Save it as UTF-8."), true
	}
	if at := nested.FindIndex(raw); at != nil {
		return d.on(1+bytes.Count(raw[:at[0]], []byte("\n")), 1, "This is nested too deeply."), true
	}
	tokens := lexer.Tokenize(string(raw))
	if len(tokens) > maxTokens {
		return d.on(0, 0, "There is too much in this file: over %d words and signs.", maxTokens), true
	}
	keys, depth := 0, 0
	ofColumn := map[int]int{} // keys of the block mapping that is open at a column
	for _, t := range tokens {
		say := ""
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			say = "Anchors and aliases are not read here; write it out."
		case token.TagType:
			say = "Tags are not read here; leave it out."
		case token.MappingStartType, token.SequenceStartType:
			if depth++; depth > maxDepth {
				say = "This is nested too deeply."
			}
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType:
			maps.DeleteFunc(ofColumn, func(col, _ int) bool { return col > t.Position.Column })
		case token.MappingValueType:
			keys++
			if depth == 0 && t.Prev != nil {
				col := t.Prev.Position.Column
				maps.DeleteFunc(ofColumn, func(c, _ int) bool { return c > col })
				ofColumn[col]++
			}
			if keys > maxKeys || t.Prev != nil && ofColumn[t.Prev.Position.Column] > maxOfOne {
				say = "There are too many keys in this file."
			}
		default:
			if strings.ContainsFunc(t.Value, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }) {
				say = "There is a control character in this text."
			}
		}
		if say != "" {
			return d.on(t.Position.Line, t.Position.Column, "%s", say), true
		}
	}
	return Finding{}, false
}

// shape compares what stands in the file with what is read into: fields and types, all mistakes at once (at most 100).
func (d *Doc) shape(n ast.Node, s *Schema) (out []Finding) {
	bad := func(at ast.Node, format string, args ...any) {
		line, col := start(at)
		out = append(out, d.on(line, col, format, args...))
	}
	var walk func(n ast.Node, s *Schema)
	walk = func(n ast.Node, s *Schema) {
		if s == nil || len(s.Type) == 0 && s.Properties == nil && s.Enum == nil || len(out) >= 100 {
			return
		}
		fields := mapping(n)
		seq, isList := n.(*ast.SequenceNode)
		switch is := typeOf(n); {
		case is == "null":
			bad(n, "There is nothing here. Write a value, or leave the line out.")
		case slices.Contains(s.Type, "object"):
			if is != "object" {
				bad(n, "Here stand fields (name: value), one a line.")
			}
		case slices.Contains(s.Type, "array"):
			if is != "array" {
				bad(n, "Here stands a list.")
			}
		case is == "object" || is == "array":
			bad(n, "Here stands one value, not a list or fields.")
		case slices.Contains(s.Type, "string") || s.Enum != nil:
			if v, ok := n.(ast.ScalarNode); ok && is != "string" && fmt.Sprint(v.GetValue()) != n.GetToken().Value {
				bad(n, "Write this in quotes; YAML reads it as %v.", v.GetValue())
			}
		case slices.Contains(s.Type, "integer"):
			if is != "integer" {
				bad(n, "Here stands a whole number.")
			}
		case slices.Contains(s.Type, "number"):
			if is != "integer" && is != "number" {
				bad(n, "Here stands a number.")
			}
		case slices.Contains(s.Type, "boolean"):
			if is != "boolean" {
				bad(n, "Here stands true or false.")
			}
		}
		if isList {
			for _, v := range seq.Values {
				walk(v, s.Items)
			}
		}
		for _, f := range fields {
			name := f.Key.GetToken().Value
			if p, ok := s.Properties[name]; ok {
				walk(f.Value, p)
			} else if others, ok := s.Others.(*Schema); ok {
				walk(f.Value, others)
			} else if s.Others == false {
				bad(f.Key, "unknown field %q; here may stand %s.", short(name), strings.Join(slices.Sorted(maps.Keys(s.Properties)), ", "))
			}
		}
	}
	walk(n, s)
	return out
}

// mapping are the fields of a node; none where it is no mapping.
func mapping(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// start is where a node begins; the token of fields in a block is the first colon.
func start(n ast.Node) (line, col int) {
	p := n.GetToken().Position
	if fields := mapping(n); len(fields) > 0 && n.GetToken().Type == token.MappingValueType {
		p = fields[0].Key.GetToken().Position
	}
	return p.Line, p.Column
}

// typeOf is a node's type in the words of JSON Schema.
func typeOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "object"
	case *ast.SequenceNode:
		return "array"
	case *ast.NullNode:
		return "null"
	case *ast.BoolNode:
		return "boolean"
	case *ast.IntegerNode:
		return "integer"
	case *ast.FloatNode:
		if n.Value == float64(int64(n.Value)) && !strings.Contains(n.Token.Value, ".") {
			return "integer" // 1e3
		}
		return "number"
	case *ast.InfinityNode, *ast.NanNode:
		return "number"
	}
	return "string"
}

// short keeps a message readable whatever stood in the file.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}

// said are sentences of the YAML library in ours.
var said = []struct {
	its  *regexp.Regexp
	ours string
}{
	{regexp.MustCompile(`^found character '\t' that cannot start any token|^tab character cannot`), "A tab cannot indent YAML. Use spaces."},
	{regexp.MustCompile(`^mapping key (".*") already defined at \[(\d+):\d+\]`), "The key $1 stands twice; it is in line $2 already."},
	{regexp.MustCompile(`^mapping value is not allowed in this context`), "A colon stands where it has no meaning. Put a text with a colon in quotes."},
	{regexp.MustCompile(`^sequence end token '\]' not found`), "This list is not closed: there is no ]."},
	{regexp.MustCompile(`^',' or '\]' must be specified`), "A list above is not closed: a comma or ] is missing before this."},
	{regexp.MustCompile(`^',' or '}' must be specified`), "Fields above are not closed: a comma or } is missing before this."},
	{regexp.MustCompile(`^could not find flow map content|^could not find flow mapping end token '}'`), "These fields are not closed: there is no }."},
	{regexp.MustCompile(`^could not find end character of (double|single)-quoted text`), "This text is not closed: the quote at its end is missing."},
}

// of makes a finding of what the YAML library says.
func (d *Doc) of(err error) Finding {
	f := Finding{Path: d.Path, Severity: Error, Text: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		f.Text = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			f.Line, f.Col = t.Position.Line, t.Position.Column
		}
	}
	for _, s := range said {
		if at := s.its.FindStringSubmatchIndex(f.Text); at != nil {
			f.Text = string(s.its.ExpandString(nil, s.ours, f.Text, at))
			return f
		}
	}
	f.Text = "This is no YAML: " + strings.TrimSuffix(short(f.Text), ".") + "."
	return f
}

// At is an error at a place such as "$.options[2].text"; where there is no such place it is the nearest above it.
func (d *Doc) At(place, format string, args ...any) Finding {
	f := d.on(1, 1, format, args...)
	for place != "" && d.file != nil {
		if p, err := yaml.PathString(place); err == nil {
			if n, err := p.FilterFile(d.file); err == nil && n != nil && n.GetToken() != nil {
				f.Line, f.Col = start(n)
				return f
			}
		}
		i := strings.LastIndexAny(place, ".[")
		if i <= 0 {
			return f
		}
		place = place[:i]
	}
	return f
}

// Warn is a warning at a place.
func (d *Doc) Warn(place, format string, args ...any) Finding {
	f := d.At(place, format, args...)
	f.Severity = Warning
	return f
}
