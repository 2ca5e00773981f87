package sandboxtest

import (
	"bytes"
	"errors"
	"fmt"

	"candor/internal/sandbox"
)

// compile must be stopped within its limits, and say nothing of the host.
func (b *bench) compile(name, text, compiler string, flags ...string) error {
	if err := b.write(sandbox.File{Name: name, Data: []byte(text)}); err != nil {
		return err
	}
	args := append([]string{compiler, "-o", "program", name}, flags...)
	r, err := b.run(sandbox.Spec{Profile: sandbox.Compile, Args: args, Stdin: []byte("not C"), Memory: 256 << 20, Output: 64 << 10, FileSize: 16 << 20})
	if err != nil {
		return err
	}
	return verify(r, stopped, func(r sandbox.Report) error {
		if len(r.Stderr) > 64<<10 || bytes.Contains(r.Stderr, []byte("root:")) {
			return errors.New("the diagnostics are longer than allowed, or quote a file of the host")
		}
		return nil
	})
}

func collector(b *bench) error {
	if err := b.expect(sandbox.Spec{FileSize: 2 << 30}, ok, []check{exit(0)}, "bait"); err != nil {
		return err
	}
	for _, name := range []string{"out.txt", "passwd.txt", "alias.txt", "dir/passwd", "fifo.txt", "device.txt", "folder.txt", "hard.txt", "socket.txt", "huge.txt", "missing.txt", "../etc/passwd", "/etc/passwd"} {
		if data, err := b.slot.Read(b.ctx, name, 1<<20); !errors.Is(err, sandbox.ErrArtefact) {
			return fmt.Errorf("Read of %s = %.60q, %v; want ErrArtefact", name, data, err)
		}
	}
	data, err := b.slot.Read(b.ctx, "honest.txt", 1<<20)
	if err != nil || string(data) != "result\n" {
		return fmt.Errorf("Read of a file = %q, %w", data, err)
	}
	if _, err := b.slot.Read(b.ctx, "honest.txt", 6); !errors.Is(err, sandbox.ErrArtefact) {
		return fmt.Errorf("Read of a file that is too large = %w; want ErrArtefact", err)
	}
	// Writing goes through nothing either.
	if err := b.write(sandbox.File{Name: "dir/passwd", Data: []byte("ours")}, sandbox.File{Name: "fifo.txt", Data: []byte("ours")}, sandbox.File{Name: "alias.txt", Data: []byte("ours")}); err != nil {
		return err
	}
	if data, err := b.slot.Read(b.ctx, "honest.txt", 100); err != nil || string(data) != "result\n" {
		return fmt.Errorf("a file behind a link was written through: %q, %w", data, err)
	}
	for _, name := range []string{"../x", "/etc/x", "a/../../x", "", ".", "a//b"} {
		if err := b.write(sandbox.File{Name: name}); err == nil {
			return fmt.Errorf("Write to %q was accepted", name)
		}
	}
	return nil
}

func race(b *bench) error {
	if err := b.expect(sandbox.Spec{}, ok, []check{exit(0)}, "swap"); err != nil {
		return err
	}
	first, firstErr := b.slot.Read(b.ctx, "out.txt", 1<<20)
	for range 50 { // nobody swaps any more: always the same, and never what the link points to
		data, err := b.slot.Read(b.ctx, "out.txt", 1<<20)
		if string(data) != string(first) || (err == nil) != (firstErr == nil) {
			return fmt.Errorf("Read = %q, %v; before %q, %v", data, err, first, firstErr)
		}
		if err == nil && string(data) != "result\n" || err != nil && !errors.Is(err, sandbox.ErrArtefact) {
			return fmt.Errorf("Read = %.60q, %w", data, err)
		}
	}
	return nil
}

func readOnly(b *bench) error {
	if err := b.expect(sandbox.Spec{}, ok, []check{refused(14, "EROFS", "EACCES", "EPERM", "ENOENT")}, "write_everywhere"); err != nil {
		return err
	}
	if err := b.write(sandbox.File{Name: "mine.txt"}); err != nil {
		return err
	}
	if err := b.expect(sandbox.Spec{ReadOnly: true}, ok, []check{refused(2, "EROFS")}, "box_write"); err != nil {
		return err
	}
	if err := b.expect(sandbox.Spec{}, ok, []check{refused(2, "allowed")}, "box_write"); err != nil {
		return err
	}
	// Files of ours stay as they are, also in folders that the program made before.
	if err := b.expect(sandbox.Spec{}, ok, []check{refused(2, "allowed")}, "plant"); err != nil {
		return err
	}
	ours := []sandbox.File{{Name: "tests/ours.txt", Data: []byte("ours"), Root: true}, {Name: "own/ours.txt", Data: []byte("ours"), Root: true}}
	if err := b.write(ours...); err != nil {
		return err
	}
	if err := b.expect(sandbox.Spec{}, ok, []check{func(r sandbox.Report) error {
		tried, added, _ := bytes.Cut(r.Stdout, []byte("add: "))
		if string(added) != "allowed\n" {
			return fmt.Errorf("adding a file beside ours: %s", added)
		}
		r.Stdout = tried
		return refused(6, "EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV")(r)
	}}, "protected"); err != nil {
		return err
	}
	if r, err := b.run(sandbox.Spec{Args: []string{"/bin/sh", "-c", "rm -rf own tests; mv own away2; mv tests away3; true"}}); err != nil || r.Status != sandbox.OK {
		return fmt.Errorf("sh = %s %s, %w", r.Status, r.Reason, err)
	}
	for _, f := range ours {
		if data, err := b.slot.Read(b.ctx, f.Name, 100); err != nil || string(data) != "ours" {
			return fmt.Errorf("%s was changed: %q, %w", f.Name, data, err)
		}
	}
	return nil
}
