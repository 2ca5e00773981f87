// Package integrityweb shows what submitted work has in common with other work: facts beside the scores, for those who filed theirs.
package integrityweb

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/integrity"
	"candor/internal/item"
	"candor/internal/review"
	"candor/internal/similar"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Integrity *integrity.Integrity
}

// Routes declares them. Who may see what is decided by the loaders of integrity.
func (p *Pages) Routes(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /o/{org}/review/{code}/alike/{item}", Action: "integrity.beside", Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath,
		Object: "review", Rate: web.RateRead, Query: []string{"other", "source"}}, p.beside)
	p.caseRoutes(mux)
	p.questionRoutes(mux)
}

// Facts draws what was found of a round: of one item, or of all when key is "". Nil when there is nothing to say.
func (p *Pages) Facts(ctx context.Context, who actor.Actor, c review.Code, v *assessment.Version, key string) (templ.Component, error) {
	f, err := p.Integrity.Of(ctx, who, c)
	if err != nil {
		return nil, err
	}
	view := factsView{Held: f.Held, Case: besideFacts(f.Case, who, p.Integrity.DB.Now()), Ask: "/o/" + who.Org + "/review/" + string(c) + "/ask"}
	for _, one := range f.Items {
		it, _, ok := v.Item(one.Item)
		if !ok || key != "" && one.Item != key {
			continue
		}
		lines := itemView{Title: it.Head.Title, Says: says(one)}
		for _, l := range one.Alike {
			lines.Alike = append(lines.Alike, line(l, "/o/"+who.Org+"/review/"+string(c)+"/alike/"+url.PathEscape(one.Item)))
		}
		view.Items = append(view.Items, lines)
	}
	if len(view.Items) == 0 {
		return nil, nil
	}
	view.One = key != ""
	return facts(view), nil
}

type factsView struct {
	One   bool // of one item: its title stands above already
	Items []itemView
	Held  int
	Case  *caseLine // nil: nobody has asked
	Ask   string
}

// asks says whether there is something to ask the candidate about.
func (v factsView) asks() bool {
	return v.Case == nil && slices.ContainsFunc(v.Items, func(i itemView) bool {
		return slices.ContainsFunc(i.Alike, func(l lineView) bool { return l.Href != "" })
	})
}

type itemView struct {
	Title string
	Says  string // with whom it was compared, and what came of it
	Alike []lineView
}

type lineView struct {
	Title  string
	Strong bool
	Clear  bool // the candidate explained it
	Says   string
	Href   string // "" when the other text is not the asker's to see
}

// says is a comparison in a sentence.
func says(c integrity.Compared) string {
	switch {
	case c.Why != "":
		return "Not compared: " + c.Why + "."
	case c.Others == 0 && len(c.Alike) == 0:
		return "There is nobody else’s work to compare it with yet."
	case len(c.Alike) == 0:
		return "Nothing is more alike than innocent work can be, among " + people(c.Others) + "."
	}
	return "Compared with the work of " + people(c.Others) + "."
}

func people(n int) string {
	if n == 1 {
		return "1 other person"
	}
	return strconv.Itoa(n) + " other people"
}

func line(l integrity.Likeness, base string) lineView {
	out := lineView{Title: "Work that is not yours to see", Strong: l.Outcome == similar.Strong, Clear: l.Explained}
	q := url.Values{}
	switch {
	case l.Source != "":
		out.Title = source(l)
		q.Set("source", l.Source)
	case l.Code != "":
		out.Title = "Candidate " + string(l.Code)
		q.Set("other", string(l.Code))
	}
	if len(q) > 0 {
		out.Href = base + "?" + q.Encode()
	}
	out.Says = fmt.Sprintf("%s of this is there too, and %s of that is here. %s", percent(l.Share), percent(l.OfOther), expected(l.Expected))
	if l.Identical {
		out.Says = "The same text but for white space. " + expected(l.Expected)
	}
	return out
}

// source is a text of the author's, in words.
func source(l integrity.Likeness) string {
	if l.Role == item.Leaked {
		return "A text that went round: " + l.Source
	}
	return "A solution of the author’s: " + l.Source
}

func percent(share float64) string { return fmt.Sprintf("%d %%", int(math.Round(share*100))) }

// expected is how surprising it is, in words.
func expected(n float64) string {
	switch {
	case n < 0.005:
		return "Fewer than 0.01 innocent pairs this alike are expected here."
	case n < 10:
		return fmt.Sprintf("%.2f innocent pairs this alike are expected here.", n)
	}
	return fmt.Sprintf("%.0f innocent pairs this alike are expected here.", n)
}

// besideView is two texts side by side.
type besideView struct {
	Page    web.Page
	Back    string
	Pair    *integrity.Pair
	Says    string
	Regions []regionView
}

// regionView is a passage that both have.
type regionView struct {
	Number int
	Says   string
	Ends   [2]end
}

// end is where it stands in one of them.
type end struct{ Text, Href string }

func (p *Pages) beside(w http.ResponseWriter, r *http.Request) error {
	c, q := review.Code(r.PathValue("code")), r.URL.Query()
	pair, err := p.Integrity.Beside(r.Context(), web.Actor(r), c, r.PathValue("item"), review.Code(q.Get("other")), q.Get("source"))
	if err != nil {
		return err
	}
	back := "/o/" + r.PathValue("org") + "/review/" + string(c)
	if !pair.Own {
		back += "/cards"
	}
	return p.showPair(w, r, pair, back, line(pair.Likeness, "").Says)
}

// showPair draws two texts side by side.
func (p *Pages) showPair(w http.ResponseWriter, r *http.Request, pair *integrity.Pair, back, says string) error {
	v := besideView{Back: back, Pair: pair, Says: says}
	if pair.Source != "" {
		pair.Sides[1].Title = source(pair.Likeness)
	}
	for i, g := range pair.Regions {
		one := regionView{Number: i + 1, Says: rare(g.People)}
		for side, at := range []similar.Place{g.A, g.B} {
			one.Ends[side] = end{at.File + ", " + lines(at), "#" + blockID(side, at.File) + "L" + strconv.Itoa(at.From)}
		}
		v.Regions = append(v.Regions, one)
	}
	v.Page = web.PageOf(r, pair.Item+": side by side")
	return web.Show(w, r, besidePage(v))
}

func lines(p similar.Place) string {
	if p.From == p.To {
		return "line " + strconv.Itoa(p.From)
	}
	return fmt.Sprintf("lines %d to %d", p.From, p.To)
}

// rare says how many have a passage; 0 is not known any more.
func rare(people int) string {
	if people == 0 {
		return "both have it"
	}
	if people <= 2 {
		return "nobody else has all of it"
	}
	return fmt.Sprintf("%d people have all of it", people)
}

// blockID is the prefix of a file's lines on one side.
func blockID(side int, file string) string {
	return string("ab"[side]) + "-" + strings.ReplaceAll(file, " ", "-") + "-"
}

// marks are the numbers of the passages at their first lines, on the lines of a file.
func (v besideView) marks(side int, file string) (first map[int]string, on map[int]bool) {
	first, on = map[int]string{}, map[int]bool{}
	for i, g := range v.Pair.Regions {
		at := []similar.Place{g.A, g.B}[side]
		if at.File != file {
			continue
		}
		if first[at.From] != "" {
			first[at.From] += ", "
		}
		first[at.From] += strconv.Itoa(i + 1)
		for n := at.From; n <= at.To; n++ {
			on[n] = true
		}
	}
	return first, on
}
