package qti12

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"candor/internal/quiz"
)

// item is one under way.
type item struct {
	*quiz.Question
	e *quiz.Element
	s *quiz.Scribe
}

func (it *item) carry() {
	for _, unread := range []struct{ name, why string }{
		{"render_hotspot", refused["hot_spot_question"]}, {"response_xy", refused["hot_spot_question"]}, {"render_slider", "Pointing at a scale is no kind of question here."},
		{"response_grp", refused["categorization_question"]}, {"calculated", refused["calculated_question"]},
	} {
		if len(it.e.Deep(unread.name)) > 0 {
			it.Refuse("%s", unread.why)
		}
	}
	if why := refused[it.Type]; why != "" {
		it.Refuse("%s", why)
	}
	p := it.e.Find("presentation")
	responses := p.Deep("response_lid", "response_str", "response_num")
	for _, r := range responses {
		if strings.EqualFold(r.Value("rcardinality"), "Ordered") {
			it.Refuse("%s", refused["ordering_question"])
		}
	}
	if len(responses) == 0 {
		it.Refuse("It is a text that asks nothing.")
	}
	rules, err := it.rules()
	if err != "" {
		it.Refuse("%s", err)
	}
	if it.Refused != "" {
		return
	}
	shared := &quiz.Item{Statement: it.s.HTML(it.markup(p, false)), Why: it.s.Words(it.feedback("general_fb"))}
	if points, err := strconv.ParseFloat(meta(it.e, "points_possible"), 64); err == nil {
		shared.Weigh(it.Question, points)
	}
	if len(responses) == 1 && len(rules) == 0 && responses[0].Name == "response_str" || it.Type == "essay_question" {
		it.essay(shared, responses[0])
		return
	}
	it.several(shared, responses, rules)
}

func (it *item) essay(one *quiz.Item, r *quiz.Element) {
	one.Title = it.Name
	one.Essay()
	from, _ := strconv.Atoi(r.Value("word_limit_min"))
	to, _ := strconv.Atoi(r.Value("word_limit_max"))
	if to > 0 && from >= 0 && from <= to {
		one.Words = &quiz.Words{From: from, To: to, Max: to}
	}
	if notes := meta(it.e, "grading_notes"); notes != "" {
		it.Lose("Words for graders are not carried: %s", it.s.Words(notes))
	}
	if one.Why != "" {
		it.Lose("Feedback is not carried: %s", one.Why)
		one.Why = ""
	}
	it.Items = append(it.Items, one)
}

// several makes an item of each response.
func (it *item) several(shared *quiz.Item, responses []*quiz.Element, rules []rule) {
	weights, sum := make([]float64, len(responses)), 0.0
	for i, r := range responses {
		one := *shared
		one.Title = it.Name
		if len(responses) > 1 {
			one.Title = ""
			name := it.s.HTML(it.markup(r, false))
			if strings.Contains(it.s.Words(shared.Statement), "["+it.s.Words(it.markup(r, false))+"]") {
				name = "What belongs at [" + it.s.Words(it.markup(r, false)) + "]?"
			}
			one.Statement = strings.TrimSpace(one.Statement + "\n\n" + name)
		}
		weights[i] = it.one(&one, r, rules)
		sum += weights[i]
		if it.Refused != "" {
			return
		}
		it.Items = append(it.Items, &one)
	}
	if len(responses) == 1 {
		return
	}
	whole := shared.Weight
	if whole == 0 {
		whole = 1
	}
	for i, x := range it.Items {
		x.Weight = whole * weights[i] / sum
	}
	it.Lose("Its %d parts are questions of their own now.", len(responses))
}

// one makes an item of a response and gives the points that its best answer is worth.
func (it *item) one(one *quiz.Item, r *quiz.Element, rules []rule) float64 {
	id := r.Value("ident")
	if r.Name == "response_lid" {
		return it.choice(one, r, rules)
	}
	if intervals, ok := numbers(rules, id); ok && (r.Name == "response_num" || r.Find("render_fib").Value("fibtype") != "" && r.Find("render_fib").Value("fibtype") != "String" || compares(rules, id)) {
		return it.number(one, intervals)
	}
	var answers []quiz.Answer
	best, sensitive := 0.0, false
	for _, text := range texts(rules, id) {
		points := score(rules, answer{id: {text.Text}})
		best = max(best, points)
		sensitive = sensitive || text.Case
		if !slices.ContainsFunc(answers, func(a quiz.Answer) bool { return a.Text == text.Text }) {
			answers = append(answers, quiz.Answer{Text: text.Text, Share: points})
		}
	}
	for i := range answers {
		if answers[i].Share = max(0, answers[i].Share); best > 0 {
			answers[i].Share /= best
		}
	}
	if substring(rules, id) {
		for i := range answers {
			answers[i].Text = "*" + strings.ReplaceAll(answers[i].Text, "*", `\*`) + "*"
		}
		one.Short(it.Question, answers, !sensitive, true)
		return best
	}
	one.Short(it.Question, answers, !sensitive, false)
	return best
}

func (it *item) number(one *quiz.Item, list []interval) float64 {
	best := 0.0
	for _, x := range list {
		best = max(best, x.points)
	}
	var answers []quiz.Answer
	for _, x := range list {
		if x.open {
			it.Lose("The bounds of a range count here; in the source they do not.")
		}
		if best > 0 {
			answers = append(answers, quiz.Answer{Number: &x.Within, Share: x.points / best})
		}
	}
	one.Number(it.Question, answers)
	return best
}

func (it *item) choice(one *quiz.Item, r *quiz.Element, rules []rule) float64 {
	id := r.Value("ident")
	labels := r.Deep("response_label")
	one.Shuffle = strings.EqualFold(r.Find("render_choice").Value("shuffle"), "yes")
	several := strings.EqualFold(r.Value("rcardinality"), "Multiple")
	answers := make([]quiz.Answer, len(labels))
	best := 0.0
	for i, l := range labels {
		answers[i] = quiz.Answer{Text: it.s.HTML(it.markup(l, false)), Why: it.s.Words(it.feedback(l.Value("ident") + "_fb")), Share: score(rules, answer{id: {l.Value("ident")}})}
		best = max(best, answers[i].Share)
	}
	if !several {
		for i := range answers {
			if best > 0 {
				answers[i].Share /= best
			}
		}
		one.Choose(it.Question, answers, false)
		return best
	}
	if len(labels) > most {
		it.Refuse("It has %d options of which several are right; how they count can be found for %d at most.", len(labels), most)
		return 0
	}
	return it.sets(one, id, labels, answers, rules)
}

// sets finds by trying how chosen options count together: only the one right set, or each for itself.
func (it *item) sets(one *quiz.Item, id string, labels []*quiz.Element, answers []quiz.Answer, rules []rule) float64 {
	best, right, winners, paid := 0.0, 0, 0, 0
	additive := true
	for set := 1; set < 1<<len(labels); set++ {
		var chosen []string
		sum := 0.0
		for i, l := range labels {
			if set>>i&1 == 1 {
				chosen = append(chosen, l.Value("ident"))
				sum += answers[i].Share
			}
		}
		points := score(rules, answer{id: chosen})
		if points > 0 {
			paid++
		}
		additive = additive && near(points, sum)
		switch {
		case points > best && !near(points, best):
			best, right, winners = points, set, 1
		case near(points, best) && points > 0:
			winners++
		}
	}
	switch {
	case best <= 0:
		it.Refuse("None of its options is right.")
	case paid == 1:
		for i := range answers {
			answers[i].Share = float64(right >> i & 1)
		}
		one.AllOrNothing(it.Question, answers)
	case additive:
		for i := range answers {
			answers[i].Share /= best
		}
		one.Choose(it.Question, answers, true)
	default:
		it.Refuse("How its options count together cannot be said here: %d combinations score, %d of them in full.", paid, winners)
	}
	return best
}

func near(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 }

// feedback is what is said after an answer, as HTML.
func (it *item) feedback(id string) string {
	for e := range it.e.All("itemfeedback") {
		if e.Value("ident") == id {
			return it.markup(e, false)
		}
	}
	return ""
}

// markup is the material below an element as HTML, without that of responses.
func (it *item) markup(e *quiz.Element, quiet bool) string {
	var b strings.Builder
	for c := range e.All("") {
		switch c.Name {
		case "mattext", "mat_formattedtext":
			b.WriteString(text(c))
		case "matimage":
			b.WriteString(`<img src="` + html.EscapeString(c.Value("uri")) + `" alt="` + html.EscapeString(c.Value("label")) + `">`)
		case "mataudio", "matvideo", "matapplet", "matapplication":
			if !quiet {
				it.Lose("A recording or program was left out: %s.", c.Value("uri"))
			}
		case "matbreak":
			b.WriteString("<br>")
		case "response_lid", "response_str", "response_num", "response_xy", "response_grp", "response_label", "render_choice", "render_fib":
		default:
			b.WriteString(it.markup(c, quiet))
		}
	}
	return b.String()
}

// text is a piece of text as HTML.
func text(e *quiz.Element) string {
	kind := strings.ToLower(e.Value("texttype") + e.Value("type"))
	for range e.All("") {
		return "<div>" + e.Markup(nil) + "</div>"
	}
	if strings.Contains(kind, "html") || strings.Contains(kind, "smart_text") {
		return "<div>" + e.Body() + "</div>"
	}
	return "<p>" + html.EscapeString(strings.TrimSpace(e.Body())) + "</p>"
}
