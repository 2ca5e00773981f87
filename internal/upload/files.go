package upload

import (
	"context"
	"errors"
	"time"

	"candor/internal/blob"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/upload/internal/query"
)

// grace is how long a file may lie there that nothing names: whoever wrote it names it in a moment, or died.
const grace = 24 * time.Hour

// errGoing: the file is being removed, or was, because nothing named it; the same bytes came again.
var errGoing = errors.New("upload: the file is being collected")

// name counts a row that names a file. errGoing.
func (us *Uploads) name(ctx context.Context, tx db.Tx, h blob.Hash) error {
	n, err := query.New(tx).Name(ctx, tx.Org, string(h), clock.Milli(us.DB.Now()))
	if err == nil && n == 0 {
		return errGoing
	}
	return err
}

// unname takes a name back; "" is none. The file goes with the next collection.
func (us *Uploads) unname(ctx context.Context, tx db.Tx, h string) error {
	if h == "" {
		return nil
	}
	_, err := query.New(tx).Unname(ctx, tx.Org, h)
	if err != nil {
		return err
	}
	return collect.Enqueue(ctx, us.Jobs, tx, collectNote{tx.Org}, job.Unique(tx.Org))
}

// dropParts takes away the parts of an upload from an offset on, with their names, by two statements and one job however many they are.
func (us *Uploads) dropParts(ctx context.Context, tx db.Tx, i ID, at int64) error {
	q := query.New(tx)
	n, err := q.UnnameParts(ctx, tx.Org, string(i), at)
	if err != nil {
		return err
	}
	if n > 0 {
		if err := collect.Enqueue(ctx, us.Jobs, tx, collectNote{tx.Org}, job.Unique(tx.Org)); err != nil {
			return err
		}
	}
	_, err = q.DropParts(ctx, tx.Org, string(i), at)
	return err
}

// comeBack makes ErrBusy of errGoing. A file that was removed and then written once more is kept from now on, so that trying again helps.
func (us *Uploads) comeBack(ctx context.Context, org string, h blob.Hash, err error) error {
	if !errors.Is(err, errGoing) {
		return err
	}
	f, err := us.Blobs.Open(ctx, org, blob.Recording, h)
	if err == nil {
		f.Close()
		err = us.DB.Write(ctx, org, func(tx db.Tx) error {
			_, err := query.New(tx).Back(ctx, org, string(h))
			return err
		})
	}
	if err != nil && !errors.Is(err, blob.ErrMissing) {
		return err
	}
	return ErrBusy
}

// collectNote says in which organisation.
type collectNote struct{ Org string }

const collect = job.Task[collectNote]("upload.collect")

// Collect removes the files that no row names any more, and those that nobody named for a day.
func (us *Uploads) Collect(ctx context.Context, org string) error {
	now := us.DB.Now()
	var all []string
	err := us.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		all, err = query.New(tx).Unnamed(ctx, org, clock.Milli(now.Add(-grace)))
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range all {
		if err := us.remove(ctx, org, h, now); err != nil {
			return err
		}
	}
	return nil
}

func (us *Uploads) remove(ctx context.Context, org, h string, now time.Time) error {
	var n int64
	err := us.DB.Write(ctx, org, func(tx db.Tx) (err error) {
		n, err = query.New(tx).Going(ctx, org, h)
		return err
	})
	if err != nil || n == 0 { // somebody named it meanwhile
		return err
	}
	if err := us.Blobs.Delete(ctx, org, blob.Recording, blob.Hash(h)); err != nil {
		return err
	}
	return us.DB.Write(ctx, org, func(tx db.Tx) error {
		_, err := query.New(tx).Gone(ctx, org, h, clock.Milli(now))
		return err
	})
}

// Sweep throws away uploads that nobody went on with, and finds files that were written and never named.
func (us *Uploads) Sweep(ctx context.Context, org string) error {
	now := us.DB.Now()
	err := us.DB.Write(ctx, org, func(tx db.Tx) error {
		left, err := query.New(tx).Abandoned(ctx, org, clock.Milli(now.Add(-Abandoned)))
		for _, i := range left {
			if err := us.Remove(ctx, tx, ID(i)); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	known := map[blob.Hash]bool{}
	err = us.DB.Read(ctx, org, func(tx db.Tx) error {
		all, err := query.New(tx).Files(ctx, org)
		for _, h := range all {
			known[blob.Hash(h)] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	var found []blob.Hash
	err = us.Blobs.List(ctx, org, blob.Recording, func(h blob.Hash, _ int64) error {
		if !known[h] {
			found = append(found, h)
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = us.DB.Write(ctx, org, func(tx db.Tx) error {
		q := query.New(tx)
		for _, h := range found {
			if _, err := q.Found(ctx, org, string(h), clock.Milli(now)); err != nil {
				return err
			}
		}
		_, err := q.Forget(ctx, org, clock.Milli(now.Add(-grace)))
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(us.Collect(ctx, org), us.again(ctx, org))
}

// RemoveAll takes away what an owner has for an item, of all items with "", but one; n is how many that were.
func (us *Uploads) RemoveAll(ctx context.Context, tx db.Tx, owner, item string, but ID) (n int, err error) {
	all, err := us.Of(ctx, tx, owner, item)
	for _, u := range all {
		if err == nil && u.ID != but {
			err = us.Remove(ctx, tx, u.ID)
			n++
		}
	}
	return n, err
}

// RemoveUnder removes what is older than before of all owners whose names begin with prefix, up to 200 at a time, and says how many.
func (us *Uploads) RemoveUnder(ctx context.Context, tx db.Tx, prefix string, before time.Time) (n int, err error) {
	all, err := query.New(tx).Under(ctx, tx.Org, prefix, clock.Milli(before))
	for _, i := range all {
		if err == nil {
			err = us.Remove(ctx, tx, ID(i))
			n++
		}
	}
	return n, err
}

// Remove takes an upload away with all that belongs to it, in the caller's transaction; holding its row is the guarding write. One that is not there is
// no error.
func (us *Uploads) Remove(ctx context.Context, tx db.Tx, i ID) error {
	q := query.New(tx)
	n, err := q.Want(ctx, tx.Org, string(i))
	if err != nil || n == 0 {
		return err
	}
	u, err := us.In(ctx, tx, i)
	if err != nil {
		return err
	}
	if err := us.dropParts(ctx, tx, i, 0); err != nil {
		return err
	}
	for _, h := range []string{string(u.Hash), u.Media.hash, u.Media.poster} {
		if err := us.unname(ctx, tx, h); err != nil {
			return err
		}
	}
	for _, drop := range []func() (int64, error){
		func() (int64, error) { return q.DropMedia(ctx, tx.Org, string(i)) },
		func() (int64, error) { return q.DropCaptions(ctx, tx.Org, string(i)) },
		func() (int64, error) { return q.Drop(ctx, tx.Org, string(i)) },
	} {
		if _, err := drop(); err != nil {
			return err
		}
	}
	taken := u.Most
	switch u.State {
	case Complete:
		taken = u.Bytes
	case Gone:
		taken = 0
	}
	return us.give(ctx, tx, u.Owner, taken)
}
