package attempt

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/response"
)

// SaveRequest is what one browser sends at once.
type SaveRequest struct {
	Sitting  SittingID
	Epoch    int64     // the takeover the page was given
	Received time.Time // when the request's first byte reached us, by the deciding clock
	Saves    []response.Save
	Shape    Shape // nil: a save's body is the answer
	// Unreached is since when no try of the page went through, by our clock as it had heard it; zero: it reached us.
	Unreached time.Time
}

// Shape makes an answer of what a page sent; before is the present answer, or what it begins with.
type Shape func(it assessment.PartItem, before, sent []byte) ([]byte, error)

// MaxSaves is how many versions one request may carry.
const MaxSaves = 50

// Tick is what every answer says about the sitting.
type Tick struct {
	Now      time.Time
	End      time.Time // zero: no end yet
	State    State
	Editor   bool
	Interval time.Duration // between a browser's saves: what we ask for, 2 to 15 s by how busy we are
}

// SaveReply is one Kept per save, in order.
type SaveReply struct {
	Tick
	Kept []response.Kept
}

// Save keeps revisions. It never refuses content: past the hard end, or after sending, it is kept as late, from a client that
// lost the takeover as a branch; Kept.Standing says which. An acknowledgement means committed and synced. Problems: ErrMissing
// when the sitting is not the actor's or has no such item, ErrBody and the kind's own for bytes no page of ours could have sent.
func (as *Attempts) Save(ctx context.Context, who actor.Actor, r SaveRequest) (SaveReply, error) {
	out, err := as.save(ctx, who, r)
	if err == nil {
		as.Outages.unreached(r.Unreached, r.Received)
	}
	as.Outages.saved(r.Received, err)
	return out, err
}

func (as *Attempts) save(ctx context.Context, who actor.Actor, r SaveRequest) (SaveReply, error) {
	if len(r.Saves) > MaxSaves {
		return SaveReply{}, item.ErrBody
	}
	a, saves, err := as.answers(ctx, who, r)
	if err != nil {
		return SaveReply{}, err
	}
	var out SaveReply
	err = as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		out = SaveReply{}
		standing, sit, err := as.hold(ctx, tx, r)
		if err != nil {
			return err
		}
		for _, s := range saves {
			if s.Unfit {
				out.Kept = append(out.Kept, response.Kept{Unfit: true})
				continue
			}
			s.Epoch = r.Epoch
			k, err := response.Keep(ctx, tx, string(a.ID), s, standing, r.Received)
			if err != nil {
				return err
			}
			out.Kept = append(out.Kept, k)
		}
		out.Tick = as.tick(sit, who)
		return nil
	})
	for i, k := range out.Kept {
		if err == nil {
			as.bodies.Remember(who.Org, string(a.ID), saves[i], k)
		}
	}
	return out, err
}

// answers are a request's saves as answers of their items, looked at before anything is written.
func (as *Attempts) answers(ctx context.Context, who actor.Actor, r SaveRequest) (Attempt, []response.Save, error) {
	var saves []response.Save
	a, part, version, err := as.own(ctx, who, r.Sitting, func(tx db.Tx, a Attempt) (err error) {
		saves, err = response.Complete(ctx, tx, &as.bodies, string(a.ID), r.Saves)
		return err
	})
	if err != nil {
		return a, nil, err
	}
	before, err := as.before(ctx, who.Org, a, version, r)
	if err != nil {
		return a, nil, err
	}
	for i, s := range saves {
		key, disclosed := about(s.Item)
		if !has(part, key) {
			return a, nil, ErrMissing
		}
		if s.Unfit {
			continue
		}
		if disclosed {
			if _, err := ReadDisclosure(s.Body); err != nil {
				return a, nil, err
			}
			continue
		}
		it, _, _ := version.Item(s.Item)
		if r.Shape != nil {
			was := before[s.Item]
			if was == nil {
				was = it.Kind.Blank(it.Spec)
			}
			if s.Body, err = r.Shape(it, was, s.Body); err != nil {
				return a, nil, err
			}
			saves[i] = saves[i].Shaped(s.Body)
		}
		if len(s.Body) > item.MaxBody {
			return a, nil, ErrLarge
		}
		if err := it.Kind.Check(it.Spec, s.Body); err != nil {
			return a, nil, err
		}
	}
	return a, saves, nil
}

// before are the present answers of those items of a request whose kind makes the next one of it.
func (as *Attempts) before(ctx context.Context, o string, a Attempt, v *assessment.Version, r SaveRequest) (map[string][]byte, error) {
	var wanted []string
	for _, s := range r.Saves {
		it, _, ok := v.Item(s.Item)
		if !ok || r.Shape == nil || slices.Contains(wanted, s.Item) {
			continue
		}
		if _, afresh := it.Kind.(item.Afresh); !afresh {
			wanted = append(wanted, s.Item)
		}
	}
	if wanted == nil {
		return nil, nil
	}
	out := map[string][]byte{}
	err := as.DB.Read(ctx, o, func(tx db.Tx) (err error) {
		for _, key := range wanted {
			if out[key], err = response.Body(ctx, tx, string(a.ID), key); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// ErrLarge is an answer over the limit.
var ErrLarge = problem.New(problem.TooLarge, "answer_large",
	"This answer is larger than 5 MB. It stays on your device: make it smaller, and it is saved by itself.")

// hold is the guarded write: the sitting runs, its hard end is not before the receipt, and nobody took over. What is not on
// time is told apart afterwards. Of the sitting there is at least what a tick says.
func (as *Attempts) hold(ctx context.Context, tx db.Tx, r SaveRequest) (response.Standing, Sitting, error) {
	q := query.New(tx)
	row, err := q.HoldOpen(ctx, query.HoldOpenParams{Now: clock.Milli(as.DB.Now()), OrgID: tx.Org, ID: string(r.Sitting), Received: clock.Milli(r.Received), Epoch: r.Epoch,
		Grace: Grace.Milliseconds()})
	if err == nil {
		return response.OnTime, Sitting{ID: r.Sitting, State: State(row.State), Editor: row.Editor, Clock: Clock{Timed: seconds(row.TimedSeconds), Factor: int(row.FactorPermille),
			Started: clock.Time(row.StartedAt), FinishBy: clock.Time(row.FinishBy), Added: seconds(row.AddedSeconds), Paused: clock.Time(row.PausedAt), Break: seconds(row.BreakSeconds)}}, nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		_, err = q.Hold(ctx, tx.Org, string(r.Sitting)) // it is not voided while we keep something late
	}
	if err != nil {
		return "", Sitting{}, err
	}
	s, err := as.sitting(ctx, tx, r.Sitting)
	if err != nil {
		return "", s, err
	}
	switch {
	case s.By == ByVoid:
		return "", s, ErrMissing
	case as.brokenGuard:
		return response.OnTime, s, nil
	}
	return s.Standing(r.Epoch, r.Received), s, nil
}

func (as *Attempts) tick(s Sitting, who actor.Actor) Tick {
	now := as.DB.Now()
	t := Tick{Now: now, End: s.End(), State: s.State, Editor: s.Editor == "" || s.Editor == who.Session, Interval: as.Load.Interval()}
	if s.Over(now) {
		t.State = Ended
	}
	if t.State == Paused && !s.Clock.Stands(now) {
		t.State = Running // the break is used up
	}
	return t
}

// Clock tells a page how its sitting stands. ErrMissing.
func (as *Attempts) Clock(ctx context.Context, who actor.Actor, s SittingID) (Tick, error) {
	if _, _, _, err := as.own(ctx, who, s, nil); err != nil {
		return Tick{}, err
	}
	var out Tick
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		sit, err := as.sitting(ctx, tx, s)
		out = as.tick(sit, who)
		return err
	})
	return out, err
}

// own finds the attempt of the asking candidate that has a sitting, with its part; of one that is open there is only what finds its answers and its
// version. also, unless nil, reads more in the same transaction. ErrMissing.
//
// It reads to the end when the asker goes away meanwhile: what was sent is kept all the same, and to listen for that costs as much as to read.
func (as *Attempts) own(ctx context.Context, who actor.Actor, s SittingID, also func(db.Tx, Attempt) error) (Attempt, assessment.Part, *assessment.Version, error) {
	if who.Kind != actor.Candidate {
		return Attempt{}, assessment.Part{}, nil, ErrMissing
	}
	ctx = context.WithoutCancel(ctx)
	var a Attempt
	var part string
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		r, err := query.New(tx).Own(ctx, tx.Org, who.ID, string(s))
		if errors.Is(err, sql.ErrNoRows) || err == nil && r.CandidateID != who.Subject {
			return ErrMissing
		}
		if err != nil {
			return err
		}
		part = r.Part
		a = Attempt{ID: ID(r.ID), Version: assessment.VersionID(r.VersionID), State: r.State}
		if r.State != "open" || r.Diary || r.Questions > 0 { // its parts depend on more
			a, err = as.In(ctx, tx, a.ID)
		}
		if err != nil || also == nil {
			return err
		}
		return also(tx, a)
	})
	if err != nil {
		return a, assessment.Part{}, nil, err
	}
	v, err := as.Whole(ctx, who.Org, a)
	if err != nil {
		return a, assessment.Part{}, nil, err
	}
	p, ok := v.Part(part)
	if !ok {
		return a, p, v, errors.New("attempt: the version has no part " + part)
	}
	return a, p, v, nil
}

// Restore makes an earlier state of an answer, a late one or a branch the present one, while the part runs: as a new revision,
// so that nothing is lost by it. A branch is not offered any more then. ErrMissing, response.ErrMissing, ErrEnded.
func (as *Attempts) Restore(ctx context.Context, who actor.Actor, s SittingID, revision string) error {
	return as.state(ctx, who, s, revision, func(tx db.Tx, old response.Revision) error {
		now := as.DB.Now()
		sit, err := as.sitting(ctx, tx, s)
		if err != nil {
			return err
		}
		standing, _, err := as.hold(ctx, tx, SaveRequest{Sitting: s, Epoch: sit.Takeover, Received: now})
		if err != nil {
			return err
		}
		if standing != response.OnTime {
			return ErrEnded
		}
		_, err = response.Keep(ctx, tx, old.Owner, response.Save{Item: old.Item, Client: "restore " + old.ID, Seq: clock.Milli(now), Epoch: sit.Takeover, Body: old.Body}, standing, now)
		if err != nil || old.Standing != response.Branch {
			return err
		}
		return response.Settle(ctx, tx, old.Owner, old.Item, old.N)
	})
}

// Leave says that a branch is not wanted: it stays among the states of its answer and is not offered any more. ErrMissing, response.ErrMissing.
func (as *Attempts) Leave(ctx context.Context, who actor.Actor, s SittingID, revision string) error {
	return as.state(ctx, who, s, revision, func(tx db.Tx, old response.Revision) error {
		return response.Settle(ctx, tx, old.Owner, old.Item, old.N)
	})
}

// state runs fn on a revision of the part of a sitting of the asking candidate. ErrMissing, response.ErrMissing.
func (as *Attempts) state(ctx context.Context, who actor.Actor, s SittingID, revision string, fn func(db.Tx, response.Revision) error) error {
	a, part, _, err := as.own(ctx, who, s, nil)
	if err != nil {
		return err
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		r, err := response.Load(ctx, tx, string(a.ID), revision)
		if err != nil {
			return err
		}
		if !has(part, r.Item) {
			return ErrMissing
		}
		return fn(tx, r)
	})
}

// StatesPerPage is how many states of an answer History gives at once.
const StatesPerPage = 50

// History are states of one answer before the n-th (0: from the newest), newest first and without their bodies: the candidate's own.
// ErrMissing.
func (as *Attempts) History(ctx context.Context, who actor.Actor, itemKey string, before int64) ([]response.Revision, error) {
	var out []response.Revision
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		out, err = response.History(ctx, tx, string(a.ID), itemKey, before, StatesPerPage)
		return err
	})
	return out, err
}

// State is the n-th state of one answer: the candidate's own. ErrMissing, response.ErrMissing.
func (as *Attempts) State(ctx context.Context, who actor.Actor, itemKey string, n int64) (response.Revision, error) {
	var out response.Revision
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := as.ofInvitation(ctx, tx, who)
		if err != nil {
			return err
		}
		out, err = response.LoadN(ctx, tx, string(a.ID), itemKey, n)
		return err
	})
	return out, err
}
