package qti12

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"candor/internal/quiz"
)

// rule is a respcondition: when holds, points are set or added, and the rules end where stop says so.
type rule struct {
	when   *quiz.Element // conditionvar
	action string        // set, add, subtract, multiply, divide
	points float64
	stop   bool
}

// answer is what is given to each response.
type answer map[string][]string

// conditions are the elements that a rule may be made of.
var conditions = []string{"and", "or", "not", "other", "unanswered", "varequal", "varlt", "varlte", "vargt", "vargte", "varsubstring", "varsubset", "durequal", "durlt", "durlte", "durgt", "durgte"}

// rules are those that change the score; why says what cannot be read.
func (it *item) rules() (out []rule, why string) {
	most := 1.0
	for _, d := range it.e.Find("resprocessing").Deep("decvar") {
		if x, err := strconv.ParseFloat(d.Value("maxvalue"), 64); err == nil && x > 0 {
			most = x
		}
	}
	for c := range it.e.Find("resprocessing").All("respcondition") {
		r := rule{when: c.Find("conditionvar"), stop: !strings.EqualFold(c.Value("continue"), "yes")}
		scores := false
		for v := range c.All("setvar") {
			text := v.Words()
			x, err := strconv.ParseFloat(text, 64)
			if strings.EqualFold(text, "SCORE.max") {
				x, err = most, nil
			}
			if err != nil {
				return nil, fmt.Sprintf("A rule of it sets the score to %q.", text)
			}
			r.action, r.points, scores = strings.ToLower(v.Value("action")), x, true
		}
		if !scores { // it shows feedback
			continue
		}
		if bad := unread(r.when); bad != "" {
			return nil, fmt.Sprintf("A rule of it has the condition %s, which is not known here.", bad)
		}
		out = append(out, r)
	}
	if !slices.ContainsFunc(out, func(r rule) bool { return r.points > 0 }) {
		return nil, ""
	}
	return out, ""
}

func unread(e *quiz.Element) string {
	for c := range e.All("") {
		if !slices.Contains(conditions, c.Name) || strings.HasPrefix(c.Name, "dur") {
			return c.Name
		}
		if bad := unread(c); bad != "" {
			return bad
		}
	}
	return ""
}

// score does what the rules say.
func score(rules []rule, a answer) float64 {
	total := 0.0
	for _, r := range rules {
		if !all(r.when, a) {
			continue
		}
		switch r.action {
		case "", "set":
			total = r.points
		case "add":
			total += r.points
		case "subtract":
			total -= r.points
		case "multiply":
			total *= r.points
		}
		if r.stop && r.action != "add" { // where points are added all rules are tried, whatever they say of going on
			break
		}
	}
	return total
}

// all says whether everything below an element holds. Canvas writes accepted texts of one blank side by side: one of them is enough.
func all(e *quiz.Element, a answer) bool {
	equal, hit := map[string]int{}, map[string]bool{}
	for c := range e.All("varequal") {
		equal[c.Value("respident")]++
		hit[c.Value("respident")] = hit[c.Value("respident")] || holds(c, a)
	}
	for c := range e.All("") {
		if id := c.Value("respident"); c.Name == "varequal" && equal[id] > 1 && len(a[id]) <= 1 {
			if !hit[id] {
				return false
			}
		} else if !holds(c, a) {
			return false
		}
	}
	return true
}

func holds(e *quiz.Element, a answer) bool {
	given := a[e.Value("respident")]
	want := e.Words()
	switch e.Name {
	case "and":
		for c := range e.All("") {
			if !holds(c, a) {
				return false
			}
		}
		return true
	case "or":
		for c := range e.All("") {
			if holds(c, a) {
				return true
			}
		}
		return false
	case "not":
		return !all(e, a)
	case "other":
		return true
	case "unanswered":
		return len(given) == 0
	case "varequal":
		return slices.ContainsFunc(given, func(g string) bool {
			return g == want || !strings.EqualFold(e.Value("case"), "yes") && strings.EqualFold(g, want)
		})
	case "varsubstring":
		return slices.ContainsFunc(given, func(g string) bool { return strings.Contains(strings.ToLower(g), strings.ToLower(want)) })
	case "varsubset":
		return slices.ContainsFunc(given, func(g string) bool { return slices.Contains(strings.Split(want, ","), g) })
	}
	x, err := strconv.ParseFloat(want, 64)
	return err == nil && slices.ContainsFunc(given, func(g string) bool {
		y, err := strconv.ParseFloat(g, 64)
		return err == nil && (e.Name == "varlt" && y < x || e.Name == "varlte" && y <= x || e.Name == "vargt" && y > x || e.Name == "vargte" && y >= x)
	})
}

// form is an accepted text.
type form struct {
	Text string
	Case bool // capital letters count
}

// texts are those that rules compare a response with.
func texts(rules []rule, id string) []form {
	var out []form
	for _, r := range rules {
		for _, e := range r.when.Deep("varequal", "varsubstring") {
			if e.Value("respident") == id {
				out = append(out, form{e.Words(), strings.EqualFold(e.Value("case"), "yes")})
			}
		}
	}
	return out
}

func substring(rules []rule, id string) bool {
	return slices.ContainsFunc(rules, func(r rule) bool {
		return slices.ContainsFunc(r.when.Deep("varsubstring"), func(e *quiz.Element) bool { return e.Value("respident") == id })
	})
}

// compares says whether a response is compared as a number.
func compares(rules []rule, id string) bool {
	return slices.ContainsFunc(rules, func(r rule) bool {
		return slices.ContainsFunc(r.when.Deep("varlt", "varlte", "vargt", "vargte"), func(e *quiz.Element) bool { return e.Value("respident") == id })
	})
}

// interval are numbers that are accepted.
type interval struct {
	quiz.Within
	points float64
	open   bool // a bound itself is not accepted
}

func (x interval) has(v float64) bool {
	if x.Value != nil {
		return v >= *x.Value-x.Tolerance && v <= *x.Value+x.Tolerance
	}
	return v >= *x.Min && v <= *x.Max
}

// numbers are the intervals that rules give points for; ok is false where they are no numbers.
func numbers(rules []rule, id string) (out []interval, ok bool) {
	for _, r := range rules {
		if r.points <= 0 {
			continue
		}
		list, ok := within(r.when, id)
		if !ok {
			return nil, false
		}
		for _, x := range list {
			x.points = r.points
			out = append(out, x)
		}
	}
	// A value that a range of the same points holds says nothing more.
	out = slices.DeleteFunc(out, func(x interval) bool {
		return x.Value != nil && slices.ContainsFunc(out, func(y interval) bool { return y.Min != nil && y.points == x.points && y.has(*x.Value) })
	})
	return out, len(out) > 0
}

// within reads a condition as a union of intervals.
func within(e *quiz.Element, id string) (out []interval, ok bool) {
	var low, high *float64
	open := false
	for c := range e.All("") {
		x, err := strconv.ParseFloat(c.Words(), 64)
		switch c.Name {
		case "or", "and":
			list, ok := within(c, id)
			if !ok {
				return nil, false
			}
			out = append(out, list...)
			continue
		case "other", "not", "unanswered", "varsubstring", "varsubset":
			return nil, false
		}
		if err != nil {
			return nil, false
		}
		if c.Value("respident") != id {
			continue
		}
		switch c.Name {
		case "varequal":
			off, _ := strconv.ParseFloat(c.Value("margin"), 64)
			if strings.EqualFold(c.Value("margintype"), "percent") {
				off = off / 100 * max(x, -x)
			}
			out = append(out, interval{Within: quiz.Within{Value: &x, Tolerance: max(off, -off)}})
		case "vargte", "vargt":
			low, open = &x, open || c.Name == "vargt"
		case "varlte", "varlt":
			high, open = &x, open || c.Name == "varlt"
		}
	}
	if low != nil && high != nil && *low <= *high {
		return append(out, interval{Within: quiz.Within{Min: low, Max: high}, open: open}), true
	}
	return out, low == nil && high == nil
}
