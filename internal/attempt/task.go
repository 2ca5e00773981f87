package attempt

import (
	"context"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
)

// Task says which version an item of the asking candidate is in, and whether they are working on it. ErrMissing when they have no such item.
func (as *Attempts) Task(ctx context.Context, who actor.Actor, key string) (v assessment.VersionID, works bool, err error) {
	view, err := as.View(ctx, who)
	if err != nil {
		return "", false, err
	}
	_, part, ok := view.Version.Item(key)
	if !ok {
		return "", false, ErrMissing
	}
	s, there := view.Sittings[part.Key]
	return view.Attempt.Version, there && s.Works(view.Now), nil
}

// AtPart counts the people who have a part of a version: before them or under way, and sent or over.
func (as *Attempts) AtPart(ctx context.Context, tx db.Tx, v assessment.VersionID, part string) (open, over int, err error) {
	r, err := query.New(tx).AtPart(ctx, query.AtPartParams{OrgID: tx.Org, VersionID: string(v), Part: part, Now: clock.Milli(as.DB.Now())})
	return int(r.Going), int(r.People - r.Going), err
}
