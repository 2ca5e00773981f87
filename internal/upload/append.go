package upload

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
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

const (
	// inRow is how many bytes a part may have that stands in its row: slices of a voice, chunks of one byte. Neighbours are joined up to this size.
	inRow = 16 << 10
	// partMost is how many bytes one part may have: what a process that is killed in the middle of a long request loses.
	partMost = 8 << 20
)

// part is what comes next: in memory, or in a file that nothing names yet.
type part struct {
	bytes int64
	hash  blob.Hash
	data  []byte
}

// Append adds what r gives at an offset, which must be where the upload ends. The bytes that it counts are synced, also when an error comes with
// them; where r broke off, what had come is kept. ErrMissing, ErrFinished, ErrOffset, ErrType, ErrTooLarge, ErrBusy, and what a full disk says.
func (us *Uploads) Append(ctx context.Context, who actor.Actor, i ID, at int64, r io.Reader) (n int64, err error) {
	u, err := us.Load(ctx, who, i)
	if err != nil {
		return 0, err
	}
	n, _, err = us.add(ctx, u, at, r, func() string { return "" })
	return n, err
}

// add is Append to an upload as it was read. last is asked before the transaction of the last part, and names the holder who lets go in it; left says
// whether it did.
func (us *Uploads) add(ctx context.Context, u Upload, at int64, r io.Reader, last func() string) (n int64, left bool, err error) {
	switch {
	case u.State != Open:
		return 0, false, ErrFinished
	case at != u.Bytes:
		return 0, false, ErrOffset.With("bytes", fmt.Sprint(u.Bytes))
	case u.Type != "" && u.accepts(u.Type) != nil:
		return 0, false, u.accepts(u.Type)
	}
	if us.Room != nil {
		if err := us.Room(); err != nil {
			return 0, false, err
		}
	}
	in := bufio.NewReaderSize(r, inRow)
	if at == 0 {
		if head, _ := in.Peek(media.Head); len(head) == media.Head {
			u.Type = u.tell(head)
			if err := u.accepts(u.Type); err != nil {
				return 0, false, err
			}
		}
	}
	for u.Bytes < u.Most {
		most := min(partMost, u.Most-u.Bytes)
		p, readErr := us.bring(ctx, u, io.LimitReader(in, most))
		if p.bytes > 0 {
			leaves := ""
			if readErr != nil || p.bytes < most {
				leaves = last()
			}
			if err := us.land(ctx, u, p, leaves); err != nil {
				return n, false, err
			}
			n, left, u.Bytes = n+p.bytes, leaves != "", u.Bytes+p.bytes
		}
		if readErr != nil || p.bytes < most {
			return n, left, readErr
		}
	}
	if _, err := in.Peek(1); err == nil {
		return n, left, ErrTooLarge.With("most", fmt.Sprint(u.Most))
	}
	return n, left, nil
}

// bring reads the next part; an error of r comes with what was read before it.
func (us *Uploads) bring(ctx context.Context, u Upload, r io.Reader) (part, error) {
	small := make([]byte, inRow)
	n, err := io.ReadFull(r, small)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if err != nil || n < inRow {
		return part{bytes: int64(n), data: small[:n]}, err
	}
	rest := &broken{r: r}
	h, size, err := us.Blobs.PutReader(ctx, u.Org, blob.Recording, io.MultiReader(bytes.NewReader(small), rest))
	if err != nil {
		return part{}, err
	}
	return part{bytes: size, hash: h}, rest.err
}

// broken ends where its reader breaks, and remembers why.
type broken struct {
	r   io.Reader
	err error
}

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.err, err = err, io.EOF
	}
	return n, err
}

// land is the transaction that acknowledges a part: it moves the upload's end from where the part begins. leaves is the holder who lets go; "" keeps them.
func (us *Uploads) land(ctx context.Context, u Upload, p part, leaves string) error {
	err := us.piece(ctx, u.Org, func(tx db.Tx) error {
		q := query.New(tx)
		n, err := q.Grow(ctx, query.GrowParams{More: p.bytes, Type: u.Type, Now: clock.Milli(us.DB.Now()), Leaves: leaves, OrgID: u.Org, ID: string(u.ID), Bytes: u.Bytes})
		if err != nil {
			return err
		}
		if n == 0 {
			return us.whyNot(ctx, tx, u.ID)
		}
		if p.hash != "" {
			if err := us.name(ctx, tx, p.hash); err != nil {
				return err
			}
		} else if joined, err := join(ctx, q, u, p); err != nil || joined {
			return err
		}
		data := p.data
		if data == nil {
			data = []byte{}
		}
		return q.AddPart(ctx, query.AddPartParams{OrgID: u.Org, UploadID: string(u.ID), At: u.Bytes, Bytes: p.bytes, Hash: string(p.hash), Data: data})
	})
	return us.comeBack(ctx, u.Org, p.hash, err)
}

// join puts a small part to the one before it where both fit into a row.
func join(ctx context.Context, q *query.Queries, u Upload, p part) (bool, error) {
	last, err := q.LastPart(ctx, u.Org, string(u.ID))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (last.Hash != "" || last.Bytes+p.bytes > inRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = q.LengthenPart(ctx, query.LengthenPartParams{Bytes: last.Bytes + p.bytes, Data: append(last.Data, p.data...), OrgID: u.Org, UploadID: string(u.ID), At: last.At})
	return true, err
}

// whyNot says why an upload could not be changed.
func (us *Uploads) whyNot(ctx context.Context, tx db.Tx, i ID) error {
	u, err := us.In(ctx, tx, i)
	if err != nil {
		return err
	}
	if u.State != Open {
		return ErrFinished
	}
	return ErrOffset.With("bytes", fmt.Sprint(u.Bytes))
}

// Declare tells the length of an upload that began without; the same again is harmless. ErrMissing, ErrLength, ErrTooLarge.
func (us *Uploads) Declare(ctx context.Context, who actor.Actor, i ID, length int64) error {
	return us.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		u, err := us.mine(ctx, tx, who, i)
		switch {
		case err != nil || u.Length == length:
			return err
		case length > u.Most:
			return ErrTooLarge.With("most", fmt.Sprint(u.Most))
		}
		n, err := query.New(tx).Declare(ctx, length, who.Org, string(i))
		if err == nil && n == 0 {
			return ErrLength.With("bytes", fmt.Sprint(u.Bytes))
		}
		return err
	})
}

// Cut throws away what came from an offset on, or from the beginning of the part that it falls in; the upload then ends there. ErrMissing, ErrFinished,
// ErrOffset.
func (us *Uploads) Cut(ctx context.Context, who actor.Actor, i ID, at int64) (u Upload, err error) {
	err = us.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.Want(ctx, who.Org, string(i)); err != nil { // nothing is added until we are done
			return err
		}
		if u, err = us.mine(ctx, tx, who, i); err != nil {
			return err
		}
		parts, err := q.Parts(ctx, u.Org, string(i))
		if err != nil {
			return err
		}
		for _, p := range parts {
			if p.At < at && at < p.At+p.Bytes {
				at = p.At
			}
		}
		n, err := q.Shrink(ctx, query.ShrinkParams{At: max(at, 0), Now: clock.Milli(us.DB.Now()), OrgID: u.Org, ID: string(i)})
		if err != nil {
			return err
		}
		if n == 0 {
			return us.whyNot(ctx, tx, i)
		}
		if err := us.dropParts(ctx, tx, i, at); err != nil {
			return err
		}
		u, err = us.In(ctx, tx, i)
		return err
	})
	return u, err
}
