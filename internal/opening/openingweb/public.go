package openingweb

import (
	"net/http"
	"strings"

	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
)

// publicView is the public link on the interview plan.
type publicView struct {
	opening.PublicLink
	Address string // "" while it was never opened
	Form    publicForm
}

type publicForm struct {
	Open  bool
	Most  int
	Until string `max:"32"` // local time of the organisation's zone; "" no end
}

func (p *Pages) public(w http.ResponseWriter, r *http.Request) error {
	return p.showSettings(w, r, settingsView{Current: "public"}, nil)
}

// publicLink reads the link and fills its form, unless one came back.
func (p *Pages) publicLink(r *http.Request, v *settingsView) error {
	l, err := p.Openings.Public(r.Context(), web.Actor(r), v.Opening.ID)
	if err != nil {
		return err
	}
	v.Public.PublicLink = l
	if l.Secret != "" {
		v.Public.Address = strings.TrimSuffix(p.URL, "/") + "/apply/" + l.Secret
	}
	if v.Public.Form == (publicForm{}) {
		v.Public.Form = publicForm{Open: l.Open, Most: max(l.Most, 1)}
		if l.Secret == "" {
			v.Public.Form.Most = 100
		}
		if !l.Until.IsZero() {
			v.Public.Form.Until = l.Until.In(v.Page.Zone).Format("2006-01-02T15:04")
		}
	}
	return nil
}

func (p *Pages) setPublic(w http.ResponseWriter, r *http.Request) error {
	var f publicForm
	back := func(err error) error {
		return p.showSettings(w, r, settingsView{Current: "public", Public: publicView{Form: f}}, err)
	}
	if err := web.ReadForm(r, &f); err != nil {
		return back(err)
	}
	l := opening.PublicLink{Open: f.Open, Most: f.Most}
	if f.Until != "" {
		var err error
		if l.Until, err = opening.ReadLocal(f.Until, web.PageOf(r, "").Zone.String()); err != nil {
			return back(problem.Field("until", text(err)))
		}
	}
	o := opening.ID(r.PathValue("opening"))
	if err := p.Openings.SetPublic(r.Context(), web.Actor(r), o, l); err != nil {
		return back(err)
	}
	said := "Closed. Whoever has a place keeps it."
	if f.Open {
		said = "Open. Whoever has the link can apply."
	}
	return web.Redirect(w, r, p.path(r, o)+"/public", said)
}

// text is a problem's sentence about a field, whatever that is called where it comes from.
func text(err error) string {
	if p, ok := problem.As(err); ok {
		for _, t := range p.Fields {
			return t
		}
		return p.Text
	}
	return "We cannot read this moment. Choose it once more."
}

func (p *Pages) rotatePublic(w http.ResponseWriter, r *http.Request) error {
	o := opening.ID(r.PathValue("opening"))
	if err := p.Openings.RotatePublic(r.Context(), web.Actor(r), o); err != nil {
		return err
	}
	return web.Redirect(w, r, p.path(r, o)+"/public", "There is a new link. The old one opens nothing any more.")
}
