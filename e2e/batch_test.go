package e2e_test

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"candor/e2e/browser"
	"candor/internal/attempt/attempttest"
)

// mailServer takes letters over SMTP, and refuses every address that it does not know.
type mailServer struct {
	URL     string
	unknown string // what a refused address contains

	mu  sync.Mutex
	got map[string]int // accepted letters by address
}

func startMail(t *testing.T, unknown string) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m := &mailServer{URL: "smtp://" + l.Addr().String(), unknown: unknown, got: map[string]int{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(c)
		}
	}()
	return m
}

var recipient = regexp.MustCompile(`(?i)^RCPT TO:<([^>]+)>`)

func (m *mailServer) serve(c net.Conn) {
	defer c.Close()
	to, letter := "", false
	fmt.Fprint(c, "220 here\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		line := lines.Text()
		found := recipient.FindStringSubmatch(line)
		switch verb, _, _ := strings.Cut(line, " "); {
		case letter && line == ".":
			letter = false
			m.mu.Lock()
			m.got[to]++
			m.mu.Unlock()
			fmt.Fprint(c, "250 taken\r\n")
		case letter:
		case found != nil && strings.Contains(found[1], m.unknown):
			fmt.Fprint(c, "550 5.1.1 no such mailbox here\r\n")
		case found != nil:
			to = found[1]
			fmt.Fprint(c, "250 yes\r\n")
		case verb == "DATA":
			letter = true
			fmt.Fprint(c, "354 go on\r\n")
		case verb == "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		default:
			fmt.Fprint(c, "250 yes\r\n")
		}
	}
}

// counts are how many people got a letter, and how many got more than one.
func (m *mailServer) counts() (people, more int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.got {
		if n > 1 {
			more++
		}
	}
	return len(m.got), more
}

// lookAt checks a page in both windows of the gates and keeps pictures where CANDOR_SHOTS says.
func lookAt(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	p.Axe()
	phone := browser.Phone
	phone.Dark = true
	p.Look(phone)
	p.Axe()
	if wide := p.Value(`String(document.documentElement.scrollWidth > document.documentElement.clientWidth)`); wide != "false" {
		t.Errorf("%s is wider than a phone", name)
	}
	shots(p, name)
	p.Look(browser.Desk)
}

// TestSixtyPeopleByFile: a recruiter brings a file; one row is mended on its page, one mail is refused by the server and its address
// corrected; everybody gets one letter, and the same people again, by a browser without script, are all known.
func TestSixtyPeopleByFile(t *testing.T) {
	t.Parallel()
	mails := startMail(t, "gone.example")
	s := start(t, "serve", "--data", t.TempDir(), "--addr", freePort(t), "--smtp", mails.URL, "--mail-from", "jobs@northpier.example")
	owner, org, opening := company(t, s, attempttest.Tree)
	zone, leaves := letters()
	owner.post(org+"/settings", url.Values{"name": {"Northpier"}, "contact": {"vera@northpier.example"}, "zone": {zone}, "hue": {"266"}, "chroma": {"175"}, "failure_minutes": {"20"},
		"factor_max": {"2000"}, "break_max": {"30"}, "keep_months": {"12"}, "recording_days": {"90"}, "ask_hours": {"6"}})

	var file strings.Builder
	file.WriteString("\ufeffVorname;Nachname;E-Mail\r\n")
	for i := 1; i <= 60; i++ {
		address := fmt.Sprintf("p%d@mail.example", i)
		switch i {
		case 7:
			address = "p7@gone.example"
		case 31:
			address = "p31(at)mail.example"
		}
		fmt.Fprintf(&file, "Ánn %d;\"Groß, Jr\";%s\r\n", i, address)
	}
	file.WriteString("Ánn 1;Again;P1@MAIL.example\r\n")
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}

	p := browser.New(t)
	p.Look(browser.Desk)
	p.Bring(s.URL, owner.cookies)
	p.Go(s.URL + opening)
	p.Follow(`a[href$="/batches"]`)
	lookAt(t, p, "batch-empty")
	p.Type("#text", "Name,Email\nAnn,\"ann@mail.example\n")
	p.Allow("422") // the list comes back with what is wrong
	p.Follow(`button.primary`)
	p.Sees("line 2 is never closed")
	lookAt(t, p, "batch-error")

	p.Go(s.URL + opening + "/batches")
	p.Upload("#file", path)
	p.Follow(`button.primary`)
	p.Sees("1 row needs a look")
	lookAt(t, p, "batch-draft")
	list := p.Value(`location.pathname`)
	p.Follow(`a[href*="view=look"]`)
	p.Follow(`a[href*="row="]`)
	lookAt(t, p, "batch-correct")
	p.Value(`document.querySelector("#row-email").value = ""`)
	p.Type("#row-email", "p31@mail.example")
	p.Follow(`button[value="save"]`)
	p.Go(s.URL + list)
	p.Value(`document.querySelector("#per_hour").value = "6000"`)
	p.Type("#note", "We liked your talk.")
	p.Follow(`form[action$="/plan"] button`)
	p.Sees("Hello Ánn 1 Groß, Jr")
	p.Sees("We liked your talk.")
	p.Follow(`a[href*="row="]`)
	p.Sees("Hello Ánn 2 Groß, Jr")
	lookAt(t, p, "batch-mail")
	if n, _ := mails.counts(); n != 0 {
		t.Fatalf("%d mails before anybody confirmed", n)
	}
	p.Follow(`form[action$="/send"] button.primary`)
	p.Until(`document.body.innerText.includes("60 of 60 people invited")`)
	if !leaves { // on a Sunday they wait for Monday, and no more can be seen
		p.Until(`document.querySelector("#progress").innerText.includes("60")`)
		if n, _ := mails.counts(); n != 0 {
			t.Errorf("%d letters left on a Sunday", n)
		}
		return
	}
	p.Until(`document.body.innerText.includes("1 mail was refused")`)
	p.Until(`document.querySelector("#progress").innerText.includes("59")`)
	p.Sees("no such mailbox here")
	lookAt(t, p, "batch-refused")

	p.Follow(`a[aria-label^="Correct the address"]`)
	p.Value(`document.querySelectorAll("details").forEach(d => d.open = true)`)
	p.Value(`document.querySelector('form[action$="/address"] [name=email]').value = ""`)
	p.Type(`form[action$="/address"] [name=email]`, "p7@mail.example")
	p.Follow(`form[action$="/address"] button`)
	eventually(t, "the corrected mail", func() bool { n, _ := mails.counts(); return n == 60 })
	p.Go(s.URL + list)
	p.Until(`!document.body.innerText.includes("was refused") && document.querySelector("#progress").innerText.includes("60")`)
	lookAt(t, p, "batch-done")

	mended := strings.NewReplacer("gone.example", "mail.example", "(at)", "@").Replace(file.String())
	if err := os.WriteFile(path, []byte(mended), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Script(false)
	p.Go(s.URL + opening + "/batches")
	p.Upload("#file", path)
	p.Follow(`button.primary`)
	p.Sees("Nobody here is to be invited")
	p.Script(true)
	if people, more := mails.counts(); people != 60 || more != 0 {
		t.Errorf("%d people got a letter, %d of them more than one; want 60 and none", people, more)
	}
}
