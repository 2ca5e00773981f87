package assessmentweb

import (
	"io/fs"
	"net/http"
	"net/url"

	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"

	"github.com/a-h/templ"
)

func itemPath(pg web.Page, v *assessment.Version, it assessment.PartItem) string {
	return base(pg) + "/versions/" + string(v.ID) + "/items/" + it.Key
}

// mends says whether an item's files can be changed on a page.
func mends(it assessment.PartItem) bool {
	_, ok := it.Kind.(item.Mender)
	return ok
}

// tallies are what all answers to a published version's items show together, of the kinds that can say it.
func (p *Pages) tallies(r *http.Request, v *assessment.Version) (map[string]templ.Component, error) {
	out := map[string]templ.Component{}
	if !v.Published || !org.May(web.Actor(r), "assessment.rejudge") {
		return out, nil
	}
	for _, part := range v.Parts {
		for _, it := range part.Items {
			k, ok := it.Kind.(item.Tallier)
			if !ok {
				continue
			}
			marks, err := p.Attempts.MarksOf(r.Context(), web.Actor(r), v.ID, it.Key)
			if err != nil {
				return nil, err
			}
			mend := ""
			if mends(it) && org.May(web.Actor(r), "assessment.import") {
				mend = "/o/" + r.PathValue("org") + "/versions/" + string(v.ID) + "/items/" + it.Key + "/mend"
			}
			out[it.Key] = k.Tally(it.Spec, marks, mend)
		}
	}
	return out, nil
}

// mendView is an item's files, to be changed on a page.
type mendView struct {
	Page     web.Page
	V        *assessment.Version
	Item     assessment.PartItem
	Body     templ.Component
	Findings []item.Finding
	Problem  *problem.Problem
	Imports  bool
}

func (v mendView) here() string { return itemPath(v.Page, v.V, v.Item) + "/mend" }

// at loads the item of the address.
func (p *Pages) at(r *http.Request) (*assessment.Version, assessment.PartItem, error) {
	v, err := p.load(r)
	if err != nil {
		return nil, assessment.PartItem{}, err
	}
	it, _, ok := v.Item(r.PathValue("item"))
	if !ok {
		return nil, it, assessment.ErrMissing
	}
	return v, it, nil
}

func (p *Pages) mend(w http.ResponseWriter, r *http.Request) error {
	return p.showMend(w, r, nil, nil, nil)
}

func (p *Pages) showMend(w http.ResponseWriter, r *http.Request, form url.Values, findings []item.Finding, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v, it, err2 := p.at(r)
	if err2 != nil {
		return err2
	}
	k, ok := it.Kind.(item.Mender)
	if !ok {
		return item.ErrLook
	}
	view := mendView{Page: web.PageOf(r, "Mark by lines: "+it.Head.Title), V: v, Item: it, Findings: findings, Problem: prob, Imports: org.May(web.Actor(r), "assessment.import")}
	view.Body = k.Mend(it.Spec, item.MendView{Here: view.here(), Query: r.URL.Query(), Form: form})
	return web.ShowWith(w, r, err, mendPage(view))
}

// mended makes the next draft of the assessment from what was posted.
func (p *Pages) mended(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return err
	}
	v, it, err := p.at(r)
	if err != nil {
		return err
	}
	k, ok := it.Kind.(item.Mender)
	if !ok {
		return item.ErrLook
	}
	tree, err := p.Assessments.Tree(r.Context(), web.Actor(r).Org, v.ID)
	if err != nil {
		return err
	}
	dir, err := fs.Sub(tree, "items/"+it.Key)
	if err != nil {
		return err
	}
	changed, err := k.Mended(dir, it.Spec, in.Fields)
	if err != nil {
		return p.showMend(w, r, in.Fields, nil, err)
	}
	files, err := archive.Copy(tree)
	if err != nil {
		return err
	}
	for name, data := range changed {
		files["items/"+it.Key+"/"+name] = data
	}
	next, findings, err := p.Assessments.Import(r.Context(), web.Actor(r), files, v.Assessment)
	if err != nil {
		return p.showMend(w, r, in.Fields, findings, err)
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/versions/"+string(next)+"/items/"+it.Key+"/mend", "Added. This is a new draft.")
}

// look is a kind's page beside the item that changes nothing.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) error {
	v, it, err := p.at(r)
	if err != nil {
		return err
	}
	page := web.PageOf(r, "")
	return p.lookAt(w, r, it, itemPath(page, v, it)+"/look", base(page)+"/versions/"+string(v.ID)+"/preview")
}
