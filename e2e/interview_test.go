package e2e_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"candor/e2e/browser"
)

// TestAnInterview: a talk of three turns about what Kemi sent. Ines asks about a line of it, without knowing the name; she is replaced by Otto, and Kemi
// reads that by name; Kemi answers on a phone, once over a lost network and once without script; and after the third answer all of it is evidence for
// a blind reader.
func TestAnInterview(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, withCode())
	owner.get(opening + "/team")
	self := owner.find(`value="(mem_[0-9a-f]{32})"`)
	owner.post(opening+"/team", url.Values{"member": {self}, "roles": {"manager", "recruiter"}})
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
	otto, ottoID := join("Otto Weiss", "facilitator")
	ravi, _ := join("Ravi Patel", "reviewer")

	c := newVisitor(t, s.URL)
	c.get(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	c.post(c.at, nil)
	c.post("/c/parts/writing/start", nil)
	c.post("/c/parts/writing/items/tell-us", url.Values{"text": {"The queue delivered twice, says Kemi Adeola.\nNobody was charged again."}})
	c.post("/c/parts/coding/start", nil)
	c.post("/c/parts/coding/items/program", url.Values{"language": {"python"}, "new/python/kemi_queue.py": {"# Kemi Adeola\nprint(1)\n"}, "new/python/adeola_queue.py": {"print(2)\n"}})
	for _, part := range []string{"quiz", "writing", "coding"} {
		c.post("/c/parts/"+part+"/start", nil)
		c.post("/c/parts/"+part+"/send", nil)
	}

	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	owner.get(opening)
	staff.Go(s.URL + owner.find(`href="(/o/org_[0-9a-f]{32}/applications/app_[0-9a-f]{32})"`))
	staff.Follow(`a[href$="/interview"]`)
	lookAt(t, staff, "interview-open")
	staff.Value(`document.querySelector("select[name=member]").value = "` + inesID + `", document.querySelector("select[name=item]").value = "tell-us", ""`)
	staff.Follow("main form button.primary")
	staff.Sees("Nothing was asked yet")
	talk := staff.Value(`location.pathname`)

	kemi := browser.New(t)
	kemi.Look(browser.View{Width: 390, Height: 844, Touch: true})
	kemi.Bring(s.URL, c.cookies)
	kemi.Go(s.URL + "/c")
	kemi.Sees("It is Ines Duarte’s turn.")
	kemi.Go(s.URL + "/c/interview")
	kemi.Sees("There is nothing for you to do.")
	lookAt(t, kemi, "interview-ours")

	ines.Go(s.URL + org + "/interviews")
	ines.Sees("A question is due")
	lookAt(t, ines, "interview-list")
	ines.Follow(`.inbox a`)
	ines.Sees("You see this without a name")
	ines.Type("textarea[name=text]", "What would have happened with a third delivery?")
	ines.Value(`document.querySelector("select[name=file]").value = "tell-us/answer.md", document.querySelector("input[name=from]").value = "9", ""`)
	ines.Follow("button[value=preview]")
	ines.Sees("Choose lines from 1 to 2.")
	ines.Value(`document.querySelector("input[name=from]").value = "1", document.querySelector("input[name=to]").value = "", ""`)
	ines.Follow("button[value=preview]")
	ines.Sees("The queue delivered twice, says [name]")
	ines.Type("textarea[name=text]", " Say why.")
	ines.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	ines.Sees("You changed something since: this shows it as it was.")

	// She says it aloud too, over a network that goes in the middle.
	ines.Click("#aloud > summary")
	ines.Until(`document.querySelector("take-recorder[data-ready]") !== null`)
	press := func(what, mode string) {
		ines.Click(`[data-press="` + what + `"]`)
		ines.Until(`document.querySelector("take-recorder").dataset.mode === "` + mode + `"`)
	}
	press("check", "ready")
	press("record", "recording")
	ines.Offline(true)
	ines.Until(`new Promise(ok => { const r = indexedDB.open("candor-recordings"); r.onsuccess = () => { const g = r.result.transaction("takes").objectStore("takes").getAll(); g.onsuccess = () => { r.result.close(); ok(g.result.some(t => t.slices >= 3)) } } })`)
	ines.Offline(false)
	press("stop", "ready")
	ines.Until(`document.querySelectorAll("#takes-question [data-take] input:checked").length === 1 && document.querySelector("[data-take-state]").textContent === "Here"`)
	ines.Type("textarea[name=said]", "0:00 What would a third delivery have done?")
	ines.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	lookAt(t, ines, "interview-asking")
	ines.Click("textarea[name=text]")
	ines.Ctrl("\r")
	ines.Sees("What they write is theirs until they send it")
	nameless := func(p *browser.Page, what string) {
		t.Helper()
		if found := regexp.MustCompile(`(?i).{0,60}(kemi|adeola).{0,20}`).FindString(p.Value(`document.documentElement.outerHTML`)); found != "" {
			t.Errorf("%s is told the name: %s", what, found)
		}
	}
	nameless(ines, "who asks without knowing the name")

	kemi.Until(`document.querySelector("#talk") === null || document.querySelector("#talk").textContent.includes("asked you something") || document.querySelector("#now") !== null`)
	kemi.Go(s.URL + "/c/interview")
	kemi.Sees("The queue delivered twice, says Kemi Adeola.")
	kemi.Until(`(v => { v.muted = true; void v.play().catch(() => 0); return v.currentTime > 0 && v.textTracks[0].cues?.length === 1 })(document.querySelector("#now [data-spoken] video"))`)
	kemi.Click("#now [data-spoken] summary")
	kemi.Sees("What would a third delivery have done?")
	lookAt(t, kemi, "interview-asked")
	kemi.Follow(`form[action$="/begin"] button`)
	kemi.Type("textarea[name=text]", "Nothing, says Kemi:")
	kemi.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	kemi.Offline(true)
	kemi.Type("textarea[name=text]", " the key was the same.")
	kemi.Until(`document.querySelector("[data-save]").dataset.kind === "offline"`)
	kemi.Offline(false)
	kemi.Go(s.URL + "/c/interview")
	kemi.Until(`document.querySelector("textarea[name=text]").value === "Nothing, says Kemi: the key was the same."`)
	lookAt(t, kemi, "interview-answering")
	kemi.Follow("button[value=send]")
	kemi.Sees("Sent. It stands here")

	// Ines is silent, and somebody else asks.
	staff.Go(s.URL + talk)
	staff.Sees("Nothing, says Kemi: the key was the same.")
	staff.Value(`document.querySelector("select[name=member]").value = "` + ottoID + `", ""`)
	staff.Follow(`form[action$="/replace"] button`)
	staff.Sees("Please say why, in a sentence.")
	staff.Type("textarea[name=reason]", "Ines is ill.")
	staff.Follow(`form[action$="/replace"] button`)
	staff.Sees("Otto Weiss asks instead of Ines Duarte")
	lookAt(t, staff, "interview-replaced")
	kemi.Go(s.URL + "/c/interview")
	kemi.Sees("Otto Weiss asks from here on, instead of Ines Duarte.")
	ines.Allow("404")
	ines.Go(s.URL + talk)
	ines.Sees("it is not for you")

	ask := func(text, query string) {
		otto.Go(s.URL + talk + query)
		otto.Until(`document.querySelector("textarea[name=text]").value === ""`)                                               // nothing of the question before
		otto.Until(`document.querySelector("select[name=file]").textContent.includes("Program: [name]_queue-2.py (2 lines)")`) // the name of a file is struck, and no file is hidden behind another that is called so then
		nameless(otto, "who asks without knowing the name")
		otto.Type("textarea[name=text]", text)
		otto.Follow("button[value=ask]")
		otto.Sees("What they write is theirs until they send it")
	}
	ask("How would you see it in the log?", "?item=program&place="+url.QueryEscape("[name]_queue.py:1"))
	nameless(otto, "who asked about a file that is called by the name")
	c.get("/c/interview")
	c.sees("adeola_queue.py")         // their own file by its name
	c.post("/c/interview/begin", nil) // without a line of script
	c.post("/c/interview/answer", url.Values{"_turn": {"2"}, "_go": {"keep"}, "text": {"I count keys that"}})
	c.sees("Kept. It is not sent yet.")
	c.post("/c/interview/answer", url.Values{"_turn": {"2"}, "_go": {"send"}, "text": {"I count keys that come twice."}})
	c.sees("Sent. It stands here")
	owner.get(org + "/review") // nobody scores yet
	ravi.Go(s.URL + org + "/review")
	ravi.Follow(`a[href*="/review/"]`)
	ravi.Sees("An interview about this work goes on.")
	if text := ravi.Value(`document.documentElement.outerHTML`); strings.Contains(text, "third delivery") || strings.Contains(text, "turn_1") {
		t.Error("a reader sees the interview before its end")
	}
	card := ravi.Value(`location.pathname`)
	ask("And who looks at that count?", "")
	c.post("/c/interview/begin", nil)
	c.post("/c/interview/answer", url.Values{"_turn": {"3"}, "_go": {"send"}, "text": {"Whoever has the pager, says Kemi."}})
	eventually(t, "the end of the interview", func() bool {
		c.get("/c/interview")
		return strings.Contains(c.page, "The interview is over.")
	})
	kemi.Go(s.URL + "/c/interview")
	lookAt(t, kemi, "interview-over")

	ravi.Go(s.URL + card + "?item=turn_1")
	ravi.Sees("Nothing, says [name]: the key was the same.")
	ravi.Sees("What would have happened with a third delivery?")
	lookAt(t, ravi, "interview-evidence")
	ravi.Go(s.URL + card + "?item=turn_3")
	ravi.Sees("Whoever has the pager, says [name].")
	nameless(ravi, "a blind reader")
}
