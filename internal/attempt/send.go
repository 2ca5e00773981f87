package attempt

import (
	"bytes"
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
		all, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		s, ok := all[part]
		if !ok {
			return ErrMissing
		}
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(s.ID)); err != nil { // more time that comes in this moment must not make the press count for nothing
			return err
		}
		if s, err = as.sitting(ctx, tx, s.ID); err != nil {
			return err
		}
		switch {
		case s.State == Ready:
			return ErrNotStarted
		}
		if _, ok := s.State.Next(Hand); !ok {
			out = s
			return nil
		}
		now := as.DB.Now()
		finished := now
		if end := s.End(); now.After(end) {
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
	return as.Assessments.Version(ctx, who.Org, a.Version)
}

// end closes a running sitting by a guarded write over state and hard end (an extension that committed first wins), freezes what
// was saved on time, marks it, and submits the attempt when this was its last part.
func (as *Attempts) end(ctx context.Context, tx db.Tx, who actor.Actor, a Attempt, s Sitting, v *assessment.Version, by Cause, finished time.Time) error {
	q := query.New(tx)
	if _, err := q.Hold(ctx, tx.Org, string(s.ID)); err != nil { // no save slips between our look and our freeze
		return err
	}
	answers, err := response.Current(ctx, tx, string(a.ID))
	if err != nil {
		return err
	}
	part, _ := v.Part(s.Part)
	receipt := receiptOf(a, part, answers, finished)
	n, err := q.End(ctx, query.EndParams{EndedBy: string(by), Finished: clock.Milli(finished), Receipt: receipt, OrgID: tx.Org, ID: string(s.ID), Hard: clock.Milli(s.Clock.Hard())})
	if err != nil || n == 0 {
		return err // somebody ended or extended it first
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

// receiptOf is SHA-256 over the attempt, the part, its end and, in order, each item with its answer's hash and size.
func receiptOf(a Attempt, p assessment.Part, answers map[string]response.Revision, at time.Time) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %d\n", a.ID, p.Key, at.UnixMilli())
	for _, key := range items(p) {
		r := answers[key]
		fmt.Fprintf(h, "%s %s %d\n", key, r.SHA256, r.Size)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// freeze makes the answers of a part what counts, and marks them. Of a part that was opened again those that differ take the place of what counted.
func (as *Attempts) freeze(ctx context.Context, tx db.Tx, a Attempt, p assessment.Part, s Sitting, answers map[string]response.Revision) error {
	q := query.New(tx)
	for _, it := range p.Items {
		r, ok := answers[it.Key]
		body := r.Body
		if !ok {
			body = it.Kind.Blank(it.Spec)
		}
		var err error
		changed := true
		switch {
		case s.Epoch == 1:
			err = q.Freeze(ctx, query.FreezeParams{OrgID: tx.Org, AttemptID: string(a.ID), Item: it.Key, Part: p.Key, RevisionID: r.ID, Sha256: r.SHA256, Size: int64(r.Size)})
		case ok:
			changed, err = as.replace(ctx, tx, a, "reopen", p.Key, r)
		default:
			changed = false
		}
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		ref := item.Ref{Org: tx.Org, Owner: string(a.ID), Version: string(a.Version), Item: it.Key, Sitting: string(s.ID)}
		if err := as.mark(ctx, tx, ref, it, body); err != nil {
			return err
		}
	}
	return nil
}

// mark marks at once what can be, and starts what takes longer.
func (as *Attempts) mark(ctx context.Context, tx db.Tx, ref item.Ref, it assessment.PartItem, body []byte) error {
	put := query.PutMarkParams{OrgID: tx.Org, AttemptID: ref.Owner, Item: ref.Item, At: clock.Milli(as.DB.Now())}
	if m, ok := it.Kind.(item.Marker); ok {
		got, err := m.Mark(it.Spec, body)
		if err != nil {
			return err
		}
		fill(&put, got)
		return query.New(tx).PutMark(ctx, put)
	}
	if m, ok := it.Kind.(item.LateMarker); ok {
		put.State, put.Why = "pending", "Being run"
		if err := query.New(tx).PutMark(ctx, put); err != nil {
			return err
		}
		return m.Start(ctx, tx, ref, it.Spec, body)
	}
	return nil
}

func fill(p *query.PutMarkParams, m item.Mark) {
	p.State, p.SharePpm, p.Why, p.Provisional, p.Detail = "done", int64(m.Share*1e6+.5), m.Why, m.Provisional, string(m.Detail)
}

// Finish puts the mark of an item whose run has ended; ran is the answer that was run, and where another one counts by now nothing is changed.
// failed says that the judge could not (never the candidate's fault).
func (as *Attempts) Finish(ctx context.Context, o string, a ID, itemKey string, ran, result []byte, failed bool) error {
	var at Attempt
	var body []byte
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		if at, err = as.In(ctx, tx, a); err != nil {
			return err
		}
		sub, err := as.frozen(ctx, tx, at)
		for _, s := range sub {
			if s.Key == itemKey {
				body = s.Body
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	v, err := as.Assessments.Version(ctx, o, at.Version)
	if err != nil {
		return err
	}
	it, _, ok := v.Item(itemKey)
	if !ok {
		return ErrMissing
	}
	m, ok := it.Kind.(item.LateMarker)
	if !ok {
		return errors.New("attempt: " + it.Kind.Name() + " marks at once")
	}
	if body == nil {
		body = it.Kind.Blank(it.Spec)
	}
	if !bytes.Equal(body, ran) {
		return nil
	}
	put := query.PutMarkParams{OrgID: o, AttemptID: string(a), Item: itemKey, State: "failed", Why: "We could not run this. That is our fault; somebody looks at it.", At: clock.Milli(as.DB.Now())}
	if !failed {
		got, err := m.Finish(it.Spec, body, result)
		if err != nil {
			return err
		}
		fill(&put, got)
	}
	return as.DB.Write(ctx, o, func(tx db.Tx) error {
		_, err := query.New(tx).FinishMark(ctx, query.FinishMarkParams{State: put.State, SharePpm: put.SharePpm, Why: put.Why, Provisional: put.Provisional,
			Detail: put.Detail, At: put.At, OrgID: o, AttemptID: put.AttemptID, Item: put.Item})
		return err // no row: it was erased meanwhile
	})
}

// submit submits the attempt when no part is left: one guarded write. The reply promise begins here.
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
	inv, err := as.Openings.InvitationIn(ctx, tx, a.Invitation)
	if err != nil {
		return err
	}
	op, err := as.Openings.In(ctx, tx, inv.Opening)
	if err != nil {
		return err
	}
	o, err := as.Orgs.In(ctx, tx)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		zone = time.UTC
	}
	if err := as.Promises.Owe(ctx, tx, promise.Reply, string(a.Application), op.ReplyDays, now, zone); err != nil {
		return err
	}
	return Submitted.Announce(ctx, as.Jobs, tx, SubmittedNote{tx.Org, string(a.ID), string(a.Application), sub})
}

// closeRounds is how many pages of what is due one call of CloseOverdue closes; more wait for the next call.
const closeRounds = 50

// CloseOverdue ends by time what is over in one organisation: running sittings past their hard end, and parts never started of
// attempts whose window is over and that have something to read. It may run twice, and readers do not depend on it. While an outage is
// not settled nothing is ended by time.
func (as *Attempts) CloseOverdue(ctx context.Context, o string) error {
	for range closeRounds {
		if holds, err := as.Outages.Holds(ctx); holds || err != nil {
			return err
		}
		if n, err := as.closePage(ctx, o); n == 0 || err != nil {
			return err
		}
	}
	return nil
}

// closePage closes a bounded number of what is due and tells how many that was.
func (as *Attempts) closePage(ctx context.Context, o string) (int, error) {
	now := as.DB.Now()
	var due []query.DueRow
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		q := query.New(tx)
		if due, err = q.Due(ctx, o, clock.Milli(now.Add(-Settle))); err != nil {
			return err
		}
		rows, err := q.DueUnstarted(ctx, o, clock.Milli(now.Add(-Grace-Settle)))
		for _, r := range rows {
			due = append(due, query.DueRow(r))
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, d := range due {
		errs = append(errs, as.closeOne(ctx, o, ID(d.AttemptID), SittingID(d.ID)))
	}
	return len(due), errors.Join(errs...)
}

func (as *Attempts) closeOne(ctx context.Context, o string, a ID, s SittingID) error {
	var at Attempt
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		at, err = as.In(ctx, tx, a)
		return err
	})
	if err != nil {
		return err
	}
	v, err := as.Assessments.Version(ctx, o, at.Version)
	if err != nil {
		return err
	}
	who := actor.ForSystem(o, "attempt.close")
	return as.DB.Write(ctx, o, func(tx db.Tx) error {
		sit, err := as.sitting(ctx, tx, s)
		if err != nil {
			return err
		}
		now := as.DB.Now()
		act, due := sit.Due(now)
		switch {
		case due && act == ByHardEnd:
			return as.end(ctx, tx, who, at, sit, v, ByTime, sit.End())
		case due && act == ByWindow:
			return as.endUnstarted(ctx, tx, at, sit, v)
		}
		return nil
	})
}

// endUnstarted ends a part whose window is over, unless an answer to what the person asked for is owed. Of one that was opened again what counted
// before stays.
func (as *Attempts) endUnstarted(ctx context.Context, tx db.Tx, a Attempt, s Sitting, v *assessment.Version) error {
	adjusted, err := as.Candidates.AccommodationIn(ctx, tx, a.Candidate)
	if err != nil || adjusted.Waits() {
		return err
	}
	var answers map[string]response.Revision
	if s.Epoch > 1 {
		if answers, err = response.Current(ctx, tx, string(a.ID)); err != nil {
			return err
		}
	}
	part, _ := v.Part(s.Part)
	n, err := query.New(tx).EndUnstarted(ctx, query.EndUnstartedParams{Receipt: receiptOf(a, part, answers, s.Clock.FinishBy), OrgID: tx.Org, ID: string(s.ID), Now: clock.Milli(as.DB.Now())})
	if err != nil || n == 0 {
		return err
	}
	if err := as.freeze(ctx, tx, a, part, s, answers); err != nil {
		return err
	}
	return as.submit(ctx, tx, a, v)
}

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
	State string // pending, done, failed
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
	for _, s := range list {
		out.Items[s.Key] = s
	}
	q := query.New(tx)
	marks, err := q.Marks(ctx, tx.Org, string(a))
	if err != nil {
		return out, err
	}
	for _, m := range marks {
		out.Marks[m.Item] = MarkState{item.Mark{Share: float64(m.SharePpm) / 1e6, Why: m.Why, Provisional: m.Provisional, Detail: []byte(m.Detail)}, m.State}
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
		return as.Promises.Keep(ctx, tx, promise.Reply, string(a.Application), as.DB.Now())
	})
}
