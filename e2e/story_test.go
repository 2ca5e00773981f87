package e2e_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"candor/internal/archive"
	"candor/internal/attempt/attempttest"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/notify"
)

// TestTheMainJob is one real interview from an empty installation to feedback, on both engines, without a line of script, with the
// server killed in the middle of the candidate's work.
func TestTheMainJob(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { mainJob(t) })
	t.Run("postgres", func(t *testing.T) { mainJob(t, "--database", dbtest.Database(t)) })
}

func freePort(t testing.TB) string {
	t.Helper()
	// Below the ports that the system gives to connections: a server that starts again must find its own free.
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("there is no free port from 15000 to 30000")
	return ""
}

// cardIn is the address of the first scorecard in a page; "" where there is none.
func cardIn(page, org string) string {
	if m := regexp.MustCompile(`href="(` + org + `/review/[A-Z0-9]{4,})"`).FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

// awake is a zone in which it is an hour of a working day at which replies go out; ok is false when there is none (a weekend).
func awake() (string, bool) {
	for h := -11; h <= 12; h++ {
		name := fmt.Sprintf("Etc/GMT%+d", h)
		zone, err := time.LoadLocation(name)
		if err != nil {
			continue
		}
		soon := time.Now().Add(20 * time.Minute)
		if feedback.Daytime(time.Now(), zone).Before(time.Now().Add(time.Second)) && feedback.Daytime(soon, zone).Equal(soon) {
			return name, true
		}
	}
	return "Europe/Lisbon", false
}

// letters is a zone in which letters go out now and in the next 20 minutes; ok is false when there is none (a Sunday everywhere).
func letters() (zone string, ok bool) {
	for h := -14; h <= 12; h++ {
		name := fmt.Sprintf("Etc/GMT%+d", h)
		now, soon := time.Now(), time.Now().Add(20*time.Minute)
		if notify.Daytime(now, name).Equal(now) && notify.Daytime(soon, name).Equal(soon) {
			return name, true
		}
	}
	return "Europe/Lisbon", false
}

func mainJob(t *testing.T, more ...string) {
	args := append([]string{"serve", "--data", t.TempDir(), "--addr", freePort(t)}, more...)
	s := start(t, args...)

	// The first start prints a one-time link; the owner names the organisation.
	owner := newVisitor(t, s.URL)
	owner.get(s.link("become the owner"))
	owner.post(owner.at, url.Values{"organisation": {"Northpier"}, "name": {"Vera Lind"}, "email": {"vera@northpier.example"}, "zone": {"Europe/Lisbon"}})
	owner.get("/")
	org := owner.find(`href="(/o/org_[0-9a-f]{32})/openings"`)

	// An author's folder becomes a published assessment.
	var zip bytes.Buffer
	if err := archive.Write(&zip, attempttest.Tree); err != nil {
		t.Fatal(err)
	}
	owner.upload(org+"/assessments", "file", zip.Bytes())
	owner.sees("Small screen, version 1")
	version := owner.at
	owner.post(version+"/publish", nil)
	owner.sees("Published")

	// A reviewer is invited; without a mail server the link waits in the outbox.
	owner.post(org+"/members", url.Values{"name": {"Ravi Patel"}, "email": {"ravi@northpier.example"}, "roles": {"reviewer"}})
	member := owner.find(`/members/(mem_[0-9a-f]{32})">Ravi Patel`)
	reviewer := newVisitor(t, s.URL)
	eventually(t, "the reviewer's invitation in the outbox", func() bool {
		owner.get(org + "/outbox")
		return strings.Contains(owner.page, "/sign-in/")
	})
	reviewer.get(owner.find(`href="(http[^"]*/sign-in/[^"]+)"`))
	reviewer.post(reviewer.at, nil)

	// An opening with one stage, its people, and a candidate invited by link.
	owner.post(org+"/openings/new", url.Values{"title": {"Backend engineer"}, "team": {"Harbour"}, "reply_days": {"5"}, "stage_title": {"Screen"},
		"assessment": {version[strings.LastIndex(version, "/")+1:]}, "reviewers": {"1"}, "window": {"7"}})
	owner.get(org + "/openings")
	opening := owner.find(`href="(/o/org_[0-9a-f]{32}/openings/opn_[0-9a-f]{32})"`)
	owner.post(opening+"/team", url.Values{"member": {member}, "roles": {"reviewer"}})
	owner.get(opening + "/team")
	self := owner.find(`value="(mem_[0-9a-f]{32})"`)
	if self == member {
		self = strings.Split(owner.page, `value="mem_`)[2][:32]
		self = "mem_" + self
	}
	owner.post(opening+"/team", url.Values{"member": {self}, "roles": {"manager", "recruiter"}})
	zone, told := awake()
	by := time.Now().Add(6 * 24 * time.Hour).UTC().Format("2006-01-02T15:04")
	owner.post(opening+"/invite", url.Values{"name": {"Kemi Adeola"}, "email": {"kemi@mail.example"}, "zone": {zone}, "finish_by": {by}, "step": {"send"}})
	link := ""
	eventually(t, "the invitation in the outbox", func() bool {
		owner.get(org + "/outbox")
		if i := strings.Index(owner.page, s.URL+"/i/"); i >= 0 {
			link = owner.page[i:]
			link = link[:strings.IndexAny(link, `"<`)]
		}
		return link != ""
	})

	// The candidate: looking changes nothing, a press enters, a second one starts.
	kemi := newVisitor(t, s.URL)
	kemi.get(link)
	if len(kemi.cookies) != 0 {
		t.Errorf("looking at the link set cookies: %v", kemi.cookies)
	}
	kemi.post(kemi.at, nil)
	kemi.sees("Hello Kemi")
	kemi.sees("No clock is running")
	kemi.post("/c/parts/quiz/start", nil)
	kemi.post("/c/parts/quiz/items/pick", url.Values{"choice": {"0"}, "_go": {"next"}})
	kemi.post("/c/parts/quiz/items/number", url.Values{"typed": {"300"}})
	kemi.post("/c/parts/writing/start", nil)
	kemi.post("/c/parts/writing/items/tell-us", url.Values{"text": {"I am Kemi Adeola, and the queue delivered twice."}})

	// The server dies without a word and comes back: nothing that was saved is gone, and the session holds.
	s.kill()
	s = start(t, args...)
	kemi.get("/c/parts/writing/items/tell-us")
	kemi.sees("the queue delivered twice")
	for _, part := range []string{"quiz", "writing"} {
		kemi.get("/c/parts/" + part + "/check")
		kemi.post("/c/parts/"+part+"/send", nil)
		kemi.sees("Receipt")
		receipt := kemi.find(`<p class="mono small hash">([0-9a-f]{64})</p>`)
		kemi.post("/c/parts/"+part+"/send", nil) // a second press
		if again := kemi.find(`<p class="mono small hash">([0-9a-f]{64})</p>`); again != receipt {
			t.Errorf("the second press gave another receipt")
		}
	}
	kemi.get("/c/status")
	kemi.sees("All parts are sent")

	// The reviewer reads it under a code and files a scorecard.
	eventually(t, "the submission in the reviewer's queue", func() bool {
		reviewer.get(org + "/review")
		return cardIn(reviewer.page, org) != ""
	})
	card := cardIn(reviewer.page, org)
	for _, path := range []string{org + "/review", card, card + "?item=tell-us", opening} {
		reviewer.get(path)
		for _, name := range []string{"Kemi", "Adeola", "kemi@mail.example"} {
			if strings.Contains(reviewer.page, name) {
				t.Errorf("%s tells a blind reviewer %q", path, name)
			}
		}
	}
	reviewer.post(card, url.Values{"item": {"tell-us"}, "c.clear": {"3"}, "n.clear": {"One sentence, and all of it."}, "c.right": {"2"}, "n.right": {"It fits."},
		"shareable": {"Short and true."}})
	reviewer.get(card)
	reviewer.sees("Kemi Adeola")

	// The manager decides with a reply, and the candidate reads it.
	owner.get(opening)
	app := owner.find(`/applications/(app_[0-9a-f]{32})`)
	owner.get(org + "/decide/" + app)
	owner.post(org+"/decide/"+app, url.Values{"outcome": {"reject"}, "reason": {"Others went further."}, "body": {"Clear, and careful with facts; we missed what happens next."},
		"l.clear": {"Solid"}, "t.clear": {"One sentence, and all of it."}, "l.right": {"Solid"}, "t.right": {"It fits."}})
	kemi.get("/c/status")
	if !told {
		kemi.sees("You hear from us by") // it is a weekend everywhere: the reply waits for a working day
		return
	}
	kemi.sees("Our reply")
	kemi.sees("we missed what happens next")
	for _, private := range []string{"Others went further"} {
		if strings.Contains(kemi.page, private) {
			t.Errorf("the candidate reads %q, which is for the team", private)
		}
	}

	// Erasing leaves no byte that names the person on any page of the owner.
	kemi.get("/c/data/erase")
	kemi.post("/c/data/erase", nil)
	for _, path := range []string{opening, org + "/outbox", org + "/candidates", org + "/audit"} {
		owner.get(path)
		if strings.Contains(owner.page, "Kemi") || strings.Contains(owner.page, "kemi@") {
			t.Errorf("%s still names the erased person", path)
		}
	}
}

// eventually waits for what a job does in the background.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 150 {
		if ok() {
			return
		}
		time.Sleep(200 * time.Millisecond) // the jobs of another process; there is no other way to see them
	}
	t.Fatalf("waited 30 s for %s", what)
}
