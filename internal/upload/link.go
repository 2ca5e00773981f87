package upload

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/media/vtt"
	"candor/internal/secret"
)

// Form is one of the files that belong to an upload.
type Form string

// The forms.
const (
	Raw    Form = "raw"      // as it was sent
	Play   Form = "play"     // what plays everywhere; the raw file while there is none
	Poster Form = "poster"   // a picture of it
	Text   Form = "captions" // WebVTT
)

// ContentPath begins the addresses of files.
const ContentPath = "/-/file/"

// Link is the address of a file for a page that showed its reader that they may see it: signed, without a cookie, for six hours. "" where the upload has
// no such form. Whose upload u is must be known from the database, never from what somebody sent.
func (us *Uploads) Link(who actor.Actor, u Upload, f Form) string {
	if u.State != Complete || f == Poster && !u.Media.Poster || f == Play && !u.Media.Playable() {
		return ""
	}
	p := us.Key.Pass(secret.Page(us.DB.Now()), filePass, who.Org, string(u.ID), string(f))
	return strings.TrimSuffix(us.Content, "/") + ContentPath + strings.Join([]string{who.Org, string(u.ID), string(f), p.Until, p.Sign}, "/")
}

const filePass = "file"

// Signed is an address taken apart.
type Signed struct {
	Org    string
	Upload ID
	Form   Form
	secret.Pass
}

// File is what there is to know of a file that is served.
type File struct {
	Type  string
	Name  string // for saving it
	Saved bool   // it is only ever saved, never shown
	Hash  blob.Hash
	At    time.Time
	Until time.Time
}

// Open opens what a signed address names. ErrMissing: it was signed by somebody else, for a time that is over, or the file is gone.
func (us *Uploads) Open(ctx context.Context, l Signed) (File, io.ReadSeekCloser, error) {
	until, ok := us.Key.Holds(l.Pass, us.DB.Now(), filePass, l.Org, string(l.Upload), string(l.Form))
	if !ok {
		return File{}, nil, ErrMissing
	}
	f, body, err := us.file(ctx, l.Org, l.Upload, l.Form)
	f.Until = until
	if errors.Is(err, blob.ErrMissing) || errors.Is(err, ErrNoCaptions) {
		err = ErrMissing
	}
	return f, body, err
}

// Read opens a form of an upload, for whoever knows that its reader may. ErrMissing, ErrNoCaptions.
func (us *Uploads) Read(ctx context.Context, u Upload, f Form) (io.ReadSeekCloser, error) {
	_, body, err := us.file(ctx, u.Org, u.ID, f)
	return body, err
}

func (us *Uploads) file(ctx context.Context, org string, i ID, form Form) (f File, body io.ReadSeekCloser, err error) {
	var u Upload
	var c Captions
	err = us.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		if u, err = us.In(ctx, tx, i); err == nil && form == Text {
			c, err = us.Captions(ctx, tx, i)
		}
		return err
	})
	if err == nil && u.State != Complete {
		err = ErrMissing
	}
	if err != nil {
		return f, nil, err
	}
	f = File{Type: u.Type, Hash: u.Hash, At: u.Finished}
	switch {
	case form == Text:
		text := vtt.Format(c.Cues)
		f.Type, f.Hash, f.At = "text/vtt; charset=utf-8", blob.Hash(secret.Hash(text)), c.At
		body = memory{strings.NewReader(text)}
	case form == Poster && u.Media.Poster:
		f.Type, f.Hash = "image/jpeg", blob.Hash(u.Media.poster)
	case form == Play && u.Media.hash != "":
		f.Type, f.Hash = u.Media.Type, blob.Hash(u.Media.hash)
	case form == Raw, form == Play && u.Media.Playable():
	default:
		return f, nil, ErrMissing
	}
	f.Name = u.Item + "-" + string(u.ID) + extension(f.Type)
	if u.Name != "" {
		f.Name, f.Saved = u.Name, true
	}
	if body == nil {
		body, err = us.seekable(ctx, org, f.Hash)
	}
	return f, body, err
}

// seekable opens a file so that its reader can jump.
func (us *Uploads) seekable(ctx context.Context, org string, h blob.Hash) (io.ReadSeekCloser, error) {
	r, err := us.Blobs.Open(ctx, org, blob.Recording, h)
	if err != nil {
		return nil, err
	}
	if s, ok := r.(io.ReadSeekCloser); ok {
		return s, nil
	}
	return nil, errors.Join(errors.New("upload: this store of files cannot be jumped in"), r.Close())
}

type memory struct{ *strings.Reader }

func (memory) Close() error { return nil }

// extension of a file that somebody saves.
func extension(kind string) string {
	kind, _, _ = strings.Cut(kind, ";")
	switch _, sub, _ := strings.Cut(kind, "/"); sub {
	case "x-matroska":
		return ".mkv"
	case "octet-stream":
		return ".bin"
	default:
		return "." + sub
	}
}
