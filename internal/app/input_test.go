package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"candor/internal/db"
	"candor/internal/response"
	"candor/internal/web"
)

// island sends JSON as the outbox of the candidate's page does.
func (w *world) island(target, cookie string, body any) answer {
	w.t.Helper()
	raw, err := json.Marshal(body)
	w.must(err)
	req := httptest.NewRequest("POST", target, strings.NewReader(string(raw)))
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Content-Type", "application/json")
	req.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: cookie})
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Result().Header, rec.Body.String()}
}

// saves is one save of a text, as the outbox writes it.
func saves(p *applicant, client string, epoch, seq int, text string) map[string]any {
	form, _ := json.Marshal(map[string][]string{"text": {text}}) // strings always marshal
	return map[string]any{"sitting": p.sitting, "client": client, "epoch": epoch, "age": 0, "saves": []map[string]any{{"item": "tell-us", "seq": seq, "base": 0, "body": string(form), "sha256": ""}}}
}

// What a page of another site sends is refused on every route that changes something, with the session of somebody who may, and before
// anything is looked at.
func TestAForgedOriginChangesNothing(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	before := w.tables()
	for _, r := range w.routes {
		if r.Method() == http.MethodGet || r.Path() == web.ReportPath {
			continue
		}
		for _, forged := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			req := httptest.NewRequest(r.Method(), strings.NewReplacer("{org}", w.here.org.ID, "{opening}", string(w.here.plain), "{code}", string(w.here.read.code)).Replace(r.Path()), strings.NewReader(""))
			req.Header.Set(forged[0], forged[1])
			req.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: w.person("owner").cookie})
			req.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: w.here.busy.cookie})
			rec := httptest.NewRecorder()
			if w.mux.ServeHTTP(rec, req); rec.Code != http.StatusForbidden || !strings.Contains(rec.Body.String(), "another site") {
				t.Errorf("%s with %v = %d; want 403", r.Pattern, forged, rec.Code)
			}
		}
	}
	w.unchanged(t.Errorf, before, "a forged origin")
}

// The outbox's way for 5 MB: refused in words that a page can show, and the answer before it stands.
func TestTheOutboxIsToldThatFiveMegabytesAreTooMuch(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	p := w.here.busy
	before, err := w.app.Attempts.View(ctx, p.who)
	w.must(err)
	got := w.island("/c/-/save", p.cookie, saves(p, "c9", 1, 1, strings.Repeat("and again. ", 5<<20/11)))
	var told struct{ Title, Code string }
	w.must(json.Unmarshal([]byte(got.body), &told))
	if got.status != http.StatusRequestEntityTooLarge || !strings.Contains(told.Title, "stays on this device") {
		t.Errorf("5 MB = %d %+v; want 413 and where it is kept", got.status, told)
	}
	after, err := w.app.Attempts.View(ctx, p.who)
	w.must(err)
	if string(after.Answers["tell-us"].Body) != string(before.Answers["tell-us"].Body) {
		t.Error("the answer before it is gone")
	}
}

// Two tabs of one browser are one device: both save, the newest is the answer and the others are in its history. A second device needs
// the code that the first one shows; then it edits, and what the first still sends is kept beside, named as such, and writes over nothing.
func TestASecondTabAndASecondDeviceLoseNothing(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, w *world) {
		p := w.here.busy
		onTime := func(cookie, client string, epoch, seq int, text string) {
			t.Helper()
			if got := w.island("/c/-/save", cookie, saves(p, client, epoch, seq, text)); got.status != http.StatusOK || !strings.Contains(got.body, `"standing":"on_time"`) {
				t.Fatalf("%s = %d %s; want it on time", text, got.status, got.body)
			}
		}
		onTime(p.cookie, "tab1", 1, 1, "From the first tab.")
		onTime(p.cookie, "tab2", 1, 1, "From the second tab.")

		digits, err := w.app.Openings.DeviceCode(ctx, p.who)
		w.must(err)
		entered := w.visit("POST", "/i/"+w.app.Openings.Secret(p.inv), "", url.Values{"digits": {digits}})
		other := given.FindStringSubmatch(entered.header.Get("Set-Cookie"))
		if entered.status != http.StatusSeeOther || other == nil {
			t.Fatalf("entering with the code = %d", entered.status)
		}
		if got := w.visit("POST", "/c/parts/writing/here", other[1], nil); got.status != http.StatusSeeOther {
			t.Fatalf("going on here = %d", got.status)
		}
		onTime(other[1], "phone", 2, 1, "From the phone.")
		late := w.island("/c/-/save", p.cookie, saves(p, "tab1", 1, 2, "Typed in the first tab meanwhile."))
		if late.status != http.StatusOK || !strings.Contains(late.body, `"standing":"branch"`) || !strings.Contains(late.body, `"editor":false`) {
			t.Errorf("the first device afterwards = %d %s; want it kept as a branch, and told that another edits", late.status, late.body)
		}
		v, err := w.app.Attempts.View(ctx, p.who)
		w.must(err)
		if body := string(v.Answers["tell-us"].Body); !strings.Contains(body, "From the phone.") {
			t.Errorf("the answer is %s", body)
		}
		for _, text := range []string{"From the first tab.", "From the second tab.", "Typed in the first tab meanwhile."} {
			var kept int
			w.here.in(func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM revisions WHERE org_id = $1 AND owner = $2 AND sha256 = $3`, tx.Org, string(v.Attempt.ID),
					response.Hash([]byte(`{"text":["`+text+`"]}`))).Scan(&kept)
			})
			if kept != 1 {
				t.Errorf("%q is kept %d times; want once", text, kept)
			}
		}
	})
}
