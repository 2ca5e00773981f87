package assessmentweb

import (
	"net/http"

	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// previewView is the whole as a candidate sees it.
type previewView struct {
	versionView
	Ask     map[string]item.AskView // by item
	Problem *problem.Problem
}

func (p *Pages) preview(w http.ResponseWriter, r *http.Request) error {
	return p.showPreview(w, r, "", nil, nil)
}

// showPreview draws every item with its tools. Nothing is kept: key is the item that body was just posted for.
func (p *Pages) showPreview(w http.ResponseWriter, r *http.Request, key string, body []byte, err error) error {
	prob, ok := problem.As(err)
	if err != nil && !ok {
		return err
	}
	v, err2 := p.load(r)
	if err2 != nil {
		return err2
	}
	out := previewView{versionView: versionView{Page: web.PageOf(r, v.Title), V: v, MD: p.MD}, Ask: map[string]item.AskView{}, Problem: prob}
	for _, part := range v.Parts {
		for _, it := range part.Items {
			ask := item.AskView{Ref: previewRef(r, it.Key), Body: it.Kind.Blank(it.Spec), Seed: "preview", Text: locale.For("en").T,
				DoURL: base(out.Page) + "/versions/" + string(v.ID) + "/preview/items/" + it.Key + "/do"}
			ask.Here, ask.Query = base(out.Page)+"/versions/"+string(v.ID)+"/preview", r.URL.Query()
			if _, ok := it.Kind.(item.Looker); ok {
				ask.Look = itemPath(out.Page, v, it) + "/look"
			}
			if _, ok := it.Kind.(item.Teller); ok && p.Files != nil {
				ask.File = p.Files.Of(ask.Ref.Org, v.ID, it.Key)
			}
			if it.Key == key {
				ask.Body = body
			}
			if ask.Done, err2 = item.Done(r.Context(), p.Assessments.DB, ask.Ref, it.Kind, it.Spec); err2 != nil {
				return err2
			}
			out.Ask[it.Key] = ask
		}
	}
	return web.ShowWith(w, r, err, previewPage(out))
}

// policyWords is what candidates read of a policy.
func policyWords(p assessment.Policy) string {
	key := "attempt.ai_" + string(p)
	return locale.For("en").T(key)
}

func previewRef(r *http.Request, key string) item.Ref {
	return item.Ref{Org: web.Actor(r).Org, Owner: "preview_" + web.Actor(r).ID, Version: r.PathValue("version"), Item: key}
}

// try does what a candidate could do on an item; what was typed is gone with the page.
func (p *Pages) try(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r)
	if err != nil {
		return err
	}
	it, _, ok := v.Item(r.PathValue("item"))
	if !ok {
		return assessment.ErrMissing
	}
	var in struct {
		Fields map[string][]string `form:"*"`
	}
	if err := web.ReadForm(r, &in); err != nil {
		return err
	}
	body, err := item.DoOnce(r.Context(), p.Assessments.DB, web.Actor(r), previewRef(r, it.Key), it.Kind, it.Spec, r.PathValue("action"), in.Fields)
	return p.showPreview(w, r, it.Key, body, err)
}
