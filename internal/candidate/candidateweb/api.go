package candidateweb

import (
	"net/http"
	"strings"
	"time"

	"candor/internal/candidate"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/web"
)

// What programs read of people. Adjustments are no part of it.
type (
	wireCandidate struct {
		ID           string   `json:"id"`
		Name         string   `json:"name"`
		Email        string   `json:"email"`
		Created      string   `json:"created_at"`
		Applications []string `json:"applications,omitempty"` // of one; lists leave them out
	}
	wireCandidates struct {
		Candidates []wireCandidate `json:"candidates"`
		Next       string          `json:"next,omitempty"`
	}
)

func (p *Pages) api(mux *web.Mux) {
	r := web.Route{Auth: web.Staff, Roles: org.Roles().Actions["candidate.read"], Tenant: web.FromPath, Rate: web.RateAPI, Scope: "candidate:read"}
	list := r
	list.Pattern, list.Action, list.Object, list.Filters, list.Out = "GET /api/v1/o/{org}/candidates", "api.candidates", web.NoObject, []string{"cursor"}, wireCandidates{}
	list.About = "The people whose applications the token's maker runs, by name. Those whom they must not know are left out, so a page may be short."
	list.Problems = []*problem.Problem{org.ErrRole}
	mux.Handle(list, p.apiList)
	one := r
	one.Pattern, one.Action, one.Object, one.Out = "GET /api/v1/o/{org}/candidates/{candidate}", "api.candidate", "candidate", wireCandidate{}
	one.About, one.Problems = "One person, with the applications that the token's maker may see.", []*problem.Problem{opening.ErrMissing}
	mux.Handle(one, p.apiOne)
}

func (p *Pages) apiList(w http.ResponseWriter, r *http.Request) error {
	at, err := web.ReadCursor(r)
	if err != nil {
		return err
	}
	id, name, _ := strings.Cut(at, " ")
	list, next, err := p.Openings.PeopleSeen(r.Context(), web.Actor(r), "", candidate.Candidate{ID: candidate.ID(id), Name: name})
	if err != nil {
		return err
	}
	out := wireCandidates{Candidates: []wireCandidate{}}
	for _, c := range list {
		out.Candidates = append(out.Candidates, sent(c))
	}
	if next.ID != "" {
		if out.Next, err = web.Cursor(r, string(next.ID)+" "+next.Name); err != nil {
			return err
		}
	}
	return web.JSON(w, r, out)
}

func (p *Pages) apiOne(w http.ResponseWriter, r *http.Request) error {
	c, seen, err := p.Openings.Person(r.Context(), web.Actor(r), candidate.ID(r.PathValue("candidate")))
	if err != nil {
		return err
	}
	out := sent(c)
	for _, a := range seen {
		out.Applications = append(out.Applications, string(a.ID))
	}
	return web.JSON(w, r, out)
}

func sent(c candidate.Candidate) wireCandidate {
	return wireCandidate{ID: string(c.ID), Name: c.Name, Email: c.Email, Created: c.Created.UTC().Format(time.RFC3339)}
}
