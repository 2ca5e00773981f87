package audit

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strconv"
	"time"

	"candor/internal/actor"
	"candor/internal/audit/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
)

// cutVerb is the act of the line that says where the chain begins now.
const cutVerb = "audit.cut"

// batch is how many lines one transaction removes at most.
const batch = 5000

// Cut removes lines made before an instant from the chain's old end, at most 5,000 of them, and says how many.
// What is left still verifies: the anchor keeps the number and the hash of the last line removed, and a new line of the chain
// says the same, so that nobody moves the beginning without a trace. Holding the anchor is the guarding write.
func Cut(ctx context.Context, tx db.Tx, now, before time.Time) (n int, err error) {
	if _, err := seal(ctx, tx, math.MaxInt32); err != nil { // who kept nothing for two years has old acts that wait
		return 0, err
	}
	q := query.New(tx)
	if _, err := q.FirstAnchor(ctx, tx.Org); err != nil {
		return 0, err
	}
	if _, err := q.HoldAnchor(ctx, tx.Org); err != nil {
		return 0, err
	}
	anchor, err := q.Anchor(ctx, tx.Org)
	if err != nil {
		return 0, err
	}
	head, err := q.Head(ctx, tx.Org)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	last := head.N
	since, err := q.FirstSince(ctx, tx.Org, clock.Milli(before))
	if err != nil {
		return 0, err
	}
	if since > 0 {
		last = since - 1
	}
	if last <= anchor.N {
		return 0, nil
	}
	last = min(last, anchor.N+batch)
	hash, err := q.HashOf(ctx, tx.Org, last)
	if err != nil {
		return 0, err
	}
	if _, err := q.MoveAnchor(ctx, tx.Org, last, hash); err != nil {
		return 0, err
	}
	if _, err := q.Cut(ctx, tx.Org, last); err != nil {
		return 0, err
	}
	err = Record(ctx, tx, now, actor.ForSystem(tx.Org, "audit.cut"), cutVerb, tx.Org, Facts{"n": strconv.FormatInt(last, 10), "hash": hash})
	if err == nil {
		_, err = seal(ctx, tx, math.MaxInt32) // the line that says so is in the chain when the beginning moves
	}
	return int(last - anchor.N), err
}

// Older counts the lines made before an instant and says when the oldest was.
func Older(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).Older(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// anchorIn is where the chain begins; zero at its first line.
func anchorIn(ctx context.Context, q *query.Queries, org string) (query.AnchorRow, error) {
	a, err := q.Anchor(ctx, org)
	if errors.Is(err, sql.ErrNoRows) {
		return query.AnchorRow{}, nil
	}
	return a, err
}

func cutFacts(f Facts) query.AnchorRow {
	n, _ := strconv.ParseInt(f["n"], 10, 64) // what is no number equals no anchor
	return query.AnchorRow{N: n, Hash: f["hash"]}
}
