package similar

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf16"

	"candor/internal/similar/token"
)

// What is read of a file.
const (
	MaxFile     = 2 << 20 // longer ones are data or generated
	longLine    = 500     // bytes a line on average, above which code was not written by hand
	minifiedMin = 4 << 10 // shorter ones may have one long line
)

// Reasons why a file is not compared.
const (
	skipBinary    = "binary"
	skipGenerated = "generated"
	skipMinified  = "minified"
	skipLarge     = "generated (larger than 2 MiB)"
	skipUnknown   = "language not known"
	skipNotebook  = "a notebook that cannot be read"
)

// source is a file whose language is known.
type source struct {
	name string
	lang *token.Language
	text []byte // what was handed in, as UTF-8 where it was UTF-16
}

// read makes a source of a file, or says why it is none. Broken encodings are read as they are. fallback is the language of files
// whose ending says nothing; nil skips them.
func read(f File, fallback *token.Language) (s source, skipped string) {
	s = source{f.Name, token.ByName(f.Name), decode(f.Data)}
	if strings.HasSuffix(strings.ToLower(f.Name), ".ipynb") {
		return notebook(s)
	}
	if s.lang == nil {
		s.lang = fallback
	}
	switch {
	case s.lang == nil:
		return s, skipUnknown
	case bytes.IndexByte(s.text[:min(len(s.text), 8<<10)], 0) >= 0:
		return s, skipBinary
	case generated(s.text):
		return s, skipGenerated
	case len(s.text) > MaxFile:
		return s, skipLarge
	case !s.lang.Prose && len(s.text) > minifiedMin && len(s.text)/(1+bytes.Count(s.text, []byte{'\n'})) > longLine:
		return s, skipMinified
	}
	return s, ""
}

// decode takes off byte order marks, makes UTF-8 of UTF-16, and ends lines as Unix does.
func decode(data []byte) []byte {
	return bytes.ReplaceAll(utf8(data), []byte("\r\n"), []byte("\n"))
}

func utf8(data []byte) []byte {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	little := bytes.HasPrefix(data, []byte("\xff\xfe"))
	if !little && !bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return data
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		if little {
			units = append(units, uint16(data[i])|uint16(data[i+1])<<8)
		} else {
			units = append(units, uint16(data[i])<<8|uint16(data[i+1]))
		}
	}
	return []byte(string(utf16.Decode(units)))
}

// generated says that the head of a file declares it made by a program, as Go, protoc, ANTLR and others write it.
func generated(text []byte) bool {
	for line := range bytes.Lines(text[:min(len(text), 1<<10)]) {
		l := strings.ToLower(string(line))
		if strings.Contains(l, "generated") && (strings.Contains(l, "do not edit") || strings.Contains(l, "do not modify") || strings.Contains(l, "@generated") || strings.Contains(l, "automatically generated")) {
			return true
		}
	}
	return false
}

// notebook is the code of a Jupyter notebook (nbformat 3 and 4), one cell after the other, in the language of its kernel.
func notebook(s source) (source, string) {
	type cell struct {
		Type   string          `json:"cell_type"`
		Source json.RawMessage `json:"source"`
		Input  json.RawMessage `json:"input"`
	}
	var book struct {
		Cells      []cell                   `json:"cells"`
		Worksheets []struct{ Cells []cell } `json:"worksheets"`
		Metadata   struct {
			Kernel struct{ Language string } `json:"kernelspec"`
		} `json:"metadata"`
	}
	if len(s.text) > 8*MaxFile {
		return s, skipLarge
	}
	if json.Unmarshal(s.text, &book) != nil {
		return s, skipNotebook
	}
	for _, w := range book.Worksheets {
		book.Cells = append(book.Cells, w.Cells...)
	}
	var code strings.Builder
	for _, c := range book.Cells {
		if c.Type != "code" {
			continue
		}
		var lines []string
		var whole string
		raw := c.Source
		if raw == nil {
			raw = c.Input
		}
		if json.Unmarshal(raw, &lines) != nil {
			_ = json.Unmarshal(raw, &whole) // neither: an empty cell
			lines = []string{whole}
		}
		code.WriteString(strings.Join(lines, ""))
		code.WriteString("\n")
	}
	s.text = []byte(code.String())
	if s.lang = token.ByID(strings.ToLower(book.Metadata.Kernel.Language)); s.lang == nil {
		s.lang = token.ByID("python")
	}
	if len(s.text) > MaxFile {
		return s, skipLarge
	}
	return s, ""
}
