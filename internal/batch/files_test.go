package batch_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"candor/internal/batch"
	"candor/internal/db/dbtest"
	"candor/internal/sheet"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Lists as recruiters have them, one for each habit of the world.
func TestListsAsPeopleHaveThem(t *testing.T) {
	latin := func(s string) string { out, _ := charmap.Windows1252.NewEncoder().String(s); return out }
	wide := func(s string) string {
		out, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		return out
	}
	scripts := "Name\tE-Mail\tTeam\r\nÁine Müller\ta@mail.example\tX\r\n王小明\tb@mail.example\t\r\nОльга Петрова\tc@mail.example\tY\r\nمريم العلي\td@mail.example\tRTL\r\nप्रिया शर्मा\te@mail.example\t\r\n"
	people := []string{"2 Áine Müller <a@mail.example> new", "3 王小明 <b@mail.example> new", "4 Ольга Петрова <c@mail.example> new", "5 مريم العلي <d@mail.example> new", "6 प्रिया शर्मा <e@mail.example> new"}
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"every script, UTF-8 with a mark":           {"\xef\xbb\xbf" + scripts, people},
		"every script, UTF-16 from Excel":           {wide(scripts), people},
		"German, semicolons, Windows-1252":          {latin("Vorname;Nachname;E-Mail;Gehalt\r\nJürgen;Groß;j@mail.example;65.000,50\r\nZoë;Weiß-Schäfer;z@mail.example;\r\n;Einname;e@mail.example;\r\n"), []string{"2 Jürgen Groß <j@mail.example> new", "3 Zoë Weiß-Schäfer <z@mail.example> new", "4 Einname <e@mail.example> new"}},
		"German, where Name is the family's":        {"Name;Vorname;Mailadresse\nGroß;Jürgen;j@mail.example\n", []string{"2 Jürgen Groß <j@mail.example> new"}},
		"French":                                    {"Nom,Prénom,Courriel\nDupont,Élodie,e@mail.example\n", []string{"2 Élodie Dupont <e@mail.example> new"}},
		"Spanish":                                   {"Nombre,Apellidos,Correo electrónico,Zona horaria\nJosé,García Márquez,j@mail.example,America/Bogota\n", []string{"2 José García Márquez <j@mail.example> new America/Bogota"}},
		"Russian":                                   {"Фамилия;Имя;Эл. почта\nИванова;Ольга;o@mail.example\n", []string{"2 Ольга Иванова <o@mail.example> new"}},
		"Japanese":                                  {"姓,名,メールアドレス\n山田,太郎,t@mail.example\n", []string{"2 太郎 山田 <t@mail.example> new"}},
		"a language nobody here speaks":             {"Izena,Posta\nMiren Etxe,m@mail.example\n", []string{"2 Miren Etxe <m@mail.example> new"}},
		"line ends, quotes and formulas":            {"\"name\",\"email\",\"notes\"\n\"Pat \"\"Patch\"\" Lee\",\"p@mail.example\",\"one\ntwo\n\nthree\"\n\"O'Brien, Sinéad\",\"s@mail.example\",\"=HYPERLINK(\"\"http://x.example\"\")\"\n\"+Plus Name\",\"plus+tag@mail.example\",\"-2+3\"\n=1+1,f@mail.example,@SUM(1)\n\"Tab\tName\",\"t@mail.example\",\n", []string{"2 Pat \"Patch\" Lee <p@mail.example> new", "6 O'Brien, Sinéad <s@mail.example> new", "7 +Plus Name <plus+tag@mail.example> new", "8 =1+1 <f@mail.example> new", "9 Tab Name <t@mail.example> new"}},
		"addresses of every sort":                   {"Email,Name\nd@mail.example,First\nD@Mail.Example,Case\n d@mail.example\u00a0,Spaces\nd+x@mail.example,Plus\nbjörn@smörgås.example,IDN\nnobody,None\n,Empty\na@b,Dotless\none@mail.example; two@mail.example,Two\nx@mail.example\u200b,Invisible\n\"Ann <ann@mail.example>\",\n", []string{"2 First <d@mail.example> new", "3 Case <D@Mail.Example> twice of 2", "4 Spaces <d@mail.example> twice of 2", "5 Plus <d+x@mail.example> new", "6 IDN <björn@smörgås.example> new", "7 None <nobody> bad", "8 Empty <> bad", "9 Dotless <a@b> bad", "10 Two <one@mail.example; two@mail.example> bad", "11 Invisible <x@mail.example> new", "12 Ann <ann@mail.example> new"}},
		"no head, only addresses":                   {"anna.lee+jobs@mail.example\nben@mail.example\n", []string{"1 Anna Lee <anna.lee+jobs@mail.example> new", "2 Ben <ben@mail.example> new"}},
		"no head, two columns":                      {"Anna Lee,anna@mail.example\nBen Okri,ben@mail.example\n", []string{"1 Anna Lee <anna@mail.example> new", "2 Ben Okri <ben@mail.example> new"}},
		"one row":                                   {"Anna Lee,anna@mail.example", []string{"1 Anna Lee <anna@mail.example> new"}},
		"pasted from a mail program":                {"Anna Lee <anna@mail.example>; \"Okri, Ben\" <ben@mail.example>;c@mail.example", []string{"1 Anna Lee <anna@mail.example> new", "1 Okri, Ben <ben@mail.example> new", "1 C <c@mail.example> new"}},
		"pasted from Outlook":                       {"\"Lee, Anna\" <a@mail.example>; Ben Okri <b@mail.example>; \n", []string{"1 Lee, Anna <a@mail.example> new", "1 Ben Okri <b@mail.example> new"}},
		"spaces between":                            {"a@mail.example b@mail.example\tc@mail.example", []string{"1 A <a@mail.example> new", "1 B <b@mail.example> new", "1 C <c@mail.example> new"}},
		"put together from two encodings":           {"Name,Email\nJ\xfcrgen,j@mail.example\nZoë,z@mail.example\n", []string{"2 Jürgen <j@mail.example> new", "3 Zoë <z@mail.example> new"}},
		"marks around addresses, and no servers":    {"Email\n'a@mail.example'\n\"b@mail.example, \"\nc@[127.0.0.1]\nd@-x.example\n", []string{"2 A <a@mail.example> new", "3 B <b@mail.example> new", "4  <c@[127.0.0.1]> bad", "5  <d@-x.example> bad"}},
		"what would turn a line around":             {"Name,Email\n\u202eevil\u202c Name,e\u200e@mail.example\n", []string{"2 evil Name <e@mail.example> new"}},
		"joiners that a script needs":               {"Name,Email\nعلی\u200cرضا,a@mail.example\n", []string{"2 علی\u200cرضا <a@mail.example> new"}},
		"an accent in one letter or two":            {"Email\nü@mail.example\nu\u0308@mail.example\n", []string{"2 Ü <ü@mail.example> new", "3 Ü <ü@mail.example> twice of 2"}},
		"no such zone, and a name too long":         {"Name,Email,Timezone\nA,a@mail.example,CEST+1\n" + strings.Repeat("x", 121) + ",b@mail.example,\n", []string{"2 A <a@mail.example> bad CEST+1", "3 " + strings.Repeat("x", 121) + " <b@mail.example> bad"}},
		"no address anywhere":                       {"Name,Phone\nAnna,12\n", []string{"2 Anna <> bad"}},
		"a head that is all there is":               {"Name,Email\n", []string{"1 Name <> bad"}},
		"an address that would end the mail's head": {"Email\n\"a@mail.example\nBcc: b@mail.example\"\n", []string{"2  <a@mail.example Bcc: b@mail.example> bad"}},
	} {
		t.Run(name, func(t *testing.T) {
			d, tick := dbtest.Open(t, schemas...)
			w := newWorld(t, d, tick)
			if got := w.told(w.bring(c.in).ID); !slices.Equal(got, c.want) {
				t.Errorf("rows = %q; want %q", got, c.want)
			}
		})
	}
}

// TestCandidateFiles reads the folder candidate-csv of the test data, when CANDOR_TEST_CANDIDATE_CSV names it, and reaches what its
// expected.json says.
func TestCandidateFiles(t *testing.T) {
	dir := os.Getenv("CANDOR_TEST_CANDIDATE_CSV")
	if dir == "" {
		t.Skip("the real lists of candidates are missing: dev/test finds them in ../shared/data/candidate-csv, else name their folder in CANDOR_TEST_CANDIDATE_CSV")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]struct {
		Rows, Duplicates int
		Accepted         any
		Rejected         int
		Min              int `json:"rejected_min"`
	}
	if err := json.Unmarshal(raw, &expected); err != nil || len(expected) < 6 {
		t.Fatalf("expected.json has %d files: %v", len(expected), err)
	}
	for file, want := range expected {
		t.Run(file, func(t *testing.T) {
			d, tick := dbtest.Open(t, schemas...)
			w := newWorld(t, d, tick)
			b, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			s, err := sheet.Read(b)
			w.must(err)
			id, err := w.Create(ctx, w.rec, w.opening, s)
			w.must(err)
			got := w.load(id)
			for _, row := range w.told(id) {
				t.Log(row)
			}
			accepted := 5 // the number in the sentence of the fifth file
			if n, ok := want.Accepted.(float64); ok {
				accepted = int(n)
			}
			bad := got.Counts[batch.Bad]
			if got.People != want.Rows || got.ToInvite() != accepted || got.Counts[batch.Twice] != want.Duplicates || bad < max(want.Min, want.Rejected) || want.Min == 0 && bad != want.Rejected {
				t.Errorf("%d rows: %v; want %d accepted of %d, %d twice, %d refused (at least %d)", got.People, got.Counts, accepted, want.Rows, want.Duplicates, want.Rejected, want.Min)
			}
		})
	}
}
