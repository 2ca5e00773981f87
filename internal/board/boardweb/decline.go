package boardweb

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"candor/internal/board"
	"candor/internal/feedback"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/web"
	"candor/internal/web/ui/work"
)

// maxLetters is how large a page of replies may be, in bytes: fifty of ten thousand characters that take three bytes each, escaped.
const maxLetters = 6 << 20

// lettersForm is the replies to many: b.<application> is the text, l.<application>.<criterion> the level in words, t.<...> the text to it.
type lettersForm struct {
	Pick   []string          `max:"500"`
	Reason string            `max:"500"`
	Bodies map[string]string `form:"b.*"`
	Levels map[string]string `form:"l.*" max:"2500"`
	Texts  map[string]string `form:"t.*" max:"2500"`
}

// draft is what was typed for somebody, in the order of their criteria; there is false when nothing of theirs was posted.
func (f lettersForm) draft(l board.Letter) (d feedback.Draft, there bool) {
	a := string(l.Application)
	d = l.Draft
	body, there := f.Bodies[a]
	if !there {
		return d, false
	}
	d.Body, d.Lines = strings.TrimSpace(body), slices.Clone(d.Lines)
	for i, line := range d.Lines {
		d.Lines[i].Level = strings.TrimSpace(f.Levels[a+"."+line.Key])
		d.Lines[i].Text = strings.TrimSpace(f.Texts[a+"."+line.Key])
	}
	return d, true
}

type declineView struct {
	Page    web.Page
	Here    string
	Opening opening.Opening
	Letters []letterView   // to whom something can be said now
	Held    []board.Letter // the others
	Reason  string
	Problem *problem.Problem
}

// letterView is a letter with what is to look at again in it.
type letterView struct {
	board.Letter
	Warned map[string]feedback.Warnings
}

// letter is the reply as its candidate reads it.
func (l letterView) letter() feedback.Reply {
	l.Draft.Outcome = review.Reject
	return feedback.Letter(l.Draft, l.Table.Last)
}

func (v declineView) saved() work.View {
	out := work.View{Zone: v.Page.Zone}
	for _, l := range v.Letters {
		if l.Draft.Saved.After(out.Saved) {
			out.Saved = l.Draft.Saved
		}
	}
	return out
}

// decline begins a reply to each.
func (p *Pages) decline(w http.ResponseWriter, r *http.Request) error {
	return p.letters(w, r, lettersForm{Pick: r.URL.Query()["pick"]}, nil)
}

func (p *Pages) letters(w http.ResponseWriter, r *http.Request, f lettersForm, cause error) error {
	prob, err := problem.Shown(cause)
	if err != nil {
		return err
	}
	all, err := p.Boards.Letters(r.Context(), web.Actor(r), openingOf(r), picked(f.Pick))
	if err != nil {
		return err
	}
	op, err := p.Boards.Openings.Load(r.Context(), web.Actor(r), openingOf(r))
	if err != nil {
		return err
	}
	v := declineView{Page: web.PageOf(r, "Decline, each in their own words"), Here: here(r), Opening: op, Reason: f.Reason, Problem: prob}
	for _, l := range all {
		if l.Why != "" {
			v.Held = append(v.Held, l)
			continue
		}
		l.Draft, _ = f.draft(l)
		v.Letters = append(v.Letters, letterView{l, feedback.Warned(l.Draft)})
	}
	return web.ShowWith(w, r, cause, declinePage(v))
}

// typed reads the form, and the letters of those who stand in it.
func (p *Pages) typed(r *http.Request) (lettersForm, []board.Letter, error) {
	var f lettersForm
	ferr := web.ReadForm(r, &f)
	picks := slices.DeleteFunc(picked(f.Pick), func(a opening.ApplicationID) bool { _, there := f.Bodies[string(a)]; return !there })
	all, err := p.Boards.Letters(r.Context(), web.Actor(r), openingOf(r), picks)
	if err != nil {
		return f, nil, err
	}
	for i, l := range all {
		all[i].Draft, _ = f.draft(l)
	}
	return f, all, ferr
}

// save keeps the drafts, posted as one writes or by the button.
func (p *Pages) save(w http.ResponseWriter, r *http.Request) error {
	f, all, err := p.typed(r)
	if err == nil {
		err = p.Boards.Keep(r.Context(), web.Actor(r), all)
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		if err != nil {
			return err
		}
		return web.JSON(w, r, web.Saved{Saved: true})
	}
	if err != nil {
		return p.letters(w, r, f, err)
	}
	return web.Redirect(w, r, here(r)+"/decline?"+url.Values{"pick": f.Pick}.Encode(), "Drafts saved.")
}

// declined sends all of them in one act.
func (p *Pages) declined(w http.ResponseWriter, r *http.Request) error {
	f, all, err := p.typed(r)
	if err != nil {
		return p.letters(w, r, f, err)
	}
	results, err := p.Boards.Decline(r.Context(), web.Actor(r), all, f.Reason)
	if err != nil {
		return p.letters(w, r, f, err)
	}
	return p.became(w, r, "Declined", results)
}
