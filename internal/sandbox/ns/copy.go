package ns

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// maxCopy is how much of a box is copied into another one, in bytes.
const maxCopy = 64 << 20

// copy gives the list of the box's files and what is in them, while no program runs. Empty folders are left out; links and special files cannot
// be copied.
func (g *guest) copy() (_ []*os.File, err error) {
	data, err := memfd("copy", false)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			data.Close()
		}
	}()
	var list []file
	var all int64
	err = fs.WalkDir(g.box.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return errors.New(name + " is no regular file")
		}
		if all += info.Size(); all > maxCopy {
			return errors.New("the box is too full to be copied")
		}
		f := file{Name: name, Size: info.Size(), Mode: uint32(info.Mode().Perm()), Root: slices.Contains(g.ours, name)}
		list = append(list, f)
		from, err := g.box.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
		if err != nil {
			return err
		}
		defer from.Close()
		_, err = io.CopyN(data, from, f.Size)
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err = data.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	names, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	about, err := memfd("list", false, names)
	if err != nil {
		return nil, err
	}
	return []*os.File{about, data}, nil
}

// paste puts what another init's copy gave into the box.
func (g *guest) paste(files []*os.File) error {
	if len(files) != 2 {
		return errors.New("no copy came")
	}
	var list []file
	if err := json.NewDecoder(files[0]).Decode(&list); err != nil {
		return err
	}
	return g.write(list, files[1])
}
