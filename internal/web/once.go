package web

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// onceField is the hidden field of [Once].
const onceField = "_once"

// Once is a fresh key for a form. A second press of the same form by the same person within ten minutes gets the first press's
// redirect and does nothing; a press that came back with an error may be repeated. Keys are kept per node and in memory: they
// spare people a doubled press, while each noun's guarded write is what makes doing it twice impossible.
func Once() string { return random(12) }

// onceStore remembers the answers of finished presses.
type onceStore struct {
	mu    sync.Mutex
	known map[string]*press
}

// press is one form sent once: done closes when the answer is known.
type press struct {
	done chan struct{}
	to   string // where it was redirected; empty when it may be tried again
	at   time.Time
}

const (
	onceFor = 10 * time.Minute
	onceMax = 20_000
)

// begin returns the press of this key, and whether it is ours to do.
func (s *onceStore) begin(key string, now time.Time) (p *press, ours bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]*press{}
	}
	if p := s.known[key]; p != nil && now.Sub(p.at) < onceFor {
		return p, false
	}
	if len(s.known) >= onceMax {
		for k, p := range s.known {
			if now.Sub(p.at) >= onceFor || len(s.known) > onceMax/2 {
				delete(s.known, k)
			}
		}
	}
	p = &press{done: make(chan struct{}), at: now}
	s.known[key] = p
	return p, true
}

func (s *onceStore) end(key string, p *press, to string) {
	s.mu.Lock()
	p.to = to
	if to == "" {
		delete(s.known, key)
	}
	s.mu.Unlock()
	close(p.done)
}

// pressed runs the handler, once per key when the form has one.
func (m *Mux) pressed(w http.ResponseWriter, r *http.Request, h Handler) error {
	c := callOf(r)
	if c.route != nil && c.route.Raw || r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return h(w, r)
	}
	if err := parse(r, c); err != nil {
		return err
	}
	key := r.PostForm.Get(onceField)
	if key == "" || len(key) > 64 {
		return h(w, r)
	}
	who := c.session.Actor.Session
	if who == "" {
		who = c.remote.String()
	}
	key = who + "\x00" + url.QueryEscape(r.URL.Path) + "\x00" + key
	for {
		p, ours := m.once.begin(key, m.cfg.Clock.Now())
		if ours {
			to := ""
			defer func() { m.once.end(key, p, to) }()
			if err := h(w, r); err != nil {
				return err
			}
			if a, ok := w.(*answer); ok && a.status == http.StatusSeeOther {
				to = a.Header().Get("Location")
			}
			return nil
		}
		select {
		case <-p.done:
		case <-r.Context().Done():
			return r.Context().Err()
		}
		if p.to != "" {
			http.Redirect(w, r, p.to, http.StatusSeeOther)
			return nil
		}
	}
}
