package ns

import (
	"bytes"
	"os"
	"sync"
	"time"

	"candor/internal/sandbox"
)

// pipes are what a run reads and writes: our ends and theirs.
type pipes struct {
	theirs   []*os.File // stdin, stdout, stderr
	ours     []*os.File // those of theirs that only the program shall hold
	in       []*os.File // read ends
	out, err buffer
	cap      *budget
	readers  sync.WaitGroup
}

// budget is the room that stdout and stderr share.
type budget struct {
	mu   sync.Mutex
	left int64
	full chan struct{}
	once sync.Once
}

func (b *budget) take(n int64) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	got := min(n, b.left)
	b.left -= got
	if got < n {
		b.once.Do(func() { close(b.full) })
	}
	return got
}

func (b *budget) over() bool {
	select {
	case <-b.full:
		return true
	default:
		return false
	}
}

// buffer keeps what fits into the budget and swallows the rest, so that no writer hangs.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *buffer) Bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.b.Bytes())
}

func connect(spec sandbox.Spec) (*pipes, error) {
	c := &pipes{cap: &budget{left: spec.Output, full: make(chan struct{})}}
	stdin := spec.StdinFile
	if stdin == nil {
		f, err := memfd("stdin", true, spec.Stdin)
		if err != nil {
			return nil, err
		}
		stdin, c.ours = f, append(c.ours, f)
	}
	stdout := spec.StdoutFile
	if stdout == nil {
		f, err := c.pipe(&c.out)
		if err != nil {
			c.close()
			return nil, err
		}
		stdout = f
	}
	stderr, err := c.pipe(&c.err)
	if err != nil {
		c.close()
		return nil, err
	}
	c.theirs = []*os.File{stdin, stdout, stderr}
	return c, nil
}

func (c *pipes) pipe(to *buffer) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.in, c.ours = append(c.in, r), append(c.ours, w)
	c.readers.Go(func() {
		b := make([]byte, 32<<10)
		for {
			n, err := r.Read(b)
			if keep := c.cap.take(int64(n)); keep > 0 {
				to.mu.Lock()
				to.b.Write(b[:keep])
				to.mu.Unlock()
			}
			if err != nil {
				return
			}
		}
	})
	return w, nil
}

// sent gives up the ends that the program holds now.
func (c *pipes) sent() {
	closeAll(c.ours)
	c.ours = nil
}

// finish waits until everything that was written has been read. Nobody holds the other end any more, so this is at once; the deadline is for
// an init that died while its descriptors are still being closed.
func (c *pipes) finish() {
	for _, f := range c.in {
		f.SetReadDeadline(time.Now().Add(time.Second))
	}
	c.readers.Wait()
}

func (c *pipes) close() {
	closeAll(c.ours)
	closeAll(c.in)
}
