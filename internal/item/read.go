package item

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Common are the fields of item.yaml that all kinds have; a kind embeds it with `yaml:",inline"`.
type Common struct {
	Kind      string `yaml:"kind"`
	Title     string `yaml:"title"`
	Minutes   int    `yaml:"minutes"`
	Statement string `yaml:"statement"`
	Device    string `yaml:"device"`
}

// Doc is a YAML file that knows where everything stands in it.
type Doc struct {
	Path string
	file *ast.File
}

// ReadYAML reads a file strictly into a struct: unknown fields, wrong types and syntax come back as findings with line and column.
func ReadYAML(dir fs.FS, path string, into any) (*Doc, []Finding) {
	d := &Doc{Path: path}
	raw, err := fs.ReadFile(dir, path)
	if errors.Is(err, fs.ErrNotExist) {
		return d, []Finding{{Path: path, Severity: Error, Text: "This file is missing."}}
	}
	if err != nil {
		return d, []Finding{{Path: path, Severity: Error, Text: "This file cannot be read: " + err.Error()}}
	}
	if len(raw) > 1<<20 {
		return d, []Finding{{Path: path, Severity: Error, Text: "This file is larger than 1 MiB."}}
	}
	if !utf8.Valid(raw) {
		return d, []Finding{{Path: path, Severity: Error, Text: "This file is not UTF-8. Save it as UTF-8."}}
	}
	if d.file, err = parser.ParseBytes(raw, 0); err != nil {
		return d, []Finding{d.of(err)}
	}
	if len(d.file.Docs) != 1 || d.file.Docs[0].Body == nil {
		return d, []Finding{{Path: path, Line: 1, Col: 1, Severity: Error, Text: "Write one YAML document here."}}
	}
	if err := yaml.UnmarshalWithOptions(raw, into, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
		return d, []Finding{d.of(err)}
	}
	return d, nil
}

// of makes a finding of what the YAML library says.
func (d *Doc) of(err error) Finding {
	f := Finding{Path: d.Path, Severity: Error, Text: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		f.Text = strings.TrimSuffix(y.GetMessage(), ".") + "."
		if t := y.GetToken(); t != nil && t.Position != nil {
			f.Line, f.Col = t.Position.Line, t.Position.Column
		}
	}
	return f
}

// At is an error at a place such as "$.options[2].text"; where there is no such place it is the nearest above it.
func (d *Doc) At(place, format string, args ...any) Finding {
	f := Finding{Path: d.Path, Line: 1, Col: 1, Severity: Error, Text: fmt.Sprintf(format, args...)}
	for place != "" && d.file != nil {
		if p, err := yaml.PathString(place); err == nil {
			if n, err := p.FilterFile(d.file); err == nil && n != nil && n.GetToken() != nil {
				pos := n.GetToken().Position
				f.Line, f.Col = pos.Line, pos.Column
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

// Check completes the common fields (the statement may stand in statement.md) and says what is wrong with them.
func (c *Common) Check(dir fs.FS, d *Doc) (out []Finding) {
	if strings.TrimSpace(c.Title) == "" {
		out = append(out, d.At("$.title", "Give this item a title."))
	}
	if len([]rune(c.Title)) > 120 {
		out = append(out, d.At("$.title", "This title is longer than 120 characters."))
	}
	if c.Minutes < 1 || c.Minutes > 600 {
		out = append(out, d.At("$.minutes", "Say how many minutes this takes, 1 to 600."))
	}
	if c.Device != "" && c.Device != "computer" {
		out = append(out, d.At("$.device", "device is computer, or is left out."))
	}
	raw, err := fs.ReadFile(dir, "statement.md")
	switch {
	case err == nil && c.Statement != "":
		out = append(out, d.At("$.statement", "There is a statement.md too. Keep one of them."))
	case err == nil && !utf8.Valid(raw):
		out = append(out, Finding{Path: "statement.md", Severity: Error, Text: "This file is not UTF-8. Save it as UTF-8."})
	case err == nil:
		c.Statement = string(raw)
	}
	if strings.TrimSpace(c.Statement) == "" {
		out = append(out, d.At("$.statement", "Write the task: here under statement, or in a file statement.md."))
	}
	return out
}

// Head is the common part as all kinds give it.
func (c *Common) Head(summary string) Head {
	return Head{Kind: c.Kind, Title: c.Title, Minutes: c.Minutes, Statement: c.Statement, Device: c.Device, Summary: summary}
}

// Failed says whether there is an error among findings.
func Failed(fs []Finding) bool {
	for _, f := range fs {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// String is path:line:col: severity: text, as compilers say it.
func (f Finding) String() string {
	where := f.Path
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", f.Path, f.Line, f.Col)
	}
	return fmt.Sprintf("%s: %s: %s", where, f.Severity, f.Text)
}
