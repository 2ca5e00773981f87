package interviewweb

import (
	"net/http"
	"slices"

	"candor/internal/interview"
	"candor/internal/media/vtt"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"
	"candor/internal/web/ui/recorder"
	"candor/internal/web/ui/spoken"

	"github.com/a-h/templ"
)

// en are the words of staff's pages.
var en = words{locale.For("en")}

// aloud is a question as it was said, for whoever looks; nil where it was not.
func (p *Pages) aloud(r *http.Request, a upload.Spoken, w words) templ.Component {
	if a.Upload.ID == "" {
		return nil
	}
	who, u := web.Actor(r), a.Upload
	v := spoken.View{Src: p.Uploads.Link(who, u, upload.Play), Poster: p.Uploads.Link(who, u, upload.Poster), Language: a.Language, Words: a.Words, Name: w.T("video.asked_aloud"), Said: w.T("video.asked_words"),
		Gone: w.T("video.aloud_gone"), Picture: u.Media.Picture || u.Media.State != upload.Ready && u.Media.State != upload.Damaged}
	if len(a.Words) > 0 {
		v.Captions = p.Uploads.Link(who, u, upload.Text)
	}
	return spoken.Spoken(v)
}

// aloudTake is a recording that whoever asks has made for the next question.
type aloudTake struct {
	upload.Spoken
	ID, Take, Name, Length string
	State, Tone            string
	Src, Poster            string
	view                   templ.Component
}

// aloudTakes draws what was recorded; where nobody chose, the newest is the question's.
func (p *Pages) aloudTakes(r *http.Request, v *showView) {
	if way := r.URL.Query().Get("aloud"); way != "" { // nobody asked for it yet: it stays folded
		v.Way = recorder.WayOf(way)
	}
	who := web.Actor(r)
	for _, a := range v.T.Takes {
		u := a.Upload
		t := aloudTake{Spoken: a, ID: string(u.ID), Take: u.Purpose, Name: "Recorded " + stamp(u.Created, v.Page.Zone), view: p.aloud(r, a, en),
			Src: p.Uploads.Link(who, u, upload.Play), Poster: p.Uploads.Link(who, u, upload.Poster)}
		if u.Media.Length > 0 {
			t.Length = vtt.Clock(u.Media.Length)
		}
		t.State, t.Tone = recorder.Stands(u.State == upload.Complete, u.Media.Playable(), u.Media.Harm())
		v.Takes = append(v.Takes, t)
	}
	chosen := slices.IndexFunc(v.Takes, func(t aloudTake) bool { return t.ID == v.Form.Recording })
	if chosen < 0 && v.Form.Recording != string(interview.None) && len(v.Takes) > 0 {
		chosen, v.Form.Recording = 0, v.Takes[0].ID
	}
	if chosen >= 0 && v.Form.Said == "" {
		v.Form.Said = vtt.Transcript(v.Takes[chosen].Words)
	}
}

// heard is the chosen recording as the candidate gets it.
func (v showView) heard() templ.Component {
	for _, t := range v.Takes {
		if t.ID == v.Form.Recording && t.view != nil {
			return t.view
		}
	}
	return templ.NopComponent
}

// dropAloud throws a recording away; what is written beside it stays.
func (p *Pages) dropAloud(w http.ResponseWriter, r *http.Request, f askForm) error {
	if err := p.Interviews.Save(r.Context(), web.Actor(r), code(r), f.Turn, f.question()); err != nil {
		return err
	}
	if err := p.Interviews.DropAloud(r.Context(), web.Actor(r), code(r), upload.ID(f.Drop)); err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/"+string(code(r))+"#aloud", "It is gone.")
}

// recorder is where the question is recorded.
func (v showView) recorder() recorder.View {
	return recorder.View{Item: interview.QuestionKey(v.T.Turn + 1), Way: recorder.WayOf(v.Way), Uploads: "/o/" + v.Page.Session.Org.Path + "/-/uploads", Owner: interview.Owner(v.T.Code), Length: interview.MaxAloud,
		Soft: interview.MaxAloud * 3 / 4, List: "takes-question", Pick: true, Text: recorder.Asking(func(key string, pairs ...any) string { return en.T("video."+key, pairs...) })}
}
