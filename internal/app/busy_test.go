package app_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"candor/internal/load"
	"candor/internal/web"
)

// While writes take longer and longer, exports, previews, runs and uploads wait in this order and are told for how long; a save
// goes in at any load, and browsers are asked to save less often.
func TestWhatCanWaitDoesAndSavesDoNot(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	p, author := w.here.busy, w.person("author").cookie
	now := time.Now()
	w.app.Load.Clock = func() time.Time { return now }
	for i := range 20 {
		w.island("/c/-/save", p.cookie, saves(p, "calm", 1, i+1, "Calm."))
	}
	if w.app.Load.Wait() <= 0 {
		t.Error("twenty saves are no writes for the gauge")
	}
	version := "/o/" + w.here.org.ID + "/versions/" + string(w.here.published)
	waits := func(method, target string) bool {
		t.Helper()
		req := httptest.NewRequest(method, target, nil)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.AddCookie(&http.Cookie{Name: web.StaffCookie, Value: author})
		rec := httptest.NewRecorder()
		w.mux.ServeHTTP(rec, req)
		if after := rec.Header().Get("Retry-After"); rec.Code == http.StatusServiceUnavailable && after != "30" {
			t.Errorf("%s says Retry-After %q; want 30", target, after)
		}
		return rec.Code == http.StatusServiceUnavailable
	}
	for i, c := range []struct {
		took                          time.Duration
		export, preview, runs, upload bool
		interval                      int64
	}{
		{0, false, false, false, false, 2000}, {300 * time.Millisecond, true, false, false, false, 6000}, {600 * time.Millisecond, true, true, false, false, 12000},
		{1200 * time.Millisecond, true, true, true, false, 15000}, {2500 * time.Millisecond, true, true, true, true, 15000},
	} {
		now = now.Add(time.Minute)
		for range 100_000 {
			w.app.Load.Took(c.took)
		}
		export, preview, upload := waits("GET", version+"/export"), waits("GET", version+"/preview"), waits("POST", "/o/"+w.here.org.ID+"/assessments")
		runs := errors.Is(w.app.Runs.Room(), load.ErrBusy)
		if export != c.export || preview != c.preview || runs != c.runs || upload != c.upload {
			t.Errorf("with writes of %v: exports wait %v, previews %v, runs %v, uploads %v; want %v, %v, %v, %v", c.took, export, preview, runs, upload, c.export, c.preview, c.runs, c.upload)
		}
		got := w.island("/c/-/save", p.cookie, saves(p, "busy", 1, i+1, strings.Repeat("more ", i)))
		var reply struct {
			Interval int64
			Acks     []struct{ Standing string }
		}
		w.must(json.Unmarshal([]byte(got.body), &reply))
		if got.status != http.StatusOK || len(reply.Acks) != 1 || reply.Acks[0].Standing != "on_time" || reply.Interval/100*100 != c.interval {
			t.Errorf("with writes of %v a save = %d %s; want it kept on time, and the next after %d ms", c.took, got.status, got.body, c.interval)
		}
	}
}
