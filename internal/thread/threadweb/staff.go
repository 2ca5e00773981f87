package threadweb

import (
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/thread"
	"candor/internal/web"
	"candor/internal/web/ui/work"
)

func base(r *http.Request) string { return "/o/" + r.PathValue("org") + "/conversations" }

func application(r *http.Request) opening.ApplicationID {
	return opening.ApplicationID(r.PathValue("application"))
}

// readView is a conversation as a member reads it.
type readView struct {
	Page    web.Page
	Base    string // of the list
	Here    string
	T       thread.Thread
	Bubbles []bubble
	About   string // the task that an answer is about; "" none
	Text    string
	Files   []attached // attached and not sent
	Problem *problem.Problem
	Fields  map[string]string
}

// staffBubbles are messages as members read them; who is what the candidate is called, here where the page stands ("" offers no answer to all).
func (p *Pages) staffBubbles(reader actor.Actor, list []thread.Message, titles map[string]string, zone *time.Location, here, who string) []bubble {
	var out []bubble
	for _, m := range list {
		b := bubble{ID: m.ID, Who: m.Name, Own: m.Member != "", At: m.At, Body: p.MD.Show(m.Body), About: titles[m.Version+m.Item], Files: p.files(reader, m.Files, "A file; whoever answers can open it")}
		switch {
		case m.Member == "":
			b.Who = who
		case m.Name == "":
			b.Who = "Somebody of the team"
		}
		if !m.At.IsZero() {
			b.Stamp = stamp(m.At, zone)
		}
		if m.Assumed {
			b.Assumed = "Assumed"
		}
		if m.Notice != "" {
			b.All = "To everybody"
		}
		if here != "" && m.Member == "" && m.Item != "" {
			b.Tell = here + "/messages/" + url.PathEscape(m.ID) + "/everybody"
		}
		out = append(out, b)
	}
	return out
}

func (v readView) newest() string {
	if len(v.Bubbles) == 0 {
		return ""
	}
	return v.Bubbles[len(v.Bubbles)-1].Who + ": " + first(v.T.Messages[len(v.T.Messages)-1].Body)
}

func (v readView) saved() work.View {
	w := work.View{Zone: v.Page.Zone}
	if len(v.T.Drafts) > 0 {
		w.Saved = v.T.Drafts[0].At
	}
	return w
}

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	return p.showRead(w, r, "", nil)
}

func (p *Pages) showRead(w http.ResponseWriter, r *http.Request, typed string, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	t, err := p.Threads.Load(ctx, who, application(r))
	if err != nil {
		return err
	}
	v := readView{Page: web.PageOf(r, "Conversation with "+t.App.Title()), Base: base(r), Here: base(r) + "/" + r.PathValue("application"), T: t, Text: typed, Problem: prob, Fields: map[string]string{}}
	if prob != nil {
		v.Fields = prob.Fields
	} else if len(t.Drafts) > 0 {
		v.Text = t.Drafts[0].Text
	}
	titles, err := p.titles(ctx, who.Org, t.Messages)
	if err != nil {
		return err
	}
	here := ""
	if t.Answers {
		here = v.Here
	}
	v.Files = p.files(who, t.Files, "")
	v.Bubbles = p.staffBubbles(who, t.Messages, titles, v.Page.Zone, here, t.App.Title())
	for _, m := range slices.Backward(t.Messages) {
		if m.Member == "" && !m.Assumed {
			v.About = titles[m.Version+m.Item]
			break
		}
	}
	return web.ShowWith(w, r, cause, readPage(v))
}

type answerForm struct {
	Body string                `max:"20000"` // the longest is said by thread, in words
	As   string                `max:"10"`
	Drop string                `max:"64"`
	File *multipart.FileHeader `form:"file"`
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	var f answerForm
	err := web.ReadForm(r, &f)
	ctx, who, toast := r.Context(), web.Actor(r), "Sent. It stands on the candidate’s page now, and a mail says so if they are away."
	if err == nil && (f.Drop != "" || f.As == "attach" || f.File != nil) { // what is typed stays beside it
		err = p.Threads.Save(ctx, who, application(r), thread.Draft{Text: f.Body}, "", "form", clock.Milli(p.Threads.DB.Now()))
	}
	switch {
	case err != nil:
	case f.Drop != "":
		toast, err = "Taken away.", p.Threads.Detach(ctx, who, application(r), f.Drop)
	default:
		err = p.attach(ctx, who, application(r), "", f.File)
		if f.As == "attach" {
			if toast = "Attached. It goes with what you send next."; err == nil && f.File == nil {
				err = problem.Field("file", "Choose a file first.")
			}
		} else if err == nil {
			err = p.Threads.Answer(ctx, who, application(r), f.Body)
		}
	}
	if prob, ok := problem.As(err); ok && prob.Kind == problem.Invalid {
		return p.showRead(w, r, f.Body, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/"+r.PathValue("application"), toast)
}

func (p *Pages) answerDraft(w http.ResponseWriter, r *http.Request) error {
	var f answerForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	now := clock.Milli(p.Threads.DB.Now())
	if err := p.Threads.Save(r.Context(), web.Actor(r), application(r), thread.Draft{Text: f.Body}, "", "form", now); err != nil {
		return err
	}
	return web.JSON(w, r, web.Saved{Saved: true})
}

// everybodyView is an answer that goes to everybody.
type everybodyView struct {
	Page       web.Page
	Base, Here string
	Source     thread.Source
	Asked      bubble
	Open, Over int // people who have the task before them, and who have sent it
	Form       everybodyForm
	Preview    bool
	Problem    *problem.Problem
	Fields     map[string]string
}

type everybodyForm struct {
	Question string `max:"20000"`
	Answer   string `max:"20000"`
	Step     string `max:"10"`
}

// who says who gets it.
func (v everybodyView) who() string {
	n := strconv.Itoa(v.Open) + " people have this task before them or are working on it"
	if v.Open == 1 {
		n = "1 person has this task before them or is working on it"
	}
	out := n + ": it stands beside the task at once. Whoever begins later sees it too."
	switch v.Over {
	case 0:
		return out
	case 1:
		return out + " 1 person has sent it already, and cannot use it any more."
	}
	return out + " " + strconv.Itoa(v.Over) + " people have sent it already, and cannot use it any more."
}

func (p *Pages) everybody(w http.ResponseWriter, r *http.Request) error {
	return p.showEverybody(w, r, everybodyForm{}, nil)
}

func (p *Pages) showEverybody(w http.ResponseWriter, r *http.Request, f everybodyForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	ctx, who := r.Context(), web.Actor(r)
	s, err := p.Threads.Source(ctx, who, application(r), r.PathValue("message"))
	if err != nil {
		return err
	}
	v := everybodyView{Page: web.PageOf(r, "Answer everybody"), Base: base(r) + "/" + string(s.App.ID), Source: s, Form: f, Problem: prob, Fields: map[string]string{}}
	v.Here = v.Base + "/messages/" + url.PathEscape(s.Message.ID) + "/everybody"
	v.Asked = p.staffBubbles(who, []thread.Message{s.Message}, nil, v.Page.Zone, "", s.App.Title())[0]
	v.Preview = f.Step == "preview" && cause == nil
	if prob != nil {
		v.Fields = prob.Fields
	}
	err = p.Threads.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		v.Open, v.Over, err = p.Attempts.AtPart(ctx, tx, assessment.VersionID(s.Message.Version), s.Part)
		return err
	})
	if err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, everybodyPage(v))
}

func (p *Pages) answerAll(w http.ResponseWriter, r *http.Request) error {
	var f everybodyForm
	err := web.ReadForm(r, &f)
	if err == nil && f.Step == "send" {
		err = p.Threads.AnswerAll(r.Context(), web.Actor(r), application(r), r.PathValue("message"), f.Question, f.Answer)
	} else if err == nil {
		var s thread.Source
		if s, err = p.Threads.Source(r.Context(), web.Actor(r), application(r), r.PathValue("message")); err == nil {
			err = s.CheckNotice(f.Question, f.Answer)
		}
	}
	if err == nil && f.Step == "send" {
		return web.Redirect(w, r, base(r)+"/"+r.PathValue("application"), "Told to everybody. It stands beside the task now.")
	}
	if prob, ok := problem.As(err); ok && prob.Kind != problem.Invalid {
		return err
	}
	return p.showEverybody(w, r, f, err)
}
