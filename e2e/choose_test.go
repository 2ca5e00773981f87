package e2e_test

import (
	"bytes"
	"maps"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"candor/e2e/browser"
	"candor/internal/archive"
	"candor/internal/attempt/attempttest"

	"github.com/chromedp/chromedp/kb"
)

// TestAChoiceAndMoreTime: a stage offers something instead; what has other criteria is refused in words. Kemi reads both on a phone, looks at her data and the
// conversation before she has chosen, chooses by keyboard, changes her mind, starts, and cannot change it any more. She asks for more time; on the board she
// stands first and one press gives it; she asks again and reads why not. Noel chooses without a line of script.
func TestAChoiceAndMoreTime(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, attempttest.Tree)
	publish := func(pairs ...string) string {
		tree := maps.Clone(attempttest.Tree)
		tree["assessment.yaml"] = &fstest.MapFile{Data: []byte(strings.NewReplacer(pairs...).Replace(string(tree["assessment.yaml"].Data)))}
		var zip bytes.Buffer
		if err := archive.Write(&zip, tree); err != nil {
			t.Fatal(err)
		}
		owner.upload(org+"/assessments", "file", zip.Bytes())
		version := owner.at
		owner.post(version+"/publish", nil)
		eventually(t, "it is published", func() bool {
			owner.get(version)
			return strings.Contains(words(owner.page), "Published")
		})
		return version[strings.LastIndex(version, "/")+1:]
	}
	const right = "\n  - {key: right, title: Right, weight: 1, about: Does it hold?, items: [tell-us], levels: [{name: Not yet, anchor: It contradicts the facts.}, {name: Solid, anchor: It fits the facts given.}]}"
	walk := publish("Small screen", "Walk us through something", right, "")
	strange := publish("Small screen", "Something strange", "{key: clear, title: Clear", "{key: brisk, title: Brisk")
	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	staff.Go(s.URL + opening + "/stages")
	other := func(version string) {
		staff.Value(`document.querySelectorAll("main details").forEach(d => d.open = true), ""`)
		staff.Value(`document.querySelector("li select[name=others]").value = "` + version + `", ""`)
		staff.Follow(`li form[action$="/stages"] button.btn:not(.icon)`)
	}
	staff.Allow("422")
	other(strange)
	staff.Sees("is scored by “Brisk”")
	other(walk)
	staff.Sees("or, as they choose, Walk us through something")
	staff.Sees("cannot show “Right”")
	lookAt(t, staff, "choice-stage")

	link := invite(t, owner, s, org, opening, "Kemi Adeola", "kemi@mail.example")
	owner.sees("one of 2, as you choose: “Small screen”")
	kemi, phone := browser.New(t), browser.View{Width: 390, Height: 844, Touch: true}
	kemi.Look(phone)
	kemi.Go(link)
	kemi.Sees("You choose one of 2:")
	lookAt(t, kemi, "choice-link")
	kemi.Look(phone)
	kemi.Follow("main form button.primary")
	kemi.Sees("Choose how you show it")
	kemi.Sees("It cannot show “Right”; that counts for nothing against you.")
	lookAt(t, kemi, "choice")
	kemi.Look(phone)
	for _, path := range []string{"/c/data", "/c/ask", "/c/adjust", "/c/more-time", "/c/parts/quiz"} {
		kemi.Go(s.URL + path)
		kemi.Axe()
	}
	kemi.Sees("Choose how you show it") // a part leads here while there is none
	owner.get(opening)
	owner.sees("has not chosen yet")
	kemi.Value(`document.querySelectorAll("main form button[name=offer]")[0].focus(), ""`)
	kemi.Press(kb.Enter)
	kemi.Sees("You chose “Small screen”.")
	lookAt(t, kemi, "choice-made")
	kemi.Look(phone)
	kemi.Follow(`a[href="/c/choose"]`)
	kemi.Follow("main form button[name=offer]")
	kemi.Sees("You chose “Walk us through something”.")
	owner.get(opening)
	owner.sees("Walk us through something")
	application := owner.find(`href="(/o/org_[0-9a-f]{32}/applications/app_[0-9a-f]{32})"`)

	kemi.Follow(`a[href="/c/more-time"]`)
	kemi.Allow("422")
	kemi.Follow("main form button.primary")
	kemi.Sees("Say in a sentence how much you need.")
	kemi.Type("textarea[name=words]", "Two days more, please. My child is ill.")
	kemi.Follow("main form button.primary")
	kemi.Sees("You asked, and hear from us by")
	lookAt(t, kemi, "more-time-asked")
	kemi.Look(phone)
	invite(t, owner, s, org, opening, "Aaron Early", "aaron@mail.example")
	staff.Go(s.URL + opening)
	staff.Sees("Asks for more time")
	if first := staff.Text("tbody tr th a"); first != "Kemi Adeola" {
		t.Errorf("the board begins with %q; want who asks", first)
	}
	lookAt(t, staff, "more-time-board")
	staff.Go(s.URL + application)
	staff.Sees("My child is ill.")
	lookAt(t, staff, "more-time-answer")
	staff.Go(s.URL + opening)
	staff.Follow("tbody tr button[form]")
	staff.Sees("Given. They get a mail with the new day.")
	kemi.Go(s.URL + "/c")
	kemi.Sees("You have more time, until")
	kemi.Follow(`a[href="/c/more-time"]`)
	kemi.Type("textarea[name=words]", "And a month.")
	kemi.Follow("main form button.primary")
	staff.Go(s.URL + application)
	staff.Allow("422")
	staff.Follow(`form[action$="/time"] .stack button, form.stack[action$="/time"] button`)
	staff.Sees("Say why not.")
	staff.Type("input[name=reply]", "We decide on the 10th.")
	staff.Follow(`form.stack[action$="/time"] button`)
	staff.Sees("They get a mail with your reason.")
	kemi.Go(s.URL + "/c/more-time")
	kemi.Sees("We decide on the 10th.")
	lookAt(t, kemi, "more-time-no")
	kemi.Look(phone)

	kemi.Go(s.URL + "/c/parts/quiz")
	tab := kemi.Tab()
	tab.Look(phone)
	tab.Go(s.URL + "/c/choose")
	kemi.Follow(`form[action$="/start"] button`)
	tab.Allow("409")
	tab.Follow("main form button[name=offer]")
	tab.Sees("You have started what you chose, so the choice stays.")
	tab.Axe()

	noel := newVisitor(t, s.URL)
	noel.get(invite(t, owner, s, org, opening, "Noel Pires", "noel@mail.example"))
	noel.post(noel.at, nil)
	noel.sees("Choose how you show it")
	noel.post("/c/choose", url.Values{"offer": {"assessment:" + walk}})
	noel.sees("You chose “Walk us through something”.")
	eventually(t, "the mails about time", func() bool {
		owner.get(org + "/outbox")
		page := words(owner.page)
		return strings.Contains(page, "A candidate asks for more time: Backend engineer") && strings.Contains(page, "You have more time: until") && strings.Contains(page, "We decide on the 10th.")
	})
}
