package upload

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"candor/internal/blob"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/media"
	"candor/internal/problem"
	"candor/internal/upload/internal/query"
)

// MediaState says what is known of a finished upload.
type MediaState string

// The states.
const (
	Plain   MediaState = "plain"   // not a recording
	Waiting MediaState = "waiting" // nobody looked at it yet: the raw file plays
	Ready   MediaState = "ready"
	Damaged MediaState = "damaged" // Lost says what; what could be kept plays
	Missing MediaState = "missing" // nothing here can look at it: the raw file plays
	Deleted MediaState = "gone"    // nothing plays any more
)

// Media is what is known of a finished upload, and what was made of it to play.
type Media struct {
	State MediaState
	Why   string // of Damaged and Missing: one sentence for people
	media.Facts
	Type   string // of what plays
	Bytes  int64  // of what plays
	Poster bool   // there is a picture of it

	hash, poster string
}

// Playable says that there is something to play.
func (m Media) Playable() bool {
	return m.State == Ready || m.State == Waiting || m.State == Missing || m.State == Damaged && m.hash != ""
}

// Harm is what was lost of a damaged recording, in a sentence; "" is nothing.
func (m Media) Harm() string {
	if m.State != Damaged {
		return ""
	}
	return m.Why
}

func mediaOf(r query.MediaRow) Media {
	peaks, _ := base64.StdEncoding.DecodeString(r.Peaks) // ours
	return Media{State: MediaState(r.State), Why: r.Why, Type: r.Type, Bytes: r.Bytes, Poster: r.PosterHash != "", hash: r.Hash, poster: r.PosterHash,
		Facts: media.Facts{Lost: media.Loss(r.Lost), Length: time.Duration(r.LengthMs) * time.Millisecond, Width: int(r.Width), Height: int(r.Height),
			Sound: r.Sound == 1, Picture: r.Picture == 1, Gain: float64(r.GainCb) / 100, Peaks: peaks}}
}

// look is the job that looks at a finished recording.
const look = job.Task[Note]("upload.look")

// Listen registers what is done later.
func (us *Uploads) Listen() {
	job.Work(us.Jobs, look, job.Media, us.look)
	job.Work(us.Jobs, hear, job.Media, us.hear)
	job.Work(us.Jobs, collect, job.Housekeeping, func(ctx context.Context, n collectNote) error { return us.Collect(ctx, n.Org) })
}

// look has media make of a recording what plays. It may run twice: the row's state is the guard.
func (us *Uploads) look(ctx context.Context, n Note) error {
	var u Upload
	err := us.DB.Read(ctx, n.Org, func(tx db.Tx) (err error) {
		u, err = us.In(ctx, tx, n.Upload)
		return err
	})
	if errors.Is(err, ErrMissing) || err == nil && u.Media.State != Waiting {
		return nil // erased or looked at meanwhile
	}
	if err != nil {
		return err
	}
	var made media.Made
	err = us.with(ctx, u, u.Hash, func(raw *os.File) (err error) {
		made, err = us.Studio.Make(ctx, u.Type, raw)
		return err
	})
	m := query.SettleParams{OrgID: n.Org, UploadID: string(n.Upload), State: string(Ready)}
	switch {
	case errors.Is(err, media.ErrMissing), errors.Is(err, media.ErrLarge):
		p, _ := problem.As(err)
		m.State, m.Why = string(Missing), p.Text
	case err != nil:
		return err
	case made.Lost != "":
		m.State, m.Why = string(Damaged), made.Lost.Text()
	}
	for _, f := range []struct {
		data []byte
		hash *string
	}{{made.Play, &m.Hash}, {made.Poster, &m.PosterHash}} {
		if len(f.data) == 0 {
			continue
		}
		h, err := us.Blobs.Put(ctx, n.Org, blob.Recording, f.data)
		if err != nil {
			return err
		}
		*f.hash = string(h)
	}
	f := made.Facts
	m.Lost, m.Type, m.Bytes, m.LengthMs, m.Width, m.Height = string(f.Lost), made.Type, int64(len(made.Play)), f.Length.Milliseconds(), int64(f.Width), int64(f.Height)
	m.Sound, m.Picture, m.GainCb, m.Peaks = flag(f.Sound), flag(f.Picture), int64(math.Round(f.Gain*100)), base64.StdEncoding.EncodeToString(f.Peaks)
	return us.settle(ctx, u, m)
}

// with opens a file for the studio. media.ErrMissing where there is none.
func (us *Uploads) with(ctx context.Context, u Upload, h blob.Hash, fn func(*os.File) error) error {
	if us.Studio == nil {
		return media.ErrMissing
	}
	raw, err := us.Blobs.Open(ctx, u.Org, blob.Recording, h)
	if err != nil {
		return err
	}
	defer raw.Close()
	f, ok := raw.(*os.File)
	if !ok { // a store elsewhere: the studio wants a file
		if f, err = os.CreateTemp("", "candor-recording-*"); err != nil {
			return err
		}
		defer os.Remove(f.Name())
		defer f.Close()
		if _, err := io.Copy(f, raw); err != nil {
			return err
		}
	}
	return fn(f)
}

// settle writes what was found, once, and announces it.
func (us *Uploads) settle(ctx context.Context, u Upload, m query.SettleParams) error {
	return us.DB.Write(ctx, u.Org, func(tx db.Tx) error {
		q := query.New(tx)
		m.MadeAt = clock.Milli(us.DB.Now())
		n, err := q.Settle(ctx, m)
		if err != nil || n == 0 {
			return err
		}
		for _, h := range []string{m.Hash, m.PosterHash} {
			if h == "" {
				continue
			}
			if err := us.name(ctx, tx, blob.Hash(h)); err != nil {
				return fmt.Errorf("upload %s: %w", u.ID, err) // tried again by the queue
			}
		}
		if us.Hears != nil && m.Sound == 1 {
			if err := hear.Enqueue(ctx, us.Jobs, tx, u.note()); err != nil {
				return err
			}
		}
		return Settled.Announce(ctx, us.Jobs, tx, u.note())
	})
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
