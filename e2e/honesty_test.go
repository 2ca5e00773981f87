package e2e_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"

	"github.com/chromedp/chromedp/kb"
)

// TestTimeIsHonestAndCandidatesAreHeard: a colleague takes tasks first, in two tabs, and corrects the clock; one press makes what they took the advertised time
// of the next version. The plan of an opening adds up what it asks of one person, and warns. A candidate reads the sum on a phone, sends their work, is asked how
// it was, leaves it for later, and answers by keyboard without a script. The sums are there when five have answered.
func TestTimeIsHonestAndCandidatesAreHeard(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, attempttest.Tree)
	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	fill := func(p *browser.Page, selector, text string) {
		p.Value(`(document.querySelector(` + "`" + selector + "`" + `).value = "", "")`)
		p.Type(selector, text)
	}
	owner.get(org + "/assessments")
	owner.get(owner.find(`href="(/o/org_[0-9a-f]{32}/assessments/ase_[0-9a-f]{32})"`))
	version := owner.find(`href="(/o/org_[0-9a-f]{32}/versions/ver_[0-9a-f]{32})"`)

	owner.post(org+"/members", url.Values{"name": {"Jun Okada"}, "email": {"jun@northpier.example"}, "roles": {"reviewer"}})
	jun, link := newVisitor(t, s.URL), ""
	eventually(t, "the colleague's link", func() bool {
		owner.get(org + "/outbox")
		if at := strings.Index(owner.page, "jun@northpier.example"); at >= 0 {
			link = regexp.MustCompile(regexp.QuoteMeta(s.URL) + `/sign-in/[\w-]+`).FindString(owner.page[at:])
		}
		return link != ""
	})
	jun.get(link)
	jun.post(jun.at, nil)
	colleague := browser.New(t)
	colleague.Look(browser.Desk)
	colleague.Bring(s.URL, jun.cookies)
	colleague.Go(s.URL + version + "/pilot")
	colleague.Sees("Not begun")
	lookAt(t, colleague, "pilot")
	colleague.Go(s.URL + version + "/pilot/pick")
	lookAt(t, colleague, "pilot-begin")
	colleague.Follow(`button[value="begin"]`)
	colleague.Sees("Running")
	jun.post(version+"/pilot/pick", url.Values{"step": {"begin"}}) // in another tab
	colleague.Click(`input[name="choice"]`)
	fill(colleague, `input[name="minutes"]`, "soon")
	colleague.Follow(`button[value="done"]`)
	colleague.Sees("Say how long it took in whole minutes")
	lookAt(t, colleague, "pilot-running")
	if kept := colleague.Value(`String(document.querySelector("input[name=choice]").checked)`); kept != "true" {
		t.Error("the answer is gone with the mistake")
	}
	fill(colleague, `input[name="minutes"]`, "9")
	colleague.Follow(`button[value="done"]`)
	colleague.Sees("Took 9 min")
	for item, minutes := range map[string]string{"number": "7", "tell-us": "34"} {
		jun.post(version+"/pilot/"+item, url.Values{"step": {"begin"}})
		jun.post(version+"/pilot/"+item, url.Values{"step": {"done"}, "minutes": {minutes}})
	}

	staff.Go(s.URL + version + "/times")
	staff.Sees("Quiz 20 min instead of 5, Writing 35 min instead of 20 (and 35 min on the clock)")
	staff.Sees("too few to say")
	lookAt(t, staff, "times")
	staff.Follow(`main form button`)
	staff.Sees("This is the next draft, with the measured time")
	staff.Sees("35 min on the clock")

	owner.post(org+"/settings", url.Values{"name": {"Northpier"}, "contact": {"vera@northpier.example"}, "zone": {"Europe/Lisbon"}, "hue": {"258"}, "chroma": {"130"}, "failure_minutes": {"20"},
		"factor_max": {"2000"}, "break_max": {"30"}, "keep_months": {"12"}, "recording_days": {"90"}, "ask_hours": {"1"}})
	staff.Go(s.URL + opening + "/stages")
	staff.Sees("All of it may ask 25 min of one person")
	owner.post(opening+"/stages", url.Values{"stage": {""}, "stage_title": {"Deep dive"}, "assessment": {version[strings.LastIndex(version, "/")+1:]}, "reviewers": {"1"}, "window": {"7"}})
	owner.post(opening+"/talks", url.Values{"days": {"5"}, "minutes": {"45"}})
	staff.Go(s.URL + opening + "/stages")
	staff.Sees("All of it may ask 95 min of one person")
	staff.Sees("warns above 60 min")
	lookAt(t, staff, "asks-over")

	works := func(v *visitor) {
		for _, part := range []string{"quiz", "writing"} {
			v.post("/c/parts/"+part+"/start", nil)
		}
		v.post("/c/parts/quiz/items/pick", url.Values{"choice": {"0"}})
		v.post("/c/parts/writing/items/tell-us", url.Values{"text": {"The queue delivered twice."}})
		for _, part := range []string{"quiz", "writing"} {
			v.post("/c/parts/"+part+"/send", nil)
		}
	}
	p := browser.New(t)
	p.Look(browser.Phone)
	p.Go(invite(t, owner, s, org, opening, "Amara Okafor", "amara@mail.example"))
	p.Follow("main form button.primary")
	p.Sees("about 95 minutes in 2 steps")
	lookAt(t, p, "asks-landing")
	amara := newVisitor(t, s.URL)
	amara.cookies = p.Cookies(s.URL + "/c")
	p.Go(s.URL + "/c/survey")
	p.Sees("You are asked after you have sent your work")
	p.Axe()
	works(amara)
	p.Look(browser.Phone)
	p.Go(s.URL + "/c/status")
	p.Sees("How was it for you? It takes a minute.")
	lookAt(t, p, "survey-note")
	p.Look(browser.Phone)
	p.Follow(`button[value="later"]`)
	p.Sees("Fine. You are asked once more after the reply")
	if strings.Contains(p.Text("main"), "It takes a minute") {
		t.Error("whoever said not now is asked again at once")
	}
	p.Go(s.URL + "/c/survey")
	p.Sees("Would you have preferred a live interview?")
	lookAt(t, p, "survey")
	p.Look(browser.Phone)
	p.Follow(`button[value="answer"]`)
	p.Sees("Nothing is ticked")
	p.Axe()
	p.Script(false)
	p.Go(s.URL + "/c/survey")
	p.Value(`(document.querySelector("main input[type=radio]").focus(), "")`)
	p.Press(" ", kb.Tab, " ", kb.Tab, " ", kb.Tab, " ", kb.Tab, " ")
	p.Value(`window.candorBefore = true`)
	p.Press(kb.Tab, kb.Enter)
	p.Sees("Thank you. Your answers are counted.")
	p.Script(true)
	p.Go(s.URL + "/c/survey")
	lookAt(t, p, "survey-thanks")
	amara.get("/c/status")
	if strings.Contains(amara.page, "It takes a minute") {
		t.Error("whoever answered is asked again")
	}

	staff.Go(s.URL + opening + "/survey")
	staff.Sees("Too few to say")
	lookAt(t, staff, "survey-empty")
	for i := range 4 {
		v := newVisitor(t, s.URL)
		mail := fmt.Sprintf("p%d@mail.example", i)
		v.get(invite(t, owner, s, org, opening, fmt.Sprintf("Person %d", i), mail))
		v.post(v.at, nil)
		works(v)
		v.post("/c/survey", url.Values{"step": {"answer"}, "wording": {"1"}, "q.live": {"no"}, "q.clear": {"partly"}})
	}
	staff.Go(s.URL + opening + "/survey")
	staff.Sees("5 people")
	for _, text := range []string{"4 of 5", "80 %", "38 % to 96 %", "Too few answered this to say."} { // Wilson (1927) of 4 of 5
		staff.Sees(text)
	}
	lookAt(t, staff, "survey-results")
	owner.get(opening + "/survey/table.csv")
	if want := ",1,live,Would you have preferred a live interview?,no,No,4,5,0.8000,0.3755,0.9638\n"; !strings.Contains(owner.page, want) {
		t.Errorf("the table is\n%s\nwant %q in it", owner.page, want)
	}
	owner.get(opening + "/figures")
	owner.sees("Time on both sides")
	if strings.Contains(owner.page, "amara@mail.example") {
		t.Error("figures name somebody")
	}
}
