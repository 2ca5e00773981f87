package openingweb

import (
	"context"
	"errors"
	"net/http"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
	"candor/internal/web/locale"
)

// linkView is the page behind a link, before there is a session.
type linkView struct {
	Page    web.Page
	L       *locale.Locale
	Secret  string
	Org     org.Org
	Opening opening.Opening
	Stage   opening.Stage
	What    opening.Described
	Choice  []offerView // what they can choose from; nil: nothing is left to choose
	Inv     opening.Invitation
	Name    string
	Contact org.Member
	Zone    string // what its times are shown in

	Code    bool // a part is open elsewhere: digits are needed
	Mailed  bool
	Problem *problem.Problem
	Dead    *problem.Problem // why the link does not open
	Ask     opening.TimeAsk  // the newest for more time, where the window is over
	Words   string           // as typed for another
}

func (v linkView) t(key string, pairs ...any) string { return v.L.T("link."+key, pairs...) }

// look shows what the link is for. It changes nothing and begins no session: mail scanners look too.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) error {
	return p.showLink(w, r, linkView{Mailed: r.URL.Query().Has("mailed")}, nil)
}

// enter is the human press. Whoever holds a session of this invitation in this browser just goes on.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Digits string `max:"12"`
	}
	if err := web.ReadForm(r, &f); err != nil {
		return err
	}
	secret := r.PathValue("secret")
	inv, err := p.Openings.Look(r.Context(), secret)
	if err == nil {
		if who, _, err := p.Openings.CandidateSession(r.Context(), web.Cookie(r, web.CandidateCookie)); err == nil && who.ID == string(inv.ID) {
			return web.Redirect(w, r, "/c", "")
		}
	}
	cookie, err := p.Openings.Enter(r.Context(), secret, digitsOf(f.Digits))
	if err != nil {
		return p.showLink(w, r, linkView{}, err)
	}
	web.SetCookie(w, web.CandidateCookie, cookie, p.Openings.SessionUntil(inv))
	return web.Redirect(w, r, "/c", "") // an address without the secret
}

// digitsOf leaves out the spaces people type.
func digitsOf(s string) string {
	out := []rune{}
	for _, r := range s {
		if r >= '0' && r <= '9' {
			out = append(out, r)
		}
	}
	return string(out)
}

// mailCode sends the digits to the candidate's own address.
func (p *Pages) mailCode(w http.ResponseWriter, r *http.Request) error {
	if err := p.Openings.MailCode(r.Context(), r.PathValue("secret")); err != nil {
		return p.showLink(w, r, linkView{Code: true}, err)
	}
	return web.Redirect(w, r, "/i/"+r.PathValue("secret")+"?mailed", "")
}

// askOver asks for more time where the window is over and nothing was opened: whoever holds the link asks. It opens nothing.
func (p *Pages) askOver(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Words string `max:"1000"`
	}
	err := web.ReadForm(r, &f)
	if err == nil {
		inv, looked := p.Openings.Look(r.Context(), r.PathValue("secret"))
		if looked == nil { // it opens by now
			return web.Redirect(w, r, "/i/"+r.PathValue("secret"), "")
		}
		err = looked
		if errors.Is(looked, opening.ErrExpired) {
			err = p.Attempts.AskTime(r.Context(), actor.Actor{Kind: actor.Candidate, ID: string(inv.ID), Org: inv.Org, Subject: inv.Candidate}, f.Words)
		}
	}
	if err != nil {
		return p.showLink(w, r, linkView{Words: f.Words}, err)
	}
	return web.Redirect(w, r, "/i/"+r.PathValue("secret"), "")
}

func (p *Pages) showLink(w http.ResponseWriter, r *http.Request, v linkView, cause error) error {
	v.Secret = r.PathValue("secret")
	inv, err := p.Openings.Look(r.Context(), v.Secret)
	if errors.Is(err, opening.ErrLink) {
		// The same bytes whatever was asked for, so that nobody learns what exists.
		page := web.Page{Title: "This link does not open", Lang: "en", Dir: "ltr"}
		return web.ShowWith(w, r, err, unknownLink(page, locale.For("en")))
	}
	v.Page = web.PageOf(r, "")
	v.L = locale.For(v.Page.Lang)
	v.Page.Title = v.t("title")
	if p, ok := problem.As(err); ok {
		v.Dead = p
	} else if err != nil {
		return err
	}
	if err := p.behind(r, inv, &v); err != nil {
		return err
	}
	if v.Dead != nil {
		wrong, ok := problem.As(cause)
		switch {
		case cause != nil && !ok:
			return cause
		case ok && wrong.Code != v.Dead.Code: // with what they asked for
			v.Problem = wrong
			return web.ShowWith(w, r, cause, deadLink(v))
		}
		return web.ShowWith(w, r, v.Dead, deadLink(v))
	}
	v.Code = v.Code || v.Mailed || errors.Is(cause, opening.ErrCodeNeeded) || errors.Is(cause, opening.ErrCode)
	if v.Problem, err = problem.Shown(cause); err != nil {
		return err
	}
	return web.ShowWith(w, r, cause, linkPage(v))
}

// behind reads what the page names: the organisation, the position, the person, the contact.
func (p *Pages) behind(r *http.Request, inv opening.Invitation, v *linkView) error {
	ctx := r.Context()
	v.Inv = inv
	err := p.Openings.DB.Read(ctx, inv.Org, func(tx db.Tx) (err error) {
		if v.Org, err = p.Orgs.In(ctx, tx); err != nil {
			return err
		}
		if v.Opening, err = p.Openings.In(ctx, tx, inv.Opening); err != nil {
			return err
		}
		if v.Contact, err = p.Orgs.Member(ctx, tx, v.Opening.Contact); err != nil {
			return err
		}
		if v.Ask, err = p.Openings.TimeAskOf(ctx, tx, inv.Application); err != nil {
			return err
		}
		c, err := p.Candidates.In(ctx, tx, candidate.ID(inv.Candidate))
		if err != nil {
			return err
		}
		v.Name, v.Zone = c.Name, or(c.Zone, or(inv.Zone, v.Org.Zone))
		stages, err := p.Openings.Stages(ctx, tx, inv.Opening)
		for _, s := range stages {
			if s.ID == inv.Stage {
				v.Stage = s
			}
		}
		if err != nil {
			return err
		}
		began, err := p.Attempts.Of(ctx, tx, inv.Application)
		for _, a := range began {
			if a.Invitation == inv.ID {
				v.Stage.Questions = a.Questions // what they were told when they began stays
			}
		}
		return err
	})
	if err != nil || v.Dead != nil {
		return err
	}
	if v.What, err = p.Openings.Describe(ctx, inv.Org, opening.Offer{Format: inv.Format, Ref: inv.Ref}); err != nil {
		return err
	}
	if inv.Unchosen() {
		if v.Choice, err = p.choiceOf(ctx, inv, v.Stage); err != nil {
			return err
		}
	}
	more, err := p.Analytics.Beyond(ctx, inv.Org, inv.Ref)
	v.What = v.What.With(v.Stage)
	v.What.Minutes += more
	return err
}

// choiceOf are an invitation's offers in words.
func (p *Pages) choiceOf(ctx context.Context, inv opening.Invitation, s opening.Stage) ([]offerView, error) {
	var offers []opening.Offer
	err := p.Openings.DB.Read(ctx, inv.Org, func(tx db.Tx) (err error) {
		offers, err = p.Openings.OffersOf(ctx, tx, inv)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p.offered(ctx, inv.Org, inv, s, offers)
}
