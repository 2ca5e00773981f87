package app_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/mail"
	"candor/internal/web"
)

// visit sends a request as a browser with some cookie of a candidate would.
func (w *world) visit(method, target, cookie string, form url.Values) answer {
	w.t.Helper()
	req := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != "" {
		req.AddCookie(&http.Cookie{Name: web.CandidateCookie, Value: cookie})
	}
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Result().Header, rec.Body.String()}
}

var given = regexp.MustCompile(web.CandidateCookie + `=([^;]+)`)

// began is how many parts of a candidate were started.
func (w *world) began(p *applicant) (n int) {
	w.t.Helper()
	w.here.in(func(tx db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM sittings s JOIN attempts a ON a.org_id = s.org_id AND a.id = s.attempt_id
			WHERE s.org_id = $1 AND a.invitation_id = $2 AND s.started_at > 0`, tx.Org, string(p.inv.ID)).Scan(&n)
	})
	return n
}

// A mail scanner looks, and some press every button they find; the person comes after it all the same, and no clock has started.
func TestAMailScannerStartsNothing(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	p := w.here.invite("scanned", w.here.plain)
	link := "/i/" + w.app.Openings.Secret(p.inv)
	for _, method := range []string{"HEAD", "GET", "OPTIONS"} {
		if got := w.visit(method, link, "", nil); got.status >= 400 || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s = %d with the cookie %q", method, got.status, got.header.Get("Set-Cookie"))
		}
	}
	robot := w.visit("POST", link, "", nil) // Safe Links sends the form of a page that it opens
	if robot.status != http.StatusSeeOther {
		t.Fatalf("the scanner's press = %d", robot.status)
	}
	if n := w.began(p); n != 0 {
		t.Errorf("the scanner started %d parts", n)
	}
	if got := w.visit("GET", link, "", nil); got.status != http.StatusOK {
		t.Errorf("the person finds the link %d", got.status)
	}
	human := w.visit("POST", link, "", nil)
	found := given.FindStringSubmatch(human.header.Get("Set-Cookie"))
	if human.status != http.StatusSeeOther || found == nil {
		t.Fatalf("the person's press = %d with the cookie %q", human.status, human.header.Get("Set-Cookie"))
	}
	if got := w.visit("GET", "/c", found[1], nil); got.status != http.StatusOK || !strings.Contains(got.body, "No clock is running") {
		t.Errorf("the landing page = %d", got.status)
	}
	if n := w.began(p); n != 0 {
		t.Errorf("entering started %d parts", n)
	}
	if got := w.visit("POST", "/c/parts/writing/start", found[1], nil); got.status != http.StatusSeeOther || w.began(p) != 1 {
		t.Errorf("the person's start = %d, %d parts began", got.status, w.began(p))
	}
}

var receipt = regexp.MustCompile(`<p class="mono small hash">([0-9a-f]{64})</p>`)

// Twenty presses on Send at once give one submission, one round of reading, and everybody the same receipt; the page before does not
// come back, and what is sent from it later is kept beside, not in.
func TestSendPressedTwentyTimes(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, w *world) {
		p := w.here.busy
		for _, part := range []string{"quiz", "coding", "writing"} {
			var all sync.WaitGroup
			answers := make([]answer, 20)
			for i := range answers {
				all.Go(func() { answers[i] = w.visit("POST", "/c/parts/"+part+"/send", p.cookie, nil) })
			}
			all.Wait()
			hashes := map[string]bool{}
			for _, a := range answers {
				if a.status != http.StatusSeeOther {
					t.Errorf("a press on Send = %d\n%s", a.status, a.body)
					continue
				}
				page := w.visit("GET", a.header.Get("Location"), p.cookie, nil)
				if m := receipt.FindStringSubmatch(page.body); m != nil {
					hashes[m[1]] = true
				}
			}
			if len(hashes) != 1 {
				t.Errorf("%s: %d receipts: %v; want one", part, len(hashes), hashes)
			}
		}
		w.drain()
		v, err := w.app.Attempts.View(ctx, p.who)
		w.must(err)
		w.here.in(func(tx db.Tx) error {
			rounds, err := w.app.Reviews.RoundsOf(ctx, tx, p.inv.Application)
			if len(rounds) != 1 {
				t.Errorf("%d rounds of reading: %v", len(rounds), rounds)
			}
			return err
		})
		back := w.visit("GET", "/c/parts/writing/items/tell-us", p.cookie, nil)
		if back.status != http.StatusSeeOther || back.header.Get("Location") != "/c/parts/writing" {
			t.Errorf("the page before = %d to %q; want the receipt", back.status, back.header.Get("Location"))
		}
		late := w.visit("POST", "/c/parts/writing/items/tell-us", p.cookie, url.Values{"text": {"An afterthought."}})
		if late.status != http.StatusSeeOther || late.header.Get("Location") != "/c/parts/writing" {
			t.Errorf("a form from the page before = %d to %q", late.status, late.header.Get("Location"))
		}
		after, err := w.app.Attempts.View(ctx, p.who)
		w.must(err)
		if after.Attempt.Receipt != v.Attempt.Receipt || string(after.Answers["tell-us"].Body) != string(v.Answers["tell-us"].Body) {
			t.Error("what came after sending changed what was sent")
		}
		if len(after.Late) != len(v.Late)+1 {
			t.Errorf("what came after sending is not kept: %d, were %d", len(after.Late), len(v.Late))
		}
	})
}

// A paste of 5 MB is answered in words, and the answer before it is what it was.
func TestAPasteOfFiveMegabytes(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	p := w.here.busy
	before, err := w.app.Attempts.View(ctx, p.who)
	w.must(err)
	got := w.visit("POST", "/c/parts/writing/items/tell-us", p.cookie, url.Values{"text": {strings.Repeat("and again. ", 5<<20/11)}})
	if got.status != http.StatusRequestEntityTooLarge || !strings.Contains(got.body, "safe") {
		t.Errorf("5 MB = %d; want 413 and what is safe\n%.600s", got.status, got.body)
	}
	after, err := w.app.Attempts.View(ctx, p.who)
	w.must(err)
	if string(after.Answers["tell-us"].Body) != string(before.Answers["tell-us"].Body) {
		t.Error("the answer before it is gone")
	}
}

// post is an SMTP server that keeps letters and refuses one mailbox.
func post(l net.Listener, refuse string, letters chan<- string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			in := bufio.NewScanner(c)
			fmt.Fprint(c, "220 post.example\r\n")
			var to string
			for in.Scan() {
				switch line := in.Text(); {
				case strings.HasPrefix(line, "RCPT TO:") && strings.Contains(line, refuse):
					fmt.Fprint(c, "550 no such mailbox here\r\n")
				case strings.HasPrefix(line, "RCPT TO:"):
					to = line
					fmt.Fprint(c, "250 ok\r\n")
				case line == "DATA":
					fmt.Fprint(c, "354 go on\r\n")
					for in.Scan() && in.Text() != "." {
					}
					letters <- to
					fmt.Fprint(c, "250 kept\r\n")
				case line == "QUIT":
					fmt.Fprint(c, "221 bye\r\n")
					return
				default:
					fmt.Fprint(c, "250 ok\r\n")
				}
			}
		}()
	}
}

// A mail server that is down loses no letter: it waits, and goes when the server is back; one that refuses an address is quoted.
func TestAMailServerThatIsDown(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	address := l.Addr().String()
	w.must(l.Close())
	server, err := mail.New("smtp://"+address, "candor@tide.example", "Candor")
	w.must(err)
	w.app.Notify.Server = server
	good, bad := w.here.invite("reached", w.here.plain), w.here.invite("unreached", w.here.plain)
	w.drain()
	states := func() (out []string) {
		w.here.in(func(tx db.Tx) error {
			for _, p := range []*applicant{good, bad} {
				var state, words string
				if err := tx.QueryRowContext(ctx, `SELECT state, error FROM mails WHERE org_id = $1 AND to_email = $2`, tx.Org, w.here.word("mail", p.name)+"@mail.example").Scan(&state, &words); err != nil {
					return err
				}
				out = append(out, strings.TrimSpace(state+" "+words))
			}
			return nil
		})
		return out
	}
	for range 3 {
		w.tick.Add(time.Hour)
		w.drain()
	}
	if got := states(); !strings.HasPrefix(got[0], "queued ") || !strings.HasPrefix(got[1], "queued ") {
		t.Errorf("while the server is down: %v; want both queued, with what went wrong", got)
	}
	l, err = net.Listen("tcp", address)
	w.must(err)
	t.Cleanup(func() { l.Close() })
	letters := make(chan string, 100)
	go post(l, w.here.word("mail", "unreached"), letters)
	w.tick.Add(time.Hour)
	w.drain()
	if got := states(); !strings.HasPrefix(got[0], "sent ") || !strings.HasPrefix(got[1], "refused") || !strings.Contains(got[1], "no such mailbox here") {
		t.Errorf("when it is back: %v; want one sent, one refused in the server's words", got)
	}
	reached := 0
	for len(letters) > 0 {
		if to := <-letters; strings.Contains(to, w.here.word("mail", "reached")) {
			reached++
		}
	}
	if reached != 1 {
		t.Errorf("the letter came %d times; want once", reached)
	}
}
