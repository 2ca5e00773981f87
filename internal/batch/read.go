package batch

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"candor/internal/account"
	"candor/internal/candidate"
	"candor/internal/problem"
	"candor/internal/sheet"

	"golang.org/x/text/unicode/norm"
)

// loose takes a table in which every cell has addresses (a line pasted from a mail program, addresses with spaces between) apart: each
// becomes a row.
func loose(s sheet.Sheet) sheet.Sheet {
	var rows []sheet.Row
	for _, r := range s.Rows {
		for _, c := range r.Cells {
			switch {
			case strings.TrimSpace(c) == "":
			case strings.Contains(c, "@"):
				for _, one := range apart(c) {
					rows = append(rows, sheet.Row{Line: r.Line, Cells: []string{one}})
				}
			default:
				return s
			}
		}
	}
	if s.Columns > 1 || len(rows) > len(s.Rows) {
		s.Rows, s.Columns = rows, 1
	}
	return s
}

// apart are the addresses of a cell that has nothing but addresses, with spaces between; else the cell.
func apart(cell string) []string {
	words := strings.Fields(cell)
	for _, w := range words {
		if strings.Count(w, "@") != 1 || strings.ContainsAny(w, `<>"`) {
			return []string{cell}
		}
	}
	return words
}

// guess says what the columns hold, and whether the first row names them: it does when there is another row and no address in it.
// Without names the column with most addresses has them, and the first other one with letters in most rows is the name.
func guess(s sheet.Sheet) (out []Meaning, head bool) {
	first := s.Rows[0].Cells
	head = len(s.Rows) > 1 && !slices.ContainsFunc(first, func(c string) bool { return strings.Contains(c, "@") })
	out = slices.Repeat([]Meaning{None}, s.Columns)
	known := false
	rows := s.Rows
	if head {
		out, known = named(first)
		rows = rows[1:]
	}
	most := func(fits func(cell string) bool) int {
		best, top := -1, 0
		for i := range s.Columns {
			n := 0
			for _, r := range rows {
				if out[i] == None && fits(r.Cells[i]) {
					n++
				}
			}
			if n > top {
				best, top = i, n
			}
		}
		return best
	}
	if !slices.Contains(out, Email) {
		if i := most(func(c string) bool { return strings.Contains(c, "@") }); i >= 0 {
			out[i] = Email
		}
	}
	if !known {
		if i := most(func(c string) bool { return strings.ContainsFunc(c, unicode.IsLetter) }); i >= 0 {
			out[i] = Name
		}
	}
	return out, head
}

func join(m []Meaning) string {
	var list []string
	for _, x := range m {
		list = append(list, string(x))
	}
	return strings.Join(list, " ")
}

// rowsOf are a table's rows before anything is known of them.
func rowsOf(s sheet.Sheet) []Row {
	out := make([]Row, len(s.Rows))
	for i, r := range s.Rows {
		cells, _ := json.Marshal(r.Cells) // strings always can be
		out[i] = Row{Position: i + 1, Line: r.Line, Cells: string(cells)}
	}
	return out
}

// Values are the cells as they stood in the file; none once the batch is confirmed.
func (r Row) Values() []string {
	var out []string
	_ = json.Unmarshal([]byte(r.Cells), &out) // we wrote it; "" has none
	return out
}

// interpret fills in names, addresses and zones by what the columns mean, except where a person did.
func interpret(rows []Row, meanings []Meaning, head bool) {
	for i := range rows {
		r := &rows[i]
		switch {
		case head && i == 0:
			*r = Row{Position: r.Position, Line: r.Line, Cells: r.Cells, Verdict: Head}
			continue
		case r.ByHand && r.Verdict != Head:
			continue
		}
		cell := map[Meaning]string{}
		for j, v := range r.Values() {
			if j < len(meanings) {
				cell[meanings[j]] = v
			}
		}
		name := cell[Name]
		if name == "" {
			name = cell[First] + " " + cell[Last]
		}
		*r = Row{Position: r.Position, Line: r.Line, Cells: r.Cells}
		r.set(name, cell[Email], cell[Zone])
	}
}

// set takes what was typed and says what is wrong with it: the verdict is [New] or [Bad].
func (r *Row) set(name, email, zone string) {
	r.Verdict, r.Reason = New, ""
	r.Name, r.Zone = tidy(name), tidy(zone)
	inside := ""
	inside, r.Email, r.Reason = address(email)
	if r.Name == "" {
		r.Name = inside
	}
	if r.Guessed = r.Name == "" && r.Reason == ""; r.Guessed {
		r.Name = greeting(r.Email)
	}
	if _, err := time.LoadLocation(r.Zone); r.Reason == "" && (err != nil || r.Zone == "Local") {
		r.Reason = "We do not know this time zone. Write it as Europe/Berlin, or leave it empty."
	}
	if n := len([]rune(r.Name)); r.Reason == "" && n > 120 {
		r.Reason = fmt.Sprintf("The name has %d characters; at most 120 fit.", n)
	}
	if r.Reason != "" {
		r.Verdict = Bad
	}
}

// tidy is one line of text as a person means it: composed letters, single spaces, nothing invisible but the joiners that scripts need.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d' || unicode.IsSpace(r):
			return r
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// address takes an address, also as "Name <name@company.example>", and says in a sentence why it cannot be one. Letters of every
// script are kept as typed; what is invisible is taken out.
func address(cell string) (name, email, why string) {
	email = strings.NewReplacer("\u200c", "", "\u200d", "").Replace(tidy(cell))
	email = strings.TrimRight(strings.TrimPrefix(email, "mailto:"), ",;")
	if inner, ok := strings.CutPrefix(email, "'"); ok && strings.HasSuffix(inner, "'") {
		email = strings.TrimSuffix(inner, "'")
	}
	if email == "" {
		return "", "", "There is no address in this row."
	}
	a, err := mail.ParseAddress(email)
	switch {
	case err != nil && strings.Count(email, "@") > 1:
		return "", email, "There is more than one address in this cell. Give each person a row."
	case err != nil:
		return "", email, "This is not an e-mail address. It looks like name@company.example."
	}
	email = a.Address
	if strings.ContainsFunc(email, unicode.IsSpace) {
		return "", email, "This is not an e-mail address. It looks like name@company.example."
	}
	if _, err := account.Address(email); err != nil {
		p, _ := problem.As(err)
		return "", email, p.At("email")
	}
	if _, domain, _ := strings.Cut(email, "@"); !strings.Contains(strings.Trim(domain, "."), ".") {
		return "", email, "There is no dot after the @, so this address leads nowhere on the internet."
	}
	return tidy(a.Name), email, ""
}

// greeting makes a name of an address: "anna.mueller+jobs@mail.example" is Anna Mueller.
func greeting(email string) string {
	local, _, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	words := strings.FieldsFunc(local, func(r rune) bool { return strings.ContainsRune("._-", r) })
	for i, w := range words {
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		words[i] = string(r)
	}
	if len(words) == 0 {
		return email
	}
	return strings.Join(words, " ")
}

// twice marks rows whose address stands in an earlier one.
func twice(rows []Row) {
	first := map[string]int{}
	for i := range rows {
		r := &rows[i]
		if r.Verdict == Twice {
			r.Verdict, r.First = New, 0
		}
		if r.Verdict == Head || r.Verdict == Bad || r.Verdict == Left {
			continue
		}
		key := candidate.AddressKey(r.Email)
		if line, ok := first[key]; ok {
			r.Verdict, r.First = Twice, line
			continue
		}
		first[key] = r.Line
	}
}
