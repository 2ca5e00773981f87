package openingweb

import (
	"net/http"
	"strconv"
	"strings"

	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/ui/field"
)

func itoa(n int) string { return strconv.Itoa(n) }

type listView struct {
	Page    web.Page
	Open    []opening.Opening
	Closed  []opening.Opening
	Sealed  []opening.Sealed
	Members map[string]org.Member
	Create  bool
	Notice  string // of the disk
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	who := web.Actor(r)
	all, err := p.Openings.List(r.Context(), who)
	if err != nil {
		return err
	}
	v := listView{Page: web.PageOf(r, "Openings"), Create: org.May(who, "opening.create")}
	if p.Notice != nil {
		v.Notice = p.Notice(who)
	}
	for _, o := range all {
		if o.Open {
			v.Open = append(v.Open, o)
			continue
		}
		v.Closed = append(v.Closed, o)
	}
	if org.May(who, "opening.join") {
		if v.Sealed, err = p.Openings.SealedFrom(r.Context(), who); err != nil {
			return err
		}
	}
	err = p.read(r, func(tx db.Tx) (err error) {
		v.Members, err = p.names(r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, listPage(v))
}

// join lets an owner into a confidential opening, as a manager; everybody around it reads so in its history.
func (p *Pages) join(w http.ResponseWriter, r *http.Request) error {
	o := opening.ID(r.PathValue("opening"))
	who := web.Actor(r)
	if err := p.Openings.SetRole(r.Context(), who, o, who.ID, opening.Manager, true); err != nil {
		return err
	}
	return web.Redirect(w, r, p.path(r, o), "You are in this opening now. That is written in its history.")
}

// openingForm is what describes an opening.
type openingForm struct {
	Title        string `max:"120"`
	Team         string `max:"120"`
	About        string `max:"2000"`
	ReplyDays    int
	Confidential bool
	Contact      string

	StageTitle string `max:"120"`
	Assessment string
	Others     []string `max:"3"`  // what candidates can choose instead, as Assessment; "" is nothing
	Readers    []string `max:"50"` // who of the pool reads it; none is all
	Reviewers  int
	Window     int
	Questions  int
}

type freshView struct {
	Page     web.Page
	Form     openingForm
	Problem  *problem.Problem
	Versions []assessment.VersionInfo
	More     []field.Option // what other formats offer
}

// more are the contents that formats offer beside published assessments.
func (p *Pages) more(r *http.Request) (out []field.Option, err error) {
	list, err := p.Openings.Offered(r.Context(), web.Actor(r).Org)
	for _, x := range list {
		out = append(out, field.Option{Value: x.Ref, Text: x.Text})
	}
	return out, err
}

// chosen is the format and the content that a stage's form names; an assessment's is its version alone.
func chosen(value string) (format, ref string) {
	if format, ref, ok := strings.Cut(value, ":"); ok {
		return format, ref
	}
	return assessments, value
}

// others are what a stage's form offers beside the first.
func others(values []string) (out []opening.Offer) {
	for _, v := range values {
		if v != "" {
			format, ref := chosen(v)
			out = append(out, opening.Offer{Format: format, Ref: ref})
		}
	}
	return out
}

// choiceValue is an offer as a stage's form names it.
func choiceValue(x opening.Offer) string {
	if x.Format == "" || x.Format == assessments {
		return x.Ref
	}
	return x.Format + ":" + x.Ref
}

// assessments is the format of published assessments.
const assessments = "assessment"

func (p *Pages) fresh(w http.ResponseWriter, r *http.Request) error {
	return p.showFresh(w, r, openingForm{ReplyDays: 5, Reviewers: 2, Window: 10, StageTitle: "First screen"}, nil)
}

func (p *Pages) showFresh(w http.ResponseWriter, r *http.Request, f openingForm, cause error) error {
	who := web.Actor(r)
	if err := org.Need(who, "opening.create"); err != nil {
		return err
	}
	v := freshView{Page: web.PageOf(r, "New opening"), Form: f}
	var err error
	if v.Versions, err = p.Assessments.Published(r.Context(), who); err != nil {
		return err
	}
	if v.More, err = p.more(r); err != nil {
		return err
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, freshPage(v))
}

func (p *Pages) create(w http.ResponseWriter, r *http.Request) error {
	var f openingForm
	if err := web.ReadForm(r, &f); err != nil {
		return p.showFresh(w, r, f, err)
	}
	format, ref := chosen(f.Assessment)
	id, err := p.Openings.Create(r.Context(), web.Actor(r), opening.Opening{Title: f.Title, Team: f.Team, About: f.About, ReplyDays: f.ReplyDays,
		Confidential: f.Confidential}, []opening.Stage{{Title: f.StageTitle, Format: format, Ref: ref, Reviewers: f.Reviewers, Window: f.Window, Questions: f.Questions}})
	if err != nil {
		return p.showFresh(w, r, f, err)
	}
	return web.Redirect(w, r, p.path(r, id), "The opening is there. Invite the first candidate.")
}
