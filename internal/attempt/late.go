package attempt

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
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
	"candor/internal/problem"
	"candor/internal/response"
)

// ErrOpenAgain: the part runs, so that what is saved in it counts anyway.
var ErrOpenAgain = problem.New(problem.Conflict, "part_runs", "This part is not over yet: what they save in it now counts by itself.")

// Late is what arrived last of an answer after the end of its part, and is not what counts.
type Late struct {
	response.Revision     // without its body
	Versions          int // how many came late
}

// Replaced is an answer of a submission that took the place of another one.
type Replaced struct {
	Item     string
	Cause    string // late: accepted although it was late; reopen: the part was opened again
	Was      SubmittedItem
	Revision string
	At       time.Time
}

// lateOf are the late answers among the stray revisions of an attempt that differ from what was submitted, in the order of stray.
func lateOf(stray []response.Revision, frozen []SubmittedItem) []Late {
	counts := map[string]string{}
	for _, f := range frozen {
		counts[f.Key] = f.SHA256
	}
	at := map[string]int{}
	var out []Late
	for _, r := range stray { // of each item the newest first
		if _, disclosed := about(r.Item); disclosed || r.Standing != response.Late {
			continue
		}
		i, seen := at[r.Item]
		if !seen {
			i = len(out)
			at[r.Item], out = i, append(out, Late{Revision: r})
		}
		out[i].Versions++
	}
	kept := out[:0]
	for _, l := range out {
		if l.SHA256 != counts[l.Item] {
			kept = append(kept, l)
		}
	}
	return kept
}

// LateIn is the late work of an attempt; who may see it is the caller's loader's business.
func (as *Attempts) LateIn(ctx context.Context, tx db.Tx, a Attempt) ([]Late, error) {
	stray, err := response.Stray(ctx, tx, string(a.ID))
	if err != nil {
		return nil, err
	}
	return as.late(ctx, tx, a, stray)
}

func (as *Attempts) late(ctx context.Context, tx db.Tx, a Attempt, stray []response.Revision) ([]Late, error) {
	if !slices.ContainsFunc(stray, func(r response.Revision) bool { return r.Standing == response.Late }) {
		return nil, nil
	}
	frozen, err := as.frozen(ctx, tx, a)
	return lateOf(stray, frozen), err
}

// Beside is a late answer with what was submitted.
type Beside struct {
	Late
	Attempt   ID
	Version   assessment.VersionID
	Part      string // its title
	Of        assessment.PartItem
	Arrived   []byte
	Submitted []byte // what counts now, the item's blank where there was nothing
	Closed    bool   // the part is over, so that it can be accepted
}

// LateBeside is the late work of the newest attempt of an application for whoever runs it and does not read it blind. ErrMissing, ErrRole.
func (as *Attempts) LateBeside(ctx context.Context, who actor.Actor, app opening.ApplicationID) ([]Beside, error) {
	var out []Beside
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.openly(ctx, tx, who, app)
		if errors.Is(err, ErrNotStarted) {
			return nil
		}
		if err != nil {
			return err
		}
		late, err := as.LateIn(ctx, tx, a)
		if err != nil || len(late) == 0 {
			return err
		}
		version, err := as.Whole(ctx, tx.Org, a)
		if err != nil {
			return err
		}
		sittings, err := as.Sittings(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		frozen, err := as.frozen(ctx, tx, a)
		if err != nil {
			return err
		}
		for _, l := range late {
			it, part, ok := version.Item(l.Item)
			if !ok {
				return ErrMissing
			}
			r, err := response.Load(ctx, tx, string(a.ID), l.ID)
			if err != nil {
				return err
			}
			b := Beside{Late: l, Attempt: a.ID, Version: a.Version, Part: part.Title, Of: it, Arrived: r.Body, Submitted: it.Kind.Blank(it.Spec), Closed: sittings[part.Key].State == Ended}
			for _, f := range frozen {
				if f.Key == l.Item && f.Body != nil {
					b.Submitted = f.Body
				}
			}
			out = append(out, b)
		}
		return nil
	})
	return out, err
}

// openly is the newest attempt of an application for whoever runs it and knows its name. ErrMissing, ErrRole, ErrNotStarted.
func (as *Attempts) openly(ctx context.Context, tx db.Tx, who actor.Actor, app opening.ApplicationID) (Attempt, error) {
	p, err := as.Openings.LoadApplicationIn(ctx, tx, who, app)
	if err != nil {
		return Attempt{}, err
	}
	if p.Blind || !p.Opening.MayManage(who) {
		return Attempt{}, opening.ErrRole
	}
	list, err := as.Of(ctx, tx, app)
	if err != nil {
		return Attempt{}, err
	}
	if len(list) == 0 {
		return Attempt{}, ErrNotStarted
	}
	return list[0], nil
}

// AcceptLate makes a late answer the one that counts, with a reason: the submission's item points to it, it is marked anew, and the candidate
// reads of it. What counted before is kept. Accepting it again changes nothing. Holding the part's sitting is the guarding write. Problems:
// ErrMissing, ErrRole, ErrNotStarted, response.ErrMissing, ErrOpenAgain, ErrInvalid on reason.
func (as *Attempts) AcceptLate(ctx context.Context, who actor.Actor, app opening.ApplicationID, revision, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" || len([]rune(reason)) > 500 {
		return problem.Field("reason", "Say why, in up to 500 characters. The candidate reads that it was accepted, not why.")
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.openly(ctx, tx, who, app)
		if err != nil {
			return err
		}
		r, err := response.Load(ctx, tx, string(a.ID), revision)
		if err != nil {
			return err
		}
		if r.Standing != response.Late {
			return response.ErrMissing
		}
		version, err := as.Whole(ctx, tx.Org, a)
		if err != nil {
			return err
		}
		it, part, ok := version.Item(r.Item)
		if !ok {
			return ErrMissing
		}
		s, err := as.holdPart(ctx, tx, a, part.Key)
		if err != nil {
			return err
		}
		if s.State != Ended {
			return ErrOpenAgain
		}
		changed, err := as.replace(ctx, tx, a, "late", part.Key, r)
		if err != nil || !changed {
			return err
		}
		ref := item.Ref{Org: tx.Org, Owner: string(a.ID), Version: string(a.Version), Item: r.Item, Sitting: string(s.ID)}
		if err := as.mark(ctx, tx, ref, it, r.Body); err != nil {
			return err
		}
		why, err := audit.Reason(ctx, tx, as.DB.Now(), string(a.ID), reason)
		if err != nil {
			return err
		}
		if err := Accepted.Announce(ctx, as.Jobs, tx, SubmittedNote{Org: tx.Org, Attempt: string(a.ID), Application: string(app)}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, as.DB.Now(), who, "late.accept", string(app), audit.Facts{"item": r.Item, "revision": r.ID, "reason": why})
	})
}

// replace points an item of the submission to another revision and keeps what it pointed to; changed is false where it pointed there already.
// The caller holds the part's sitting.
func (as *Attempts) replace(ctx context.Context, tx db.Tx, a Attempt, cause, part string, r response.Revision) (changed bool, err error) {
	q := query.New(tx)
	was, err := q.FrozenItem(ctx, tx.Org, string(a.ID), r.Item)
	if errors.Is(err, sql.ErrNoRows) || err == nil && was.RevisionID == r.ID {
		return false, notThere(err)
	}
	if err != nil {
		return false, err
	}
	now := as.DB.Now()
	err = q.AddReplaced(ctx, query.AddReplacedParams{OrgID: tx.Org, ID: id.New("rpl", now), AttemptID: string(a.ID), Item: r.Item, Cause: cause, WasID: was.RevisionID,
		WasSha256: was.Sha256, WasSize: was.Size, RevisionID: r.ID, At: clock.Milli(now)})
	if err != nil {
		return false, err
	}
	return true, as.count(ctx, tx, a, part, r.Item, r)
}

// Replaced are the answers of an attempt that took the place of others, oldest first.
func (as *Attempts) Replaced(ctx context.Context, tx db.Tx, a ID) ([]Replaced, error) {
	rows, err := query.New(tx).Replaced(ctx, tx.Org, string(a))
	var out []Replaced
	for _, r := range rows {
		out = append(out, Replaced{r.Item, r.Cause, SubmittedItem{Key: r.Item, SHA256: r.WasSha256, Size: int(r.WasSize)}, r.RevisionID, clock.Time(r.At)})
	}
	return out, err
}
