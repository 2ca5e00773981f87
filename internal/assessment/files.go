package assessment

import (
	"context"
	"strings"
	"time"

	"candor/internal/item"
	"candor/internal/secret"
)

// FilePath begins the addresses of files that candidates are given with a question.
const FilePath = "/-/task/"

// Files gives out what an [item.Teller] tells with a question, at signed addresses without a cookie.
type Files struct {
	Assessments *Assessments
	Key         secret.Key
	Content     string // address of the content origin, "" is the site's own
}

// File is one, taken from its address.
type File struct {
	Org, Version, Item, Name string
	secret.Pass
}

// Of are the addresses of an item's files, for a page that showed its reader that they may see the question.
func (f *Files) Of(o string, v VersionID, itemKey string) func(name string) string {
	return func(name string) string {
		p := f.Key.Pass(secret.Page(f.Assessments.DB.Now()), filePass, o, string(v), itemKey, name)
		return strings.TrimSuffix(f.Content, "/") + FilePath + strings.Join([]string{o, string(v), itemKey, name, p.Until, p.Sign}, "/")
	}
}

const filePass = "task"

// Open is what a signed address names, with its type, and until when the address opens it. ErrMissing: it was signed by somebody else, for a time that is over, or
// candidates are given no such file.
func (f *Files) Open(ctx context.Context, x File) (kind string, data []byte, until time.Time, err error) {
	until, ok := f.Key.Holds(x.Pass, f.Assessments.DB.Now(), filePass, x.Org, x.Version, x.Item, x.Name)
	if !ok {
		return "", nil, until, ErrMissing
	}
	v, err := f.Assessments.Version(ctx, x.Org, VersionID(x.Version))
	if err != nil {
		return "", nil, until, err
	}
	it, _, ok := v.Item(x.Item)
	k, tells := it.Kind.(item.Teller)
	if !ok || !tells {
		return "", nil, until, ErrMissing
	}
	if kind, data, ok = k.Told(it.Spec, x.Name); !ok {
		return "", nil, until, ErrMissing
	}
	return kind, data, until, nil
}
