package disktest

import (
	"maps"
	"slices"
	"syscall"

	"candor/internal/disk"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// What the kernel asks. Everything holds d.mu: order matters more than speed here.

func (d *Disk) String() string { return "disktest" }

const fresh = 3600 // seconds that the kernel may remember: nobody else changes the disk

func (n *node) attr(out *fuse.Attr) {
	*out = fuse.Attr{Ino: n.id, Mode: n.mode, Size: uint64(len(n.data)), Blocks: uint64(len(n.data)+sector-1) / sector, Nlink: 1, Blksize: 4096,
		Mtime: uint64(n.made.Unix()), Ctime: uint64(n.made.Unix()), Atime: uint64(n.made.Unix())}
}

func (n *node) entry(out *fuse.EntryOut) {
	out.NodeId, out.Generation, out.EntryValid, out.AttrValid = n.id, 1, fresh, fresh
	n.attr(&out.Attr)
}

func (d *Disk) Lookup(_ <-chan struct{}, h *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, ok := d.nodes[h.NodeId].names[name]
	if !ok {
		return fuse.ENOENT
	}
	n.entry(out)
	return fuse.OK
}

// Forget keeps everything: a disk is small, and a cut may need what has no name any more.
func (d *Disk) Forget(uint64, uint64) {}

func (d *Disk) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	out.AttrValid = fresh
	d.nodes[in.NodeId].attr(&out.Attr)
	return fuse.OK
}

func (d *Disk) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.nodes[in.NodeId]
	if size, ok := in.GetSize(); ok {
		if s := d.renames(n); !s.Ok() {
			return s
		}
		n.truncate(int(size))
	}
	if mode, ok := in.GetMode(); ok {
		n.mode = n.mode&syscall.S_IFMT | mode&0o7777
	}
	out.AttrValid = fresh
	n.attr(&out.Attr)
	return fuse.OK
}

// make adds a node under a name.
func (d *Disk) make(parent uint64, name string, mode uint32) (*node, fuse.Status) {
	p := d.nodes[parent]
	if _, there := p.names[name]; there {
		return nil, fuse.Status(syscall.EEXIST)
	}
	if !isShared(name) {
		if s := d.renames(p); !s.Ok() {
			return nil, s
		}
	}
	n := d.add(mode)
	n.temp, n.room = isShared(name), name == disk.Ballast
	p.put(name, n)
	return n, fuse.OK
}

func (d *Disk) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, s := d.make(in.NodeId, name, syscall.S_IFDIR|in.Mode&0o7777)
	if s.Ok() {
		n.entry(out)
	}
	return s
}

func (d *Disk) Create(_ <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, s := d.make(in.NodeId, name, syscall.S_IFREG|in.Mode&0o7777)
	if s.Ok() {
		n.entry(&out.EntryOut)
	}
	return s
}

func (d *Disk) Open(_ <-chan struct{}, in *fuse.OpenIn, _ *fuse.OpenOut) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.nodes[in.NodeId]; in.Flags&syscall.O_TRUNC != 0 {
		n.truncate(0)
	}
	return fuse.OK
}

func (d *Disk) Unlink(_ <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.nodes[h.NodeId]
	n, ok := p.names[name]
	if !ok {
		return fuse.ENOENT
	}
	if len(n.names) > 0 {
		return fuse.Status(syscall.ENOTEMPTY)
	}
	p.put(name, nil)
	return fuse.OK
}

func (d *Disk) Rmdir(cancel <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	return d.Unlink(cancel, h, name)
}

func (d *Disk) Rename(_ <-chan struct{}, in *fuse.RenameIn, from, to string) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	if in.Flags != 0 {
		return fuse.EINVAL
	}
	p, q := d.nodes[in.NodeId], d.nodes[in.Newdir]
	n, ok := p.names[from]
	if !ok {
		return fuse.ENOENT
	}
	if s := d.renames(n); !s.Ok() {
		return s
	}
	q.put(to, n) // a cut between the two leaves both names, never none
	p.put(from, nil)
	return fuse.OK
}

func (d *Disk) Read(_ <-chan struct{}, in *fuse.ReadIn, buf []byte) (fuse.ReadResult, fuse.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, size := d.nodes[in.NodeId], 0
	if in.Offset < uint64(len(n.data)) {
		size = copy(buf, n.data[in.Offset:])
	}
	return fuse.ReadResultData(buf[:size]), fuse.OK
}

func (d *Disk) Write(_ <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.nodes[in.NodeId]
	if errno, yes := d.fails(Write, n); yes {
		if errno != 0 {
			return 0, fuse.Status(errno)
		}
		data = data[:(len(data)+1)/2]
	}
	n.write(int64(in.Offset), data)
	return uint32(len(data)), fuse.OK
}

func (d *Disk) Fallocate(_ <-chan struct{}, in *fuse.FallocateIn) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.nodes[in.NodeId]
	if in.Mode != 0 {
		return fuse.Status(syscall.EOPNOTSUPP)
	}
	if s := d.renames(n); !s.Ok() {
		return s
	}
	n.truncate(max(len(n.data), int(in.Offset+in.Length)))
	return fuse.OK
}

func (d *Disk) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }

func (d *Disk) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.nodes[in.NodeId]
	errno, fails := d.fails(Sync, n)
	n.sync(fails)
	d.syncs++
	return fuse.Status(errno)
}

func (d *Disk) FsyncDir(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.nodes[in.NodeId]
	d.syncs++
	if errno, fails := d.fails(Sync, n); fails {
		return fuse.Status(errno)
	}
	n.synced, n.since = maps.Clone(n.names), nil
	return fuse.OK
}

func (d *Disk) OpenDir(<-chan struct{}, *fuse.OpenIn, *fuse.OpenOut) fuse.Status { return fuse.OK }

func (d *Disk) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.nodes[in.NodeId]
	names := slices.Sorted(maps.Keys(n.names))
	for i := int(in.Offset); i < len(names); i++ {
		c := n.names[names[i]]
		if !out.AddDirEntry(fuse.DirEntry{Name: names[i], Mode: c.mode, Ino: c.id, Off: uint64(i + 1)}) {
			break
		}
	}
	return fuse.OK
}

func (d *Disk) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	*out = fuse.StatfsOut{Bsize: 4096, Frsize: 4096, Blocks: 1 << 24, Bfree: 1 << 23, Bavail: 1 << 23, Files: 1 << 20, Ffree: 1 << 19, NameLen: 255}
	return fuse.OK
}
