package diff

import (
	"context"
	"html"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Side is one of the two of a change, as anchors write it: L is the new line, R the old one (ui.md, section 5).
type Side byte

const (
	New Side = 'L'
	Old Side = 'R'
)

// At is a line of a change.
type At struct {
	Side Side
	Line int
}

// at says which line a row is: its new one, or the old one where it was removed.
func (r Row) at() At {
	if r.New > 0 {
		return At{New, r.New}
	}
	return At{Old, r.Old}
}

// String is the anchor without its file: "L27".
func (a At) String() string { return string(a.Side) + strconv.Itoa(a.Line) }

// Table draws a change.
type Table struct {
	Change
	Path   string
	Prefix string // of the anchors: "f0" makes f0L27 and f0R19
	// Context is how many equal lines stay around each change; 0 means 3.
	Context int
	// Keep are lines that stay although nothing changed near them.
	Keep func(At) bool
	// Open are folds that are drawn, by their number from 0; Unfold is the address that opens one, nil where folds stay shut.
	Open   map[int]bool
	Unfold func(fold int) string
	// Comment is the address of the comment form of a line, to which its number leads; nil where nobody can comment.
	Comment func(At) string
	// Under is drawn in a row of its own below a line; nil for most.
	Under func(At) templ.Component
	// Class stands out a line: a word of the style sheet, "" for most.
	Class func(At) string
	// Split shows both sides beside each other.
	Split bool
	// Words in the language of the page.
	Words Words
}

// Words are what a table says; the zero value is English.
type Words struct{ Old, New, Sign, Code, Changes, Added, Removed, Fold, Under string }

// English are the words of staff pages. {n} is a number, {path} the file.
func English() Words {
	return Words{"Old line", "New line", "Change", "Code", "Changes in {path}", "added", "removed", "Show {n} more lines", "Comments on line {n}"}
}

// Draw writes the table.
func (t Table) Draw() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if t.Words == (Words{}) {
			t.Words = English()
		}
		d := drawing{Table: t, ctx: ctx, w: w}
		d.table()
		return d.err
	})
}

type drawing struct {
	Table
	ctx context.Context
	w   io.Writer
	err error
	b   strings.Builder
}

func (d *drawing) flush() {
	if d.err == nil {
		_, d.err = io.WriteString(d.w, d.b.String())
	}
	d.b.Reset()
}

func (d *drawing) columns() string {
	if d.Split {
		return "5"
	}
	return "4"
}

func (d *drawing) table() {
	e := html.EscapeString
	say := func(s string) string { return e(strings.NewReplacer("{path}", d.Path).Replace(s)) }
	head := func(words ...string) {
		for _, s := range words {
			d.b.WriteString(`<th scope="col">` + e(s) + `</th>`)
		}
	}
	class := ""
	if d.Split {
		class = " split"
	}
	d.b.WriteString(`<table class="diff code` + class + `" translate="no" dir="ltr"><caption class="vh">` + say(d.Words.Changes) + `</caption>`)
	if d.Split {
		d.b.WriteString(`<colgroup><col class="c-n"><col><col class="c-n"><col class="c-s"><col></colgroup><thead class="vh"><tr>`)
		head(d.Words.Old, d.Words.Removed, d.Words.New, d.Words.Sign, d.Words.Code)
	} else {
		d.b.WriteString(`<colgroup><col class="c-n"><col class="c-n"><col class="c-s"><col></colgroup><thead class="vh"><tr>`)
		head(d.Words.Old, d.Words.New, d.Words.Sign, d.Words.Code)
	}
	d.b.WriteString(`</tr></thead><tbody>`)
	keep, folds := d.keep()
	for i := 0; i < len(d.Rows); {
		if keep[i] {
			i = d.rows(i, keep)
			continue
		}
		n := 0
		for i+n < len(d.Rows) && !keep[i+n] {
			n++
		}
		d.fold(folds[i], n, d.Rows[i])
		i += n
	}
	d.b.WriteString(`</tbody></table>`)
	d.flush()
}

// keep says which rows are drawn, and to which fold a row belongs. Folds are numbered by the changes alone, so that an address that
// opens one still does when something was written between.
func (d *drawing) keep() (keep []bool, folds []int) {
	around := d.Context
	if around == 0 {
		around = 3
	}
	keep, folds = make([]bool, len(d.Rows)), make([]int, len(d.Rows))
	near := func(i int) {
		for j := max(0, i-around); j <= min(len(d.Rows)-1, i+around); j++ {
			keep[j] = true
		}
	}
	for i, r := range d.Rows {
		if r.Kind != ' ' {
			near(i)
		}
	}
	number := -1
	for i := range d.Rows {
		if !keep[i] && (i == 0 || keep[i-1]) {
			number++
		}
		folds[i] = number
	}
	changed := slices.Clone(keep)
	for from := 0; from < len(keep); from++ {
		to := from
		for to < len(keep) && !changed[to] {
			to++
		}
		if to > from && (to-from <= 2 || d.Open[folds[from]]) { // a fold of two lines would hide nothing
			for j := from; j < to; j++ {
				keep[j] = true
			}
		}
		from = max(from, to-1)
	}
	for i, r := range d.Rows {
		if d.Keep != nil && (d.Keep(r.at()) || r.Kind == ' ' && d.Keep(At{Old, r.Old})) {
			near(i)
		}
	}
	return keep, folds
}

// fold is the row that stands for n equal lines.
func (d *drawing) fold(number, n int, first Row) {
	text := html.EscapeString(strings.ReplaceAll(d.Words.Fold, "{n}", strconv.Itoa(n)))
	d.b.WriteString(`<tr class="h"><td colspan="` + d.columns() + `">`)
	if d.Unfold != nil {
		d.b.WriteString(`<a data-fold data-swap="` + html.EscapeString(d.Prefix) + `" href="` + html.EscapeString(d.Unfold(number)) + `">` + text + `</a>`)
	} else {
		d.b.WriteString(`from line ` + strconv.Itoa(first.New+n))
	}
	d.b.WriteString(`</td></tr>`)
}

// rows draws from row i to the end of what is kept, and gives where that is.
func (d *drawing) rows(i int, keep []bool) int {
	for i < len(d.Rows) && keep[i] {
		r := d.Rows[i]
		if d.Split && r.Kind != ' ' {
			from, mid := i, i
			for mid < len(d.Rows) && d.Rows[mid].Kind == '-' {
				mid++
			}
			to := mid
			for to < len(d.Rows) && d.Rows[to].Kind == '+' {
				to++
			}
			for k := range max(mid-from, to-mid) {
				var left, right Row
				if from+k < mid {
					left = d.Rows[from+k]
				}
				if mid+k < to {
					right = d.Rows[mid+k]
				}
				d.pair(left, right)
			}
			i = to
			continue
		}
		if d.Split {
			d.pair(Row{Kind: ' ', Old: r.Old, HTML: r.HTML}, r)
		} else {
			d.row(r)
		}
		i++
	}
	return i
}

func (d *drawing) open(class string, at ...At) {
	if d.Class != nil {
		for _, x := range at {
			if extra := d.Class(x); extra != "" && x.Line > 0 {
				class = strings.TrimSpace(class + " " + extra)
			}
		}
	}
	if class == "" {
		d.b.WriteString(`<tr>`)
		return
	}
	d.b.WriteString(`<tr class="` + html.EscapeString(class) + `">`)
}

func (d *drawing) row(r Row) {
	d.open(rowClass[r.Kind], r.at())
	d.numbers(r.Old, r.New)
	d.b.WriteString(d.sign(r) + `<td class="t">` + r.HTML + `</td></tr>`)
	d.under(r.at())
	if r.Kind == ' ' {
		d.under(At{Old, r.Old})
	}
}

// pair is a row of the split view; a Row without a line is an empty half.
func (d *drawing) pair(left, right Row) {
	class := "p"
	switch {
	case left.Kind == '-' && right.Kind == '+':
		class = "p b"
	case left.Kind == '-':
		class = "p d"
	case right.Kind == '+':
		class = "p a"
	}
	d.open(class, At{Old, left.Old}, At{New, right.New})
	sign := right
	if right.New == 0 {
		sign = left
	}
	d.number(At{Old, left.Old}, left.Kind == '-')
	d.b.WriteString(`<td class="t o">` + left.HTML + `</td>`)
	d.number(At{New, right.New}, true)
	d.b.WriteString(d.sign(sign) + `<td class="t n">` + right.HTML + `</td></tr>`)
	if left.Old > 0 {
		d.under(At{Old, left.Old})
	}
	if right.New > 0 {
		d.under(At{New, right.New})
	}
}

// numbers are the two number cells of a row. A line is addressed once: by its new number, or by the old one where it was removed.
func (d *drawing) numbers(old, now int) {
	d.number(At{Old, old}, now == 0)
	d.number(At{New, now}, true)
}

// number is a number cell; the number is a link to the line, or to the form of a comment on it. What stands here stands there once a
// line, so it is short: the form itself brings the line into view.
func (d *drawing) number(at At, address bool) {
	n := strconv.Itoa(at.Line)
	switch {
	case at.Line == 0:
		d.b.WriteString(`<td class="g"></td>`)
	case !address:
		d.b.WriteString(`<td class="g">` + n + `</td>`)
	default:
		id := html.EscapeString(d.Prefix) + at.String()
		to := "#" + id
		if d.Comment != nil {
			to = html.EscapeString(d.Comment(at))
		}
		d.b.WriteString(`<td class="g" id="` + id + `"><a href="` + to + `">` + n + `</a></td>`)
	}
}

// sign is the cell that says what became of a line.
func (d *drawing) sign(r Row) string {
	out := `<td class="s">`
	switch r.Kind {
	case '+':
		out += `<span aria-hidden="true">+</span><span class="vh">` + html.EscapeString(d.Words.Added) + `</span>`
	case '-':
		out += `<span aria-hidden="true">−</span><span class="vh">` + html.EscapeString(d.Words.Removed) + `</span>`
	}
	return out + `</td>`
}

// under draws what belongs below a line.
func (d *drawing) under(at At) {
	if d.Under == nil || at.Line == 0 {
		return
	}
	c := d.Under(at)
	if c == nil {
		return
	}
	label := html.EscapeString(strings.ReplaceAll(d.Words.Under, "{n}", strconv.Itoa(at.Line)))
	d.b.WriteString(`<tr class="thread" data-under="` + at.String() + `"><td colspan="` + d.columns() + `"><section aria-label="` + label + `">`)
	d.flush()
	if d.err == nil {
		d.err = c.Render(d.ctx, d.w)
	}
	d.b.WriteString(`</section></td></tr>`)
}

var rowClass = map[byte]string{'+': "a", '-': "d", ' ': ""}
