package trialweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/trial"
	"candor/internal/web"
	"candor/internal/web/ui/field"

	"github.com/a-h/templ"
)

// listView is a member's list.
type listView struct {
	Page  web.Page
	Base  string
	Zone  *time.Location
	Rows  []trial.Row
	Next  trial.ID
	Plans bool // the asker may make trials for stages
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	who := web.Actor(r)
	v := listView{Page: web.PageOf(r, "Work trials"), Base: base(r), Plans: org.May(who, "opening.create")}
	var err error
	if v.Rows, v.Next, err = p.Trials.List(r.Context(), who, trial.ID(r.URL.Query().Get("after"))); err != nil {
		return err
	}
	if v.Zone, err = p.zone(r); err != nil {
		return err
	}
	return web.Show(w, r, listPage(v))
}

// stands says how a trial stands for the team, with the tone of its badge.
func stands(t trial.Trial, zone *time.Location) (tone, icon, text string) {
	switch t.State {
	case trial.Offer:
		return "", "mail", "Offered " + date(t.Offered, zone)
	case trial.Agreed:
		return "accent", "calendar", "Begins " + date(t.Starts, t.Location())
	case trial.Left:
		return "", "circle-x", "Not wanted"
	case trial.Running:
		return "accent", "pen-line", "Under way until " + date(t.Ends, t.Location())
	case trial.Over:
		return "warn", "hourglass", "To be evaluated by " + lastDay(t.EvaluateBy, zone)
	case trial.CalledOff:
		return "", "circle-x", "Cancelled " + date(t.Ended, zone)
	}
	return "ok", "check", "Over"
}

// showView is a trial as a member reads it.
type showView struct {
	Page       web.Page
	Base, Here string
	Zone       *time.Location
	T          *trial.View
	Scope      templ.Component
	Days       []said
	Hosts      []org.Member // who can be named instead
	Form       showForm
	Problem    *problem.Problem
	Fields     map[string]string
}

// showForm is what the page's forms send, each its own fields.
type showForm struct {
	Day     int    `min:"0" max:"99"`
	Reply   string `max:"9000"`
	Reason  string `max:"9000"`
	Was     string `max:"64"`
	Host    string `max:"64"`
	Words   string `max:"9000"`
	Ratings map[string]int
}

func (v showView) owed() string {
	return payment.Money{Minor: v.T.Paid, Currency: v.T.Money.Currency}.String()
}

// levels are the choices of a criterion.
func levels(c trial.Criterion) []field.Option {
	out := []field.Option{{Value: "", Text: "Choose"}, {Value: "0", Text: "Not seen"}}
	for i, text := range c.Levels {
		out = append(out, field.Option{Value: strconv.Itoa(i + 1), Text: strconv.Itoa(i+1) + ". " + text})
	}
	return out
}

func (v showView) rated(key string) string {
	if n, ok := v.Form.Ratings[key]; ok {
		return strconv.Itoa(n)
	}
	return ""
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showTrial(w, r, showForm{}, nil)
}

func (p *Pages) showTrial(w http.ResponseWriter, r *http.Request, f showForm, cause error) error {
	prob, ok := problem.As(cause)
	if cause != nil && (!ok || !back(cause)) {
		return cause
	}
	ctx, who := r.Context(), web.Actor(r)
	t, err := p.Trials.Load(ctx, who, id(r))
	if err != nil {
		return err
	}
	v := showView{Page: web.PageOf(r, "Work trial of "+t.App.Title()), Base: base(r), Here: base(r) + "/" + string(t.ID), T: t, Scope: p.MD.Show(t.Scope), Form: f, Problem: prob, Fields: fieldsOf(prob)}
	if v.Zone, err = p.zone(r); err != nil {
		return err
	}
	for i := range t.Days {
		d := &t.Days[i]
		if len(d.Part.Items) == 0 {
			continue
		}
		it := d.Part.Items[0]
		s := said{Day: *d, Wait: !d.Sitting.Over(t.Now)}
		if d.Body != nil && it.Kind.Answered(it.Spec, d.Body) {
			s.Answer = it.Kind.Read(it.Spec, item.ReadView{Ref: ref(who.Org, t, d), Body: d.Body, Candidate: true, Link: p.link(r), Here: v.Here})
		}
		v.Days = append(v.Days, s)
	}
	if t.Runs {
		err := p.Trials.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
			v.Hosts, err = p.Trials.HostsIn(ctx, tx, t.Application)
			return err
		})
		if err != nil {
			return err
		}
		v.Hosts = slices.DeleteFunc(v.Hosts, func(m org.Member) bool { return m.ID == t.Trial.Host })
	}
	return web.ShowWith(w, r, cause, showPage(v))
}

func (p *Pages) reply(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Day   int    `min:"0" max:"99"`
		Reply string `max:"9000"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Trials.Reply(r.Context(), web.Actor(r), id(r), f.Day, f.Reply)
	}
	if err != nil {
		return p.showTrial(w, r, showForm{Day: f.Day, Reply: f.Reply}, err)
	}
	return web.Redirect(w, r, base(r)+"/"+string(id(r))+"#day-"+strconv.Itoa(f.Day), "Sent. The candidate reads it on their page.")
}

func (p *Pages) cancel(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Reason string `max:"9000"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Trials.Cancel(r.Context(), web.Actor(r), id(r), f.Reason)
	}
	if err != nil {
		return p.showTrial(w, r, showForm{Reason: f.Reason}, err)
	}
	return web.Redirect(w, r, base(r)+"/"+string(id(r)), "Cancelled. The candidate is told, with your reason.")
}

func (p *Pages) replace(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Was  string `max:"64"`
		Host string `max:"64"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Trials.Replace(r.Context(), web.Actor(r), id(r), f.Was, f.Host)
	}
	if err != nil {
		return p.showTrial(w, r, showForm{Was: f.Was, Host: f.Host}, err)
	}
	return web.Redirect(w, r, base(r)+"/"+string(id(r)), "Handed over. The candidate is told by name.")
}

func (p *Pages) evaluate(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Words string              `max:"9000"`
		Rate  map[string][]string `form:"rate_*"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Trials.Evaluate(r.Context(), web.Actor(r), id(r), ratings(f.Rate), f.Words)
	}
	if err != nil {
		return p.showTrial(w, r, showForm{Words: f.Words, Ratings: ratings(f.Rate)}, err)
	}
	return web.Redirect(w, r, base(r)+"/"+string(id(r)), "Sent. The promise is kept.")
}

// plansView are the trials that stages can offer, and the form that makes another.
type plansView struct {
	Page     web.Page
	Base     string
	Plans    []trial.PlanView
	Versions []field.Option
	Members  []field.Option
	Form     planForm
	Problem  *problem.Problem
	Fields   map[string]string
}

type planForm struct {
	Title    string `max:"500"`
	Scope    string `max:"20000"`
	Version  string `max:"64"`
	Host     string `max:"64"`
	Days     int    `min:"0" max:"999"`
	Hours    int    `min:"0" max:"9999"`
	Amount   string `max:"30"`
	Currency string `max:"5"`
	PayDays  int    `form:"pay_days" min:"0" max:"999"`
	Whole    bool
}

var usual = planForm{Days: 3, Hours: 20, Currency: "EUR", PayDays: 10}

func (p *Pages) plans(w http.ResponseWriter, r *http.Request) error {
	return p.showPlans(w, r, usual, nil)
}

func (p *Pages) showPlans(w http.ResponseWriter, r *http.Request, f planForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	v := plansView{Page: web.PageOf(r, "Work trials for stages"), Base: base(r), Form: f, Problem: prob, Fields: fieldsOf(prob)}
	if v.Plans, err = p.Trials.Plans(ctx, who.Org); err != nil {
		return err
	}
	err = p.Trials.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := p.Orgs.MembersIn(ctx, tx)
		for _, m := range all {
			if m.State == org.Active {
				v.Members = append(v.Members, field.Option{Value: m.ID, Text: m.Name})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	list, err := p.Trials.Assessments.Published(ctx, who)
	if err != nil {
		return err
	}
	for _, x := range list {
		whole, err := p.Trials.Assessments.Version(ctx, who.Org, x.ID)
		if err != nil {
			return err
		}
		timed := slices.ContainsFunc(whole.Parts, func(p assessment.Part) bool { return p.Timed > 0 })
		if timed {
			continue
		}
		text := x.Title + ", version " + strconv.Itoa(x.Number)
		if hosted(whole) {
			text += " (with a repository)"
		}
		v.Versions = append(v.Versions, field.Option{Value: string(x.ID), Text: text})
	}
	return web.ShowWith(w, r, cause, plansPage(v))
}

// hosted says whether some of a version is worked on in a repository.
func hosted(v *assessment.Version) bool {
	return slices.ContainsFunc(v.Parts, func(p assessment.Part) bool {
		return slices.ContainsFunc(p.Items, func(i assessment.PartItem) bool {
			_, ok := i.Kind.(item.Hoster)
			return ok
		})
	})
}

func (p *Pages) plan(w http.ResponseWriter, r *http.Request) error {
	f := usual
	err := web.ReadForm(r, &f)
	t := trial.Terms{Title: f.Title, Scope: f.Scope, Version: assessment.VersionID(f.Version), Host: f.Host, Days: f.Days, Hours: f.Hours, PayDays: f.PayDays, Whole: f.Whole}
	if err == nil {
		t.Money, err = payment.ReadMoney(f.Amount, f.Currency)
	}
	if err == nil {
		_, err = p.Trials.AddPlan(r.Context(), web.Actor(r), t)
	}
	if back(err) {
		return p.showPlans(w, r, f, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/stages", "It is there. Choose it in a stage of an opening.")
}
