package ns

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// write puts files into the box while no program runs. What stands at a name is removed first, so that nothing is written through a link.
func (g *guest) write(files []file, data *os.File) error {
	for _, f := range files {
		if f.Size < 0 || !fs.ValidPath(f.Name) || f.Name == "." {
			return fmt.Errorf("%q is no name of a file in the box", f.Name)
		}
		if err := g.folders(path.Dir(f.Name), f.Root); err != nil {
			return err
		}
		if err := g.box.RemoveAll(f.Name); err != nil {
			return err
		}
		h, err := g.box.OpenFile(f.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.CopyN(h, data, f.Size)
		if err == nil {
			err = h.Chmod(fs.FileMode(f.Mode) & 0o777)
		}
		if err == nil && !f.Root {
			err = h.Chown(g.setup.UID, g.setup.UID)
		}
		if g.ours = slices.DeleteFunc(g.ours, func(name string) bool { return name == f.Name }); f.Root {
			g.ours = append(g.ours, f.Name)
		}
		if e := h.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// folders makes dir and those above it: others may add files, not take ours away. Links are replaced by folders. With seize, folders
// that a program made become ours too: whoever owns a folder can swap what is in it.
func (g *guest) folders(dir string, seize bool) error {
	if dir == "." {
		return nil
	}
	made := ""
	for part := range strings.SplitSeq(dir, "/") {
		made = path.Join(made, part)
		info, err := g.box.Lstat(made)
		there := err == nil && info.IsDir()
		if err == nil && !there {
			err = g.box.Remove(made)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !there {
			err = g.box.Mkdir(made, 0o700)
		}
		if there && seize {
			err = g.box.Lchown(made, 0, 0)
		}
		if err == nil && (!there || seize) {
			err = g.box.Chmod(made, 0o777|fs.ModeSticky)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// read copies a regular file of the box into a memfd while no program runs; links, FIFOs and devices are refused without being opened for real.
func (g *guest) read(name string, max int64) ([]*os.File, error) {
	box, err := g.box.Open(".")
	if err != nil {
		return nil, err
	}
	defer box.Close()
	fd, err := unix.Openat2(int(box.Fd()), name, &unix.OpenHow{Flags: unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_XDEV})
	if err != nil {
		return nil, err
	}
	h := os.NewFile(uintptr(fd), name)
	defer h.Close()
	info, err := h.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	if info.Size() > max {
		return nil, fmt.Errorf("%d bytes; at most %d are read", info.Size(), max)
	}
	out, err := memfd("result", false)
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(out, io.LimitReader(h, max)); err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		out.Close()
		return nil, err
	}
	return []*os.File{out}, nil
}

// lockBox makes /box read-only, or writable again. It stays so until the other is needed.
func (g *guest) lockBox(yes bool) error {
	flags := uintptr(unix.MS_REMOUNT | unix.MS_BIND | unix.MS_NOSUID | unix.MS_NODEV)
	if yes {
		flags |= unix.MS_RDONLY
	}
	if err := unix.Mount("", "/box", "", flags, ""); err != nil {
		return fmt.Errorf("remounting the box: %w", err)
	}
	g.locked = yes
	return nil
}

// cover protects our files where programs have the same user id as we, without root: each becomes a read-only mount, and the folders above it
// mounts too, which nobody can move or remove. With user ids of their own there is nothing to do.
func (g *guest) cover() (uncover func(), err error) {
	var covered []string
	uncover = func() {
		for _, p := range slices.Backward(covered) {
			unix.Unmount(p, unix.MNT_DETACH)
		}
	}
	if g.setup.UID != 0 {
		return uncover, nil
	}
	seal := func(name string, flags uint64) {
		p := path.Join("/box", name)
		if err != nil || slices.Contains(covered, p) {
			return
		}
		if err = unix.Mount(p, p, "", unix.MS_BIND, ""); err == nil {
			covered = append(covered, p)
			err = unix.MountSetattr(-1, p, 0, &unix.MountAttr{Attr_set: flags})
		}
		if err != nil {
			err = fmt.Errorf("protecting %s: %w", name, err)
		}
	}
	for _, name := range g.ours {
		for i, c := range name {
			if c == '/' {
				seal(name[:i], 0)
			}
		}
		seal(name, unix.MOUNT_ATTR_RDONLY)
	}
	if err != nil {
		uncover()
	}
	return uncover, err
}
