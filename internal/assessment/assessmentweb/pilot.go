package assessmentweb

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"

	"github.com/a-h/templ"
)

// pilotsView is a version's tasks, for a colleague to take first.
type pilotsView struct {
	Page  web.Page
	V     *assessment.Version
	Tries map[string]assessment.Pilot // by item
	Now   time.Time
}

// own says that the reader made this version.
func (v pilotsView) own() bool {
	for _, t := range v.Tries {
		if t.Own {
			return true
		}
	}
	return false
}

func pilotPath(pg web.Page, v *assessment.Version) string {
	return base(pg) + "/versions/" + string(v.ID) + "/pilot"
}

// minutes is a time in whole begun minutes.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

func (p *Pages) pilots(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r)
	if err != nil {
		return err
	}
	out := pilotsView{Page: web.PageOf(r, "Take it first: "+v.Title), V: v, Now: p.Assessments.DB.Now()}
	if out.Tries, err = p.Assessments.Pilots(r.Context(), web.Actor(r), v.ID); err != nil {
		return err
	}
	return web.Show(w, r, pilotsPage(out))
}

// pilotView is one task of it, with its tools while the clock runs.
type pilotView struct {
	Page    web.Page
	V       *assessment.Version
	Item    assessment.PartItem
	MD      *markdown.Markdown
	Try     assessment.Pilot
	Took    time.Duration
	Typed   string // minutes that came back with a mistake
	Ask     item.AskView
	Problem *problem.Problem
}

func (v pilotView) here() string { return pilotPath(v.Page, v.V) + "/" + v.Item.Key }

// held says that the work is done in a repository, of which nobody gets one here.
func (v pilotView) held() bool {
	_, holds := v.Item.Kind.(item.Holder)
	_, files := v.Item.Kind.(item.Filer) // without files it is tried all the same
	return holds && !files
}

func (p *Pages) pilot(w http.ResponseWriter, r *http.Request) error {
	return p.showPilot(w, r, nil, "", nil)
}

func (p *Pages) showPilot(w http.ResponseWriter, r *http.Request, body []byte, typed string, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v, it, err2 := p.at(r)
	if err2 != nil {
		return err2
	}
	tries, err2 := p.Assessments.Pilots(r.Context(), web.Actor(r), v.ID)
	if err2 != nil {
		return err2
	}
	out := pilotView{Page: web.PageOf(r, it.Head.Title), V: v, Item: it, MD: p.MD, Try: tries[it.Key], Typed: typed, Problem: prob}
	out.Took = out.Try.Took(p.Assessments.DB.Now())
	out.Ask = item.AskView{Ref: previewRef(r, it.Key), Body: it.Kind.Blank(it.Spec), Seed: "pilot", Text: locale.For("en").T, DoURL: out.here() + "/do", Here: out.here(), Query: r.URL.Query()}
	if _, ok := it.Kind.(item.Teller); ok && p.Files != nil {
		out.Ask.File = p.Files.Of(out.Ask.Ref.Org, v.ID, it.Key)
	}
	switch {
	case body != nil:
		out.Ask.Body = body
	case out.Try.Body != nil:
		out.Ask.Body = out.Try.Body
	}
	if _, ok := it.Kind.(item.Looker); ok {
		out.Ask.Look = out.here() + "/look"
	}
	if out.Ask.Done, err2 = item.Done(r.Context(), p.Assessments.DB, out.Ask.Ref, it.Kind, it.Spec); err2 != nil {
		return err2
	}
	return web.ShowWith(w, r, err, pilotPage(out))
}

// piloted is a press on a task's page: begin, rest, keep or done.
func (p *Pages) piloted(w http.ResponseWriter, r *http.Request) error {
	v, it, err := p.at(r)
	if err != nil {
		return err
	}
	var in struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return err
	}
	ctx, who, form := r.Context(), web.Actor(r), url.Values(in.Fields)
	to := pilotPath(web.PageOf(r, ""), v)
	step := form.Get("step")
	if step == "begin" {
		if err := p.Assessments.BeginPilot(ctx, who, v.ID, it.Key); err != nil {
			return p.showPilot(w, r, nil, "", err)
		}
		return web.Redirect(w, r, to+"/"+it.Key, "")
	}
	body, err := p.keepPilot(r, v, it, form)
	typed := form.Get("minutes")
	switch {
	case err != nil:
	case step == "rest":
		err = p.Assessments.RestPilot(ctx, who, v.ID, it.Key)
	case step == "done":
		n := 0
		if n, err = strconv.Atoi(typed); err != nil || n < 1 {
			err = problem.Field("minutes", "Say how long it took in whole minutes, 1 or more.")
		} else {
			err = p.Assessments.EndPilot(ctx, who, v.ID, it.Key, n)
		}
	}
	if err != nil {
		return p.showPilot(w, r, body, typed, err)
	}
	if step == "done" {
		return web.Redirect(w, r, to, "Thank you. Only how long it took is counted.")
	}
	return web.Redirect(w, r, to+"/"+it.Key, "Kept.")
}

// keepPilot keeps the work that came with a form.
func (p *Pages) keepPilot(r *http.Request, v *assessment.Version, it assessment.PartItem, form url.Values) ([]byte, error) {
	tries, err := p.Assessments.Pilots(r.Context(), web.Actor(r), v.ID)
	if err != nil {
		return nil, err
	}
	before := tries[it.Key].Body
	if before == nil {
		before = it.Kind.Blank(it.Spec)
	}
	body, err := it.Kind.Form(it.Spec, before, form)
	if err == nil {
		err = p.Assessments.KeepPilot(r.Context(), web.Actor(r), v.ID, it.Key, body)
	}
	return body, err
}

// pilotDo does what a candidate could do on a task while its clock runs.
func (p *Pages) pilotDo(w http.ResponseWriter, r *http.Request) error {
	v, it, err := p.at(r)
	if err != nil {
		return err
	}
	var in struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return err
	}
	body, err := p.keepPilot(r, v, it, in.Fields)
	if err == nil {
		body, err = item.DoOnce(r.Context(), p.Assessments.DB, web.Actor(r), previewRef(r, it.Key), it.Kind, it.Spec, r.PathValue("action"), in.Fields)
	}
	return p.showPilot(w, r, body, "", err)
}

func (p *Pages) pilotLook(w http.ResponseWriter, r *http.Request) error {
	v, it, err := p.at(r)
	if err != nil {
		return err
	}
	to := pilotPath(web.PageOf(r, ""), v) + "/" + it.Key
	return p.lookAt(w, r, it, to+"/look", to)
}

// lookAt is a kind's page beside the work.
func (p *Pages) lookAt(w http.ResponseWriter, r *http.Request, it assessment.PartItem, here, back string) error {
	k, ok := it.Kind.(item.Looker)
	if !ok {
		return item.ErrLook
	}
	var body templ.Component
	body, err := k.Look(it.Spec, item.LookView{Path: r.PathValue("path"), Base: here, Back: back, Query: r.URL.Query(), Text: locale.For("en").T})
	if err != nil {
		return err
	}
	return web.Show(w, r, lookPage(web.PageOf(r, it.Head.Title), body))
}
