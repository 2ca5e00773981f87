package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"candor/internal/web"
)

// Load is how the seats of a plan play.
type Load struct {
	URL      string // of the server
	Plan     Plan
	Ledger   *Ledger
	For      time.Duration // how long each types
	Ramp     time.Duration // over which they open their links
	Every    time.Duration // between two saves; 0: as the server asks
	Size     int           // bytes of the text at its beginning
	Runs     int           // how often each runs their program
	Patience time.Duration // how long a press or the last save is tried again, past For
	Uploads  int           // how many of them send a recording meanwhile
	Rate     int           // of each, in bytes a second
	Process  int           // of the server on this machine, to be measured; 0: not
}

// Run plays all seats and returns when the last one has sent, or given up.
func (l *Load) Run(ctx context.Context) (Report, error) {
	m := &meter{errors: map[string]int{}, process: l.Process}
	if err := m.begin(); err != nil {
		return Report{}, err
	}
	began := time.Now()
	watched, unwatch := context.WithCancel(ctx)
	defer unwatch()
	go m.watch(watched)
	var all sync.WaitGroup
	for i, s := range l.Plan.Seats {
		all.Go(func() {
			if !sleep(ctx, l.Ramp*time.Duration(i)/time.Duration(len(l.Plan.Seats))) {
				return
			}
			c, cancel := context.WithTimeout(ctx, l.For+2*l.Patience)
			defer cancel()
			p := &player{Load: l, seat: s, meter: m, number: i, cookies: map[string]string{},
				http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxConnsPerHost: 2, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute},
					CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
			defer p.http.CloseIdleConnections()
			if err := p.play(c); err != nil {
				m.gaveUp(s.Invitation, err)
			}
		})
	}
	all.Wait()
	return m.report(len(l.Plan.Seats), time.Since(began), l.Ledger.Len())
}

// player is one candidate with their browser.
type player struct {
	*Load
	seat    Seat
	number  int
	meter   *meter
	http    *http.Client
	cookies map[string]string
}

var (
	sittingOf = regexp.MustCompile(`data-sitting="([^"]+)"`)
	epochOf   = regexp.MustCompile(`data-epoch="(\d+)"`)
)

// play goes from the link to the receipt.
func (p *player) play(ctx context.Context) error {
	if _, err := p.press(ctx, "", "/i/"+p.seat.Secret, nil); err != nil {
		return err
	}
	if _, err := p.press(ctx, "enter", "/i/"+p.seat.Secret, url.Values{}); err != nil {
		return err
	}
	page, err := p.press(ctx, "start", "/c/parts/writing/start", url.Values{})
	if err != nil {
		return err
	}
	sitting, epoch := sittingOf.FindStringSubmatch(page), epochOf.FindStringSubmatch(page)
	if sitting == nil || epoch == nil {
		return errors.New("the page of the part names no sitting")
	}
	n, err := strconv.ParseInt(epoch[1], 10, 64)
	if err != nil {
		return err
	}
	var recorded chan error
	if p.Plan.Records && p.number < p.Uploads {
		recorded = make(chan error, 1)
		other := *p // the same browser, in another tab
		other.cookies = maps.Clone(p.cookies)
		go func() { recorded <- other.record(ctx) }()
	}
	if err := p.write(ctx, newOutbox(sitting[1], n)); err != nil {
		return err
	}
	if recorded != nil {
		if err := <-recorded; err != nil {
			return fmt.Errorf("the recording: %w", err)
		}
	}
	if err := p.send(ctx, "writing"); err != nil || !p.Plan.Code {
		return err
	}
	if _, err := p.press(ctx, "", "/c/parts/coding/start", url.Values{}); err != nil {
		return err
	}
	for n := range p.Runs {
		if _, err := p.press(ctx, "run", "/c/parts/coding/items/program/do/run", url.Values{"language": {"python"}, "file/python/main.py": {fmt.Sprintf("print(input()) # %d\n", n)}}); err != nil {
			return err
		}
	}
	return p.send(ctx, "coding")
}

// send looks the part through and sends it.
func (p *player) send(ctx context.Context, part string) error {
	if _, err := p.press(ctx, "", "/c/parts/"+part+"/check", nil); err != nil {
		return err
	}
	if _, err := p.press(ctx, "send", "/c/parts/"+part+"/send", url.Values{}); err != nil {
		return err
	}
	return p.Ledger.Add(Entry{Invitation: p.seat.Invitation, Sent: part})
}

// write types until the time is over, saves as the outbox does, and leaves nothing unsaved behind.
func (p *player) write(ctx context.Context, o *outbox) error {
	o.put("pick", `{"choice":["`+strconv.Itoa(p.number%2)+`"]}`)
	text := strings.Repeat("and so on ", max(1, p.Size/10))
	until := time.Now().Add(p.For)
	failures := 0
	for n := 0; ; n++ {
		typing := time.Now().Before(until)
		if typing {
			text += fmt.Sprintf("word%d.%d ", p.number, n)
			body, err := json.Marshal(map[string][]string{"text": {text}})
			if err != nil {
				return err
			}
			o.put("tell-us", string(body))
		} else if len(o.kept) == 0 {
			return nil
		}
		wait, err := p.flush(ctx, o)
		switch {
		case err == nil:
			failures = 0
			if p.Every > 0 {
				wait = p.Every
			}
		case errors.Is(err, errRefused):
			return err
		default:
			failures++
			wait = pause(failures - 1)
		}
		if len(o.kept) == 0 {
			wait = min(wait, max(0, time.Until(until)))
		}
		if !sleep(ctx, wait) {
			return fmt.Errorf("%d versions were never acknowledged: %w", len(o.kept), ctx.Err())
		}
	}
}

// errRefused: what was sent will not be taken, however often it is tried.
var errRefused = errors.New("refused")

// flush sends what is kept and writes down what was acknowledged; wait is how long the server asks to wait.
func (p *player) flush(ctx context.Context, o *outbox) (wait time.Duration, err error) {
	body, n, err := o.request()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	status, raw, err := p.do(ctx, "POST", "/c/-/save", "application/json", string(body))
	if err != nil {
		return 0, p.meter.failed("save", err)
	}
	switch {
	case status == http.StatusUnauthorized, status == http.StatusConflict, status == http.StatusRequestEntityTooLarge, status == http.StatusNotFound:
		return 0, fmt.Errorf("%w: a save = %d %s", errRefused, status, raw)
	case status != http.StatusOK:
		return 0, p.meter.failed("save", fmt.Errorf("status %d", status))
	}
	var r struct {
		Interval int64 `json:"interval"`
		Acks     []ack `json:"acks"`
	}
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		return 0, p.meter.failed("save", errors.New("no JSON"))
	}
	p.meter.took("save", time.Since(began))
	if len(r.Acks) != n {
		return 0, fmt.Errorf("%w: %d versions have %d acknowledgements", errRefused, n, len(r.Acks))
	}
	var entries []Entry
	for _, a := range r.Acks {
		if v, ok := o.done(a); ok {
			entries = append(entries, Entry{Invitation: p.seat.Invitation, Item: v.Item, Client: o.client, Seq: v.Seq, SHA256: v.SHA256, Standing: a.Standing, Revision: a.Revision})
		}
	}
	return time.Duration(r.Interval) * time.Millisecond, p.Ledger.Add(entries...)
}

// press opens a page (nil form) or posts a form, as often as it takes, and gives the page that follows. kind is what is measured.
func (p *player) press(ctx context.Context, kind, path string, form url.Values) (string, error) {
	method, content, body := "GET", "", ""
	if form != nil {
		method, content, body = "POST", "application/x-www-form-urlencoded", form.Encode()
	}
	for failures := 0; ; failures++ {
		began := time.Now()
		status, page, err := p.do(ctx, method, path, content, body)
		switch {
		case err == nil && status < 300:
			if kind != "" {
				p.meter.took(kind, time.Since(began))
			}
			return page, nil
		case err == nil && status < 500 && status != http.StatusTooManyRequests:
			return "", fmt.Errorf("%s %s = %d", method, shape(path), status)
		case err == nil:
			err = fmt.Errorf("status %d", status)
		}
		err = p.meter.failed(method+" "+shape(path), err)
		if !sleep(ctx, pause(failures)) {
			return "", fmt.Errorf("%s %s: %w", method, shape(path), err)
		}
	}
}

// shape is a path without the link's secret.
func shape(path string) string {
	if strings.HasPrefix(path, "/i/") {
		return "/i/{secret}"
	}
	return path
}

// do asks once and follows where it leads.
func (p *player) do(ctx context.Context, method, path, content, body string) (status int, page string, err error) {
	for range 6 {
		r, err := http.NewRequestWithContext(ctx, method, p.URL+path, strings.NewReader(body))
		if err != nil {
			return 0, "", err
		}
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		// Where the server is told to believe the proxy at our address, each candidate has an address of their own, as people have.
		r.Header.Set("X-Forwarded-For", p.address())
		if content != "" {
			r.Header.Set("Content-Type", content)
		}
		for name, value := range p.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		res, err := p.http.Do(r)
		if err != nil {
			return 0, "", err
		}
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return 0, "", err
		}
		for _, c := range res.Cookies() {
			if c.Name == web.CandidateCookie && c.MaxAge >= 0 {
				p.cookies[c.Name] = c.Value
			}
		}
		to := res.Header.Get("Location")
		if to == "" {
			return res.StatusCode, string(raw), nil
		}
		u, err := url.Parse(to)
		if err != nil {
			return 0, "", err
		}
		method, path, content, body = "GET", u.RequestURI(), "", ""
	}
	return 0, "", errors.New("redirected in circles")
}

// address is the candidate's.
func (p *player) address() string {
	return fmt.Sprintf("198.18.%d.%d", p.number/250%256, p.number%250+1)
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
