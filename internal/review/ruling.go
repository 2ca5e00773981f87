package review

import (
	"context"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/item"
)

// Rule keeps what the asker rules of a claim of the work they read ("" takes it back), before and after their card is filed. Problems:
// ErrMissing, attempt.ErrRuling, attempt.ErrMarkMoved.
func (rs *Reviews) Rule(ctx context.Context, who actor.Actor, c Code, itemKey, claim, ruling string) error {
	by, err := rs.markedBy(ctx, who, c, itemKey)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		r, _, err := mine(ctx, tx, who, n)
		if err != nil {
			return err
		}
		if r.State != Assigned && r.State != Filed {
			return ErrMissing
		}
		return rs.Attempts.Rule(ctx, tx, who, by, attempt.ID(n.Attempt), itemKey, claim, ruling)
	})
}

// markedBy is the version that the mark of an item is made by, for whoever reads the work. ErrMissing.
func (rs *Reviews) markedBy(ctx context.Context, who actor.Actor, c Code, itemKey string) (*assessment.Version, error) {
	var id assessment.VersionID
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		if _, _, err := mine(ctx, tx, who, n); err != nil {
			return err
		}
		sub, err := rs.Attempts.Submission(ctx, tx, attempt.ID(n.Attempt))
		if err != nil {
			return err
		}
		if id = sub.Marks[itemKey].By; id == "" {
			id = n.Version
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rs.Assessments.Version(ctx, who.Org, id)
}

// rulings adds what the asker ruled. While their card is open a mark says what they ruled alone: what others think opens with it.
func (rs *Reviews) rulings(ctx context.Context, who actor.Actor, s *Sheet) error {
	for key, a := range s.Work.Answers {
		it, _, ok := s.Rubric.Item(key)
		if !ok {
			continue
		}
		k, ok := it.Kind.(item.Confirmer)
		if !ok {
			continue
		}
		spec := it.Spec
		if a.by != "" {
			v, err := rs.Assessments.Version(ctx, who.Org, a.by)
			if err != nil {
				return err
			}
			if other, _, ok := v.Item(key); ok {
				spec = other.Spec
				a.Spec = spec
			}
		}
		a.Rulings = map[string]string{}
		err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
			list, err := rs.Attempts.Rulings(ctx, tx, attempt.ID(s.Attempt), key)
			for _, r := range list {
				if r.Member == who.ID {
					a.Rulings[r.Claim] = r.Ruling
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		if a.Mark != nil && s.Mine.State == Assigned {
			own, err := k.Confirmed(spec, a.Body, a.Rulings)
			if err != nil {
				return err
			}
			a.Mark = &own
		}
		s.Work.Answers[key] = a
	}
	return nil
}

// LookAt is the spec of an item of the work that the asker reads, for the pages beside it. ErrMissing.
func (rs *Reviews) LookAt(ctx context.Context, who actor.Actor, c Code, itemKey string) (item.Kind, item.Spec, error) {
	v, err := rs.version(ctx, who, c)
	if err != nil {
		return nil, nil, err
	}
	it, _, ok := v.Item(itemKey)
	if !ok {
		return nil, nil, ErrMissing
	}
	return it.Kind, it.Spec, nil
}
