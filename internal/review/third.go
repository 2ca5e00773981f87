package review

import (
	"context"
	"slices"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// disputed are the criteria of a rubric, and that of questions about the work, that cards rate more than apart levels from each other, in the order of
// their keys.
func disputed(rubric []assessment.Criterion, cards []levels, apart int) (out []string) {
	low, high := map[string]int{}, map[string]int{}
	for _, c := range cards {
		for key, l := range c.of {
			if low[key] == 0 || l < low[key] {
				low[key] = l
			}
			high[key] = max(high[key], l)
		}
	}
	for key := range high {
		counts := key == attempt.Owns || criterion(rubric, key).Key != ""
		if counts && high[key]-low[key] > apart {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// filedLevels are a round's filed cards.
func filedLevels(ctx context.Context, tx db.Tx, n Round) (out []levels, err error) {
	rated, err := query.New(tx).RatingsOfRound(ctx, tx.Org, n.Attempt)
	for _, t := range rated {
		i := slices.IndexFunc(out, func(l levels) bool { return l.member == t.ReviewID })
		if i < 0 {
			i, out = len(out), append(out, levels{t.ReviewID, map[string]int{}})
		}
		if t.Level > 0 {
			out[i].of[t.Criterion] = int(t.Level)
		}
	}
	return out, err
}

// Third asks somebody of the pool who has not scored a work to settle what its cards differ on, for those who run or decide the opening.
// ErrMissing, ErrRole, ErrOwnFirst, ErrOpenCards, ErrAgree, ErrAsked, ErrNobody.
func (rs *Reviews) Third(ctx context.Context, who actor.Actor, c Code) error {
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if _, err := query.New(tx).HoldRound(ctx, tx.Org, n.Attempt, clock.Milli(rs.DB.Now())); err != nil {
			return err
		}
		if _, err := rs.Cards(ctx, tx, who, n); err != nil {
			return err
		}
		return rs.third(ctx, tx, who, n)
	})
}

// third asks, in the transaction that holds the round. ErrAgree, ErrAsked, ErrNobody.
func (rs *Reviews) third(ctx context.Context, tx db.Tx, who actor.Actor, n Round) error {
	rules, err := rs.RulesOf(ctx, tx, n.Opening)
	if err != nil {
		return err
	}
	cards, err := filedLevels(ctx, tx, n)
	if err != nil {
		return err
	}
	rubric, err := rs.rubricOf(ctx, tx.Org, n)
	if err != nil {
		return err
	}
	keys := disputed(rubric, cards, rules.Apart)
	if len(keys) == 0 {
		return ErrAgree
	}
	q := query.New(tx)
	there, err := q.AdjudicationsOf(ctx, tx.Org, n.Attempt)
	if err != nil {
		return err
	}
	pool, err := rs.pool(ctx, tx, n)
	if err != nil {
		return err
	}
	for _, a := range there {
		if a.State != Back {
			return rs.askAgain(ctx, tx, who, n, a, keys)
		}
	}
	if len(pool) == 0 {
		return ErrNobody
	}
	now := rs.DB.Now()
	adj := id.New("adj", now)
	added, err := q.AddAdjudication(ctx, query.AddAdjudicationParams{OrgID: tx.Org, ID: adj, AttemptID: n.Attempt, ApplicationID: string(n.Application),
		MemberID: pool[0].ID, AskedAt: clock.Milli(now)})
	if err == nil && added == 0 {
		err = ErrAsked
	}
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := q.AddSettlement(ctx, tx.Org, adj, key); err != nil {
			return err
		}
	}
	if err := audit.Record(ctx, tx, now, who, "review.third", adj, audit.Facts{"member": pool[0].ID, "attempt": n.Attempt}); err != nil {
		return err
	}
	return Taken.Announce(ctx, rs.Jobs, tx, TakenNote{tx.Org, adj, n.Attempt, pool[0].ID})
}

// askAgain asks the third reader of a round again where its cards differ on criteria that they were not asked about: a change of the rubric had taken those
// back. ErrAsked where there are none.
func (rs *Reviews) askAgain(ctx context.Context, tx db.Tx, who actor.Actor, n Round, a query.AdjudicationsOfRow, keys []string) error {
	q := query.New(tx)
	had, err := q.Settlements(ctx, tx.Org, a.ID)
	if err != nil {
		return err
	}
	keys = slices.DeleteFunc(keys, func(key string) bool {
		return slices.ContainsFunc(had, func(s query.SettlementsRow) bool { return s.Criterion == key })
	})
	if len(keys) == 0 {
		return ErrAsked
	}
	for _, key := range keys {
		if err := q.AddSettlement(ctx, tx.Org, a.ID, key); err != nil {
			return err
		}
	}
	if _, err := q.AskAgain(ctx, tx.Org, a.ID); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, rs.DB.Now(), who, "review.third", a.ID, audit.Facts{"member": a.MemberID, "attempt": n.Attempt}); err != nil {
		return err
	}
	return Taken.Announce(ctx, rs.Jobs, tx, TakenNote{tx.Org, a.ID, n.Attempt, a.MemberID})
}

// asks asks for a third reader where the opening's rules do that by themselves; with nobody to ask, or nothing to settle, it does not.
func (rs *Reviews) asks(ctx context.Context, tx db.Tx, n Round) error {
	rules, err := rs.RulesOf(ctx, tx, n.Opening)
	if err != nil || !rules.Asks {
		return err
	}
	err = rs.third(ctx, tx, actor.ForSystem(tx.Org, "review.third"), n)
	if _, ok := problem.As(err); ok {
		return nil // the debrief says what is not settled
	}
	return err
}

// HandBack gives an adjudication back with a reason; somebody else of the pool is asked, where there is one. ErrMissing, ErrReason, ErrOver.
func (rs *Reviews) HandBack(ctx context.Context, who actor.Actor, c Code, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		a, err := rs.asked(ctx, tx, who, n)
		if err != nil {
			return err
		}
		why, err := audit.Reason(ctx, tx, rs.DB.Now(), string(n.Application), reason)
		if err != nil {
			return err
		}
		return rs.pass(ctx, tx, who, n, a.ID, why)
	})
}

// pass takes an adjudication back and asks the next of the pool, if there is one. ErrOver.
func (rs *Reviews) pass(ctx context.Context, tx db.Tx, who actor.Actor, n Round, adjudication, why string) error {
	now := rs.DB.Now()
	ended, err := query.New(tx).EndAdjudication(ctx, query.EndAdjudicationParams{State: Back, At: clock.Milli(now), OrgID: tx.Org, ID: adjudication})
	if err == nil && ended == 0 {
		err = ErrOver
	}
	if err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, who, "review.third_back", adjudication, audit.Facts{"reason": why}); err != nil {
		return err
	}
	err = rs.third(ctx, tx, actor.ForSystem(tx.Org, "review.third"), n)
	if _, ok := problem.As(err); ok {
		return nil
	}
	return err
}

// passOn gives what disabled members were asked to settle to others.
func (rs *Reviews) passOn(ctx context.Context, tx db.Tx, who actor.Actor) error {
	orphans, err := query.New(tx).OrphanedAdjudications(ctx, tx.Org)
	if err != nil {
		return err
	}
	for _, a := range orphans {
		n, err := rs.RoundOf(ctx, tx, a.AttemptID)
		if err != nil {
			return err
		}
		if err := rs.pass(ctx, tx, who, n, a.ID, ""); err != nil {
			return err
		}
	}
	return nil
}
