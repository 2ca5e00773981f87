package codereview

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"candor/internal/item"
)

// Tolerance is how many lines beside a defect's a comment may stand and still be taken for it.
const Tolerance = 2

// What a person rules of a comment, beside the id of the defect that it found.
const (
	ruledValid = "=valid" // right, and nobody seeded it
	ruledFalse = "=false" // wrong: what it asks for is right as it is
	ruledNone  = "=none"  // it claims nothing: a question, a remark
)

// finding is what became of one comment.
type finding struct {
	Is       string `json:"is"`              // a defect's id, or one of the three rulings; "" is open
	Decoy    string `json:"decoy,omitempty"` // the decoy it stands at
	Proposed bool   `json:"proposed,omitempty"`
}

// result is the detail of a mark.
type result struct {
	Of        map[string]finding `json:"of"`    // by comment
	Found     map[string]string  `json:"found"` // defect -> the first comment that found it
	Recall    float64            `json:"recall"`
	Weighted  float64            `json:"weighted"`
	Precision float64            `json:"precision"`
	False     int                `json:"false"`
	Open      int                `json:"open"` // comments that nobody ruled on and no place speaks for
	Extra     []extra            `json:"extra,omitempty"`
}

// extra is a finding that nobody seeded, for the author.
type extra struct {
	File string `json:"file"`
	Side string `json:"side,omitempty"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// Mark matches by place alone; a person has to confirm it.
func (k Kind) Mark(s item.Spec, body []byte) (item.Mark, error) { return k.Confirmed(s, body, nil) }

// Confirmed marks a review against the seeded defects.
//
// A comment that is no praise is a claim. Its finding is what a person ruled, or else what its place proposes: the defect in whose
// lines (same file, same side, Tolerance lines more) it stands, the nearest and then the weightiest first; a decoy there makes "must
// fix" and "idea" a false alarm, and a question is none. With W the sum of the defects' weights and F those of the defects found:
//
//	weighted recall R = F/W          precision P = true claims / (true claims + false alarms), 1 where there are none
//	share = R * (1 + P) / 2          so that finding counts most, and alarms without a fire cost at most half
//
// True claims are those that found a defect or something valid that nobody seeded; open ones count on neither side. Recall and
// precision are van Rijsbergen's (Information Retrieval, 1979, chapter 7), seeding is Mills's (On the statistical validation of
// computer programs, 1972). The mark is provisional while a claim has not been ruled on.
func (Kind) Confirmed(s item.Spec, body []byte, rulings map[string]string) (item.Mark, error) {
	q := s.(*spec)
	r := q.match(parse(body).Comments, rulings)
	detail, err := json.Marshal(r)
	if err != nil {
		return item.Mark{}, err
	}
	provisional := false
	for _, f := range r.Of {
		provisional = provisional || f.Proposed
	}
	why := fmt.Sprintf("Found %d of %s", len(r.Found), plural(len(q.defects), "defect"))
	if n := len(r.Extra); n > 0 {
		why += fmt.Sprintf(" and %d that nobody seeded", n)
	}
	if r.False > 0 {
		why += ", " + plural(r.False, "false alarm")
	}
	return item.Mark{Share: r.Weighted * (1 + r.Precision) / 2, Why: why + ".", Provisional: provisional, Detail: detail}, nil
}

func (q *spec) match(comments []comment, rulings map[string]string) result {
	r := result{Of: map[string]finding{}, Found: map[string]string{}, Precision: 1}
	right := 0
	for _, c := range comments {
		if !c.claims() {
			continue
		}
		f := q.find(c, rulings[c.ID])
		r.Of[c.ID] = f
		switch {
		case f.Is == "":
			r.Open++
		case f.Is == ruledFalse:
			r.False++
		case f.Is == ruledValid:
			right++
			r.Extra = append(r.Extra, extra{c.File, c.Side, c.Line, c.Text})
		case f.Is != ruledNone:
			right++
			if _, ok := r.Found[f.Is]; !ok {
				r.Found[f.Is] = c.ID
			}
		}
	}
	found, all := 0.0, 0.0
	for _, d := range q.defects {
		all += d.weight()
		if _, ok := r.Found[d.ID]; ok {
			found += d.weight()
		}
	}
	if all > 0 {
		r.Recall, r.Weighted = float64(len(r.Found))/float64(len(q.defects)), found/all
	}
	if right+r.False > 0 {
		r.Precision = float64(right) / float64(right+r.False)
	}
	return r
}

// find is what a comment found.
func (q *spec) find(c comment, ruled string) finding {
	out := finding{Is: ruled}
	for _, d := range q.decoys {
		if d.away(c) <= Tolerance {
			out.Decoy = d.ID
		}
	}
	switch {
	case ruled == ruledValid: // what was taken up since then is what they found
		if d, ok := q.near(c, true); ok {
			out.Is = d.ID
		}
		return out
	case ruled != "":
		if _, ok := q.defect(ruled); !ok && ruled[0] != '=' { // a defect that the author took out
			out.Is = ruledNone
		}
		return out
	}
	out.Proposed = true
	if d, ok := q.near(c, false); ok {
		out.Is, out.Decoy = d.ID, ""
	} else if out.Decoy != "" && c.Tone != "question" {
		out.Is = ruledFalse
	}
	return out
}

// near is the defect at a comment's place.
func (q *spec) near(c comment, takenUp bool) (defect, bool) {
	var at []defect
	for _, d := range q.defects {
		if d.away(c) <= Tolerance && (d.TakenUp || !takenUp) {
			at = append(at, d)
		}
	}
	if len(at) == 0 {
		return defect{}, false
	}
	return slices.MinFunc(at, func(a, b defect) int {
		return cmp.Or(cmp.Compare(a.away(c), b.away(c)), cmp.Compare(b.weight(), a.weight()), strings.Compare(a.ID, b.ID))
	}), true
}

// away is how many lines a comment stands outside of a place; more than any tolerance in another file or on the other side.
func (p Place) away(c comment) int {
	if p.File != c.File || p.side != c.side() {
		return 1 << 30
	}
	return max(p.from-c.Line, c.Line-p.to, 0)
}

// Rulable says whether a comment can be ruled on so.
func (Kind) Rulable(s item.Spec, body []byte, claim, ruling string) bool {
	q := s.(*spec)
	_, known := q.defect(ruling)
	return (known || slices.Contains([]string{"", ruledValid, ruledFalse, ruledNone}, ruling)) &&
		slices.ContainsFunc(parse(body).Comments, func(c comment) bool { return c.ID == claim && c.claims() })
}

// Comparable says whether two specs ask for the review of the same change.
func (Kind) Comparable(answered, by item.Spec) bool {
	a, ok := answered.(*spec)
	b, ok2 := by.(*spec)
	return ok && ok2 && same(a.base, b.base) && same(a.head, b.head)
}

func same(a, b tree) bool {
	if len(a) != len(b) {
		return false
	}
	for name, x := range a {
		if y := b[name]; y == nil || string(x.data) != string(y.data) {
			return false
		}
	}
	return true
}
