package attemptweb

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"time"

	"candor/internal/item"
	"candor/internal/web"
)

// fetch lays what stands beside the body that is about to be shown into it.
func (p *Pages) fetch(ctx context.Context, v *itemView) (err error) {
	if v.Ask.Body, err = item.Fetched(ctx, v.Item.Kind, v.Item.Spec, v.Ask.Ref, v.Ask.Body); err != nil {
		return err
	}
	if h, ok := v.Item.Kind.(item.Hoster); ok {
		v.Ask.Clone, err = h.Clone(ctx, v.Ask.Ref)
	}
	return err
}

// act does what a repository does, keeps the body as it is afterwards, and goes where that shows. What the page held is kept before.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, v itemView, h item.Hoster, body []byte, fields url.Values, received time.Time) error {
	after, show, err := h.Act(r.Context(), web.Actor(r), p.ref(r, v), v.Item.Spec, r.PathValue("action"), body, fields, received)
	if err != nil {
		return err
	}
	if !bytes.Equal(after, body) {
		if _, err := p.keep(r, v, after, fields, received.Add(time.Millisecond)); err != nil { // a revision of its own
			return err
		}
	}
	to := itemPath(v.Part.Key, v.Item.Key)
	if len(show) > 0 {
		to += "?" + show.Encode()
	}
	return web.Redirect(w, r, to, "")
}
