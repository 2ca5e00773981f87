package integrityweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/integrity"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/work"
)

// questionRoutes declares the candidate's pages of a case.
func (p *Pages) questionRoutes(mux *web.Mux) {
	route := func(rate web.Rate, pattern, action string) web.Route {
		return web.Route{Pattern: pattern, Action: action, Auth: web.Candidate, Tenant: web.FromSession, Object: "case", Rate: rate}
	}
	mux.Handle(route(web.RateRead, "GET /c/questions/{case}", "case.question"), p.question)
	mux.Handle(route(web.RateRead, "GET /c/questions/{case}/jumps", "case.own_jumps"), p.ownJumps)
	mux.Handle(route(web.RateWrite, "POST /c/questions/{case}", "case.answer"), p.answer)
	mux.Handle(route(web.RateWrite, "POST /c/questions/{case}/appeal", "case.appeal"), p.appeal)
	save := route(web.RateSave, "POST /c/questions/{case}/draft", "case.draft")
	save.Quiet, save.Out = true, web.Saved{}
	mux.Handle(save, p.draft)
}

// questionView is a case as its candidate reads it.
type questionView struct {
	Page     web.Page
	L        *locale.Locale
	Q        *integrity.Question
	Standing integrity.Standing
	Contact  string
	Email    string
	Decider  string
	Judge    string
	Org      string
	Text     string   // in the form: what was typed and not sent
	Others   []string // what was typed in other windows
	Problem  *problem.Problem
	Fields   map[string]string
}

func (v questionView) t(key string, pairs ...any) string { return v.L.T("case."+key, pairs...) }

func (v questionView) at(t time.Time) string { return opening.Spell(t, v.Page.Zone.String()) }

// last is the last minute of a day that ends at an instant.
func (v questionView) last(end time.Time) string { return v.at(end.Add(-time.Minute)) }

// appeals says whether the form asks for another look.
func (v questionView) appeals() bool { return v.Standing == integrity.Stands }

func (v questionView) post() string {
	to := "/c/questions/" + string(v.Q.ID)
	if v.appeals() {
		to += "/appeal"
	}
	return to
}

func (v questionView) save() work.View {
	w := work.View{Now: v.Page.Now, Zone: v.Page.Zone, Text: v.L}
	if len(v.Q.Drafts) > 0 {
		w.Saved = v.Q.Drafts[0].At
	}
	return w
}

// turn is a sentence on whose turn it is, and one on what happens next.
func (v questionView) turn() (tone, title, text string) {
	switch v.Standing {
	case integrity.Waits:
		return "", v.t("waits", "time", v.last(v.Q.Due)), v.t("waits_text", "name", v.Decider)
	case integrity.Answered:
		return "", v.t("answered", "name", v.Decider), v.t("answered_text")
	case integrity.Stands:
		return "warn", v.t("stands"), v.t("stands_text", "time", v.last(v.Q.AppealDue))
	case integrity.Appealed:
		return "", v.t("appealed"), v.t("appealed_text")
	case integrity.Ended:
		return "", v.t("ended"), ""
	}
	if v.Q.Clear() {
		return "ok", v.t("explained"), v.t("explained_text")
	}
	return "", v.t("found"), v.t("found_text")
}

func (p *Pages) question(w http.ResponseWriter, r *http.Request) error {
	return p.showQuestion(w, r, "", nil)
}

func (p *Pages) showQuestion(w http.ResponseWriter, r *http.Request, typed string, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	q, err := p.Integrity.Question(ctx, who, integrity.CaseID(r.PathValue("case")))
	if err != nil {
		return err
	}
	v := questionView{Q: q, Standing: q.Standing(p.Integrity.DB.Now()), Text: typed, Problem: prob, Fields: map[string]string{}}
	v.Page = web.PageOf(r, "")
	v.L = locale.For(v.Page.Lang)
	v.Page.Title, v.Org = v.t("title"), web.SessionOf(r).Org.Name
	if prob != nil {
		v.Fields = prob.Fields
	}
	for _, d := range q.Drafts {
		switch {
		case v.Text == "":
			v.Text = d.Text
		case strings.TrimSpace(d.Text) != strings.TrimSpace(v.Text):
			v.Others = append(v.Others, d.Text)
		}
	}
	err = p.Integrity.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		for _, m := range []struct {
			id          string
			name, email *string
		}{{q.Contact, &v.Contact, &v.Email}, {q.Decider, &v.Decider, nil}, {q.Judge, &v.Judge, nil}} {
			found, err := p.Integrity.Orgs.Member(ctx, tx, m.id)
			if _, missing := problem.As(err); missing {
				*m.name = v.t("somebody")
				continue
			}
			if err != nil {
				return err
			}
			*m.name = found.Name
			if m.email != nil {
				*m.email = found.Email
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, questionPage(v))
}

type answerForm struct {
	Answer string `max:"20000"` // the longest is said by integrity, in words
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	return p.say(w, r, p.Integrity.Answer)
}

func (p *Pages) appeal(w http.ResponseWriter, r *http.Request) error {
	return p.say(w, r, p.Integrity.Appeal)
}

func (p *Pages) say(w http.ResponseWriter, r *http.Request, do func(context.Context, actor.Actor, integrity.CaseID, string) error) error {
	var f answerForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = do(r.Context(), web.Actor(r), integrity.CaseID(r.PathValue("case")), f.Answer)
	}
	if err != nil {
		if prob, ok := problem.As(err); ok && prob.Kind == problem.Missing {
			return err
		}
		return p.showQuestion(w, r, f.Answer, err)
	}
	l := locale.For(web.PageOf(r, "").Lang)
	return web.Redirect(w, r, "/c/questions/"+r.PathValue("case"), l.T("case.sent"))
}

// draft keeps what is being written, posted as one writes.
func (p *Pages) draft(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Client string `max:"40"`
		Seq    int    `min:"1" max:"1000000000"`
		Answer string `max:"20000"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	if err := p.Integrity.Save(r.Context(), web.Actor(r), integrity.CaseID(r.PathValue("case")), f.Client, int64(f.Seq), f.Answer); err != nil {
		return err
	}
	return web.JSON(w, r, web.Saved{Saved: true})
}

// Questions draws what a candidate is asked about an application, for their own pages; nil when they are not.
func (p *Pages) Questions(ctx context.Context, tx db.Tx, a opening.ApplicationID, lang string, zone *time.Location) (templ.Component, error) {
	list, err := p.Integrity.CasesOf(ctx, tx, a)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var out []questionView
	for _, c := range list {
		v := questionView{Page: web.Page{Zone: zone}, L: locale.For(lang), Q: &integrity.Question{Case: c}, Standing: c.Standing(p.Integrity.DB.Now())}
		m, err := p.Integrity.Orgs.Member(ctx, tx, c.Decider)
		if _, missing := problem.As(err); missing {
			m.Name, err = v.t("somebody"), nil
		}
		if err != nil {
			return nil, err
		}
		v.Decider = m.Name
		out = append(out, v)
	}
	return questions(out), nil
}

// lines are the lines of a file that are also elsewhere, and the number of what was noticed at the first of each.
func (v questionView) lines(page integrity.Page, file string) (first map[int]string, on map[int]bool) {
	first, on = map[int]string{}, map[int]bool{}
	for n, f := range page.Noticed {
		for _, at := range f.Mine {
			if at.File != file {
				continue
			}
			if label := strconv.Itoa(n + 1); !strings.Contains(first[at.From], label) {
				first[at.From] = strings.TrimPrefix(first[at.From]+", "+label, ", ")
			}
			for i := at.From; i <= at.To; i++ {
				on[i] = true
			}
		}
	}
	return first, on
}

// noticed says in plain words what was noticed.
func (v questionView) noticed(f integrity.Fact) string {
	where := v.t("in_person", "n", f.People)
	if f.Role != "" {
		where = v.t("in_source")
	}
	share := v.t("share", "percent", percent(f.Share), "where", where)
	if f.Same {
		share = v.t("same", "where", where)
	}
	if f.Expected < 0.005 {
		return share + " " + v.t("rare")
	}
	return share + " " + v.t("expected", "number", strconv.FormatFloat(f.Expected, 'f', 2, 64))
}
