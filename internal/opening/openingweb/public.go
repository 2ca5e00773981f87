package openingweb

import (
	"net/http"
	"slices"
	"strings"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// publicView is the public link on the interview plan.
type publicView struct {
	opening.PublicLink
	Address string // "" while it was never opened
	Form    publicForm
	Says    opening.Page
	Words   map[string]string // of each person, by member
	Typed   bool              // Says and Words came back from the form
}

// pageForm is what the page says; w.<member> are somebody's words.
type pageForm struct {
	Place string            `max:"120"`
	Pay   string            `max:"120"`
	Words map[string]string `form:"w.*"`
	Tries bool
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
	if !v.Public.Typed {
		err := p.read(r, func(tx db.Tx) (err error) {
			v.Public.Says, err = p.Openings.PageOf(r.Context(), tx, v.Opening.ID)
			return err
		})
		if err != nil {
			return err
		}
		v.Public.Words = map[string]string{}
		for _, f := range v.Public.Says.Faces {
			v.Public.Words[f.Member] = f.Words
		}
	}
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

// setPage changes what the page says beside title, text and stages.
func (p *Pages) setPage(w http.ResponseWriter, r *http.Request) error {
	var f pageForm
	err := web.ReadForm(r, &f)
	o := opening.ID(r.PathValue("opening"))
	says := opening.Page{Place: f.Place, Pay: f.Pay, Tries: f.Tries}
	for m, words := range f.Words {
		says.Faces = append(says.Faces, opening.Face{Member: m, Words: words})
	}
	if err == nil {
		err = p.Openings.SetPage(r.Context(), web.Actor(r), o, says)
	}
	if err != nil {
		return p.showSettings(w, r, settingsView{Current: "public", Public: publicView{Says: says, Words: f.Words, Typed: true}}, err)
	}
	return web.Redirect(w, r, p.path(r, o)+"/public", "Saved. Whoever opens the link reads it.")
}

// faces are the people of the opening, who can stand on its page.
func (v settingsView) faces() []org.Member {
	return slices.DeleteFunc(slices.Clone(v.Members), func(m org.Member) bool { return m.State != org.Active || len(v.Roles[m.ID]) == 0 })
}

// greets says behind a name that a greeting of theirs stands there.
func (v settingsView) greets(m string) string {
	for _, f := range v.Public.Says.Faces {
		if f.Member == m && f.Greeting.Upload.ID != "" {
			return ", with a greeting"
		}
	}
	return ""
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
