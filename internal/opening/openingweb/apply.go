package openingweb

import (
	"errors"
	"net/http"
	"time"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/upload"
	"candor/internal/web"
	"candor/internal/web/locale"

	"github.com/a-h/templ"
)

// doorView is the page behind an opening's public link.
type doorView struct {
	Page    web.Page
	L       *locale.Locale
	Link    string
	Org     org.Org
	Opening opening.Opening
	Contact org.Member
	Steps   []doorStep
	Minutes int // of all steps
	Form    applyForm
	Problem *problem.Problem
	Shut    bool // no applications are taken
	Mailed  bool // a mail is on its way
	Asked   bool // a question is
	Says    opening.Page
	Uploads *upload.Uploads // of the greetings; nil: there are none
	Kept    opening.Rate
	Tells   bool // there are enough replies to say how they were kept
	Tries   bool // whoever reads it can try the tools
	Asking  askForm
	Trying  templ.Component // on the page that tries them
	Confirm string          // what the mail's link holds: the page asks for one press
}

type doorStep struct {
	Title   string
	Minutes int
	Choice  []string // titles of what they choose from; nil: there is no choice
}

type askForm struct {
	Asker    string `max:"254"`
	Question string `max:"2000"`
}

type applyForm struct {
	Name  string `max:"120"`
	Email string `max:"254"`
	Zone  string `max:"64"`
}

func (v doorView) t(key string, pairs ...any) string { return v.L.T("apply."+key, pairs...) }

func (v doorView) path() string { return "/apply/" + v.Link }

// lasts is about how long something takes, in the words of a page.
func lasts(t func(key string, pairs ...any) string, minutes int) string {
	if minutes < 120 {
		return t("minutes", "n", minutes)
	}
	return t("hours", "n", (minutes+30)/60)
}

func (p *Pages) door(w http.ResponseWriter, r *http.Request) error {
	return p.showDoor(w, r, doorView{Mailed: r.URL.Query().Has("mailed"), Asked: r.URL.Query().Has("asked")}, nil)
}

func (p *Pages) apply(w http.ResponseWriter, r *http.Request) error {
	var f applyForm
	back := func(err error) error { return p.showDoor(w, r, doorView{Form: f}, err) }
	if err := web.ReadForm(r, &f); err != nil {
		return back(err)
	}
	if _, err := time.LoadLocation(f.Zone); err != nil || f.Zone == "Local" {
		f.Zone = "" // a guess of the browser's, nobody typed it
	}
	link := r.PathValue("secret")
	if err := p.Openings.Apply(r.Context(), link, opening.Applicant{Name: f.Name, Email: f.Email, Zone: f.Zone}); err != nil {
		return back(err)
	}
	return web.Redirect(w, r, "/apply/"+link+"?mailed", "")
}

// wonder sends a question of somebody who has not applied.
func (p *Pages) wonder(w http.ResponseWriter, r *http.Request) error {
	var f askForm
	err := web.ReadForm(r, &f)
	link := r.PathValue("secret")
	if err == nil {
		err = p.Openings.Wonder(r.Context(), link, opening.Question{Email: f.Asker, Text: f.Question})
	}
	if err != nil {
		return p.showDoor(w, r, doorView{Asking: f}, err)
	}
	return web.Redirect(w, r, "/apply/"+link+"?asked", "")
}

// try is the practice for somebody who has no place; what they post is gone with the page.
func (p *Pages) try(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Fields map[string][]string `form:"*"`
	}
	if r.Method == http.MethodPost {
		if err := web.ReadForm(r, &f); err != nil {
			return err
		}
	}
	c, err := p.Try(locale.For(web.PageOf(r, "").Lang), "/apply/"+r.PathValue("secret")+"/try", f.Fields)
	if err != nil {
		return err
	}
	return p.showDoor(w, r, doorView{Trying: c}, nil)
}

// confirming is the page behind the mail's link. It changes nothing: mail scanners look too.
func (p *Pages) confirming(w http.ResponseWriter, r *http.Request) error {
	return p.showDoor(w, r, doorView{Confirm: r.PathValue("sealed")}, nil)
}

func (p *Pages) confirm(w http.ResponseWriter, r *http.Request) error {
	inv, err := p.Openings.Confirm(r.Context(), r.PathValue("secret"), r.PathValue("sealed"))
	if err != nil {
		return p.showDoor(w, r, doorView{}, err)
	}
	return web.Redirect(w, r, "/i/"+p.Openings.Secret(inv), "")
}

func (p *Pages) showDoor(w http.ResponseWriter, r *http.Request, v doorView, cause error) error {
	v.Link = r.PathValue("secret")
	in, o, err := p.Openings.Door(r.Context(), v.Link)
	if errors.Is(err, opening.ErrApply) {
		// The same bytes whatever was asked for, as behind an invitation's link.
		page := web.Page{Title: "This link does not open", Lang: "en", Dir: "ltr"}
		return web.ShowWith(w, r, err, unknownDoor(page, locale.For("en")))
	}
	if err != nil {
		return err
	}
	v.Page = web.PageOf(r, "")
	v.L = locale.For(v.Page.Lang)
	err = p.Openings.DB.Read(r.Context(), in, func(tx db.Tx) error {
		v.Shut, err = p.behindDoor(r, tx, o, &v)
		return err
	})
	if err != nil {
		return err
	}
	v.Page.Title = v.Opening.Title
	if v.Trying != nil {
		if !v.Tries {
			return web.Redirect(w, r, v.path(), "") // it is not offered here
		}
		return web.Show(w, r, tryPage(v))
	}
	if cause == nil {
		return web.Show(w, r, doorPage(v))
	}
	var ok bool
	if v.Problem, ok = problem.As(cause); !ok {
		return cause
	}
	v.Shut = v.Shut || errors.Is(cause, opening.ErrNotTaking)
	return web.ShowWith(w, r, cause, doorPage(v))
}

// behindDoor reads what the page names.
func (p *Pages) behindDoor(r *http.Request, tx db.Tx, o opening.ID, v *doorView) (shut bool, err error) {
	ctx := r.Context()
	if v.Org, err = p.Orgs.In(ctx, tx); err != nil {
		return false, err
	}
	if v.Opening, err = p.Openings.In(ctx, tx, o); err != nil {
		return false, err
	}
	if v.Contact, err = p.Orgs.Member(ctx, tx, v.Opening.Contact); err != nil {
		return false, err
	}
	v.Uploads = p.Openings.Uploads
	if v.Says, err = p.Openings.PageOf(ctx, tx, o); err != nil {
		return false, err
	}
	if v.Kept, v.Tells, err = p.Openings.RepliesKept(ctx, tx, o); err != nil {
		return false, err
	}
	v.Tries = v.Says.Tries && p.Try != nil && v.Opening.Open && !v.Opening.Confidential
	stages, err := p.Openings.Stages(ctx, tx, o)
	if err != nil {
		return false, err
	}
	for _, s := range stages {
		step := doorStep{Title: s.Title}
		offers, err := p.offered(ctx, v.Org.ID, opening.Invitation{}, s, s.Offers())
		if err != nil {
			return false, err
		}
		for _, o := range offers { // where there is a choice, the longest of it
			step.Minutes = max(step.Minutes, o.Minutes)
			if len(offers) > 1 {
				step.Choice = append(step.Choice, o.Title)
			}
		}
		v.Steps = append(v.Steps, step)
		v.Minutes += step.Minutes
	}
	err = p.Openings.TakesIn(ctx, tx, v.Opening)
	if errors.Is(err, opening.ErrNotTaking) {
		return true, nil
	}
	return false, err
}
