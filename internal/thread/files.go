package thread

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/media"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/thread/internal/query"
	"candor/internal/upload"
)

const (
	// MostFiles is how many files one message may have.
	MostFiles = 5
	// MaxFile is how many bytes a file may have, MaxFiles all of a conversation's.
	MaxFile  = 10 << 20
	MaxFiles = 100 << 20
	// maxName is how many characters of a file's name are kept.
	maxName = 120
)

// FileTypes are what can be attached, as their content tells: pictures, PDF, text and code, small archives. Nothing of it is opened here; it is only ever saved.
var FileTypes = []string{"image/png", "image/jpeg", "image/webp", media.PDF, media.Zip, media.Gzip, media.Text}

// File is one that is attached to a message, or to one that is being written.
type File struct {
	ID     string
	Name   string // as whoever attached it calls it; "" for whoever must not know the candidate's name
	Type   string
	Bytes  int64
	Upload upload.Upload // ID "" for whoever must not open it
	At     time.Time
}

var (
	// ErrFileType: by its content it is something else.
	ErrFileType = problem.Field("file", "Pictures (PNG, JPEG, WebP), PDF, text and code, and .zip or .gz archives can be attached. This is something else, whatever it is called.")
	// ErrFileSize: it is empty or too large.
	ErrFileSize = problem.Field("file", "A file may have up to 10 MB, and not be empty. Your message is kept.")
	// ErrFiles: there are as many as there may be.
	ErrFiles = problem.Field("file", "A message has up to 5 files. Send this one, and attach the rest to another.")
	// ErrRoom: a conversation holds no more.
	ErrRoom = problem.Field("file", "This conversation holds no more files (100 MB in all). Your message is kept; send it without this one.")
)

// owner is whose the files of a conversation are, among uploads.
func owner(a opening.ApplicationID) string { return string(a) }

// Accepts says what may be uploaded into a conversation, for whoever writes in it. upload.ErrMissing for everybody else, and where it is none.
func (th *Threads) Accepts(who actor.Actor, s upload.Subject) upload.Accepting {
	return func(ctx context.Context, tx db.Tx) (upload.Accept, error) {
		app, answers, err := th.may(ctx, tx, who, opening.ApplicationID(s.Owner))
		if errors.Is(err, ErrMissing) || err == nil && (app.Blind || !answers) {
			err = upload.ErrMissing
		}
		return upload.Accept{Types: FileTypes, Most: MaxFile}, err
	}
}

// Attach keeps a file with what the asker is writing in a conversation, of a candidate their own and about a task or about none. It goes with the message that is
// sent next from there. ErrMissing, ErrRole, ErrBlind, ErrGone, ErrFileType, ErrFileSize, ErrFiles, ErrRoom, and what says that there is no room.
func (th *Threads) Attach(ctx context.Context, who actor.Actor, a opening.ApplicationID, item, name string, data []byte) error {
	if len(data) == 0 || len(data) > MaxFile {
		return ErrFileSize
	}
	if item != "" {
		if _, _, err := th.task(ctx, who, item); err != nil {
			return err
		}
	}
	err := th.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if a, err = th.where(ctx, tx, who, a); err == nil {
			_, err = th.writes(ctx, tx, who, a)
		}
		return err
	})
	if err != nil {
		return err
	}
	now := th.DB.Now()
	key := id.New("fil", now)
	u, err := th.Uploads.Keep(ctx, who, upload.Subject{Owner: owner(a), Item: "message", Purpose: key}, fileName(name), data)
	if errors.Is(err, upload.ErrType) {
		return ErrFileType
	}
	if err != nil {
		return err
	}
	err = th.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		app, err := th.writes(ctx, tx, who, a)
		if err != nil {
			return err
		}
		if err := th.Candidates.Hold(ctx, tx, candidate.ID(app.Candidate)); err != nil {
			return ErrGone
		}
		q := query.New(tx)
		mine, err := q.FilesOf(ctx, query.FilesOfParams{OrgID: tx.Org, ApplicationID: string(a), Writer: writer(who), Item: item})
		if err != nil {
			return err
		}
		sum, err := q.FileBytes(ctx, tx.Org, string(a))
		switch {
		case err != nil:
			return err
		case len(mine) >= MostFiles:
			return ErrFiles
		case sum+u.Bytes > MaxFiles:
			return ErrRoom
		}
		return q.AddFile(ctx, query.AddFileParams{OrgID: tx.Org, ID: key, ApplicationID: string(a), Writer: writer(who), Item: item, UploadID: string(u.ID), Name: fileName(name), Type: u.Type, Bytes: u.Bytes, At: clock.Milli(now)})
	})
	if err == nil {
		return nil
	}
	return errors.Join(err, th.DB.Write(ctx, who.Org, func(tx db.Tx) error { return th.Uploads.Remove(ctx, tx, u.ID) }))
}

// Detach takes a file away from what the asker is writing. One that is sent stays. ErrMissing.
func (th *Threads) Detach(ctx context.Context, who actor.Actor, a opening.ApplicationID, file string) error {
	return th.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		if a, err = th.where(ctx, tx, who, a); err != nil {
			return err
		}
		q := query.New(tx)
		u, err := q.File(ctx, query.FileParams{OrgID: tx.Org, ApplicationID: string(a), Writer: writer(who), ID: file})
		if err != nil {
			return ErrMissing
		}
		n, err := q.DropFile(ctx, tx.Org, string(a), file)
		if err != nil || n == 0 {
			return err
		}
		return th.Uploads.Remove(ctx, tx, upload.ID(u))
	})
}

// where is the conversation that somebody writes in: a candidate's is their own.
func (th *Threads) where(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) (opening.ApplicationID, error) {
	if who.Kind == actor.Candidate {
		return th.ofCandidate(ctx, tx, who)
	}
	return a, nil
}

// writes loads an application for whoever writes in its conversation. ErrMissing, ErrBlind, ErrRole.
func (th *Threads) writes(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) (opening.Application, error) {
	app, answers, err := th.may(ctx, tx, who, a)
	switch {
	case err != nil:
		return app, err
	case app.Blind:
		return app, ErrBlind
	case !answers:
		return app, ErrRole
	}
	return app, nil
}

// send makes what was attached to a draft a message's.
func send(ctx context.Context, tx db.Tx, a, writer, item, message string) error {
	_, err := query.New(tx).SendFiles(ctx, query.SendFilesParams{MessageID: message, OrgID: tx.Org, ApplicationID: a, Writer: writer, Item: item})
	return err
}

// attached are the files of a conversation: by message, and those of the reader's own draft about a task. Whoever must not know the name learns that there is one.
func (th *Threads) attached(ctx context.Context, tx db.Tx, a opening.ApplicationID, answers bool, writer, item string) (by map[string][]File, draft []File, err error) {
	if th.Uploads == nil {
		return nil, nil, nil
	}
	rows, err := query.New(tx).Files(ctx, tx.Org, string(a))
	if err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	by = map[string][]File{}
	for _, r := range rows {
		f := File{ID: r.ID, Type: r.Type, Bytes: r.Bytes}
		if answers {
			f.Name, f.At = r.Name, clock.Time(r.At)
			if f.Upload, err = th.Uploads.In(ctx, tx, upload.ID(r.UploadID)); err != nil {
				return nil, nil, fmt.Errorf("thread: file %s: %w", r.ID, err)
			}
		}
		switch {
		case r.MessageID != "":
			by[r.MessageID] = append(by[r.MessageID], f)
		case answers && r.Writer == writer && r.Item == item:
			draft = append(draft, f)
		}
	}
	return by, draft, nil
}

// forget removes the files of a conversation. The uploads' rows are the guards.
func (th *Threads) forget(ctx context.Context, tx db.Tx, a string) (n int, err error) {
	if th.Uploads == nil {
		return 0, nil
	}
	if n, err = th.Uploads.RemoveAll(ctx, tx, owner(opening.ApplicationID(a)), "", ""); err != nil {
		return n, err
	}
	_, err = query.New(tx).EraseFiles(ctx, tx.Org, a)
	return n, err
}

// fileName is a name that people can read and no system takes for a path.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, ""), `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return -1
		}
		return r
	}, s)
	if s = strings.TrimLeft(strings.TrimSpace(s), "."); s == "" {
		return "file"
	}
	if r := []rune(s); len(r) > maxName {
		ext := []rune(path.Ext(s))
		if len(ext) > 10 {
			ext = nil
		}
		s = string(r[:maxName-len(ext)]) + string(ext)
	}
	return s
}
