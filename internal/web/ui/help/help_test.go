package help_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"candor/internal/web"
	"candor/internal/web/ui/help"
)

// TestPages: both pages are whole; no key is shown in place of its text.
func TestPages(t *testing.T) {
	mux := web.New(web.Config{})
	help.Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	defer s.Close()
	for _, path := range []string{"/accessibility", "/help"} {
		res, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != 200 || strings.Contains(string(b), "pages.") {
			t.Errorf("%s = %d, %v: %s", path, res.StatusCode, err, b)
		}
	}
}
