// Package uploadtest makes nodes that take uploads, for other packages' tests.
package uploadtest

import (
	"context"
	"io/fs"
	"testing"

	"candor/internal/actor"
	"candor/internal/blob"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/live"
	"candor/internal/secret"
	"candor/internal/upload"
)

// Schemas are what a node needs.
var Schemas = []fs.FS{live.Schema, upload.Schema}

// Most is how many bytes an upload may have here.
const Most = 64 << 20

// New is a node over a database and the folder of the blob store, which nodes share. It accepts recordings of everybody.
func New(t testing.TB, d *db.DB, files string) *upload.Uploads {
	t.Helper()
	jobs, err := job.New(d, job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	us := &upload.Uploads{DB: d, Jobs: jobs, Blobs: blob.Disk{Dir: files}, Key: secret.Of("uploadtest"), Accepts: Recordings}
	us.Listen()
	return us
}

// Recordings accepts them of everybody.
func Recordings(context.Context, actor.Actor, upload.Subject) (upload.Accepting, error) {
	return func(context.Context, db.Tx) (upload.Accept, error) {
		return upload.Accept{Types: upload.Recordings, Most: Most}, nil
	}, nil
}
