package threadweb

import (
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/problem"
	"candor/internal/thread"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/work"

	"github.com/a-h/templ"
)

const ownPath = "/c/conversation"

// ownView is a conversation as its candidate reads it.
type ownView struct {
	words
	Page    web.Page
	Org     string
	Thread  thread.Thread
	Item    string // the task it is about; "" is all
	Title   string // of the task
	Works   bool   // the candidate is working on the task
	Here    bool   // beside the work
	Usual   string
	Bubbles []bubble
	Told    []thread.Notice
	Version string
	Files   []attached // attached and not sent
	Text    string     // in the form
	Others  []string   // what was typed in other windows
	Problem *problem.Problem
	Fields  map[string]string
}

func (v ownView) address() string {
	if v.Item == "" {
		return ownPath
	}
	return ownPath + "?item=" + url.QueryEscape(v.Item)
}

// contact is who answers.
func (v ownView) contact() string {
	if v.Thread.Contact.ID == "" {
		return v.Org
	}
	return v.Thread.Contact.Name
}

// lead says who answers, and whether they may score.
func (v ownView) lead() string {
	if v.Thread.Scores {
		return v.t("lead_scores", "name", v.contact())
	}
	return v.t("lead", "name", v.contact())
}

// due is the last day, as the company counts it, by which they were told to have an answer.
func (v ownView) due() string {
	return v.Thread.Due.Add(-time.Minute).Format("Mon 2 Jan")
}

// newest is the last message for who hears it.
func (v ownView) newest() string {
	if len(v.Bubbles) == 0 {
		return ""
	}
	b := v.Bubbles[len(v.Bubbles)-1]
	return b.Who + ": " + first(v.Thread.Messages[len(v.Thread.Messages)-1].Body)
}

func (v ownView) save() work.View {
	w := work.View{Now: v.Page.Now, Zone: v.Page.Zone, Text: v.Locale}
	if len(v.Thread.Drafts) > 0 {
		w.Saved = v.Thread.Drafts[0].At
	}
	return w
}

// ownOf reads what the asking candidate sees, about one task or in all.
func (p *Pages) ownOf(ctx context.Context, who actor.Actor, page web.Page, organisation, item string) (v ownView, err error) {
	v = ownView{words: words{locale.For(page.Lang)}, Page: page, Org: organisation, Item: item, Fields: map[string]string{}}
	if v.Thread, err = p.Threads.Own(ctx, who, item); err != nil {
		return v, err
	}
	d, err := p.Threads.Usual(ctx, who.Org)
	if err != nil {
		return v, err
	}
	v.Usual = v.usual(d)
	if item != "" {
		if err := p.about(ctx, who, &v); err != nil {
			return v, err
		}
	}
	titles, err := p.titles(ctx, who.Org, v.Thread.Messages)
	if err != nil {
		return v, err
	}
	for _, m := range v.Thread.Messages {
		b := bubble{ID: m.ID, Who: m.Name, At: m.At, Stamp: stamp(m.At, page.Zone), Body: p.MD.Show(m.Body), Files: p.files(who, m.Files, "")}
		if m.Member == "" {
			b.Who, b.Own, b.Raw = v.t("you"), true, m.Body
		} else if m.Name == "" {
			b.Who = organisation
		}
		if m.Assumed {
			b.Assumed = v.t("assumed")
		}
		if item == "" && m.Item != "" {
			b.About = v.t("about", "task", titles[m.Version+m.Item])
		}
		if m.Notice != "" {
			b.All = v.t("all")
		}
		v.Bubbles = append(v.Bubbles, b)
	}
	v.Files = p.files(who, v.Thread.Files, "")
	for _, d := range v.Thread.Drafts {
		if v.Text == "" {
			v.Text = d.Text
			continue
		}
		v.Others = append(v.Others, d.Text)
	}
	return v, nil
}

// about narrows a conversation to one of the candidate's tasks. ErrMissing of attempt.
func (p *Pages) about(ctx context.Context, who actor.Actor, v *ownView) error {
	view, err := p.Attempts.View(ctx, who)
	if err != nil {
		return err
	}
	it, part, ok := view.Version.Item(v.Item)
	if !ok {
		return attempt.ErrMissing
	}
	v.Title, v.Version = it.Head.Title, string(view.Attempt.Version)
	v.Works = view.Sittings[part.Key].Works(view.Now)
	var list []thread.Message
	for _, m := range v.Thread.Messages {
		if m.Item == v.Item && m.Version == v.Version {
			list = append(list, m)
		}
	}
	v.Thread.Messages = list
	v.Told, err = p.Threads.Notices(ctx, who.Org, v.Version, v.Item)
	return err
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error {
	return p.showOwn(w, r, r.URL.Query().Get("item"), "", nil)
}

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request, item, typed string, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	v, err := p.ownOf(r.Context(), web.Actor(r), web.PageOf(r, ""), web.SessionOf(r).Org.Name, item)
	if err != nil {
		return err
	}
	v.Page.Title = v.t("title")
	if prob != nil {
		v.Problem, v.Fields, v.Text = prob, prob.Fields, typed
	}
	return web.ShowWith(w, r, cause, ownPage(v))
}

func (p *Pages) say(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Body string                `max:"20000"` // the longest is said by thread, in words
		Item string                `max:"64"`
		As   string                `max:"10"`
		Drop string                `max:"64"`
		File *multipart.FileHeader `form:"file"`
	}
	err := web.ReadForm(r, &f)
	ctx, who := r.Context(), web.Actor(r)
	v := ownView{words: words{locale.For(web.PageOf(r, "").Lang)}, Item: f.Item}
	toast := v.t("sent")
	if err == nil && (f.Drop != "" || f.As == "attach" || f.File != nil) { // what is typed stays beside it
		err = p.Threads.Save(ctx, who, "", thread.Draft{Text: f.Body}, f.Item, "form", clock.Milli(p.Threads.DB.Now()))
	}
	switch {
	case err != nil:
	case f.Drop != "":
		toast, err = v.t("detached"), p.Threads.Detach(ctx, who, "", f.Drop)
	case f.As == "attach":
		if err = p.attach(ctx, who, "", f.Item, f.File); err == nil && f.File == nil {
			err = problem.Field("file", v.t("no_file"))
		}
		toast = v.t("attached")
	default:
		if err = p.attach(ctx, who, "", f.Item, f.File); err != nil {
			break
		}
		err = p.Threads.Say(r.Context(), web.Actor(r), thread.Words{Item: f.Item, Assumed: f.As == "assumed", Body: f.Body})
	}
	if err != nil {
		if prob, ok := problem.As(err); ok && prob.Kind == problem.Missing {
			return err
		}
		return p.showOwn(w, r, f.Item, f.Body, err)
	}
	if f.As == "assumed" {
		toast = v.t("noted")
	}
	return web.Redirect(w, r, v.address(), toast)
}

func (p *Pages) draft(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Client string `max:"40"`
		Seq    int    `min:"1" max:"1000000000"`
		Item   string `max:"64"`
		Body   string `form:"body,raw" max:"20000"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	if err := p.Threads.Save(r.Context(), web.Actor(r), "", thread.Draft{Text: f.Body}, f.Item, f.Client, int64(f.Seq)); err != nil {
		return err
	}
	return web.JSON(w, r, web.Saved{Saved: true})
}

func (p *Pages) seen(w http.ResponseWriter, r *http.Request) error {
	if err := p.Threads.Seen(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.JSON(w, r, web.Saved{Saved: true})
}

// Beside draws, for the page of a task of the asking candidate, what everybody was told about it, and where they ask about it.
func (p *Pages) Beside(ctx context.Context, who actor.Actor, page web.Page, organisation, item string) (told, ask templ.Component, err error) {
	v, err := p.ownOf(ctx, who, page, organisation, item)
	if err != nil {
		return nil, nil, err
	}
	v.Here = true
	return toldNotes(v), askHere(v), nil
}

// Waiting draws, for a candidate's own pages, that somebody has answered them; nil when nobody has since they looked.
func (p *Pages) Waiting(ctx context.Context, who actor.Actor, page web.Page, organisation string) (templ.Component, error) {
	t, err := p.Threads.Own(ctx, who, "")
	if err != nil || !t.Unread {
		return nil, err
	}
	v := ownView{words: words{locale.For(page.Lang)}, Page: page, Org: organisation, Thread: t}
	return unreadNote(v), nil
}
