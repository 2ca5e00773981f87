package privacy_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"candor/internal/web"
)

// ask is one request by a cookie; a form posts.
func (w *world) ask(h http.Handler, cookie, value, path string, form url.Values) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest("GET", "http://example.com"+path, nil)
	if form != nil {
		r = httptest.NewRequest("POST", "http://example.com"+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.AddCookie(&http.Cookie{Name: cookie, Value: value})
	out := httptest.NewRecorder()
	h.ServeHTTP(out, r)
	return out
}

// TestPages: the owner reads when what goes, keeps an application longer by its page, and lifts that; the candidate reads both.
func TestPages(t *testing.T) {
	w := makeWorld(t, "")
	a := w.app
	mux, err := a.Mux()
	w.must(err)
	sign := func(email string) string {
		t.Helper()
		secret, err := a.Accounts.AdminLink(ctx, email)
		w.must(err)
		cookie, _, err := a.Accounts.Press(ctx, secret, "", "test")
		w.must(err)
		return cookie
	}
	owner, reader := sign("ada@tideway.example"), sign("mina@tideway.example")
	base := "/o/" + w.org
	staff := func(cookie, path string, form url.Values, code int, words ...string) {
		t.Helper()
		res := w.ask(mux, web.StaffCookie, cookie, base+path, form)
		body := res.Body.String()
		if res.Code != code {
			t.Errorf("%s = %d; want %d\n%s", path, res.Code, code, body)
		}
		for _, s := range words {
			if no, hidden := strings.CutPrefix(s, "!"); hidden == strings.Contains(body, no) {
				t.Errorf("%s: %q\n%s", path, s, body)
			}
		}
	}
	staff(owner, "/settings/retention", nil, 200, "Nothing is kept yet")
	staff(reader, "/settings/retention", nil, 403)

	inv, err := a.Openings.Invite(ctx, w.owner, w.opening, inviteForm("Amara Okafor"))
	w.must(err)
	cookie, err := a.Openings.Enter(ctx, a.Openings.Secret(inv), "")
	w.must(err)
	who, _, err := a.Openings.CandidateSession(ctx, cookie)
	w.must(err)
	p := person{who: who, app: inv.Application}
	at := "/applications/" + string(p.app)
	date := w.kept(p).Format("2 January 2006")
	candidate := func(words ...string) {
		t.Helper()
		res := w.ask(mux, web.CandidateCookie, cookie, "/c/data", nil)
		for _, s := range words {
			if no, hidden := strings.CutPrefix(s, "!"); hidden == strings.Contains(res.Body.String(), no) {
				t.Errorf("/c/data (%d): %q\n%s", res.Code, s, res.Body)
			}
		}
	}
	staff(owner, "/settings/retention", nil, 200, date, "12 months", "90 days", "24 months", "!Amara")
	staff(owner, at, nil, 200, "How long this is kept", "Deleted on "+date)
	candidate("12 months", date)
	staff(reader, at+"/keep", nil, 404)
	staff(reader, at+"/keep", url.Values{"reason": {"Because"}}, 404)
	staff(owner, at+"/keep", url.Values{"reason": {" "}}, 422, "Say in up to 500 characters")
	staff(owner, at+"/keep", url.Values{"reason": {"A claim at the court"}}, 303)
	staff(owner, at+"/keep", nil, 200, "A claim at the court", "Lift it")
	staff(owner, at, nil, 200, "Kept until somebody lifts it", "A claim at the court")
	staff(owner, "/settings/retention", nil, 200, "1 application", "!Amara", "!A claim")
	candidate("Your application is kept longer", "!A claim at the court", "!"+date)
	staff(owner, at+"/lift", url.Values{}, 303)
	staff(owner, at, nil, 200, "Deleted on "+date)
}
