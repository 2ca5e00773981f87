package git

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Mode is what an entry of a tree is, in six octal digits.
type Mode string

// The modes.
const (
	FileMode   Mode = "100644"
	ExecMode   Mode = "100755"
	LinkMode   Mode = "120000"
	FolderMode Mode = "040000"
	ModuleMode Mode = "160000"
)

// Entry is a file or folder of a tree.
type Entry struct {
	Path string
	Mode Mode
	Hash Hash
	Size int64 // bytes; -1 for folders
}

// Signature says who and when.
type Signature struct {
	Name, Email string
	When        time.Time // UTC
}

// Commit is one commit. Its text is made valid UTF-8.
type Commit struct {
	Hash, Tree        Hash
	Parents           []Hash
	Author, Committer Signature
	Subject, Body     string
}

// Objects reads objects one after the other.
type Objects struct {
	p   *Process
	ask *io.PipeWriter
}

// Objects starts to read objects; the caller closes.
func (v *View) Objects(ctx context.Context) (*Objects, error) {
	r, w := io.Pipe()
	p, err := v.Start(ctx, Options{In: r}, "cat-file", "--batch-command")
	if err != nil {
		return nil, err
	}
	return &Objects{p, w}, nil
}

// Close ends it.
func (o *Objects) Close() {
	o.ask.Close()
	o.p.Stop()
}

// Object is one object; Data is cut at what was asked for.
type Object struct {
	Hash Hash
	Kind Kind
	Size int64
	Data []byte
}

// Read reads what stands at a path of a revision, or the object itself with path "". At most max bytes of it. ErrMissing.
func (o *Objects) Read(rev Hash, path string, max int64) (Object, error) {
	spec, err := at(rev, path)
	if err != nil {
		return Object{}, err
	}
	return o.read(spec, max)
}

func (o *Objects) read(spec string, max int64) (Object, error) {
	if _, err := io.WriteString(o.ask, "contents "+spec+"\n"); err != nil {
		return Object{}, err
	}
	return o.next(max)
}

// Info is Read without the data.
func (o *Objects) Info(h Hash) (Object, error) {
	if !h.Valid() {
		return Object{}, ErrMissing
	}
	return o.info(string(h))
}

// Peel is the commit that an object is, or that a tag stands for. ErrMissing.
func (o *Objects) Peel(h Hash) (Hash, error) {
	if !h.Valid() {
		return "", ErrMissing
	}
	b, err := o.info(string(h) + "^{commit}")
	return b.Hash, err
}

// Root is the tree of a commit. ErrMissing.
func (o *Objects) Root(h Hash) (Hash, error) {
	if !h.Valid() {
		return "", ErrMissing
	}
	b, err := o.info(string(h) + "^{tree}")
	return b.Hash, err
}

func (o *Objects) info(spec string) (Object, error) {
	if _, err := io.WriteString(o.ask, "info "+spec+"\n"); err != nil {
		return Object{}, err
	}
	return o.head()
}

// Infos is Info of many.
func (o *Objects) Infos(all []Hash, fn func(b Object) error) error {
	return o.many("info ", all, func(int) error {
		b, err := o.head()
		if err != nil {
			return err
		}
		return fn(b)
	})
}

// Each reads many objects, each whole but for what is longer than max.
func (o *Objects) Each(all []Hash, max int64, fn func(i int, b Object) error) error {
	return o.many("contents ", all, func(i int) error {
		b, err := o.next(max)
		if err != nil {
			return err
		}
		return fn(i, b)
	})
}

// many asks for all before the first is answered, and reads the answers one by one. After an error nothing more can be read.
func (o *Objects) many(command string, all []Hash, fn func(i int) error) error {
	go func() {
		w := bufio.NewWriter(o.ask)
		for _, h := range all {
			w.WriteString(command + string(h) + "\n")
		}
		w.Flush() // fails when the reading below was given up
	}()
	for i := range all {
		if err := fn(i); err != nil {
			return err
		}
	}
	return nil
}

// at is a path of a revision in git's words. The revision is a hash, so that nothing in it means anything else.
func at(rev Hash, path string) (string, error) {
	if !rev.Valid() || path != "" && (!fs.ValidPath(path) || path == "." || strings.ContainsFunc(path, unicode.IsControl)) {
		return "", ErrMissing
	}
	if path == "" {
		return string(rev), nil
	}
	return string(rev) + ":" + path, nil
}

// head reads the line before an object.
func (o *Objects) head() (Object, error) {
	head, err := o.p.Out.ReadString('\n')
	if err != nil {
		return Object{}, fmt.Errorf("git cat-file: %w: %s", err, o.p.said.b)
	}
	head = strings.TrimSuffix(head, "\n")
	if strings.HasSuffix(head, " missing") || strings.HasSuffix(head, " ambiguous") {
		return Object{}, ErrMissing
	}
	part := strings.Fields(head)
	if len(part) != 3 {
		return Object{}, fmt.Errorf("git cat-file said %q", head)
	}
	b := Object{Hash: Hash(part[0]), Kind: Kind(part[1])}
	b.Size, err = strconv.ParseInt(part[2], 10, 64)
	return b, err
}

func (o *Objects) next(max int64) (Object, error) {
	b, err := o.head()
	if err != nil {
		return b, err
	}
	b.Data = make([]byte, min(b.Size, max))
	if _, err := io.ReadFull(o.p.Out, b.Data); err != nil {
		return b, err
	}
	_, err = o.p.Out.Discard(int(b.Size) - len(b.Data) + 1)
	return b, err
}

var errTree = errors.New("git: not a tree")

// Entries reads a tree object; sizes are not in it.
func Entries(data []byte) ([]Entry, error) {
	var out []Entry
	for len(data) > 0 {
		end := bytes.IndexByte(data, 0)
		if end < 0 || len(data) < end+21 {
			return nil, errTree
		}
		mode, name, ok := strings.Cut(string(data[:end]), " ")
		if !ok || name == "" || len(mode) > 6 {
			return nil, errTree
		}
		mode = strings.Repeat("0", 6-len(mode)) + mode
		out = append(out, Entry{Path: name, Mode: Mode(mode), Hash: Hash(hex.EncodeToString(data[end+1 : end+21])), Size: -1})
		data = data[end+21:]
	}
	return out, nil
}

// Tree reads a folder of a revision, sizes left out; path "" is the root. ErrMissing.
func (o *Objects) Tree(rev Hash, path string) ([]Entry, error) {
	spec, err := at(rev, path)
	if err != nil {
		return nil, err
	}
	if path == "" {
		spec += "^{tree}" // rev may be a commit
	}
	b, err := o.read(spec, maxText)
	if err != nil {
		return nil, err
	}
	if b.Kind != TreeKind {
		return nil, ErrMissing
	}
	return Entries(b.Data)
}

// TreeObject is a tree of entries, in the order that git wants.
func TreeObject(entries []Entry) []byte {
	var out []byte
	for _, e := range sorted(entries) {
		sum, err := hex.DecodeString(string(e.Hash))
		if err != nil {
			panic("git: an entry without a hash")
		}
		out = fmt.Appendf(out, "%s %s\x00%s", strings.TrimPrefix(string(e.Mode), "0"), e.Path, sum)
	}
	return out
}

// CommitObject is a commit written by a page. Its times are in UTC: a zone would say where somebody lives.
func CommitObject(tree Hash, parents []Hash, who Signature, message string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", tree)
	for _, p := range parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	for _, role := range []string{"author", "committer"} {
		fmt.Fprintf(&b, "%s %s <%s> %d +0000\n", role, clean(who.Name, "Unnamed"), clean(who.Email, "nobody@invalid"), max(0, who.When.Unix()))
	}
	message = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(message, "\uFFFD"), "\x00", ""))
	fmt.Fprintf(&b, "\n%s\n", message)
	return []byte(b.String())
}

// clean takes out what would end a name in a commit.
func clean(s, without string) string {
	s = strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	if s = strings.Trim(s, " .,:;\"'\\"); s == "" {
		return without
	}
	return s
}
