package video

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"candor/internal/item"
	"candor/internal/upload"
	"candor/internal/web/ui/spoken"

	"github.com/a-h/templ"
)

// piece is how long a place is that is written as one time.
const piece = 10 * time.Second

var timeShape = regexp.MustCompile(`^(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)$`)

// readTime reads 1:05 or 1:00:05, in whole seconds.
func readTime(s string) (int, bool) {
	m := timeShape.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return 0, false
	}
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	return n(1)*3600 + n(2)*60 + n(3), true
}

// readPlace reads "1:05", "1:05-1:20", "1:05 to 1:20", "t65-80", or the first and the last of such ids.
func readPlace(s string) (place, bool) {
	if first, last, two := strings.Cut(s, " "); two && strings.HasPrefix(first, "t") {
		a, ok := parsePlace(first)
		b, ok2 := parsePlace(last)
		return place{min(a.From, b.From), max(a.To, b.To)}, ok && ok2
	}
	if p, ok := parsePlace(s); ok {
		return p, true
	}
	a, b, ranged := strings.Cut(strings.ReplaceAll(s, " to ", "-"), "-")
	from, ok := readTime(a)
	to := from + int(piece/time.Second)
	if ranged && ok {
		to, ok = readTime(b)
	}
	return place{from, to}, ok && to > from
}

// within is the place as far as it lies in a take; false where it begins after its end.
func (p place) within(t take) (place, bool) {
	end := int((t.length() + time.Second - 1) / time.Second)
	if end == 0 { // nobody knows yet
		return p, true
	}
	p.To = min(p.To, end)
	return p, p.To > p.From
}

// Quote is a piece of the take that is the answer: "1:05-1:20", or ids of its page such as "t65-80". Its text is what is said in it.
func (Kind) Quote(_ item.Ref, _ item.Spec, body []byte, text string) (item.Quote, bool) {
	a := read(body)
	t, ok := a.chosen()
	p, is := readPlace(text)
	if !ok || !is {
		return item.Quote{}, false
	}
	if p, ok = p.within(t); !ok {
		return item.Quote{}, false
	}
	q := item.Quote{At: p.String(), Label: p.words()}
	q.Place = strings.ReplaceAll(q.Label, " to ", "-")
	var said []string
	for _, c := range a.transcript(t) {
		if at := placeOf(c, t.length()); at.From < p.To && at.To > p.From {
			said = append(said, c.Text)
		}
	}
	q.Text = strings.Join(said, " ")
	return q, true
}

// Piece plays from the beginning of a place to its end.
func (k Kind) Piece(s item.Spec, v item.ReadView, text, name string) templ.Component {
	r := reading{spec: s.(*spec), ReadView: v, md: k.MD, a: read(v.Body)}
	t, ok := r.a.chosen()
	p, is := readPlace(text)
	src := r.play(t)
	if !ok || !is || src == "" {
		return nil
	}
	out := spoken.View{Src: fmt.Sprintf("%s#t=%d,%d", src, p.From, p.To), Poster: r.poster(t), Picture: t.File.Media.Picture || t.File.Media.State == upload.Waiting, Name: name}
	if len(r.a.transcript(t)) > 0 && r.a.Said[t.ID] == "" {
		out.Captions = t.link(v.Link, upload.Text)
	}
	return spoken.Spoken(out)
}

var _ item.Piecer = Kind{}
