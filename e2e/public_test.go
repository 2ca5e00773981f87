package e2e_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
)

// TestAPublicLink: a recruiter opens a public link for one person and greets on its page with a recording; somebody reads and hears it on a phone, applies, confirms by the mail and stands before
// their first step. Whoever comes after is told kindly that no more are taken, and a mail scanner has taken no place.
func TestAPublicLink(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, attempttest.Tree)
	owner.post(opening+"/settings", url.Values{"title": {"Backend engineer"}, "team": {"Harbour"}, "reply_days": {"5"}, "contact": {owner.find(`value="(mem_[0-9a-f]{32})"`)},
		"about": {"You look after the boats that sail tonight.\n\nWe are six, in four time zones."}})
	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	staff.Go(s.URL + opening + "/public")
	staff.Click(`input[name="open"]`)
	staff.Value(`document.querySelector("input[name=most]").value = ""`)
	staff.Type(`input[name="most"]`, "1")
	staff.Follow(`form[action$="/public"] button.primary`)
	staff.Sees("0 of 1 places taken")
	lookAt(t, staff, "public-link")
	staff.Type("#place", "Porto, or anywhere near its time")
	staff.Type("#pay", "€52,000 to €66,000 a year")
	staff.Click(`input[name="tries"]`)
	staff.Type("textarea[name^='w.']", "I look after the harbour's calendar, and I like a quiet night.")
	staff.Follow(`form[action$="/public/page"] button[type=submit], form[action$="/public/page"] .btn`)
	staff.Sees("Whoever opens the link reads it.")
	lookAt(t, staff, "public-page")
	door := staff.Value(`document.querySelector("input[readonly]").value`)
	staff.Follow(`a[href$="/greeting"]`)
	lookAt(t, staff, "greeting-none")
	staff.Until(`document.querySelector("take-recorder[data-ready]") !== null`)
	for _, step := range [][2]string{{"check", "ready"}, {"record", "recording"}, {"stop", "ready"}} {
		staff.Click(`[data-press="` + step[0] + `"]`)
		staff.Until(`document.querySelector("take-recorder").dataset.mode === "` + step[1] + `"`)
		if step[0] == "record" {
			staff.Until(`new Promise(ok => { const r = indexedDB.open("candor-recordings"); r.onsuccess = () => { const g = r.result.transaction("takes").objectStore("takes").getAll(); g.onsuccess = () => { r.result.close(); ok(g.result.some(t => t.slices >= 2)) } } })`)
		}
	}
	staff.Until(`document.querySelectorAll("#takes-greeting [data-take] input:checked").length === 1 && document.querySelector("#takes-greeting [data-take-state]").textContent === "Here"`)
	staff.Allow("422")
	staff.Follow(`button[value="save"]`)
	staff.Sees("Not everybody can hear it")
	staff.Type("textarea[name=said]", "0:00 Hello from the harbour.")
	staff.Follow(`button[value="save"]`)
	staff.Sees("It stands on the page, beside your words.")
	lookAt(t, staff, "greeting")

	p := browser.New(t)
	p.Look(browser.View{Width: 390, Height: 844, Touch: true})
	p.Go(door)
	p.Sees("You look after the boats that sail tonight.")
	p.Sees("How it goes")
	p.Sees("€52,000 to €66,000 a year")
	p.Sees("I like a quiet night.")
	p.Sees("Too few people were answered here yet")
	p.Until(`(v => { v.muted = true; void v.play().catch(() => 0); return v.currentTime > 0 && v.textTracks[0].cues?.length === 1 })(document.querySelector("[data-spoken] video"))`)
	p.Click("[data-spoken] summary")
	p.Sees("Hello from the harbour.")
	lookAt(t, p, "apply")
	p.Follow("a[href$='/try']")
	p.Sees("Nothing you do here is kept")
	p.Click("input[type=checkbox]")
	p.Follow("form[action*='/try'] .btn")
	p.Sees("% of this would count")
	lookAt(t, p, "try")
	p.Go(door)
	p.Type("#asker", "wonders+harbour@mail.example")
	p.Type("#question", "Do the nights come in turns?")
	p.Follow("form[action$='/ask'] .btn")
	p.Sees("Your question is on its way")
	eventually(t, "the question to the contact", func() bool {
		owner.get(org + "/outbox")
		return strings.Contains(owner.page, "Do the nights come in turns?")
	})
	p.Go(door)
	p.Type(`input[name="name"]`, "Amara Okafor")
	p.Type(`input[name="email"]`, "amara@mail.example")
	p.Follow("main form button.primary")
	p.Sees("Look into your mail")
	mail := ""
	eventually(t, "the mail to the applicant", func() bool {
		owner.get(org + "/outbox")
		mail = regexp.MustCompile(regexp.QuoteMeta(door) + `/[\w-]+`).FindString(owner.page)
		return mail != ""
	})
	scanner := newVisitor(t, s.URL)
	scanner.get(strings.TrimPrefix(mail, s.URL))
	p.Go(mail)
	p.Sees("One press, and you have your place")
	lookAt(t, p, "apply-confirm")
	p.Follow("main form button.primary")
	p.Sees("Hello Amara Okafor")
	p.Follow("main form button.primary")
	p.Sees("No clock is running")

	later := browser.New(t)
	later.Look(browser.View{Width: 390, Height: 844, Touch: true, Dark: true})
	later.Go(door)
	later.Sees("No applications are taken at the moment")
	lookAt(t, later, "apply-shut")
	later.Go(mail) // the same person once more, in another browser
	later.Follow("main form button.primary")
	later.Sees("Hello Amara Okafor")
	staff.Go(s.URL + opening + "/public")
	staff.Sees("1 of 1 places taken")
	staff.Go(s.URL + opening)
	staff.Sees("Amara Okafor")
}
