package openingweb

import (
	"net/http"
	"slices"

	"candor/internal/actor"
	"candor/internal/media/vtt"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/recorder"
	"candor/internal/web/ui/spoken"

	"github.com/a-h/templ"
)

// greetingView is where a member records what they say on an opening's page.
type greetingView struct {
	Page    web.Page
	Opening opening.Opening
	Path    string
	Way     string
	Takes   []greetingTake
	Shown   bool // one stands on the page
	Form    greetingForm
	Problem *problem.Problem
}

type greetingTake struct {
	ID, Take, Name, State, Tone, Src string
	Shown                            bool
}

type greetingForm struct {
	Recording string `max:"80"`
	Said      string `max:"4000"`
	Step      string `max:"8"` // save or drop
}

// recorder is the one that interviews have, with words for a greeting.
func (v greetingView) recorder() recorder.View {
	return recorder.View{Item: opening.GreetingItem, Way: v.Way, Uploads: "/o/" + v.Page.Session.Org.Path + "/-/uploads", Owner: opening.GreetingOwner(v.Opening.ID, v.Page.Session.Actor.ID),
		Length: opening.MaxGreeting, Soft: opening.MaxGreeting * 3 / 4, List: "takes-greeting", Pick: true, Text: recorder.Greeting(func(key string, pairs ...any) string { return locale.For("en").T("video."+key, pairs...) })}
}

func (p *Pages) greeting(w http.ResponseWriter, r *http.Request) error {
	return p.showGreeting(w, r, greetingForm{}, nil)
}

func (p *Pages) showGreeting(w http.ResponseWriter, r *http.Request, f greetingForm, cause error) error {
	who := web.Actor(r)
	op, takes, shown, err := p.Openings.Takes(r.Context(), who, opening.ID(r.PathValue("opening")))
	if err != nil {
		return err
	}
	v := greetingView{Page: web.PageOf(r, "Your greeting"), Opening: op, Path: p.path(r, op.ID), Way: "video", Form: f, Shown: shown != ""}
	if r.URL.Query().Get("way") == "sound" {
		v.Way = "sound"
	}
	for _, g := range takes {
		u := g.Upload
		t := greetingTake{ID: string(u.ID), Take: u.Purpose, Name: "Recorded " + u.Created.In(v.Page.Zone).Format("Mon 2 Jan, 15:04"), Src: p.Openings.Uploads.Link(who, u, upload.Play), Shown: u.ID == shown}
		if t.State, t.Tone = recorder.Stands(u.State == upload.Complete, u.Media.Playable(), u.Media.Harm()); t.Shown && t.Tone == "ok" {
			t.State = "Stands on the page"
		}
		if u.Media.Length > 0 {
			t.Name += ", " + vtt.Clock(u.Media.Length)
		}
		v.Takes = append(v.Takes, t)
		if v.Form.Said == "" && (t.Shown || f.Recording == t.ID) {
			v.Form.Said = vtt.Transcript(g.Words)
		}
	}
	if !slices.ContainsFunc(v.Takes, func(t greetingTake) bool { return t.ID == v.Form.Recording }) && len(v.Takes) > 0 {
		v.Form.Recording = v.Takes[0].ID
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, greetingPage(v))
}

// greet puts a recording on the opening's page, or takes it away.
func (p *Pages) greet(w http.ResponseWriter, r *http.Request) error {
	var f greetingForm
	err := web.ReadForm(r, &f)
	o, text := opening.ID(r.PathValue("opening")), "It stands on the page, beside your words."
	if err == nil {
		i := upload.ID(f.Recording)
		switch {
		case f.Step == "drop":
			i, text = "", "Your greeting is gone, with everything you recorded for it."
		case i == "":
			_, _, _, err = p.Openings.Takes(r.Context(), web.Actor(r), o)
			if err == nil {
				err = problem.Field("recording", "Record it first, or choose a recording from this device.")
			}
		}
		if err == nil {
			err = p.Openings.Greet(r.Context(), web.Actor(r), o, i, f.Said)
		}
	}
	if err != nil {
		return p.showGreeting(w, r, f, err)
	}
	return web.Redirect(w, r, p.path(r, o)+"/greeting", text)
}

// said is what a member says on the page of an opening; nil where they say nothing.
func (v doorView) said(f opening.Face) templ.Component {
	u := f.Greeting.Upload
	if u.ID == "" || v.Uploads == nil {
		return nil
	}
	who := actor.Actor{Org: v.Org.ID}
	x := spoken.View{Src: v.Uploads.Link(who, u, upload.Play), Poster: v.Uploads.Link(who, u, upload.Poster), Language: f.Greeting.Language, Words: f.Greeting.Words,
		Name: v.t("greeting", "name", f.Name), Said: v.t("greeting_words"), Picture: u.Media.Picture || u.Media.State != upload.Ready && u.Media.State != upload.Damaged}
	if x.Src == "" {
		return nil // without a content address nothing plays; the words stand there
	}
	if len(f.Greeting.Words) > 0 {
		x.Captions = v.Uploads.Link(who, u, upload.Text)
	}
	return spoken.Spoken(x)
}
