package item

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// Common are the fields of item.yaml that all kinds have; a kind embeds it with `yaml:",inline"`.
type Common struct {
	Kind      string `yaml:"kind" schema:"required" doc:"What sort of item this is."`
	Title     string `yaml:"title" schema:"required,min=1,max=120"`
	Minutes   int    `yaml:"minutes" schema:"required,min=1,max=600" doc:"How many minutes a candidate needs; they are told."`
	Statement string `yaml:"statement" doc:"The task, in Markdown; or leave it out and write statement.md."`
	Device    string `yaml:"device" schema:"enum=computer" doc:"computer: a computer is advised. Leave it out where a phone will do."`
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
		out = append(out, Links(dir, "statement.md", c.Statement, in("statement.md", c.Statement))...)
	default:
		out = append(out, Links(dir, d.Path, c.Statement, d.Under("$.statement"))...)
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
