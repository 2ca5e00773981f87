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
	listeners map[chan Event]may
	stop      context.CancelFunc
}

// may says whether a listener hears of something; it sees ids only, asks nobody, and refuses what it does not know.
type may = func(topic, subject string) bool

const (
	window  = 5 * time.Second // rows commit out of order: what is younger is read again
	backlog = 64              // events a slow listener may lag before its stream ends; the browser then connects anew
	recheck = 5 * time.Second // a revoked session's stream ends within this
	// lapse is how long a stream may have been gone that is told what it missed; what was longer ago the page has asked for.
	lapse = 5 * time.Minute
)

// Stream serves text/event-stream until the client goes, the session is revoked or the server stops. may decides each event. A client that comes
// back is told first what it missed, by the id that it heard last. The route needs Stream: true and the rate class live.
func (h *Hub) Stream(w http.ResponseWriter, r *http.Request, org string, may may) error {
	events, leave := h.join(org, may)
	defer leave()
	missed, err := h.missed(r.Context(), org, r.Header.Get("Last-Event-ID"), may)
	if err != nil {
		return err
	}
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
	tell := func(e Event) bool {
		raw, err := json.Marshal(e)
		return err == nil && say("id: "+e.ID+"\ndata: "+string(raw)+"\n\n")
	}
	// The id stands for this moment: whoever hears nothing before the connection breaks asks for all since.
	if !say("retry: 3000\nid: " + id.New("evt", h.DB.Now()) + "\n\n") {
		return nil
	}
	told := map[string]bool{}
	for _, e := range missed {
		if told[e.ID] = true; !tell(e) {
			return nil
		}
	}
	tick := time.NewTicker(recheck)
	defer tick.Stop()
	for {
		select {
		case e, ok := <-events:
			if !ok {
				return nil
			}
			if !told[e.ID] && !tell(e) {
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

// missed are the events since the one with an id, for a client that heard it last; rows commit out of order, so a little before it too. None where
// the id is none of ours or too old.
func (h *Hub) missed(ctx context.Context, org, last string, may may) ([]Event, error) {
	at, ok := id.Time("evt", last)
	now := h.DB.Now()
	if !ok || at.Before(now.Add(-lapse)) {
		return nil, nil
	}
	if at.After(now) { // the clock was set back since: ids go on from where they were
		at = now.Add(-lapse)
	}
	var rows []query.SinceRow
	err := h.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		rows, err = query.New(tx).Since(ctx, org, at.Add(-window).UnixMilli())
		return err
	})
	var out []Event
	for _, row := range rows {
		if row.ID != last && may(row.Topic, row.Subject) {
			out = append(out, Event{row.Topic, row.Subject, row.ID})
		}
	}
	return out, err
}

func (h *Hub) join(org string, may may) (events chan Event, leave func()) {
	events = make(chan Event, backlog)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.orgs == nil {
		h.orgs = map[string]*room{}
	}
	o := h.orgs[org]
	if o == nil {
		ctx, stop := context.WithCancel(context.Background())
		o = &room{listeners: map[chan Event]func(topic, subject string) bool{}, stop: stop}
		h.orgs[org] = o
		h.reading.Go(func() { h.read(ctx, org) })
	}
	o.listeners[events] = may
	return events, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(o.listeners, events)
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
	for l, may := range o.listeners {
		if !may(e.Topic, e.Subject) {
			continue // nobody is slow for what is not theirs
		}
		select {
		case l <- e:
		default: // too slow: the stream ends, and the browser that connects anew is told what it missed
			delete(o.listeners, l)
			close(l)
		}
	}
}
