package token

import (
	"context"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/problem"
	"candor/internal/token/internal/query"
)

// KeyLife is how long a request's key is remembered.
const KeyLife = 24 * time.Hour

// ErrKey: a request with the same key and another body was answered.
var ErrKey = problem.New(problem.Conflict, "idempotency_key", "This Idempotency-Key came before with another body. Use a new one for a new request.")

// Once does a program's request once, in one transaction with its key (the header Idempotency-Key of
// draft-ietf-httpapi-idempotency-key-header): the same key with the same body within [KeyLife] gives the id that the first made. A request
// that failed was none, so its key may come again. key "" remembers nothing. ErrKey, ErrInvalid, and those of fn.
func (ts *Tokens) Once(ctx context.Context, who actor.Actor, key string, body []byte, fn func(tx db.Tx) (made string, err error)) (made string, err error) {
	if len(key) > 128 {
		return "", problem.Field("Idempotency-Key", "A key has up to 128 characters.")
	}
	asker := who.Session
	// Neither is kept as it came: programs make keys of addresses, and a hash without our key would tell one to whoever guesses it.
	sum := fmt.Sprintf("%x", ts.Key.Sum("idempotency body", who.Org, asker, key, string(body)))
	remembered := fmt.Sprintf("%x", ts.Key.Sum("idempotency key", who.Org, asker, key))
	err = ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if key == "" {
			made, err = fn(tx)
			return err
		}
		q := query.New(tx)
		now := ts.DB.Now()
		n, err := q.Begin(ctx, query.BeginParams{OrgID: tx.Org, Asker: asker, Key: remembered, BodyHash: sum, CreatedAt: clock.Milli(now)})
		if err == nil && n == 0 {
			n, err = q.Renew(ctx, query.RenewParams{OrgID: tx.Org, Asker: asker, Key: remembered, BodyHash: sum, Now: clock.Milli(now), Before: clock.Milli(now.Add(-KeyLife))})
		}
		if err != nil {
			return err
		}
		if n == 0 {
			r, err := q.Request(ctx, tx.Org, asker, remembered)
			if err == nil && r.BodyHash != sum {
				err = ErrKey
			}
			made = r.MadeID
			return err
		}
		if made, err = fn(tx); err != nil {
			return err
		}
		_, err = q.Made(ctx, query.MadeParams{OrgID: tx.Org, Asker: asker, Key: remembered, MadeID: made})
		return err
	})
	return made, err
}

// Older counts remembered keys from before an instant.
func (ts *Tokens) Older(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	r, err := query.New(tx).Older(ctx, tx.Org, clock.Milli(before))
	return int(r.N), clock.Time(r.Oldest), err
}

// Forget removes them.
func (ts *Tokens) Forget(ctx context.Context, tx db.Tx, before time.Time) (int, error) {
	n, err := query.New(tx).Forget(ctx, tx.Org, clock.Milli(before))
	return int(n), err
}
