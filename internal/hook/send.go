package hook

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/egress"
	"candor/internal/hook/internal/query"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/org"
)

// pauses are how long a delivery waits after each try that failed: the first six of the schedule of Standard Webhooks, then one at the end of a day.
var pauses = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 6*time.Hour + 25*time.Minute}

const (
	// patience is how long a receiver has, all in all.
	patience = 15 * time.Second
	// kept is how many bytes of an answer are read, and kept.
	kept = 200
)

// DeliveryState is what came of one.
type DeliveryState string

const (
	Waiting   DeliveryState = "waiting"
	Delivered DeliveryState = "delivered"
	Dead      DeliveryState = "dead" // it was tried for a day; it can be sent again
)

// Delivery is one event for one endpoint.
type Delivery struct {
	ID     DeliveryID
	Type   string
	Event  time.Time // when it happened
	State  DeliveryState
	Tries  int
	Due    time.Time // of the next try
	Status int       // of the last answer; 0: there was none
	Answer string    // its first bytes, or why there was none
	Tried  time.Time // zero: not yet

	endpoint EndpointID
	event    int64
}

// message is what is sent: thin, so that whoever reads it by mistake learns nothing about anybody.
type message struct {
	Type      string      `json:"type"`
	Timestamp string      `json:"timestamp"`
	Data      messageData `json:"data"`
}

type messageData struct {
	ID          string `json:"id"`
	Opening     string `json:"opening,omitempty"`
	Application string `json:"application,omitempty"`
	Invitation  string `json:"invitation,omitempty"`
}

// send is the job of one try.
const send = job.Task[sendNote]("hook.send")

type sendNote struct {
	Org, Delivery string
	Try           int
}

func (hs *Hooks) deliver(ctx context.Context, tx db.Tx, p EndpointID, e Event) error {
	d := id.New("dlv", e.At)
	if err := query.New(tx).AddDelivery(ctx, query.AddDeliveryParams{OrgID: tx.Org, ID: d, EndpointID: string(p), EventN: e.N, DueAt: clock.Milli(e.At)}); err != nil {
		return err
	}
	return send.Enqueue(ctx, hs.Jobs, tx, sendNote{tx.Org, d, 0})
}

// send tries once. The try is counted by a guarded write, so that a job that runs twice counts once.
func (hs *Hooks) send(ctx context.Context, n sendNote) error {
	var d Delivery
	var e Event
	var p Endpoint
	err := hs.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		if d, err = delivery(ctx, tx, DeliveryID(n.Delivery)); err != nil {
			return err
		}
		r, err := query.New(tx).Event(ctx, tx.Org, d.event)
		if err != nil {
			return err
		}
		e = event(r)
		if p, err = load(ctx, tx, d.endpoint); err != nil || e.Type == testType {
			return err
		}
		tells, err := hs.tells(ctx, tx, p, e)
		if err == nil && !tells {
			err = ErrMissing // what was let know before is not any more
		}
		return err
	})
	if err != nil && !errors.Is(err, ErrMissing) || d.ID == "" || d.State != Waiting || d.Tries != n.Try {
		if errors.Is(err, ErrMissing) {
			err = nil
		}
		return err
	}
	if err != nil {
		return hs.settle(ctx, n, Dead, 0, "Not sent: the endpoint ended, or whoever made it does not see this opening any more.", time.Time{})
	}
	status, answer, later := hs.post(ctx, n.Org, p, e)
	state, pause := Next(n.Try, status, later)
	if state != Waiting {
		return hs.settle(ctx, n, state, status, answer, time.Time{})
	}
	return hs.settle(ctx, n, state, status, answer, hs.DB.Now().Add(pause))
}

// Next is what becomes of something after try 0, 1, ... was answered with a status (0: not at all): it arrived, it is given up, or it waits for a
// pause and is tried again. later is what the receiver asked for.
func Next(try, status int, later time.Duration) (s DeliveryState, pause time.Duration) {
	switch {
	case status >= 200 && status < 300:
		return Delivered, 0
	case status == http.StatusGone, try >= len(pauses):
		return Dead, 0
	}
	pause = pauses[try] + rand.N(pauses[try]/10+1) // not everybody at once
	return Waiting, max(pause, min(later, time.Hour))
}

// settle keeps what came of a try, and enqueues the next one where due is not zero. 410 ends the endpoint.
func (hs *Hooks) settle(ctx context.Context, n sendNote, s DeliveryState, status int, answer string, due time.Time) error {
	return hs.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		q := query.New(tx)
		now := hs.DB.Now()
		changed, err := q.Settle(ctx, query.SettleParams{OrgID: tx.Org, ID: n.Delivery, Tries: int64(n.Try), State: string(s), Status: int64(status), Answer: answer, DueAt: clock.Milli(due), Now: clock.Milli(now)})
		if err != nil || changed == 0 {
			return err
		}
		if status == http.StatusGone {
			d, err := delivery(ctx, tx, DeliveryID(n.Delivery))
			if err != nil {
				return err
			}
			if _, err := q.SetState(ctx, tx.Org, string(d.endpoint), string(Gone)); err != nil {
				return err
			}
			return audit.Record(ctx, tx, now, actor.ForSystem(tx.Org, "hook.send"), "hook.gone", string(d.endpoint), nil)
		}
		if due.IsZero() {
			return nil
		}
		return send.Enqueue(ctx, hs.Jobs, tx, sendNote{n.Org, n.Delivery, n.Try + 1}, job.At(due))
	})
}

// post asks once. status 0 is no answer, and answer then says why; later is the receiver's Retry-After.
func (hs *Hooks) post(ctx context.Context, o org.ID, p Endpoint, e Event) (status int, answer string, later time.Duration) {
	r, err := hs.request(ctx, o, p, e)
	if err != nil {
		return 0, "The request could not be made.", 0
	}
	return hs.Ask(r)
}

// Ask sends a request once by egress and reads little of the answer. status 0 is no answer, and answer then says why; later is the receiver's
// Retry-After.
func (hs *Hooks) Ask(r *http.Request) (status int, answer string, later time.Duration) {
	res, err := hs.Out.Client(cmp.Or(hs.Patience, patience), hs.Roots).Do(r)
	if errors.Is(err, egress.ErrDenied) {
		return 0, "The address is not a public one, so it is not asked.", 0
	}
	if err != nil {
		return 0, "There was no answer in time, or no connection.", 0
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(res.Body, kept)) // what comes is kept; that it breaks off does not change the status
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		later = time.Duration(min(s, 3600)) * time.Second
	}
	return res.StatusCode, strings.Map(printable, strings.ToValidUTF8(string(b), "")), later
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

func (hs *Hooks) request(ctx context.Context, o org.ID, p Endpoint, e Event) (*http.Request, error) {
	body, err := json.Marshal(message{e.Type, e.At.UTC().Format(time.RFC3339), messageData{e.ID, string(e.Opening), string(e.Application), string(e.Invitation)}})
	if err != nil {
		return nil, err
	}
	now := hs.DB.Now()
	sealed := []string{p.secret}
	if p.old != "" && now.Before(p.Overlap) {
		sealed = append(sealed, p.old)
	}
	var signatures []string
	for _, s := range sealed {
		plain, err := hs.unseal(o, p.ID, s)
		if err != nil {
			return nil, err
		}
		signature, err := Sign(plain, e.ID, now, body)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Candor")
	r.Header.Set("webhook-id", e.ID)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", strings.Join(signatures, " "))
	return r, nil
}

func delivery(ctx context.Context, tx db.Tx, d DeliveryID) (Delivery, error) {
	r, err := query.New(tx).Delivery(ctx, tx.Org, string(d))
	if errors.Is(err, sql.ErrNoRows) {
		return Delivery{}, ErrMissing
	}
	return sent(query.LogRow(r)), err
}

func sent(r query.LogRow) Delivery {
	return Delivery{DeliveryID(r.ID), r.Type, clock.Time(r.At), DeliveryState(r.State), int(r.Tries), clock.Time(r.DueAt), int(r.Status), r.Answer, clock.Time(r.TriedAt), EndpointID(r.EndpointID), r.EventN}
}

// Log are an endpoint's newest 100 deliveries, or of those only the dead ones. ErrRole, ErrMissing.
func (hs *Hooks) Log(ctx context.Context, who actor.Actor, e EndpointID, dead bool) (p Endpoint, list []Delivery, err error) {
	if err := org.Need(who, "hook.change"); err != nil {
		return p, nil, err
	}
	err = hs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if p, err = load(ctx, tx, e); err != nil {
			return err
		}
		rows, err := query.New(tx).Log(ctx, tx.Org, string(e), dead)
		for _, r := range rows {
			list = append(list, sent(r))
		}
		return err
	})
	return p, list, err
}

// Try sends an endpoint a test event. ErrRole, ErrMissing, ErrGone.
func (hs *Hooks) Try(ctx context.Context, who actor.Actor, e EndpointID) error {
	return hs.change(ctx, who, e, "hook.test", func(tx db.Tx) (int64, error) {
		p, err := load(ctx, tx, e)
		if err == nil && p.State == Gone {
			err = ErrGone
		}
		if err != nil {
			return 0, err
		}
		ev := Event{Type: testType}
		if _, err := hs.keep(ctx, tx, &ev, id.New("try", hs.DB.Now())); err != nil {
			return 0, err
		}
		return 1, hs.deliver(ctx, tx, e, ev)
	})
}

// Replay sends a dead delivery again, from the beginning of the schedule. ErrRole, ErrMissing, ErrGone.
func (hs *Hooks) Replay(ctx context.Context, who actor.Actor, e EndpointID, d DeliveryID) error {
	return hs.change(ctx, who, e, "hook.replay", func(tx db.Tx) (int64, error) {
		p, err := load(ctx, tx, e)
		if err == nil && p.State == Gone {
			err = ErrGone
		}
		if err != nil {
			return 0, err
		}
		n, err := query.New(tx).Replay(ctx, query.ReplayParams{OrgID: tx.Org, ID: string(d), EndpointID: string(e), Now: clock.Milli(hs.DB.Now())})
		if err != nil || n == 0 {
			return n, err
		}
		return n, send.Enqueue(ctx, hs.Jobs, tx, sendNote{tx.Org, string(d), 0})
	})
}
