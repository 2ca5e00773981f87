package assessment

import (
	"context"
	"strconv"
	"strings"
	"time"

	"candor/internal/item"
	"candor/internal/secret"
)

// FilePath begins the addresses of files that candidates are given with a question.
const FilePath = "/-/task/"

// holds is how long an address opens its file: longer than anybody reads one page.
const holds = 6 * time.Hour

// Files gives out what an [item.Teller] tells with a question, at signed addresses without a cookie.
type Files struct {
	Assessments *Assessments
	Key         secret.Key
	Content     string // address of the content origin, "" is the site's own
}

// File is one, taken from its address.
type File struct {
	Org, Version, Item, Name string
	Until, Sign              string
}

// Of are the addresses of an item's files, for a page that showed its reader that they may see the question.
func (f *Files) Of(o string, v VersionID, itemKey string) func(name string) string {
	return func(name string) string {
		// The hour is rounded up, so that pages that are drawn again name the same file by the same address.
		until := strconv.FormatInt(f.Assessments.DB.Now().Add(holds+time.Hour).Truncate(time.Hour).Unix(), 10)
		x := File{o, string(v), itemKey, name, until, ""}
		return strings.TrimSuffix(f.Content, "/") + FilePath + strings.Join([]string{o, string(v), itemKey, name, until, f.sign(x)}, "/")
	}
}

func (f *Files) sign(x File) string {
	return f.Key.Link("task", x.Org, x.Version, x.Item, x.Name, x.Until)
}

// Open is what a signed address names, with its type, and until when the address opens it. ErrMissing: it was signed by somebody else, for a time that is over, or
// candidates are given no such file.
func (f *Files) Open(ctx context.Context, x File) (kind string, data []byte, until time.Time, err error) {
	s, err := strconv.ParseInt(x.Until, 10, 64)
	if err != nil || !secret.Equal(x.Sign, f.sign(x)) || f.Assessments.DB.Now().Unix() >= s {
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
	return kind, data, time.Unix(s, 0), nil
}
