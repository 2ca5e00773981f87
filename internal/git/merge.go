package git

import (
	"context"
	"errors"
	"strings"
)

// MergeBase is the newest commit that two have in common. ErrMissing where there is none, or one of them is not there.
func (v *View) MergeBase(ctx context.Context, a, b Hash) (Hash, error) {
	if !a.Valid() || !b.Valid() {
		return "", ErrMissing
	}
	out, err := v.run(ctx, Options{}, 1<<10, "merge-base", string(a), string(b))
	var f *Failure
	if errors.As(err, &f) { // status 1 without a word is "none"
		return "", ErrMissing
	}
	h := Hash(strings.TrimSpace(string(out)))
	if err == nil && !h.Valid() {
		err = ErrMissing
	}
	return h, err
}
