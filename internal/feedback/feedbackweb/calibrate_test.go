package feedbackweb_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"candor/e2e/browser"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// TestFromGoldToADecisionWithItsInterval: Rosa makes a third gold submission, Sam is certified on them; Mina and Jun score blind and
// differ; Sam, who has not scored, settles it blind; Rosa reads the debrief and decides.
func TestFromGoldToADecisionWithItsInterval(t *testing.T) {
	s := open(t)
	p := browser.New(t)
	p.Look(browser.Desk)
	look := func(name string) {
		t.Helper()
		p.Axe()
		if dir := os.Getenv("CANDOR_SHOTS"); dir != "" {
			p.Shots(filepath.Clean(dir), name)
			p.Look(browser.Desk)
		}
	}
	base := s.server.URL + "/o/" + s.Org.ID
	in := func(who string) { p.Go(s.server.URL + "/in/" + who) }
	choose := func(criterion string, level int) {
		p.Value(fmt.Sprintf(`document.querySelector("input[name='c.%s'][value='%d']").click()`, criterion, level))
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	var golds []review.Round
	for i := range 3 {
		n := s.rated(fmt.Sprintf("Gold Person%d", i), fmt.Sprintf("gold%d@mail.example", i))
		golds = append(golds, n)
		if i < 2 {
			must(s.Reviews.MakeGold(ctx, s.Rosa, n.Code, map[string]review.Ruled{"clear": {Level: 3, Reason: "One reads it once."}, "right": {Level: 2, Reason: "The log says so."}}))
		}
	}
	in("rosa")
	p.Go(base + "/review/" + string(golds[2].Code) + "/cards")
	p.Follow("a[href$='/gold']")
	choose("clear", 3)
	p.Follow(".card-foot .btn.primary")
	p.Sees("Some criteria still need a level or a reason.")
	look("gold")
	p.Type("textarea[name='n.clear']", "At the first reading, but nothing is open.")
	choose("right", 2)
	p.Type("textarea[name='n.right']", "It fits what the log says.")
	p.Follow(".card-foot .btn.primary")
	p.Sees("Reviewers practise on this gold submission.")
	look("cards")

	sam := s.Member("Sam Third", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
	s.people["sam"] = sam
	must(s.Reviews.Practise(ctx, sam, golds[0].Code, map[string]int{"clear": 3, "right": 2}))
	must(s.Reviews.Practise(ctx, sam, golds[1].Code, map[string]int{"clear": 3, "right": 2}))
	in("sam")
	p.Go(base + "/review")
	p.Follow("a[href$='/practice']")
	p.Sees("You scored 2 of the 3 it takes.")
	look("practice")
	p.Go(base + "/review/" + string(golds[2].Code) + "/practice")
	p.Sees("Score it and see the reference")
	look("gold-blind")
	choose("clear", 2)
	choose("right", 2)
	p.Follow(".card-foot .btn.primary")
	p.Sees("One level off")
	p.Sees("At the first reading, but nothing is open.")
	look("gold-scored")
	p.Go(base + "/openings/" + string(s.Opening) + "/practice")
	p.Sees("You are certified for this opening.")

	in("rosa")
	p.Go(base + "/openings/" + string(s.Opening) + "/debrief")
	p.Click("input[name=asks]")
	p.Follow("form[action$='/debrief'] button")
	p.Sees("It holds for work that is scored from now on.")
	must(s.Openings.SetRole(ctx, s.Owner, s.Opening, sam.ID, opening.Reviewer, false))
	n := s.Submitted("Amara Okafor", "amara@mail.example")
	must(s.Openings.SetRole(ctx, s.Owner, s.Opening, sam.ID, opening.Reviewer, true))
	s.File(s.Mina, n, reviewtest.Card(4, 2))
	in("jun")
	p.Go(base + "/review/" + string(n.Code))
	p.Sees("Candidate " + string(n.Code))
	p.Press("x") // one key to say that one knows the person, or has no time
	p.Until(`document.activeElement.name === "reason" && document.activeElement.closest("details").open`)
	choose("clear", 1)
	choose("right", 2)
	p.Type("textarea[name='n.clear']", "The middle is lost on me.")
	p.Value(`document.querySelector("[data-send]").click()`) // the panel scrolls by itself as the draft is saved
	p.Sees("3 levels apart")

	in("sam")
	p.Go(base + "/review")
	p.Sees("Two readers differ, and you have not scored it")
	look("queue-settle")
	p.Follow("a[href$='/settle']")
	p.Sees("The middle is lost on me.")
	look("settle")
	choose("clear", 3)
	p.Type("textarea[name='n.clear']", "It takes a second look, no more.")
	p.Follow(".card-foot .btn.primary")
	p.Sees("Settled. Your levels are in the score")

	in("rosa")
	p.Go(base + "/openings/" + string(s.Opening) + "/debrief")
	p.Sees("Not distinguishable from")
	look("debrief")
	p.Follow("a[href$='/review/" + string(n.Code) + "/cards']")
	p.Sees("It takes a second look, no more.")
	look("debrief-one")
	p.Go(base + "/openings/" + string(s.Opening) + "/agreement")
	p.Sees("Too few to say")
	look("agreement")
	p.Go(base + "/decide/" + string(n.Application))
	p.Until(`/Combined: 78 ± \d+/.test(document.body.textContent.replace(/\s+/g, " "))`) // (2 x 67 + 100) / 3: Sam's level, not the mean
	p.Click("input[value=advance]")
	p.Type("textarea[name=reason]", "Holds together, and the third reader agrees.")
	p.Follow("form#decision .btn.primary")
	p.Sees("Decided")
}
