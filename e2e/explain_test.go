package e2e_test

import (
	"net/url"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
)

// TestAnExplainBackOfThreeTurns: a recruiter turns the questions on, the candidate reads of them before they begin, answers two and calls the third
// unclear; the reader sends the rest of the card, stays blind, and scores the last criterion beside the answers.
func TestAnExplainBackOfThreeTurns(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, attempttest.Tree)
	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	staff.Go(s.URL + opening + "/stages")
	staff.Click("ol.steps details > summary")
	staff.Value(`document.querySelector("ol.steps select[name=questions]").value = "3"`)
	staff.Follow("ol.steps form.measure button")
	staff.Sees("3 questions about their own work")

	c := newVisitor(t, s.URL)
	c.get(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	c.post(c.at, nil)
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Bring(s.URL, c.cookies)
	p.Go(s.URL + "/c")
	p.Sees("3 parts, about 34 minutes in all")
	p.Sees("Everybody who begins here is asked.")
	p.Sees("Owns the work")
	lookAt(t, p, "explain-announced")
	for part, item := range map[string]string{"quiz": "pick", "writing": "tell-us"} {
		c.post("/c/parts/"+part+"/start", nil)
		if item == "tell-us" {
			c.post("/c/parts/writing/items/tell-us", url.Values{"text": {"The queue delivered twice, says Kemi Adeola."}})
		}
		c.post("/c/parts/"+part+"/send", nil)
	}
	eventually(t, "the questions", func() bool {
		c.get("/c/status")
		return strings.Contains(c.page, "3 questions about your work wait for you")
	})
	p.Go(s.URL + "/c/status")
	lookAt(t, p, "explain-status")

	// The reader comes first: all can be sent but the last criterion.
	owner.get(org + "/review")
	card := owner.find(`href="(/o/org_[0-9a-f]{32}/review/[0-9A-Z]+)"`)
	staff.Go(s.URL + card)
	staff.Sees("Opens when the candidate has answered the questions about their work")
	staff.Value(`document.querySelector("input[name=\'c.clear\'][value=\'3\']").click(), ""`)
	staff.Value(`document.querySelector("input[name=\'c.right\'][value=\'2\']").click(), ""`)
	sendCard(staff)
	staff.Sees("Sent, but for the last criterion")
	lookAt(t, staff, "explain-rest-sent")
	staff.Go(s.URL + org + "/review")
	staff.Sees("Waits for the candidate’s answers")

	p.Go(s.URL + "/c/parts/explain_back")
	p.Follow("main form button.primary")
	p.Sees("Why this question:")
	lookAt(t, p, "explain-question")
	p.Type("textarea[name=text]", "Whether the second charge was refunded, says Kemi Adeola.")
	p.Follow("form[data-item] button.primary")
	p.Type("textarea[name=text]", "To ask the bank first; nobody answers there at night.")
	p.Follow("form[data-item] button.primary")
	p.Click(".item-help details:has(textarea[name=unclear]) > summary")
	p.Type("textarea[name=unclear]", "Which hour do you mean?")
	p.Follow(`form[action$="/unclear"] button`)
	p.Sees("Said to be unclear, or not about this work: Which hour do you mean?")
	p.Follow("form[data-item] button.primary")
	p.Follow("main form button.primary")
	p.Sees("Receipt")

	staff.Go(s.URL + org + "/review")
	staff.Sees("The answers are in: one criterion")
	staff.Go(s.URL + card + "?item=question_1")
	staff.Sees("Whether the second charge was refunded, says [name].")
	lookAt(t, staff, "explain-answers")
	staff.Go(s.URL + card + "?item=question_3")
	staff.Sees("Which hour do you mean?")
	staff.Sees("Not answered")
	staff.Value(`document.querySelector("input[name=\'c.owns_the_work\'][value=\'3\']").click(), ""`)
	sendCard(staff)
	staff.Sees("Your scores are sent")
	staff.Sees("Kemi Adeola")
}

// sendCard presses the button at the foot of a scorecard, wherever the page is scrolled to.
func sendCard(p *browser.Page) {
	p.Value(`window.candorBefore = true, document.querySelector("button[data-send]").click(), ""`)
	p.Until(`window.candorBefore !== true && document.readyState === "complete"`)
}
