package loadtest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/db"
	"candor/internal/response"
)

// Entry is what the server acknowledged: a version of an answer, or that a part is sent.
type Entry struct {
	Invitation string `json:"invitation"`
	Item       string `json:"item,omitempty"`
	Client     string `json:"client,omitempty"`
	Seq        int64  `json:"seq,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
	Standing   string `json:"standing,omitempty"`
	Revision   int64  `json:"revision,omitempty"`
	Sent       string `json:"sent,omitempty"` // the part
}

// Ledger is a file of entries, one a line, written as they come.
type Ledger struct {
	mu sync.Mutex
	f  *os.File
	n  int
}

// NewLedger begins a file; one that is there is replaced.
func NewLedger(path string) (*Ledger, error) {
	f, err := os.Create(path)
	return &Ledger{f: f}, err
}

// Add writes entries down.
func (l *Ledger) Add(entries ...Entry) error {
	var lines []byte
	for _, e := range entries {
		raw, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines = append(append(lines, raw...), '\n')
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n += len(entries)
	_, err := l.f.Write(lines)
	return err
}

// Len is how many entries there are.
func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// Close ends it.
func (l *Ledger) Close() error { return l.f.Close() }

// ReadLedger reads the entries of a file in order.
func ReadLedger(path string) ([]Entry, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []Entry
	d := json.NewDecoder(bufio.NewReader(f))
	for {
		var e Entry
		switch err := d.Decode(&e); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return out, fmt.Errorf("%s is no ledger of candor loadtest: %w", path, err)
		}
		out = append(out, e)
	}
}

// Verdict is what the comparison found.
type Verdict struct {
	Saves  int      `json:"saves"` // acknowledged
	Sent   int      `json:"sent"`  // parts
	Lost   []string `json:"lost"`  // what was acknowledged and is not there, or is there with other bytes
	Differ []string `json:"differ"`
}

// OK says that nothing is lost and that what was sent is the last of what was saved.
func (v Verdict) OK() bool { return len(v.Lost) == 0 && len(v.Differ) == 0 }

// String is what was found, for people: at most ten of each.
func (v Verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d acknowledged saves and %d sent parts: %d lost, %d sent with other bytes than were saved last\n", v.Saves, v.Sent, len(v.Lost), len(v.Differ))
	for _, list := range [][]string{v.Lost, v.Differ} {
		for _, l := range list[:min(10, len(list))] {
			fmt.Fprintf(&b, "  %s\n", l)
		}
	}
	return b.String()
}

// Verify compares a ledger with an installation: each acknowledged save must be there with its bytes, and a part that was sent must hold
// the last one of each of its answers.
func Verify(ctx context.Context, a *app.App, p Plan, entries []Entry) (Verdict, error) {
	by := map[string][]Entry{}
	for _, e := range entries {
		by[e.Invitation] = append(by[e.Invitation], e)
	}
	var out Verdict
	for _, s := range p.Seats {
		if len(by[s.Invitation]) == 0 {
			continue
		}
		if err := verifySeat(ctx, a, p.Org, s, by[s.Invitation], &out); err != nil {
			return out, fmt.Errorf("%s: %w", s.Invitation, err)
		}
	}
	return out, nil
}

type saveKey struct {
	item, client string
	seq          int64
}

func verifySeat(ctx context.Context, a *app.App, org string, s Seat, entries []Entry, out *Verdict) error {
	who := actor.Actor{Kind: actor.Candidate, ID: s.Invitation, Subject: s.Candidate, Org: org}
	view, err := a.Attempts.View(ctx, who)
	if err != nil {
		return err
	}
	there := map[saveKey]response.Written{}
	err = a.DB.Read(ctx, org, func(tx db.Tx) error {
		list, err := response.WrittenOf(ctx, tx, string(view.Attempt.ID))
		for _, r := range list {
			there[saveKey{r.Item, r.Client, r.Seq}] = r
		}
		return err
	})
	if err != nil {
		return err
	}
	last, parts := map[string]Entry{}, map[string]bool{}
	for _, e := range entries {
		if e.Sent != "" {
			out.Sent++
			parts[e.Sent] = true
			continue
		}
		out.Saves++
		if r := there[saveKey{e.Item, e.Client, e.Seq}]; r.SHA256 != e.SHA256 || string(r.Standing) != e.Standing {
			out.Lost = append(out.Lost, fmt.Sprintf("%s %s %s %d: acknowledged %s %s, kept %q %q", s.Invitation, e.Item, e.Client, e.Seq, e.Standing, e.SHA256, r.Standing, r.SHA256))
		}
		if e.Standing == string(response.OnTime) && e.Revision > last[e.Item].Revision {
			last[e.Item] = e
		}
	}
	frozen, err := a.Attempts.Sent(ctx, who)
	if err != nil {
		return err
	}
	for _, f := range frozen {
		if e, ok := last[f.Key]; ok && parts[f.Part] && (f.SHA256 != e.SHA256 || response.Hash(f.Body) != e.SHA256) {
			out.Differ = append(out.Differ, fmt.Sprintf("%s %s: last acknowledged %s, sent %s", s.Invitation, f.Key, e.SHA256, f.SHA256))
		}
		delete(last, f.Key)
	}
	for item, e := range last {
		for part := range parts {
			p, _ := view.Version.Part(part)
			if _, ok := p.Item(item); ok {
				out.Differ = append(out.Differ, fmt.Sprintf("%s %s: %s was acknowledged, and the part was sent without it", s.Invitation, item, e.SHA256))
			}
		}
	}
	return nil
}
