package attemptweb

import (
	"net/http"
	"slices"
	"strings"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/privacy"
	"candor/internal/upload"
	"candor/internal/web"

	"github.com/a-h/templ"
)

// open completes what an item's page shows: what stands beside the body, the addresses of files, and before anything is recorded the terms.
func (p *Pages) open(r *http.Request, v *itemView) (err error) {
	v.Ask.Link = p.link(r)
	if v.Ask.Terms, err = p.terms(r, *v); err != nil {
		return err
	}
	return p.fetch(r.Context(), v)
}

// link gives the asker the addresses of files that their page shows.
func (p *Pages) link(r *http.Request) item.Link {
	return func(u upload.Upload, f upload.Form) string { return p.Uploads.Link(web.Actor(r), u, f) }
}

// coming is what stands on pages after the work about items of a part of which something may still come.
func (p *Pages) coming(r *http.Request, f frame, part assessment.Part, s attempt.Sitting) (out []templ.Component, err error) {
	for _, it := range part.Items {
		k, ok := it.Kind.(item.Follower)
		if !ok {
			continue
		}
		v := itemView{frame: f, Part: part, Sitting: s, Item: it}
		v.Ask = item.AskView{Ref: p.ref(r, v), Body: f.V.Body(it), ReadOnly: true, DoURL: itemPath(part.Key, it.Key) + "/do", Text: f.L.T}
		if err := p.open(r, &v); err != nil {
			return nil, err
		}
		out = append(out, k.After(it.Spec, v.Ask))
	}
	return out, nil
}

// terms are what a candidate agrees to before anything is recorded, in the page's language: who sees it by name, and how long it is kept. "" for
// items that record nothing.
func (p *Pages) terms(r *http.Request, v itemView) (string, error) {
	if _, ok := v.Item.Kind.(item.Recorder); !ok {
		return "", nil
	}
	var names []string
	err := p.Attempts.DB.Read(r.Context(), v.Org.ID, func(tx db.Tx) error {
		team, err := p.Openings.Team(r.Context(), tx, v.V.Opening.ID)
		if err != nil {
			return err
		}
		for _, m := range team {
			if m.Role != opening.Reviewer && m.Role != opening.Manager {
				continue
			}
			who, err := p.Orgs.Member(r.Context(), tx, m.Member)
			if err != nil {
				return err
			}
			if !slices.Contains(names, who.Name) { // who decides may read, too
				names = append(names, who.Name)
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	who := v.t("terms_team", "org", v.Org.Name)
	if len(names) > 0 {
		who = strings.Join(names, ", ")
	}
	return v.t("terms", "org", v.Org.Name, "who", who, "months", privacy.Words(v.Org).Months, "days", privacy.Pictures(v.Org).Days), nil
}
