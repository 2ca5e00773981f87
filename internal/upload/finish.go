package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/media"
	"candor/internal/upload/internal/query"
)

// Claim is what a device says that it sent.
type Claim struct {
	Hash   string // SHA-256 of the whole, 64 hex digits
	Length int64  // bytes
}

// Finish ends an upload: its parts become one file, when that is what the device sent. The same again is harmless. ErrMissing, ErrLength, ErrHash,
// ErrType, ErrBusy.
func (us *Uploads) Finish(ctx context.Context, who actor.Actor, i ID, c Claim) (Upload, error) {
	u, err := us.Load(ctx, who, i)
	if err != nil {
		return u, err
	}
	if u.State == Complete {
		if string(u.Hash) != c.Hash {
			return u, ErrHash
		}
		return u, nil
	}
	if u.Bytes == 0 || c.Length != u.Bytes || u.Length >= 0 && u.Length != u.Bytes {
		return u, ErrLength.With("bytes", fmt.Sprint(u.Bytes))
	}
	head := &head{}
	h, n, err := us.join(ctx, u, head)
	if err != nil {
		return u, err
	}
	if n != u.Bytes {
		return u, ErrLength.With("bytes", fmt.Sprint(n)) // somebody cut it meanwhile
	}
	u.Type = u.tell(head.Bytes())
	if err = u.accepts(u.Type); string(h) != c.Hash {
		err = ErrHash
	}
	if err != nil {
		return u, errors.Join(err, us.leave(ctx, u.Org, h))
	}
	err = us.DB.Write(ctx, u.Org, func(tx db.Tx) error { return us.complete(ctx, tx, u, h) })
	if err = us.comeBack(ctx, u.Org, h, err); err != nil {
		return u, err
	}
	return us.Load(ctx, who, i)
}

// join writes the parts into one file, one upload at a time: everybody's time is over at once, and who still saves needs the disk and the processor too.
func (us *Uploads) join(ctx context.Context, u Upload, head io.Writer) (blob.Hash, int64, error) {
	us.ends.Lock()
	defer us.ends.Unlock()
	if err := ctx.Err(); err != nil { // the device did not wait; it asks again
		return "", 0, err
	}
	return us.Blobs.PutReader(ctx, u.Org, blob.Recording, io.TeeReader(&whole{ctx: ctx, us: us, u: u}, head))
}

// leave lets a file be collected that nothing will name.
func (us *Uploads) leave(ctx context.Context, org string, h blob.Hash) error {
	return us.DB.Write(ctx, org, func(tx db.Tx) error {
		_, err := query.New(tx).Found(ctx, org, string(h), clock.Milli(us.DB.Now()))
		return err
	})
}

// complete is the transaction of the end.
func (us *Uploads) complete(ctx context.Context, tx db.Tx, u Upload, h blob.Hash) error {
	q := query.New(tx)
	n, err := q.Finish(ctx, query.FinishParams{Hash: string(h), Type: u.Type, Now: clock.Milli(us.DB.Now()), OrgID: u.Org, ID: string(u.ID), Bytes: u.Bytes})
	if err != nil {
		return err
	}
	if n == 0 {
		if now, err := us.In(ctx, tx, u.ID); err != nil || now.State == Complete && now.Hash == h {
			return err // another request of the same device was faster
		}
		return us.whyNot(ctx, tx, u.ID)
	}
	if err := us.name(ctx, tx, h); err != nil {
		return err
	}
	if err := us.dropParts(ctx, tx, u.ID, 0); err != nil {
		return err
	}
	if err := us.give(ctx, tx, u.Owner, u.Most-u.Bytes); err != nil {
		return err
	}
	state := Plain
	if media.Recording(u.Type) {
		state = Waiting
	}
	if err := q.AddMedia(ctx, u.Org, string(u.ID), string(state)); err != nil {
		return err
	}
	if state == Waiting {
		if err := look.Enqueue(ctx, us.Jobs, tx, u.note()); err != nil {
			return err
		}
	}
	return Finished.Announce(ctx, us.Jobs, tx, u.note())
}

// head keeps the first bytes of what is written to it.
type head struct{ bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), max(0, media.Head-h.Len()))])
	return len(p), nil
}

// whole reads the parts of an upload one after the other.
type whole struct {
	ctx  context.Context
	us   *Uploads
	u    Upload
	at   int64
	part io.ReadCloser
}

func (w *whole) Read(p []byte) (int, error) {
	for {
		if w.part == nil {
			if w.at >= w.u.Bytes {
				return 0, io.EOF
			}
			if err := w.open(); err != nil {
				return 0, err
			}
		}
		n, err := w.part.Read(p)
		w.at += int64(n)
		if err == io.EOF {
			err = w.part.Close()
			w.part = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (w *whole) open() error {
	return w.us.DB.Read(w.ctx, w.u.Org, func(tx db.Tx) error {
		p, err := query.New(tx).Part(w.ctx, w.u.Org, string(w.u.ID), w.at)
		if err != nil {
			return fmt.Errorf("upload %s: part at %d: %w", w.u.ID, w.at, err)
		}
		if p.Hash == "" {
			w.part = io.NopCloser(bytes.NewReader(p.Data))
			return nil
		}
		w.part, err = w.us.Blobs.Open(w.ctx, w.u.Org, blob.Recording, blob.Hash(p.Hash))
		return err
	})
}

// Drop throws an open upload away. ErrMissing, ErrFinished.
func (us *Uploads) Drop(ctx context.Context, who actor.Actor, i ID) error {
	return us.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := query.New(tx).Want(ctx, who.Org, string(i)); err != nil { // held from here on
			return err
		}
		u, err := us.mine(ctx, tx, who, i)
		if err != nil {
			return err
		}
		if u.State != Open {
			return ErrFinished
		}
		return us.Remove(ctx, tx, i)
	})
}
