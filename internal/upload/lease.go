package upload

import (
	"context"
	"io"
	"sync"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/upload/internal/query"
)

const (
	// leased is how long whoever writes to an upload holds it without a sign of life: a node that died is waited for no longer.
	leased = 20 * time.Second
	// asks is how often whoever wants an upload looks whether it is free, looks how often its holder looks whether somebody wants it: there are many
	// holders, each for as long as a piece is on its way.
	asks  = 250 * time.Millisecond
	looks = time.Second
)

// Lease lets one connection at a time write to an upload, on whatever node it arrives: a device that comes back over a new network takes the upload
// from its old connection, which may not know yet that it is dead. It keeps order, it is not what keeps bytes right: that is Append's guard.
type Lease struct {
	us     *Uploads
	who    actor.Actor
	upload ID
	holder string
	held   Upload
	left   bool // in the transaction of the last part
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// Lease makes one that nobody holds yet, for whoever began the upload.
func (us *Uploads) Lease(who actor.Actor, i ID) *Lease {
	return &Lease{us: us, who: who, upload: i, holder: id.Timeless("l")}
}

// Held is the upload as it was when it was locked: one that is held is read once.
func (l *Lease) Held() Upload { return l.held }

// Declared tells it that the length was declared meanwhile.
func (l *Lease) Declared(length int64) { l.held.Length = length }

// Append is Uploads.Append of the holder, once after Lock: the transaction of the last part lets go too.
func (l *Lease) Append(ctx context.Context, at int64, r io.Reader) (n int64, err error) {
	n, l.left, err = l.us.add(ctx, l.held, at, r, func() string {
		l.stop() // nobody looks for us where we are not any more
		l.done.Wait()
		return l.holder
	})
	return n, err
}

// Lock waits until the upload is free, and asks its holder to let go. While it is held, wanted is called once when somebody else asks. ErrMissing;
// ErrBusy when ctx ends first.
func (l *Lease) Lock(ctx context.Context, wanted func()) error {
	for {
		free, err := l.hold(ctx)
		if ctx.Err() != nil {
			return ErrBusy
		}
		if err != nil {
			return err
		}
		if free {
			break
		}
		select {
		case <-ctx.Done():
			return ErrBusy
		case <-time.After(asks):
		}
	}
	live, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.done.Go(func() { l.watch(live, wanted) })
	return nil
}

func (l *Lease) hold(ctx context.Context) (free bool, err error) {
	err = l.us.piece(ctx, l.who.Org, func(tx db.Tx) error {
		q, now := query.New(tx), l.us.DB.Now()
		n, err := q.Hold(ctx, query.HoldParams{Holder: l.holder, Until: clock.Milli(now.Add(leased)), OrgID: tx.Org, ID: string(l.upload), Now: clock.Milli(now)})
		if err != nil {
			return err
		}
		if l.held, err = l.us.mine(ctx, tx, l.who, l.upload); err != nil {
			return err
		}
		if free = n > 0; free {
			return nil
		}
		_, err = q.Want(ctx, tx.Org, string(l.upload))
		return err
	})
	return free, err
}

// watch renews the lease while it is held.
func (l *Lease) watch(ctx context.Context, wanted func()) {
	ask := time.NewTicker(looks)
	defer ask.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ask.C:
		}
		var want int64
		err := l.us.DB.Read(ctx, l.who.Org, func(tx db.Tx) (err error) {
			want, err = query.New(tx).Wanted(ctx, l.who.Org, string(l.upload), l.holder)
			return err
		})
		if err != nil || want == 1 { // or another one holds it: this one was taken for dead
			wanted()
			return
		}
		if time.Since(renewed) < leased/4 {
			continue
		}
		renewed = time.Now()
		err = l.us.piece(ctx, l.who.Org, func(tx db.Tx) error {
			_, err := query.New(tx).Renew(ctx, query.RenewParams{Until: clock.Milli(l.us.DB.Now().Add(leased)), OrgID: l.who.Org, ID: string(l.upload), Holder: l.holder})
			return err
		})
		if err != nil {
			wanted()
			return
		}
	}
}

// Unlock lets go. It may be called once after Lock.
func (l *Lease) Unlock() error {
	l.stop()
	l.done.Wait()
	if l.left {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // the request's own may be over
	defer cancel()
	return l.us.piece(ctx, l.who.Org, func(tx db.Tx) error {
		_, err := query.New(tx).Release(ctx, l.who.Org, string(l.upload), l.holder)
		return err
	})
}
