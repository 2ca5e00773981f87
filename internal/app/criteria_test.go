package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"candor/internal/web"
)

// Whoever is not decided yet sees the criteria that their work is read by, and since when; whoever is keeps what they were read by.
func TestCandidatesSeeTheCriteriaThatCount(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	s := w.here
	const newer = "At the first reading by somebody new."
	sees := func(p *applicant, path string, want bool) {
		t.Helper()
		req := httptest.NewRequest("GET", path, nil)
		req.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: p.cookie})
		rec := httptest.NewRecorder()
		w.mux.ServeHTTP(rec, req)
		body := rec.Body.String()
		if rec.Code != http.StatusOK || strings.Contains(body, "The criteria were changed on") != want || path == "/c" && strings.Contains(body, newer) != want {
			t.Errorf("%s of %s = %d; want the changed criteria: %v", path, p.name, rec.Code, want)
		}
	}
	sees(s.read, "/c", false)
	next := s.tree("Clearer")
	file := next["assessment.yaml"]
	file.Data = []byte(strings.Replace(string(file.Data), "At the first reading.", newer, 1))
	id, findings, err := w.app.Assessments.Import(ctx, s.as("founder"), next, s.assessment)
	w.must(err, findings)
	_, err = w.app.Assessments.Publish(ctx, s.as("founder"), id, nil)
	w.must(err)
	w.must(w.app.Reviews.ChangeRubric(ctx, s.as("manager"), s.plain, id, "Two readers took it for different things."))
	w.drain()
	for _, path := range []string{"/c", "/c/status"} {
		sees(s.read, path, true)
		sees(s.waits, path, false) // decided, and not told yet
		sees(s.told, path, false)
	}
	sees(s.busy, "/c", true) // has sent nothing yet
}
