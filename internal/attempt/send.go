package attempt

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/promise"
	"candor/internal/response"
)

// Send is the candidate's press on send: what was last saved is what is sent. Pressing again, or after time ended the part,
// gives the same receipt. The attempt is submitted with its last part. ErrMissing, ErrNotStarted.
func (as *Attempts) Send(ctx context.Context, who actor.Actor, part string) (Sitting, error) {
	var out Sitting
	version, err := as.versionOf(ctx, who)
	if err != nil {
		return out, err
	}
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		s, err := as.holdPart(ctx, tx, a, part) // more time that comes in this moment must not make the press count for nothing
		if err != nil {
			return err
		}
		if s.State == Ready {
			return ErrNotStarted
		}
		if _, ok := s.State.Next(Hand); !ok {
			out = s
			return nil
		}
		finished := as.DB.Now()
		if end := s.End(); finished.After(end) {
			finished = end
		}
		if err := as.end(ctx, tx, who, a, s, version, ByCandidate, finished); err != nil {
			return err
		}
		out, err = as.sitting(ctx, tx, s.ID)
		return err
	})
	return out, err
}

func (as *Attempts) versionOf(ctx context.Context, who actor.Actor) (*assessment.Version, error) {
	var a Attempt
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		a, err = as.ofInvitation(ctx, tx, who)
		return err
	})
	if err != nil {
		return nil, err
	}
	return as.Whole(ctx, who.Org, a)
}

// end closes a running sitting by a guarded write over state and hard end (an extension that committed first wins), freezes what
// was saved on time, marks it, and submits the attempt when this was its last part.
func (as *Attempts) end(ctx context.Context, tx db.Tx, who actor.Actor, a Attempt, s Sitting, v *assessment.Version, by Cause, finished time.Time) error {
	q := query.New(tx)
	if _, err := q.Hold(ctx, tx.Org, string(s.ID)); err != nil { // no save slips between our look and our freeze
		return err
	}
	part, _ := v.Part(s.Part)
	if err := as.note(ctx, tx, a, part, s); err != nil {
		return err
	}
	answers, err := response.Current(ctx, tx, string(a.ID))
	if err != nil {
		return err
	}
	receipt := receiptOf(a, part, answers, finished)
	n, err := q.End(ctx, query.EndParams{EndedBy: string(by), Finished: clock.Milli(finished), Receipt: receipt, OrgID: tx.Org, ID: string(s.ID), Hard: clock.Milli(s.Clock.Hard())})
	if err != nil || n == 0 {
		return err // somebody ended or extended it first
	}
	if err := as.hand(ctx, tx, a, part, s); err != nil {
		return err
	}
	if err := as.freeze(ctx, tx, a, part, s, answers); err != nil {
		return err
	}
	if err := as.write(ctx, tx, who, s.ID, "end", "", 0, ""); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, as.DB.Now(), who, "part.end", string(s.ID), audit.Facts{"by": string(by), "receipt": receipt}); err != nil {
		return err
	}
	if err := PartSent.Announce(ctx, as.Jobs, tx, PartNote{tx.Org, string(a.ID), string(s.ID)}); err != nil {
		return err
	}
	return as.submit(ctx, tx, a, v)
}

// receiptOf is SHA-256 over the attempt, the part, its end and, in order, each item with its answer's hash and size, and those of what was said
// about how it was made.
func receiptOf(a Attempt, p assessment.Part, answers map[string]response.Revision, at time.Time) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %d\n", a.ID, p.Key, at.UnixMilli())
	for _, key := range items(p) {
		r := answers[key]
		fmt.Fprintf(h, "%s %s %d\n", key, r.SHA256, r.Size)
		if r, ok := answers[DisclosureKey(key)]; ok {
			fmt.Fprintf(h, "%s %s %d\n", r.Item, r.SHA256, r.Size)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// count makes a state of an answer what counts, or that there is none. It is stored whole: it stands by itself from now on.
func (as *Attempts) count(ctx context.Context, tx db.Tx, a Attempt, part, item string, r response.Revision) error {
	if err := response.Fix(ctx, tx, r); err != nil {
		return err
	}
	return query.New(tx).Freeze(ctx, query.FreezeParams{OrgID: tx.Org, AttemptID: string(a.ID), Item: item, Part: part, RevisionID: r.ID, Sha256: r.SHA256, Size: int64(r.Size)})
}

// freeze makes the answers of a part what counts, and marks them. Of a part that was opened again those that differ take the place of what counted.
func (as *Attempts) freeze(ctx context.Context, tx db.Tx, a Attempt, p assessment.Part, s Sitting, answers map[string]response.Revision) error {
	for _, it := range p.Items {
		r, ok := answers[it.Key]
		body := r.Body
		if !ok {
			body = it.Kind.Blank(it.Spec)
		}
		if err := as.sendSaid(ctx, tx, a, p.Key, it.Key, answers); err != nil {
			return err
		}
		var err error
		changed := true
		switch {
		case s.Epoch == 1:
			err = as.count(ctx, tx, a, p.Key, it.Key, r)
		case ok:
			changed, err = as.replace(ctx, tx, a, "reopen", p.Key, r)
		default:
			changed = false
		}
		if _, ok := it.Kind.(item.Hoster); ok {
			changed = true // what counts of the repository may be another commit
		}
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		if err := as.mark(ctx, tx, refOf(tx.Org, a, s.ID, it.Key), it, body); err != nil {
			return err
		}
	}
	return nil
}

// submit submits the attempt when no part is left: one guarded write. The opening's promises begin here.
func (as *Attempts) submit(ctx context.Context, tx db.Tx, a Attempt, v *assessment.Version) error {
	q := query.New(tx)
	if _, err := q.HoldAttempt(ctx, tx.Org, string(a.ID)); err != nil {
		return err
	}
	now := as.DB.Now()
	all, err := as.Sittings(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	h := sha256.New()
	for _, p := range v.Parts {
		fmt.Fprintf(h, "%s %s\n", p.Key, all[p.Key].Receipt)
	}
	sub := id.New("sub", now)
	n, err := q.Submit(ctx, query.SubmitParams{Submission: sub, Receipt: hex.EncodeToString(h.Sum(nil)), Now: clock.Milli(now), OrgID: tx.Org, ID: string(a.ID)})
	if err != nil || n == 0 {
		return err
	}
	if err := as.mean(ctx, tx, a.ID); err != nil {
		return err
	}
	inv, err := as.Openings.InvitationIn(ctx, tx, a.Invitation)
	if err != nil {
		return err
	}
	if err := as.Openings.Owe(ctx, tx, inv, now); err != nil {
		return err
	}
	return Submitted.Announce(ctx, as.Jobs, tx, SubmittedNote{tx.Org, string(a.ID), string(a.Application), sub})
}

// Withdraw is the candidate leaving: the application ends, what was sent stays until it is erased. ErrMissing.
func (as *Attempts) Withdraw(ctx context.Context, who actor.Actor) error {
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		if err := as.Openings.End(ctx, tx, who, a.Application, opening.Withdrawn); err != nil && !errors.Is(err, opening.ErrMoved) {
			return err
		}
		if _, err := query.New(tx).Withdraw(ctx, tx.Org, string(a.Application)); err != nil {
			return err
		}
		return as.Openings.Unowe(ctx, tx, a.Application, promise.Reply, promise.Review, promise.Feedback)
	})
}
