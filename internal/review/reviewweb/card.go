package reviewweb

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/ui/tabs"
	"candor/internal/web/ui/work"
)

// cardForm is a scorecard as it is posted: c.<criterion> and c.<criterion>-reason, n.<criterion> for what was seen, p.<criterion>
// for where.
type cardForm struct {
	Item      string            `max:"64"`
	Across    bool              // one item is read over all candidates
	Rubric    string            `max:"64"` // that the page was drawn by
	Levels    map[string]string `form:"c.*"`
	Notes     map[string]string `form:"n.*"`
	Places    map[string]string `form:"p.*"`
	Private   string            `max:"5000"`
	Shareable string            `max:"5000"`
}

const reasonSuffix = "-reason"

func (f cardForm) card() review.Card {
	c := review.Card{Ratings: map[string]review.Rating{}, Private: f.Private, Shareable: f.Shareable, Rubric: assessment.VersionID(f.Rubric)}
	at := func(key string, change func(r *review.Rating)) {
		r := c.Ratings[key]
		change(&r)
		c.Ratings[key] = r
	}
	for name, value := range f.Levels {
		if key, ok := strings.CutSuffix(name, reasonSuffix); ok {
			at(key, func(r *review.Rating) { r.Reason = strings.TrimSpace(value) })
			continue
		}
		n, err := strconv.Atoi(value)
		switch {
		case err != nil || n < 0:
			n = 99 // refused by the rubric
		case n == 0:
			n = review.CannotRate
		}
		at(name, func(r *review.Rating) { r.Level = n })
	}
	for key, text := range f.Notes {
		at(key, func(r *review.Rating) { r.Note = strings.TrimSpace(text) })
	}
	for key, place := range f.Places {
		if place == "" {
			continue
		}
		on, anchor, _ := strings.Cut(place, "#")
		at(key, func(r *review.Rating) { r.Evidence = []review.Place{{Item: on, Anchor: anchor}} })
	}
	return c
}

type cardView struct {
	Page    web.Page
	Base    string // /o/x/review
	Here    string // this page's address
	Card    string // the card's, under which kinds have pages of their own
	Sheet   *review.Sheet
	Tabs    []tabs.Tab
	Part    assessment.Part
	Item    assessment.PartItem
	Answer  review.Answer
	Read    templ.Component
	Task    templ.Component
	Facts   templ.Component
	Said    templ.Component
	Asks    string // where a question about this answer is asked; "" where it is not the asker's to ask
	About   string // of a question of an interview: the address of the place that it is about; "" is none
	Before  string // address of the item before, "" at the first
	After   string
	After2  string        // what was added after the time
	Across  []review.Code // the candidates over whom one item is read, in the queue's order; nil: one candidate, all items
	Rows    []criterion
	Phrases []review.Phrase
	Left    int
	Problem *problem.Problem
	Fields  map[string]string // problems by the names of the form
	Reason  string            // of a correction of the time that came back
	Minutes string            // of it, or those that count now
}

// card is the work on the left and the scorecard on the right.
func (p *Pages) card(w http.ResponseWriter, r *http.Request) error {
	s, err := p.Reviews.Load(r.Context(), web.Actor(r), code(r))
	if err != nil {
		return err
	}
	return p.show(w, r, s, r.URL.Query().Get("item"), nil)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, s *review.Sheet, at string, err error) error {
	return p.showWith(w, r, s, at, err, nil)
}

func (p *Pages) showWith(w http.ResponseWriter, r *http.Request, s *review.Sheet, at string, err error, more func(v *cardView)) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v := cardView{Base: base(r) + "/review", Sheet: s, Problem: prob, Fields: map[string]string{}}
	v.Here = v.Base + "/" + string(s.Code)
	v.Card = v.Here
	v.Page = web.PageOf(r, s.Title)
	v.Minutes = strconv.Itoa(s.Mine.Minutes)
	if r.URL.Query().Get("across") != "" && s.Mine.State == review.Assigned {
		var aerr error
		if v.Across, aerr = p.Reviews.Across(r.Context(), web.Actor(r), s.Code); aerr != nil {
			return aerr
		}
	}
	p.evidence(&v, at, r.URL.Query(), p.link(r))
	if s.Mine.State == review.Filed && p.Facts != nil {
		var ferr error
		if v.Facts, ferr = p.Facts(r.Context(), web.Actor(r), s.Code, s.Rubric, v.Item.Key); ferr != nil {
			return ferr
		}
	}
	if p.Said != nil {
		var serr error
		if v.Said, serr = p.Said(r.Context(), web.Actor(r), s.Application, string(s.Version), v.Item.Key); serr != nil {
			return serr
		}
	}
	if p.Asks != nil && v.Answer.Body != nil && !attempt.IsTurn(v.Part.Key) && v.Part.Key != attempt.ExplainPart {
		var aerr error
		if v.Asks, aerr = p.Asks(r.Context(), web.Actor(r), attempt.ID(s.Attempt), v.Item.Key); aerr != nil {
			return aerr
		}
	}
	if prob != nil {
		for key, text := range prob.Fields {
			if slices.ContainsFunc(s.Rubric.Rubric, func(c assessment.Criterion) bool { return c.Key == key }) {
				key = "c." + key
			}
			v.Fields[key] = text
		}
	}
	if more != nil {
		more(&v)
	}
	for _, c := range s.Rubric.Rubric {
		if v.Across != nil && !slices.Contains(c.Items, v.Item.Key) {
			continue
		}
		v.Rows = append(v.Rows, v.row(c))
		if s.Mine.Card.Ratings[c.Key].Level == review.Unrated && !v.Rows[len(v.Rows)-1].Waits {
			v.Left++
		}
	}
	if s.Mine.State == review.Assigned {
		all, perr := p.Reviews.Phrases(r.Context(), web.Actor(r))
		if perr != nil {
			return perr
		}
		v.Phrases = v.fitting(all)
	}
	return web.ShowWith(w, r, err, cardPage(v))
}

// link gives the addresses under which whoever asks plays recordings.
func (p *Pages) link(r *http.Request) item.Link {
	return func(u upload.Upload, f upload.Form) string { return p.Uploads.Link(web.Actor(r), u, f) }
}

// evidence draws one item of the work.
func (p *Pages) evidence(v *cardView, at string, query url.Values, link item.Link) {
	s := v.Sheet
	var keys []string
	for _, part := range s.Rubric.Parts {
		for _, i := range part.Items {
			keys = append(keys, i.Key)
		}
	}
	if !slices.Contains(keys, at) {
		at = keys[0] // a published version has an item
	}
	address := func(key string) string { return v.Here + "?item=" + url.QueryEscape(key) + v.across() }
	for n, key := range keys {
		i, part, _ := s.Rubric.Item(key)
		v.Tabs = append(v.Tabs, tabs.Tab{Text: i.Head.Title, Href: address(key), On: key == at, Count: count(s.Work.Answers[key])})
		if key != at {
			continue
		}
		v.Item, v.Part, v.Answer, v.After2 = i, part, s.Work.Answers[key], s.Work.Afterwords[part.Key]
		if n > 0 {
			v.Before = address(keys[n-1])
		}
		if n+1 < len(keys) {
			v.After = address(keys[n+1])
		}
	}
	if v.Item.Head.Statement != "" {
		v.Task = p.MD.Show(v.Item.Head.Statement)
	}
	if of := v.Item.Head.About; of.Item != "" {
		v.About = v.place(v.about(of))
	}
	if v.Answer.Body != nil {
		spec, beside := v.Item.Spec, v.Card+"/items/"+at
		if v.Answer.Spec != nil {
			spec = v.Answer.Spec
		}
		view := item.ReadView{Ref: item.Ref{Org: v.Page.Session.Org.ID, Version: string(s.Version), Item: at},
			Body: v.Answer.Body, Seed: s.Work.Seed + at, Mark: v.Answer.Mark, Done: v.Answer.Done, Here: address(at), Query: query,
			Blind: s.Mine.State != review.Filed, Link: link}
		if _, ok := v.Item.Kind.(item.Confirmer); ok && s.Mine.ID != "" { // who settles rules on no claim
			view.Rule, view.Rulings = beside+"/rule", v.Answer.Rulings
		}
		if _, ok := v.Item.Kind.(item.Looker); ok {
			view.Look = beside + "/look"
		}
		v.Read = v.Item.Kind.Read(spec, view)
	}
}

// about is the place that a question of an interview is about, as the page of its answer names it.
func (v cardView) about(of item.About) review.Place {
	out := review.Place{Item: of.Item}
	it, _, _ := v.Sheet.Rubric.Item(of.Item)
	if k, ok := it.Kind.(item.Quoter); ok && of.Place != "" {
		q, _ := k.Quote(item.Ref{Item: of.Item}, it.Spec, v.Sheet.Work.Answers[of.Item].Body, of.Place)
		out.Anchor = q.At
	}
	return out
}

// count is the small number on a tab: the automatic mark.
func count(a review.Answer) string {
	switch {
	case a.Mark != nil:
		return fmt.Sprintf("%d %%", int(a.Mark.Share*100+.5))
	case a.Coming:
		return "…"
	}
	return ""
}

// openAgain says how much of a sent card is open again.
func (v cardView) openAgain() string {
	if len(v.Sheet.Again) == 1 {
		return "The rubric changed: one criterion is open again."
	}
	return fmt.Sprintf("The rubric changed: %d criteria are open again.", len(v.Sheet.Again))
}

// label is a place in words, place its address on this page.
func (v cardView) label(e review.Place) string { return label(v.Sheet.Rubric, v.Sheet.Work, e) }

func (v cardView) place(e review.Place) string {
	at := v.Here + "?item=" + url.QueryEscape(e.Item)
	if e.Anchor != "" {
		at += "#" + url.PathEscape(e.Anchor)
	}
	return at
}

func (v cardView) mark() string {
	switch m := v.Answer.Mark; {
	case v.Answer.Failed:
		return "The automatic mark could not be made. That is our fault, not the candidate’s."
	case v.Answer.Coming:
		return "The automatic mark is being made."
	case m == nil:
		return ""
	default:
		return fmt.Sprintf("%d %%. %s", int(m.Share*100+.5), m.Why)
	}
}

func (v cardView) queue() string {
	return fmt.Sprintf("%d of %d in your queue", v.Sheet.Position, v.Sheet.Total)
}

func (v cardView) send() string {
	if !v.Sheet.Mine.Reopened.IsZero() {
		return "Send it again"
	}
	if v.waits() {
		return "Send the rest"
	}
	return "Send my scorecard"
}

func (v cardView) left() string {
	switch v.Left {
	case 0:
		if v.Across != nil {
			return v.done()
		}
		if v.sent() {
			return "Sent, but for the last criterion"
		}
		if v.waits() {
			return "All is scored that can be"
		}
		return v.done()
	case 1:
		return "1 left to score"
	}
	return fmt.Sprintf("%d left to score", v.Left)
}

// waits says whether the answers about the candidate's own work are still to come.
func (v cardView) waits() bool {
	return v.Sheet.Explains == attempt.Waiting && v.Sheet.Mine.State == review.Assigned
}

// sent says whether all of the card is sent that can be.
func (v cardView) sent() bool { return v.waits() && !v.Sheet.Mine.Rest.IsZero() }

// done says that nothing is left to score here.
func (v cardView) done() string {
	if v.Across != nil {
		return "Nothing is left of this item"
	}
	return "Everything is scored"
}

// spent is the asker's time in words.
func (v cardView) spent() string {
	m := v.Sheet.Mine
	switch {
	case m.Adjusted != "" && v.Sheet.TimeWhy != "":
		return fmt.Sprintf("Your time: %d min, corrected by you from %d: %s", m.Minutes, m.Measured, v.Sheet.TimeWhy)
	case m.Adjusted != "":
		return fmt.Sprintf("Your time: %d min, corrected by you from %d", m.Minutes, m.Measured)
	}
	return fmt.Sprintf("Your time so far: %d min", m.Minutes)
}

func (v cardView) saved() work.View { return work.View{Saved: v.Sheet.Mine.Saved, Zone: v.Page.Zone} }

func (v cardView) href(c review.Code) string { return v.Base + "/" + string(c) }
