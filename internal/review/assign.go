package review

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/interview"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/promise"
	"candor/internal/review/internal/query"
)

// Assign listens to attempt.Submitted: it opens the round and gives the submission to as many reviewers as the stage wants,
// evenly by what they have open. What was sent as the beginning of an interview is read when that is over, see [Reviews.Talked]. Hearing it twice
// changes nothing.
func (rs *Reviews) Assign(ctx context.Context, note attempt.SubmittedNote) error {
	return rs.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		who := actor.ForSystem(note.Org, "review.assign")
		q := query.New(tx)
		if n, err := q.HasRound(ctx, tx.Org, note.Attempt); err != nil || n > 0 {
			return err
		}
		w, err := rs.work(ctx, tx, note.Attempt)
		if err != nil {
			return err
		}
		from, waits, err := rs.readable(ctx, tx, note.Attempt, w.At)
		if err != nil || waits {
			return err
		}
		app, err := rs.Openings.ApplicationIn(ctx, tx, w.Application)
		if err != nil {
			return err
		}
		stage, err := rs.stage(ctx, tx, app)
		if err != nil {
			return err
		}
		cal, err := rs.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		due := promise.Due(from, app.Opening.ReadDays(), cal)
		rubric, err := rs.inForce(ctx, tx, app.Opening.ID, w.Version)
		if err != nil {
			return err
		}
		code, err := rs.open(ctx, q, query.AddRoundParams{RubricID: string(rubric), OrgID: tx.Org, AttemptID: note.Attempt, ApplicationID: string(app.ID), OpeningID: string(app.Opening.ID),
			StageID: string(stage.ID), VersionID: string(w.Version), Wanted: int64(stage.Reviewers), SubmittedAt: clock.Milli(w.At), DueAt: clock.Milli(due)})
		if err != nil || code == "" {
			return err
		}
		n, err := rs.RoundOf(ctx, tx, note.Attempt)
		if err != nil {
			return err
		}
		if err := rs.fill(ctx, tx, who, n); err != nil {
			return err
		}
		return rs.close(ctx, tx, n)
	})
}

// Talked listens to interview.Ended: what waited for the interview's end is read now.
func (rs *Reviews) Talked(ctx context.Context, note interview.Note) error {
	err := rs.Assign(ctx, attempt.SubmittedNote{Org: note.Org, Attempt: note.Attempt, Application: note.Application})
	if errors.Is(err, attempt.ErrMissing) { // nothing was sent
		return nil
	}
	return err
}

// readable says from when the days of reading a submission count, and whether an interview that began with it goes on.
func (rs *Reviews) readable(ctx context.Context, tx db.Tx, a string, sent time.Time) (from time.Time, waits bool, err error) {
	if rs.Interviews == nil {
		return sent, false, nil
	}
	v, err := rs.Interviews.Of(ctx, tx, attempt.ID(a))
	switch {
	case errors.Is(err, interview.ErrMissing), err == nil && !v.Planned(sent):
		return sent, false, nil
	case err != nil:
		return sent, false, err
	}
	return v.Closed, v.State != interview.Closed, nil
}

// open adds the round under a fresh code; "" when another listener was faster.
func (rs *Reviews) open(ctx context.Context, q *query.Queries, p query.AddRoundParams) (Code, error) {
	for length := range 40 {
		p.Code = id.Code(4 + length/10)
		n, err := q.AddRound(ctx, p)
		if err != nil {
			return "", err
		}
		if n == 1 {
			return Code(p.Code), nil
		}
		if there, err := q.HasRound(ctx, p.OrgID, p.AttemptID); err != nil || there > 0 {
			return "", err
		}
	}
	return "", fmt.Errorf("review: no free code for %s", p.AttemptID)
}

func (rs *Reviews) stage(ctx context.Context, tx db.Tx, a opening.Application) (opening.Stage, error) {
	all, err := rs.Openings.Stages(ctx, tx, a.Opening.ID)
	if err != nil {
		return opening.Stage{}, err
	}
	for _, s := range all {
		if s.ID == a.Stage {
			return s, nil
		}
	}
	return opening.Stage{}, fmt.Errorf("review: application %s stands at no stage", a.ID)
}

// fill gives a round to as many members as it lacks; who is short of people is told, and the next fill tries again.
func (rs *Reviews) fill(ctx context.Context, tx db.Tx, who actor.Actor, n Round) error {
	there, err := rs.ReviewsIn(ctx, tx, n.Attempt)
	if err != nil {
		return err
	}
	lacks := n.Wanted
	for _, r := range there {
		if r.State == Assigned || r.State == Filed {
			lacks--
		}
	}
	for ; lacks > 0; lacks-- {
		pool, err := rs.pool(ctx, tx, n)
		if err != nil {
			return err
		}
		if len(pool) == 0 {
			return Short.Announce(ctx, rs.Jobs, tx, RoundNote{tx.Org, n.Attempt, string(n.Application)})
		}
		if err := rs.give(ctx, tx, who, n, pool[0].ID); err != nil {
			return err
		}
	}
	return nil
}

// pool are the members who could read a round and never had it, who has least open first; whoever is away on its day comes last.
func (rs *Reviews) pool(ctx context.Context, tx db.Tx, n Round) ([]org.Member, error) {
	return rs.eligible(ctx, tx, n, func(Review) bool { return true })
}

// eligible are those of the pool who have no part in a round that bars them.
func (rs *Reviews) eligible(ctx context.Context, tx db.Tx, n Round, bars func(Review) bool) ([]org.Member, error) {
	q := query.New(tx)
	team, err := rs.Openings.Team(ctx, tx, n.Opening)
	if err != nil {
		return nil, err
	}
	readers, err := rs.Openings.Pool(ctx, tx, n.Opening, n.Stage)
	if err != nil {
		return nil, err
	}
	members, err := rs.Orgs.MembersIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	there, err := rs.ReviewsIn(ctx, tx, n.Attempt)
	if err != nil {
		return nil, err
	}
	know, err := q.UnblindedFor(ctx, tx.Org, string(n.Application))
	if err != nil {
		return nil, err
	}
	settle, err := q.AdjudicationsOf(ctx, tx.Org, n.Attempt)
	if err != nil {
		return nil, err
	}
	rules, err := rs.RulesOf(ctx, tx, n.Opening)
	if err != nil {
		return nil, err
	}
	certified, err := q.Certified(ctx, tx.Org, string(n.Opening))
	if err != nil {
		return nil, err
	}
	loads, err := q.Loads(ctx, tx.Org)
	if err != nil {
		return nil, err
	}
	load := map[string]int64{}
	for _, l := range loads {
		load[l.MemberID] = l.N
	}
	now := rs.DB.Now()
	members = slices.DeleteFunc(members, func(m org.Member) bool {
		inPool := slices.Contains(readers, m.ID)
		facilitates := slices.Contains(team, opening.TeamMember{Member: m.ID, Role: opening.Facilitator})
		had := slices.ContainsFunc(there, func(r Review) bool { return r.Member == m.ID && bars(r) }) ||
			slices.ContainsFunc(settle, func(a query.AdjudicationsOfRow) bool { return a.MemberID == m.ID })
		return !inPool || facilitates || had || m.State != org.Active || m.Away(now) || slices.Contains(know, m.ID) || rules.Certify && !slices.Contains(certified, m.ID)
	})
	slices.SortFunc(members, func(a, b org.Member) int {
		return cmp.Or(leaving(a, n)-leaving(b, n), cmp.Compare(load[a.ID], load[b.ID]), cmp.Compare(dice(a.ID, n.Attempt), dice(b.ID, n.Attempt)))
	})
	return members, nil
}

// leaving is 1 for a member who is away on the day of a round, else 0.
func leaving(m org.Member, n Round) int {
	if m.Away(n.Due.Add(-time.Second)) {
		return 1
	}
	return 0
}

// dice is a number that is random over members and rounds, and stays.
func dice(member, what string) int64 {
	sum := sha256.Sum256([]byte(member + "/" + what))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 12)
}

func (rs *Reviews) give(ctx context.Context, tx db.Tx, who actor.Actor, n Round, member string) error {
	now := rs.DB.Now()
	rev := id.New("rev", now)
	added, err := query.New(tx).AddReview(ctx, query.AddReviewParams{OrgID: tx.Org, ID: rev, AttemptID: n.Attempt, ApplicationID: string(n.Application), MemberID: member,
		Shuffle: dice(member, n.Attempt), DueAt: clock.Milli(n.Due), AssignedAt: clock.Milli(now)})
	if err != nil {
		return err
	}
	if added == 0 { // they had it: what they wrote is there again
		back, err := query.New(tx).ReturnReview(ctx, query.ReturnReviewParams{DueAt: clock.Milli(n.Due), AssignedAt: clock.Milli(now), OrgID: tx.Org, AttemptID: n.Attempt, MemberID: member})
		if err != nil || len(back) == 0 {
			return err
		}
		rev = back[0]
	}
	if err := audit.Record(ctx, tx, now, who, "review.assign", rev, audit.Facts{"member": member, "attempt": n.Attempt}); err != nil {
		return err
	}
	return Taken.Announce(ctx, rs.Jobs, tx, TakenNote{tx.Org, rev, n.Attempt, member})
}

// close ends a round when every card is in; its update is guarded, so the announcement happens once.
func (rs *Reviews) close(ctx context.Context, tx db.Tx, n Round) error {
	closed, err := query.New(tx).CloseRound(ctx, tx.Org, n.Attempt, clock.Milli(rs.DB.Now()))
	if err != nil || closed == 0 {
		return err
	}
	if err := rs.asks(ctx, tx, n); err != nil {
		return err
	}
	if err := rs.Promises.KeepFor(ctx, tx, promise.Review, string(n.Application), string(n.Stage), rs.DB.Now()); err != nil {
		return err
	}
	return AllFiled.Announce(ctx, rs.Jobs, tx, RoundNote{tx.Org, n.Attempt, string(n.Application)})
}

// run refuses whoever neither runs nor decides a round's opening. ErrMissing, ErrRole.
func (rs *Reviews) run(ctx context.Context, tx db.Tx, who actor.Actor, n Round) error {
	o, err := rs.Openings.LoadIn(ctx, tx, who, n.Opening)
	if err == nil && !o.MayManage(who) && !o.MayDecide(who) {
		err = ErrRole
	}
	return err
}

// Fill is done every few minutes for each organisation: rounds that lacked people get them when somebody is back, and what
// members had who are disabled, or not in the pool any more, goes to others.
func (rs *Reviews) Fill(ctx context.Context, o org.ID) error {
	if err := rs.catchUp(ctx, o); err != nil {
		return err
	}
	return rs.DB.Write(ctx, o, func(tx db.Tx) error { return rs.fillAll(ctx, tx) })
}

// orphan takes a card from a member who is disabled; of one that was opened again what they had sent stays.
func (rs *Reviews) orphan(ctx context.Context, tx db.Tx, review, attempt string) error {
	q := query.New(tx)
	if _, err := q.HoldRound(ctx, tx.Org, attempt, clock.Milli(rs.DB.Now())); err != nil {
		return err
	}
	n, err := rs.RoundOf(ctx, tx, attempt)
	if err != nil {
		return err
	}
	list, err := rs.ReviewsIn(ctx, tx, attempt)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(list, func(r Review) bool { return string(r.ID) == review }); i >= 0 {
		if done, err := rs.leaveOpen(ctx, tx, n, list[i]); err != nil {
			return err
		} else if done {
			return rs.close(ctx, tx, n)
		}
	}
	_, err = q.LeaveReview(ctx, tx.Org, review, string(Reassigned))
	return err
}

func (rs *Reviews) fillAll(ctx context.Context, tx db.Tx) error {
	q := query.New(tx)
	who := actor.ForSystem(tx.Org, "review.fill")
	orphans, err := q.Orphans(ctx, tx.Org)
	if err != nil {
		return err
	}
	for _, r := range orphans {
		if err := rs.orphan(ctx, tx, r.ID, r.AttemptID); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, rs.DB.Now(), who, "review.reassigned", r.ID, nil); err != nil {
			return err
		}
	}
	for _, r := range orphans { // where nobody else is in the pool that is said
		n, err := rs.RoundOf(ctx, tx, r.AttemptID)
		if err != nil {
			return err
		}
		if err := rs.fill(ctx, tx, who, n); err != nil {
			return err
		}
	}
	if err := rs.passOn(ctx, tx, who); err != nil {
		return err
	}
	if err := rs.orphaned(ctx, tx, who); err != nil {
		return err
	}
	short, err := q.Short(ctx, tx.Org)
	if err != nil {
		return err
	}
	for _, a := range short {
		n, err := rs.RoundOf(ctx, tx, a)
		if err != nil {
			return err
		}
		if pool, err := rs.pool(ctx, tx, n); err != nil || len(pool) == 0 {
			if err != nil {
				return err
			}
			continue // said once, when it began
		}
		if err := rs.fill(ctx, tx, who, n); err != nil {
			return err
		}
	}
	return nil
}
