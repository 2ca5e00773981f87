package interviewweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/interview"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/response"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/work"

	"github.com/a-h/templ"
)

const ownPath = "/c/interview"

// ownView is an interview as its candidate reads it.
type ownView struct {
	words
	Page    web.Page
	Org     string
	Zone    *time.Location // the organisation's: of our days
	T       *interview.Talk
	Said    []said
	Now     *interview.Turn // the question of the moment; nil: it is not the candidate's turn
	Asked   templ.Component
	Form    templ.Component // where it is answered; nil: not begun, on a page of its own, or on another device
	Begins  bool            // the next press begins
	Apart   bool            // it is answered on a page of its own
	Other   bool            // another device edits
	Save    work.View
	Turn    templ.Attributes
	Problem *problem.Problem
}

// said is a turn as pages draw it.
type said struct {
	ID       string // of its place on the page
	N        int
	Who      string
	At       time.Time
	Stamp    string
	Question templ.Component
	Aloud    templ.Component // the question as it was said; nil: it was not
	Piece    templ.Component // what it is about, where that plays
	Answer   templ.Component // nil: none came
	When     string          // of the answer
	Wait     bool            // it is not there yet
	Plain    string          // the question, for who hears it
	Moved    []string        // that somebody else asks, before it
}

func (v ownView) who() string {
	if v.T.Name == "" {
		return v.Org
	}
	return v.T.Name
}

// until is the end of the candidate's turn in words.
func (v ownView) until() string {
	z := v.Page.Zone
	name := z.String()
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = strings.ReplaceAll(name[i+1:], "_", " ") + " time"
	}
	return v.T.Until().In(z).Format("Mon 2 Jan, 15:04") + " " + name
}

// owed is the day by which our question was promised.
func (v ownView) owed() string { return lastDay(v.T.Due, v.Zone) }

// moved are the handovers after so many questions, in words.
func (v ownView) moved(turn int) (out []string) {
	for _, h := range v.T.Handovers {
		if h.Turn == turn {
			out = append(out, v.t("moved", "now", h.Now, "was", h.Was))
		}
	}
	return out
}

func (p *Pages) ownOf(ctx context.Context, who actor.Actor, page web.Page, organisation string) (ownView, error) {
	v := ownView{words: words{locale.For(page.Lang)}, Page: page, Org: organisation}
	var err error
	if v.T, err = p.Interviews.Own(ctx, who); err != nil {
		return v, err
	}
	if v.Zone, err = p.Interviews.Zone(ctx, who.Org); err != nil {
		return v, err
	}
	return v, nil
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error { return p.showOwn(w, r, nil, nil) }

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request, body []byte, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	who := web.Actor(r)
	v, err := p.ownOf(r.Context(), who, web.PageOf(r, ""), web.SessionOf(r).Org.Name)
	if err != nil {
		return err
	}
	v.Page.Title, v.Problem = v.t("title"), prob
	for i := range v.T.Turns {
		x := &v.T.Turns[i]
		s := said{ID: attempt.TurnKey(x.N), N: x.N, Who: x.Name, At: x.Asked, Stamp: stamp(x.Asked, v.Page.Zone), Plain: first(x.Text), Moved: v.moved(x.N - 1)}
		if s.Who == "" {
			s.Who = v.Org
		}
		if len(x.Part.Items) == 0 { // its words were erased
			continue
		}
		it := x.Part.Items[0]
		s.Question, s.Aloud = p.MD.Show(it.Head.Statement), p.aloud(r, x.Aloud, v.words)
		s.Piece = p.piece(v.T, x, item.ReadView{Ref: item.Ref{Org: who.Org, Owner: string(v.T.Attempt), Version: string(v.T.Version.ID), Item: x.Item}, Body: v.T.Work.Items[x.Item].Body, Candidate: true, Link: p.link(r)}, v.t("piece"))
		switch {
		case x.Answered.IsZero():
			s.Wait = true
			v.Now, v.Asked = x, s.Question
			for _, more := range []templ.Component{s.Piece, s.Aloud} {
				if more != nil {
					v.Asked = templ.Join(v.Asked, more)
				}
			}
		case x.Body != nil && it.Kind.Answered(it.Spec, x.Body):
			s.Answer, s.When = it.Kind.Read(it.Spec, item.ReadView{Ref: ref(who.Org, v.T, x), Body: x.Body, Done: x.Done, Candidate: true, Link: p.link(r)}), stamp(x.Answered, v.Page.Zone)
		}
		v.Said = append(v.Said, s)
	}
	if v.Now != nil {
		if err := p.form(r, &v, body); err != nil {
			return err
		}
	}
	return web.ShowWith(w, r, cause, ownPage(v))
}

func ref(o string, t *interview.Talk, x *interview.Turn) item.Ref {
	return item.Ref{Org: o, Owner: string(t.Attempt), Version: string(t.Version.ID), Item: attempt.TurnKey(x.N), Sitting: string(x.Sitting.ID), End: x.Sitting.Closes()}
}

func (p *Pages) link(r *http.Request) item.Link {
	return func(u upload.Upload, f upload.Form) string { return p.Uploads.Link(web.Actor(r), u, f) }
}

// form draws where the question of the moment is answered.
func (p *Pages) form(r *http.Request, v *ownView, body []byte) error {
	x, who := v.Now, web.Actor(r)
	it := x.Part.Items[0]
	if _, does := it.Kind.(item.Doer); does {
		v.Apart = true
	}
	v.Begins = x.Sitting.State == attempt.Ready
	v.Other = x.Sitting.Editor != "" && x.Sitting.Editor != who.Session
	if v.Begins || v.Apart {
		return nil
	}
	view, err := p.Interviews.Attempts.View(r.Context(), who)
	if err != nil {
		return err
	}
	if body == nil {
		body = view.Body(it)
	}
	v.Save = work.View{Sitting: string(x.Sitting.ID), Epoch: int(x.Sitting.Takeover), Now: v.T.Now, Interval: view.Interval, Saved: x.Sitting.SavedAt, Zone: v.Page.Zone, Text: v.Locale, Continue: ownPath}
	if a, ok := view.Answers[it.Key]; ok {
		v.Turn = work.Turn(a.Turn.Client, a.Turn.Seq, a.N)
	}
	v.Form = it.Kind.Ask(it.Spec, item.AskView{Ref: ref(who.Org, v.T, x), Body: body, Seed: view.Attempt.Seed + it.Key, ReadOnly: v.Other, Text: v.Locale.T, Here: ownPath, Query: url.Values{}, Link: p.link(r)})
	return nil
}

// begin is the press on "write your answer"; no clock runs by it.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request) error {
	t, err := p.Interviews.Own(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	if t.State != interview.Theirs || len(t.Turns) == 0 {
		return web.Redirect(w, r, ownPath, "")
	}
	x := t.Turns[len(t.Turns)-1]
	if _, err := p.Interviews.Attempts.Begin(r.Context(), web.Actor(r), attempt.TurnKey(x.N)); err != nil {
		if _, ok := problem.As(err); ok {
			return p.showOwn(w, r, nil, err)
		}
		return err
	}
	if len(x.Part.Items) > 0 {
		if _, does := x.Part.Items[0].Kind.(item.Doer); does {
			return web.Redirect(w, r, "/c/parts/"+attempt.TurnKey(x.N), "")
		}
	}
	return web.Redirect(w, r, ownPath+"#now", "")
}

// answer keeps what was posted, as one version received when its first byte came, and sends it where the press says so.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	received := web.Received(r)
	var f struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	values := url.Values(f.Fields)
	t, err := p.Interviews.Own(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(values.Get("_turn"))
	if err != nil || n < 1 || n > len(t.Turns) || len(t.Turns[n-1].Part.Items) == 0 {
		return interview.ErrMissing
	}
	x := t.Turns[n-1]
	it := x.Part.Items[0]
	view, err := p.Interviews.Attempts.View(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	body, err := it.Kind.Form(it.Spec, view.Body(it), attempt.Own(values))
	if err != nil {
		return p.showOwn(w, r, body, err)
	}
	kept, err := p.Interviews.Attempts.SavePage(r.Context(), web.Actor(r), attempt.Posted{Sitting: x.Sitting, Item: it.Key, Body: body, Fields: values, Request: web.RequestID(r), Received: received})
	if err != nil {
		return p.showOwn(w, r, body, err)
	}
	v := words{locale.For(web.PageOf(r, "").Lang)}
	switch kept.Standing {
	case response.Late:
		return web.Redirect(w, r, ownPath, v.t("late_kept"))
	case response.Branch:
		return web.Redirect(w, r, ownPath, v.t("branch_kept"))
	}
	if values.Get("_go") != "send" {
		return web.Redirect(w, r, ownPath+"#now", v.t("kept"))
	}
	if !it.Kind.Answered(it.Spec, body) && values.Get("_empty") == "" {
		return p.showOwn(w, r, body, problem.New(problem.Invalid, "interview_empty", v.t("empty")))
	}
	if _, err := p.Interviews.Attempts.Send(r.Context(), web.Actor(r), x.Part.Key); err != nil {
		return p.showOwn(w, r, body, err)
	}
	return web.Redirect(w, r, ownPath, v.t("sent"))
}

// Note draws, for a candidate's own pages, how their interview stands; nil where there is none.
func (p *Pages) Note(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error) {
	v, err := p.ownOf(ctx, who, page, organisation)
	if prob, ok := problem.As(err); ok && prob.Kind == problem.Missing {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return standing(v, true), nil
}
