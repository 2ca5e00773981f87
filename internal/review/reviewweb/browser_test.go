package reviewweb_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"candor/e2e/browser"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/web"
)

// door signs the browser in as somebody of the world.
func (s site) door(p *browser.Page, who string) {
	p.Go(s.server.URL + "/in/" + who)
}

func signIn(mux *web.Mux) {
	mux.Handle(web.Route{Pattern: "GET /in/{who}", Action: "test.in", Auth: web.Anonymous, Tenant: web.NoTenant, Object: web.NoObject, Rate: web.RateRead},
		func(w http.ResponseWriter, r *http.Request) error {
			http.SetCookie(w, &http.Cookie{Name: web.StaffCookie, Value: r.PathValue("who"), Path: "/", Secure: true, HttpOnly: true})
			_, err := w.Write([]byte("<!doctype html><html lang=en><title>in</title><link rel=icon href='" + web.Asset("icon.svg") + "'><h1>in</h1>"))
			return err
		})
}

// shots keeps pictures where CANDOR_SHOTS says.
func shots(p *browser.Page, name string) {
	if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
		p.Shots(filepath.Clean(dir), name)
		p.Look(browser.Desk)
	}
}

func TestAScorecardByKeyboardOnly(t *testing.T) {
	s := open(t)
	p := browser.New(t)
	p.Look(browser.Desk)
	s.door(p, "mina")
	base := s.server.URL + "/o/" + s.Org.ID
	p.Go(base + "/review")
	p.Axe()
	shots(p, "queue-empty")
	p.Follow("a[href$='/phrases']")
	p.Axe()
	p.Type("#text-new", "what is known")
	p.Type("#criterion-new", "clear")
	p.Press(kb.Tab, kb.Enter)
	p.Sees("The phrase is kept.")
	p.Type("#text-new", "Elsewhere.")
	p.Type("#criterion-new", "Another rubric's")
	p.Press(kb.Tab, kb.Enter)
	p.Sees("Another rubric's")
	p.Axe()
	shots(p, "phrases")
	n := s.Submitted("Amara Okafor", "amara@mail.example")
	ben := s.Submitted("Ben Adeyemi", "ben@mail.example")
	s.Submitted("Chen Wei", "chen@mail.example")
	p.Go(base + "/review")
	p.Axe()
	shots(p, "queue")
	p.Go(base + "/review/" + string(n.Code))
	p.Axe()
	p.Press("j")
	p.Until(`document.querySelector("[data-item-now]").dataset.itemNow === "number"`)
	p.Press("j")
	p.Sees("The queue delivered again")
	p.Press("r", "3")
	p.Until(`document.querySelector("input[name='c.clear'][value='3']").checked`)
	p.Press("c")
	p.Until(`document.activeElement.name === "n.clear"`)
	p.Press("Says")
	p.Value(`document.activeElement.blur()`)
	p.Press("i")
	p.Until(`document.activeElement.dataset.phrase === "what is known"`)
	p.Axe()
	shots(p, "phrases-inserting")
	p.Press(kb.Enter)
	p.Until(`document.activeElement.name === "n.clear" && document.activeElement.value === "Says what is known"`)
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	p.Value(`document.activeElement.blur()`)
	p.Press("t")
	p.Sees("Your time stands still")
	p.Until(`document.querySelector("[data-item-now]").dataset.itemNow === "tell-us" && location.search.includes("tell-us")`) // nothing else has moved
	p.Axe()
	p.Press("t")
	p.Until(`document.querySelector("#timing").textContent.includes("Pause my time")`)
	p.Click("details.more:has(#minutes) summary")
	p.Type("#minutes", "2") // with the 1 that is there
	p.Value(`String(document.querySelector("#time-reason").required = false)`)
	p.Follow("form[action$='/time'] .btn")
	p.Sees("Please say why, in a sentence.")
	p.Type("#time-reason", "Read it on paper.")
	p.Follow("form[action$='/time'] .btn")
	p.Sees("corrected by you from 1: Read it on paper.")
	p.Axe()
	shots(p, "scorecard")
	p.Press(kb.Tab) // out of the text, where letters are text
	p.Value(`document.activeElement.blur()`)
	p.Press("r", "2")
	p.Until(`document.querySelector("[data-left]").textContent === "Everything is scored"`)
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved"`)
	p.Go(base + "/review/" + string(n.Code)) // a reload: the draft is on the server
	p.Until(`document.querySelector("input[name='c.clear'][value='3']").checked`)
	p.Until(`document.querySelector("textarea[name='n.clear']").value === "Says what is known"`)
	p.Press("s")
	p.Until(`document.activeElement.textContent.trim() === "Send my scorecard"`)
	p.Press(kb.Enter)
	p.Sees("Amara Okafor")
	p.Axe()
	shots(p, "scorecard-sent")
	// One item over all candidates, by key: the same item of the next one, and what is scored is in that one's card.
	p.Go(base + "/review/" + string(ben.Code) + "?item=pick")
	p.Follow("[data-key=h]")
	p.Sees("No criterion belongs to this item alone.")
	p.Follow("[data-key=j]")
	p.Follow("[data-key=j]")
	p.Until(`document.querySelector("[data-item-now]").dataset.itemNow === "tell-us" && document.querySelectorAll("[data-crit]").length === 2`)
	p.Until(`/Tell us: [12] of 2 candidates/.test(document.body.innerText)`)
	p.Axe()
	next := "n"
	if p.Value(`String(document.querySelector("[data-key=n]") === null)`) == "true" {
		next = "p"
	}
	p.Follow("[data-key=" + next + "]")
	p.Until(`!location.pathname.endsWith("` + string(ben.Code) + `") && location.search.includes("item=tell-us") && document.querySelector("[data-item-now]")?.dataset.itemNow === "tell-us"`)
	p.Press("r", "4")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	shots(p, "across")
	other, err := s.Reviews.Load(t.Context(), s.Mina, review.Code(p.Value(`location.pathname.split("/").pop()`)))
	if err != nil || other.Application == ben.Application || other.Mine.Card.Ratings["clear"].Level != 4 || !other.Blind {
		t.Errorf("the next one's card is %+v, %v; want level 4 in it, blind", other.Mine.Card, err)
	}
	p.Press("h")
	p.Sees("Send my scorecard")
	if sheet, err := s.Reviews.Load(t.Context(), s.Mina, ben.Code); err != nil || sheet.Mine.Card.Ratings["clear"].Level != 0 {
		t.Errorf("the first one's card is %+v, %v; want nothing in it", sheet.Mine.Card, err)
	}
	s.File(s.Jun, n, reviewtest.Card(1, 2))
	s.door(p, "rosa")
	p.Go(base + "/review/" + string(n.Code) + "/cards")
	p.Axe()
	shots(p, "cards")
	s.File(s.Mina, ben, reviewtest.Card(4, 2))
	s.File(s.Jun, ben, reviewtest.Card(4, 2))
	p.Go(base + "/openings/" + string(s.Opening) + "/compare?with=" + string(n.Code) + "&with=" + string(ben.Code))
	p.Sees("levels apart")
	p.Axe()
	shots(p, "compare")
}

func TestARubricThatChanges(t *testing.T) {
	s := open(t)
	p := browser.New(t)
	p.Look(browser.Desk)
	n := s.Submitted("Amara Okafor", "amara@mail.example")
	ben := s.Submitted("Ben Adeyemi", "ben@mail.example")
	s.File(s.Mina, n, reviewtest.Card(3, 2))
	s.File(s.Jun, n, reviewtest.Card(2, 2))
	base := s.server.URL + "/o/" + s.Org.ID
	here := base + "/openings/" + string(s.Opening)
	s.door(p, "rosa")
	p.Go(here + "/rubric")
	p.Sees("Every work is read by the newest rubric")
	p.Axe()
	shots(p, "rubric-empty")
	// Mina has a card open in her tab while the rubric changes.
	s.door(p, "mina")
	p.Go(base + "/review/" + string(ben.Code) + "?item=tell-us")
	p.Press("r", "3")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	s.Publish(append(append([]string{}, reviewtest.Reworded...), reviewtest.Weighed...)...)
	manager := p.Tab()
	s.door(manager, "rosa")
	manager.Go(here + "/debrief")
	manager.Follow("a[href$='/rubric']:not(.btn)")
	manager.Sees("2 ratings on 2 sent scorecards of 2 readers open again; everything else on them stays as it was sent. 1 level on a draft is chosen anew.")
	manager.Axe()
	manager.Click("details.more summary")
	manager.Sees("At the first reading by somebody new.")
	manager.Axe()
	shots(manager, "rubric-plan")
	manager.Value(`String(document.querySelector("input[name=reason]").required = false)`)
	manager.Follow("form[action$='/rubric'] .btn")
	manager.Sees("Please say why, in a sentence.")
	manager.Axe()
	manager.Type("input[name=reason]", "Level 3 was read in two ways.")
	manager.Press(kb.Enter)
	manager.Sees("The rubric is in force.")
	s.Drain()
	// The open tab learns of it with its next save, and loses nothing that it can keep.
	s.door(manager, "mina")
	p.Value(`document.querySelector("textarea[name='n.clear']").focus()`)
	p.Allow("409")
	p.Press("Seen at once")
	p.Until(`!document.querySelector("[data-conflict]").hidden && document.querySelector("[data-conflict]").checkVisibility()`)
	p.Axe()
	shots(p, "card-rubric-moved")
	p.Value(`document.activeElement.blur()`)
	p.Follow("[data-conflict] a")
	p.Sees("The wording changed. By the older one you chose 3 Solid. At the first reading.")
	p.Until(`document.querySelector("textarea[name='n.clear']").value === "Seen at once" && !document.querySelector("input[name='c.clear']:checked")`)
	// A card that was sent: only what is touched can be chosen.
	p.Go(base + "/review")
	p.Sees("The rubric changed: open again")
	p.Axe()
	shots(p, "queue-open-again")
	p.Go(base + "/review/" + string(n.Code))
	p.Sees("The rubric changed: one criterion is open again.")
	p.Sees("Why: Level 3 was read in two ways.")
	p.Until(`document.querySelector("input[name='c.right']").disabled && document.querySelectorAll("[data-crit]").length === 1 && !document.body.innerText.includes("Amara")`)
	p.Axe()
	shots(p, "card-open-again")
	p.Press("r", "4")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	p.Press("s", kb.Enter)
	p.Sees("Your scores are sent.")
	p.Sees("Amara Okafor")
	s.door(p, "rosa")
	p.Go(here + "/rubric")
	p.Sees("2 ratings are open") // Jun's, and Mina's draft
	p.Sees("4 Strong")
	p.Axe()
	shots(p, "rubric-log")
}

func TestWorkingTogether(t *testing.T) {
	s := open(t)
	s.people["fay"] = s.Member("Fay Moreau", "fay@tideway.example", []string{"reviewer"}, opening.Facilitator)
	inv := s.Invite("Amara Okafor", "amara@mail.example")
	who := s.Enter(inv)
	p := browser.New(t)
	p.Look(browser.Desk)
	s.door(p, "fay")
	here := s.server.URL + "/o/" + s.Org.ID + "/together/" + string(inv.Application)
	p.Go(here)
	p.Sees("The work goes on.")
	p.Axe()
	p.Type("textarea[name='n.asks']", "Twice, early.")
	p.Until(`document.querySelector("[data-save]").dataset.kind === "saved" && document.querySelector("[data-save-text]").textContent.startsWith("Saved ")`)
	p.Follow("form .btn.primary")
	p.Sees("Asks: choose a level, or say why you can’t score it.")
	p.Axe()
	shots(p, "together-incomplete")
	_, a := s.Finish(who)
	s.Drain()
	p.Go(s.server.URL + "/o/" + s.Org.ID + "/review")
	p.Sees("They have sent their work")
	p.Axe()
	p.Follow("a[href*='/together/']")
	p.Until(`document.querySelector("textarea[name='n.asks']").value === "Twice, early."`) // a reload: the draft is on the server
	p.Value(`document.querySelector("input[name='c.asks']").focus()`)
	p.Press("2")
	p.Until(`document.querySelector("input[name='c.asks'][value='2']").checked`)
	shots(p, "together")
	p.Follow("form .btn.primary")
	p.Sees("Sent. It stands beside the scorecards, and in none of them.")
	p.Axe()
	n := s.Round(string(a.ID))
	s.File(s.Mina, n, reviewtest.Card(3, 2))
	s.File(s.Jun, n, reviewtest.Card(3, 2))
	s.door(p, "rosa")
	p.Go(s.server.URL + "/o/" + s.Org.ID + "/review/" + string(n.Code) + "/cards")
	p.Sees("By who worked with them, not blind; in no score")
	p.Sees("Fay Moreau")
	p.Axe()
	shots(p, "together-beside")
}

// Somebody says when they are away and gives on what they have; a colleague takes over what waits.
func TestAwayGivenOnAndTakenOver(t *testing.T) {
	s := open(t)
	first := s.Submitted("Amara Okafor", "amara@mail.example")
	s.Submitted("Ben Adeyemi", "ben@mail.example")
	if err := s.Openings.SetRole(ctx, s.Owner, s.Opening, s.Kit.ID, opening.Reviewer, true); err != nil {
		t.Fatal(err)
	}
	p := browser.New(t)
	p.Look(browser.Desk)
	base := s.server.URL + "/o/" + s.Org.ID
	s.door(p, "jun")
	p.Go(base + "/review")
	p.Click("details.more:has(form[action$='/away']) summary")
	p.Value(`document.querySelector("#away-from").value = "` + s.DB.Now().AddDate(0, 0, 1).Format("2006-01-02") + `"`)
	p.Follow("form[action$='/away'] .btn") // without a last day
	p.Sees("Give the last day, too.")
	p.Go(base + "/review")
	p.Click("details.more:has(form[action$='/away']) summary")
	p.Value(`document.querySelector("#away-through").value = "` + s.DB.Now().AddDate(0, 0, 9).Format("2006-01-02") + `"`)
	p.Follow("form[action$='/away'] .btn")
	p.Sees("Nothing new is given to you in that time.")
	p.Click("details.more:has(form[action$='/hours']) summary")
	p.Click("input[name=when][value=hours]")
	p.Click("input[name=hours][value='9']")
	p.Axe()
	shots(p, "queue-away")
	p.Look(browser.Phone)
	p.Axe()
	p.Look(browser.Desk)
	p.Follow("form[action$='/hours'] .btn")
	p.Sees("at the hours you chose")

	s.door(p, "kit")
	p.Go(base + "/review")
	p.Sees("You could take over")
	p.Sees("Its reader is away")
	p.Axe()
	shots(p, "queue-take")
	p.Follow("form[action$='/" + string(first.Code) + "/take'] .btn")
	p.Sees("It is yours now.")
	p.Sees("Candidate " + string(first.Code))

	s.door(p, "jun")
	p.Go(base + "/review")
	p.Sees("1 scorecard of yours is open.")
	p.Follow("form[action$='/hand-over'] .btn")
	p.Sees("1 given to others. What you wrote is kept.")
}
