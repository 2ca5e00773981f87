// Package surveyweb asks candidates how a stage was for them, and shows the organisation the sums: each answer with its interval, how many answered and
// the question as it was asked.
package surveyweb

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"candor/internal/actor"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/survey"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/chart"
	"candor/internal/web/ui/choice"

	"github.com/a-h/templ"
)

// Pages are these pages.
type Pages struct {
	Surveys *survey.Surveys
}

// Routes declares them. Who may see what is decided by survey.
func (p *Pages) Routes(mux *web.Mux) {
	own := web.Route{Auth: web.Candidate, Tenant: web.FromSession, Object: "survey"}
	staff := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "opening"}
	handle := func(r web.Route, rate web.Rate, pattern, action string, h web.Handler) {
		r.Pattern, r.Action, r.Rate = pattern, action, rate
		mux.Handle(r, h)
	}
	handle(own, web.RateRead, "GET /c/survey", "survey.own", p.own)
	handle(own, web.RateWrite, "POST /c/survey", "survey.answer", p.answer)
	handle(staff, web.RateRead, "GET /o/{org}/openings/{opening}/survey", "survey.results", p.results)
	handle(staff, web.RateExport, "GET /o/{org}/openings/{opening}/survey/table.csv", "survey.table", p.table)
}

// ownView is a candidate's page.
type ownView struct {
	Page     web.Page
	L        *locale.Locale
	Org      string
	Wording  survey.Wording
	Standing survey.Standing
	Given    map[string]string // of a form that came back
	Problem  *problem.Problem
}

func (v ownView) t(key string, pairs ...any) string { return v.L.T("survey."+key, pairs...) }

// ask is a question as a choice.
func (v ownView) ask(q survey.Question) choice.View {
	c := choice.View{Name: "q." + q.Key, Legend: q.Text, Roomy: true}
	for _, o := range q.Options {
		c.Options = append(c.Options, choice.Option{Value: o.Key, Text: o.Text, Checked: v.Given[q.Key] == o.Key})
	}
	if v.Problem != nil {
		c.Error = v.Problem.Fields[c.Name]
	}
	return c
}

func (p *Pages) view(ctx context.Context, who actor.Actor, page web.Page, organisation string) (ownView, error) {
	s, err := p.Surveys.Standing(ctx, who)
	return ownView{Page: page, L: locale.For(page.Lang), Org: organisation, Wording: survey.Newest(), Standing: s}, err
}

// Note asks on a candidate's other pages; nil where there is nothing to ask, or they do not want to be asked.
func (p *Pages) Note(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error) {
	v, err := p.view(ctx, who, page, organisation)
	if errors.Is(err, survey.ErrMissing) {
		return nil, nil
	}
	if err != nil || !v.Standing.Asks {
		return nil, err
	}
	return ownNote(v), nil
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error { return p.show(w, r, nil, nil) }

func (p *Pages) show(w http.ResponseWriter, r *http.Request, given map[string]string, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	v, err := p.view(r.Context(), web.Actor(r), web.PageOf(r, "How was it for you?"), web.SessionOf(r).Org.Name)
	if err != nil {
		return err
	}
	v.Given, v.Problem = given, prob
	return web.ShowWith(w, r, cause, ownPage(v))
}

// answer keeps the answers, or that somebody does not want to give any.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Step    string              `form:"step,required" max:"10"`
		Wording int                 `form:"wording"`
		Answers map[string][]string `form:"q.*"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return p.show(w, r, nil, err)
	}
	ctx, who := r.Context(), web.Actor(r)
	text := locale.For(web.PageOf(r, "").Lang)
	if f.Step != "answer" {
		if err := p.Surveys.Put(ctx, who, survey.State(f.Step)); err != nil {
			return p.show(w, r, nil, err)
		}
		said := text.T("survey.kept_later")
		if survey.State(f.Step) == survey.Refused {
			said = text.T("survey.kept_refused")
		}
		return web.Redirect(w, r, "/c/status", said)
	}
	given := map[string]string{}
	for key, list := range f.Answers {
		if len(list) == 1 && list[0] != "" {
			given[key] = list[0]
		}
	}
	if err := p.Surveys.Answer(ctx, who, f.Wording, given); err != nil {
		return p.show(w, r, given, err)
	}
	return web.Redirect(w, r, "/c/survey", text.T("survey.thanks"))
}

// resultsView is an opening's page.
type resultsView struct {
	Page    web.Page
	Opening opening.Opening
	Here    string // the opening's address
	List    []survey.Result
}

func (p *Pages) results(w http.ResponseWriter, r *http.Request) error {
	o, list, err := p.Surveys.Results(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	return web.Show(w, r, resultsPage(resultsView{web.PageOf(r, "What candidates say: "+o.Title), o, "/o/" + r.PathValue("org") + "/openings/" + string(o.ID), list}))
}

// title is what a result is of.
func title(r survey.Result) string {
	if r.Stage == "" {
		return "All stages"
	}
	return r.Title
}

// id is a result's place on the page.
func id(r survey.Result) string { return fmt.Sprintf("r-%s-%d", r.Stage, r.Wording) }

// percent is a share in whole percent.
func percent(x float64) string { return strconv.Itoa(int(x*100+.5)) + " %" }

// between is an interval in whole percent.
func between(s survey.Share) string { return percent(s.Low) + " to " + percent(s.High) }

// bars draws what was answered to a question.
func bars(t survey.Tally) chart.View {
	c := chart.View{FirstName: "People", Head: "Answer", Sentence: fmt.Sprintf("%s Of %d people:", t.Text, t.N)}
	for i, s := range t.Shares {
		c.Labels, c.First = append(c.Labels, s.Text), append(c.First, s.Count)
		if i > 0 {
			c.Sentence += ","
		}
		c.Sentence += fmt.Sprintf(" %d said “%s”", s.Count, s.Text)
	}
	c.Sentence += "."
	return c
}

// table is the sums for a spreadsheet; what too few answered is not in it.
func (p *Pages) table(w http.ResponseWriter, r *http.Request) error {
	_, list, err := p.Surveys.Results(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="survey.csv"`)
	c := csv.NewWriter(w)
	c.Write([]string{"stage", "title", "wording", "question", "text", "answer", "answer_text", "count", "n", "share", "low95", "high95"})
	float := func(x float64) string { return strconv.FormatFloat(x, 'f', 4, 64) }
	for _, x := range list {
		for _, t := range x.Questions {
			for _, s := range t.Shares {
				if t.Known() {
					c.Write([]string{string(x.Stage), cell(title(x)), strconv.Itoa(x.Wording), t.Question.Key, t.Text, s.Key, s.Text, strconv.Itoa(s.Count), strconv.Itoa(t.N), float(s.Part), float(s.Low), float(s.High)})
				}
			}
		}
	}
	c.Flush()
	return c.Error()
}

// cell is a text that people typed as a table keeps it: no program takes it for a formula.
func cell(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}
