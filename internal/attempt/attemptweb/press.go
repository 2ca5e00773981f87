package attemptweb

import (
	"errors"
	"fmt"
	"net/http"

	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/item"
	"candor/internal/web"
)

func (p *Pages) start(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("part")
	s, err := p.Attempts.Begin(r.Context(), web.Actor(r), key)
	if err != nil && !errors.Is(err, attempt.ErrEnded) {
		return err
	}
	if err != nil || s.Epoch > 1 || !s.SavedAt.IsZero() || attempt.IsTurn(key) || attempt.IsDay(key) {
		return web.Redirect(w, r, partPath(key), "")
	}
	first, err := p.Attempts.FirstItem(r.Context(), web.Actor(r), key) // where the part's page would lead, without drawing it
	if err != nil {
		return err
	}
	return web.Redirect(w, r, itemPath(key, first), "")
}

func (p *Pages) here(w http.ResponseWriter, r *http.Request) error {
	if err := p.Attempts.TakeOver(r.Context(), web.Actor(r), r.PathValue("part")); err != nil {
		return err
	}
	return web.Redirect(w, r, partPath(r.PathValue("part")), "You are working on this device now.")
}

func (p *Pages) failure(w http.ResponseWriter, r *http.Request) error {
	n, err := p.Attempts.OwnFailure(r.Context(), web.Actor(r), r.PathValue("part"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, partPath(r.PathValue("part")), fmt.Sprintf("You have %d more minutes. They are in your clock.", n))
}

func (p *Pages) takeBreak(w http.ResponseWriter, r *http.Request) error {
	if err := p.Attempts.TakeBreak(r.Context(), web.Actor(r), r.PathValue("part")); err != nil {
		return err
	}
	return web.Redirect(w, r, partPath(r.PathValue("part")), "")
}

func (p *Pages) goOn(w http.ResponseWriter, r *http.Request) error {
	if err := p.Attempts.GoOn(r.Context(), web.Actor(r), r.PathValue("part")); err != nil && !errors.Is(err, attempt.ErrEnded) {
		return err
	}
	return web.Redirect(w, r, partPath(r.PathValue("part")), "Your clock goes on. The break is in it.")
}

func (p *Pages) check(w http.ResponseWriter, r *http.Request) error {
	f, err := p.frame(r, "Check and send")
	if err != nil {
		return err
	}
	part, s, err := p.sitting(r, f)
	if err != nil {
		return err
	}
	if !s.Works(f.V.Now) {
		return web.Redirect(w, r, partPath(part.Key), "")
	}
	coming, err := p.coming(r, f, part, s)
	if err != nil {
		return err
	}
	lacks := map[string][]string{}
	for _, it := range part.Items {
		if lacks[it.Key], err = f.lacks(r, it); err != nil {
			return err
		}
	}
	return web.Show(w, r, checkPage(checkView{f, part, s, coming, lacks}))
}

// lacks is what an item's kind finds empty in the answer, or not as it was asked for.
func (f frame) lacks(r *http.Request, it assessment.PartItem) ([]string, error) {
	k, ok := it.Kind.(item.Lacker)
	if !ok || !f.V.Has(it) {
		return nil, nil
	}
	ref := item.Ref{Org: web.Actor(r).Org, Owner: string(f.V.Attempt.ID), Version: string(f.V.Version.ID), Item: it.Key}
	body, err := item.Fetched(r.Context(), it.Kind, it.Spec, ref, f.V.Body(it))
	if err != nil {
		return nil, err
	}
	return k.Lacks(it.Spec, body, f.L.T), nil
}

func (p *Pages) send(w http.ResponseWriter, r *http.Request) error {
	key := r.PathValue("part")
	if _, err := p.Attempts.Send(r.Context(), web.Actor(r), key); err != nil {
		return err
	}
	return web.Redirect(w, r, partPath(key), "")
}
