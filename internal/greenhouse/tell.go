package greenhouse

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/greenhouse/internal/query"
	"candor/internal/hook"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/token"
)

// tell is the job of one try of a PATCH.
const tell = job.Task[tellNote]("greenhouse.tell")

type tellNote struct {
	Org, Test string
	Try       int
}

// Listen wires when a test is complete, and the telling.
func (g *Greenhouse) Listen() {
	job.Listen(g.Jobs, review.AllFiled, "greenhouse.complete", job.Housekeeping, g.complete)
	job.Work(g.Jobs, tell, job.Hooks, g.tell)
}

// complete begins to tell of the tests that a round belongs to. The state is the guard, so a job that runs twice tells once.
func (g *Greenhouse) complete(ctx context.Context, n review.RoundNote) error {
	return g.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		rounds, err := g.Reviews.RoundsOf(ctx, tx, opening.ApplicationID(n.Application))
		if err != nil {
			return err
		}
		for _, r := range rounds {
			if r.Attempt != n.Attempt {
				continue
			}
			tests, err := query.New(tx).TestsOf(ctx, tx.Org, n.Application, string(r.Stage))
			if err != nil {
				return err
			}
			for _, t := range tests {
				if err := g.finish(ctx, tx, TestID(t)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// finish begins to tell of one test, once.
func (g *Greenhouse) finish(ctx context.Context, tx db.Tx, t TestID) error {
	changed, err := query.New(tx).Finish(ctx, tx.Org, string(t), clock.Milli(g.DB.Now()))
	if err != nil || changed == 0 {
		return err
	}
	return tell.Enqueue(ctx, g.Jobs, tx, tellNote{tx.Org, string(t), 0})
}

// tell tries once. The try is counted by a guarded write.
func (g *Greenhouse) tell(ctx context.Context, n tellNote) error {
	var r query.TestRow
	var key string
	err := g.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		if r, err = query.New(tx).Test(ctx, tx.Org, n.Test); err != nil {
			return err
		}
		key, err = g.key(ctx, tx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it was erased meanwhile
	}
	if err != nil || hook.DeliveryState(r.State) != hook.Waiting || int(r.Tries) != n.Try {
		return err
	}
	if key == "" {
		return g.settle(ctx, n, hook.Dead, 0, "Not sent: there is no key that Greenhouse used.", time.Time{})
	}
	if _, _, err := g.Tokens.Actor(ctx, key, n.Org, token.Greenhouse); err != nil {
		if _, refused := problem.As(err); !refused {
			return err
		}
		return g.settle(ctx, n, hook.Dead, 0, "Not sent: the key that Greenhouse used last has ended.", time.Time{})
	}
	if !g.ours(r.Url) {
		return g.settle(ctx, n, hook.Dead, 0, "Not sent: the address is not one of Greenhouse.", time.Time{})
	}
	req, err := request(ctx, r.Url, key)
	if err != nil {
		return g.settle(ctx, n, hook.Dead, 0, "The request could not be made.", time.Time{})
	}
	status, answer, later := g.Hooks.Ask(req)
	s, pause := hook.Next(n.Try, status, later)
	if s != hook.Waiting {
		return g.settle(ctx, n, s, status, answer, time.Time{})
	}
	return g.settle(ctx, n, s, status, answer, g.DB.Now().Add(pause))
}

// key is the one that Greenhouse used last; "" is none.
func (g *Greenhouse) key(ctx context.Context, tx db.Tx) (string, error) {
	k, err := query.New(tx).Key(ctx, tx.Org)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	b, err := base64.StdEncoding.DecodeString(k.Sealed)
	if err != nil {
		return "", err
	}
	plain, err := g.Key.Unseal(g.purpose(tx.Org), b)
	return string(plain), err
}

func (g *Greenhouse) settle(ctx context.Context, n tellNote, s hook.DeliveryState, status int, answer string, due time.Time) error {
	return g.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		changed, err := query.New(tx).Settle(ctx, query.SettleParams{OrgID: tx.Org, ID: n.Test, Tries: int64(n.Try), State: string(s), Status: int64(status), Answer: answer, DueAt: clock.Milli(due),
			Now: clock.Milli(g.DB.Now())})
		if err != nil || changed == 0 || due.IsZero() {
			return err
		}
		return tell.Enqueue(ctx, g.Jobs, tx, tellNote{n.Org, n.Test, n.Try + 1}, job.At(due))
	})
}

// Again tells of a test that was given up, from the beginning of the schedule. ErrRole of org, ErrMissing.
func (g *Greenhouse) Again(ctx context.Context, who actor.Actor, t TestID) error {
	if err := org.Need(who, "greenhouse.change"); err != nil {
		return err
	}
	return g.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		now := g.DB.Now()
		n, err := query.New(tx).Again(ctx, tx.Org, string(t), clock.Milli(now))
		if err == nil && n == 0 {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "greenhouse.again", string(t), nil); err != nil {
			return err
		}
		return tell.Enqueue(ctx, g.Jobs, tx, tellNote{tx.Org, string(t), 0})
	})
}

// request is the PATCH of a complete test.
func request(ctx context.Context, address, key string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPatch, address, nil)
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth(key, "")
	r.Header.Set("User-Agent", "Candor")
	return r, nil
}
