package openingweb

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"

	"github.com/a-h/templ"
)

const choosePath = "/c/choose"

// chooseView is what somebody can do at a stage, for them to choose from.
type chooseView struct {
	Page    web.Page
	L       *locale.Locale
	Org     string
	Opening opening.Opening
	Stage   string
	Offers  []offerView
	Chosen  bool     // one is, and another can be
	Began   bool     // one is, and that holds
	Says    []string // what is promised for any of them, a sentence each
	Problem *problem.Problem
}

// offerView is one of them.
type offerView struct {
	Value string // of the form
	opening.Described
	About  templ.Component // nil: nothing
	Chosen bool
	Not    []opening.Criterion // of the stage's, which this one does not show
}

func (v chooseView) t(key string, pairs ...any) string { return v.L.T("choose."+key, pairs...) }

func valueOf(x opening.Offer) string { return x.Format + ":" + x.Ref }

// choose shows what there is to choose from, also what was chosen already.
func (p *Pages) choose(w http.ResponseWriter, r *http.Request) error { return p.showChoose(w, r, nil) }

func (p *Pages) showChoose(w http.ResponseWriter, r *http.Request, cause error) error {
	ctx, who := r.Context(), web.Actor(r)
	inv, offers, began, err := p.Openings.OwnChoice(ctx, who)
	if err != nil {
		return err
	}
	v := chooseView{Page: web.PageOf(r, ""), Chosen: !inv.Unchosen(), Began: began}
	v.L = locale.For(v.Page.Lang)
	v.Page.Title = v.t("title")
	var stage opening.Stage
	err = p.read(r, func(tx db.Tx) error {
		organisation, err := p.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		v.Org = organisation.Name
		if v.Opening, err = p.Openings.In(ctx, tx, inv.Opening); err != nil {
			return err
		}
		stages, err := p.Openings.Stages(ctx, tx, inv.Opening)
		for _, s := range stages {
			if s.ID == inv.Stage {
				stage, v.Stage = s, s.Title
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if v.Offers, err = p.offered(ctx, who.Org, inv, stage, offers); err != nil {
		return err
	}
	if p.Promised != nil {
		if v.Says, err = p.Promised(ctx, who, inv.Opening, v.Page.Lang); err != nil {
			return err
		}
	}
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, choosePage(v))
}

// offered are offers in words, with what people really take; one that is gone is left out.
func (p *Pages) offered(ctx context.Context, org string, inv opening.Invitation, s opening.Stage, offers []opening.Offer) (out []offerView, err error) {
	for _, x := range offers {
		d, err := p.Openings.Describe(ctx, org, x)
		if _, gone := problem.As(err); gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		more, err := p.Analytics.Beyond(ctx, org, x.Ref)
		if err != nil {
			return nil, err
		}
		d = d.With(s)
		d.Minutes += more
		o := offerView{Value: valueOf(x), Described: d, Chosen: !inv.Unchosen() && x.Format == inv.Format && x.Ref == inv.Ref}
		if strings.TrimSpace(d.About) != "" && p.MD != nil {
			o.About = p.MD.Show(d.About)
		}
		if len(out) > 0 {
			o.Not = d.Missing(out[0].Criteria)
		}
		out = append(out, o)
	}
	return out, nil
}

// chose takes the choice and leads to what was chosen.
func (p *Pages) chose(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Offer string `max:"200"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		format, ref, _ := strings.Cut(f.Offer, ":")
		err = p.Openings.Choose(r.Context(), web.Actor(r), opening.Offer{Format: format, Ref: ref})
	}
	if err != nil {
		return p.showChoose(w, r, err)
	}
	return web.Redirect(w, r, "/c", locale.For(web.PageOf(r, "").Lang).T("choose.chose"))
}

// titles are criteria in a sentence.
func titles(list []opening.Criterion) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = "“" + c.Title + "”"
	}
	return strings.Join(out, ", ")
}

// First is where a candidate goes who has not chosen yet; "" is nowhere.
func (p *Pages) First(ctx context.Context, who actor.Actor) (string, error) {
	inv, _, _, err := p.Openings.OwnChoice(ctx, who)
	switch {
	case errors.Is(err, opening.ErrMissing):
		return "", nil
	case err != nil || !inv.Unchosen():
		return "", err
	}
	return choosePath, nil
}

// ChosenNote draws what a candidate chose, while they can still choose otherwise; nil where there is no choice.
func (p *Pages) ChosenNote(ctx context.Context, who actor.Actor, page web.Page, _ string) (templ.Component, error) {
	inv, offers, began, err := p.Openings.OwnChoice(ctx, who)
	if errors.Is(err, opening.ErrMissing) || err == nil && (began || inv.Replaced != "" || page.Now.After(inv.FinishBy)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := p.Openings.Describe(ctx, who.Org, opening.Offer{Format: inv.Format, Ref: inv.Ref})
	if _, gone := problem.As(err); gone {
		return nil, nil
	}
	return chosenNote(locale.For(page.Lang), d.Title, len(offers)), err
}
