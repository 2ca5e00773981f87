package item

import (
	"context"
	"net/url"

	"candor/internal/actor"
	"candor/internal/db"
)

// DoOnce does what a candidate could do on an item where nothing is kept, in the practice and in the preview: it makes a body of the posted form and
// starts the action on it. The body comes back for the page to show again, also with a problem. Problems: ErrAction when the item has no such action, and
// the kind's own.
func DoOnce(ctx context.Context, d *db.DB, who actor.Actor, ref Ref, k Kind, s Spec, action string, form url.Values) ([]byte, error) {
	doer, ok := k.(Doer)
	if !ok {
		return k.Blank(s), ErrAction
	}
	body, err := k.Form(s, k.Blank(s), form)
	if err != nil {
		return k.Blank(s), err
	}
	return body, d.Write(ctx, ref.Org, func(tx db.Tx) error {
		_, err := doer.Do(ctx, tx, who, ref, s, action, body, form)
		return err
	})
}

// Done are the events of a kind that does things, newest first; none of others.
func Done(ctx context.Context, d *db.DB, ref Ref, k Kind, s Spec) (out []Event, err error) {
	doer, ok := k.(Doer)
	if !ok {
		return nil, nil
	}
	err = d.Read(ctx, ref.Org, func(tx db.Tx) (err error) {
		out, err = doer.Events(ctx, tx, ref, s)
		return err
	})
	return out, err
}
