package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"

	"github.com/emersion/go-ical"
)

// TestWhatIsPromised: an opening promises reading, feedback, money and a talk; a candidate reads all of it on a phone before they start, accepts the
// money, sends their work, chooses a time, takes the calendar file, and has a receipt. What is typed wrong is said beside its field and kept.
func TestWhatIsPromised(t *testing.T) {
	t.Parallel()
	s := start(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
	owner, org, opening := company(t, s, attempttest.Tree)
	staff := browser.New(t)
	staff.Look(browser.Desk)
	staff.Bring(s.URL, owner.cookies)
	fill := func(p *browser.Page, selector, text string) {
		p.Value(`(document.querySelector(` + "`" + selector + "`" + `).value = "", "")`)
		p.Type(selector, text)
	}

	staff.Go(s.URL + org + "/days")
	fill(staff, "textarea", "2026-12-25 Christmas Day\nsoon")
	staff.Follow("main form button.primary")
	staff.Sees("Line 2: “soon” is not a day")
	fill(staff, "textarea", "2030-12-25 Christmas Day")
	staff.Follow("main form button.primary")
	staff.Sees("Wed 25 Dec 2030: Christmas Day")
	lookAt(t, staff, "working-days")

	staff.Go(s.URL + opening + "/promises")
	staff.Sees("They can read about 6 submissions a week")
	fill(staff, `input[name="review_days"]`, "9")
	staff.Follow("main form button.primary")
	staff.Sees("Reading comes before the reply")
	fill(staff, `input[name="review_days"]`, "3")
	fill(staff, `input[name="feedback_days"]`, "6")
	staff.Follow("main form button.primary")
	staff.Sees("Saved. What was promised")
	lookAt(t, staff, "promises")

	staff.Go(s.URL + opening + "/payments")
	staff.Sees("Nobody has been offered anything yet")
	staff.Click("main details summary")
	fill(staff, `input[name="amount"]`, "120.50")
	fill(staff, `input[name="currency"]`, "jpy")
	staff.Click(`input[name="production"]`)
	staff.Type(`textarea[name="rights"]`, "We may use and change it. It stays yours.")
	staff.Follow(`button[value="save"]`)
	staff.Sees("JPY has no smaller unit")
	lookAt(t, staff, "payment-terms-wrong")
	fill(staff, `input[name="amount"]`, "12050")
	staff.Follow(`button[value="save"]`)
	staff.Sees("JPY 12050")

	staff.Go(s.URL + opening + "/talks")
	staff.Sees("about 4 such talks a week")
	fill(staff, `input[name="days"]`, "5")
	staff.Follow("main form button.primary")
	staff.Sees("Saved, for work")
	lookAt(t, staff, "talk-terms")

	p := browser.New(t)
	p.Look(browser.Phone)
	p.Go(invite(t, owner, s, org, opening, "Amara Okafor", "amara@mail.example"))
	p.Follow("main form button.primary")
	for _, text := range []string{"A reply within 5 working days", "has read it within 3 working days", "Written feedback within 6 working days", "JPY 12050 for your work", "A talk of 45 minutes"} {
		p.Sees(text)
	}
	lookAt(t, p, "promised-landing")
	p.Look(browser.Phone)
	p.Go(s.URL + "/c/payment")
	p.Sees("It stays yours.")
	p.Follow(`button[value="accept"]`)
	p.Sees("Say how the money reaches you")
	p.Type("textarea", "Amara Okafor, NG12 3456")
	p.Follow(`button[value="accept"]`)
	p.Sees("Accepted. Nothing else is needed")
	lookAt(t, p, "payment-own")

	amara := newVisitor(t, s.URL)
	amara.cookies = p.Cookies(s.URL + "/c")
	for _, part := range []string{"quiz", "writing"} {
		amara.post("/c/parts/"+part+"/start", nil)
	}
	amara.post("/c/parts/quiz/items/pick", url.Values{"choice": {"0"}})
	amara.post("/c/parts/writing/items/tell-us", url.Values{"text": {"The queue delivered twice."}})
	for _, part := range []string{"quiz", "writing"} {
		amara.post("/c/parts/"+part+"/send", url.Values{"sure": {"true"}})
	}

	eventually(t, "the payment to be due", func() bool {
		owner.get(opening + "/payments")
		return strings.Contains(words(owner.page), "Record as paid") || strings.Contains(words(owner.page), "somebody else pays")
	})
	eventually(t, "the talk to be owed", func() bool { // by another job than the payment
		amara.get("/c/status")
		return strings.Contains(words(amara.page), "A talk with the team: by")
	})
	p.Go(s.URL + "/c/status")
	for _, text := range []string{"Reading your work: by", "A payment: by", "A talk with the team: by"} {
		p.Sees(text)
	}
	lookAt(t, p, "promised-status")
	p.Go(s.URL + "/c/talk")
	p.Sees("owes you a talk of 45 minutes")

	// The owner reads this work without its name, so somebody else pays and talks until that card is given back.
	owner.get(opening + "/team")
	self := owner.find(`value="(mem_[0-9a-f]{32})"`)
	owner.get(org + "/review")
	code := owner.find(`/review/([0-9A-Z]{4,8})"`)
	owner.post(org+"/review/"+code+"/back", url.Values{"reason": {"I arrange the talk."}})
	owner.post(opening+"/team", url.Values{"member": {self}, "roles": {"manager", "recruiter"}})

	owner.get(opening)
	app := owner.find(`(/o/org_[0-9a-f]{32}/applications/app_[0-9a-f]{32})`)
	staff.Go(s.URL + app + "/talk")
	staff.Sees("Offer times for a talk of 45 minutes")
	day := time.Now().AddDate(0, 0, 4).Format("2006-01-02")
	staff.Value(`([...document.querySelectorAll("input[type=datetime-local]")].forEach((e, i) => e.value = i < 2 ? "` + day + `T1" + i + ":00" : ""), "")`)
	staff.Type(`input[name="link"]`, "https://meet.example/r")
	staff.Follow(`button[value="offer"]`)
	staff.Sees("The candidate chooses")
	lookAt(t, staff, "talk-offer")
	p.Go(s.URL + "/c/talk")
	lookAt(t, p, "talk-choose")
	p.Look(browser.Phone)
	p.Follow(`li:first-child button[value="choose"]`)
	p.Sees("Chosen. You get a mail")
	p.Sees("Choose another time")
	lookAt(t, p, "talk-booked")
	r, err := http.NewRequest("GET", s.URL+"/c/talk.ics", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range p.Cookies(s.URL + "/c") {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	cal, err := ical.NewDecoder(res.Body).Decode()
	if err != nil || len(cal.Events()) != 1 || cal.Events()[0].Props.Get("LOCATION").Value != "https://meet.example/r" {
		t.Errorf("the calendar file = %+v, %v", cal, err)
	}
	p.Go(s.URL + "/c/talk")
	p.Follow(`button[value="cancel"]`)
	p.Sees("Cancelled. The times that are left")

	staff.Go(s.URL + opening + "/payments")
	staff.Sees("To: Amara Okafor, NG12 3456")
	lookAt(t, staff, "payments")
	staff.Type(`input[name="proof"]`, "Furikomi 8812")
	staff.Follow(`form[action$="/pay"] button`)
	staff.Sees("Furikomi 8812")
	owner.get(opening + "/payments/table.csv")
	owner.sees("12050,12050,JPY,true")
	p.Go(s.URL + "/c/payment")
	p.Sees("This page is your receipt")
	lookAt(t, p, "payment-receipt")
}
