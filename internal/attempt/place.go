package attempt

import (
	"context"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/item"
)

// Mine is the asking candidate's attempt. ErrMissing.
func (as *Attempts) Mine(ctx context.Context, who actor.Actor) (a Attempt, err error) {
	err = as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err = as.ofInvitation(ctx, tx, who)
		return err
	})
	return a, err
}

// Place is an item of an attempt and whose answer it is, in the newest sitting of its part; without one the sitting is "". ErrMissing when the attempt,
// or its version, has none of this key.
func (as *Attempts) Place(ctx context.Context, o string, i ID, key string) (it assessment.PartItem, ref item.Ref, err error) {
	var a Attempt
	var sittings map[string]Sitting
	err = as.DB.Read(ctx, o, func(tx db.Tx) error {
		if a, err = as.In(ctx, tx, i); err != nil {
			return err
		}
		sittings, err = as.Sittings(ctx, tx, i)
		return err
	})
	if err != nil {
		return it, ref, err
	}
	v, err := as.Whole(ctx, o, a)
	if err != nil {
		return it, ref, err
	}
	it, part, ok := v.Item(key)
	if !ok {
		return it, ref, ErrMissing
	}
	return it, refOf(o, a, sittings[part.Key].ID, key), nil
}
