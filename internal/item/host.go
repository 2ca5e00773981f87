package item

import (
	"context"
	"io"
	"io/fs"
	"net/url"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
)

// Holder is a kind of whose answers a part stands beside the body: in a repository, or as recordings.
type Holder interface {
	// Touched says whether anything of the candidate's stands there.
	Touched(ctx context.Context, tx db.Tx, ref Ref) (bool, error)
	// Fetch lays what stands there into a body for Ask, Read, Redact, Label and Documents: what was handed in, where that is fixed.
	// Not in a transaction. Of an owner with nothing there the body comes back as it is.
	Fetch(ctx context.Context, ref Ref, s Spec, body []byte) ([]byte, error)
}

// Filer is a Holder beside whose bodies stand files that candidates add, such as pictures; a body names those that belong to it.
type Filer interface {
	Holder
	// Attach keeps a file at a place of the answer, in a word of the kind's own, and gives the body that names it. Not in a transaction. Problems say
	// what cannot be taken; the body stays as it is then.
	Attach(ctx context.Context, who actor.Actor, ref Ref, s Spec, body []byte, place string, f File) (after []byte, err error)
}

// File is one that a candidate adds.
type File struct {
	Name string // as they call it
	Data []byte
}

// Hoster is a Holder whose answers stand in repositories: the body holds what is not committed yet, the repository all the rest.
type Hoster interface {
	Holder
	// Prepare makes what the candidates' repositories begin with; once is enough. Not in a transaction: it may take seconds.
	Prepare(ctx context.Context, ref Ref, s Spec) error
	// Host makes the candidate's repository, in the transaction that starts the part; one whose part was opened again can be changed again.
	Host(ctx context.Context, tx db.Tx, ref Ref, s Spec) error
	// Hand fixes what counts, in the transaction that ended the part: what was received until then.
	Hand(ctx context.Context, tx db.Tx, ref Ref, until time.Time) error
	// Late makes the body that stands for a commit which came after the end: where it is accepted, that commit counts in the place of what was
	// handed in. body is what was handed in. The caller's transaction is only read in.
	Late(ctx context.Context, tx db.Tx, ref Ref, body []byte, commit string) ([]byte, error)
	// Clone is the command that copies the repository to the candidate's computer, with the credential in it; "" where there is none.
	Clone(ctx context.Context, ref Ref) (string, error)
	// Act does what takes more than a transaction, such as a commit. after is the body afterwards, show what the item's page shows next. Problems
	// come back with the body that was kept. ErrAction when it has no such action.
	Act(ctx context.Context, who actor.Actor, ref Ref, s Spec, action string, body []byte, input url.Values, received time.Time) (after []byte, show url.Values, err error)
}

// Fetched is a body with all that belongs to it; of kinds that are no Holder the body itself.
func Fetched(ctx context.Context, k Kind, s Spec, ref Ref, body []byte) ([]byte, error) {
	h, ok := k.(Holder)
	if !ok {
		return body, nil
	}
	return h.Fetch(ctx, ref, s, body)
}

// Carrier is a Hoster whose repository a candidate can take along as a zip, and bring back as one.
type Carrier interface {
	Hoster
	// Pack writes what stands in the repository, and over it what body holds, as a zip.
	Pack(ctx context.Context, ref Ref, s Spec, body []byte, w io.Writer) error
	// Unpack makes a body that turns what stands there into a whole tree of files, removals included; nothing is committed. show is what the
	// item's page shows next: what would change. Problems say what cannot be taken; the body stays as it is then.
	Unpack(ctx context.Context, ref Ref, s Spec, body []byte, files fs.FS, message string) (after []byte, show url.Values, err error)
}
