package notify

import (
	"context"

	"candor/internal/batch"
	"candor/internal/db"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
)

// BatchMails is how far the newest mails to the people of a batch are.
type BatchMails struct {
	Sent, Refused, Waiting int       // Refused also counts those that came back; Waiting also counts those that are not written yet
	Not                    []Refusal // the first 100 refused ones, in the order of the list
}

// Refusal is a mail that the server would not have, or that came back.
type Refusal struct {
	Application opening.ApplicationID
	Email       string
	Words       string // the server's
}

// OfBatch counts the mails of a batch; who may read it, and whose name, is the caller's loaders' business.
func (n *Notify) OfBatch(ctx context.Context, tx db.Tx, b batch.Batch) (BatchMails, error) {
	q := query.New(tx)
	out := BatchMails{Waiting: b.Invited}
	counts, err := q.OfBatch(ctx, string(opening.Invited), tx.Org, string(b.ID))
	if err != nil {
		return out, err
	}
	for _, c := range counts {
		switch State(c.State) {
		case Queued:
			continue
		case Sent:
			out.Sent += int(c.N)
		case Refused, Bounced:
			out.Refused += int(c.N)
		}
		out.Waiting -= int(c.N)
	}
	refused, err := q.RefusedOfBatch(ctx, string(opening.Invited), tx.Org, string(b.ID))
	for _, r := range refused {
		out.Not = append(out.Not, Refusal{opening.ApplicationID(r.ApplicationID), r.ToEmail, r.Error})
	}
	return out, err
}
