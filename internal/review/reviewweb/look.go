package reviewweb

import (
	"net/http"
	"net/url"

	"candor/internal/item"
	"candor/internal/web"
	"candor/internal/web/locale"
)

type ruleForm struct {
	Claim  string `max:"64"`
	Ruling string `max:"64"`
}

// rule keeps what the reviewer says of one claim of an answer.
func (p *Pages) rule(w http.ResponseWriter, r *http.Request) error {
	var f ruleForm
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	key := r.PathValue("item")
	if err := p.Reviews.Rule(r.Context(), web.Actor(r), code(r), key, f.Claim, f.Ruling); err != nil {
		return err
	}
	return web.Redirect(w, r, base(r)+"/review/"+r.PathValue("code")+"?item="+url.QueryEscape(key)+"#c-"+url.PathEscape(f.Claim), "")
}

// look is a page beside the work that changes nothing.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("item")
	kind, spec, err := p.Reviews.LookAt(r.Context(), web.Actor(r), code(r), key)
	if err != nil {
		return err
	}
	k, ok := kind.(item.Looker)
	if !ok {
		return item.ErrLook
	}
	here := base(r) + "/review/" + r.PathValue("code")
	page, err := k.Look(spec, item.LookView{Path: r.PathValue("path"), Base: here + "/items/" + key + "/look", Back: here + "?item=" + url.QueryEscape(key),
		Query: r.URL.Query(), Text: locale.For("en").T})
	if err != nil {
		return err
	}
	return web.Show(w, r, lookPage(web.PageOf(r, "The code"), page))
}
