package greenhouse

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/greenhouse/internal/query"
	"candor/internal/hook"
	"candor/internal/id"
	"candor/internal/opening"
	"candor/internal/org"
)

// Report keeps what Greenhouse could not read, with ids and without the candidate's address.
func (g *Greenhouse) Report(ctx context.Context, who actor.Actor, call string, errs []string, test, email string) error {
	words := strings.Join(errs, "\n")
	if email != "" {
		words = strings.ReplaceAll(words, email, "(address)")
	}
	return g.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		now := g.DB.Now()
		return query.New(tx).AddError(ctx, query.AddErrorParams{OrgID: tx.Org, ID: id.New("gre", now), Call: cut(call, 100), Words: cut(words, 2000), TestID: cut(test, 100), CreatedAt: clock.Milli(now)})
	})
}

func cut(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// Listed is a test as the owner's page shows it.
type Listed struct {
	ID     TestID
	App    opening.ApplicationID
	At     time.Time
	State  hook.DeliveryState
	Tries  int
	Due    time.Time
	Status int    // of the last answer; 0: there was none
	Answer string // its first bytes, or why there was none
}

// Report is what Greenhouse could not read.
type Report struct {
	Call, Words string
	At          time.Time
}

// Log are the newest 100 tests and 50 reports, and when Greenhouse last sent one; zero: never. ErrRole of org.
func (g *Greenhouse) Log(ctx context.Context, who actor.Actor) (tests []Listed, reports []Report, seen time.Time, err error) {
	if err := org.Need(who, "greenhouse.change"); err != nil {
		return nil, nil, seen, err
	}
	err = g.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		k, err := q.Key(ctx, tx.Org)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		seen = clock.Time(k.SeenAt)
		rows, err := q.Tests(ctx, tx.Org)
		if err != nil {
			return err
		}
		for _, r := range rows {
			tests = append(tests, Listed{TestID(r.ID), opening.ApplicationID(r.ApplicationID), clock.Time(r.CreatedAt), hook.DeliveryState(r.State), int(r.Tries), clock.Time(r.DueAt), int(r.Status), r.Answer})
		}
		wrong, err := q.Errors(ctx, tx.Org)
		for _, r := range wrong {
			reports = append(reports, Report{r.Call, r.Words, clock.Time(r.CreatedAt)})
		}
		return err
	})
	return tests, reports, seen, err
}
