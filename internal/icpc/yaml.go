package icpc

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxYAML is how large a YAML file may be, in bytes.
const maxYAML = 1 << 20

// reader reads one package and collects what is wrong with it.
type reader struct {
	*Package
	found []Finding
}

func (r *reader) add(s Severity, path string, line int, format string, args ...any) {
	r.found = append(r.found, Finding{path, line, s, fmt.Sprintf(format, args...)})
}

func (r *reader) bad(path string, format string, args ...any) { r.add(Error, path, 0, format, args...) }

// doc is a YAML file that knows where its keys stand.
type doc struct {
	path string
	file *ast.File
}

// yaml reads a file into a pointer. replace puts constants in place. ok is false where there is nothing to go on with.
func (r *reader) yaml(path string, into any, replace bool) (d doc, ok bool) {
	d.path = path
	raw, err := fs.ReadFile(r.tree, path)
	if errors.Is(err, fs.ErrNotExist) {
		return d, false
	}
	switch {
	case err != nil:
		r.bad(path, "This file cannot be read: %v", err)
		return d, false
	case len(raw) > maxYAML:
		r.bad(path, "This file is larger than %d MiB.", maxYAML>>20)
		return d, false
	case !utf8.Valid(raw):
		r.bad(path, "This file is not UTF-8.")
		return d, false
	}
	if replace {
		raw = r.replaced(raw)
	}
	if d.file, err = parser.ParseBytes(raw, 0); err == nil {
		err = yaml.Unmarshal(raw, into)
	}
	if err != nil {
		text, line := err.Error(), 0
		var y yaml.Error
		if errors.As(err, &y) {
			text = strings.TrimSuffix(y.GetMessage(), ".") + "."
			if t := y.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		r.add(Error, path, line, "%s", text)
	}
	return d, d.file != nil
}

// at is the node of "$.limits.memory", nil where there is none.
func (d doc) at(place string) ast.Node {
	if d.file == nil {
		return nil
	}
	p, err := yaml.PathString(place)
	if err != nil {
		return nil
	}
	n, err := p.FilterFile(d.file)
	if err != nil {
		return nil
	}
	return n
}

func (d doc) line(place string) int {
	if n := d.at(place); n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		return n.GetToken().Position.Line
	}
	return 0
}

// keys calls with every key of a mapping and its line.
func (d doc) keys(place string, call func(key string, line int)) {
	m, ok := d.at(place).(*ast.MappingNode)
	if !ok {
		return
	}
	for _, v := range m.Values {
		if t := v.Key.GetToken(); t != nil && t.Position != nil {
			call(t.Value, t.Position.Line)
		}
	}
}

// unknown finds the keys of a mapping that the format does not have.
func (r *reader) unknown(s Severity, d doc, place string, known ...string) {
	d.keys(place, func(key string, line int) {
		if !slices.Contains(known, key) {
			r.add(s, d.path, line, "The key %q is not in the format.", key)
		}
	})
}

// list is a string, or a sequence of them.
func list(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
		return out
	}
	return []string{fmt.Sprint(v)}
}
