package upload

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/media"
	"candor/internal/secret"
	"candor/internal/upload/internal/query"
)

// Keep takes a whole file at once, by the same rules as one that comes in pieces. name is what whoever sent it calls it: such a file is only ever saved, never shown.
// What Create, Append and Finish say; nothing is left of a file that is refused.
func (us *Uploads) Keep(ctx context.Context, who actor.Actor, s Subject, name string, data []byte) (Upload, error) {
	u, err := us.Create(ctx, who, s, int64(len(data)))
	if err != nil {
		return u, err
	}
	if u, err = us.whole(ctx, who, u, data); err != nil {
		return u, err
	}
	u.Name = name
	return u, us.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		_, err := query.New(tx).Call(ctx, name, tx.Org, string(u.ID))
		return err
	})
}

// Put keeps a whole file at once for a caller that knows whose it is and what is in it: a picture of it shows. accepting says what may be kept; it is asked
// while the room of the owner is held, so that what it counts stays true. What Create says, and what accepting says.
func (us *Uploads) Put(ctx context.Context, who actor.Actor, s Subject, accepting Accepting, data []byte) (Upload, error) {
	if !purpose.MatchString(s.Purpose) {
		return Upload{}, ErrPurpose
	}
	if us.Room != nil {
		if err := us.Room(); err != nil {
			return Upload{}, err
		}
	}
	u, err := us.create(ctx, who, s, int64(len(data)), func(ctx context.Context, tx db.Tx) (Accept, error) {
		if err := us.take(ctx, tx, s.Owner, 0); err != nil {
			return Accept{}, err
		}
		a, err := accepting(ctx, tx)
		a.fresh = true
		return a, err
	})
	if err != nil {
		return u, err
	}
	return us.whole(ctx, who, u, data)
}

// whole sends all of a file; nothing is left of one that is refused.
func (us *Uploads) whole(ctx context.Context, who actor.Actor, u Upload, data []byte) (Upload, error) {
	i := u.ID
	_, err := us.Append(ctx, who, u.ID, 0, bytes.NewReader(data))
	if err == nil {
		u, err = us.Finish(ctx, who, u.ID, Claim{Hash: secret.Hash(string(data)), Length: int64(len(data))})
	}
	if err != nil {
		err = errors.Join(err, us.DB.Write(ctx, who.Org, func(tx db.Tx) error { return us.Remove(ctx, tx, i) }))
	}
	return u, err
}

// tell is the type of what begins so. Text is one only where it is wanted: a text can be anything.
func (u Upload) tell(head []byte) string {
	kind := media.Sniff(head)
	if kind == media.Unknown && slices.Contains(strings.Fields(u.types), media.Text) && media.IsText(head) {
		return media.Text
	}
	return kind
}
