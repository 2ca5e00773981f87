// Package audit keeps what people did, for 24 months and provably: append-only lines in one hash chain per organisation, written
// in the transaction of the act itself. A line holds ids, codes and numbers only; a reason that a person typed is a row of
// its own, which can be erased without breaking the chain. Lines leave at the chain's old end only: see [Cut].
package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"candor/internal/actor"
	"candor/internal/audit/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
)

//go:embed schema/*.sql
var Schema embed.FS

// Facts are details of an act: ids, codes and numbers, never what a person typed.
type Facts map[string]string

// Line is one act.
type Line struct {
	ID      string
	N       int64 // 1, 2, 3, ... per organisation; 0 while it waits for the chain
	At      time.Time
	Actor   actor.Actor // Kind, ID and Org
	Verb    string      // "opening.invite"
	Subject string      // the id of what it was done to
	Facts   Facts

	previous, hash string
}

// Record keeps an act, in the transaction of the act itself. It waits for nobody: [Seal] puts it in the chain.
func Record(ctx context.Context, tx db.Tx, now time.Time, who actor.Actor, verb, subject string, facts Facts) error {
	if facts == nil {
		facts = Facts{}
	}
	l := Line{ID: id.New("aud", now), At: now, Actor: signed(who), Verb: verb, Subject: subject, Facts: facts}
	return query.New(tx).AddAct(ctx, query.AddActParams{OrgID: tx.Org, ID: l.ID, At: clock.Milli(now), ActorKind: string(l.Actor.Kind), ActorID: l.Actor.ID,
		Verb: verb, Subject: subject, Facts: l.factsJSON()})
}

func signed(who actor.Actor) actor.Actor {
	who.Kind, who.ID = who.Signs()
	return who
}

func (l Line) factsJSON() string {
	b, _ := json.Marshal(l.Facts) // keys in order; strings cannot fail
	return string(b)
}

// sum is SHA-256 over the length-prefixed fields, the previous hash first.
func (l Line) sum() string {
	h := sha256.New()
	for _, f := range []string{l.previous, l.ID, fmt.Sprint(l.N), fmt.Sprint(clock.Milli(l.At)), string(l.Actor.Kind), l.Actor.ID,
		l.Verb, l.Subject, l.factsJSON()} {
		binary.Write(h, binary.BigEndian, uint64(len(f)))
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Reason keeps what a person typed about a subject and gives its id for Facts. Empty text gives "".
func Reason(ctx context.Context, tx db.Tx, now time.Time, subject, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	r := id.New("rsn", now)
	return r, query.New(tx).AddReason(ctx, query.AddReasonParams{OrgID: tx.Org, ID: r, Body: text, Subject: subject, CreatedAt: clock.Milli(now)})
}

// ReasonText is what was typed; "" when there was nothing or it was erased.
func ReasonText(ctx context.Context, tx db.Tx, reason string) (string, error) {
	if reason == "" {
		return "", nil
	}
	s, err := query.New(tx).Reason(ctx, tx.Org, reason)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return s, err
}

// Lines are the newest before n, at most 200. 0 means from the newest: those that wait for the chain, as many again, come first.
func Lines(ctx context.Context, tx db.Tx, before int64, most int) ([]Line, error) {
	most = min(most, 200)
	var out []Line
	if before == 0 {
		before = math.MaxInt64
		var err error
		if out, err = waiting(ctx, tx, "", most); err != nil {
			return nil, err
		}
	}
	rows, err := query.New(tx).Before(ctx, tx.Org, before, int32(most))
	for _, r := range rows {
		out = append(out, line(tx.Org, query.AfterRow(r)))
	}
	return out, err
}

// Of are the newest lines about a subject, those that wait for the chain included, at most 200.
func Of(ctx context.Context, tx db.Tx, subject string, most int) ([]Line, error) {
	most = min(most, 200)
	out, err := waiting(ctx, tx, subject, most)
	if err != nil {
		return nil, err
	}
	rows, err := query.New(tx).OfSubject(ctx, tx.Org, subject, int32(most-len(out)))
	for _, r := range rows {
		out = append(out, line(tx.Org, query.AfterRow(r)))
	}
	return out, err
}

func line(org string, r query.AfterRow) Line {
	l := Line{ID: r.ID, N: r.N, At: clock.Time(r.At), Actor: actor.Actor{Kind: actor.Kind(r.ActorKind), ID: r.ActorID, Org: org},
		Verb: r.Verb, Subject: r.Subject, previous: r.Previous, hash: r.Hash}
	json.Unmarshal([]byte(r.Facts), &l.Facts)
	return l
}

// Verify walks the whole chain from its anchor. broken is the number of the first line that does not fit (edited, removed or put
// in), 0 when all do; checked is how many were read.
func Verify(ctx context.Context, tx db.Tx) (checked, broken int64, err error) {
	q := query.New(tx)
	anchor, err := anchorIn(ctx, q, tx.Org)
	if err != nil {
		return 0, 0, err
	}
	n, previous, said := anchor.N, anchor.Hash, query.AnchorRow{}
	for {
		rows, err := q.After(ctx, tx.Org, n, 500)
		if err != nil {
			return checked, 0, err
		}
		for _, r := range rows {
			l := line(tx.Org, r)
			if l.N != n+1 || l.previous != previous || l.hash != l.sum() {
				return checked, n + 1, nil
			}
			if l.Verb == cutVerb {
				said = cutFacts(l.Facts)
			}
			n, previous = l.N, l.hash
			checked++
		}
		if len(rows) == 0 {
			break
		}
	}
	if said != anchor {
		return checked, anchor.N + 1, nil // the beginning was moved, and no line says so
	}
	head, err := q.Head(ctx, tx.Org)
	if errors.Is(err, sql.ErrNoRows) && checked == 0 {
		return 0, 0, nil
	}
	if err != nil {
		return checked, 0, err
	}
	if head.N != n || head.Hash != previous {
		return checked, n + 1, nil // the newest lines were cut off
	}
	return checked, 0, nil
}

// Erase removes the reasons people typed about a person's things.
func Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	return overSubjects(p, func(s string) (int64, error) { return query.New(tx).EraseReasons(ctx, tx.Org, s) })
}

// Preview counts what Erase would remove.
func Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	return overSubjects(p, func(s string) (int64, error) { return query.New(tx).CountReasons(ctx, tx.Org, s) })
}

func overSubjects(p db.Person, fn func(string) (int64, error)) (map[string]int, error) {
	total := 0
	for _, list := range [][]string{{p.Candidate}, p.Applications, p.Invitations, p.Attempts} {
		for _, s := range list {
			n, err := fn(s)
			if err != nil {
				return nil, err
			}
			total += int(n)
		}
	}
	return map[string]int{"reasons": total}, nil
}
