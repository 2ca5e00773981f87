// Package sandbox runs strangers' programs so that nothing they do reaches the host, and reports exactly what happened.
//
// An [Engine] hands out slots. A [Slot] is a fresh set of namespaces with a user id and an empty /box of its own; it serves
// one submission (its compile step and all its tests) and is then thrown away. What a run was is told by wait status, cgroup
// counters and the host's clock only, never by anything the program printed. The host opens no path that a guest made: files
// go in and come out as bytes over the slot's socket.
package sandbox

import (
	"context"
	"os"
	"time"
)

// Status is how a run ended.
type Status string

const (
	OK   Status = "OK"   // exited by itself with code 0
	RE   Status = "RE"   // exited with another code, or by a signal that was not ours
	TLE  Status = "TLE"  // used more CPU time than allowed
	WTLE Status = "WTLE" // took more wall time than allowed
	MLE  Status = "MLE"  // ran out of memory (an OOM kill in its cgroup)
	OLE  Status = "OLE"  // wrote more output than allowed
	IE   Status = "IE"   // the sandbox itself failed; never the program's fault
)

// Profile names the standing limits of a slot.
type Profile string

const (
	Algo    Profile = "algo"    // no network, 64 pids
	Compile Profile = "compile" // more memory, writable /box
	Project Profile = "project" // loopback up, 512 pids, minutes
	Media   Profile = "media"   // no network, large files, what an hour of sound is as samples
)

// Engine hands out slots. Implementations pass sandboxtest.
type Engine interface {
	// Open takes a fresh slot from the warm pool; it waits while all are taken. Problems: ErrLayer when a mandatory layer is missing.
	Open(ctx context.Context) (Slot, error)
	// Layers tells, per layer, whether it is enforced (tried, not derived from configuration).
	Layers() []Layer
	// Close ends all slots and waits until their processes are gone.
	Close() error
}

// Slot serves one submission. Not safe for concurrent use.
type Slot interface {
	// Write puts files into the box. Names are relative, slash-separated, without "..".
	Write(ctx context.Context, files []File) error
	// Run executes one program and returns when no process of it is left.
	Run(ctx context.Context, s Spec) (Report, error)
	// Read returns a regular file of the box of at most max bytes; links and special files are refused (ErrArtefact).
	Read(ctx context.Context, name string, max int64) ([]byte, error)
	Close() error
}

// Forker is what a slot can do besides, where there is more than one.
type Forker interface {
	// Fork gives another slot whose box holds the same files; nil where none is idle, or where the box cannot be copied (more than 64 MiB, links).
	Fork(ctx context.Context) (Slot, error)
	// Wanted says that somebody waits for a slot: one that was forked should be closed soon.
	Wanted() bool
}

// File is one file of the box.
type File struct {
	Name string // relative to /box
	Data []byte
	Mode os.FileMode // 0 means 0644
	Root bool        // owned by root and not writable by the program (protected files)
}

// Spec says what to run and how much it may use. Zero limits take the profile's.
type Spec struct {
	Profile Profile
	Args    []string // Args[0] is an absolute path inside the sandbox, or is looked up in PATH
	Env     []string
	Dir     string // relative to /box; "" is /box
	Stdin   []byte // ignored when StdinFile is set
	// StdinFile and StdoutFile connect two runs (interactive problems); stdout is then not kept in the Report.
	StdinFile, StdoutFile *os.File
	// Extra are passed as descriptors 3, 4, ... (private result channels).
	Extra []*os.File

	CPU      time.Duration // over the whole process tree, by the cgroup
	Wall     time.Duration // 0 means 3 x CPU + 1 s; time in which a busy machine does not let it run is not counted, up to ten times this
	Memory   int64         // bytes
	Pids     int
	Output   int64 // bytes of stdout and stderr together; more is OLE
	FileSize int64 // bytes of one file
	ReadOnly bool  // /box is not writable in this run
}

// Report is what happened.
type Report struct {
	Status   Status
	Reason   string // one sentence for people: "used 2.01 s of CPU, allowed 2 s"
	ExitCode int    // when it exited
	Signal   int    // raw signal when it was killed by one, else 0
	CPU      time.Duration
	Wall     time.Duration
	Memory   int64 // peak bytes
	Stdout   []byte
	Stderr   []byte
	Cut      bool     // output was cut at the cap
	PidsHit  int      // times a fork was refused
	Syscall  bool     // killed for a forbidden system call
	Weak     []string // names of layers that were missing in this run (only when an operator allowed it)
}

// Layer is one line of `candor doctor`.
type Layer struct {
	Name     string // "seccomp", "cgroup memory", ...
	By       string // what enforces it: "cgroup v1", "user namespace", ...
	Enforced bool
	Required bool   // graded runs are refused without it
	Tried    string // what was attempted to know it
	Advice   string // what to do when it is missing
}
