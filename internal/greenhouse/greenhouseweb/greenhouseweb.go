// Package greenhouseweb speaks Greenhouse's Assessment Partner API, and is the owner's page of it.
package greenhouseweb

import (
	"net/http"
	"time"

	"candor/internal/greenhouse"
	"candor/internal/hook"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/token"
	"candor/internal/web"
)

// Pages are these pages.
type Pages struct {
	Greenhouse *greenhouse.Greenhouse
	URL        string // the public address
}

// Routes declares them.
func (p *Pages) Routes(mux *web.Mux) {
	page := func(rate web.Rate, pattern, action string, h web.Handler) {
		mux.Handle(web.Route{Pattern: pattern, Action: action, Auth: web.Staff, Roles: org.Roles().Actions["greenhouse.change"], Tenant: web.FromPath, Object: "greenhouse", Rate: rate}, h)
	}
	page(web.RateRead, "GET /o/{org}/greenhouse", "greenhouse.read", p.read)
	page(web.RateWrite, "POST /o/{org}/greenhouse/{test}/again", "greenhouse.again", p.again)
	const api = "/api/v1/o/{org}/greenhouse/"
	r := web.Route{Auth: web.Staff, Roles: web.AnyMember, Tenant: web.FromPath, Object: "greenhouse", Rate: web.RateAPI, Scope: token.Greenhouse, Problems: []*problem.Problem{greenhouse.ErrMissing}}
	handle := func(pattern, action, about string, out any, h web.Handler, more func(*web.Route)) {
		x := r
		x.Pattern, x.Action, x.About, x.Out = pattern, action, about, out
		if more != nil {
			more(&x)
		}
		mux.Handle(x, h)
	}
	handle("GET "+api+"list_tests", "greenhouse.list_tests", "Greenhouse's list_tests: the open openings that the key's maker runs.", []wireChoice{}, p.listTests, func(x *web.Route) {
		x.Object, x.Problems = web.NoObject, []*problem.Problem{org.ErrRole}
	})
	handle("POST "+api+"send_test", "greenhouse.send_test", "Greenhouse's send_test: invites a candidate to an opening's first stage. The same url again gives the same test.", wireSentTest{}, p.sendTest, func(x *web.Route) {
		x.In, x.Problems = wireSendTest{}, []*problem.Problem{greenhouse.ErrMissing, problem.ErrInvalid}
	})
	handle("GET "+api+"test_status", "greenhouse.test_status", "Greenhouse's test_status: complete when the last scorecard is in, and only then with a score of 0 to 100.", wireTestStatus{}, p.testStatus, func(x *web.Route) {
		x.Filters = []string{"partner_interview_id"}
	})
	handle("POST "+api+"response_error", "greenhouse.response_error", "Greenhouse's response_error: what it could not read, for the owner's page.", wireResponseTaken{}, p.responseError, func(x *web.Route) {
		x.In, x.Object = wireResponseError{}, web.NoObject
	})
}

// What Greenhouse's documentation names, with its names.
type (
	wireChoice struct {
		ID   string `json:"partner_test_id"`
		Name string `json:"partner_test_name"`
	}
	wireTestCandidate struct {
		First     string `json:"first_name"`
		Last      string `json:"last_name"`
		Preferred string `json:"preferred_name"`
		Resume    string `json:"resume_url,omitempty"`
		Phone     string `json:"phone_number,omitempty"`
		Email     string `json:"email"`
		Profile   string `json:"greenhouse_profile_url"`
	}
	wireSendTest struct {
		Test      string            `json:"partner_test_id"`
		Candidate wireTestCandidate `json:"candidate"`
		By        string            `json:"sent_by,omitempty"`
		URL       string            `json:"url"`
	}
	wireSentTest struct {
		ID string `json:"partner_interview_id"`
	}
	wireTestStatus struct {
		State    string            `json:"partner_status"`
		Page     string            `json:"partner_profile_url"`
		Score    *int              `json:"partner_score"`
		Metadata map[string]string `json:"metadata"`
	}
	wireResponseError struct {
		Call      string   `json:"api_call"`
		Errors    []string `json:"errors"`
		Test      string   `json:"partner_test_id,omitempty"`
		TestName  string   `json:"partner_test_name,omitempty"`
		Interview string   `json:"partner_interview_id,omitempty"`
		Email     string   `json:"candidate_email,omitempty"`
	}
	wireResponseTaken struct {
		Status int `json:"status"`
	}
)

func (p *Pages) listTests(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Greenhouse.Choices(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	out := []wireChoice{}
	for _, c := range list {
		out = append(out, wireChoice{string(c.ID), c.Name})
	}
	return web.JSON(w, r, out)
}

// sendTest does not keep the phone number, the CV and who sent it: nobody here has a use for them.
func (p *Pages) sendTest(w http.ResponseWriter, r *http.Request) error {
	var in wireSendTest
	if err := web.ReadForeign(r, &in); err != nil {
		return err
	}
	c := in.Candidate
	t, err := p.Greenhouse.Send(r.Context(), web.Actor(r), web.Token(r), greenhouse.Order{Test: opening.ID(in.Test), First: c.First, Last: c.Last, Preferred: c.Preferred, Email: c.Email, Profile: c.Profile, URL: in.URL})
	if err != nil {
		return err
	}
	return web.JSON(w, r, wireSentTest{string(t)})
}

func (p *Pages) testStatus(w http.ResponseWriter, r *http.Request) error {
	s, err := p.Greenhouse.Status(r.Context(), web.Actor(r), greenhouse.TestID(r.URL.Query().Get("partner_interview_id")))
	if err != nil {
		return err
	}
	return web.JSON(w, r, wireTestStatus{s.State, p.URL + s.Page, s.Score, s.Metadata})
}

func (p *Pages) responseError(w http.ResponseWriter, r *http.Request) error {
	var in wireResponseError
	if err := web.ReadForeign(r, &in); err != nil {
		return err
	}
	if err := p.Greenhouse.Report(r.Context(), web.Actor(r), in.Call, in.Errors, in.Interview, in.Email); err != nil {
		return err
	}
	return web.JSON(w, r, wireResponseTaken{http.StatusOK})
}

type view struct {
	Page    web.Page
	API     string
	Seen    time.Time
	Tests   []greenhouse.Listed
	Reports []greenhouse.Report
}

func base(pg web.Page) string { return "/o/" + pg.Session.Org.Path }

func (v view) dead() (n int) {
	for _, t := range v.Tests {
		if t.State == hook.Dead {
			n++
		}
	}
	return n
}

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	v := view{Page: web.PageOf(r, "Greenhouse"), API: p.URL + "/api/v1/o/" + web.Actor(r).Org + "/greenhouse/"}
	var err error
	if v.Tests, v.Reports, v.Seen, err = p.Greenhouse.Log(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	return web.Show(w, r, readPage(v))
}

func (p *Pages) again(w http.ResponseWriter, r *http.Request) error {
	if err := p.Greenhouse.Again(r.Context(), web.Actor(r), greenhouse.TestID(r.PathValue("test"))); err != nil {
		return err
	}
	return web.Redirect(w, r, "/o/"+web.Actor(r).Org+"/greenhouse", "Greenhouse is told again.")
}
