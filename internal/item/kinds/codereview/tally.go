package codereview

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"candor/internal/item"

	"github.com/a-h/templ"
)

// Fewest is how many reviews there have to be before anything is said of all of them: of fewer it would be said of one.
const Fewest = 3

// tally is how a whole field of candidates did.
type tally struct {
	*spec
	n       int
	found   map[string]int // defect -> reviews that found it
	alarms  map[string]int // decoy -> reviews that took it for a defect
	average float64
	extras  []extra
	mend    string
}

// Tally is how often each defect was found, and what was found that nobody seeded.
func (Kind) Tally(s item.Spec, marks []item.Mark, mend string) templ.Component {
	q := s.(*spec)
	t := tally{spec: q, found: map[string]int{}, alarms: map[string]int{}, mend: mend}
	for _, m := range marks {
		var r result
		if json.Unmarshal(m.Detail, &r) != nil || r.Of == nil {
			continue
		}
		t.n++
		t.average += m.Share
		for id := range r.Found {
			t.found[id]++
		}
		alarmed := map[string]bool{}
		for _, f := range r.Of {
			if f.Decoy != "" && f.Is == ruledFalse {
				alarmed[f.Decoy] = true
			}
		}
		for id := range alarmed {
			t.alarms[id]++
		}
		t.extras = append(t.extras, r.Extra...)
	}
	if t.n > 0 {
		t.average /= float64(t.n)
	}
	slices.SortFunc(t.extras, func(a, b extra) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return tallied(t)
}

// takeUp leads to the author's page with an extra finding filled in.
func (t tally) takeUp(e extra) string {
	n := slices.IndexFunc(t.files, func(f *file) bool { return f.path == e.File })
	at := comment{Side: e.Side, Line: e.Line}.at()
	from := lineID("", n, at)
	return t.mend + "?" + url.Values{queryFrom: {from}, "why": {e.Text}, "taken_up": {"1"}}.Encode() + "#mark"
}
