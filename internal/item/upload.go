package item

import (
	"context"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/upload"
)

// Uploader is a kind whose answers have files beside them, such as recordings.
type Uploader interface {
	// Accepts says what may be uploaded for a purpose, in the transaction that begins the upload; a problem refuses it. ref.Sitting is the part's newest,
	// "" where it never began. ErrAction when the kind knows no such purpose.
	Accepts(ctx context.Context, tx db.Tx, who actor.Actor, ref Ref, s Spec, purpose string) (upload.Accept, error)
	// Uploaded is told in a job's transaction when an upload is complete, and once more when it is known what it is; it may be told twice.
	Uploaded(ctx context.Context, tx db.Tx, ref Ref, s Spec, u upload.Upload) error
}
