package integrityweb_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"candor/e2e/browser"
	"candor/internal/actor"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/integrity/integritytest"
	"candor/internal/review/reviewtest"
)

// TestADisclosureAndAJump: a candidate reads what may be used, pastes a text, says what was used with a conversation, and sends; a reviewer reads it
// without the name; in a case both sides see the same passage, and nobody else does.
func TestADisclosureAndAJump(t *testing.T) {
	ctx := context.Background()
	d, tick := dbtest.Open(t, append(slices.Clone(integritytest.Schemas), fs.FS(feedback.Schema))...)
	w := integritytest.Make(t, d, tick)
	first := w.Crowd(7)[0]
	url := serve(t, w)
	who := w.Enter(w.Invite("Cora Copy", "cora@mail.example"))
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Go(url + "/enter/" + enter(t, w, who))
	p.Go(url + "/c")
	p.Sees("AI tools are allowed. Say what you used them for.")
	p.Sees("Only you can see earlier states.")
	p.Sees("where much text came at once between two saved states; nobody else, and never before")
	p.Axe()
	shots(p, "first-page")
	p.Go(url + "/c/parts/writing")
	p.Sees("AI tools are allowed.")
	p.Follow(`form[action$="/start"] button`)
	p.Until(`document.querySelector("[data-sitting]")?.dataset.ready === ""`)
	p.Axe()
	shots(p, "item")
	p.Look(browser.Desk)
	copied := strings.ReplaceAll(integritytest.Essay(0), "because", "since")
	p.Value(`(() => { const a = document.querySelector("textarea[name=text]"); a.value = ` + strconv.Quote(copied) + `; a.dispatchEvent(new Event("input", { bubbles: true })) })()`)
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save]").dataset.waited === "0"`)

	p.Follow(`[data-policy] a`)
	p.Until(`document.querySelector("[data-sitting]")?.dataset.ready === ""`)
	p.Click(`input[value=text]`)
	p.Type(`textarea[name=words]`, "Cora asked a tool for an outline.")
	dir := t.TempDir()
	chat, picture := filepath.Join(dir, "chat.md"), filepath.Join(dir, "picture.png")
	for name, body := range map[string]string{chat: "Cora: an outline?\nTool: one, two, three", picture: "\x89PNG\x00\xff"} {
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.Upload(`input[type=file]`, picture)
	p.Sees("This file is not plain text.")
	p.Upload(`input[type=file]`, chat)
	p.Until(`document.querySelector("textarea[name=transcript]").value.includes("one, two, three")`)
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save]").dataset.waited === "0"`)
	p.Axe()
	shots(p, "disclosure")
	p.Look(browser.View{Width: 390, Height: 844, Dark: true, Touch: true})
	p.Axe()
	p.Look(browser.Desk)
	p.Go(url + "/c/parts/writing/items/tell-us/disclosure") // it was kept as it was typed: nothing was pressed
	p.Until(`document.querySelector("input[value=text]").checked && document.querySelector("textarea[name=words]").value.startsWith("Cora asked")`)
	p.Go(url + "/c/parts/writing/check")
	p.Follow(`form[action$="/send"] button.primary`)
	p.Sees("How “Tell us” was made")
	p.Axe()
	shots(p, "sent")
	p.Go(url + "/c/parts/writing/items/tell-us/disclosure")
	p.Sees("You have sent this part. You can still say it.")
	p.Type(`textarea[name=words]`, " And a dictionary.")
	p.Follow(`transcript-file button.primary`)
	p.Sees("shown to readers as said after sending")

	w.Begin(who, "quiz")
	if _, err := w.Attempts.Send(ctx, who, "quiz"); err != nil {
		t.Fatal(err)
	}
	w.Drain()
	v, err := w.Attempts.View(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	n := w.Round(string(v.Attempt.ID))
	staff := url + "/o/" + w.Org.ID
	p.Go(url + "/in/mina")
	p.Go(staff + "/review/" + string(n.Code) + "?item=tell-us")
	p.Sees("Used for: text")
	p.Sees("Said after sending")
	p.Sees("AI tools: allowed.")
	text := p.Value(`document.documentElement.outerHTML`)
	if strings.Contains(text, "Cora") || !strings.Contains(text, "[name] asked a tool") {
		t.Error("the reviewer's page names the candidate, or does not hold their words")
	}
	if strings.Contains(text, "/jumps") || strings.Contains(text, "at once") {
		t.Error("the reviewer's page tells of jumps")
	}
	p.Axe()
	shots(p, "reviewer")
	p.Look(browser.Desk)

	for _, m := range []actor.Actor{w.Mina, w.Jun} {
		w.File(m, first, reviewtest.Card(3, 2))
		w.File(m, n, reviewtest.Card(3, 2))
	}
	w.Drain()
	id, err := w.Integrity.Open(ctx, w.Mina, n.Code, w.Asks(first))
	if err != nil {
		t.Fatal(err)
	}
	w.Drain()
	p.Go(url + "/c/questions/" + string(id))
	p.Follow(`a[href$="/jumps"]`)
	p.Sees("Pasting is ordinary and proves nothing.")
	passage := strings.Fields(copied)[:6]
	p.Sees(strings.Join(passage, " "))
	p.Axe()
	shots(p, "own-jumps")
	p.Look(browser.Desk)
	own := p.Value(`document.querySelector("#jump-1").innerText + document.querySelectorAll("section[aria-labelledby^=jump]").length`)
	for _, who := range []string{"mina", "sol"} {
		p.Go(url + "/in/" + who)
		p.Go(staff + "/cases/" + string(id))
		p.Follow(`a[href$="/jumps"]`)
		p.Sees("The candidate sees this page too")
		p.Sees(strings.Join(passage, " "))
		if n := p.Value(`document.querySelectorAll("section[aria-labelledby^=jump]").length`); !strings.HasSuffix(own, n) {
			t.Errorf("%s sees %s passages; the candidate sees %q", who, n, own)
		}
		p.Axe()
	}
	shots(p, "jumps")
	p.Look(browser.Desk)
	p.Go(url + "/in/rosa")
	p.Go(staff + "/cases/" + string(id))
	if p.Value(`document.documentElement.outerHTML.includes("/jumps")`) != "false" {
		t.Error("the decider of the opening is led to the passages")
	}
}
