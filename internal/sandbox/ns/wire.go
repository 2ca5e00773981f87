package ns

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Host and init talk over one SEQPACKET pair: a packet is one message, and descriptors ride beside it.
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
	Host  int    `json:"host,omitempty"` // probe: the server's pid

	Raw    uint32         `json:"raw,omitempty"`  // wait status as the kernel gave it
	Wall   int64          `json:"wall,omitempty"` // nanoseconds
	CPU    int64          `json:"cpu,omitempty"`  // nanoseconds of all processes that were waited for
	Peak   int64          `json:"peak,omitempty"` // bytes of the largest of them
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
	Without  string   `json:"without,omitempty"` // a wall that tests leave out, to see that it matters
}

// file is one file of a write; its bytes stand in the memfd, one file after the other.
type file struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Mode uint32 `json:"mode"`
	Root bool   `json:"root"`
}

// order is one run. Descriptors: stdin, stdout, stderr, Extra more, Enter and Late cgroup files.
type order struct {
	Number   byte     `json:"number"` // of the runs of a slot, never 0: a kill says which it means
	Args     []string `json:"args"`
	Env      []string `json:"env"`
	Dir      string   `json:"dir"`
	Extra    int      `json:"extra"`
	Enter    int      `json:"enter"`
	Late     int      `json:"late"`
	Pids     int      `json:"pids"` // written to Late when the init has left the control group
	Stack    uint64   `json:"stack"`
	FileSize uint64   `json:"file_size"`
	ReadOnly bool     `json:"read_only"`
	Loopback bool     `json:"loopback"`
	// Coarse limits of a process, in place of control groups that are missing; 0 is none.
	CPUSeconds uint64 `json:"cpu_seconds,omitempty"`
	Processes  uint64 `json:"processes,omitempty"`
}

const (
	maxPacket = 128 << 10
	maxFiles  = 64 // in one packet
)

// link is one end of the pair. One goroutine may send while another receives.
type link struct {
	f    *os.File
	conn syscall.RawConn
	in   []byte
}

func newLink(fd int) (*link, error) {
	f := os.NewFile(uintptr(fd), "slot")
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &link{f, conn, make([]byte, maxPacket)}, nil
}

func (l *link) send(m message, files ...*os.File) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(b) > maxPacket || len(files) > maxFiles {
		return fmt.Errorf("sandbox: a message of %d bytes and %d files is too large", len(b), len(files))
	}
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = unix.UnixRights(fds...)
	}
	if e := l.conn.Write(func(fd uintptr) bool {
		err = unix.Sendmsg(int(fd), b, rights, nil, unix.MSG_NOSIGNAL)
		for err == unix.EINTR {
			err = unix.Sendmsg(int(fd), b, rights, nil, unix.MSG_NOSIGNAL)
		}
		return err != unix.EAGAIN
	}); e != nil {
		return e
	}
	return err
}

func (l *link) receive() (message, []*os.File, error) {
	var oob [4*maxFiles + 64]byte
	var n, on, flags int
	var err error
	if e := l.conn.Read(func(fd uintptr) bool {
		n, on, flags, _, err = unix.Recvmsg(int(fd), l.in, oob[:], unix.MSG_CMSG_CLOEXEC)
		for err == unix.EINTR {
			n, on, flags, _, err = unix.Recvmsg(int(fd), l.in, oob[:], unix.MSG_CMSG_CLOEXEC)
		}
		return err != unix.EAGAIN
	}); e != nil {
		return message{}, nil, e
	}
	if err != nil {
		return message{}, nil, err
	}
	files, err := passed(oob[:on])
	switch {
	case err != nil:
	case flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0:
		err = errors.New("sandbox: a message was cut")
	case n == 0:
		err = io.EOF
	}
	var m message
	if err == nil {
		err = json.Unmarshal(l.in[:n], &m)
	}
	if err != nil {
		closeAll(files)
		return message{}, nil, err
	}
	return m, files, nil
}

func passed(oob []byte) ([]*os.File, error) {
	var files []*os.File
	list, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		fds, err := unix.ParseUnixRights(&c)
		if err != nil {
			return files, err
		}
		for _, f := range fds {
			files = append(files, os.NewFile(uintptr(f), "passed"))
		}
	}
	return files, nil
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
