package upload

import (
	"context"

	"candor/internal/blob"
	"candor/internal/db"
)

// Columns is the inventory.
var Columns = db.Columns{
	"uploads": {"org_id": theirs, "id": theirs, "owner": theirs, "item": theirs, "purpose": theirs, "by_kind": theirs, "by_id": theirs, "state": theirs, "types": theirs,
		"type": theirs, "bytes": theirs, "length": theirs, "most": theirs, "hash": files, "holder": theirs, "held_until": theirs, "wanted": theirs,
		"created_at": theirs, "touched_at": theirs, "finished_at": theirs, "name": theirs},
	"upload_parts": {"org_id": theirs, "upload_id": theirs, "at": theirs, "bytes": theirs, "hash": files, "data": theirs},
	"upload_media": {"org_id": theirs, "upload_id": theirs, "state": theirs, "why": theirs, "lost": theirs, "type": theirs, "hash": files, "bytes": theirs, "length_ms": theirs,
		"width": theirs, "height": theirs, "sound": theirs, "picture": theirs, "gain_cb": theirs, "peaks": theirs, "poster_hash": files, "made_at": theirs},
	"upload_captions": {"org_id": theirs, "upload_id": theirs, "source": theirs, "language": theirs, "text": theirs, "made_at": theirs},
	"upload_files":    {"org_id": passing, "hash": passing, "names": passing, "since": passing, "going": passing},
	"upload_rooms":    {"org_id": theirs, "owner": theirs, "bytes": theirs},
}

var (
	theirs  = db.Column{Class: db.Candidate, Keep: db.KeepWords}
	files   = db.Column{Class: db.Candidate, Keep: db.KeepWords, File: string(blob.Recording)}
	passing = db.Column{Class: db.Organisation, Keep: "a day after the file was last named"}
)

// Preview counts a person's recordings.
func (us *Uploads) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	n := 0
	err := us.eachOf(ctx, tx, p, func(Upload) error { n++; return nil })
	return counted(n), err
}

// Erase removes a person's recordings with all that was made of them. Removing each holds its row.
func (us *Uploads) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	n := 0
	err := us.eachOf(ctx, tx, p, func(u Upload) error {
		n++
		return us.Remove(ctx, tx, u.ID)
	})
	return counted(n), err
}

func counted(n int) map[string]int {
	if n == 0 {
		return nil
	}
	return map[string]int{"recordings and files": n}
}

func (us *Uploads) eachOf(ctx context.Context, tx db.Tx, p db.Person, fn func(Upload) error) error {
	for _, a := range p.Attempts {
		all, err := us.Of(ctx, tx, a, "")
		if err != nil {
			return err
		}
		for _, u := range all {
			if err := fn(u); err != nil {
				return err
			}
		}
	}
	return nil
}
