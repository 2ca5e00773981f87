// Package privacy lets people have, take along and end what is kept about them. Every noun that keeps personal data registers an
// Eraser in app; erasing shows a preview first and then removes it everywhere in one transaction. Ids in audits and ledgers stay:
// they name nobody any more.
package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/response"
)

// Eraser is one noun's part: what it would remove, and removing it. Counts are by words that people read.
type Eraser struct {
	Name    string
	Preview func(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error)
	Erase   func(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error)
}

// Privacy does it.
type Privacy struct {
	DB         *db.DB
	Candidates *candidate.Candidates
	Openings   *opening.Openings
	Attempts   *attempt.Attempts
	Promises   *promise.Promises
	Erasers    []Eraser
}

// ErrMissing: no such person for the asker.
var ErrMissing = problem.New(problem.Missing, "privacy_missing", "There is nothing here, or it is not yours to see.")

func may(who actor.Actor, c candidate.ID) error {
	if who.Kind == actor.Candidate && who.Subject == string(c) || who.Kind == actor.Member && org.May(who, "candidate.erase") || who.Kind == actor.System {
		return nil
	}
	return ErrMissing
}

// person gathers everything that belongs to one candidate.
func (ps *Privacy) person(ctx context.Context, tx db.Tx, c candidate.ID) (db.Person, error) {
	who, err := ps.Candidates.In(ctx, tx, c)
	if err != nil {
		return db.Person{}, err
	}
	p := db.Person{Org: tx.Org, Candidate: string(c), Names: []string{who.Name, who.Email}}
	apps, err := ps.Openings.ApplicationsOf(ctx, tx, string(c))
	if err != nil {
		return p, err
	}
	for _, a := range apps {
		p.Applications = append(p.Applications, string(a.ID))
		invs, err := ps.Openings.InvitationsOf(ctx, tx, a.ID)
		if err != nil {
			return p, err
		}
		for _, i := range invs {
			p.Invitations = append(p.Invitations, string(i.ID))
		}
		ats, err := ps.Attempts.Of(ctx, tx, a.ID)
		if err != nil {
			return p, err
		}
		for _, at := range ats {
			p.Attempts = append(p.Attempts, string(at.ID))
		}
	}
	return p, nil
}

// Count is one line of a preview.
type Count struct {
	What string
	N    int
}

// Preview says what erasing a person would remove. ErrMissing.
func (ps *Privacy) Preview(ctx context.Context, who actor.Actor, c candidate.ID) ([]Count, error) {
	if err := may(who, c); err != nil {
		return nil, err
	}
	var out []Count
	err := ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		p, err := ps.person(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, e := range ps.Erasers {
			counts, err := e.Preview(ctx, tx, p)
			if err != nil {
				return fmt.Errorf("privacy: %s: %w", e.Name, err)
			}
			for what, n := range counts {
				if n > 0 {
					out = append(out, Count{what, n})
				}
			}
		}
		return nil
	})
	return out, err
}

// Erase removes a person everywhere, at once and for good; applications under way end as withdrawn. ErrMissing.
func (ps *Privacy) Erase(ctx context.Context, who actor.Actor, c candidate.ID) error {
	if err := may(who, c); err != nil {
		return err
	}
	return ps.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		p, err := ps.person(ctx, tx, c)
		if err != nil {
			return err
		}
		for _, a := range p.Applications {
			app, err := ps.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(a))
			if err != nil {
				return err
			}
			if app.Status == opening.Active {
				if err := ps.Openings.End(ctx, tx, who, app.ID, opening.Withdrawn); err != nil {
					return err
				}
				if err := ps.Promises.Keep(ctx, tx, promise.Reply, a, ps.DB.Now()); err != nil {
					return err
				}
			}
		}
		for _, e := range ps.Erasers {
			if _, err := e.Erase(ctx, tx, p); err != nil {
				return fmt.Errorf("privacy: %s: %w", e.Name, err)
			}
		}
		return audit.Record(ctx, tx, ps.DB.Now(), who, "candidate.erase", string(c), nil)
	})
}

// Export is everything that is kept about the asking candidate and theirs to have, as JSON.
func (ps *Privacy) Export(ctx context.Context, who actor.Actor) ([]byte, error) {
	v, err := ps.Attempts.View(ctx, who)
	if err != nil {
		return nil, err
	}
	ledger, err := ps.Attempts.Ledger(ctx, who)
	if err != nil {
		return nil, err
	}
	type revision struct {
		N        int64             `json:"n"`
		Standing response.Standing `json:"standing"`
		Received time.Time         `json:"received"`
		Size     int               `json:"size"`
	}
	type answer struct {
		Item    string          `json:"item"`
		Body    json.RawMessage `json:"body"`
		SHA256  string          `json:"sha256"`
		History []revision      `json:"history"`
	}
	out := struct {
		Name, Email, Zone, Opening, Assessment string
		Adjustment                             int `json:"time_permille"`
		Answers                                []answer
		Notes                                  map[string]string
		Time                                   []attempt.Entry
		Promises                               []promise.Promise
	}{v.Candidate.Name, v.Candidate.Email, v.Candidate.Zone, v.Opening.Title, v.Version.Title, v.Adjusted.Factor, nil, v.Afterwords, ledger, v.Promises}
	for _, p := range v.Version.Parts {
		for _, it := range p.Items {
			r, ok := v.Answers[it.Key]
			if !ok {
				continue
			}
			a := answer{Item: it.Key, Body: r.Body, SHA256: r.SHA256}
			list, err := ps.Attempts.History(ctx, who, it.Key)
			if err != nil {
				return nil, err
			}
			for _, h := range list {
				a.History = append(a.History, revision{h.N, h.Standing, h.Received, h.Size})
			}
			out.Answers = append(out.Answers, a)
		}
	}
	return json.MarshalIndent(out, "", "  ")
}
