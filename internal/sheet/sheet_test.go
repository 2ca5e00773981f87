package sheet_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"candor/internal/problem"
	"candor/internal/sheet"
)

// wide is text in UTF-16 with the low byte first, or last.
func wide(s string, little bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		pair := []byte{byte(u >> 8), byte(u)}
		if little {
			slices.Reverse(pair)
		}
		b.Write(pair)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	const people = "Name\tMail\r\nZoë Åström\tzoe@mail.example\r\n李小龙\tlee@mail.example\r\n"
	three := [][]string{{"Name", "Mail"}, {"Zoë Åström", "zoe@mail.example"}, {"李小龙", "lee@mail.example"}}
	for name, c := range map[string]struct {
		in    string
		comma byte
		want  [][]string
	}{
		"commas":                            {"a,b\n1,2\n", ',', [][]string{{"a", "b"}, {"1", "2"}}},
		"no line end at the end":            {"a,b\n1,2", ',', [][]string{{"a", "b"}, {"1", "2"}}},
		"a mark is no part of the head":     {"\xef\xbb\xbfName,Mail\r\nAnna,anna@mail.example\r\n", ',', [][]string{{"Name", "Mail"}, {"Anna", "anna@mail.example"}}},
		"UTF-16, little, mark":              {"\xff\xfe" + wide(people, true), '\t', three},
		"UTF-16, big, mark":                 {"\xfe\xff" + wide(people, false), '\t', three},
		"UTF-16, little, no mark":           {wide(people, true), '\t', three},
		"UTF-16, big, no mark":              {wide(people, false), '\t', three},
		"Windows-1252, decimal comma":       {"Vorname;Gehalt\r\nJ\xfcrgen;65.000,50\r\nZo\xeb;1,5\r\n", ';', [][]string{{"Vorname", "Gehalt"}, {"Jürgen", "65.000,50"}, {"Zoë", "1,5"}}},
		"line ends of old Macs":             {"a,b\r1,2\r", ',', [][]string{{"a", "b"}, {"1", "2"}}},
		"bars":                              {"a|b,c\n1|2\n", '|', [][]string{{"a", "b,c"}, {"1", "2"}}},
		"one column":                        {"one@mail.example\ntwo@mail.example\n", ',', [][]string{{"one@mail.example"}, {"two@mail.example"}}},
		"one column with a stray semicolon": {"Who\na@mail.example; b@mail.example\nc@mail.example\n", ',', [][]string{{"Who"}, {"a@mail.example; b@mail.example"}, {"c@mail.example"}}},
		"Excel's first line":                {"sep=;\r\na,b;c\r\n", ';', [][]string{{"a,b", "c"}}},
		"Excel's first line in quotes":      {"\"sep=|\"\na|b\n", '|', [][]string{{"a", "b"}}},
		"empty columns and rows":            {"a,b,,\n,,,\n1,2,,\n\u00a0, ,,\n\n", ',', [][]string{{"a", "b"}, {"1", "2"}}},
		"short and long rows":               {"a,b\n1\n1,2,3\n4,5\n", ',', [][]string{{"a", "b", ""}, {"1", "", ""}, {"1", "2", "3"}, {"4", "5", ""}}},
		"line ends and quotes in cells":     {"n,t\n\"Pat \"\"Patch\"\" Lee\",\"one\r\ntwo, three\"\n", ',', [][]string{{"n", "t"}, {`Pat "Patch" Lee`, "one\ntwo, three"}}},
		"formulas are text":                 {"n,t\n=1+1,\"=HYPERLINK(\"\"http://x.example\"\",\"\"y\"\")\"\n+P,-2+3\n@a,\"\tb\"\n", ',', [][]string{{"n", "t"}, {"=1+1", `=HYPERLINK("http://x.example","y")`}, {"+P", "-2+3"}, {"@a", "\tb"}}},
		"a number that Excel shall keep":    {"n;t\n=\"007\";Lee\n", ';', [][]string{{"n", "t"}, {`="007"`, "Lee"}}},
		"a mark inside a bare cell":         {"n,t\nO\"Brien,5\" disk\n", ',', [][]string{{"n", "t"}, {`O"Brien`, `5" disk`}}},
		"something after a closing mark":    {"n,t\n\"Lee\" Jr,1\n", ',', [][]string{{"n", "t"}, {`"Lee" Jr`, "1"}}},
		"right to left":                     {"Name,Mail\nمحمد الأحمد,m@mail.example\n", ',', [][]string{{"Name", "Mail"}, {"محمد الأحمد", "m@mail.example"}}},
		"an empty cell at the end":          {"a,b\n1,", ',', [][]string{{"a", "b"}, {"1", ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := sheet.Read([]byte(c.in))
			if err != nil || got.Comma != c.comma {
				t.Fatalf("Read = separator %q, %v; want %q", got.Comma, err, c.comma)
			}
			if rows := cells(got); !reflect.DeepEqual(rows, c.want) {
				t.Errorf("Read = %q; want %q", rows, c.want)
			}
		})
	}
}

func cells(s sheet.Sheet) (out [][]string) {
	for _, r := range s.Rows {
		out = append(out, r.Cells)
	}
	return out
}

func TestLinesAreThoseOfTheFile(t *testing.T) {
	s, err := sheet.Read([]byte("sep=,\nname,note\n\n\"a\nb\nc\",1\nlast,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, r := range s.Rows {
		got = append(got, r.Line)
	}
	if want := []int{2, 4, 7}; !slices.Equal(got, want) {
		t.Errorf("lines %v; want %v", got, want)
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
		says string
	}{
		"an open quotation mark":     {"a,b\n1,2\n\"x,3\n4,5\n", sheet.ErrQuote, "line 3"},
		"it opens in a later column": {"a,b\n\"1\n2\",3\n4,\"5\n", sheet.ErrQuote, "line 4"},
		"a workbook":                 {"PK\x03\x04....", sheet.ErrKind, "CSV"},
		"an old workbook":            {"\xd0\xcf\x11\xe0....", sheet.ErrKind, "CSV"},
		"one zero in a text":         {"Name,Email\nAn\x00na,anna@mail.example\n", sheet.ErrKind, "CSV"},
		"zeros on both sides":        {"a\x00\x00b", sheet.ErrKind, "CSV"},
		"nothing":                    {"", sheet.ErrEmpty, "nothing"},
		"only separators":            {",,\n,,\n", sheet.ErrEmpty, "nothing"},
		"five megabytes":             {strings.Repeat("x", 5<<20), sheet.ErrLarge, "4 MB"},
		"too many rows":              {strings.Repeat("a,b\n", sheet.MaxRows+1), sheet.ErrLarge, "10000 rows"},
		"too many columns":           {strings.Repeat("a,", sheet.MaxColumns+1), sheet.ErrLarge, "100 columns"},
	} {
		_, err := sheet.Read([]byte(c.in))
		p, _ := problem.As(err)
		if !errors.Is(err, c.want) || !strings.Contains(p.Text, c.says) {
			t.Errorf("%s: Read = %v; want %v with %q", name, err, c.want, c.says)
		}
	}
	if s, err := sheet.Read([]byte(strings.Repeat("a,b\n", sheet.MaxRows))); err != nil || len(s.Rows) != sheet.MaxRows {
		t.Errorf("as many rows as may be: %d, %v", len(s.Rows), err)
	}
}

// FuzzRead holds Read against encoding/csv: where that reads a table of at least two columns, the cells are the same.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"\",b\r\n\"1\n2\",3", "a;b\n", "\xff\xfea\x00", "sep=;\na;b", "x,\"", "é,ü\n\n,\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := sheet.Read(b)
		if err != nil {
			if _, ok := problem.As(err); !ok {
				t.Fatalf("Read = %v; want a problem", err)
			}
			return
		}
		for _, r := range got.Rows {
			if len(r.Cells) != got.Columns || r.Line < 1 {
				t.Fatalf("row %+v of a table of %d columns", r, got.Columns)
			}
		}
		if got.Charset != "UTF-8" || strings.HasPrefix(string(b), "sep=") || strings.HasPrefix(strings.ToLower(string(b)), "\"sep=") {
			return
		}
		text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(b), "\xef\xbb\xbf"))
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord = rune(got.Comma), -1
		want, err := r.ReadAll()
		if err != nil {
			return // stricter than we are
		}
		want = slices.DeleteFunc(want, func(row []string) bool { return strings.TrimSpace(strings.Join(row, "")) == "" })
		if len(want) != len(got.Rows) {
			t.Fatalf("%d rows; encoding/csv reads %d of %q", len(got.Rows), len(want), b)
		}
		for i, row := range want {
			for j := range got.Columns {
				if j < len(row) && row[j] != got.Rows[i].Cells[j] {
					t.Fatalf("cell %d of row %d = %q; encoding/csv reads %q", j, i, got.Rows[i].Cells[j], row[j])
				}
			}
		}
	})
}

// TestSpectrum reads the folder csv-spectrum of the test data, when CANDOR_TEST_CSV_SPECTRUM names it.
func TestSpectrum(t *testing.T) {
	dir := os.Getenv("CANDOR_TEST_CSV_SPECTRUM")
	if dir == "" {
		t.Skip("the files of csv-spectrum are missing: dev/test finds them in ../shared/data/csv-spectrum, else name their folder in CANDOR_TEST_CSV_SPECTRUM")
	}
	files, err := filepath.Glob(filepath.Join(dir, "csvs", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "json", strings.TrimSuffix(filepath.Base(path), ".csv")+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want []map[string]string
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		got, err := sheet.Read(b)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var rows []map[string]string
		for _, r := range got.Rows[1:] {
			row := map[string]string{}
			for i, c := range r.Cells {
				row[got.Rows[0].Cells[i]] = c
			}
			rows = append(rows, row)
		}
		for _, row := range want {
			for k, v := range row {
				row[k] = strings.ReplaceAll(v, "\r\n", "\n") // as the package says
			}
		}
		if !reflect.DeepEqual(rows, want) {
			t.Errorf("%s = %q; want %q", filepath.Base(path), rows, want)
		}
	}
}
