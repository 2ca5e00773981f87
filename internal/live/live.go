// Package live tells open pages that something happened. An event is a row (organisation, topic, subject, id), written in the
// transaction of what happened and kept for 24 hours; it carries ids only, and the page fetches what it may see. A browser holds one
// stream for all its tabs; pages that cannot have one ask from time to time. Nothing depends on an event arriving.
package live

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/live/internal/query"
	"candor/internal/web"
)

// Schema is the steps of this package.
//
//go:embed schema/*.sql
var Schema embed.FS

var kept = db.Column{Class: db.Organisation, Keep: "24 hours"}

// Columns is the inventory.
var Columns = db.Columns{"events": {"org_id": kept, "id": kept, "topic": kept, "subject": kept, "created": kept}}

// Event is what a page hears.
type Event struct {
	Topic   string `json:"topic"`   // "run"
	Subject string `json:"subject"` // "att_..."
	ID      string `json:"id"`
}

// Tell writes an event in the caller's transaction; now is the deciding time. Both words are ids or constants, never texts of people.
func Tell(ctx context.Context, tx db.Tx, now time.Time, topic, subject string) error {
	err := query.New(tx).Tell(ctx, query.TellParams{OrgID: tx.Org, ID: id.New("evt", now), Topic: topic, Subject: subject, Created: now.UnixMilli()})
	if err != nil {
		return fmt.Errorf("live event %s: %w", topic, err)
	}
	return nil
}

// Keep is how long events stay.
const Keep = 24 * time.Hour

// Forget deletes what is older than Keep; a housekeeping job calls it per organisation.
func Forget(ctx context.Context, tx db.Tx, now time.Time) (int64, error) {
	return query.New(tx).Forget(ctx, tx.Org, now.Add(-Keep).UnixMilli())
}

// Hub reads the events of the organisations that somebody listens to, once per node and organisation.
type Hub struct {
	DB    *db.DB
	Log   *slog.Logger
	Every time.Duration // between reads; 0 is 300 ms

	mu      sync.Mutex
	orgs    map[string]*room
	reading sync.WaitGroup
}

// room is an organisation with listeners.
type room struct {
	listeners map[chan Event]bool
	stop      context.CancelFunc
}

const (
	window  = 5 * time.Second // rows commit out of order: what is younger is read again
	backlog = 64              // events a slow listener may lag before its stream ends; the browser then connects anew
	recheck = 5 * time.Second // a revoked session's stream ends within this
)

// Stream serves text/event-stream until the client goes, the session is revoked or the server stops. may decides each event; it
// sees ids only and must refuse what it does not know. The route needs Stream: true and the rate class live.
func (h *Hub) Stream(w http.ResponseWriter, r *http.Request, org string, may func(topic, subject string) bool) error {
	events, leave := h.join(org)
	defer leave()
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	ctl := http.NewResponseController(w)
	say := func(line string) bool {
		if _, err := io.WriteString(w, line); err != nil {
			return false
		}
		return ctl.Flush() == nil
	}
	if !say("retry: 3000\n\n") {
		return nil
	}
	tick := time.NewTicker(recheck)
	defer tick.Stop()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return nil
			}
			if !may(e.Topic, e.Subject) {
				continue
			}
			raw, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if !say("id: " + e.ID + "\ndata: " + string(raw) + "\n\n") {
				return nil
			}
		case <-tick.C:
			if web.Recheck(r) != nil || !say(": still here\n\n") {
				return nil
			}
		case <-r.Context().Done():
			return nil
		}
	}
}

func (h *Hub) join(org string) (events chan Event, leave func()) {
	events = make(chan Event, backlog)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.orgs == nil {
		h.orgs = map[string]*room{}
	}
	o := h.orgs[org]
	if o == nil {
		ctx, stop := context.WithCancel(context.Background())
		o = &room{listeners: map[chan Event]bool{}, stop: stop}
		h.orgs[org] = o
		h.reading.Go(func() { h.read(ctx, org) })
	}
	o.listeners[events] = true
	return events, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if o.listeners[events] {
			delete(o.listeners, events)
		}
		if len(o.listeners) == 0 && h.orgs[org] == o {
			o.stop()
			delete(h.orgs, org)
		}
	}
}

// Close ends every stream, so that the server can stop; browsers connect anew to whoever answers next. Nothing is read any more when it returns.
func (h *Hub) Close() {
	defer h.reading.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	for org, o := range h.orgs {
		o.stop()
		for l := range o.listeners {
			delete(o.listeners, l)
			close(l)
		}
		delete(h.orgs, org)
	}
}

// read polls one organisation until nobody listens.
func (h *Hub) read(ctx context.Context, org string) {
	every := h.Every
	if every == 0 {
		every = 300 * time.Millisecond
	}
	seen := map[string]int64{}
	first := true
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		since := h.DB.Now().Add(-window).UnixMilli()
		var rows []query.SinceRow
		err := h.DB.Read(ctx, org, func(tx db.Tx) (err error) {
			rows, err = query.New(tx).Since(ctx, org, since)
			return err
		})
		if err != nil && ctx.Err() == nil {
			h.Log.WarnContext(ctx, "live events not read", "org", org, "error", err)
		}
		for _, row := range rows {
			if _, known := seen[row.ID]; known {
				continue
			}
			seen[row.ID] = row.Created
			if !first {
				h.pass(org, Event{row.Topic, row.Subject, row.ID})
			}
		}
		for key, created := range seen {
			if created < since-window.Milliseconds() {
				delete(seen, key)
			}
		}
		first = first && err != nil
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (h *Hub) pass(org string, e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.orgs[org]
	if o == nil {
		return
	}
	for l := range o.listeners {
		select {
		case l <- e:
		default: // too slow: the stream ends and the page asks for itself
			delete(o.listeners, l)
			close(l)
		}
	}
}
