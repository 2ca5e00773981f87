package design

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/media"
	"candor/internal/problem"
	"candor/internal/upload"

	json2 "github.com/go-json-experiment/json"
)

const (
	// MaxFile is how many bytes a picture or a PDF may have, MaxFiles all of a document's; those that were taken out count, for earlier states show them.
	MaxFile  = 10 << 20
	MaxFiles = 60 << 20
	// MostFiles is how many a document may have.
	MostFiles = 40
)

var (
	// ErrSort: by its content it is neither a picture nor a PDF.
	ErrSort = problem.New(problem.Invalid, "design_sort", "Pictures (PNG, JPEG, WebP) and PDF can be added. This is something else, whatever it is called. Your text is kept.")
	// ErrSize: it is empty or too large.
	ErrSize = problem.New(problem.TooLarge, "design_size", "A picture or PDF may have up to 10 MB, and not be empty. Your text is kept.")
	// ErrFiles: there are as many as there may be.
	ErrFiles = problem.New(problem.TooLarge, "design_files", "This document has 40 files, with those you took out, which earlier states still show. No more can be added. Your text is kept.")
	// ErrRoom: it holds no more bytes.
	ErrRoom = problem.New(problem.TooLarge, "design_room", "This document holds no more files (60 MB in all, with those you took out, which earlier states still show). Your text is kept.")
)

// altPrefix begins the field that names a file of a section and says what it shows: "alt-context.upl_...".
const altPrefix = "alt-"

// outPrefix begins the field that keeps the words about a file which was taken out, for when it is put back.
const outPrefix = "out-"

// heldName is the member of a fetched body that tells of the files; no page sends it.
const heldName = "held"

// Fields of the buttons that take a file out of the document and put it back; their values are "section.upload".
const (
	fieldDrop = "drop"
	fieldPut  = "put"
)

var fileID = regexp.MustCompile(`^upl_[0-9a-f]{32}$`)

// file is a picture or a PDF of a section.
type file struct {
	id  string
	alt string // what it shows, as the candidate says it
	held
}

// held is what is known of a file that is here.
type held struct {
	Type    string `json:"type,omitempty"` // "" of a body that was not fetched
	Bytes   int64  `json:"bytes,omitempty"`
	Width   int    `json:"width,omitempty"` // of a picture, in pixels
	Height  int    `json:"height,omitempty"`
	Section string `json:"section,omitempty"` // where it was added
}

func (h held) picture() bool { return strings.HasPrefix(h.Type, "image/") }

// sort is what a file is called: "picture 2" is the second file of its section.
func (h held) sort() string {
	switch {
	case h.picture():
		return "picture"
	case h.Type == media.PDF:
		return "PDF"
	}
	return "file"
}

// splitFile takes the name of a file's field apart; out is one that was taken out.
func splitFile(name string) (section, id string, out, ok bool) {
	rest, in := strings.CutPrefix(name, altPrefix)
	if !in {
		if rest, out = strings.CutPrefix(name, outPrefix); !out {
			return "", "", false, false
		}
	}
	section, id, ok = strings.Cut(rest, ".")
	return section, id, out, ok && fileID.MatchString(id)
}

// readHeld is what a fetched body tells of files; nil where it was not fetched.
func readHeld(values []string) (out map[string]held) {
	if len(values) == 1 {
		_ = json2.Unmarshal([]byte(values[0]), &out) // ours, or nothing
	}
	return out
}

// Keeps: files.
func (Kind) Keeps() []item.Keeps { return []item.Keeps{item.KeepsFiles} }

// Touched: what is part of the answer stands in its body.
func (Kind) Touched(context.Context, db.Tx, item.Ref) (bool, error) { return false, nil }

// purpose says where a file was added and how large it is: "s2.1200x800", "s2.pdf".
func purpose(section int, m media.Image) string {
	if m.Type == "" {
		return "s" + strconv.Itoa(section) + ".pdf"
	}
	return fmt.Sprintf("s%d.%dx%d", section, m.Width, m.Height)
}

func (q *spec) heldOf(u upload.Upload) held {
	out := held{Type: u.Type, Bytes: u.Bytes}
	at, size, _ := strings.Cut(strings.TrimPrefix(u.Purpose, "s"), ".")
	if i, err := strconv.Atoi(at); err == nil && i >= 0 && i < len(q.Sections) {
		out.Section = q.Sections[i].Key
	}
	w, h, _ := strings.Cut(size, "x")
	out.Width, _ = strconv.Atoi(w) // of a PDF none
	out.Height, _ = strconv.Atoi(h)
	return out
}

// Fetch lays into a body what there is to know of the files that stand beside it.
func (k Kind) Fetch(ctx context.Context, ref item.Ref, s item.Spec, body []byte) ([]byte, error) {
	if k.Uploads == nil || body == nil {
		return body, nil
	}
	q := s.(*spec)
	d, err := decode(body)
	if err != nil {
		return body, nil // the reader's page says what it can
	}
	all := map[string]held{}
	err = k.Uploads.DB.Read(ctx, ref.Org, func(tx db.Tx) error {
		list, err := k.Uploads.Of(ctx, tx, ref.Owner, ref.Item)
		for _, u := range list {
			if u.State == upload.Complete {
				all[string(u.ID)] = q.heldOf(u)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	d.held = all
	return d.encode(), nil
}

// Attach keeps a picture, written anew, or a PDF in a section; of a PDF the file's name is the first word on what it shows. The place is the section's key.
// Problems: ErrSort, ErrSize, ErrFiles, ErrRoom, those of media.Picture and media.WholePDF, item.ErrBody for no section, and what says that there is no room.
func (k Kind) Attach(ctx context.Context, who actor.Actor, ref item.Ref, s item.Spec, body []byte, place string, f item.File) ([]byte, error) {
	q := s.(*spec)
	at := slices.IndexFunc(q.Sections, func(x section) bool { return x.Key == place })
	d, err := decode(body)
	switch {
	case err != nil:
		return body, err
	case at < 0:
		return body, item.ErrBody
	case k.Uploads == nil:
		return body, item.ErrFile
	case len(f.Data) == 0 || len(f.Data) > MaxFile:
		return body, ErrSize
	}
	data, alt, m := f.Data, "", media.Image{}
	switch kind := media.Sniff(data); {
	case kind == media.PDF:
		if err := media.WholePDF(data); err != nil {
			return body, err
		}
		alt = title(f.Name)
	case slices.Contains(upload.Images, kind):
		if m, err = media.Picture(data); err != nil {
			return body, err
		}
		data = m.Data
	default:
		return body, ErrSort
	}
	subject := upload.Subject{Owner: ref.Owner, Item: ref.Item, Purpose: purpose(at, m)}
	u, err := k.Uploads.Put(ctx, who, subject, func(ctx context.Context, tx db.Tx) (upload.Accept, error) {
		return k.accept(ctx, tx, ref, int64(len(data)))
	}, data)
	if err != nil {
		return body, err
	}
	d.put(altPrefix+place+"."+string(u.ID), alt)
	return d.encode(), nil
}

// accept counts what is there.
func (k Kind) accept(ctx context.Context, tx db.Tx, ref item.Ref, more int64) (upload.Accept, error) {
	list, err := k.Uploads.Of(ctx, tx, ref.Owner, ref.Item)
	for _, u := range list {
		more += max(u.Bytes, u.Most)
	}
	switch {
	case err != nil:
	case len(list) >= MostFiles:
		err = ErrFiles
	case more > MaxFiles:
		err = ErrRoom
	}
	return upload.Accept{Types: append(slices.Clone(upload.Images), media.PDF), Most: MaxFiles}, err
}

// title is a file's name as the first word on what it shows.
func title(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.TrimSuffix(name, path.Ext(name)))
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	if name == "." || name == "/" {
		return ""
	}
	return name
}

// link is the address of a file for whoever looks; "" where it is not here or not for them.
func (f file) link(l item.Link) string {
	if l == nil || f.Type == "" {
		return ""
	}
	return l(upload.Upload{ID: upload.ID(f.id), State: upload.Complete}, upload.Raw)
}

// size is a file's size in words.
func (f file) size() string {
	if f.Bytes < 1<<20 {
		return strconv.FormatInt((f.Bytes+1023)>>10, 10) + " kB"
	}
	return fmt.Sprintf("%.1f MB", float64(f.Bytes)/(1<<20))
}
