package attempt

import (
	"context"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
)

// SubmittedItem is one frozen answer.
type SubmittedItem struct {
	Key    string
	Part   string
	Body   []byte // nil: nothing was ever saved
	SHA256 string
	Size   int
}

// MarkState is a mark with whether it is there yet.
type MarkState struct {
	item.Mark
	State string               // pending, done, failed
	By    assessment.VersionID // by whose item it was made; "" is the version that was answered
}

// Submission is what reviewers read.
type Submission struct {
	ID          string
	Attempt     Attempt
	Application opening.ApplicationID
	At          time.Time
	Receipt     string
	Items       map[string]SubmittedItem
	Marks       map[string]MarkState
	Afterwords  map[string]string
	Said        map[string][]Told // about how an answer was made, by item
}

// Submission reads a submitted attempt; who may see it is the caller's loader's business. ErrMissing while it is not submitted.
func (as *Attempts) Submission(ctx context.Context, tx db.Tx, a ID) (Submission, error) {
	at, err := as.In(ctx, tx, a)
	if err != nil {
		return Submission{}, err
	}
	if at.State != "submitted" {
		return Submission{}, ErrMissing
	}
	out := Submission{ID: at.Submission, Attempt: at, Application: at.Application, At: at.Submitted, Receipt: at.Receipt,
		Items: map[string]SubmittedItem{}, Marks: map[string]MarkState{}, Afterwords: map[string]string{}}
	list, err := as.frozen(ctx, tx, at)
	if err != nil {
		return out, err
	}
	var disclosures []SubmittedItem
	for _, s := range list {
		if _, disclosed := about(s.Key); disclosed {
			disclosures = append(disclosures, s)
			continue
		}
		out.Items[s.Key] = s
	}
	if out.Said, err = as.told(ctx, tx, at, disclosures); err != nil {
		return out, err
	}
	q := query.New(tx)
	marks, err := q.Marks(ctx, tx.Org, string(a))
	if err != nil {
		return out, err
	}
	for _, m := range marks {
		out.Marks[m.Item] = MarkState{item.Mark{Share: float64(m.SharePpm) / 1e6, Why: m.Why, Provisional: m.Provisional, Detail: []byte(m.Detail)}, m.State, assessment.VersionID(m.ByVersion)}
	}
	words, err := q.Afterwords(ctx, tx.Org, string(a))
	for _, w := range words {
		out.Afterwords[w.Part] = w.Body
	}
	return out, err
}

func (as *Attempts) frozen(ctx context.Context, tx db.Tx, a Attempt) ([]SubmittedItem, error) {
	rows, err := query.New(tx).Frozen(ctx, tx.Org, string(a.ID))
	var out []SubmittedItem
	for _, r := range rows {
		s := SubmittedItem{Key: r.Item, Part: r.Part, SHA256: r.Sha256, Size: int(r.Size)}
		if r.Body.Valid {
			s.Body = []byte(r.Body.String)
		}
		out = append(out, s)
	}
	return out, err
}

// Sent are the frozen answers of the asking candidate, for the receipt.
func (as *Attempts) Sent(ctx context.Context, who actor.Actor) ([]SubmittedItem, error) {
	var out []SubmittedItem
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		out, err = as.frozen(ctx, tx, a)
		return err
	})
	return out, err
}
