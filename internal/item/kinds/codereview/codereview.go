// Package codereview is the item kind for reading somebody's change: a small repository at its base, a pull request on it with a
// description, and the candidate's review of it (comments at lines with a tone, a summary, a verdict). The author seeded defects and
// decoys; comments are matched to them by place, and a reviewer has the last word on each.
package codereview

import (
	"fmt"
	"io/fs"

	"candor/internal/item"
	"candor/internal/markdown"
	"candor/internal/web/ui/codeblock"

	"github.com/a-h/templ"
)

// Kind is the kind.
type Kind struct {
	MD    *markdown.Markdown
	Cache *codeblock.Cache
}

// Name is the word.
func (Kind) Name() string { return "codereview" }

// Spec reads the item's folder.
func (k Kind) Spec(dir fs.FS) (item.Spec, []item.Finding) { return read(dir, k.Cache) }

// Head is what all kinds have.
func (Kind) Head(s item.Spec) item.Head {
	q := s.(*spec)
	plus, minus := q.lines()
	h := q.Common.Head(fmt.Sprintf("A pull request to review: %s, %d lines added, %d removed", plural(len(q.files), "file"), plus, minus))
	h.Whole = true
	return h
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Ask is the change with the review as it stands.
func (k Kind) Ask(s item.Spec, v item.AskView) templ.Component {
	q := s.(*spec)
	return ask(page{spec: q, md: k.MD, AskView: v, a: parse(v.Body), prefix: prefix(v.Alone, v.Ref.Item)})
}

// prefix begins the anchors of files; where several items share a page each has its own.
func prefix(alone bool, key string) string {
	if alone {
		return "f"
	}
	return key + "-f"
}

var _ interface {
	item.Kind
	item.Confirmer
	item.Tallier
	item.Looker
	item.Mender
	item.Anchorer
	item.Quoter
	item.Schemer
	item.FileSchemer
} = Kind{}
