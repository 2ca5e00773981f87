package e2e_test

import (
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
)

// TestAWorkTrial: a trial becomes the stage of an opening; Kemi reads its terms on a phone, accepts them for today with what was wrong said beside its field,
// writes a check-in over a lost network, says her hours, reads that the agreed ones are done, and sends the work; Ines hosts and answers; both say how it
// was, and neither reads the other's words first; the pay is due. Noel does not want it, without a line of script, and a blind reader finds no trace of it.
func TestAWorkTrial(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	tree := maps.Clone(attempttest.Tree)
	tree["assessment.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(tree["assessment.yaml"].Data), "timed: 30, ", "", 1))}
	owner, org, opening := company(t, s, tree)
	owner.get(opening + "/team")
	self := owner.find(`value="(mem_[0-9a-f]{32})"`)
	owner.post(opening+"/team", url.Values{"member": {self}, "roles": {"manager", "recruiter"}})
	owner.post(org+"/days", url.Values{"week": {"0", "1", "2", "3", "4", "5", "6"}, "holidays": {""}}) // whatever day the story runs on
	join := func(name, role string) (*browser.Page, string) {
		mail := strings.ToLower(name[:4]) + "@northpier.example"
		owner.post(org+"/members", url.Values{"name": {name}, "email": {mail}, "roles": {"reviewer"}})
		member := owner.find(`/members/(mem_[0-9a-f]{32})">` + name)
		owner.post(opening+"/team", url.Values{"member": {member}, "roles": {role}})
		v, link := newVisitor(t, s.URL), ""
		eventually(t, name+"'s link in the outbox", func() bool {
			owner.get(org + "/outbox")
			if at := strings.Index(owner.page, mail); at >= 0 {
				link = regexp.MustCompile(regexp.QuoteMeta(s.URL) + `/sign-in/[\w-]+`).FindString(owner.page[at:])
			}
			return link != ""
		})
		v.get(link)
		v.post(v.at, nil)
		p := browser.New(t)
		p.Look(browser.Desk)
		p.Bring(s.URL, v.cookies)
		return p, member
	}
	ines, inesID := join("Ines Duarte", "facilitator")
	ravi, _ := join("Ravi Patel", "reviewer")
	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	fill := func(p *browser.Page, selector, text string) {
		p.Value(`(document.querySelector(` + "`" + selector + "`" + `).value = "", "")`)
		p.Type(selector, text)
	}

	staff.Go(s.URL + org + "/interviews")
	staff.Follow(`a[href$="/trials"]`)
	staff.Sees("No work trial is open")
	lookAt(t, staff, "trial-none")
	staff.Follow(`a[href$="/trials/stages"]`)
	fill(staff, "input[name=title]", "A day in the bookings team")
	fill(staff, "textarea[name=scope]", "Take the two issues as far as you get.\n\n- Ask Ines.\n- **Not** the deployment.")
	fill(staff, "input[name=days]", "2") // at midnight the story is in its second day
	fill(staff, "input[name=hours]", "17")
	fill(staff, "input[name=amount]", "240")
	staff.Value(`document.querySelector("select[name=host]").value = "` + inesID + `", ""`)
	staff.Follow("main form button.primary")
	staff.Sees("That is more than 8 hours a day.")
	lookAt(t, staff, "trial-plan")
	fill(staff, "input[name=hours]", "6")
	staff.Follow("main form button.primary")
	staff.Sees("A day in the bookings team, 2 working days, 6 hours, EUR 240.00, hosted by Ines Duarte")
	owner.get(opening + "/stages")
	owner.post(opening+"/stages", url.Values{"stage": {owner.find(`name="stage" value="(stg_[0-9a-f]{32})"`)}, "stage_title": {"A day with us"}, "assessment": {owner.find(`value="(trial:tpl_[0-9a-f]{32})"`)},
		"reviewers": {"1"}, "window": {"7"}})

	kemi := browser.New(t)
	phone := browser.View{Width: 390, Height: 844, Touch: true}
	kemi.Look(phone)
	kemi.Go(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	kemi.Sees("A day with us")
	kemi.Follow("main form button.primary") // to what comes before any work
	kemi.Sees("Take the two issues as far as you get.")
	for _, text := range []string{"EUR 240.00", "Ines Duarte", "the hours you did are then paid", "Lagos time"} {
		kemi.Sees(text)
	}
	lookAt(t, kemi, "trial-offer")
	kemi.Look(phone)
	kemi.Follow(`form[action$="/accept"] button`)
	kemi.Sees("Say how the money reaches you")
	kemi.Type("textarea[name=payee]", "NG12 Kemi Adeola")
	kemi.Follow(`form[action$="/accept"] button`)
	kemi.Sees("Accepted. Everything that was agreed stands here.")
	kemi.Sees("What did you do? What is next? What is in your way?") // it is today
	lookAt(t, kemi, "trial-running")
	kemi.Look(phone)

	kemi.Follow(`form[action$="/begin"] button`)
	kemi.Type("textarea[name=text]", "Read both issues.")
	kemi.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	kemi.Offline(true)
	kemi.Type("textarea[name=text]", " The first is half done.")
	kemi.Until(`document.querySelector("[data-save]").dataset.kind === "offline"`)
	kemi.Offline(false)
	kemi.Go(s.URL + "/c/trial")
	kemi.Until(`document.querySelector("textarea[name=text]").value === "Read both issues. The first is half done."`)
	kemi.Type("#hours", "six")
	kemi.Follow("button[value=send]")
	kemi.Sees("Write hours from 0 to 24")
	lookAt(t, kemi, "trial-check-in")
	kemi.Look(phone)
	fill(kemi, "#hours", "6")
	kemi.Follow("button[value=send]")
	kemi.Sees("You have done 6 of 6 hours.")
	kemi.Sees("Read both issues. The first is half done.")

	ines.Go(s.URL + org + "/trials")
	ines.Sees("you host it")
	lookAt(t, ines, "trial-list")
	ines.Follow(".inbox a")
	ines.Sees("The agreed hours are done.")
	page := ines.Value("location.pathname")
	ines.Click("li details summary")
	ines.Type("textarea[name=reply]", "Good. Stop here and send it.")
	ines.Follow(`form[action$="/reply"] button`)
	ines.Sees("Good. Stop here and send it.")
	lookAt(t, ines, "trial-host")
	kemi.Go(s.URL + "/c/trial")
	kemi.Sees("Good. Stop here and send it.")
	lookAt(t, kemi, "trial-days")

	c := newVisitor(t, s.URL)
	for name, value := range kemi.Cookies(s.URL) {
		c.cookies[name] = value
	}
	for _, part := range []string{"quiz", "writing"} {
		c.post("/c/parts/"+part+"/start", nil)
		c.post("/c/parts/"+part+"/send", nil)
	}
	eventually(t, "the end of the trial", func() bool {
		c.get("/c/trial")
		return strings.Contains(c.page, "The trial is over. How was it?")
	})
	kemi.Go(s.URL + "/c/trial")
	kemi.Follow(`form[action$="/evaluate"] button`)
	kemi.Sees("Something is not answered yet.")
	lookAt(t, kemi, "trial-how")
	kemi.Value(`document.querySelectorAll("input[type=radio][value='2']").forEach(x => x.checked = true), ""`)
	kemi.Type("textarea[name=words]", "It was more than a day.")
	kemi.Follow(`form[action$="/evaluate"] button`)
	kemi.Sees("You read what Ines Duarte writes when it is, too.")
	c.get("/c/payment")
	c.sees("Due")

	ines.Go(s.URL + page)
	ines.Sees("What the candidate says is not open yet.")
	if text := ines.Value(`document.documentElement.outerHTML`); strings.Contains(text, "more than a day.") {
		t.Error("the host reads the candidate's words first")
	}
	lookAt(t, ines, "trial-evaluate")
	ines.Value(`document.querySelectorAll("select[name^=rate_]").forEach(x => x.value = "3"), ""`)
	ines.Type("textarea[name=words]", "We would do it again.")
	ines.Follow(`form[action$="/evaluate"] button`)
	ines.Sees("It was more than a day.")
	lookAt(t, ines, "trial-over")
	kemi.Go(s.URL + "/c/trial")
	kemi.Sees("We would do it again.")
	lookAt(t, kemi, "trial-both")

	eventually(t, "the mails to both sides", func() bool {
		owner.get(org + "/outbox")
		for _, subject := range []string{"A work trial is accepted", "Check-in of day 1", "A work trial is over", "Your work trial, day 1: Backend engineer"} {
			if !strings.Contains(words(owner.page), subject) {
				return false
			}
		}
		return strings.Contains(words(owner.page), "this is day 1 of your work trial") && strings.Contains(words(owner.page), "what Ines Duarte and you say about the work trial can be read now")
	})

	ravi.Go(s.URL + org + "/review")
	ravi.Follow(`a[href*="/review/"]`)
	if text := ravi.Value(`document.documentElement.outerHTML`); strings.Contains(text, "Kemi") || strings.Contains(text, "half done") || strings.Contains(text, "day_1") {
		t.Error("a blind reader is shown the trial")
	}
	ravi.Allow("404")
	ravi.Go(s.URL + page)
	ravi.Sees("it is not for you")

	noel := newVisitor(t, s.URL) // without a line of script
	noel.get(invite(t, owner, s, org, opening, "Noel Fabre", "noel@mail.example"))
	noel.post(noel.at, nil)
	noel.sees("Accept it or leave it, until")
	noel.get("/c/status")
	noel.sees("Accept it or leave it, until")
	noel.get("/c/data")
	noel.sees("Download")
	noel.get("/c/data.json")
	noel.post("/c/trial/decline", url.Values{"reason": {"I found something."}})
	noel.sees("You said that you do not want the work trial.")
	staff.Go(s.URL + org + "/trials")
	staff.Sees("No work trial is open")
}
