package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/app/loadtest"
	"candor/internal/archive"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/db/disktest"
	"candor/internal/response"
	"candor/internal/web"
)

// act is something that a person does; its answer is the acknowledgement.
type act struct {
	name  string
	ready func(w *faulty, s loadtest.Seat) (cookie string) // what was done before
	do    func(w *faulty, s loadtest.Seat, cookie string) (*http.Request, error)
	kept  string // a query that finds one row for what was done; $1 is the invitation
}

var acts = []act{
	{"start", (*faulty).enter, func(w *faulty, _ loadtest.Seat, cookie string) (*http.Request, error) {
		return w.form("/c/parts/writing/start", web.CandidateCookie, cookie, url.Values{})
	}, `SELECT COUNT(*) FROM sittings s JOIN attempts a ON a.org_id = s.org_id AND a.id = s.attempt_id WHERE a.invitation_id = $1 AND s.state = 'running'`},
	{"save", (*faulty).begin, func(w *faulty, _ loadtest.Seat, cookie string) (*http.Request, error) {
		body := `{"text":["` + strings.Repeat("one two ", 500) + `"]}`
		raw, err := json.Marshal(map[string]any{"sitting": w.sitting, "client": "c_x", "epoch": w.epoch,
			"saves": []any{map[string]any{"item": "tell-us", "seq": 1, "base": 0, "body": body, "sha256": response.Hash([]byte(body))}}})
		if err != nil {
			return nil, err
		}
		return w.request("/c/-/save", web.CandidateCookie, cookie, "application/json", bytes.NewReader(raw))
	}, `SELECT COUNT(*) FROM revisions r JOIN attempts a ON a.org_id = r.org_id AND a.id = r.owner WHERE a.invitation_id = $1`},
	{"send", (*faulty).begin, func(w *faulty, _ loadtest.Seat, cookie string) (*http.Request, error) {
		return w.form("/c/parts/writing/send", web.CandidateCookie, cookie, url.Values{})
	}, `SELECT COUNT(*) FROM attempts WHERE invitation_id = $1 AND state = 'submitted' AND submission_id <> ''`},
	{"import", nil, func(w *faulty, s loadtest.Seat, _ string) (*http.Request, error) {
		var zip, body bytes.Buffer
		if err := archive.Write(&zip, titled(s.Invitation)); err != nil {
			return nil, err
		}
		m := multipart.NewWriter(&body)
		part, err := m.CreateFormFile("file", "assessment.zip")
		if err == nil {
			_, err = part.Write(zip.Bytes())
		}
		if err == nil {
			err = m.Close()
		}
		if err != nil {
			return nil, err
		}
		return w.request("/o/"+w.plan.Org+"/assessments", web.StaffCookie, w.owner, m.FormDataContentType(), &body)
	}, `SELECT COUNT(*) FROM versions WHERE title = $1`},
	{"decide", nil, func(w *faulty, s loadtest.Seat, _ string) (*http.Request, error) {
		return w.form("/o/"+w.plan.Org+"/decide/"+s.Application, web.StaffCookie, w.owner, url.Values{"outcome": {"reject"}, "reason": {"Others went further."}, "body": {"Thank you."}})
	}, `SELECT COUNT(*) FROM decisions d JOIN invitations i ON i.org_id = d.org_id AND i.application_id = d.application_id WHERE i.id = $1`},
}

// titled is an assessment of its own, with files that nobody imported before.
func titled(title string) fstest.MapFS {
	out := withCode()
	out["assessment.yaml"] = &fstest.MapFile{Data: bytes.Replace(out["assessment.yaml"].Data, []byte("title: Small screen"), []byte("title: "+title), 1)}
	return out
}

// faulty is a server on a disk that fails.
type faulty struct {
	powered
	addr    string
	plan    loadtest.Plan
	next    int // seat
	owner   string
	sitting string
	epoch   int
	dead    chan struct{} // closed when the server's process has ended
	done    []string      // the seat of each act that was acknowledged, with its query
}

func (w *faulty) up() {
	w.t.Helper()
	w.start(w.addr)
	w.dead = make(chan struct{})
	go func() { w.cmd.Wait(); close(w.dead) }()
	// SQLite syncs the folder at the first commit of a new log, after the server did so itself when it opened it, and says nothing when that fails: not a
	// sync that must end anybody. A server writes by itself when it has begun.
	for size, end := int64(0), time.Now().Add(20*time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		i, err := os.Stat(filepath.Join(w.data, "candor.db-wal"))
		if err == nil && i.Size() > 0 && i.Size() == size {
			return
		}
		if err == nil {
			size = i.Size()
		}
	}
}

// ended waits a moment for the process to end and says whether it did.
func (w *faulty) ended() bool {
	select {
	case <-w.dead:
		return true
	case <-time.After(5 * time.Second):
		return false
	}
}

func (w *faulty) request(path, name, cookie, kind string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequest("POST", w.URL+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.18.%d.%d", w.next/250, w.next%250+1))
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: name, Value: cookie})
	}
	return r, nil
}

func (w *faulty) form(path, name, cookie string, form url.Values) (*http.Request, error) {
	return w.request(path, name, cookie, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// ask sends a request and does not follow where it leads.
func (w *faulty) ask(r *http.Request, err error) (*http.Response, string, error) {
	if err != nil {
		return nil, "", err
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res, string(raw), err
}

// must is ask of what has to go well. A server that was still beginning when its disk was full has ended a moment later: then again.
func (w *faulty) must(build func() (*http.Request, error)) (*http.Response, string) {
	w.t.Helper()
	for {
		res, page, err := w.ask(build())
		if err != nil && w.ended() && w.full() {
			w.recover()
			continue
		}
		if err != nil || res.StatusCode >= 400 {
			w.t.Fatalf("without a fault: %v, %v\n%s", res, err, words(page))
		}
		return res, page
	}
}

// full says that the process ended for want of room while it began.
func (w *faulty) full() bool {
	return w.cmd.ProcessState.ExitCode() == 1 && regexp.MustCompile(`(?m)^candor: .*(disk_full|disk is full|disk I/O error)`).MatchString(w.out.String())
}

// enter opens a seat's link.
func (w *faulty) enter(s loadtest.Seat) string {
	w.t.Helper()
	res, _ := w.must(func() (*http.Request, error) { return w.form("/i/"+s.Secret, "", "", url.Values{}) })
	for _, c := range res.Cookies() {
		if c.Name == web.CandidateCookie {
			return c.Value
		}
	}
	w.t.Fatal("the link gave no session")
	return ""
}

// begin also starts the part.
func (w *faulty) begin(s loadtest.Seat) string {
	w.t.Helper()
	cookie := w.enter(s)
	w.must(func() (*http.Request, error) {
		return w.form("/c/parts/writing/start", web.CandidateCookie, cookie, url.Values{})
	})
	_, page := w.must(func() (*http.Request, error) {
		r, err := w.form("/c/parts/writing/items/tell-us", web.CandidateCookie, cookie, nil)
		if err == nil {
			r.Method = "GET"
		}
		return r, err
	})
	m := regexp.MustCompile(`data-sitting="([^"]+)"\s+data-epoch="(\d+)"`).FindStringSubmatch(page)
	if m == nil {
		w.t.Fatalf("the page names no sitting:\n%s", page)
	}
	w.sitting = m[1]
	fmt.Sscan(m[2], &w.epoch)
	return cookie
}

// look reads from the installation on a disk, as it is after a cut.
func (w *faulty) look(d *disktest.Disk, fn func(tx db.Tx, files blob.Disk) error) error {
	dir := w.t.TempDir()
	if err := d.WriteTo(dir); err != nil {
		return err
	}
	at, err := db.Open(context.Background(), filepath.Join(dir, "data", "candor.db"), db.Options{})
	if err != nil {
		return err
	}
	defer at.Close()
	return at.InstallationRead(context.Background(), func(tx db.Tx) error { return fn(tx, blob.Disk{Dir: filepath.Join(dir, "data", "files")}) })
}

// found says whether the query finds what a seat did, with every file that it names.
func (w *faulty) found(tx db.Tx, files blob.Disk, query, invitation string) (bool, error) {
	ctx := context.Background()
	var n int
	if err := tx.QueryRowContext(ctx, query, invitation).Scan(&n); err != nil || n != 1 {
		return false, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT f.hash FROM version_files f JOIN versions v ON v.org_id = f.org_id AND v.id = f.version_id WHERE v.title = $1`, invitation)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var h blob.Hash
		if err := rows.Scan(&h); err != nil {
			return false, err
		}
		if _, err := files.Bytes(ctx, w.plan.Org, blob.Package, h); err != nil {
			return false, fmt.Errorf("a file of %s: %w", invitation, err)
		}
	}
	return true, rows.Err()
}

// TestFaults: at the nth write or sync of a flow the disk fails, is full, or takes half. What was acknowledged is there after a power cut
// right behind it; what was not has a clear answer, or the server has ended. A sync of the database that failed always ends it.
func TestFaults(t *testing.T) {
	t.Parallel()
	w := &faulty{powered: powered{t: t, disk: disktest.New(), chance: rand.New(rand.NewPCG(6, 6))}}
	w.mount()
	p := prepare(t, w.data, "--candidates", fmt.Sprint(rounds(100, 2000)))
	var err error
	if w.plan, err = loadtest.ReadPlan(p.plan); err != nil {
		t.Fatal(err)
	}
	link, code := candor(t, "admin", "link", "--data", w.data, "--url", "http://x", loadtest.Owner)
	if code != 0 {
		t.Fatalf("admin link ended with %d", code)
	}
	w.addr = freePort(t)
	w.up()
	owner := newVisitor(t, w.URL)
	owner.get(strings.TrimSpace(link))
	owner.post(owner.at, nil)
	w.owner = owner.cookies[web.StaffCookie]
	team := "/o/" + w.plan.Org + "/openings/" + w.plan.Opening + "/team"
	owner.get(team)
	owner.post(team, url.Values{"member": {owner.find(`value="(mem_[0-9a-f]{32})"`)}, "roles": {"manager", "recruiter"}})
	came := map[string]int{}
	for _, a := range acts {
		for _, f := range []disktest.Fault{{Kind: disktest.Write, Errno: syscall.EIO}, {Kind: disktest.Write, Errno: syscall.ENOSPC, Stays: true}, {Kind: disktest.Write},
			{Kind: disktest.Sync, Errno: syscall.EIO}} {
			for n := range rounds(2, 30) {
				f.Nth = n + 1
				if f.Kind == disktest.Write && rounds(1, 2) == 1 {
					f.Nth += w.chance.IntN(20)
				}
				came[w.try(a, f)]++
				w.recover()
			}
		}
	}
	t.Logf("%v", came)
	if came["acknowledged"] == 0 || came["refused"] == 0 || came["ended"] == 0 {
		t.Errorf("%v; want all three, or the test is blind", came)
	}
	w.cmd.Process.Kill()
	<-w.dead
	err = w.look(w.disk.Cut(w.chance), func(tx db.Tx, files blob.Disk) error {
		for _, d := range w.done {
			query, invitation, _ := strings.Cut(d, "|")
			if ok, err := w.found(tx, files, query, invitation); !ok || err != nil {
				t.Errorf("%s is lost in the end, %v", d, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reserves is how often the reserve could not be made.
func (w *faulty) reserves() int {
	return strings.Count(w.out.String(), "the reserve for saves could not be made")
}

// try does one act while the disk fails and says what came of it: acknowledged, refused, or ended.
func (w *faulty) try(a act, f disktest.Fault) string {
	w.t.Helper()
	if w.next == len(w.plan.Seats) {
		w.t.Fatal("there are too few candidates")
	}
	s := w.plan.Seats[w.next]
	w.next++
	cookie := ""
	if a.ready != nil {
		cookie = a.ready(w, s)
	}
	reserves := w.reserves()
	w.disk.Arm(f)
	res, page, err := w.ask(a.do(w, s, cookie))
	fired := w.disk.Mend() > 0
	acknowledged := err == nil && (res.StatusCode == http.StatusSeeOther || res.StatusCode == http.StatusOK)
	cut := w.disk.Cut(w.chance)
	if acknowledged {
		w.done = append(w.done, a.kept+"|"+s.Invitation)
		err := w.look(cut, func(tx db.Tx, files blob.Disk) error {
			if ok, err := w.found(tx, files, a.kept, s.Invitation); !ok || err != nil {
				w.t.Errorf("%s, %v: acknowledged (%d) and lost, %v", a.name, f, res.StatusCode, err)
			}
			return nil
		})
		if err != nil {
			w.t.Errorf("%s, %v: %v", a.name, f, err)
		}
	}
	mustEnd := fired && f.Kind == disktest.Sync && a.name != "import" // a file that cannot be synced is refused
	// The reserve for saves is made while a server begins: a sync of it that fails costs the reserve and nothing else.
	if (err != nil || mustEnd) && !w.ended() && (err != nil || w.reserves() == reserves) {
		w.t.Errorf("%s, %v: the server goes on after a failed sync, or hung up, %v", a.name, f, err)
	}
	select {
	case <-w.dead:
		if f.Kind == disktest.Write && f.Errno != syscall.EIO && w.full() { // SQLite calls a short write full, too
			return "ended" // it was still beginning
		}
		if code := w.cmd.ProcessState.ExitCode(); code != 70 || !strings.Contains(w.out.String(), "ending: the disk failed") {
			w.t.Errorf("%s, %v: the server ended with %d; want 70 and why", a.name, f, code)
		}
		return "ended"
	default:
	}
	switch {
	case acknowledged:
		return "acknowledged"
	case err == nil && (res.StatusCode < 500 || strings.TrimSpace(words(page)) == ""):
		w.t.Errorf("%s, %v = %d %s; want it said that this is our fault", a.name, f, res.StatusCode, words(page))
	case err == nil && f.Errno == syscall.ENOSPC && res.StatusCode != http.StatusInsufficientStorage:
		w.t.Errorf("%s on a full disk = %d %s; want 507", a.name, res.StatusCode, words(page))
	}
	return "refused"
}

// recover starts a server that has ended on what a power cut leaves of its disk.
func (w *faulty) recover() {
	w.t.Helper()
	select {
	case <-w.dead:
		w.disk = w.disk.Cut(w.chance)
		w.mount()
		w.up()
	default:
	}
}
