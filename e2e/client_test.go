package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"candor/e2e/browser"
	"candor/e2e/client"
)

// a program holds a token and knows of the server what its document says.
type program struct {
	*client.ClientWithResponses
	org string
}

// tokenOf makes a token of some scopes on the page, as the person who is signed in there.
func tokenOf(p *browser.Page, base, name string, scopes ...string) string {
	p.Go(base + "/tokens")
	p.Type(`main form [name="name"]`, name)
	for _, s := range scopes {
		p.Click(fmt.Sprintf(`main form [name="scopes"][value=%q]`, s))
	}
	p.Follow(`main aside form button.primary`)
	p.Axe()
	return p.Text("main .note code")
}

// patient asks again after as many seconds as the server says, as a program does that is asked to wait.
type patient struct{}

func (patient) Do(r *http.Request) (*http.Response, error) {
	for {
		answer, err := http.DefaultClient.Do(r)
		if err != nil || answer.StatusCode != http.StatusTooManyRequests {
			return answer, err
		}
		answer.Body.Close()
		s, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil || s < 1 || s > 60 {
			return nil, fmt.Errorf("too many, and Retry-After is %q", answer.Header.Get("Retry-After"))
		}
		time.Sleep(time.Duration(s) * time.Second)
		if r.GetBody != nil {
			if r.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

func programOf(t *testing.T, url, org, secret string) program {
	t.Helper()
	c, err := client.NewClientWithResponses(url, client.WithHTTPClient(patient{}), client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+secret)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return program{c, org}
}

// got is the answer of a call that went well.
func got[A any](t *testing.T, what string, status int, body []byte, answer *A) A {
	t.Helper()
	if status != http.StatusOK || answer == nil {
		t.Fatalf("%s = %d %s", what, status, body)
	}
	return *answer
}

// whole reads a list to its end by the cursor that each page gives.
func whole[T any](t *testing.T, page func(cursor *string) (list []T, next *string)) (all []T) {
	t.Helper()
	var cursor *string
	for range 100 {
		list, next := page(cursor)
		all = append(all, list...)
		if next == nil || *next == "" || len(list) == 0 {
			return all
		}
		cursor = next
	}
	t.Fatal("a list without an end")
	return nil
}

// TestAProgramByTheDocument: a client that was generated from docs/openapi.json asks every operation of the API of the running demo, with
// tokens that a recruiter made in the browser, and what it reads hangs together.
func TestAProgramByTheDocument(t *testing.T) {
	t.Parallel()
	s := demo(t)
	ctx := t.Context()
	p := browser.New(t)
	p.Go(s.link("Helena Brandt"))
	p.Follow("main form button")
	org := p.Value(`location.pathname.split("/")[2]`)
	base := s.URL + "/o/" + org
	c := programOf(t, s.URL, org, tokenOf(p, base, "Our reports", "opening:read", "candidate:read", "application:read", "invitation:write", "result:read", "event:read"))
	g := programOf(t, s.URL, org, tokenOf(p, base, "Greenhouse", "greenhouse"))
	narrow := programOf(t, s.URL, org, tokenOf(p, base, "A wall board", "opening:read"))

	openings := whole(t, func(cursor *string) ([]client.Opening, *string) {
		r, err := c.APIOpeningsWithResponse(ctx, org, &client.APIOpeningsParams{Cursor: cursor})
		must(t, err)
		a := got(t, "openings", r.StatusCode(), r.Body, r.JSON200)
		return a.Openings, a.Next
	})
	people := whole(t, func(cursor *string) ([]client.Candidate, *string) {
		r, err := c.APICandidatesWithResponse(ctx, org, &client.APICandidatesParams{Cursor: cursor})
		must(t, err)
		a := got(t, "candidates", r.StatusCode(), r.Body, r.JSON200)
		return a.Candidates, a.Next
	})
	known := map[string]client.Candidate{}
	for _, one := range people {
		known[one.ID] = one
	}
	applications, interviews, decisions, offers := 0, 0, 0, 0
	for _, o := range openings {
		r, err := c.APIOpeningWithResponse(ctx, org, o.ID)
		must(t, err)
		full := got(t, "an opening", r.StatusCode(), r.Body, r.JSON200)
		if full.Title != o.Title || full.Stages == nil || len(*full.Stages) == 0 {
			t.Errorf("the opening %q reads %+v", o.Title, full)
			continue
		}
		stages := map[string]bool{}
		for _, st := range *full.Stages {
			stages[st.ID] = true
			offers += len(st.Offers)
		}
		list := whole(t, func(cursor *string) ([]client.Application, *string) {
			r, err := c.APIApplicationsWithResponse(ctx, org, o.ID, &client.APIApplicationsParams{Cursor: cursor})
			must(t, err)
			a := got(t, "applications", r.StatusCode(), r.Body, r.JSON200)
			return a.Applications, a.Next
		})
		applications += len(list)
		for _, a := range list[:min(len(list), 4)] { // the rest is more of the same
			one, err := c.APIApplicationWithResponse(ctx, org, a.ID)
			must(t, err)
			if x := got(t, "an application", one.StatusCode(), one.Body, one.JSON200); x.Opening != o.ID || x.Status != a.Status {
				t.Errorf("the application %s reads %+v; in the list %+v", a.ID, x, a)
			}
			invitations, err := c.APIInvitationsWithResponse(ctx, org, a.ID)
			must(t, err)
			for _, i := range got(t, "invitations", invitations.StatusCode(), invitations.Body, invitations.JSON200).Invitations {
				if i.Application != a.ID || !stages[i.Stage] {
					t.Errorf("the invitation %+v is not of the application %s and a stage of its opening", i, a.ID)
				}
			}
			results, err := c.APIResultsWithResponse(ctx, org, a.ID)
			must(t, err)
			for _, d := range got(t, "results", results.StatusCode(), results.Body, results.JSON200).Decisions {
				decisions++
				if !stages[d.Stage] {
					t.Errorf("the decision %+v is of no stage of its opening", d)
				}
			}
			turns, err := c.APIApplicationInterviewsWithResponse(ctx, org, a.ID)
			must(t, err)
			got(t, "an application's interviews", turns.StatusCode(), turns.Body, turns.JSON200)
		}
		for _, i := range whole(t, func(cursor *string) ([]client.Interview, *string) {
			r, err := c.APIInterviewsWithResponse(ctx, org, o.ID, &client.APIInterviewsParams{Cursor: cursor})
			must(t, err)
			a := got(t, "interviews", r.StatusCode(), r.Body, r.JSON200)
			return a.Interviews, a.Next
		}) {
			interviews++
			r, err := c.APIInterviewWithResponse(ctx, org, i.Code)
			must(t, err)
			if x := got(t, "an interview", r.StatusCode(), r.Body, r.JSON200); x.Turns == nil || int64(len(*x.Turns)) < x.QuestionsAsked {
				t.Errorf("the interview %s asked %d and tells %v", i.Code, x.QuestionsAsked, x.Turns)
			}
		}
	}
	if len(openings) < 3 || len(people) < 10 || applications < len(people) || interviews == 0 || decisions == 0 || offers == 0 {
		t.Errorf("read of the demo: %d openings, %d offers, %d people, %d applications, %d interviews, %d decisions", len(openings), offers, len(people), applications, interviews, decisions)
	}
	payments := whole(t, func(cursor *string) ([]client.Payment, *string) {
		r, err := c.APIPaymentsWithResponse(ctx, org, &client.APIPaymentsParams{Cursor: cursor})
		must(t, err)
		a := got(t, "payments", r.StatusCode(), r.Body, r.JSON200)
		return a.Payments, a.Next
	})
	talks := whole(t, func(cursor *string) ([]client.Talk, *string) {
		r, err := c.APITalksWithResponse(ctx, org, &client.APITalksParams{Cursor: cursor})
		must(t, err)
		a := got(t, "talks", r.StatusCode(), r.Body, r.JSON200)
		return a.Talks, a.Next
	})
	t.Logf("%d payments, %d talks", len(payments), len(talks))

	// An invitation, twice by one key; the person, the event and the refusals by code.
	var after *string
	for { // to the end of what happened
		r, err := c.APIEventsWithResponse(ctx, org, &client.APIEventsParams{Cursor: after})
		must(t, err)
		a := got(t, "events", r.StatusCode(), r.Body, r.JSON200)
		after = &a.Next
		if len(a.Events) == 0 {
			break
		}
	}
	tests, err := g.GreenhouseListTestsWithResponse(ctx, org)
	must(t, err)
	choices := got(t, "list_tests", tests.StatusCode(), tests.Body, tests.JSON200)
	if len(choices) == 0 {
		t.Fatal("Greenhouse is offered no opening")
	}
	opening := choices[0].PartnerTestID
	key := "once"
	invite := func(who client.Invite) *client.APIInviteResponse {
		r, err := c.APIInviteWithResponse(ctx, org, opening, &client.APIInviteParams{IdempotencyKey: &key}, who)
		must(t, err)
		return r
	}
	lena := client.Invite{Name: "Łucja Øst", Email: "lucja+candor@mail.example"}
	r := invite(lena)
	first := got(t, "invite", r.StatusCode(), r.Body, r.JSON200)
	r = invite(lena)
	if again := got(t, "invite again", r.StatusCode(), r.Body, r.JSON200); again.ID != first.ID {
		t.Errorf("the same request made another invitation: %s, %s", first.ID, again.ID)
	}
	key = "twice"
	if r := invite(lena); r.StatusCode() != http.StatusConflict || r.ApplicationProblemJSON409 == nil || r.ApplicationProblemJSON409.Code != "application_twice" {
		t.Errorf("somebody who is invited = %d %s", r.StatusCode(), r.Body)
	}
	for seen, end := false, time.Now().Add(20*time.Second); !seen; { // the feed is filled by a job, as a program finds it
		r, err := c.APIEventsWithResponse(ctx, org, &client.APIEventsParams{Cursor: after})
		must(t, err)
		page := got(t, "events", r.StatusCode(), r.Body, r.JSON200)
		for _, e := range page.Events {
			seen = seen || e.Type == "invitation.sent" && e.Invitation != nil && *e.Invitation == first.ID && e.Opening == opening
		}
		if after = &page.Next; !seen && time.Now().After(end) {
			t.Fatal("no event tells of the invitation")
		}
	}
	a, err := c.APIApplicationWithResponse(ctx, org, first.Application)
	must(t, err)
	who, err := c.APICandidateWithResponse(ctx, org, *got(t, "the application", a.StatusCode(), a.Body, a.JSON200).Candidate)
	must(t, err)
	if x := got(t, "the candidate", who.StatusCode(), who.Body, who.JSON200); x.Name != lena.Name || x.Email != lena.Email {
		t.Errorf("the candidate reads %+v", x)
	}
	if r, err := narrow.APICandidatesWithResponse(ctx, org, nil); err != nil || r.StatusCode() != http.StatusForbidden || r.ApplicationProblemJSON403 == nil {
		t.Errorf("a token without the scope = %d %s, %v", r.StatusCode(), r.Body, err)
	}

	sent, err := g.GreenhouseSendTestWithResponse(ctx, org, client.SendTest{PartnerTestID: opening, URL: "https://app.greenhouse.io/t/1",
		Candidate: client.TestCandidate{FirstName: "Ada", LastName: "Ek", Email: "ada.ek@mail.example", GreenhouseProfileURL: "https://app.greenhouse.io/people/1"}})
	must(t, err)
	id := got(t, "send_test", sent.StatusCode(), sent.Body, sent.JSON200).PartnerInterviewID
	status, err := g.GreenhouseTestStatusWithResponse(ctx, org, &client.GreenhouseTestStatusParams{PartnerInterviewID: &id})
	must(t, err)
	if x := got(t, "test_status", status.StatusCode(), status.Body, status.JSON200); x.PartnerScore != nil || x.PartnerStatus == "" {
		t.Errorf("a test that was just sent stands as %+v", x)
	}
	taken, err := g.GreenhouseResponseErrorWithResponse(ctx, org, client.ResponseError{APICall: "test_status", Errors: []string{"we could not read it"}, PartnerInterviewID: &id})
	must(t, err)
	got(t, "response_error", taken.StatusCode(), taken.Body, taken.JSON200)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
