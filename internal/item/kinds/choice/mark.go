package choice

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"candor/internal/item"
)

// Mark is exact for single, numeric and text, but for what an author gives a share. With partial credit a multiple question gives (right chosen - wrong chosen) of
// the right ones, not below 0; without, all or nothing.
func (Kind) Mark(s item.Spec, raw []byte) (item.Mark, error) {
	q := s.(*spec)
	b, err := parse(q, raw)
	if err != nil {
		return item.Mark{}, err
	}
	switch q.Type {
	case Numeric:
		return part(q.Numeric.share(first(b.Typed))), nil
	case Text:
		return part(q.Text.share(first(b.Typed))), nil
	}
	if q.shares() {
		sum := 0.0
		for i, o := range q.Options {
			if o.Share != nil && q.chosen(b, i) {
				sum += *o.Share
			}
		}
		return part(sum), nil
	}
	right, hit, wrong := 0, 0, 0
	for i, o := range q.Options {
		chosen := slices.Contains(b.Choice, strconv.Itoa(i))
		switch {
		case o.Correct && chosen:
			right, hit = right+1, hit+1
		case o.Correct:
			right++
		case chosen:
			wrong++
		}
	}
	if q.Type == Single || !q.Partial {
		return whole(hit == right && wrong == 0), nil
	}
	m := item.Mark{Share: max(0, float64(hit-wrong)/float64(right))}
	m.Why = fmt.Sprintf("%d of %d right answers chosen, %d wrong", hit, right, wrong)
	return m, nil
}

func whole(right bool) item.Mark {
	if right {
		return item.Mark{Share: 1, Why: "Right"}
	}
	return item.Mark{Why: "Not right"}
}

// part is a mark of a share, of which three thirds of 0.33333 are all.
func part(share float64) item.Mark {
	const nearly = 1e-4
	switch {
	case share >= 1-nearly:
		return whole(true)
	case share < nearly:
		return whole(false)
	}
	return item.Mark{Share: share, Why: fmt.Sprintf("Partly right: %.0f%%", 100*share)}
}

// shares says whether options count by their shares.
func (q *spec) shares() bool {
	return slices.ContainsFunc(q.Options, func(o option) bool { return o.Share != nil })
}

// share is what a typed number is worth, 0 to 1.
func (n *number) share(typed string) float64 {
	x, ok := parseNumber(typed)
	if !ok {
		return 0
	}
	if n.has(x) {
		return 1
	}
	best := 0.0
	for _, o := range n.Others {
		if o.has(x) {
			best = max(best, o.Share)
		}
	}
	return best
}

// has says whether x is accepted; the last digits of a double do not count.
func (w Within) has(x float64) bool {
	const last = 1e-12
	if w.Value != nil {
		return math.Abs(x-*w.Value) <= w.Tolerance+last*math.Abs(*w.Value)
	}
	return x >= *w.Min-last*math.Abs(*w.Min) && x <= *w.Max+last*math.Abs(*w.Max)
}

// share is what a typed text is worth, 0 to 1.
func (t *texts) share(typed string) float64 {
	for _, a := range t.Accept {
		if t.same(a, typed) {
			return 1
		}
	}
	for _, o := range t.Others {
		if t.same(o.Text, typed) {
			return o.Share
		}
	}
	return 0
}

func (t *texts) same(want, got string) bool {
	want, got = strings.Join(strings.Fields(want), " "), strings.Join(strings.Fields(got), " ")
	if !t.Wildcard {
		return want == got || t.IgnoreCase && strings.EqualFold(want, got)
	}
	if t.IgnoreCase {
		want, got = strings.ToLower(want), strings.ToLower(got)
	}
	return got != "" && fits(want, got)
}

// fits matches a pattern in which * stands for any characters and \* for a star, in time linear in both for each star.
func fits(pattern, s string) bool {
	const star = "\x00"
	parts := strings.Split(strings.ReplaceAll(pattern, `\*`, star), "*")
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], star, "*")
	}
	last := len(parts) - 1
	if last == 0 {
		return parts[0] == s
	}
	s, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, p := range parts[1:last] {
		_, after, found := strings.Cut(s, p)
		if !found {
			return false
		}
		s = after
	}
	return strings.HasSuffix(s, parts[last])
}

// parseNumber reads 1234.5 and 1234,5 and 1 234,5, as people in different countries type it.
func parseNumber(s string) (float64, bool) {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\'' {
			return -1
		}
		return r
	}, s)
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	} else {
		s = strings.ReplaceAll(s, ",", "")
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}
