// Package chart draws bars as SVG on the server: a full sentence as its label, the numbers in a table behind <details>, two fills
// that differ in lightness.
package chart

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// View is a bar chart; Second may be empty or as long as First and is drawn behind it.
type View struct {
	Sentence      string // says everything
	Labels        []string
	First, Second []int
	FirstName     string
	SecondName    string
	Head          string // what Labels are, over the numbers; "" is "When"
}

const (
	plotTop, plotHeight = 8, 100
	left, width         = 24, 256
)

// Chart draws it.
func Chart(v View) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		most := 1
		for _, list := range [][]int{v.First, v.Second} {
			for _, n := range list {
				most = max(most, n)
			}
		}
		most = nice(most)
		var b strings.Builder
		p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
		p(`<figure class="chart-box"><svg class="chart" viewBox="0 0 280 132" role="img" aria-label="%s">`, html.EscapeString(v.Sentence))
		for i := range 3 {
			y := plotTop + plotHeight*i/2
			p(`<line class="grid" x1="%d" x2="280" y1="%d" y2="%d"/><text x="0" y="%d">%d</text>`, left, y, y, y+4, most-most*i/2)
		}
		slot := width / max(1, len(v.Labels))
		bar := min(26, slot*3/4)
		draw := func(class string, i, n int) {
			h := plotHeight * n / most
			p(`<rect class="%s" x="%d" width="%d" rx="3" y="%d" height="%d"/>`, class, left+slot*i+(slot-bar)/2, bar, plotTop+plotHeight-h, h)
		}
		every := (len(v.Labels) + 3) / 4
		for i, l := range v.Labels {
			if i < len(v.Second) {
				draw("bar2", i, v.Second[i])
			}
			if i < len(v.First) {
				draw("bar1", i, v.First[i])
			}
			if i%max(1, every) == 0 {
				p(`<text x="%d" y="126" text-anchor="middle">%s</text>`, left+slot*i+slot/2, html.EscapeString(l))
			}
		}
		p(`</svg><figcaption class="legend small soft"><span><i class="sw"></i>%s</span>`, html.EscapeString(v.FirstName))
		if len(v.Second) > 0 {
			p(`<span><i class="sw b"></i>%s</span>`, html.EscapeString(v.SecondName))
		}
		p(`</figcaption><details class="more"><summary>The numbers</summary><table class="table small"><thead><tr><th scope="col"><span class="vh">%s</span></th><th scope="col">%s</th>`, html.EscapeString(cmp.Or(v.Head, "When")), html.EscapeString(v.FirstName))
		if len(v.Second) > 0 {
			p(`<th scope="col">%s</th>`, html.EscapeString(v.SecondName))
		}
		p(`</tr></thead><tbody>`)
		for i, l := range v.Labels {
			p(`<tr><th scope="row">%s</th><td class="num">%d</td>`, html.EscapeString(l), at(v.First, i))
			if len(v.Second) > 0 {
				p(`<td class="num">%d</td>`, at(v.Second, i))
			}
			p(`</tr>`)
		}
		p(`</tbody></table></details></figure>`)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func at(list []int, i int) int {
	if i < len(list) {
		return list[i]
	}
	return 0
}

// nice is the next of 2, 4, 6, 10, 20, 40, 50, 100... that holds n, always even.
func nice(n int) int {
	for unit := 1; ; unit *= 10 {
		for _, m := range []int{2, 4, 6, 10} {
			if n <= m*unit {
				return m * unit
			}
		}
	}
}

// Example shows two series.
func Example() templ.Component {
	return Chart(View{Sentence: "Sent per week: 8, 11, 14, 19, 23, 29. Started per week: 22, 31, 26, 38, 44, 40.", Labels: []string{"12 Oct", "19 Oct", "26 Oct", "2 Nov", "9 Nov", "16 Nov"}, First: []int{8, 11, 14, 19, 23, 29}, Second: []int{22, 31, 26, 38, 44, 40}, FirstName: "Sent", SecondName: "Started"})
}
