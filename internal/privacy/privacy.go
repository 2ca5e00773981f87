// Package privacy lets people have, take along and end what is kept about them, and ends it by itself when its time is over.
//
// Every noun that keeps personal data registers an Eraser in app; erasing shows a preview first and then removes it everywhere in one
// transaction. Ids and numbers stay for a while: they name nobody any more. At night [Privacy.Night] does what the rights page says:
// what was written about an application goes with the organisation's months after its end, the person with their last application,
// ids and numbers after 24 months, and what has an age of its own by the Rules. A hold keeps an application from all of it.
package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/appeal"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/integrity"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/privacy/internal/query"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/repo"
	"candor/internal/response"
	"candor/internal/thread"
	"candor/internal/upload"
)

// Eraser is one noun's part. Preview counts what Erase would remove, by words that people read; both are nil for a noun that keeps
// ids and numbers only. Drop removes the rows that are left once their time is over too; nil where Erase leaves none.
type Eraser struct {
	Name    string
	Preview func(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error)
	Erase   func(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error)
	Drop    func(ctx context.Context, tx db.Tx, p db.Person) error
}

// Privacy does it.
type Privacy struct {
	DB         *db.DB
	Candidates *candidate.Candidates
	Openings   *opening.Openings
	Attempts   *attempt.Attempts
	Repos      *repo.Repos
	Integrity  *integrity.Integrity
	Appeals    *appeal.Appeals
	Threads    *thread.Threads
	Uploads    *upload.Uploads
	Erasers    []Eraser // upper nouns first
	Rules      []Rule
}

var (
	// ErrMissing: no such person for the asker.
	ErrMissing = problem.New(problem.Missing, "privacy_missing", "There is nothing here, or it is not yours to see.")
	// ErrHeld: an application of the person is kept until somebody lifts the hold.
	ErrHeld = problem.New(problem.Conflict, "privacy_held", "This must be kept for now, because it may be needed to settle a claim. Write to the person who invited you: they can say why, and end it.")
)

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
	apps, err := ps.Openings.ApplicationsOf(ctx, tx, string(c))
	if err != nil {
		return db.Person{}, err
	}
	var ids []opening.ApplicationID
	for _, a := range apps {
		ids = append(ids, a.ID)
	}
	p, err := ps.part(ctx, tx, ids...)
	p.Candidate, p.Names = string(c), []string{who.Name, who.Email}
	return p, err
}

// part gathers what belongs to some applications, and not to the person beside them.
func (ps *Privacy) part(ctx context.Context, tx db.Tx, apps ...opening.ApplicationID) (db.Person, error) {
	p := db.Person{Org: tx.Org}
	for _, a := range apps {
		p.Applications = append(p.Applications, string(a))
		invs, err := ps.Openings.InvitationsOf(ctx, tx, a)
		if err != nil {
			return p, err
		}
		for _, i := range invs {
			p.Invitations = append(p.Invitations, string(i.ID))
		}
		ats, err := ps.Attempts.Of(ctx, tx, a)
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

// Preview says what erasing a person would remove, by words in order. ErrMissing.
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
		out, err = ps.over(func(e Eraser) (map[string]int, error) {
			if e.Preview == nil {
				return nil, nil
			}
			return e.Preview(ctx, tx, p)
		})
		return err
	})
	return out, err
}

// Erase removes a person everywhere, at once and for good; applications under way end as withdrawn. Holding the candidate is the
// guarding write. It gives what it removed, in the words and the order of Preview. ErrMissing, ErrHeld.
func (ps *Privacy) Erase(ctx context.Context, who actor.Actor, c candidate.ID) ([]Count, error) {
	if err := may(who, c); err != nil {
		return nil, err
	}
	var out []Count
	err := ps.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		err := ps.Candidates.Hold(ctx, tx, c)
		if err == nil {
			out, err = ps.erasePerson(ctx, tx, who, c, "candidate.erase")
		}
		return err
	})
	if err == nil {
		ps.DB.Scrub(ctx) // every row is gone; what pages and the log may still hold of it goes at night
	}
	return out, err
}

// erasePerson erases a person whom the caller holds. ErrHeld.
func (ps *Privacy) erasePerson(ctx context.Context, tx db.Tx, who actor.Actor, c candidate.ID, verb string) ([]Count, error) {
	p, err := ps.person(ctx, tx, c)
	if err != nil {
		return nil, err
	}
	if err := ps.end(ctx, tx, who, p.Applications); err != nil {
		return nil, err
	}
	n, err := query.New(tx).HoldsOf(ctx, tx.Org, string(c))
	if err != nil {
		return nil, err
	}
	if n > 0 {
		return nil, ErrHeld
	}
	out, err := ps.erase(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	return out, audit.Record(ctx, tx, ps.DB.Now(), who, verb, string(c), nil)
}

// end holds applications and ends those under way: nobody waits for a reply any more.
func (ps *Privacy) end(ctx context.Context, tx db.Tx, who actor.Actor, apps []string) error {
	for _, a := range apps {
		if err := ps.Openings.HoldApplication(ctx, tx, opening.ApplicationID(a)); err != nil {
			return err
		}
		app, err := ps.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(a))
		if err != nil {
			return err
		}
		if app.Status != opening.Active {
			continue
		}
		if err := ps.Openings.End(ctx, tx, who, app.ID, opening.Withdrawn); err != nil {
			return err
		}
	}
	return nil
}

// erase runs every Eraser and says what it removed.
func (ps *Privacy) erase(ctx context.Context, tx db.Tx, p db.Person) ([]Count, error) {
	if err := tx.Erased(ctx); err != nil {
		return nil, err
	}
	return ps.over(func(e Eraser) (map[string]int, error) {
		if e.Erase == nil {
			return nil, nil
		}
		return e.Erase(ctx, tx, p)
	})
}

// over adds up what fn counts of each noun.
func (ps *Privacy) over(fn func(Eraser) (map[string]int, error)) ([]Count, error) {
	var out []Count
	for _, e := range ps.Erasers {
		counts, err := fn(e)
		if err != nil {
			return nil, fmt.Errorf("privacy: %s: %w", e.Name, err)
		}
		for what, n := range counts {
			if n > 0 {
				out = append(out, Count{what, n})
			}
		}
	}
	slices.SortFunc(out, func(a, b Count) int { return strings.Compare(a.What, b.What) })
	return out, nil
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
	repositories, err := ps.repositories(ctx, who, v.Attempt.ID)
	if err != nil {
		return nil, err
	}
	files, err := ps.added(ctx, who, v.Attempt.ID)
	if err != nil {
		return nil, err
	}
	questions, err := ps.questions(ctx, who, v.Attempt.Application)
	if err != nil {
		return nil, err
	}
	conversation, err := ps.conversation(ctx, who)
	if err != nil {
		return nil, err
	}
	again, err := ps.secondLook(ctx, who)
	if err != nil {
		return nil, err
	}
	type revision struct {
		N        int64             `json:"n"`
		Standing response.Standing `json:"standing"`
		Received time.Time         `json:"received,omitzero"` // kept for 90 days
		Size     int               `json:"size"`
		Device   string            `json:"device,omitempty"`
	}
	type made struct {
		Used       []string `json:"used"`
		Words      string   `json:"words"`
		Transcript string   `json:"transcript,omitempty"`
		Late       bool     `json:"after_sending"`
	}
	type answer struct {
		Item    string          `json:"item"`
		Asked   string          `json:"asked,omitempty"` // of a question about their own work: its words, with the code
		Body    json.RawMessage `json:"body,omitzero"`   // what counts; nothing where all of it came late
		SHA256  string          `json:"sha256"`
		History []revision      `json:"history"`
		Made    *made           `json:"how_it_was_made,omitempty"`
	}
	out := struct {
		Name, Email, Zone, Opening, Assessment string
		Adjustment                             int `json:"time_permille"`
		Answers                                []answer
		Notes                                  map[string]string
		Time                                   []attempt.Entry
		Promises                               []promise.Promise
		Repositories                           []repository
		Files                                  []added `json:",omitempty"`
		Questions                              []question
		Conversation                           []message
		SecondLook                             *secondLook `json:",omitempty"`
	}{v.Candidate.Name, v.Candidate.Email, v.Candidate.Zone, v.Opening.Title, v.Version.Title, v.Adjusted.Factor, nil, v.Afterwords, ledger, v.Promises, repositories, files, questions, conversation, again}
	for _, p := range v.Version.Parts {
		for _, it := range p.Items {
			r := v.Answers[it.Key]
			a := answer{Item: it.Key, Body: r.Body, SHA256: r.SHA256}
			if p.Key == attempt.ExplainPart || attempt.IsTurn(p.Key) {
				a.Asked = it.Head.Statement
			}
			for before := int64(0); ; {
				list, err := ps.Attempts.History(ctx, who, it.Key, before)
				if err != nil {
					return nil, err
				}
				for _, h := range list {
					a.History = append(a.History, revision{h.N, h.Standing, h.Received, h.Size, h.Device})
					before = h.N
				}
				if len(list) < attempt.StatesPerPage {
					break
				}
			}
			said, err := ps.Attempts.Saying(ctx, who, it.Key)
			if err != nil {
				return nil, err
			}
			if said.Said {
				a.Made = &made{said.Used, said.Words, said.Transcript, said.Late}
			}
			if a.History != nil || a.Made != nil || a.Asked != "" {
				out.Answers = append(out.Answers, a)
			}
		}
	}
	return json.MarshalIndent(out, "", "  ")
}
