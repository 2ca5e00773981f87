package e2e_test

import (
	"os"
	"strings"
	"testing"

	"candor/e2e/browser"
)

// shots is where screenshots go when CANDOR_SHOTS names a folder.
func shots(p *browser.Page, name string) {
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(dir, name)
	}
}

func TestTheDemoAsEverybody(t *testing.T) {
	t.Parallel()
	s := demo(t)

	t.Run("candidate who begins", func(t *testing.T) {
		p := browser.New(t)
		p.Look(browser.Phone)
		p.Go(s.link("Amara Okafor"))
		p.Axe()
		p.Follow("main form button")
		p.Sees("Hello Amara")
		p.Axe()
		shots(p, "landing")
		p.Click(`a[href="/c/parts/quiz"]`)
		p.Sees("Four short questions")
		p.Axe()
		shots(p, "before")
		p.Follow("main form button")
		p.Sees("Which index")
		p.Axe()
		shots(p, "quiz")
		p.Click(".pick")
		p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.includes("Saved")`)
		p.Click(`main form button[name="_go"]`)
		p.Sees("Paid once, not twice")
		p.Until(`location.pathname.endsWith("retry-safely")`)
		p.Go(s.URL + "/c/parts/quiz/check")
		p.Sees("3 tasks have no answer yet")
		p.Axe()
		shots(p, "check")
		p.Click(`main form[action$="/send"] button`)
		p.Sees("Receipt")
		p.Axe()
		shots(p, "sent")
		for _, path := range []string{"/c/status", "/c/time", "/c/adjust", "/c/practice", "/c/device"} {
			p.Go(s.URL + path)
			p.Axe()
			shots(p, path[3:])
		}
		p.Go(s.URL + "/c/parts/writing")
		p.Axe()
		p.Follow("main form button.primary")
		p.Sees("The doubled confirmations")
		p.Axe()
		shots(p, "writing")
	})

	t.Run("candidate who was declined", func(t *testing.T) {
		p := browser.New(t)
		p.Go(s.link("Chloe Martin"))
		p.Follow("main form button")
		p.Sees("Hello Chloe")
		p.Go(s.URL + "/c/status")
		p.Sees("Our reply")
		p.Sees("what was missing for this role")
		p.Axe()
		shots(p, "reply")
	})

	t.Run("reviewer", func(t *testing.T) {
		p := browser.New(t)
		p.Go(s.link("Jun Park"))
		p.Axe()
		p.Follow("main form button")
		p.Until(`location.pathname.endsWith("/review")`)
		p.Axe()
		shots(p, "queue")
		p.Click(`main a[href*="/review/"]`)
		p.Sees("Your scorecard")
		p.Axe()
		shots(p, "scorecard")
	})

	t.Run("recruiter", func(t *testing.T) {
		p := browser.New(t)
		p.Go(s.link("Noor Haddad"))
		p.Follow("main form button")
		p.Until(`location.pathname.endsWith("/openings")`)
		p.Axe()
		shots(p, "openings")
		p.Click(`main a[href*="/openings/opn_"]`)
		p.Until(`location.pathname.includes("/openings/opn_")`)
		p.Sees("engineer")
		p.Axe()
		shots(p, "board")
		board := p.Value("location.pathname")
		for _, path := range []string{"/invite", "/settings", "/stages", "/team"} {
			p.Go(s.URL + board + path)
			p.Axe()
			shots(p, "opening-"+path[1:])
		}
		p.Go(s.URL + board)
		p.Click(`main a[href*="/applications/"]`)
		p.Until(`location.pathname.includes("/applications/")`)
		p.Axe()
		shots(p, "application")
		org := board[:len("/o/org_")+32]
		p.Go(s.URL + org + "/candidates")
		p.Sees("Amara Okafor")
		p.Axe()
		shots(p, "candidates")
	})

	t.Run("manager", func(t *testing.T) {
		p := browser.New(t)
		p.Go(s.link("Piotr Zielinski"))
		p.Follow("main form button")
		p.Until(`location.pathname.startsWith("/o/")`)
		org := p.Value("location.pathname")[:len("/o/org_")+32]
		p.Go(s.URL + org + "/openings")
		p.Click(`main a[href*="/openings/opn_"]`)
		p.Until(`location.pathname.includes("/openings/opn_")`)
		p.Go(s.URL + p.Value("location.pathname") + "/compare")
		p.Axe()
		shots(p, "compare")
	})

	t.Run("owner", func(t *testing.T) {
		p := browser.New(t)
		p.Go(s.link("Helena Brandt"))
		p.Follow("main form button")
		p.Until(`location.pathname.startsWith("/o/")`)
		org := p.Value("location.pathname")[:len("/o/org_")+32]
		for _, path := range []string{"/outbox", "/assessments", "/members", "/settings", "/audit"} {
			p.Go(s.URL + org + path)
			p.Axe()
			shots(p, "owner"+path[1:])
		}
		p.Go(s.URL + "/me")
		p.Axe()

		// The dossier on paper.
		p.Go(s.URL + org + "/candidates?q=Chloe")
		p.Follow(`main a[href*="/candidates/"]`)
		p.Follow(`main a[href*="/applications/"]`)
		p.Follow(`form[action$="/dossier"] button`)
		p.Axe()
		shots(p, "dossier")
		dir := t.TempDir()
		if kept := os.Getenv("CANDOR_SHOTS"); kept != "" {
			dir = kept
		}
		paper := p.Printed(dir)
		for _, part := range []string{"Chloe Martin", "Scorecard of ", "For the candidate: ", "Declined", "Taken out", "Helena Brandt", "Your reply", "what was missing for this role"} {
			if !strings.Contains(paper, part) {
				t.Errorf("the paper does not say %q:\n%s", part, paper)
			}
		}
		for _, part := range []string{"Skip to", "Print, or save", "Settings", "Sign out"} {
			if strings.Contains(paper, part) {
				t.Errorf("the paper has %q, which is for the screen", part)
			}
		}
	})
}
