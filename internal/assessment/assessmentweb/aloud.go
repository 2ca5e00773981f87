package assessmentweb

import (
	"net/http"
	"time"

	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/media/vtt"
	"candor/internal/problem"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/recorder"

	"github.com/a-h/templ"
)

// aloudView is a question that an author says aloud.
type aloudView struct {
	Page     web.Page
	V        *assessment.Version
	Item     assessment.PartItem
	Newest   int
	Question templ.Component
	Way      string
	Length   int // seconds of a recording, at most
	Takes    []aloudTake
	Form     aloudForm
	Findings []item.Finding
	Problem  *problem.Problem
	Fields   map[string]string
}

// aloudTake is a recording that waits.
type aloudTake struct{ ID, Take, Name, Length, State, Tone, Src, Poster string }

type aloudForm struct {
	Recording string `max:"64"`
	Said      string `max:"50000"`
	Newest    int
	Step      string `max:"10"`
	Drop      string `max:"64"`
}

// prompts says whether an item's question can be said aloud.
func prompts(it assessment.PartItem) bool {
	_, ok := it.Kind.(item.Prompter)
	return ok
}

func (v aloudView) here() string { return itemPath(v.Page, v.V, v.Item) + "/aloud" }

func (v aloudView) recorder() recorder.View {
	en := locale.For("en")
	return recorder.View{Item: v.Item.Key, Way: v.Way, Uploads: base(v.Page) + "/-/uploads", Owner: assessment.PromptOwner(v.V.ID), Length: v.Length, Soft: v.Length * 3 / 4, List: "takes-question", Pick: true,
		Text: recorder.Asking(func(key string, pairs ...any) string { return en.T("video."+key, pairs...) })}
}

func (p *Pages) aloud(w http.ResponseWriter, r *http.Request) error {
	return p.showAloud(w, r, nil, nil, nil)
}

func (p *Pages) showAloud(w http.ResponseWriter, r *http.Request, typed *aloudForm, findings []item.Finding, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ver, _, newest, err := p.edited(r)
	if err != nil {
		return err
	}
	it, _, ok := ver.Item(r.PathValue("item"))
	k, can := it.Kind.(item.Prompter)
	if !ok || !can {
		return assessment.ErrMissing
	}
	list, err := p.Assessments.Takes(r.Context(), web.Actor(r), ver.ID, it.Key)
	if err != nil {
		return err
	}
	v := aloudView{Page: web.PageOf(r, "Say it aloud: "+it.Head.Title), V: ver, Item: it, Newest: newest, Findings: findings, Problem: prob, Fields: map[string]string{}, Way: recorder.WayOf(r.URL.Query().Get("way"))}
	v.Length, _ = k.Prompt(it.Spec)
	v.Question = p.MD.Show(it.Head.Statement)
	if prob != nil {
		v.Fields = prob.Fields
	}
	if typed != nil {
		v.Form = *typed
		v.Newest = typed.Newest // whoever else saved meanwhile is not passed over by showing the page again
	}
	for _, u := range list {
		v.Takes = append(v.Takes, p.takeOf(r, u, v.Page.Zone))
	}
	if v.Form.Recording == "" && len(v.Takes) > 0 {
		v.Form.Recording = v.Takes[0].ID
	}
	web.AllowCapture(w)
	return web.ShowWith(w, r, cause, aloudPage(v))
}

func (p *Pages) takeOf(r *http.Request, u upload.Upload, zone *time.Location) aloudTake {
	t := aloudTake{ID: string(u.ID), Take: u.Purpose, Name: "Recorded " + u.Created.In(zone).Format("Mon 2 Jan, 15:04"),
		Src: p.Uploads.Link(web.Actor(r), u, upload.Play), Poster: p.Uploads.Link(web.Actor(r), u, upload.Poster)}
	if u.Media.Length > 0 {
		t.Length = vtt.Clock(u.Media.Length)
	}
	t.State, t.Tone = recorder.Stands(u.State == upload.Complete, u.Media.Playable(), u.Media.Harm())
	return t
}

// said puts a recording into the question, throws one away, or has it asked in words alone.
func (p *Pages) said(w http.ResponseWriter, r *http.Request) error {
	var f aloudForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	v, it, err := p.at(r)
	if err != nil {
		return err
	}
	here := itemPath(web.PageOf(r, ""), v, it)
	if f.Drop != "" {
		if err := p.Assessments.DropTakes(r.Context(), web.Actor(r), v.ID, it.Key, upload.ID(f.Drop)); err != nil {
			return err
		}
		return web.Redirect(w, r, here+"/aloud", "It is gone.")
	}
	take := upload.ID(f.Recording)
	switch {
	case f.Step == "words":
		take = ""
	case take == "":
		return p.showAloud(w, r, &f, nil, problem.Field("recording", "Record it first, or choose a file."))
	}
	next, findings, err := p.Assessments.Prompt(r.Context(), web.Actor(r), v.ID, f.Newest, it.Key, take, f.Said)
	if _, ok := problem.As(err); ok {
		return p.showAloud(w, r, &f, findings, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/versions/"+string(next), "This is the draft. Its question is as you see it in the preview.")
}
