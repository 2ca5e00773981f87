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
	if _, err = us.Append(ctx, who, u.ID, 0, bytes.NewReader(data)); err == nil {
		u, err = us.Finish(ctx, who, u.ID, Claim{Hash: secret.Hash(string(data)), Length: int64(len(data))})
	}
	err = errors.Join(err, us.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err != nil {
			return us.Remove(ctx, tx, u.ID)
		}
		_, err := query.New(tx).Call(ctx, name, tx.Org, string(u.ID))
		return err
	}))
	u.Name = name
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
