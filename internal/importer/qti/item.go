package qti

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"candor/internal/quiz"
)

// item is an assessmentItem under way.
type item struct {
	*quiz.Question
	e      *quiz.Element
	s      *quiz.Scribe
	weight float64 // in the test; 0 where it says nothing

	found []*quiz.Element // its interactions, in order
}

// carried are the interactions that are carried, and how; each gives its items on top of what they share.
var carried = map[string]func(*item, *quiz.Element, *quiz.Item){
	"choiceInteraction": (*item).choice, "textEntryInteraction": (*item).textEntry, "extendedTextInteraction": (*item).extendedText,
	"inlineChoiceInteraction": (*item).inlineChoice, "matchInteraction": (*item).match, "gapMatchInteraction": (*item).gapMatch,
	"hottextInteraction": (*item).hottext, "sliderInteraction": (*item).slider,
}

// others are interactions that are known and not carried.
var others = map[string]string{
	"orderInteraction": "putting things in order", "associateInteraction": "joining pairs", "hotspotInteraction": "pointing at places of a picture",
	"selectPointInteraction": "pointing into a picture", "graphicOrderInteraction": "putting places of a picture in order",
	"graphicAssociateInteraction": "joining places of a picture", "graphicGapMatchInteraction": "dragging onto a picture", "positionObjectInteraction": "dragging onto a picture",
	"drawingInteraction": "drawing", "uploadInteraction": "sending a file", "mediaInteraction": "playing a recording", "customInteraction": "a program of its own",
	"portableCustomInteraction": "a program of its own",
}

// inline interactions stand in a line of text.
var inline = []string{"textEntryInteraction", "inlineChoiceInteraction"}

func (it *item) carry() {
	body := it.e.Find("itemBody")
	switch {
	case body == nil:
		it.Refuse("It has no text (itemBody).")
		return
	case it.e.Value("adaptive") == "true":
		it.Refuse("It changes with each answer (adaptive).")
		return
	case len(it.e.Deep("templateDeclaration", "templateProcessing")) > 0:
		it.Refuse("Its text is made anew for each person by a template.")
		return
	}
	it.find(body)
	var types []string
	for _, e := range it.found {
		if !slices.Contains(types, e.Name) {
			types = append(types, e.Name)
		}
	}
	if len(types) > 0 {
		it.Type = strings.Join(types, ", ")
	}
	for _, e := range it.found {
		if carried[e.Name] == nil {
			what := others[e.Name]
			if what == "" {
				what = "an interaction that is not known"
			}
			it.Refuse("It asks for %s (%s), which is no kind of question here.", what, e.Name)
			return
		}
	}
	if len(it.found) == 0 {
		it.Refuse("It asks nothing: there is no interaction in it.")
		return
	}
	it.named()
	shared := &quiz.Item{Statement: it.statement(body), Why: it.s.Words(it.feedback())}
	if it.weight > 0 {
		shared.Weigh(it.Question, it.weight)
	}
	for n, e := range it.found {
		one := *shared
		if len(it.found) == 1 {
			one.Title = it.Name
		} else {
			one.Weight = max(shared.Weight, 0) / float64(len(it.found))
			if shared.Weight == 0 {
				one.Weight = 1 / float64(len(it.found))
			}
			one.Statement = join(shared.Statement, it.prompt(e))
			if slices.Contains(inline, e.Name) {
				one.Statement = join(one.Statement, fmt.Sprintf("What belongs at (%d)?", n+1))
			}
		}
		before := len(it.Items)
		carried[e.Name](it, e, &one)
		if it.Refused != "" {
			return
		}
		if len(it.Items) == before {
			it.Items = append(it.Items, &one)
		}
	}
	if len(it.found) > 1 {
		it.Lose("Its %d interactions are questions of their own now, with their numbers in the text where they stood in it.", len(it.found))
	}
}

// find collects the interactions.
func (it *item) find(e *quiz.Element) {
	for c := range e.All("") {
		switch {
		case c.Name == "endAttemptInteraction":
			it.Lose("A button that ends a try or gives a hint was left out.")
		case strings.HasSuffix(c.Name, "Interaction"):
			it.found = append(it.found, c)
		default:
			it.find(c)
		}
	}
}

// ofItem are parts of an item that no item here has.
var ofItem = map[string]string{
	"stylesheet": "A style sheet was left out.", "catalogInfo": "Other forms of its texts for people with impairments (catalogues) are not carried.",
	"companionMaterialsInfo": "Tools that go with it (calculator, ruler) are not carried.", "infoControl": "A hint that opens on demand was left out.",
	"feedbackBlock": "Feedback in its text was left out.", "feedbackInline": "Feedback in its text was left out.",
}

func (it *item) named() {
	for _, name := range slices.Sorted(maps.Keys(ofItem)) {
		if len(it.e.Deep(name)) > 0 {
			it.Lose("%s", ofItem[name])
		}
	}
	if rp := it.e.Find("responseProcessing"); rp != nil && !standard(rp) && len(rp.Nodes) > 0 {
		it.Lose("Its own rules for scoring are a program and are not run: the answers that it declares as right decide.")
	}
}

// standard says whether scoring is by one of the specification's templates.
func standard(rp *quiz.Element) bool { return template(rp) != "" }

// template is match_correct, map_response or map_response_point.
func template(rp *quiz.Element) string {
	for _, name := range []string{rp.Value("template"), rp.Value("templateLocation")} {
		base := strings.TrimSuffix(path.Base(name), ".xml")
		if base == "match_correct" || base == "map_response" || base == "map_response_point" {
			return base
		}
	}
	return ""
}

// feedback is what the item says after an answer.
func (it *item) feedback() string {
	var b strings.Builder
	for e := range it.e.All("modalFeedback") {
		b.WriteString(e.Markup(nil) + " ")
	}
	return b.String()
}

// statement is the text around the interactions.
func (it *item) statement(body *quiz.Element) string {
	n := 0
	text := body.Markup(func(e *quiz.Element) (string, bool) {
		switch {
		case e.Name == "endAttemptInteraction" || e.Name == "feedbackBlock" || e.Name == "feedbackInline" || e.Name == "infoControl" || e.Name == "catalogInfo" || e.Name == "stylesheet":
			return "", true
		case e.Name == "rubricBlock" && !strings.Contains(e.Value("view"), "candidate"):
			it.Lose("Words for %s are not carried: %s", strings.Join(strings.Fields(e.Value("view")), ", "), it.s.Words(e.Markup(nil)))
			return "", true
		case strings.HasSuffix(e.Name, "Interaction"):
			n++
			if slices.Contains(inline, e.Name) {
				if len(it.found) == 1 {
					return " _____ ", true
				}
				return fmt.Sprintf(" (%d) ", n), true
			}
			if len(it.found) == 1 && e.Name != "hottextInteraction" && e.Name != "gapMatchInteraction" {
				return "<div>" + e.Find("prompt").Markup(nil) + "</div>", true
			}
			return "", true
		}
		return "", false
	})
	return join(it.stimulus(), it.s.HTML(text))
}

// stimulus is the text that several items share.
func (it *item) stimulus() string {
	out := ""
	for _, ref := range it.e.Deep("assessmentStimulusRef") {
		name := ref.Value("href")
		var data []byte
		if it.s.File != nil {
			data, _ = it.s.File(name)
		}
		e, err := parse(name, data)
		if data == nil || err != nil {
			it.Lose("The shared text %s is not here or cannot be read.", name)
			continue
		}
		inside := *it.s
		inside.File = func(file string) ([]byte, bool) { return it.s.File(path.Join(path.Dir(name), file)) }
		for _, b := range e.Deep("stimulusBody") {
			out = join(out, inside.HTML(b.Markup(nil)))
		}
		it.s.Pictures = inside.Pictures
		it.Lose("The shared text %s stands in each of its questions.", name)
	}
	return out
}

func join(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "\n\n")
}

func (it *item) prompt(e *quiz.Element) string { return it.s.HTML(e.Find("prompt").Markup(nil)) }

// response is what an item declares of one answer.
type response struct {
	kind        string // single, multiple, ordered, record
	base        string // identifier, string, integer, float, pair, directedPair, ...
	correct     []string
	mapped      map[string]float64 // by key; nil where there is no mapping
	keys        []string           // of mapped, in order
	fallback    float64            // of answers without a key
	insensitive int                // keys whose case does not matter
	upper       float64            // 0 is none
	byMap       bool               // the mapping scores, not the right answer alone
}

func (it *item) response(e *quiz.Element) response {
	id := e.Value("responseIdentifier")
	var out response
	for d := range it.e.All("responseDeclaration") {
		if d.Value("identifier") != id {
			continue
		}
		out = response{kind: d.Value("cardinality"), base: d.Value("baseType")}
		for v := range d.Find("correctResponse").All("value") {
			out.correct = append(out.correct, v.Words())
		}
		if m := d.Find("mapping"); m != nil {
			out.mapped = map[string]float64{}
			out.fallback, _ = strconv.ParseFloat(m.Value("defaultValue"), 64)
			out.upper, _ = strconv.ParseFloat(m.Value("upperBound"), 64)
			for x := range m.All("mapEntry") {
				value, _ := strconv.ParseFloat(x.Value("mappedValue"), 64)
				out.mapped[x.Value("mapKey")] = value
				out.keys = append(out.keys, x.Value("mapKey"))
				if x.Value("caseSensitive") == "false" {
					out.insensitive++
				}
			}
		}
		if d.Find("areaMapping") != nil {
			it.Refuse("Its answers are places of a picture.")
		}
	}
	rp := it.e.Find("responseProcessing")
	out.byMap = out.mapped != nil && (template(rp) == "map_response" || rp == nil || template(rp) == "" && len(rp.Deep("mapResponse")) > 0 || len(out.correct) == 0)
	return out
}

// share is what an answer is worth, of the best that can be had.
func (r response) share(key string, several bool) float64 {
	value, ok := r.mapped[key]
	if !ok {
		value = r.fallback
	}
	total := 0.0
	for _, v := range r.mapped {
		if several {
			total += max(0, v)
		} else {
			total = max(total, v)
		}
	}
	if r.upper > 0 {
		total = min(total, r.upper)
	}
	if total <= 0 {
		return 0
	}
	return value / total
}
