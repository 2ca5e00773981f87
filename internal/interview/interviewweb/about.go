package interviewweb

import (
	"context"
	"net/http"
	"net/url"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/interview"
	"candor/internal/item"

	"github.com/a-h/templ"
)

// Asking is where a member asks about one answer of an attempt, with the item in it; "" where it is not theirs to ask.
func (p *Pages) Asking(ctx context.Context, who actor.Actor, a attempt.ID, itemKey string) (string, error) {
	c, app, err := p.Interviews.Asking(ctx, who, a)
	switch query := "?item=" + url.QueryEscape(itemKey); {
	case err != nil:
		return "", err
	case c != "":
		return "/o/" + who.Org + "/interviews/" + string(c) + query, nil
	case app != "":
		return "/o/" + who.Org + "/applications/" + string(app) + "/interview" + query, nil
	}
	return "", nil
}

// wanted is the place that the address of a page asks about, as people write it; a place that is not there is left out.
func wanted(r *http.Request, quote func(itemKey, place string) (item.Quote, error)) (itemKey, place string) {
	q := r.URL.Query()
	itemKey = q.Get("item")
	if _, err := quote(itemKey, ""); err != nil {
		return "", ""
	}
	if found, err := quote(itemKey, q.Get("place")); err == nil {
		place = found.Place
	}
	return itemKey, place
}

// piece plays the place of the work that a question is about; nil where there is nothing to play.
func (p *Pages) piece(t *interview.Talk, x *interview.Turn, view item.ReadView, name string) templ.Component {
	it, _, ok := t.Version.Item(x.Item)
	k, plays := it.Kind.(item.Piecer)
	if !ok || !plays || x.Anchor == "" || view.Body == nil {
		return nil
	}
	return k.Piece(it.Spec, view, x.Anchor, name)
}
