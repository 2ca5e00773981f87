package e2e_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"

	"github.com/chromedp/chromedp/kb"
)

// TestAQuestionAboutLines: whoever has scored a program chooses two of its lines in it and asks about them; the candidate reads them with the question, writes
// and runs a program as the answer, and all of it is evidence beside the work.
func TestAQuestionAboutLines(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, withCode())
	owner.get(opening + "/team")
	self := owner.find(`value="(mem_[0-9a-f]{32})"`)
	c := newVisitor(t, s.URL)
	c.get(invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example"))
	c.post(c.at, nil)
	for _, part := range []string{"coding", "quiz", "writing"} {
		c.post("/c/parts/"+part+"/start", nil)
		if part == "coding" {
			c.post("/c/parts/coding/items/program", url.Values{"language": {"python"}, "file/python/main.py": {"import sys\n# Kemi Adeola\ntext = sys.stdin.read()\nprint(text)\n"}})
		}
		c.post("/c/parts/"+part+"/send", nil)
	}
	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	eventually(t, "the work in the queue", func() bool {
		owner.get(org + "/review")
		return cardIn(owner.page, org) != ""
	})
	card := cardIn(owner.page, org)
	staff.Go(s.URL + card + "?item=program")
	staff.Sees("text = sys.stdin.read()")
	if staff.Value(`String(document.querySelector("ask-about") === null)`) != "true" {
		t.Error("a reader who must not know the name may ask")
	}
	staff.Value(`document.querySelector("input[name=\'c.clear\'][value=\'3\']").click(), ""`)
	staff.Value(`document.querySelector("input[name=\'c.right\'][value=\'2\']").click(), ""`)
	sendCard(staff)
	staff.Sees("Your scores are sent")

	staff.Go(s.URL + card + "?item=program")
	staff.Click(`[id$="main.py-L2"] .ln`)
	staff.Sees("Chosen: line 2.")
	staff.Value(`document.querySelector("[id$='main.py-L3'] .ln").dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, shiftKey: true})), ""`)
	staff.Sees("Chosen: lines 2 to 3.")
	lookAt(t, staff, "about-card")
	staff.Follow("a[data-ask]")
	staff.Until(`document.querySelector("input[name=anchor]").value === "main.py:2-3" && document.querySelector("select[name=item]").value === "program"`)
	lookAt(t, staff, "about-open")
	staff.Value(`document.querySelector("select[name=member]").value = "` + self + `", ""`)
	staff.Follow("main form button.primary")
	staff.Sees("Nothing was asked yet")
	staff.Until(`document.querySelector("input[name=anchor]").value === "main.py:2-3"`)
	// Another place of the same page, and back.
	staff.Click(`[id$="main.py-L4"] .ln`)
	staff.Click("button[data-ask]")
	staff.Until(`document.querySelector("input[name=anchor]").value.endsWith("main.py-L4")`)
	staff.Value(`document.querySelector("input[name=anchor]").value = "main.py:2-3", ""`)
	staff.Type("textarea[name=text]", "How would you keep only the numbers?")
	staff.Value(`document.querySelector("select[name=kind]").value = "code", ""`)
	staff.Follow("button[value=ask]")
	staff.Sees("What they write is theirs until they send it")
	talk := staff.Value(`location.pathname`)

	kemi := browser.New(t)
	kemi.Look(browser.Desk)
	kemi.Bring(s.URL, c.cookies)
	kemi.Go(s.URL + "/c/interview")
	kemi.Sees("text = sys.stdin.read()")
	lookAt(t, kemi, "about-asked")
	kemi.Follow(`form[action$="/begin"] button`)
	kemi.Until(`document.querySelector("[data-ready]") !== null && document.querySelector(".cm-content") !== null`)
	kemi.Sees("How would you keep only the numbers?")
	kemi.Value(`document.querySelector(".cm-content").focus()`)
	kemi.Press("print('numbers, says Kemi Adeola')")
	kemi.Ctrl(kb.Enter)
	kemi.Until(`document.querySelector("#ws-tests").textContent.includes("numbers, says Kemi Adeola")`)
	lookAt(t, kemi, "about-code")
	c.post("/c/parts/turn_1/send", nil)
	staff.Go(s.URL + talk)
	staff.Sees("numbers, says Kemi Adeola")
	staff.Sees("1 run while working")
	lookAt(t, staff, "about-answered")
	staff.Follow(`form[action$="/close"] button`)
	staff.Sees("It is over")

	staff.Go(s.URL + card + "?item=turn_1")
	staff.Sees("lines 2 to 3, in your answer to “Program”")
	staff.Sees("numbers, says Kemi Adeola")
	lookAt(t, staff, "about-evidence")
	staff.Click(`#work a[href*="item=program"][href*="main.py-L2"]`)
	staff.Sees("text = sys.stdin.read()")
}

// TestAQuestionSaidAloud: an author records the question of a task over a network that is cut, and the folder has it, with captions; nobody can put it there
// without words, and it goes again.
func TestAQuestionSaidAloud(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	tree := maps.Clone(videoTree)
	for _, name := range []string{"items/undone/ask.webm", "items/undone/ask.vtt"} {
		delete(tree, name)
	}
	yaml, _, _ := strings.Cut(string(videoTree["items/undone/item.yaml"].Data), "prompt:")
	tree["items/undone/item.yaml"] = &fstest.MapFile{Data: []byte(yaml + "# the last line stays\n")}
	owner, org, _ := company(t, s, tree)
	owner.get(org + "/assessments")
	owner.get(owner.find(`href="(/o/org_[0-9a-f]{32}/assessments/ase_[0-9a-f]{32})"`))
	version := owner.find(`href="(/o/org_[0-9a-f]{32}/versions/ver_[0-9a-f]{32})"`)
	p := browser.New(t)
	p.Look(browser.Desk)
	p.Bring(s.URL, owner.cookies)
	p.Go(s.URL + version)
	p.Follow(`a[href$="/items/undone/aloud"]`)
	p.Until(`document.querySelector("take-recorder[data-ready]") !== null`)
	press := func(what, mode string) {
		p.Click(`[data-press="` + what + `"]`)
		p.Until(`document.querySelector("take-recorder").dataset.mode === "` + mode + `"`)
	}
	press("check", "ready")
	press("record", "recording")
	p.Offline(true)
	p.Until(`new Promise(ok => { const r = indexedDB.open("candor-recordings"); r.onsuccess = () => { const g = r.result.transaction("takes").objectStore("takes").getAll(); g.onsuccess = () => { r.result.close(); ok(g.result.some(t => t.slices >= 2)) } } })`)
	p.Offline(false)
	press("stop", "ready")
	p.Until(`document.querySelectorAll("#takes-question [data-take] input:checked").length === 1 && document.querySelector("[data-take-state]").textContent === "Here"`)
	p.Follow("button[value=put]")
	p.Sees("Not everybody can hear it")
	p.Type("textarea[name=said]", "0:00 What happened, and how did you notice?")
	lookAt(t, p, "aloud-question")
	p.Follow("button[value=put]")
	p.Sees("Its question is as you see it in the preview.")
	draft := p.Value(`location.pathname`)
	owner.get(draft + "/files/items/undone/item.yaml?as=file")
	if text := words(owner.page); !strings.Contains(text, "prompt: {file: prompt.webm, captions: prompt.vtt}") || !strings.Contains(text, "# the last line stays") {
		t.Errorf("item.yaml is %q", text)
	}
	p.Go(s.URL + draft + "/preview")
	p.Until(`(v => { v.muted = true; void v.play().catch(() => 0); return v.currentTime > 0 && v.textTracks[0].cues?.length === 1 })(document.querySelector("[data-spoken] video"))`)
	p.Go(s.URL + draft + "/items/undone/aloud")
	p.Sees("Nothing yet.")
	p.Follow("button[value=words]")
	owner.get(p.Value(`location.pathname`) + "/files/items/undone/item.yaml?as=file")
	if text := words(owner.page); strings.Contains(text, "prompt:") || !strings.Contains(text, "# the last line stays") {
		t.Errorf("asked in words alone, item.yaml is %q", text)
	}
}
