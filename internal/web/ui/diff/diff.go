// Package diff shows a change: a section and a table per file with old line, new line, sign and code. Signs are words for screen
// readers; word changes within a line are <mark>. It computes the line changes itself (Myers, O(ND)).
package diff

import (
	"context"
	"html"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"candor/internal/web/ui/codeblock"
)

// File is one changed file.
type File struct {
	Path     string
	Old, New string
	Context  int // unchanged lines around a change; 0 means 3
}

// Row is one line of a unified diff.
type Row struct {
	Kind     byte // ' ', '+', '-' or '@' for the head of a hunk
	Old, New int  // line numbers from 1; 0 when the line is not on that side
	HTML     string
}

// Rows compares two texts line by line; context is how many equal lines stay around each change.
func Rows(name, before, after string, context int) []Row {
	a, b := codeblock.Lines(name, before), codeblock.Lines(name, after)
	if before == "" {
		a = nil
	}
	if after == "" {
		b = nil
	}
	var rows []Row
	for _, e := range compare(a, b) {
		switch e.kind {
		case '-':
			rows = append(rows, Row{Kind: '-', Old: e.a + 1, HTML: a[e.a]})
		case '+':
			rows = append(rows, Row{Kind: '+', New: e.b + 1, HTML: b[e.b]})
		default:
			rows = append(rows, Row{Kind: ' ', Old: e.a + 1, New: e.b + 1, HTML: b[e.b]})
		}
	}
	return fold(rows, context)
}

type edit struct {
	kind byte
	a, b int
}

const maxEdits = 4000

// compare is Myers' greedy algorithm ("An O(ND) Difference Algorithm", 1986, figure 2), giving up on a minimal script after maxEdits.
func compare(a, b []string) []edit {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out []edit
	for i := range start {
		out = append(out, edit{' ', i, i})
	}
	for _, e := range middle(a[start:len(a)-end], b[start:len(b)-end]) {
		out = append(out, edit{e.kind, e.a + start, e.b + start})
	}
	for i := range end {
		out = append(out, edit{' ', len(a) - end + i, len(b) - end + i})
	}
	return out
}

func middle(a, b []string) []edit {
	n, m := len(a), len(b)
	limit := min(n+m, maxEdits)
	v := make([]int, 2*limit+3)
	mid := limit + 1
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), v[mid-d-1:mid+d+2]...))
		for k := -d; k <= d; k += 2 {
			x := v[mid+k-1] + 1
			if k == -d || k != d && v[mid+k-1] < v[mid+k+1] {
				x = v[mid+k+1]
			}
			for y := x - k; x < n && y < m && a[x] == b[y]; y++ {
				x++
			}
			v[mid+k] = x
			if x >= n && x-k >= m {
				return walk(trace, n, m)
			}
		}
	}
	var out []edit // too different: all of one, then all of the other
	for i := range n {
		out = append(out, edit{'-', i, 0})
	}
	for i := range m {
		out = append(out, edit{'+', n, i})
	}
	return out
}

// walk goes back through the trace; trace[d] holds v[-d-1..d+1].
func walk(trace [][]int, x, y int) []edit {
	var back []edit
	for d := len(trace) - 1; d >= 0; d-- {
		at := func(k int) int { return trace[d][k+d+1] }
		k := x - y
		prev := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			prev = k + 1
		}
		px := at(prev)
		py := px - prev
		if d == 0 {
			px, py = 0, 0
		}
		for x > px && y > py {
			x, y = x-1, y-1
			back = append(back, edit{' ', x, y})
		}
		if d == 0 {
			break
		}
		if x == px {
			y--
			back = append(back, edit{'+', x, y})
		} else {
			x--
			back = append(back, edit{'-', x, y})
		}
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}

// fold keeps the context around changes and puts a head before each hunk.
func fold(rows []Row, context int) []Row {
	keep := make([]bool, len(rows))
	for i, r := range rows {
		if r.Kind == ' ' {
			continue
		}
		for j := max(0, i-context); j <= min(len(rows)-1, i+context); j++ {
			keep[j] = true
		}
	}
	var out []Row
	for i, r := range rows {
		if !keep[i] {
			continue
		}
		if i == 0 || !keep[i-1] {
			out = append(out, Row{Kind: '@', Old: r.Old, New: r.New})
		}
		out = append(out, r)
	}
	return out
}

// Diff draws a file; prefix makes its anchors: <prefix>L<new>, <prefix>R<old>.
func Diff(f File, prefix string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		around := f.Context
		if around == 0 {
			around = 3
		}
		rows := Rows(f.Path, f.Old, f.New, around)
		plus, minus := 0, 0
		for _, r := range rows {
			switch r.Kind {
			case '+':
				plus++
			case '-':
				minus++
			}
		}
		e := html.EscapeString
		var b strings.Builder
		b.WriteString(`<section class="card file" aria-label="` + e(f.Path) + `"><header><span class="path">` + e(f.Path) + `</span><span class="plus"><span class="vh">lines added: </span>+` + strconv.Itoa(plus) +
			`</span> <span class="minus"><span class="vh">lines removed: </span>−` + strconv.Itoa(minus) + `</span></header><table class="diff code" translate="no" dir="ltr"><caption class="vh">Changes in ` + e(f.Path) +
			`</caption><colgroup><col class="c-n"><col class="c-n"><col class="c-s"><col></colgroup><thead class="vh"><tr><th scope="col">Old line</th><th scope="col">New line</th><th scope="col">Change</th><th scope="col">Code</th></tr></thead><tbody>`)
		for _, r := range rows {
			switch r.Kind {
			case '@':
				b.WriteString(`<tr class="h"><td colspan="4">from line ` + strconv.Itoa(max(r.New, r.Old)) + `</td></tr>`)
				continue
			case '+':
				b.WriteString(`<tr class="a">`)
			case '-':
				b.WriteString(`<tr class="d">`)
			default:
				b.WriteString(`<tr>`)
			}
			b.WriteString(number(prefix, "R", r.Old) + number(prefix, "L", r.New) + sign(r.Kind) + `<td class="t">` + r.HTML + `</td></tr>`)
		}
		if len(rows) == 0 {
			b.WriteString(`<tr><td colspan="4" class="same">Nothing was changed in this file.</td></tr>`)
		}
		b.WriteString(`</tbody></table></section>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// Outputs shows an expected output beside what came, line by line: "−" is expected and missing, "+" came and is not expected.
func Outputs(label, want, got string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		b.WriteString(`<table class="diff outputs code" translate="no" dir="ltr"><caption class="vh">` + html.EscapeString(label) +
			`</caption><thead class="vh"><tr><th scope="col">Change</th><th scope="col">Line</th></tr></thead><tbody>`)
		for i, r := range Rows("", want, got, 3) {
			switch r.Kind {
			case '@':
				if i == 0 && max(r.New, r.Old) <= 1 {
					continue // from the first line on, as everybody expects
				}
				b.WriteString(`<tr class="h"><td colspan="2">from line ` + strconv.Itoa(max(r.New, r.Old)) + `</td></tr>`)
				continue
			case '+':
				b.WriteString(`<tr class="a"><td class="s"><span aria-hidden="true">+</span><span class="vh">yours</span></td>`)
			case '-':
				b.WriteString(`<tr class="d"><td class="s"><span aria-hidden="true">−</span><span class="vh">expected</span></td>`)
			default:
				b.WriteString(`<tr><td class="s"></td>`)
			}
			b.WriteString(`<td class="t">` + r.HTML + `</td></tr>`)
		}
		b.WriteString(`</tbody></table>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func number(prefix, side string, n int) string {
	if n == 0 {
		return `<td class="g"></td>`
	}
	id := html.EscapeString(prefix) + side + strconv.Itoa(n)
	return `<td class="g" id="` + id + `"><a href="#` + id + `">` + strconv.Itoa(n) + `</a></td>`
}

func sign(kind byte) string {
	switch kind {
	case '+':
		return `<td class="s"><span aria-hidden="true">+</span><span class="vh">added</span></td>`
	case '-':
		return `<td class="s"><span aria-hidden="true">−</span><span class="vh">removed</span></td>`
	}
	return `<td class="s"></td>`
}

// Example shows a small change.
func Example() templ.Component {
	return Diff(File{Path: "internal/dispatch/service.go", Old: "func (s *Service) Dispatch(ctx context.Context, job Job) error {\n\trobot, err := s.pool.Next(ctx)\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn s.send(ctx, robot, job)\n}\n", New: "func (s *Service) Dispatch(ctx context.Context, job Job) error {\n\trobot, err := s.pool.Nearest(ctx, job.Site)\n\tif err != nil {\n\t\tlog.Printf(\"dispatch: %v\", err)\n\t\treturn nil\n\t}\n\treturn s.send(ctx, robot, job)\n}\n"}, "f1")
}
