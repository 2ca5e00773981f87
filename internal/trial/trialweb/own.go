package trialweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/response"
	"candor/internal/trial"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/field"
	"candor/internal/web/ui/work"

	"github.com/a-h/templ"
)

const ownPath = "/c/trial"

// ownView is a trial as its candidate reads it.
type ownView struct {
	words
	Page    web.Page
	Org     string
	Zone    *time.Location // the organisation's: of our days
	T       *trial.View
	Scope   templ.Component
	Days    []said
	Now     *trial.Day      // whose check-in is open here; nil: none
	Others  []trial.Day     // whose check-ins are open, too
	Form    templ.Component // where it is written; nil: not begun, or on another device
	Begins  bool            // the next press begins
	Other   bool            // another device edits
	Save    work.View
	Turn    templ.Attributes
	Typed   typed
	Problem *problem.Problem
	Fields  map[string]string
}

// typed is what came back with a problem.
type typed struct {
	First, Payee, Reason, Hours, Words string
	Day                                int
	Ratings                            map[string]int
}

// said is a day as pages draw it.
type said struct {
	trial.Day
	Answer templ.Component // nil: none came
	Wait   bool            // it can still come
}

func (v ownView) who() string {
	if v.T.HostName == "" {
		return v.Org
	}
	return v.T.HostName
}

func (v ownView) zoneName() string {
	name := v.Page.Zone.String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = strings.ReplaceAll(name[i+1:], "_", " ") + " time"
	}
	return name
}

// at is an instant in the candidate's zone, with its name.
func (v ownView) at(t time.Time) string {
	return t.In(v.Page.Zone).Format("Mon 2 Jan, 15:04") + " " + v.zoneName()
}

// firsts are the choices of the first day.
func (v ownView) firsts() (out []field.Option) {
	for _, d := range v.T.First {
		out = append(out, field.Option{Value: d.Format("2006-01-02"), Text: d.Format("Monday 2 January")})
	}
	return out
}

// whole is what is paid of a cancelled one, in words.
func (v ownView) owed() string {
	return payment.Money{Minor: v.T.Paid, Currency: v.T.Money.Currency}.String()
}

// levels are the choices of a criterion in the candidate's words.
func (v ownView) levels(c trial.Criterion) (out []field.Option) {
	for i := range c.Levels {
		out = append(out, field.Option{Value: strconv.Itoa(i + 1), Text: v.t("q_" + c.Key + "_" + strconv.Itoa(i+1))})
	}
	return out
}

func (v ownView) rated(key string) string {
	if n := v.Typed.Ratings[key]; n > 0 {
		return strconv.Itoa(n)
	}
	return ""
}

// hoursOf is what the hours' field of a day begins with.
func (v ownView) hoursOf(d trial.Day) string {
	switch {
	case v.Typed.Day == d.N && v.Typed.Hours != "":
		return v.Typed.Hours
	case d.Minutes >= 0:
		return hours(d.Minutes)
	}
	return ""
}

func (p *Pages) ownOf(ctx context.Context, r *http.Request) (ownView, error) {
	page := web.PageOf(r, "")
	v := ownView{words: words{locale.For(page.Lang)}, Page: page, Org: web.SessionOf(r).Org.Name, Fields: map[string]string{}}
	var err error
	if v.T, err = p.Trials.Own(ctx, web.Actor(r)); err != nil {
		return v, err
	}
	v.Zone, err = p.zone(r)
	return v, err
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error {
	return p.showOwn(w, r, typed{}, nil, nil)
}

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request, t typed, body []byte, cause error) error {
	prob, ok := problem.As(cause)
	if cause != nil && (!ok || prob.Kind == problem.Missing) {
		return cause
	}
	v, err := p.ownOf(r.Context(), r)
	if err != nil {
		return err
	}
	v.Page.Title, v.Typed, v.Problem, v.Fields = v.t("title"), t, prob, fieldsOf(prob)
	v.Scope = p.MD.Show(v.T.Scope)
	chosen, _ := strconv.Atoi(r.URL.Query().Get("day"))
	if t.Day > 0 {
		chosen = t.Day
	}
	for i := range v.T.Days {
		d := &v.T.Days[i]
		if len(d.Part.Items) == 0 { // not asked
			continue
		}
		it := d.Part.Items[0]
		s := said{Day: *d, Wait: !d.Sitting.Over(v.T.Now)}
		if d.Body != nil && it.Kind.Answered(it.Spec, d.Body) {
			s.Answer = it.Kind.Read(it.Spec, item.ReadView{Ref: ref(web.Actor(r).Org, v.T, d), Body: d.Body, Candidate: true, Link: p.link(r)})
		}
		v.Days = append(v.Days, s)
		if s.Wait {
			if v.Now == nil || d.N == chosen || v.Now.N != chosen {
				v.Now = d
			}
		}
	}
	for _, s := range v.Days {
		if s.Wait && s.N != v.Now.N {
			v.Others = append(v.Others, s.Day)
		}
	}
	if v.Now != nil {
		if err := p.form(r, &v, body); err != nil {
			return err
		}
	}
	return web.ShowWith(w, r, cause, ownPage(v))
}

func ref(o string, t *trial.View, d *trial.Day) item.Ref {
	return item.Ref{Org: o, Owner: string(t.Attempt), Version: string(t.Version), Item: attempt.DayKey(d.N), Sitting: string(d.Sitting.ID), End: d.Sitting.Closes()}
}

func (p *Pages) link(r *http.Request) item.Link {
	return func(u upload.Upload, f upload.Form) string { return p.Uploads.Link(web.Actor(r), u, f) }
}

// form draws where the check-in of the moment is written.
func (p *Pages) form(r *http.Request, v *ownView, body []byte) error {
	d, who := v.Now, web.Actor(r)
	it := d.Part.Items[0]
	v.Begins = d.Sitting.State == attempt.Ready
	v.Other = d.Sitting.Editor != "" && d.Sitting.Editor != who.Session
	if v.Begins {
		return nil
	}
	view, err := p.Trials.Attempts.View(r.Context(), who)
	if err != nil {
		return err
	}
	if body == nil {
		body = view.Body(it)
	}
	v.Save = work.View{Sitting: string(d.Sitting.ID), Epoch: int(d.Sitting.Takeover), Now: v.T.Now, Interval: view.Interval, Saved: d.Sitting.SavedAt, Zone: v.Page.Zone, Text: v.Locale, Continue: ownPath}
	if a, ok := view.Answers[it.Key]; ok {
		v.Turn = work.Turn(a.Turn.Client, a.Turn.Seq, a.N)
	}
	v.Form = it.Kind.Ask(it.Spec, item.AskView{Ref: ref(who.Org, v.T, d), Body: body, Seed: view.Attempt.Seed + it.Key, ReadOnly: v.Other, Text: v.Locale.T, Here: ownPath, Query: url.Values{}, Link: p.link(r)})
	return nil
}

func (p *Pages) accept(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		First string `max:"20"`
		Payee string `max:"5000"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Trials.Accept(r.Context(), web.Actor(r), f.First, f.Payee)
	}
	if err != nil {
		return p.showOwn(w, r, typed{First: f.First, Payee: f.Payee}, nil, err)
	}
	return p.done(w, r, "accepted_done")
}

// done goes back to the page with a sentence.
func (p *Pages) done(w http.ResponseWriter, r *http.Request, key string) error {
	return web.Redirect(w, r, ownPath, words{locale.For(web.PageOf(r, "").Lang)}.t(key))
}

func (p *Pages) decline(w http.ResponseWriter, r *http.Request) error {
	return p.leave(w, r, p.Trials.Decline, "declined_done")
}

func (p *Pages) cancelOwn(w http.ResponseWriter, r *http.Request) error {
	return p.leave(w, r, p.Trials.CancelOwn, "cancelled_done")
}

func (p *Pages) leave(w http.ResponseWriter, r *http.Request, act func(context.Context, actor.Actor, string) error, key string) error {
	var f struct {
		Reason string `max:"9000"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = act(r.Context(), web.Actor(r), f.Reason)
	}
	if err != nil {
		return p.showOwn(w, r, typed{Reason: f.Reason}, nil, err)
	}
	return p.done(w, r, key)
}

// dayForm names a day.
type dayForm struct {
	Day   int    `min:"0" max:"99"`
	Hours string `max:"20"`
}

// begin is the press on "write it"; no clock runs by it.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request) error {
	var f dayForm
	err := web.ReadForm(r, &f)
	if err == nil {
		_, err = p.Trials.Attempts.Begin(r.Context(), web.Actor(r), attempt.DayKey(f.Day))
	}
	if err != nil {
		return p.showOwn(w, r, typed{Day: f.Day}, nil, err)
	}
	return web.Redirect(w, r, ownPath+"?day="+strconv.Itoa(f.Day)+"#now", "")
}

func (p *Pages) hours(w http.ResponseWriter, r *http.Request) error {
	var f dayForm
	err := web.ReadForm(r, &f)
	var n int
	if err == nil {
		n, err = trial.ReadHours(f.Hours)
	}
	if err == nil {
		err = p.Trials.Report(r.Context(), web.Actor(r), f.Day, n)
	}
	if err != nil {
		return p.showOwn(w, r, typed{Day: f.Day, Hours: f.Hours}, nil, err)
	}
	return p.done(w, r, "hours_done")
}

// answer keeps what was posted, as one version received when its first byte came, with the hours where some are given, and sends it where the press
// says so.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	var f struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	ctx, who, values := r.Context(), web.Actor(r), url.Values(f.Fields)
	t, err := p.Trials.Own(ctx, who)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(values.Get("_day"))
	if err != nil || n < 1 || n > len(t.Days) || len(t.Days[n-1].Part.Items) == 0 {
		return trial.ErrMissing
	}
	d := t.Days[n-1]
	it := d.Part.Items[0]
	view, err := p.Trials.Attempts.View(ctx, who)
	if err != nil {
		return err
	}
	body, err := it.Kind.Form(it.Spec, view.Body(it), attempt.Own(values))
	back := func(err error) error {
		return p.showOwn(w, r, typed{Day: n, Hours: values.Get("_hours")}, body, err)
	}
	if err != nil {
		return back(err)
	}
	kept, err := p.Trials.Attempts.SavePage(ctx, who, attempt.Posted{Sitting: d.Sitting, Item: it.Key, Body: body, Fields: values, Request: web.RequestID(r), Received: received})
	if err != nil {
		return back(err)
	}
	if text := strings.TrimSpace(values.Get("_hours")); text != "" { // the words are kept, whatever stands here
		minutes, err := trial.ReadHours(text)
		if err == nil {
			err = p.Trials.Report(ctx, who, n, minutes)
		}
		if err != nil {
			return back(err)
		}
	}
	switch kept.Standing {
	case response.Late:
		return p.done(w, r, "late_kept")
	case response.Branch:
		return p.done(w, r, "branch_kept")
	}
	if values.Get("_go") != "send" {
		return p.done(w, r, "kept")
	}
	if !it.Kind.Answered(it.Spec, body) {
		return back(problem.New(problem.Invalid, "trial_empty", words{locale.For(web.PageOf(r, "").Lang)}.t("empty")))
	}
	if _, err := p.Trials.Attempts.Send(ctx, who, d.Part.Key); err != nil {
		return back(err)
	}
	return p.done(w, r, "sent")
}

func (p *Pages) evaluateOwn(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Words string              `max:"9000"`
		Rate  map[string][]string `form:"rate_*"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Trials.EvaluateOwn(r.Context(), web.Actor(r), ratings(f.Rate), f.Words)
	}
	if err != nil {
		return p.showOwn(w, r, typed{Ratings: ratings(f.Rate), Words: f.Words}, nil, err)
	}
	return p.done(w, r, "evaluated_done")
}

// Note draws, for a candidate's own pages, how their trial stands; nil where there is none.
func (p *Pages) Note(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error) {
	t, err := p.Trials.Own(ctx, who)
	if prob, ok := problem.As(err); ok && prob.Kind == problem.Missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return standing(ownView{words: words{locale.For(page.Lang)}, Page: page, Org: organisation, T: t}, true), nil
}

// First is where a candidate goes who has not accepted their trial; "" for everybody else.
func (p *Pages) First(ctx context.Context, who actor.Actor) (string, error) {
	t, err := p.Trials.Own(ctx, who)
	if prob, ok := problem.As(err); ok && prob.Kind == problem.Missing || err == nil && !t.Starts.IsZero() {
		return "", nil
	}
	return ownPath, err
}
