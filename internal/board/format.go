package board

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// Format is how results are written.
type Format string

const (
	CSV  Format = "csv"  // UTF-8 with a byte order mark, by which spreadsheets know it
	XLSX Format = "xlsx" // Office Open XML, ECMA-376
)

// Type is the media type.
func (f Format) Type() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// table is written row by row; a cell is a string, int, float64, time or nil.
type table interface {
	row(cells []any) error
	end() error
}

func (f Format) begin(w io.Writer) (table, error) {
	if f == XLSX {
		return newBook(w)
	}
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return nil, err
	}
	return &lines{csv.NewWriter(w)}, nil
}

// text is a cell that no spreadsheet takes for a formula: what begins like one, also in full width or behind spaces, gets an
// apostrophe (OWASP, CSV injection).
func text(s string) string {
	head := strings.TrimLeftFunc(s, unicode.IsSpace)
	if head != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(head)[0]) || s != "" && strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// lines is CSV.
type lines struct{ w *csv.Writer }

func (l *lines) row(cells []any) error {
	out := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case string:
			out[i] = text(c)
		case int:
			out[i] = strconv.Itoa(c)
		case float64:
			out[i] = strconv.FormatFloat(c, 'f', 1, 64)
		case time.Time:
			if !c.IsZero() {
				out[i] = c.UTC().Format("2006-01-02 15:04")
			}
		}
	}
	return l.w.Write(out)
}

func (l *lines) end() error {
	l.w.Flush()
	return l.w.Error()
}

// book is XLSX; rows beyond a few megabytes wait in a temporary file until the end.
type book struct {
	w    io.Writer
	file *excelize.File
	rows *excelize.StreamWriter
	date int // style of instants
	n    int
}

func newBook(w io.Writer) (*book, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", "Results"); err != nil {
		return nil, err
	}
	form := "yyyy-mm-dd hh:mm"
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &form})
	if err != nil {
		return nil, err
	}
	rows, err := f.NewStreamWriter("Results")
	return &book{w: w, file: f, rows: rows, date: date}, err
}

func (b *book) row(cells []any) error {
	b.n++
	out := make([]any, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case string:
			out[i] = text(c)
		case time.Time:
			if !c.IsZero() {
				out[i] = excelize.Cell{StyleID: b.date, Value: c.UTC()}
			}
		default:
			out[i] = c
		}
	}
	return b.rows.SetRow("A"+strconv.Itoa(b.n), out)
}

func (b *book) end() error {
	defer b.file.Close()
	if err := b.rows.Flush(); err != nil {
		return err
	}
	_, err := b.file.WriteTo(b.w)
	return err
}
