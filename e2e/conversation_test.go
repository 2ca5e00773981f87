package e2e_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
)

// TestAConversation: Kemi asks during a timed part on a phone, which changes no clock and loses no draft; the contact answers her live, then
// everybody; Bela sees that beside the task at once; and whoever scores the work reads it under a code.
func TestAConversation(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, attempttest.Tree)
	phone := browser.View{Width: 390, Height: 844, Touch: true}
	begin := func(name, address string) (*visitor, *browser.Page) {
		c := newVisitor(t, s.URL)
		c.get(invite(t, owner, s, org, opening, name, address))
		c.post(c.at, nil)
		c.post("/c/parts/writing/start", nil)
		p := browser.New(t)
		p.Look(phone)
		p.Bring(s.URL, c.cookies)
		p.Go(s.URL + "/c/parts/writing/items/tell-us")
		return c, p
	}
	c, kemi := begin("Kemi Adeola", "kemi@mail.example")
	_, bela := begin("Bela Ruiz", "bela@mail.example")
	const end, area = `document.querySelector("[data-sitting]").dataset.end`, `document.querySelector("thread-write textarea")`
	before := kemi.Value(end)
	kemi.Click("details.ask > summary")
	kemi.Sees("Asking changes no clock")
	kemi.Type("thread-write textarea", "I am Kemi. Is the")
	kemi.Until(`document.querySelector("thread-write [data-save]").dataset.kind === "saved"`)
	kemi.Offline(true)
	kemi.Type("thread-write textarea", " limit `80` words?")
	kemi.Until(`document.querySelector("thread-write [data-save]").dataset.kind === "offline"`)
	kemi.Offline(false)
	kemi.Go(s.URL + "/c/parts/writing/items/tell-us")
	kemi.Until(area + `.value === "I am Kemi. Is the limit ` + "`80`" + ` words?"`)
	kemi.Click("details.ask > summary")
	lookAt(t, kemi, "conversation-beside")
	kemi.Look(phone)
	kemi.Click("thread-write button[value=said]")
	kemi.Until(`document.querySelector("#said li.own code")?.textContent === "80" && ` + area + `.value === ""`)
	kemi.Type("thread-write textarea", "I take code for one word.")
	kemi.Click("thread-write button[value=assumed]")
	kemi.Until(`document.querySelectorAll("#said li").length === 2`)
	if after := kemi.Value(end); before == "" || after != before {
		t.Errorf("the clock ended at %s before asking and ends at %s after", before, after)
	}
	lookAt(t, kemi, "conversation-asked")

	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	staff.Go(s.URL + org + "/conversations")
	staff.Sees("Kemi Adeola")
	lookAt(t, staff, "conversation-list")
	staff.Follow(`.inbox a[href*="/conversations/"]`)
	staff.Type("textarea[name=body]", "Yes, Kemi, 80.")
	staff.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	staff.Follow("form[data-autosave] button.primary")
	lookAt(t, staff, "conversation-team")
	kemi.Until(`document.querySelector("#said")?.textContent.includes("Yes, Kemi, 80.")`) // without a reload
	staff.Follow(`a[href$="/everybody"]`)
	staff.Type("textarea[name=question]", "Kemi asks: how long?")
	staff.Type("textarea[name=answer]", "At most 80 words.")
	staff.Follow("main form button.primary")
	staff.Sees("This names who asked")
	staff.Value(`document.querySelector("textarea[name=question]").value = "How long may the text be?", ""`)
	staff.Follow("main form button.primary")
	staff.Sees("2 people have this task before them")
	lookAt(t, staff, "conversation-everybody")
	staff.Follow("button[value=send]")
	for _, p := range []*browser.Page{kemi, bela} {
		p.Until(`document.querySelector("#told")?.textContent.includes("At most 80 words.")`) // without a reload
	}
	if text := bela.Value(`document.documentElement.outerHTML`); strings.Contains(text, "Kemi") || strings.Contains(text, "one word") {
		t.Error("another candidate's page tells who asked, or what they assumed")
	}
	lookAt(t, bela, "conversation-told")
	staff.Go(s.URL + org + "/conversations")
	staff.Sees("Nobody waits for an answer")
	kemi.Go(s.URL + "/c/conversation")
	kemi.Sees("Yes, Kemi, 80.")

	// A file goes with a message, whatever it says it is: it stays with what is typed until that is sent, and is only ever saved.
	kemi.Look(phone)
	log := filepath.Join(t.TempDir(), "log.html")
	if err := os.WriteFile(log, []byte("<script>alert(1)</script>"), 0o600); err != nil {
		t.Fatal(err)
	}
	kemi.Type("thread-write textarea", "Here is the log.")
	kemi.Follow("button[value=attach]")
	kemi.Sees("Choose a file first.")
	kemi.Upload("input[name=file]", log)
	kemi.Follow("button[value=attach]")
	kemi.Sees("Attached. It goes with what you send next.")
	kemi.Until(area + `.value === "Here is the log."`)
	lookAt(t, kemi, "conversation-own")
	kemi.Look(phone)
	kemi.Follow("thread-write button[value=said]")
	kemi.Until(`document.querySelector("#said .files a")?.textContent === "log.html"`)
	staff.Go(s.URL + org + "/conversations?show=all")
	staff.Follow(`.inbox li:first-child a[href*="/conversations/"]`)
	staff.Sees("log.html")
	lookAt(t, staff, "conversation-file")
	staff.Go(s.URL + org + "/bridge/slack")
	staff.Sees("Slack cannot reach this server.")
	lookAt(t, staff, "slack")
	staff.Follow("main form button.primary")
	staff.Sees("Paste the token of the app.")
	staff.Go(s.URL + org + "/conversations?show=all")
	staff.Follow(`.inbox li:first-child a[href*="/conversations/"]`)
	file, err := url.Parse(staff.Value(`document.querySelector("#said .files a").href`))
	if err != nil || !strings.HasPrefix(file.Host, "content.") {
		t.Fatalf("the file is at %v, %v; want the content origin", file, err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL+file.Path, nil)
	req.Host = file.Host
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if h := r.Header; h.Get("Content-Disposition") != "attachment; filename=log.html" || h.Get("Content-Type") != "text/plain" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the file comes as %v", h)
	}

	for _, part := range []string{"quiz", "writing"} {
		c.post("/c/parts/"+part+"/start", nil)
		c.post("/c/parts/"+part+"/send", nil)
	}
	card := ""
	eventually(t, "the work in the queue", func() bool {
		owner.get(org + "/review")
		card = cardIn(owner.page, org)
		return card != ""
	})
	staff.Go(s.URL + card + "?item=tell-us")
	staff.Sees("I am [name]. Is the limit")
	staff.Sees("I take code for one word.")
	staff.Sees("At most 80 words.")
	if text := staff.Value(`document.documentElement.outerHTML`); strings.Contains(text, "Kemi") || strings.Contains(text, "Adeola") {
		t.Error("the page of a blind reader holds the name")
	}
	lookAt(t, staff, "conversation-blind")
}
