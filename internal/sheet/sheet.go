// Package sheet reads tables as spreadsheets, mail programs and other people's exports write them: CSV with commas, semicolons, tabs
// or bars, in UTF-8, UTF-16 or Windows-1252, with or without a byte order mark, and with Excel's habits (a first line "sep=;", empty
// columns and rows at the end).
//
// Nothing is interpreted: a cell is the text that somebody typed, a formula too. Line ends become \n, also inside cells.
package sheet

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"candor/internal/problem"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// What a table may hold.
const (
	MaxBytes   = 4 << 20
	MaxRows    = 10_000
	MaxColumns = 100
)

var (
	// ErrLarge: more than MaxBytes, MaxRows or MaxColumns.
	ErrLarge = problem.New(problem.TooLarge, "sheet_large", "This file is larger than 4 MB. A list of 10,000 people is smaller than that: save only the columns with names and addresses, or split it.")
	// ErrQuote: a quotation mark that is never closed; the fact "line" says where it opens.
	ErrQuote = problem.New(problem.Invalid, "sheet_quote", "A quotation mark is never closed.")
	// ErrKind: not a table of text.
	ErrKind = problem.New(problem.Invalid, "sheet_kind", "This is not a table of text. Save it as CSV (in Excel: Save as, CSV UTF-8), or copy the cells and paste them.")
	// ErrEmpty: no cell has anything in it.
	ErrEmpty = problem.New(problem.Invalid, "sheet_empty", "There is nothing in this table.")
)

// Row is one row that has something in it.
type Row struct {
	Line  int      // in the file, from 1; a row whose cells hold line ends has more than one
	Cells []string // as many as the table has columns
}

// Sheet is a table.
type Sheet struct {
	Rows    []Row
	Columns int    // the last one with something in it
	Charset string // "UTF-8", "UTF-16" or "Windows-1252"
	Comma   byte   // what is between cells
}

// Read reads a table. ErrLarge, ErrQuote, ErrKind, ErrEmpty.
func Read(b []byte) (Sheet, error) {
	if len(b) > MaxBytes {
		return Sheet{}, ErrLarge
	}
	text, charset, err := Decode(b)
	if err != nil {
		return Sheet{}, err
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	s := Sheet{Charset: charset}
	line := 1
	if m := announced.FindStringSubmatch(text); m != nil {
		s.Comma, text, line = m[1][0], text[len(m[0]):], 2
	} else {
		s.Comma = sniff(text)
	}
	if s.Rows, err = split(text, s.Comma, line, MaxRows); err != nil {
		return Sheet{}, err
	}
	return s, s.trim()
}

// announced is the first line by which Excel is told the separator.
var announced = regexp.MustCompile(`^(?i:"?sep=)([,;\t|])"?(?:\n|$)`)

// magic are the first bytes of what people take for a table: workbooks (zip, OLE), PDF.
var magic = []string{"PK\x03\x04", "\xd0\xcf\x11\xe0", "%PDF"}

// Decode makes text of bytes. Without a byte order mark, zeros in every fifth pair and on one side mean UTF-16, and what is not UTF-8 is
// taken for Windows-1252, which is what Excel writes in Western Europe: line by line, for lists that were put together from both.
func Decode(b []byte) (text, charset string, err error) {
	for _, m := range magic {
		if bytes.HasPrefix(b, []byte(m)) {
			return "", "", ErrKind
		}
	}
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	var from encoding.Encoding
	even, odd := zeros(b)
	few := len(b) / 10
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		b, from, charset = b[2:], little, "UTF-16"
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		b, from, charset = b[2:], big, "UTF-16"
	case odd > max(even, few):
		from, charset = little, "UTF-16"
	case even > max(odd, few):
		from, charset = big, "UTF-16"
	case utf8.Valid(b):
		b, charset = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), "UTF-8"
	default:
		b, charset = western(b), "Windows-1252"
	}
	if from != nil {
		if b, err = from.NewDecoder().Bytes(b); err != nil {
			return "", "", ErrKind
		}
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return "", "", ErrKind
	}
	return string(b), charset, nil
}

// western makes UTF-8 of the lines that are none, taking them for Windows-1252.
func western(b []byte) []byte {
	var out []byte
	for line := range bytes.Lines(b) {
		if !utf8.Valid(line) {
			line, _ = charmap.Windows1252.NewDecoder().Bytes(line) // every byte has a letter or a control character there
		}
		out = append(out, line...)
	}
	return out
}

// zeros counts the zero bytes at even and at odd places.
func zeros(b []byte) (even, odd int) {
	for i, x := range b {
		switch {
		case x != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}

// sniff finds the separator by which most of the first rows have equally many cells, at least two, and among those the one with the
// most cells; a comma when there is none.
func sniff(text string) byte {
	best, score, wide := byte(','), 0, 0
	for _, comma := range []byte(",;\t|") {
		rows, _ := split(text, comma, 1, 100) // where a quotation mark stays open is said later, by Read
		widths := map[int]int{}
		for _, r := range rows {
			widths[len(r.Cells)]++
		}
		usual := 0
		for w, n := range widths {
			if n > widths[usual] || n == widths[usual] && w > usual {
				usual = w
			}
		}
		if n := widths[usual]; usual > 1 && (n > score || n == score && usual > wide) {
			best, score, wide = comma, n, usual
		}
	}
	return best
}

// split is RFC 4180 with the mercy that people's files need: a quotation mark inside a bare cell is part of it, and so are those of a cell
// that goes on after the closing one ("Lee, Anna" <anna@mail.example>). Rows without anything are left out. At most that many rows come back, with ErrLarge when there are more.
func split(text string, comma byte, line, most int) ([]Row, error) {
	var rows []Row
	for len(text) > 0 {
		row := Row{Line: line}
		for more := true; more; {
			cell, rest, ok := next(text, comma)
			if !ok {
				return rows, ErrQuote.With("line", strconv.Itoa(line)).Saying(fmt.Sprintf(
					"The quotation mark that opens in line %d is never closed, so we cannot tell where that cell ends. Close it or take it out, and try again.", line))
			}
			line += strings.Count(text[:len(text)-len(rest)], "\n")
			row.Cells = append(row.Cells, cell)
			more = strings.HasPrefix(rest, string(comma))
			text = strings.TrimPrefix(rest, string(comma))
		}
		if strings.HasPrefix(text, "\n") {
			text = text[1:]
			line++
		}
		if row.filled() == 0 {
			continue
		}
		if len(rows) == most {
			return rows, ErrLarge.Saying(fmt.Sprintf("This table has more than %d rows. Split it, and bring in one part after the other.", MaxRows))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// next takes one cell from text; rest begins with what ended it. ok is false when a quotation mark is not closed.
func next(text string, comma byte) (cell, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		i := bare(text, comma)
		return text[:i], text[i:], true
	}
	var b strings.Builder
	whole := text
	for text = text[1:]; ; {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return "", "", false
		}
		b.WriteString(text[:i])
		text = text[i+1:]
		if !strings.HasPrefix(text, `"`) {
			break
		}
		b.WriteByte('"')
		text = text[1:]
	}
	i := bare(text, comma)
	if strings.TrimSpace(text[:i]) != "" {
		return whole[:len(whole)-len(text)+i], text[i:], true
	}
	return b.String(), text[i:], true
}

// bare is where a cell without quotation marks ends.
func bare(text string, comma byte) int {
	for i := range len(text) {
		if text[i] == comma || text[i] == '\n' {
			return i
		}
	}
	return len(text)
}

// filled is how many cells it has up to the last with something in it.
func (r Row) filled() int {
	n := len(r.Cells)
	for n > 0 && strings.TrimSpace(r.Cells[n-1]) == "" {
		n--
	}
	return n
}

// trim makes the table as wide as its widest row. ErrEmpty, ErrLarge.
func (s *Sheet) trim() error {
	for _, r := range s.Rows {
		s.Columns = max(s.Columns, r.filled())
	}
	switch {
	case s.Columns == 0:
		return ErrEmpty
	case s.Columns > MaxColumns:
		return ErrLarge.Saying(fmt.Sprintf("This table has more than %d columns. Save only those with names and addresses.", MaxColumns))
	}
	for i, r := range s.Rows {
		cells := make([]string, s.Columns)
		copy(cells, r.Cells)
		s.Rows[i].Cells = cells
	}
	return nil
}
