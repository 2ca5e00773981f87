// Package blob keeps bytes under the hash of what they are: <org>/<class>/<sha256>. The class says how long they are kept.
// Bytes are never shared between organisations. When Put returns, they are synced: temporary name, sync, rename, sync of the folder.
package blob

import (
	"context"
	"io"

	"candor/internal/problem"
)

// Class is what bytes are for; retention works on classes.
type Class string

const (
	Answer    Class = "answer"
	Recording Class = "recording"
	Pack      Class = "pack"
	Package   Class = "package" // files of assessments
	Export    Class = "export"
)

// Classes are all of them.
var Classes = []Class{Answer, Recording, Pack, Package, Export}

// Hash is SHA-256 in 64 hex digits.
type Hash string

var (
	// ErrMissing: no bytes with this hash for this organisation and class.
	ErrMissing = problem.New(problem.Missing, "blob_missing", "This file is not here any more.")
	// ErrDamaged: the stored bytes do not have the hash they are stored under.
	ErrDamaged = problem.New(problem.Unavailable, "blob_damaged", "This file is damaged on our side. Nothing else is affected; we have been told.")
)

// Store keeps bytes. Implementations pass blobtest.
type Store interface {
	// Put keeps data and gives its hash; keeping the same bytes again is free.
	Put(ctx context.Context, org string, c Class, data []byte) (Hash, error)
	// PutReader keeps a stream and gives its hash and size in bytes.
	PutReader(ctx context.Context, org string, c Class, r io.Reader) (Hash, int64, error)
	// Open reads; the caller closes. ErrMissing.
	Open(ctx context.Context, org string, c Class, h Hash) (io.ReadCloser, error)
	// Bytes reads all and checks the hash. ErrMissing, ErrDamaged.
	Bytes(ctx context.Context, org string, c Class, h Hash) ([]byte, error)
	// Delete removes; what is not there is no error.
	Delete(ctx context.Context, org string, c Class, h Hash) error
	// List calls fn for every hash of an organisation and class, in no order.
	List(ctx context.Context, org string, c Class, fn func(Hash, int64) error) error
}
