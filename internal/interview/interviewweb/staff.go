package interviewweb

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/interview"
	"candor/internal/item"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/ui/field"
	"candor/internal/web/ui/work"

	"github.com/a-h/templ"
)

// showView is an interview as a member reads it.
type showView struct {
	Page       web.Page
	Base, Here string
	Zone       *time.Location
	T          *interview.Talk
	Said       []said
	Work       []answer
	Form       askForm
	Preview    templ.Component // the lines that the question shows; nil: not asked for
	Takes      []aloudTake     // what was recorded for the question, newest first
	Way        string          // in which the page records: video, sound or screen; "" while nobody asked for it
	Members    []org.Member    // who can be named instead
	Ways       []interview.Way
	Handover   handoverForm
	Problem    *problem.Problem
	Fields     map[string]string
}

// answer is one answer of the work.
type answer struct {
	Key, Title string
	Read       templ.Component // nil: nothing was sent
	Open       bool
}

// askForm is a question as the page sends it. File is "item/file".
type askForm struct {
	Text   string `max:"9000"` // the longest is said by interview, in words
	Kind   string `max:"40"`
	File   string `max:"500"`
	From   int    `min:"0" max:"1000000"`
	To     int    `min:"0" max:"1000000"`
	Item   string `max:"64"`
	Anchor string `max:"200"`
	Turn   int    `min:"0" max:"9"`
	Step   string `max:"10"`
	// Of what is said aloud: the upload, what is said in it, and one that is thrown away.
	Recording string `max:"64"`
	Said      string `max:"50000"`
	Drop      string `max:"64"`
}

type handoverForm struct {
	Was    string `max:"64"`
	Member string `max:"64"`
	Reason string `max:"2000"`
}

func (f askForm) question() interview.Question {
	x := interview.Question{Text: f.Text, Kind: f.Kind, Item: f.Item, Anchor: strings.TrimSpace(f.Anchor), Recording: upload.ID(f.Recording), Said: f.Said}
	if f.File != "" {
		x.Item, x.File, _ = strings.Cut(f.File, "/")
		x.From, x.To, x.Anchor = f.From, f.To, ""
	}
	return x
}

func formOf(x interview.Question) askForm {
	f := askForm{Text: x.Text, Kind: x.Kind, Item: x.Item, Anchor: x.Anchor, Recording: string(x.Recording), Said: x.Said}
	if x.File != "" {
		f.File, f.From, f.To = x.Item+"/"+x.File, x.From, x.To
	}
	return f
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showTalk(w, r, nil, handoverForm{}, nil)
}

func (p *Pages) showTalk(w http.ResponseWriter, r *http.Request, typed *askForm, handover handoverForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	t, err := p.Interviews.Load(ctx, who, code(r))
	if err != nil {
		return err
	}
	v := showView{Page: web.PageOf(r, "Interview with "+t.App.Title()), Base: base(r), Here: base(r) + "/" + string(t.Code), T: t, Ways: p.Interviews.Ways(), Problem: prob, Fields: map[string]string{}, Handover: handover}
	if prob != nil {
		v.Fields = prob.Fields
	}
	if v.Zone, err = p.Interviews.Zone(ctx, who.Org); err != nil {
		return err
	}
	p.draw(r, &v)
	switch {
	case typed != nil:
		v.Form = *typed
	case !t.Drafted.IsZero():
		v.Form = formOf(t.Draft)
	case t.Turn == 0:
		v.Form = askForm{Item: t.Item, Anchor: t.Anchor}
	}
	if key, at := wanted(r, t.Quote); typed == nil && key != "" {
		v.Form.Item, v.Form.Anchor, v.Form.File, v.Form.From, v.Form.To = key, at, "", 0, 0
	}
	v.Form.Turn = t.Turn
	if t.Asks && t.State == interview.Ours {
		web.AllowCapture(w)
		p.aloudTakes(r, &v)
	}
	if v.Form.Step == "preview" && cause == nil {
		v.Preview = templ.Join(p.MD.Show(p.Interviews.Shown(t, v.Form.question())), v.heard())
	}
	if t.Runs {
		err := p.Interviews.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
			v.Members, err = p.Interviews.AskersIn(ctx, tx, t.Opening)
			return err
		})
		if err != nil {
			return err
		}
		v.Members = slices.DeleteFunc(v.Members, func(m org.Member) bool { return m.ID == t.Member })
	}
	return web.ShowWith(w, r, cause, showPage(v))
}

// draw makes the turns and the work of a page.
func (p *Pages) draw(r *http.Request, v *showView) {
	t, link := v.T, p.link(r)
	view := func(key string, body []byte) item.ReadView {
		return item.ReadView{Ref: item.Ref{Org: v.Page.Session.Org.ID, Version: string(t.Version.ID), Item: key}, Body: body, Seed: t.Work.Attempt.Seed + key, Candidate: true, Here: v.Here, Query: url.Values{}, Blind: t.App.Blind, Link: link}
	}
	for i := range t.Turns {
		x := &t.Turns[i]
		if len(x.Part.Items) == 0 {
			continue
		}
		it := x.Part.Items[0]
		s := said{ID: x.Part.Key, N: x.N, Who: x.Name, At: x.Asked, Stamp: stamp(x.Asked, v.Page.Zone), Plain: first(x.Text), Wait: x.Answered.IsZero(), Question: p.MD.Show(it.Head.Statement), Aloud: p.aloud(r, x.Aloud, en)}
		s.Piece = p.piece(t, x, view(x.Item, t.Work.Items[x.Item].Body), "The piece of the answer that it is about")
		if s.Who == "" {
			s.Who = "Somebody of the team"
		}
		for _, h := range t.Handovers {
			if h.Turn == x.N-1 {
				s.Moved = append(s.Moved, h.Now+" asks from here on instead of "+h.Was+".")
			}
		}
		if x.Body != nil && it.Kind.Answered(it.Spec, x.Body) {
			seen := view(it.Key, x.Body)
			seen.Done, seen.Candidate = x.Done, false
			s.Answer = it.Kind.Read(it.Spec, seen)
			if !t.App.Blind {
				s.When = stamp(x.Answered, v.Page.Zone)
			}
		}
		v.Said = append(v.Said, s)
	}
	for _, part := range t.Version.Parts {
		if attempt.IsTurn(part.Key) {
			continue
		}
		for _, it := range part.Items {
			w := answer{Key: it.Key, Title: it.Head.Title, Open: it.Key == t.Item && t.Turn == 0}
			if body := t.Work.Items[it.Key].Body; body != nil {
				w.Read = it.Kind.Read(it.Spec, view(it.Key, body))
			}
			v.Work = append(v.Work, w)
		}
	}
}

// kinds are the choices of how a question is answered.
func (v showView) kinds() (out []field.Option) {
	for _, w := range v.Ways {
		out = append(out, field.Option{Value: w.Kind, Text: w.Title})
	}
	return out
}

// files are the choices of a file to show lines of.
func (v showView) files() []field.Option {
	out := []field.Option{{Value: "", Text: "No lines"}}
	for _, w := range v.Work {
		for _, name := range interview.Names(v.T.Files[w.Key]) {
			n := strings.Count(strings.TrimSuffix(v.T.Files[w.Key][name], "\n"), "\n") + 1
			out = append(out, field.Option{Value: w.Key + "/" + name, Text: fmt.Sprintf("%s: %s (%d lines)", w.Title, name, n)})
		}
	}
	return out
}

// items are the choices of an answer to be about.
func (v showView) items() []field.Option {
	out := []field.Option{{Value: "", Text: "All of it"}}
	for _, w := range v.Work {
		out = append(out, field.Option{Value: w.Key, Text: w.Title})
	}
	return out
}

func (v showView) saved() work.View { return work.View{Zone: v.Page.Zone, Saved: v.T.Drafted} }

func members(list []org.Member) []field.Option {
	out := []field.Option{{Value: "", Text: "Choose somebody"}}
	for _, m := range list {
		out = append(out, field.Option{Value: m.ID, Text: m.Name})
	}
	return out
}

// number is a field's value; "" for none.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// back says a problem beside its field; what the asker may not do is a page of its own.
func back(err error) bool {
	p, ok := problem.As(err)
	return ok && p.Kind != problem.Missing && p.Kind != problem.Forbidden
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	var f askForm
	err := web.ReadForm(r, &f)
	if err == nil && f.Drop != "" {
		return p.dropAloud(w, r, f)
	}
	if err == nil && f.Step == "preview" {
		err = p.Interviews.Check(r.Context(), web.Actor(r), code(r), f.question())
		if err == nil {
			return p.showTalk(w, r, &f, handoverForm{}, nil)
		}
	} else if err == nil {
		err = p.Interviews.Ask(r.Context(), web.Actor(r), code(r), f.Turn, f.question())
	}
	if back(err) {
		return p.showTalk(w, r, &f, handoverForm{}, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/"+string(code(r)), "Asked. It is the candidate’s turn now, and a mail says so in their daytime.")
}

func (p *Pages) draft(w http.ResponseWriter, r *http.Request) error {
	var f askForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	if err := p.Interviews.Save(r.Context(), web.Actor(r), code(r), f.Turn, f.question()); err != nil {
		return err
	}
	return web.JSON(w, r, web.Saved{Saved: true})
}

func (p *Pages) close(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Turn int `min:"0" max:"9"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	err := p.Interviews.Close(r.Context(), web.Actor(r), code(r), f.Turn)
	if back(err) {
		return p.showTalk(w, r, nil, handoverForm{}, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/"+string(code(r)), "It is over. Whoever reads the work has all of it now.")
}

func (p *Pages) replace(w http.ResponseWriter, r *http.Request) error {
	var f handoverForm
	err := web.ReadForm(r, &f)
	if err == nil {
		err = p.Interviews.Replace(r.Context(), web.Actor(r), code(r), f.Was, f.Member, f.Reason)
	}
	if back(err) {
		return p.showTalk(w, r, nil, f, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/"+string(code(r)), "Somebody else asks now. The candidate is told by name.")
}
