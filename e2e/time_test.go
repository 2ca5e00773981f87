package e2e_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
)

// saved is that the server has what was typed.
const saved = `document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.includes("Saved")`

// looks checks a page at the desk and on the phone, and keeps pictures where CANDOR_SHOTS says.
func looks(t *testing.T, p *browser.Page, name string, back browser.View) {
	t.Helper()
	for _, v := range []browser.View{browser.Desk, browser.Phone} {
		p.Look(v)
		p.Axe()
		if wide := p.Value(`document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide != "0" {
			t.Errorf("%s is %s px wider than a window of %d", name, wide, v.Width)
		}
	}
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(filepath.Clean(dir), name)
	}
	p.Look(back)
}

// TestTwoDevices: what a laptop wrote without a network while a phone went on is offered on the phone, used, and stepped back from; what the
// phone had not sent when the part was sent comes late, is kept and marked, and counts once the recruiter accepts it.
func TestTwoDevices(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner, org, opening := company(t, s, attempttest.Tree)
	link := invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example")
	const value = `document.querySelector("textarea[name=text]").value.replace(/\s+/g, " ").trim()`
	add := func(p *browser.Page, text string) { // at the end, as somebody goes on writing
		p.Value(`(t => { t.focus(); t.setSelectionRange(t.value.length, t.value.length) })(document.querySelector("textarea[name=text]"))`)
		p.Press(text)
	}

	laptop := browser.New(t)
	laptop.Look(browser.Desk)
	laptop.Go(link)
	laptop.Follow("main form button")
	laptop.Go(s.URL + "/c/parts/writing")
	laptop.Follow("main form button.primary")
	item := s.URL + laptop.Value(`location.pathname`)
	add(laptop, "Both devices know this.")
	laptop.Until(saved)
	laptop.Go(s.URL + "/c/device")
	laptop.Follow("main form button")
	digits := laptop.Text(".digits")
	laptop.Go(item)
	laptop.Until(`document.querySelector("[data-ready]") !== null`)
	laptop.Offline(true)
	add(laptop, " The laptop goes on in a tunnel.")
	laptop.Until(`document.querySelector("[data-save-text]").textContent.includes("kept on this device")`)

	phone := browser.New(t)
	phone.Look(browser.Phone)
	phone.Go(link)
	phone.Follow("main form button") // it asks for the digits
	phone.Type(`input[name="digits"]`, digits)
	phone.Follow("main form button")
	phone.Go(item)
	phone.Follow(`form[action$="/here"] button`)
	phone.Until(`document.querySelector("[data-ready]") !== null`)
	add(phone, " The phone goes on.")
	phone.Until(saved)

	laptop.Offline(false)
	laptop.Sees("You went on with this part on another device")
	laptop.Until(saved)
	phone.Go(item)
	phone.Sees("There is work from another device.")
	looks(t, phone, "branch", browser.Phone)
	phone.Follow(`a[href*="/states/"]`)
	phone.Sees("The laptop goes on in a tunnel.")
	phone.Sees("What using it would change")
	looks(t, phone, "state", browser.Phone)
	phone.Follow(`form[action$="/restore"] button`)
	phone.Until(value + ` === "Both devices know this. The laptop goes on in a tunnel."`)
	if phone.Value(`document.body.innerText.includes("There is work from another device.")`) != "false" {
		t.Error("what was used is offered again")
	}

	// Back through the states to the phone's own: nothing of it was lost.
	phone.Go(item + "/history")
	looks(t, phone, "history", browser.Phone)
	phone.Follow(`main ol a`)
	for phone.Value(`document.querySelector("main section").innerText.includes("The phone goes on.")`) != "true" {
		phone.Follow(`a[rel="prev"]`)
	}
	phone.Follow(`form[action$="/restore"] button`)
	phone.Until(value + ` === "Both devices know this. The phone goes on."`)

	// The part is sent at the laptop while the phone has something that it could not send.
	phone.Until(`document.querySelector("[data-ready]") !== null`)
	phone.Offline(true)
	add(phone, " And on, in a lift.")
	phone.Until(`document.querySelector("[data-save-text]").textContent.includes("kept on this device")`)
	laptop.Go(s.URL + "/c/parts/writing/check")
	laptop.Follow(`main form[action$="/send"] button`)
	laptop.Sees("Receipt")
	phone.Offline(false)
	phone.Sees("Time is up.")
	laptop.Go(s.URL + "/c/parts/writing")
	laptop.Sees("One answer came after the end. It is kept and marked.")
	laptop.Sees("Typed about")
	looks(t, laptop, "sent-late", browser.Desk)

	owner.get(opening)
	app := org + "/applications/" + owner.find(`/applications/(app_[0-9a-f]{32})`)
	desk := browser.New(t)
	desk.Look(browser.Desk)
	desk.Go(s.URL)
	desk.Bring(s.URL, owner.cookies)
	desk.Go(s.URL + app)
	desk.Sees("1 answer came after the end.")
	looks(t, desk, "application-late", browser.Desk)
	desk.Follow(`a[href$="/late"]`)
	desk.Sees("And on, in a lift.")
	looks(t, desk, "late", browser.Desk)
	desk.Type(`input[name="reason"]`, "The lift was ours.")
	desk.Follow(`form[action$="/late"] button`)
	desk.Sees("A late answer accepted")
	laptop.Go(s.URL + "/c/status")
	laptop.Sees("came after the end and was accepted")
	looks(t, laptop, "status-late", browser.Desk)
}

// TestMoreTime: breaks that the person gives themselves stop the clock; minutes that the recruiter gives are in the clock of an open page at once; a
// part that was sent is opened again; and the candidate reads all of it, with who and why.
func TestMoreTime(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t))
	owner, org, opening := company(t, s, attempttest.Tree)
	link := invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example")
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(link)
	p.Follow("main form button")
	p.Go(s.URL + "/c/adjust")
	looks(t, p, "adjust", browser.Desk)
	p.Click(`input[name="breaks"][value="20"]`)
	p.Follow(`form[action="/c/adjust"] button`)
	p.Sees("It is in every clock of yours from now on.")
	p.Go(s.URL + "/c/parts/writing")
	p.Follow("main form button.primary")
	item := s.URL + p.Value(`location.pathname`)
	p.Until(`document.querySelector("[data-ready]") !== null && document.querySelector("[data-timer-value]").textContent === "30"`)

	owner.get(opening)
	app := org + "/applications/" + owner.find(`/applications/(app_[0-9a-f]{32})`)
	p.Value(`window.candorBefore = true`)
	owner.post(app+"/parts/extend", url.Values{"part": {"writing"}, "minutes": {"10"}, "reason": {"Our statement had a mistake."}})
	p.Until(`document.querySelector("[data-timer-value]").textContent === "40"`)
	if p.Value(`window.candorBefore`) != "true" {
		t.Error("the page was loaded anew")
	}

	p.Value(`document.querySelector('form[action$="/break"]').closest("details").open = true`)
	p.Follow(`form[action$="/break"] button`)
	p.Sees("Your clock stands")
	looks(t, p, "break", browser.Desk)
	p.Go(item) // the task is closed meanwhile
	p.Sees("Your clock stands")
	p.Follow(`form[action$="/go-on"] button`)
	p.Until(`document.querySelector("textarea[name=text]") !== null`)
	p.Go(s.URL + "/c/parts/writing/check")
	p.Follow(`main form[action$="/send"] button`)
	p.Sees("Receipt")

	owner.post(app+"/parts/reopen", url.Values{"part": {"writing"}, "minutes": {"5"}, "reason": {"The fire alarm."}})
	p.Go(s.URL + "/c/parts/writing")
	p.Sees("This part was opened for you again.")
	p.Sees("Start the 5 minutes")
	looks(t, p, "again", browser.Desk)
	p.Go(s.URL + "/c/time")
	for _, text := range []string{"Our statement had a mistake.", "The fire alarm.", "Break over: its time is in the clock", "Writing, time 2", "10 min", "the company"} {
		p.Sees(text)
	}
	looks(t, p, "time", browser.Desk)
	table := p.Value(`fetch("/c/time.csv").then(r => r.text())`)
	if !strings.Contains(table, ",writing,1,extend,600,member,More time given,Our statement had a mistake.") {
		t.Errorf("the table of the ledger has no extension:\n%s", table)
	}
	desk := browser.New(t)
	desk.Look(browser.Desk)
	desk.Go(s.URL)
	desk.Bring(s.URL, owner.cookies)
	desk.Go(s.URL + app + "/parts")
	desk.Sees("Opened again")
	looks(t, desk, "parts", browser.Desk)
}
