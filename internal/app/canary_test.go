package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/live"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/web"
)

// Every text that somebody wrote is looked for in every byte that anybody is sent: pages, downloads, headers, mails. Who may read
// which is computed from the fields of roles.yaml.
func TestCanaries(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	found, met := w.canaries()
	for _, f := range found {
		t.Error(f)
	}
	for _, c := range w.words() {
		if !met[c.what] {
			t.Errorf("nobody at all was sent %q, so nothing is proven of it", c.what)
		}
	}
}

// TestBroken_Blindness: when the loader does not hide the name, the canaries find it.
func TestBroken_Blindness(t *testing.T) {
	w := makeWorld(t, "")
	blind := w.app.Openings.Blind
	w.app.Openings.Blind = func(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) (bool, string, error) {
		_, code, err := blind(ctx, tx, who, a)
		return false, code, err
	}
	w.quick = true
	if found, _ := w.canaries(); len(found) == 0 {
		t.Error("no name was found on any page of a blind reader, so the canaries prove nothing")
	}
}

// What people have on their clocks, and what they asked for, changes no byte of anything that is sent to whoever neither recruits nor is that person.
func TestAdjustmentsChangeNothingForReaders(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	h := w.here
	all := []*applicant{h.read, h.blind, h.waits, h.told, h.kept, h.busy}
	recruits := func(p *person) bool {
		return slices.ContainsFunc(all, func(a *applicant) bool { return rights{w.table, p, a, a.opening == h.sealed}.manages() })
	}
	sent := func(p *person) map[string]string {
		out := map[string]string{}
		w.everything(p, func(what, text string) {
			out[what] += drawn.ReplaceAllString(now.ReplaceAllString(text, "id: now"), "the key of a form")
		})
		return out
	}
	before := map[*person]map[string]string{}
	for _, p := range w.people {
		if p.side == h && p.candidate == nil && !p.ended && (!recruits(p) || p.name == "recruiter") {
			before[p] = sent(p)
		}
	}
	if len(before) < 8 {
		t.Fatalf("only %d people are looked at", len(before))
	}
	for _, a := range all {
		w.must(w.app.Attempts.Adjust(ctx, h.as("founder"), a.inv.Candidate, candidate.Time{Factor: 2750, Breaks: 120}))
		w.must(w.app.Attempts.Ask(ctx, a.who, "And a person to read it to me."))
		w.must(w.app.Attempts.Answer(ctx, h.as("founder"), candidate.ID(a.inv.Candidate), true))
	}
	w.drain()
	for p, was := range before {
		changed := 0
		for what, after := range sent(p) {
			if after == was[what] {
				continue
			}
			changed++
			if p.name != "recruiter" {
				t.Errorf("%s of the %s changes: %s", what, p.name, apart(was[what], after))
			}
		}
		if p.name == "recruiter" && changed == 0 {
			t.Error("nothing changes for the recruiter either, so this proves nothing")
		}
	}
}

// now is the id of the moment at which a live stream begins.
var now = regexp.MustCompile(`id: evt_[0-9a-f]{32}`)

// drawn is what a form that is sent once is known by; every drawing has its own.
var drawn = regexp.MustCompile(`name="key" value="[^"]+"`)

// canary is one word with who of here may read it.
type canary struct {
	what, word string
	may        func(p *person) bool
}

// relations are what somebody is to a candidate's application, in the words of roles.yaml. Whoever reads it blind is that alone.
func (w *world) relations(p *person, a *applicant) []string {
	if p.candidate != nil {
		if p.candidate == a {
			return []string{"candidate"}
		}
		return nil
	}
	v := rights{w.table, p, a, a.opening == w.here.sealed}
	if v.blind() {
		return []string{"blind"}
	}
	var out []string
	for _, r := range []struct {
		name string
		is   bool
	}{{"recruiter", v.manages()}, {"manager", v.decides()}, {"reviewer", v.card()}, {"observer", v.is(opening.Observer)}, {"facilitator", v.is(opening.Facilitator)}} {
		if r.is {
			out = append(out, r.name)
		}
	}
	return out
}

// words are all canaries of here.
func (w *world) words() []canary {
	h := w.here
	var out []canary
	add := func(what, of string, may func(p *person) bool) {
		out = append(out, canary{what, h.word(what, of), func(p *person) bool { return p.side == h && !p.ended && may(p) }})
	}
	role := func(action string) func(p *person) bool {
		return func(p *person) bool { return rights{table: w.table, p: p}.may(action) }
	}
	for _, a := range []*applicant{h.read, h.blind, h.waits, h.told, h.kept, h.busy} {
		field := func(fields ...string) func(p *person) bool {
			return func(p *person) bool {
				return slices.ContainsFunc(w.relations(p, a), func(r string) bool {
					return slices.ContainsFunc(fields, func(f string) bool { return w.table.Fields[f][r] })
				})
			}
		}
		is := func(names ...string) func(p *person) bool {
			return func(p *person) bool {
				return slices.ContainsFunc(w.relations(p, a), func(r string) bool { return slices.Contains(names, r) })
			}
		}
		named := field("name")
		hosts := func(p *person) bool {
			return p.candidate == nil && rights{w.table, p, a, a.opening == h.sealed}.hosts()
		}
		add("name", a.name, func(p *person) bool { return named(p) || hosts(p) }) // who works with somebody knows them, and reads none of their work
		add("mail", a.name, field("email"))
		add("wish", a.name, field("accommodation"))
		add("note", a.name, is("candidate", "recruiter"))
		asks := func(p *person) bool { return rights{w.table, p, a, a.opening == h.sealed}.interviews() }
		for _, what := range []string{"answer", "typed", "program", "remark"} { // who asks in an interview about it reads it, without the name
			may := field("answers")
			add(what, a.name, func(p *person) bool { return may(p) || asks(p) })
		}
		if a.talk != "" { // it goes on, so no blind reader has it
			for _, what := range []string{"turned", "replied"} {
				add(what, a.name, func(p *person) bool { return p.candidate == a || rights{w.table, p, a, a.opening == h.sealed}.talks() })
			}
			if a == h.blind { // the others are in the candidate's turn, and nothing is being written
				add("pondered", a.name, asks)
			}
		}
		for _, what := range []string{"asked", "answered", "assumed"} { // about a task: whoever reads the answer reads it
			add(what, a.name, field("answers"))
		}
		add("aside", a.name, is("candidate", "recruiter")) // about no task: whoever scores or decides does not
		add("payee", a.name, is("candidate", "recruiter")) // where money goes: whoever sends it
		add("composed", a.name, is("candidate"))
		add("unsaid", a.name, is("candidate")) // a draft is the candidate's own
		add("late", a.name, is("candidate", "recruiter"))
		add("private", a.name, field("private notes"))
		add("seen", a.name, field("others' scorecards"))
		add("shareable", a.name, field("others' scorecards"))
		add("reason", a.name, is("recruiter", "manager"))
		if a.question != "" { // a card of this work is open, so nobody but its filed reader watches the case
			watches := func(p *person) bool { return p.name == "plain" || p.name == "filed reviewer" || p.candidate == a }
			add("question", a.name, watches)
			add("explains", a.name, watches)
			add("drafted", a.name, is("candidate"))
		}
		if a == h.told {
			add("reply", a.name, field("feedback"))
			add("appeal", a.name, is("candidate", "recruiter", "manager")) // whoever scores again does not
		} else {
			add("reply", a.name, is("recruiter", "manager", "reviewer", "observer")) // not told yet
		}
	}
	reads := func(p *person) bool {
		return slices.ContainsFunc([]*applicant{h.read, h.blind, h.waits, h.told, h.kept}, func(a *applicant) bool { return p.candidate == nil && len(w.relations(p, a)) > 0 })
	}
	either := func(a, b func(*person) bool) func(*person) bool { return func(p *person) bool { return a(p) || b(p) } }
	add("hidden", "in", either(role("assessment.solutions"), reads)) // whoever reads the work sees why a test failed
	add("hidden", "out", either(role("assessment.solutions"), reads))
	add("seeded", "title", either(role("assessment.solutions"), reads))
	add("seeded", "why", either(role("assessment.solutions"), reads))
	add("solution", "", either(role("assessment.solutions"), reads))
	add("accepted", "", either(role("assessment.solutions"), reads))
	add("told", "", either(func(p *person) bool { return p.candidate != nil }, reads))
	add("org", "", func(*person) bool { return true })
	for name, o := range map[string]opening.ID{"plain": h.plain, "sealed": h.sealed} {
		add("opening", name, func(p *person) bool {
			if p.candidate != nil {
				return p.candidate.opening == o
			}
			return rights{table: w.table, p: p, sealed: o == h.sealed}.sees()
		})
		add("listed", name, func(p *person) bool {
			return p.candidate == nil && rights{table: w.table, p: p, sealed: o == h.sealed}.manages()
		})
	}
	return out
}

// canaries fetches everything as everybody. met are the sorts of words that reached somebody who may have them.
func (w *world) canaries() (found []string, met map[string]bool) {
	met = map[string]bool{}
	words := w.words()
	for _, p := range w.people {
		w.everything(p, func(what, text string) {
			low := strings.ToLower(text)
			for _, c := range words {
				if !strings.Contains(low, c.word) {
					continue
				}
				if c.may(p) {
					met[c.what] = true
					continue
				}
				if len(found) < 60 {
					found = append(found, fmt.Sprintf("%s sends the %s %s: %s", what, p.name, c.word, around(low, c.word)))
				}
			}
			if p.side != w.there && strings.Contains(low, "gull") {
				found = append(found, fmt.Sprintf("%s sends the %s a word of another organisation: %s", what, p.name, around(low, "gull")))
			}
			recruits := rights{w.table, p, w.here.read, false}.manages() || rights{w.table, p, w.here.kept, true}.manages()
			if p.candidate == nil && !recruits && strings.Contains(low, "1.375") {
				found = append(found, fmt.Sprintf("%s sends the %s an adjustment: %s", what, p.name, around(low, "1.375")))
			}
		})
		if w.quick && len(found) > 0 {
			break
		}
	}
	return found, met
}

func around(text, word string) string {
	i := strings.Index(text, word)
	return fmt.Sprintf("%q", text[max(0, i-90):min(len(text), i+len(word)+20)])
}

// more are further addresses of a page, beyond the one of the matrix.
var more = map[string][]string{
	"GET /o/{org}/openings/{opening}":                 {"", "?view=us", "?view=sent", "?view=invited", "?view=answered", "?view=declined", "?q=amara"},
	"GET /o/{org}/candidates":                         {"", "?q=amara"},
	"GET /o/{org}/openings/{opening}/batches/{batch}": {"", "?view=invited", "?view=left", "?view=look"},
	"GET /o/{org}/review/{code}/alike/{item}":         {"?source=accepted/python/program.py"},
	"GET /o/{org}/review/{code}":                      {"", "?item=pick", "?item=term", "?item=tell-us", "?item=program", "?item=pull"},
}

// everything gives all that somebody is sent: every page of every candidate, and the mails to them.
func (w *world) everything(p *person, look func(what, text string)) {
	parts := map[string][]string{"quiz": {"pick", "term"}, "writing": {"tell-us"}, "coding": {"program", "pull"}}
	once := map[string]bool{}
	for _, r := range w.routes {
		if r.Method() != "GET" || r.Auth == web.Link && p.candidate != nil {
			continue
		}
		for _, a := range []*applicant{w.here.read, w.here.blind, w.here.waits, w.here.told, w.here.kept, w.here.busy} {
			ids := w.values(r, p, a)
			if r.Auth == web.Link {
				ids["secret"] = strings.Repeat("A", 27) // what a link says is for whoever holds it
			}
			for _, part := range slices.Sorted(maps.Keys(parts)) { // one address after the other: what is sent is compared
				for _, item := range parts[part] {
					ids["part"], ids["item"] = part, item
					for _, q := range append([]string{acts[r.Pattern].query}, more[r.Pattern]...) {
						target := w.fill(r.Path()+q, ids)
						if once[target] {
							continue
						}
						once[target] = true
						got := w.get(p, target)
						if got.status >= 500 {
							w.t.Errorf("GET %s as the %s = %d", r.Path()+q, p.name, got.status)
						}
						look(r.Path()+q+" of "+a.name, got.text(target)+w.unpacked(got))
					}
				}
			}
		}
	}
	for _, m := range w.mails(p) {
		look("a mail about "+m.About, m.ToName+m.ToEmail+m.Subject+m.Text()+m.HTML())
	}
}

func (w *world) get(p *person, target string) answer {
	return w.send(p, web.Route{Pattern: "GET " + target}, nil, false)
}

// unpacked is what is in a zip.
func (w *world) unpacked(a answer) string {
	if a.header.Get("Content-Type") != "application/zip" {
		return ""
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(a.body)), int64(len(a.body)))
	w.must(err)
	var out strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		w.must(err)
		_, err = io.Copy(&out, r)
		w.must(err)
	}
	return out.String()
}

// mails are those to somebody.
func (w *world) mails(p *person) []notify.Mail {
	if p.side == nil {
		return nil
	}
	var all []notify.Mail
	for more := true; more; {
		var last notify.Mail
		if len(all) > 0 {
			last = all[len(all)-1]
		}
		page, err := w.app.Notify.Outbox(ctx, actor.ForSystem(p.side.org.ID, "test"), last)
		w.must(err)
		all, more = append(all, page...), len(page) > 0
	}
	address := p.member.Email
	if p.candidate != nil {
		address = p.side.word("mail", p.candidate.name) + "@mail.example"
	}
	return slices.DeleteFunc(all, func(m notify.Mail) bool { return m.ToEmail != address })
}

// listener is a reader of a stream who leaves after the second line that ends with a word.
type listener struct {
	*httptest.ResponseRecorder
	until string
	leave context.CancelFunc
}

func (l listener) Flush() {
	if strings.Count(l.Body.String(), l.until) > 1 {
		l.leave()
	}
}

// What happens is told to those whom it concerns: candidates hear of their own attempt, and staff of no attempt at all.
func TestCanaries_LiveEvents(t *testing.T) {
	t.Parallel()
	w := makeWorld(t, "")
	attempts := map[*applicant]string{}
	for _, a := range []*applicant{w.here.read, w.here.told, w.here.busy, w.there.busy} {
		v, err := w.app.Attempts.View(ctx, a.who)
		w.must(err)
		attempts[a] = string(v.Attempt.ID)
	}
	c, end := context.WithTimeout(ctx, time.Minute)
	defer end()
	heard := map[string]*httptest.ResponseRecorder{}
	var all sync.WaitGroup
	for _, p := range w.people {
		if p.ended || p.account {
			continue
		}
		target, name, until := "/o/"+w.here.org.ID+"/live", web.StaffCookie, `"board"`
		if p.candidate != nil {
			target, name, until = "/c/-/live", web.CandidateCookie, attempts[p.candidate]
		}
		each, leave := context.WithCancel(c)
		req := httptest.NewRequestWithContext(each, "GET", target, nil)
		req.AddCookie(&http.Cookie{Name: name, Value: p.cookie})
		l := listener{httptest.NewRecorder(), until, leave}
		heard[p.name] = l.ResponseRecorder
		all.Go(func() { w.mux.ServeHTTP(l, req) })
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for tick := time.NewTicker(20 * time.Millisecond); ; { // a hub tells what came after it began to listen, so it is told again
		for _, s := range []*side{w.here, w.there} {
			w.must(w.app.DB.Write(ctx, s.org.ID, func(tx db.Tx) error {
				for a, id := range attempts {
					if a.who.Org == s.org.ID {
						if err := live.Tell(ctx, tx, w.app.DB.Now(), "run", id); err != nil {
							return err
						}
					}
				}
				return live.Tell(ctx, tx, w.app.DB.Now(), "board", "opn_"+strings.ToLower(s.name))
			}))
		}
		w.tick.Add(time.Millisecond)
		select {
		case <-done:
		case <-tick.C:
			continue
		}
		break
	}
	if c.Err() != nil {
		t.Fatal("somebody heard nothing within a minute")
	}
	for _, p := range w.people {
		rec := heard[p.name]
		if rec == nil {
			continue
		}
		for a, id := range attempts {
			if a != p.candidate && strings.Contains(rec.Body.String(), id) {
				t.Errorf("the %s hears of the attempt of %q of %s", p.name, a.name, a.who.Org)
			}
		}
		if p.side == w.here && strings.Contains(rec.Body.String(), "opn_gull") || p.candidate != nil && strings.Contains(rec.Body.String(), "board") {
			t.Errorf("the %s hears of a board that is not theirs:\n%s", p.name, rec.Body)
		}
	}
}
