package git

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pack is a pack in a folder that a view reads objects from.
type Pack struct {
	Hash    Hash // its name
	Dir     string
	Objects int
}

// File is the path of one of its files: "pack" or "idx".
func (p Pack) File(ext string) string {
	return filepath.Join(p.Dir, "pack", "pack-"+string(p.Hash)+"."+ext)
}

// Names lists its objects, as its index does (gitformat-pack(5), version 2).
func (p Pack) Names() ([]Hash, error) {
	raw, err := os.ReadFile(p.File("idx"))
	if err != nil {
		return nil, err
	}
	const fan = 8 + 256*4
	if len(raw) < fan || !bytes.HasPrefix(raw, []byte("\xfftOc\x00\x00\x00\x02")) {
		return nil, errors.New("git: not an index of a pack")
	}
	n := int(binary.BigEndian.Uint32(raw[fan-4:]))
	if len(raw) < fan+20*n {
		return nil, errors.New("git: an index of a pack was cut off")
	}
	out := make([]Hash, n)
	for i := range out {
		out[i] = Hash(hex.EncodeToString(raw[fan+20*i:][:20]))
	}
	return out, nil
}

// objects is the view's own folder of objects: what a push brings lies there and nowhere else until it is taken.
func (v *View) objects() string { return filepath.Join(v.Dir, "objects") }

// Take reads a pack into the view's own objects: through [Gate], then by git index-pack, which recomputes every name and checks every object
// (--strict) and adds what a thin pack leaves out from what the view has already, from nowhere else. The zero Pack is one without objects.
// ErrTooLarge, ErrRefused.
func (v *View) Take(ctx context.Context, r io.Reader, l PackLimits) (Pack, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if head, err := in.Peek(12); err == nil && string(head[:4]) == "PACK" && binary.BigEndian.Uint32(head[8:]) == 0 {
		return Pack{}, nil
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pr, pw := io.Pipe()
	type gated struct {
		n   int
		err error
	}
	done := make(chan gated, 1)
	p, err := v.Start(ctx, Options{In: pr}, "index-pack", "--stdin", "--strict", "--fix-thin", "--threads=1", fmt.Sprintf("--max-input-size=%d", l.Bytes))
	if err != nil {
		return Pack{}, err
	}
	go func() {
		n, err := Gate(in, pw, l)
		pw.CloseWithError(err) // nil is the end
		if err != nil && !errors.Is(err, io.ErrClosedPipe) {
			stop() // it must not take what came so far for damaged
		}
		done <- gated{n, err}
	}()
	out, err := io.ReadAll(io.LimitReader(p.Out, 1<<10))
	err = errors.Join(err, p.Wait())
	pr.Close()
	g := <-done
	switch {
	case g.err != nil && !errors.Is(g.err, io.ErrClosedPipe):
		return Pack{}, g.err
	case err != nil:
		return Pack{}, badPack(err)
	}
	_, name, _ := strings.Cut(strings.TrimSpace(string(out)), "\t")
	if !Hash(name).Valid() {
		return Pack{}, fmt.Errorf("git index-pack said %q", out)
	}
	return Pack{Hash(name), v.objects(), g.n}, nil
}

// badPack says what was wrong with a pack in words that help who pushed it.
func badPack(err error) error {
	var f *Failure
	if !errors.As(err, &f) {
		return err
	}
	for _, w := range []struct{ said, means string }{
		{"unresolved delta", "the pack builds on objects that are not in this repository. Fetch, then push again."},
		{"did not receive expected object", "objects are missing that this push needs. Push again; with a shallow clone, run git fetch --unshallow first."},
		{"hasDotgit", "it has a file or folder named .git (or one that some computers take for it)."},
		{"hasDotdot", "it has a file named \"..\"."},
		{"hasDot", "it has a file named \".\"."},
		{"fullPathname", "it has a file name with a slash in it."},
		{"gitmodules", "its .gitmodules file is not allowed."},
		{"gitattributes", "its .gitattributes file is not allowed."},
		{"missingEmail", "a commit has no e-mail address. Set one with git config user.email, and commit again."},
		{"exceeds maximum", "the pack is too large."},
	} {
		if strings.Contains(f.Said, w.said) {
			return refused("%s", w.means)
		}
	}
	if strings.Contains(f.Said, "fsck error") || strings.Contains(f.Said, "pack") || strings.Contains(f.Said, "object") || strings.Contains(f.Said, "delta") || strings.Contains(f.Said, "inflate") {
		_, why, _ := strings.Cut(f.Said, ": ")
		return refused("git found it damaged: %.200s", strings.ToValidUTF8(why, "?"))
	}
	return err
}

// Connected says whether everything behind the tips is there; it walks only what the view's refs do not have behind them.
func (v *View) Connected(ctx context.Context, tips []Hash) (bool, error) {
	var in strings.Builder
	for _, t := range tips {
		fmt.Fprintln(&in, t)
	}
	_, err := v.run(ctx, Options{In: strings.NewReader(in.String())}, 1<<10, "rev-list", "--objects", "--stdin", "--not", "--all", "--quiet")
	var f *Failure
	if errors.As(err, &f) && ctx.Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// CheckName says what is wrong with the name of a file or folder, or "".
func CheckName(name string) string {
	switch {
	case !utf8.ValidString(name):
		return fmt.Sprintf("the file name %q is not UTF-8.", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Sprintf("the file name %q has a line break or another control character.", name)
	case len(name) > 255:
		return fmt.Sprintf("the file name %.40q... is longer than 255 bytes.", name)
	}
	return ""
}

// CheckTrees looks at every tree of a pack that came in: no names that cannot be shown, no links, no submodules. ErrRefused.
func (v *View) CheckTrees(ctx context.Context, p Pack) error {
	names, err := p.Names()
	if err != nil {
		return err
	}
	o, err := v.Objects(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	var trees []Hash
	err = o.Infos(names, func(b Object) error {
		if b.Kind == TreeKind {
			trees = append(trees, b.Hash)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return o.Each(trees, 64<<20, func(_ int, b Object) error {
		entries, err := Entries(b.Data)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if wrong := CheckName(e.Path); wrong != "" {
				return refused("%s", wrong)
			}
			switch e.Mode {
			case FileMode, ExecMode, FolderMode, "100664":
			case LinkMode:
				return refused("%q is a symbolic link. Only ordinary files are kept: put the file itself there.", e.Path)
			case ModuleMode:
				return refused("%q is a submodule. Only ordinary files are kept: put the files themselves there.", e.Path)
			default:
				return refused("%q has the mode %s, which git does not know.", e.Path, e.Mode)
			}
		}
		return nil
	})
}

// Repack makes one pack of everything behind the tips and not behind what is left out, with good deltas, in the view's own objects. The zero Pack
// is one without objects.
func (v *View) Repack(ctx context.Context, tips, without []Hash) (Pack, error) {
	var in strings.Builder
	for _, t := range tips {
		fmt.Fprintln(&in, t)
	}
	for _, t := range without {
		fmt.Fprintf(&in, "^%s\n", t)
	}
	base := filepath.Join(v.objects(), "pack", "pack")
	out, err := v.run(ctx, Options{In: strings.NewReader(in.String())}, 1<<10, "pack-objects", "--quiet", "--revs", "--delta-base-offset", "--non-empty", base)
	if err != nil {
		return Pack{}, err
	}
	name := Hash(strings.TrimSpace(string(out)))
	if name == "" {
		return Pack{}, nil
	}
	if !name.Valid() {
		return Pack{}, fmt.Errorf("git pack-objects said %q", out)
	}
	p := Pack{Hash: name, Dir: v.objects()}
	names, err := p.Names()
	p.Objects = len(names)
	return p, err
}

// Behind says whether a commit is behind another, or the same.
func (v *View) Behind(ctx context.Context, old, now Hash) (bool, error) {
	if !old.Valid() || !now.Valid() {
		return false, ErrMissing
	}
	_, err := v.run(ctx, Options{}, 1<<10, "merge-base", "--is-ancestor", string(old), string(now))
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return false, nil // 1 says no; 128 that the old one is not here, where its ref was changed meanwhile
	}
	return err == nil, err
}
