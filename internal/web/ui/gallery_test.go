package ui_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"candor/e2e/browser"
	"candor/internal/web"
	"candor/internal/web/ui"
	"candor/internal/web/ui/errorpage"
)

func serve(t *testing.T) string {
	t.Helper()
	mux := web.New(web.Config{ErrorPage: errorpage.Show})
	ui.Routes(mux)
	if err := mux.Start(); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// TestGallery looks at every component and frame as axe does, light and wide, dark and narrow (with CANDOR_TEST_LONG the other two also), and
// refuses a page that scrolls sideways. With CANDOR_SHOTS=DIR it keeps pictures, for people to look at.
func TestGallery(t *testing.T) {
	url := serve(t)
	p := browser.New(t)
	for name, path := range map[string]string{"gallery": "/_components", "work": "/_components/work", "staff": "/_components/staff"} {
		for i, v := range []browser.View{{Width: 1440, Height: 900}, {Width: 390, Height: 844, Dark: true, Touch: true}, {Width: 1440, Height: 900, Dark: true}, {Width: 320, Height: 600, Touch: true}} {
			p.Look(v)
			p.Go(url + path)
			p.Until(`!document.querySelector("code-editor") || document.querySelector(".cm-content") !== null`)
			if i < 2 || os.Getenv("CANDOR_TEST_LONG") != "" {
				p.Axe()
			}
			if wide := p.Value(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide != "0" {
				t.Errorf("%s at %d px is %s px too wide: %s", path, v.Width, wide, p.Value(`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0,5).map(e => e.tagName + "." + e.className).join(", ")`))
			}
		}
		if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
			p.Look(browser.Desk)
			p.Shots(filepath.Clean(dir), name)
		}
	}
}

// TestErrorPage is the page for what is not there: no console errors, no violations.
func TestErrorPage(t *testing.T) {
	url := serve(t)
	p := browser.New(t)
	p.Go(url + "/nothing")
	p.Sees("Not found")
	p.Axe()
}
