package ns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Host and init talk over one SEQPACKET pair: a packet is one message, descriptors ride beside it, and end of file ends the init.
// What may be large (files) travels in a memfd.

// message is either way.
type message struct {
	Op  string `json:"op"`
	Err string `json:"err,omitempty"`
	// Missing says that Err is about a program that is not there or cannot be executed.
	Missing bool `json:"missing,omitempty"`

	Setup *setup `json:"setup,omitempty"`
	Files []file `json:"files,omitempty"`
	Run   *order `json:"run,omitempty"`
	Name  string `json:"name,omitempty"`
	Max   int64  `json:"max,omitempty"`

	Raw    uint32         `json:"raw,omitempty"`  // wait status as the kernel gave it
	Wall   int64          `json:"wall,omitempty"` // nanoseconds
	Errnos map[string]int `json:"errnos,omitempty"`
}

// setup is what the init builds its world from.
type setup struct {
	Base     string   `json:"base"` // an empty folder of the host to build the root on
	UID      int      `json:"uid"`  // of the program; 0 when rootless
	Binds    []string `json:"binds"`
	BoxBytes int64    `json:"box_bytes"`
	TmpBytes int64    `json:"tmp_bytes"`
	Inodes   int      `json:"inodes"`
	Path     string   `json:"path"`
}

// file is one file of a write; its bytes stand in the memfd, one file after the other.
type file struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Mode uint32 `json:"mode"`
	Root bool   `json:"root"`
}

// order is one run. Descriptors: stdin, stdout, stderr, Extra more, Enter cgroup files, Home cgroup files.
type order struct {
	Args     []string `json:"args"`
	Env      []string `json:"env"`
	Dir      string   `json:"dir"`
	Extra    int      `json:"extra"`
	Enter    int      `json:"enter"`
	Home     int      `json:"home"`
	Stack    uint64   `json:"stack"`
	FileSize uint64   `json:"file_size"`
	ReadOnly bool     `json:"read_only"`
	Loopback bool     `json:"loopback"`
}

const maxPacket = 128 << 10

func send(fd int, m message, files ...*os.File) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(b) > maxPacket {
		return fmt.Errorf("sandbox: a message of %d bytes is longer than %d", len(b), maxPacket)
	}
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = unix.UnixRights(fds...)
	}
	for {
		err = unix.Sendmsg(fd, b, rights, nil, unix.MSG_NOSIGNAL)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

func receive(fd int) (message, []*os.File, error) {
	b, oob := make([]byte, maxPacket+1), make([]byte, unix.CmsgSpace(4*64))
	var n, on, flags int
	var err error
	for {
		n, on, flags, _, err = unix.Recvmsg(fd, b, oob, unix.MSG_CMSG_CLOEXEC)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		return message{}, nil, err
	}
	if n == 0 {
		return message{}, nil, io.EOF
	}
	var files []*os.File
	if on > 0 {
		cs, err := unix.ParseSocketControlMessage(oob[:on])
		if err != nil {
			return message{}, nil, err
		}
		for _, c := range cs {
			fds, err := unix.ParseUnixRights(&c)
			if err != nil {
				return message{}, nil, err
			}
			for _, f := range fds {
				files = append(files, os.NewFile(uintptr(f), "passed"))
			}
		}
	}
	if flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		closeAll(files)
		return message{}, nil, errors.New("sandbox: a message was cut")
	}
	var m message
	if err := json.Unmarshal(b[:n], &m); err != nil {
		closeAll(files)
		return message{}, nil, err
	}
	return m, files, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// memfd makes a file in memory that reads from its start. A sealed one cannot be changed through any descriptor.
func memfd(name string, sealed bool, parts ...[]byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	for _, p := range parts {
		if _, err := f.Write(p); err != nil {
			f.Close()
			return nil, err
		}
	}
	if sealed {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_WRITE|unix.F_SEAL_GROW|unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL); err != nil {
			f.Close()
			return nil, err
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
