// Package upload takes files in pieces: recordings above all, over networks that break.
//
// An upload belongs to an owner's item (opaque here) and to whoever began it; nobody else finds it. What Append acknowledged is synced: each piece is
// a part, and the number of bytes that are here guards every change, so that two connections, two nodes and a reply that was lost never make a byte
// too many or too few. Nothing is asked again of one that was begun: it may always end. At the end the device says what it sent (SHA-256), and only
// when that is what lies here the upload is [Complete]; else the parts stay, so that it can go on. [Uploads.Cut] goes back.
//
// The type is told by the content, never by a name. How large one may become is reserved when it begins. One that nobody went on with for
// [Abandoned] is thrown away. Of a finished recording a job makes what plays everywhere (package media) and announces [Settled]; what was
// sent stays as it is, always. Files go by hash in the class of recordings; what no row names any more is collected.
package upload

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/media"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/upload/internal/query"
)

// Schema is the steps of this package.
//
//go:embed schema/*.sql
var Schema embed.FS

// ID is an upload's.
type ID string

// Subject says what an upload is for: all three are words of whoever accepts it.
type Subject struct {
	Owner   string // an attempt's id
	Item    string // the item's key
	Purpose string // the kind's own word: letters, digits, _ . -, at most 64
}

var purpose = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// Accept is what may be uploaded.
type Accept struct {
	Types []string // as media.Sniff says them
	Most  int64    // bytes of one upload
	fresh bool     // it is no other one that was begun alike
}

// Accepting says what may be uploaded, in the transaction that begins the upload; a problem refuses it.
type Accepting func(ctx context.Context, tx db.Tx) (Accept, error)

// Types that go together.
var (
	Recordings = []string{"video/webm", "video/x-matroska", "video/mp4", "audio/ogg"} // also where there is only sound in them
	Images     = []string{"image/png", "image/jpeg", "image/webp"}
	Texts      = []string{"text/vtt"}
)

// State says whether more may come.
type State string

// The states.
const (
	Open     State = "open"
	Complete State = "finished"
	Gone     State = "gone" // its time was over: what is said in it is left
)

// Upload is one.
type Upload struct {
	ID  ID
	Org string
	Subject
	State    State
	Type     string    // by the content; "" until enough has come
	Bytes    int64     // that are here, synced
	Length   int64     // that the device told; -1 while it did not
	Most     int64     // bytes that it may have
	Hash     blob.Hash // of the whole; "" while open
	Created  time.Time
	Touched  time.Time // when the last byte came
	Finished time.Time // zero while open
	Media    Media     // zero while open
	Name     string    // what whoever sent it calls it; such a file is only ever saved. "" of a recording

	types  string
	byKind string
	byID   string
}

// Quota bounds what is kept.
type Quota struct {
	Owner        int64 // bytes of one owner's uploads
	Organisation int64 // bytes of all
}

// DefaultQuota is several hours of an attempt's recordings at 1 Mbit/s, and hundreds of such attempts.
var DefaultQuota = Quota{Owner: 4 << 30, Organisation: 500 << 30}

// Abandoned is how long an open upload waits for its next byte. A recording may come up to 72 hours after its part ended.
const Abandoned = 7 * 24 * time.Hour

var (
	// ErrMissing: no such upload of the asker's.
	ErrMissing = problem.New(problem.Missing, "upload_missing", "This upload is not here any more. Start it again; the recording is still on your device.")
	// ErrPurpose: nothing of this name can be uploaded.
	ErrPurpose = problem.New(problem.Invalid, "upload_purpose", "Nothing of this sort can be uploaded here.")
	// ErrType: by its content it is something else. Facts: type.
	ErrType = problem.New(problem.Invalid, "upload_type", "This file is of a kind that cannot be used here. Choose another one, or record it in the page.")
	// ErrTooLarge: more than one upload may have. Facts: most.
	ErrTooLarge = problem.New(problem.TooLarge, "upload_too_large", "This file is larger than we can take here. Record a shorter one; what is already here stays.")
	// ErrQuota: no room.
	ErrQuota = problem.New(problem.TooLarge, "upload_quota", "There is no room for more recordings. Delete a take that you do not need, or write to the person who invited you.")
	// ErrOffset: what is here ends elsewhere. Facts: bytes.
	ErrOffset = problem.New(problem.Conflict, "upload_offset", "A piece came that does not follow what is here. Nothing was changed; the page asks where to go on.")
	// ErrLength: not all is here, or more than was sent. Facts: bytes.
	ErrLength = problem.New(problem.Conflict, "upload_length", "Not all of it is here yet. Nothing is lost: the page goes on sending.")
	// ErrHash: what is here is not what was sent.
	ErrHash = problem.New(problem.Conflict, "upload_hash", "Something changed on the way. The recording is still on your device, and the page sends it once more.")
	// ErrFinished: nothing can be added to it.
	ErrFinished = problem.New(problem.Conflict, "upload_finished", "This upload is complete. Nothing can be added to it any more.")
	// ErrBusy: try the same once more.
	ErrBusy = problem.New(problem.Unavailable, "upload_busy", "Somebody else is sending to this upload. Nothing is lost; try again in a moment.")
)

// Finished is announced when all bytes are here, Settled when media looked at them.
const (
	Finished = job.Topic[Note]("upload.finished")
	Settled  = job.Topic[Note]("upload.settled")
)

// Note names an upload.
type Note struct {
	Org                  string
	Upload               ID
	Owner, Item, Purpose string
}

func (u Upload) note() Note { return Note{u.Org, u.ID, u.Owner, u.Item, u.Purpose} }

// Uploads keeps them.
type Uploads struct {
	DB    *db.DB
	Jobs  *job.Jobs
	Blobs blob.Store
	Key   secret.Key
	// Accepts finds whoever says what may be uploaded. ErrMissing where the owner is not the asker's.
	Accepts func(ctx context.Context, who actor.Actor, s Subject) (Accepting, error)
	Quota   Quota         // zero is DefaultQuota
	Room    func() error  // not nil while there is no room on the disk for what is large; nil always has room
	Studio  *media.Studio // nil makes nothing of recordings: they play as they are
	Hears   *media.Hears  // nil makes no captions
	Content string        // address of the content origin, "" is the site's own
	Log     *slog.Logger  // nil says nothing

	ends  sync.Mutex // held by the upload whose parts are joined
	turns turns
}

func (us *Uploads) quota() Quota {
	if us.Quota == (Quota{}) {
		return DefaultQuota
	}
	return us.Quota
}

func (us *Uploads) log() *slog.Logger {
	if us.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return us.Log
}

func (us *Uploads) upload(ctx context.Context, tx db.Tx, r query.UploadRow) (Upload, error) {
	u := Upload{ID: ID(r.ID), Org: tx.Org, Subject: Subject{r.Owner, r.Item, r.Purpose}, State: State(r.State), Type: r.Type, Bytes: r.Bytes, Length: r.Length, Most: r.Most,
		Hash: blob.Hash(r.Hash), Created: clock.Time(r.CreatedAt), Touched: clock.Time(r.TouchedAt), Finished: clock.Time(r.FinishedAt), Name: r.Name, types: r.Types, byKind: r.ByKind, byID: r.ByID}
	if u.State == Open {
		return u, nil
	}
	m, err := query.New(tx).Media(ctx, tx.Org, r.ID)
	if err != nil {
		return u, fmt.Errorf("upload %s: media: %w", u.ID, err)
	}
	u.Media = mediaOf(m)
	return u, nil
}

// In is one, whoever asks: that is the caller's business. ErrMissing.
func (us *Uploads) In(ctx context.Context, tx db.Tx, i ID) (Upload, error) {
	r, err := query.New(tx).Upload(ctx, tx.Org, string(i))
	if errors.Is(err, sql.ErrNoRows) {
		return Upload{}, ErrMissing
	}
	if err != nil {
		return Upload{}, err
	}
	return us.upload(ctx, tx, r)
}

// Of are an owner's for an item, or all with "", oldest first.
func (us *Uploads) Of(ctx context.Context, tx db.Tx, owner, item string) ([]Upload, error) {
	rows, err := query.New(tx).Of(ctx, tx.Org, owner, item)
	var out []Upload
	for _, r := range rows {
		u, err := us.upload(ctx, tx, query.UploadRow(r))
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, err
}

// Load is one of whoever began it. ErrMissing.
func (us *Uploads) Load(ctx context.Context, who actor.Actor, i ID) (u Upload, err error) {
	err = us.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		u, err = us.mine(ctx, tx, who, i)
		return err
	})
	return u, err
}

func (us *Uploads) mine(ctx context.Context, tx db.Tx, who actor.Actor, i ID) (Upload, error) {
	u, err := us.In(ctx, tx, i)
	if err == nil && (u.byKind != string(who.Kind) || u.byID != who.ID) {
		return Upload{}, ErrMissing
	}
	return u, err
}

// Create begins an upload and reserves its room. length is -1 where it is not known yet. A second time, while nothing came, gives the first: a reply
// may have been lost. ErrPurpose, ErrTooLarge, ErrQuota, and what Accepts says.
func (us *Uploads) Create(ctx context.Context, who actor.Actor, s Subject, length int64) (Upload, error) {
	if !purpose.MatchString(s.Purpose) {
		return Upload{}, ErrPurpose
	}
	if us.Room != nil {
		if err := us.Room(); err != nil {
			return Upload{}, err
		}
	}
	accepting, err := us.Accepts(ctx, who, s)
	if err != nil {
		return Upload{}, err
	}
	return us.create(ctx, who, s, length, accepting)
}

// create is what whoever owns the subject accepts.
func (us *Uploads) create(ctx context.Context, who actor.Actor, s Subject, length int64, accepting Accepting) (u Upload, err error) {
	err = us.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := accepting(ctx, tx)
		if err != nil {
			return err
		}
		if length > a.Most {
			return ErrTooLarge.With("most", fmt.Sprint(a.Most))
		}
		u, err = us.begin(ctx, tx, who, s, a, max(length, -1))
		return err
	})
	return u, err
}

func (us *Uploads) begin(ctx context.Context, tx db.Tx, who actor.Actor, s Subject, a Accept, length int64) (Upload, error) {
	q, now := query.New(tx), us.DB.Now()
	there, err := q.Unbegun(ctx, query.UnbegunParams{OrgID: tx.Org, Owner: s.Owner, Item: s.Item, Purpose: s.Purpose, ByKind: string(who.Kind), ByID: who.ID, Length: length})
	if err != nil {
		return Upload{}, err
	}
	if len(there) > 0 && !a.fresh {
		return us.In(ctx, tx, ID(there[0]))
	}
	most := a.Most
	if length >= 0 {
		most = length
	}
	if err := us.take(ctx, tx, s.Owner, most); err != nil {
		return Upload{}, err
	}
	i := id.New("upl", now)
	err = q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: i, Owner: s.Owner, Item: s.Item, Purpose: s.Purpose, ByKind: string(who.Kind), ByID: who.ID,
		Types: strings.Join(a.Types, " "), Length: length, Most: most, Now: clock.Milli(now)})
	if err != nil {
		return Upload{}, err
	}
	return us.In(ctx, tx, ID(i))
}

// accepts says whether a type by content is one of those that were wanted.
func (u Upload) accepts(kind string) error {
	if !slices.Contains(strings.Fields(u.types), kind) {
		return ErrType.With("type", kind)
	}
	return nil
}

// take reserves room; it is the guarding write of the quotas. ErrQuota.
func (us *Uploads) take(ctx context.Context, tx db.Tx, owner string, bytes int64) error {
	q := query.New(tx)
	for _, r := range []struct {
		owner string
		quota int64
	}{{owner, us.quota().Owner}, {"", us.quota().Organisation}} {
		if _, err := q.AddRoom(ctx, tx.Org, r.owner); err != nil {
			return err
		}
		n, err := q.TakeRoom(ctx, query.TakeRoomParams{More: bytes, OrgID: tx.Org, Owner: r.owner, Quota: r.quota})
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrQuota
		}
	}
	return nil
}

func (us *Uploads) give(ctx context.Context, tx db.Tx, owner string, bytes int64) error {
	q := query.New(tx)
	for _, o := range []string{owner, ""} {
		if _, err := q.GiveRoom(ctx, bytes, tx.Org, o); err != nil {
			return err
		}
		if _, err := q.DropRoom(ctx, tx.Org, o); err != nil {
			return err
		}
	}
	return nil
}
