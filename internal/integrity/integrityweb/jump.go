package integrityweb

import (
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"candor/internal/integrity"
	"candor/internal/opening"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// jumpsView are the passages that came into an answer at once, drawn alike for the candidate and for those who discuss the case with them.
type jumpsView struct {
	Page web.Page
	L    *locale.Locale
	Code string // of the candidate, for members
	Back string
	List []integrity.Jump
}

func (v jumpsView) t(key string, pairs ...any) string { return v.L.T("jump."+key, pairs...) }

// when is when a passage came, and how long after the state before.
func (v jumpsView) when(j integrity.Jump) string {
	at := opening.Spell(j.At, v.Page.Zone.String())
	switch {
	case j.After == 0:
		return v.t("first", "time", at)
	case j.After < time.Minute:
		return v.t("seconds", "time", at, "n", max(1, int(j.After.Seconds())))
	}
	return v.t("minutes", "time", at, "n", int(j.After.Minutes()))
}

func (v jumpsView) size(j integrity.Jump) string { return v.t("size", "n", j.Chars, "file", j.File) }

func jumpID(i int) string { return "jump-" + strconv.Itoa(i+1) }

// jumps shows them to whoever opened the case and to whoever decides it.
func (p *Pages) jumps(w http.ResponseWriter, r *http.Request) error {
	v := jumpsView{L: locale.For("en"), Back: "/o/" + r.PathValue("org") + "/cases/" + r.PathValue("case")}
	return p.showJumps(w, r, v, jumpsPage)
}

// ownJumps shows them to the candidate: the same, with the names in their own text.
func (p *Pages) ownJumps(w http.ResponseWriter, r *http.Request) error {
	v := jumpsView{L: locale.For(web.PageOf(r, "").Lang), Back: "/c/questions/" + r.PathValue("case")}
	return p.showJumps(w, r, v, ownJumpsPage)
}

func (p *Pages) showJumps(w http.ResponseWriter, r *http.Request, v jumpsView, page func(jumpsView) templ.Component) error {
	list, c, err := p.Integrity.Jumps(r.Context(), web.Actor(r), integrity.CaseID(r.PathValue("case")))
	if err != nil {
		return err
	}
	v.List, v.Code, v.Page = list, string(c.Code), web.PageOf(r, v.t("title"))
	return web.Show(w, r, page(v))
}
