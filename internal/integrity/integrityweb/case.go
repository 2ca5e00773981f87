package integrityweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/integrity"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

// caseRoutes declares the pages of cases for members. Who may see one is decided by integrity.Load.
func (p *Pages) caseRoutes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action, object string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: object, Rate: rate}, h)
	}
	handle(web.RateRead, "GET /o/{org}/review/{code}/ask", "case.ask", "review", p.ask)
	handle(web.RateWrite, "POST /o/{org}/review/{code}/ask", "case.open", "review", p.open)
	handle(web.RateRead, "GET /o/{org}/cases", "case.list", web.NoObject, p.cases)
	handle(web.RateRead, "GET /o/{org}/cases/{case}", "case.read", "case", p.show)
	handle(web.RateRead, "GET /o/{org}/cases/{case}/facts/{n}", "case.beside", "case", p.fact)
	handle(web.RateRead, "GET /o/{org}/cases/{case}/jumps", "case.jumps", "case", p.jumps)
	handle(web.RateWrite, "POST /o/{org}/cases/{case}/settle", "case.settle", "case", p.settle)
	handle(web.RateWrite, "POST /o/{org}/cases/{case}/extend", "case.extend", "case", p.extend)
	handle(web.RateWrite, "POST /o/{org}/cases/{case}/hand", "case.hand", "case", p.hand)
	handle(web.RateRead, "GET /o/{org}/openings/{opening}/cases", "case.figures", "opening", p.figures)
}

// askForm is a case to be opened; a fact is "item/code", or "item//source".
type askForm struct {
	Fact     []string
	Question string `max:"4000"`
	Contact  string `max:"60"`
	Decider  string `max:"60"`
	Days     int
}

type askView struct {
	Page    web.Page
	Back    string
	Here    string
	Table   *integrity.Table
	Form    askForm
	Titles  map[string]string // of items
	Problem *problem.Problem
	Fields  map[string]string
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	return p.showAsk(w, r, askForm{Days: integrity.AnswerDays}, nil)
}

func (p *Pages) showAsk(w http.ResponseWriter, r *http.Request, f askForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	c := review.Code(r.PathValue("code"))
	t, err := p.Integrity.Asking(r.Context(), web.Actor(r), c)
	if err != nil {
		return err
	}
	version, err := p.Integrity.Assessments.Version(r.Context(), web.Actor(r).Org, t.Round.Version)
	if err != nil {
		return err
	}
	v := askView{Page: web.PageOf(r, "Ask Candidate "+string(c)), Back: "/o/" + r.PathValue("org") + "/review/" + string(c), Table: t, Form: f, Titles: map[string]string{}, Problem: prob,
		Fields: map[string]string{}}
	if v.Here = v.Back + "/ask"; !t.Own {
		v.Back += "/cards"
	}
	if prob != nil {
		v.Fields = prob.Fields
	}
	for _, i := range t.Items {
		if it, _, ok := version.Item(i.Item); ok {
			v.Titles[i.Item] = it.Head.Title
		}
	}
	return web.ShowWith(w, r, cause, askPage(v))
}

// likes are the likenesses to choose from, with the value of each in the form.
func (v askView) likes() (out []likeView) {
	for _, i := range v.Table.Items {
		for _, l := range i.Alike {
			if l.Code == "" && l.Source == "" {
				continue // not the asker's to see
			}
			one := likeView{Value: i.Item + "/" + string(l.Code) + "/" + l.Source, Line: line(l, "")}
			one.Line.Title = v.Titles[i.Item] + ": " + one.Line.Title
			one.On = slices.Contains(v.Form.Fact, one.Value)
			out = append(out, one)
		}
	}
	return out
}

type likeView struct {
	Value string
	Line  lineView
	On    bool
}

func choose(list []org.Member, none string) []field.Option {
	out := []field.Option{{Text: none}}
	for _, m := range list {
		out = append(out, field.Option{Value: m.ID, Text: m.Name})
	}
	return out
}

func (p *Pages) open(w http.ResponseWriter, r *http.Request) error {
	var f askForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showAsk(w, r, f, err)
	}
	a := integrity.Ask{Question: f.Question, Contact: f.Contact, Decider: f.Decider, Days: f.Days}
	for _, s := range f.Fact {
		item, rest, _ := strings.Cut(s, "/")
		other, source, _ := strings.Cut(rest, "/")
		a.Facts = append(a.Facts, integrity.FactKey{Item: item, Other: review.Code(other), Source: source})
	}
	id, err := p.Integrity.Open(r.Context(), web.Actor(r), review.Code(r.PathValue("code")), a)
	if err != nil {
		return p.showAsk(w, r, f, err)
	}
	return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/cases/"+string(id), "Asked. The candidate has been written to.")
}

// caseView is a case for a member.
type caseView struct {
	Page     web.Page
	Here     string
	Back     string // to the facts; "" for whoever decides
	Case     integrity.Case
	Standing integrity.Standing
	Decides  bool // the asker was named to
	Turn     bool // and it is their turn
	Discuss  bool // the asker opened it, or decides
	Runs     bool // the asker may name people and give time
	Names    map[string]string
	Titles   map[string]string
	Contacts []org.Member
	Deciders []org.Member
	Form     verdictForm
	Problem  *problem.Problem
	Fields   map[string]string
}

type verdictForm struct {
	Outcome string `max:"10"`
	Reason  string `max:"4000"`
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showCase(w, r, verdictForm{}, nil)
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request, f verdictForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	who := web.Actor(r)
	c, part, err := p.Integrity.Load(r.Context(), who, integrity.CaseID(r.PathValue("case")))
	if err != nil {
		return err
	}
	base := "/o/" + r.PathValue("org")
	v := caseView{Page: web.PageOf(r, "Case: Candidate "+string(c.Code)), Here: base + "/cases/" + string(c.ID), Case: c, Standing: c.Standing(p.Integrity.DB.Now()), Decides: part == integrity.Decides,
		Form: f, Problem: prob, Fields: map[string]string{}}
	if prob != nil {
		v.Fields = prob.Fields
	}
	v.Turn = v.Decides && (v.Standing == integrity.Answered && who.ID == c.Decider || v.Standing == integrity.Appealed && who.ID == c.Judge)
	v.Discuss = v.Decides || who.ID == c.OpenedBy
	if !v.Decides {
		v.Back = base + "/review/" + string(c.Code) + "/cards"
		v.Runs = v.Standing == integrity.Waits || v.Standing == integrity.Answered || v.Standing == integrity.Appealed
	}
	if v.Names, v.Titles, err = p.words(r, c); err != nil {
		return err
	}
	if v.Runs {
		if v.Contacts, v.Deciders, err = p.Integrity.Choices(r.Context(), who.Org, c); err != nil {
			return err
		}
	}
	return web.ShowWith(w, r, cause, casePage(v))
}

// words are the names of the people of a case, and the titles of its items.
func (p *Pages) words(r *http.Request, c integrity.Case) (names, titles map[string]string, err error) {
	names, titles = map[string]string{}, map[string]string{}
	all, err := p.Integrity.Orgs.Members(r.Context(), web.Actor(r))
	if err != nil {
		return nil, nil, err
	}
	for _, m := range all {
		if m.ID == c.OpenedBy || m.ID == c.Contact || m.ID == c.Decider || m.ID == c.Judge {
			names[m.ID] = m.Name
		}
	}
	return names, titles, p.Integrity.Titles(r.Context(), web.Actor(r).Org, c, titles)
}

func (v caseView) name(m org.MemberID) string {
	if n := v.Names[m]; n != "" {
		return n
	}
	return "Somebody who has left"
}

func (v caseView) when(t time.Time) string { return t.In(v.Page.Zone).Format("Mon 2 Jan, 15:04") }

func (v caseView) last(t time.Time) string {
	return t.Add(-time.Minute).In(v.Page.Zone).Format("Mon 2 Jan")
}

// turn is whose turn it is: a tone, and a sentence.
func (v caseView) turn() (tone, title, text string) {
	c := v.Case
	switch v.Standing {
	case integrity.Waits:
		return "", "The candidate has the turn until " + v.last(c.Due) + ".", "Nothing is decided before they have answered, or before that day is over. The promise of a reply stands still meanwhile."
	case integrity.Answered:
		return "warn", v.name(c.Decider) + " decides now.", "The candidate has answered, or their day is over. Nothing is decided about the application before this is settled."
	case integrity.Appealed:
		if c.Judge == "" {
			return "warn", "A third person is to be named.", "The candidate asked for another look at the finding. Name somebody without a role in this opening who has not decided it."
		}
		return "warn", v.name(c.Judge) + " decides now, finally.", "The candidate asked for another look at the finding."
	case integrity.Stands:
		return "", "A finding. The candidate can ask for another look until " + v.last(c.AppealDue) + ".", "It decides nothing by itself. Nobody is declined before that day; you may go on with the candidate at any time."
	case integrity.Ended:
		return "", "The candidate has left this opening.", "Nothing is decided about it any more."
	}
	if c.Clear() {
		return "ok", "Explained. Nothing of it stays.", ""
	}
	return "", "A finding.", "It stands beside the facts for those who decide, and decides nothing by itself."
}

func (p *Pages) settle(w http.ResponseWriter, r *http.Request) error {
	var f verdictForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showCase(w, r, f, err)
	}
	id, o := integrity.CaseID(r.PathValue("case")), integrity.Outcome(f.Outcome)
	do := p.Integrity.Settle
	if o == integrity.Upheld || o == integrity.Lifted {
		do = p.Integrity.Rule
	}
	return p.then(w, r, f, do(r.Context(), web.Actor(r), id, o, f.Reason), "Settled. The candidate is told, with your reason.")
}

// then shows what came of an act on a case.
func (p *Pages) then(w http.ResponseWriter, r *http.Request, f verdictForm, err error, toast string) error {
	if err == nil {
		return web.Redirect(w, r, "/o/"+r.PathValue("org")+"/cases/"+r.PathValue("case"), toast)
	}
	if prob, ok := problem.As(err); ok && prob.Kind != problem.Missing {
		if _, _, lerr := p.Integrity.Load(r.Context(), web.Actor(r), integrity.CaseID(r.PathValue("case"))); lerr == nil {
			return p.showCase(w, r, f, err)
		}
	}
	return err
}

func (p *Pages) extend(w http.ResponseWriter, r *http.Request) error {
	var f struct{ Days int }
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Integrity.Extend(r.Context(), web.Actor(r), integrity.CaseID(r.PathValue("case")), f.Days)
	}
	return p.then(w, r, verdictForm{}, err, "The candidate has more time, and has been told.")
}

func (p *Pages) hand(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Contact string `max:"60"`
		Decider string `max:"60"`
		Judge   string `max:"60"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Integrity.Hand(r.Context(), web.Actor(r), integrity.CaseID(r.PathValue("case")), f.Contact, f.Decider, f.Judge)
	}
	return p.then(w, r, verdictForm{}, err, "Named.")
}

// fact is one fact of a case side by side, for whoever decides it too.
func (p *Pages) fact(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		n = -1
	}
	pair, c, err := p.Integrity.BesideFact(r.Context(), web.Actor(r), integrity.CaseID(r.PathValue("case")), n)
	if err != nil {
		return err
	}
	return p.showPair(w, r, pair, "/o/"+r.PathValue("org")+"/cases/"+string(c.ID), percent(pair.Share)+" of this is there too. "+expected(pair.Expected))
}

type casesView struct {
	Page web.Page
	Base string
	List []integrity.Case
	Now  time.Time
}

func (p *Pages) cases(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Integrity.Mine(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return web.Show(w, r, casesPage(casesView{web.PageOf(r, "Cases to decide"), "/o/" + r.PathValue("org"), list, p.Integrity.DB.Now()}))
}

type figuresView struct {
	Page    web.Page
	Base    string
	Opening opening.Opening
	Figures integrity.Figures
}

func (p *Pages) figures(w http.ResponseWriter, r *http.Request) error {
	op, f, err := p.Integrity.FiguresOf(r.Context(), web.Actor(r), opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	return web.Show(w, r, figuresPage(figuresView{web.PageOf(r, "Likenesses and cases"), "/o/" + r.PathValue("org"), op, f}))
}

func (v figuresView) rows() [][2]string {
	f, n := v.Figures, strconv.Itoa
	days := "None yet"
	if f.Days > 0 {
		days = strconv.FormatFloat(f.Days, 'f', 1, 64)
	}
	return [][2]string{{"Submissions compared", n(f.Compared)}, {"With something worth a look", n(f.Alike)}, {"Cases opened", n(f.Cases)}, {"Still open", n(f.Open)}, {"Explained", n(f.Explained)},
		{"Findings", n(f.Findings)}, {"Appeals", n(f.Appeals)}, {"Appeals upheld", n(f.Upheld)}, {"Findings taken back", n(f.Lifted)}, {"Days from asking to the verdict, median", days}}
}

// caseLine is a case beside the facts.
type caseLine struct {
	Text, Href string
}

// besideFacts says how a case stands, for those who know the facts.
func besideFacts(c *integrity.Case, who actor.Actor, now time.Time) *caseLine {
	if c == nil {
		return nil
	}
	text := "A question to the candidate is open."
	switch c.Standing(now) {
	case integrity.Settled, integrity.Stands:
		if text = "The candidate was asked. A finding: " + c.Reason; c.Clear() {
			text = "The candidate was asked and explained it. Nothing of it stays."
		}
	case integrity.Ended:
		text = "The candidate was asked, and left before it was settled."
	}
	return &caseLine{text, "/o/" + who.Org + "/cases/" + url.PathEscape(string(c.ID))}
}
