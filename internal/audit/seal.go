package audit

import (
	"context"
	"time"

	"candor/internal/audit/internal/query"
	"candor/internal/db"
)

// Often is how often [Seal] should be called: for so long an act stands outside of the chain, where nobody would notice that it was edited.
const Often = 5 * time.Second

// few is how many one transaction seals at most: saves wait for it on SQLite.
const few = 200

// Seal appends the acts of an organisation that wait to its chain, the oldest first.
//
// It is not done by [Record] because of what it holds up. On PostgreSQL every act of an organisation waited for the act before it to be
// committed, and who waited kept a connection from those who only save: of 280 looks at what backends were doing while 1,000 people
// started within 10 s, 182 found them at this one lock.
func Seal(ctx context.Context, d *db.DB, org string) error {
	for n := few; n == few; {
		var waits bool
		err := d.Read(ctx, org, func(tx db.Tx) (err error) {
			waits, err = query.New(tx).Waits(ctx, org)
			return err
		})
		if err != nil || !waits {
			return err
		}
		err = d.Write(ctx, org, func(tx db.Tx) (err error) {
			n, err = seal(ctx, tx, few)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// seal appends the oldest and says how many. The write to the chain's head guards: two at once append one after the other.
func seal(ctx context.Context, tx db.Tx, most int) (int, error) {
	q := query.New(tx)
	head, err := hold(ctx, q, tx.Org)
	if err != nil {
		return 0, err
	}
	acts, err := q.Acts(ctx, tx.Org, int32(most))
	if err != nil || len(acts) == 0 {
		return 0, err
	}
	for _, a := range acts {
		l := act(tx.Org, a)
		l.N, l.previous = head.N+1, head.Hash
		l.hash = l.sum()
		err := q.AddLine(ctx, query.AddLineParams{OrgID: tx.Org, ID: l.ID, N: l.N, At: a.At, ActorKind: a.ActorKind, ActorID: a.ActorID, Verb: a.Verb,
			Subject: a.Subject, Facts: l.factsJSON(), Previous: l.previous, Hash: l.hash})
		if err != nil {
			return 0, err
		}
		if _, err := q.DropAct(ctx, tx.Org, l.ID); err != nil {
			return 0, err
		}
		head = query.HeadRow{N: l.N, Hash: l.hash}
	}
	_, err = q.MoveHead(ctx, tx.Org, head.N, head.Hash)
	return len(acts), err
}

// hold takes the chain's head for this transaction.
func hold(ctx context.Context, q *query.Queries, org string) (query.HeadRow, error) {
	n, err := q.HoldHead(ctx, org)
	if err == nil && n == 0 {
		if _, err = q.FirstHead(ctx, org); err == nil {
			_, err = q.HoldHead(ctx, org)
		}
	}
	if err != nil {
		return query.HeadRow{}, err
	}
	return q.Head(ctx, org)
}

// waiting are the newest acts that are not in the chain yet, of one subject or ("") of all.
func waiting(ctx context.Context, tx db.Tx, subject string, most int) ([]Line, error) {
	rows, err := query.New(tx).ActsOf(ctx, tx.Org, subject, int32(most))
	var out []Line
	for _, r := range rows {
		out = append(out, act(tx.Org, query.ActsRow(r)))
	}
	return out, err
}

func act(org string, a query.ActsRow) Line {
	return line(org, query.AfterRow{ID: a.ID, At: a.At, ActorKind: a.ActorKind, ActorID: a.ActorID, Verb: a.Verb, Subject: a.Subject, Facts: a.Facts})
}
