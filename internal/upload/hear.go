package upload

import (
	"cmp"
	"context"
	"errors"
	"os"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/media"
	"candor/internal/media/vtt"
	"candor/internal/upload/internal/query"
)

// hear is the job that has the operator's command write down what is said in a recording.
const hear = job.Task[Note]("upload.hear")

// hear may run twice: the same captions are kept once. What a person typed or sent counts before them, whenever they come.
func (us *Uploads) hear(ctx context.Context, n Note) error {
	if us.Hears == nil {
		return nil // the setting was taken away meanwhile
	}
	var u Upload
	err := us.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		u, err = us.In(ctx, tx, n.Upload)
		return err
	})
	if errors.Is(err, ErrMissing) || err == nil && (u.State != Complete || !u.Media.Playable()) {
		return nil // erased, or gone
	}
	if err != nil {
		return err
	}
	var speech []byte
	err = us.with(ctx, u, cmp.Or(blob.Hash(u.Media.hash), u.Hash), func(f *os.File) (err error) {
		speech, err = us.Studio.Speech(ctx, cmp.Or(u.Media.Type, u.Type), f)
		return err
	})
	if errors.Is(err, media.ErrMissing) || errors.Is(err, media.ErrLarge) || err == nil && len(speech) == 0 {
		return nil // nothing that could be heard
	}
	if err != nil {
		return err
	}
	cues, err := us.Hears.Hear(ctx, speech)
	if errors.Is(err, vtt.ErrInvalid) {
		us.log().Warn("the captions command wrote no WebVTT: this recording has none of it", "upload", u.ID, "why", err)
		return nil
	}
	if err != nil || len(cues) == 0 {
		return err
	}
	return us.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		err := us.Caption(ctx, tx, actor.ForSystem(n.Org, "upload.hear"), u.ID, Captions{Source: ByCommand, Cues: cues})
		if errors.Is(err, ErrMissing) {
			return nil
		}
		return err
	})
}

// again has what nothing could look at looked at once more, where something can now.
func (us *Uploads) again(ctx context.Context, org string) error {
	if us.Studio == nil {
		return nil
	}
	var unseen []string
	err := us.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		unseen, err = query.New(tx).Unseen(ctx, org, media.Largest)
		return err
	})
	if err != nil || len(unseen) == 0 {
		return err
	}
	if _, err := us.Studio.Version(ctx); err != nil {
		return nil // as before
	}
	return us.DB.Write(ctx, org, func(tx db.Tx) error {
		for _, i := range unseen {
			n, err := query.New(tx).LookAgain(ctx, org, i)
			if err != nil || n == 0 {
				return err
			}
			u, err := us.In(ctx, tx, ID(i))
			if err != nil {
				return err
			}
			if err := look.Enqueue(ctx, us.Jobs, tx, u.note()); err != nil {
				return err
			}
		}
		return nil
	})
}

// Expire takes the bytes of a finished upload away and leaves what is known of it: its length, and its captions. Whoever asks is the caller's business;
// the upload's row is the guarding write. Again, and for one that is not finished, it changes nothing.
func (us *Uploads) Expire(ctx context.Context, tx db.Tx, i ID) error {
	u, err := us.In(ctx, tx, i)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	q := query.New(tx)
	n, err := q.Expire(ctx, tx.Org, string(i))
	if err != nil || n == 0 {
		return err
	}
	if err := q.EmptyMedia(ctx, tx.Org, string(i)); err != nil {
		return err
	}
	for _, h := range []string{string(u.Hash), u.Media.hash, u.Media.poster} {
		if err := us.unname(ctx, tx, h); err != nil {
			return err
		}
	}
	return us.give(ctx, tx, u.Owner, u.Bytes)
}
