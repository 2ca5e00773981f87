package repository

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"candor/internal/archive"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/sandbox"
)

// maxLeft is how many left-out files a page names.
const maxLeft = 20

var (
	errNoFiles  = problem.New(problem.Invalid, "repository_zip_empty", "There is no file in this zip. Nothing was changed.")
	errSame     = problem.New(problem.Conflict, "repository_zip_same", "This zip holds just what stands here. Nothing was changed.")
	errUnsaved  = problem.New(problem.Conflict, "repository_zip_unsaved", "There are edits here that are not committed. Commit or undo them first, then choose the zip again; so nothing of yours is written over.")
	errZipName  = problem.New(problem.Invalid, "repository_zip_name", "A file in the zip has a name that cannot be taken.")
	errZipLarge = problem.New(problem.TooLarge, "repository_zip_large", "Too much changes at once for the browser.")
)

// Pack writes what stands in the repository, and over it the edits that are in no conflict.
func (k Kind) Pack(ctx context.Context, ref item.Ref, _ item.Spec, body []byte, w io.Writer) error {
	st, err := k.standing(ctx, ref)
	if err != nil {
		return err
	}
	a := read(body)
	list, err := k.files(ctx, st.Repository, tried{string(st.with(a).commit), a.Edits})
	if err != nil {
		return err
	}
	return archive.Write(w, modes{packed(list)})
}

func packed(list []sandbox.File) archive.Files {
	out := archive.Files{}
	for _, f := range list {
		out[f.Name] = f.Data
	}
	return out
}

// Unpack makes edits of what differs between a zip's files and what stands in the repository. Files of the author's are not touched; the page that is
// shown next names them.
func (k Kind) Unpack(ctx context.Context, ref item.Ref, s item.Spec, body []byte, files fs.FS, message string) ([]byte, url.Values, error) {
	q, a := s.(*spec), read(body)
	if len(a.Edits) > 0 {
		return body, nil, errUnsaved
	}
	tree, err := archive.Copy(files)
	if err != nil {
		return body, nil, err
	}
	for name := range tree {
		if strings.HasPrefix(name, ".git/") {
			delete(tree, name)
		}
	}
	if len(tree) == 0 {
		return body, nil, errNoFiles
	}
	st, err := k.standing(ctx, ref)
	if err != nil {
		return body, nil, err
	}
	entries, err := k.Repos.Files(ctx, st.Repository, string(st.with(a).commit))
	if err != nil {
		return body, nil, err
	}
	there := map[string]string{}
	for _, e := range entries {
		there[e.Path] = string(e.Hash)
	}
	edits, left, err := q.differences(there, tree)
	if err != nil {
		return body, nil, err
	}
	if len(edits) == 0 && len(left) == 0 {
		return body, nil, errSame
	}
	a.Edits = edits
	if strings.TrimSpace(message) != "" {
		a.Message = strings.ReplaceAll(message, "\r\n", "\n")
	}
	after, err := a.write()
	if err != nil {
		return body, nil, err
	}
	if err := k.Check(s, after); err != nil {
		return body, nil, err
	}
	if len(after) > item.MaxBody {
		return body, nil, errZipLarge.Saying(fmt.Sprintf("What changes has more than %d MiB together. Use git for it; nothing was changed.", item.MaxBody>>20))
	}
	return after, url.Values{"view": {"changes"}, "left": left}, nil
}

// differences are the edits that make tree of what is there (path -> git's name of the content), and the protected files that differ. Problems:
// errZipName, errManyEdits, errZipLarge.
func (s *spec) differences(there map[string]string, tree archive.Files) (edits map[string]edit, left []string, err error) {
	edits = map[string]edit{}
	for name, data := range tree {
		was, ok := there[name]
		switch {
		case ok && blobHash(string(data)) == was:
		case s.protects(name):
			left = append(left, name)
		case !nameable(name):
			return nil, nil, errZipName.Saying(fmt.Sprintf("The zip holds a file called %.80q, which cannot be taken here. Rename it, or use git; nothing was changed.", name))
		case len(data) > maxFile:
			return nil, nil, errZipLarge.Saying(fmt.Sprintf("%s is larger than %d MiB. Use git for it; nothing was changed.", name, maxFile>>20))
		default:
			edits[name] = edited(bytes.Clone(data), was)
		}
	}
	for name, was := range there {
		if _, ok := tree[name]; ok {
			continue
		}
		if s.protects(name) {
			left = append(left, name)
		} else {
			edits[name] = edit{Gone: true, Was: was}
		}
	}
	if len(edits) > maxEdits {
		return nil, nil, errManyEdits.Saying(fmt.Sprintf("%d files would change, and at most %d can at once. Leave out what is generated (node_modules, build folders), or use git; nothing was changed.", len(edits), maxEdits))
	}
	slices.Sort(left)
	return edits, left[:min(len(left), maxLeft)], nil
}
