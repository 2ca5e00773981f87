package assessment

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"candor/internal/problem"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// ErrField: a value that cannot be put where it belongs without touching anything else.
var ErrField = problem.New(problem.Invalid, "assessment_field", "This cannot be changed here without touching more of the file. Edit the file itself.")

// Field is one value of a YAML file that a page offers to change: a text, a number or a yes-or-no.
type Field struct {
	Path  []string // keys, and places in lists from "1"
	Kind  string   // "line", "text" (several lines), "number", "bool"
	Value string

	from, to int    // the bytes of the value as it is written
	head     string // of a block: "|", "|-"
	indent   int    // of a block's lines
}

// Fields are the values of a YAML file in the order in which they stand. What could not be put back exactly is left out. ErrField when the file is
// not YAML.
func Fields(raw []byte) ([]Field, error) {
	file, err := parser.ParseBytes(raw, parser.ParseComments)
	if err != nil || len(file.Docs) != 1 {
		return nil, ErrField
	}
	lines := starts(raw)
	var out []Field
	var walk func(n ast.Node, path []string)
	walk = func(n ast.Node, path []string) {
		switch n := n.(type) {
		case *ast.MappingNode:
			for _, v := range n.Values {
				walk(v, path)
			}
		case *ast.MappingValueNode:
			walk(n.Value, append(slices.Clone(path), n.Key.GetToken().Value))
		case *ast.SequenceNode:
			for i, v := range n.Values {
				walk(v, append(slices.Clone(path), strconv.Itoa(i+1)))
			}
		case *ast.LiteralNode:
			t := n.Start
			if at, ok := lines.at(raw, t.Position.Line, t.Position.Column); ok {
				if f, ok := block(raw, at, n.Value.Value); ok {
					f.Path = path
					out = append(out, f)
				}
			}
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			t := n.GetToken()
			if at, ok := lines.at(raw, t.Position.Line, t.Position.Column); ok {
				if f, ok := scalar(raw, at, n, t.Value); ok {
					f.Path = path
					out = append(out, f)
				}
			}
		}
	}
	walk(file.Docs[0].Body, nil)
	return out, nil
}

// starts are the places at which lines begin.
type lineStarts []int

func starts(raw []byte) lineStarts {
	out := lineStarts{0}
	for i, b := range raw {
		if b == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// at is the place of a line and a column in characters, both from 1.
func (s lineStarts) at(raw []byte, line, column int) (int, bool) {
	if line < 1 || line > len(s) {
		return 0, false
	}
	at := s[line-1]
	for i, r := range string(raw[at:]) {
		if column == 1 {
			return at + i, true
		}
		if r == '\n' {
			return 0, false
		}
		column--
	}
	return 0, false
}

// scalar finds the end of a value on one line. What the bytes say on their own has to be the value, so that nothing is cut.
func scalar(raw []byte, at int, n ast.Node, value string) (Field, bool) {
	f := Field{Kind: "line", Value: value, from: at}
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		f.Kind = "number"
	case *ast.BoolNode:
		f.Kind = "bool"
	}
	rest := string(raw[at:])
	line, _, _ := strings.Cut(rest, "\n")
	end := -1
	switch {
	case strings.HasPrefix(rest, `"`):
		for i := 1; i < len(line); i++ {
			if line[i] == '\\' {
				i++
			} else if line[i] == '"' {
				end = i + 1
				break
			}
		}
	case strings.HasPrefix(rest, "'"):
		for i := 1; i < len(line); i++ {
			if line[i] == '\'' && i+1 < len(line) && line[i+1] == '\'' {
				i++
			} else if line[i] == '\'' {
				end = i + 1
				break
			}
		}
	default:
		if strings.HasPrefix(rest, value) && !strings.Contains(value, "\n") {
			end = len(value)
		}
	}
	if end < 0 {
		return f, false
	}
	f.to = at + end
	var said any
	if err := yaml.Unmarshal([]byte(rest[:end]), &said); err != nil || fmt.Sprint(said) != value && f.Kind == "line" {
		return f, false
	}
	return f, true
}

var heads = regexp.MustCompile(`^[|>]-?$`)

// block finds the end of a text of several lines.
func block(raw []byte, at int, value string) (Field, bool) {
	f := Field{Kind: "text", Value: strings.TrimSuffix(value, "\n"), from: at}
	rest := string(raw[at:])
	head, _, more := strings.Cut(rest, "\n")
	if !more || !heads.MatchString(strings.TrimRight(head, " \r")) {
		return f, false
	}
	f.head = strings.Replace(strings.TrimRight(head, " \r"), ">", "|", 1)
	pos, last := len(head)+1, len(head)+1
	for pos < len(rest) {
		line, _, _ := strings.Cut(rest[pos:], "\n")
		bare := strings.TrimLeft(line, " ")
		in := len(line) - len(bare)
		switch {
		case strings.TrimSpace(line) == "":
		case f.indent == 0:
			if f.indent = in; in == 0 {
				return f, false
			}
			last = pos + len(line)
		case in < f.indent:
			f.to = at + last
			return f, true
		default:
			last = pos + len(line)
		}
		pos += len(line) + 1
	}
	f.to = at + min(last, len(rest))
	return f, f.indent > 0
}

// Fill puts values into a YAML file, by the place of their field in Fields. Every byte outside of them stays as it was, and so does every other value:
// the file is read again and compared. ErrInvalid on "f.N" for a number that is none; ErrField.
func Fill(raw []byte, values map[int]string) ([]byte, error) {
	fields, err := Fields(raw)
	if err != nil {
		return nil, err
	}
	places := make([]int, 0, len(values))
	for i := range values {
		if i < 0 || i >= len(fields) {
			return nil, ErrField
		}
		places = append(places, i)
	}
	slices.Sort(places)
	for _, i := range slices.Backward(places) { // from behind, so that places before stay
		now := clean(fields[i], values[i])
		if now == fields[i].Value {
			continue
		}
		if raw, err = fields[i].put(raw, now, i); err != nil {
			return nil, err
		}
	}
	return raw, nil
}

// clean is what a browser sends, as the file has it.
func clean(f Field, s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if f.Kind == "text" {
		return strings.TrimRight(s, "\n ")
	}
	return strings.TrimSpace(strings.ReplaceAll(s, "\n", " "))
}

func (f Field) put(raw []byte, now string, i int) ([]byte, error) {
	name := "f." + strconv.Itoa(i)
	var ways []string
	switch f.Kind {
	case "number":
		if _, err := strconv.ParseFloat(now, 64); err != nil {
			return nil, problem.Field(name, "Write a number.")
		}
		ways = []string{now}
	case "bool":
		if now != "true" && now != "false" {
			return nil, problem.Field(name, "Choose yes or no.")
		}
		ways = []string{now}
	case "text":
		var b strings.Builder
		b.WriteString(f.head)
		for line := range strings.SplitSeq(now, "\n") {
			b.WriteByte('\n')
			if line = strings.TrimRight(line, " "); line != "" {
				b.WriteString(strings.Repeat(" ", f.indent) + line)
			}
		}
		ways = []string{b.String()}
	default:
		quoted, err := json.Marshal(now)
		if err != nil {
			return nil, err
		}
		ways = []string{now, string(quoted)}
		switch raw[f.from] {
		case '"':
			ways = []string{string(quoted)}
		case '\'':
			ways = []string{"'" + strings.ReplaceAll(now, "'", "''") + "'", string(quoted)}
		}
	}
	for _, w := range ways {
		out := slices.Concat(raw[:f.from], []byte(w), raw[f.to:])
		if f.only(raw, out, now) {
			return out, nil
		}
	}
	if strings.TrimSpace(now) == "" {
		return nil, problem.Field(name, "This cannot be left empty here. Remove it in the file itself.")
	}
	return nil, ErrField.On(name, "This cannot be written here without touching more of the file. Edit the file itself.")
}

// only says whether two files differ in this value and in nothing else.
func (f Field) only(before, after []byte, now string) bool {
	var a, b any
	if yaml.Unmarshal(before, &a) != nil || yaml.Unmarshal(after, &b) != nil {
		return false
	}
	was, err1 := f.dig(a)
	is, err2 := f.dig(b)
	if err1 != nil || err2 != nil || reflect.TypeOf(*was) != reflect.TypeOf(*is) && f.Kind != "number" {
		return false
	}
	if s, ok := (*is).(string); ok && strings.TrimSuffix(s, "\n") != now {
		return false
	}
	if f.Kind == "bool" && fmt.Sprint(*is) != now {
		return false
	}
	blank(&a, f.Path)
	blank(&b, f.Path)
	return reflect.DeepEqual(a, b)
}

var errGone = errors.New("there is no such value")

// dig finds the value.
func (f Field) dig(doc any) (*any, error) {
	at := doc
	for _, p := range f.Path {
		switch v := at.(type) {
		case map[string]any:
			x, ok := v[p]
			if !ok {
				return nil, errGone
			}
			at = x
		case []any:
			n, err := strconv.Atoi(p)
			if err != nil || n < 1 || n > len(v) {
				return nil, errGone
			}
			at = v[n-1]
		default:
			return nil, errGone
		}
	}
	return &at, nil
}

// blank takes one value out.
func blank(doc *any, path []string) {
	if len(path) == 0 {
		*doc = nil
		return
	}
	switch v := (*doc).(type) {
	case map[string]any:
		x := v[path[0]]
		blank(&x, path[1:])
		v[path[0]] = x
	case []any:
		if n, err := strconv.Atoi(path[0]); err == nil && n >= 1 && n <= len(v) {
			blank(&v[n-1], path[1:])
		}
	}
}
