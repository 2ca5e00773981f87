// Package privacyweb is a candidate's page about their own data (take it along, withdraw, have it erased), the owner's about what is
// deleted when, and the recruiter's form that keeps an application longer.
package privacyweb

import (
	"net/http"

	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/org"
	"candor/internal/privacy"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Privacy  *privacy.Privacy
	Attempts *attempt.Attempts
	Orgs     *org.Orgs
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	handle := func(rate web.Rate, pattern, action string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Candidate, Tenant: web.FromSession, Object: "candidate", Rate: rate}, h)
	}
	handle(web.RateRead, "GET /c/data", "privacy.data", p.data)
	handle(web.RateExport, "GET /c/data.json", "privacy.export", p.export)
	handle(web.RateWrite, "POST /c/data/withdraw", "privacy.withdraw", p.withdraw)
	handle(web.RateRead, "GET /c/data/erase", "privacy.preview", p.preview)
	handle(web.RateWrite, "POST /c/data/erase", "privacy.erase", p.erase)
	p.staffRoutes(mux)
}

func (p *Pages) data(w http.ResponseWriter, r *http.Request) error {
	who := web.Actor(r)
	o, err := p.Orgs.ByID(r.Context(), who.Org)
	if err != nil {
		return err
	}
	v, err := p.Attempts.View(r.Context(), who)
	if err != nil {
		return err
	}
	kept, err := p.Privacy.Kept(r.Context(), who, v.Attempt.Application)
	if err != nil {
		return err
	}
	return web.Show(w, r, dataPage(dataView{Page: web.PageOf(r, "Your data"), Org: o, Kept: kept}))
}

func (p *Pages) export(w http.ResponseWriter, r *http.Request) error {
	b, err := p.Privacy.Export(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="your-data.json"`)
	_, err = w.Write(b)
	return err
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := p.Attempts.Withdraw(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/c/status", "You have withdrawn.")
}

func (p *Pages) preview(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Privacy.Preview(r.Context(), web.Actor(r), candidate.ID(web.Actor(r).Subject))
	if err != nil {
		return err
	}
	return web.Show(w, r, erasePage(eraseView{web.PageOf(r, "Erase what we keep"), list}))
}

func (p *Pages) erase(w http.ResponseWriter, r *http.Request) error {
	gone, err := p.Privacy.Erase(r.Context(), web.Actor(r), candidate.ID(web.Actor(r).Subject))
	if err != nil {
		return err
	}
	web.ClearCookie(w, web.CandidateCookie)
	return web.Show(w, r, gonePage(eraseView{web.PageOf(r, "Erased"), gone}))
}
