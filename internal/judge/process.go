package judge

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"

	"candor/internal/problem"
)

// A judge in a process of its own gets tasks and gives outcomes over two pipes, and nothing else: no environment, no database, no key. What
// travels is the same for a worker on another machine.

// ErrWorker: the process that judged ended in the middle. The task may be tried again; the next one starts a new process.
var ErrWorker = errors.New("judge: the worker ended")

// asked goes to the worker: a task, the wish for a probe, or the wish to stop a task.
type asked struct {
	ID    int64
	Task  *Task
	Probe bool
	Stop  bool
}

// told comes back: a result on the way, or the end of what was asked.
type told struct {
	ID      int64
	Result  *Result
	Done    bool
	Outcome Outcome
	Found   []Found
	Err     string
	Refused string // the code of a problem that refused it
}

// Worker serves tasks that come on in until it ends, and answers on out: the other side of [Process].
func Worker(ctx context.Context, j *Judge, in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	var mu sync.Mutex
	enc := gob.NewEncoder(out)
	tell := func(t told) {
		mu.Lock()
		defer mu.Unlock()
		if enc.Encode(t) != nil {
			stop() // nobody listens any more
		}
	}
	running := map[int64]context.CancelFunc{}
	dec := gob.NewDecoder(in)
	for {
		var a asked
		if err := dec.Decode(&a); err != nil {
			stop()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if a.Stop {
			mu.Lock()
			if end := running[a.ID]; end != nil {
				end()
			}
			mu.Unlock()
			continue
		}
		c, end := context.WithCancel(ctx)
		mu.Lock()
		running[a.ID] = end
		mu.Unlock()
		all.Go(func() {
			defer end()
			t := told{ID: a.ID, Done: true}
			if a.Probe {
				t.Found = j.Probe(c)
			} else {
				out, err := j.Judge(c, *a.Task, func(r Result) { tell(told{ID: a.ID, Result: &r}) })
				t.Outcome = out
				if err != nil {
					t.Err = err.Error()
				}
				if p, ok := problem.As(err); ok {
					t.Refused = p.Code
				}
			}
			mu.Lock()
			delete(running, a.ID)
			mu.Unlock()
			tell(t)
		})
	}
}

// Process is a judge in a process of its own. It starts it when it is first needed, and anew after it ended. Safe for concurrent use.
type Process struct {
	// Command starts the worker; its standard input and output are taken, its environment is set to nothing but PATH.
	Command []string
	Log     io.Writer // its standard error
	// Problems are those that may come back from the worker, by their codes.
	Problems []*problem.Problem

	mu  sync.Mutex
	now *child
	n   int64
}

// child is one run of the worker.
type child struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	enc  *gob.Encoder
	mu   sync.Mutex
	open map[int64]ear

	broken atomic.Bool // it did not take an order
	gone   chan struct{}
}

// ear is where somebody listens until they leave.
type ear struct {
	heard chan told
	left  chan struct{}
}

func (p *Process) child() (*child, int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	if p.now != nil {
		if p.now.broken.Load() {
			<-p.now.gone
		}
		select {
		case <-p.now.gone:
		default:
			return p.now, p.n, nil
		}
	}
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	cmd.Stderr = p.Log
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	if err := cmd.Start(); err != nil {
		return nil, 0, fmt.Errorf("starting the judge: %w", err)
	}
	c := &child{cmd: cmd, in: in, enc: gob.NewEncoder(in), open: map[int64]ear{}, gone: make(chan struct{})}
	go c.listen(out)
	p.now = c
	return c, p.n, nil
}

func (c *child) listen(out io.Reader) {
	dec := gob.NewDecoder(out)
	for {
		var t told
		if dec.Decode(&t) != nil {
			break
		}
		c.mu.Lock()
		to, listening := c.open[t.ID]
		c.mu.Unlock()
		if listening {
			select {
			case to.heard <- t:
			case <-to.left:
			}
		}
	}
	c.in.Close()
	c.cmd.Wait()
	close(c.gone)
}

// send fails when the worker is dead or dying, and makes sure that it is, so that the next task starts a new one.
func (c *child) send(a asked) error {
	c.mu.Lock()
	err := c.enc.Encode(a)
	c.mu.Unlock()
	if err != nil {
		c.broken.Store(true)
		c.cmd.Process.Kill()
		return ErrWorker
	}
	return nil
}

// ask sends one wish and hears until it is done or ctx ends.
func (p *Process) ask(ctx context.Context, a asked, progress func(Result)) (told, error) {
	c, id, err := p.child()
	if err != nil {
		return told{}, err
	}
	a.ID = id
	heard, left := make(chan told), make(chan struct{})
	c.mu.Lock()
	c.open[id] = ear{heard, left}
	c.mu.Unlock()
	defer func() {
		close(left)
		c.mu.Lock()
		delete(c.open, id)
		c.mu.Unlock()
	}()
	if err := c.send(a); err != nil {
		return told{}, err
	}
	stopped := ctx.Done()
	for {
		select {
		case t := <-heard:
			switch {
			case t.Result != nil:
				if progress != nil {
					progress(*t.Result)
				}
				continue
			case ctx.Err() != nil:
				return t, ctx.Err()
			}
			return t, p.problem(t)
		case <-c.gone:
			return told{}, errors.Join(ErrWorker, ctx.Err())
		case <-stopped:
			stopped = nil // its end is awaited: nothing goes on behind our back
			if err := c.send(asked{ID: id, Stop: true}); err != nil {
				return told{}, err
			}
		}
	}
}

// problem is what the worker's judge failed with, as the same problem on this side.
func (p *Process) problem(t told) error {
	for _, known := range p.Problems {
		if known.Code == t.Refused {
			return known
		}
	}
	if t.Err != "" {
		return errors.New(t.Err)
	}
	return nil
}

// Judge is [Judge.Judge] in the worker. ErrWorker when it ended in the middle.
func (p *Process) Judge(ctx context.Context, t Task, progress func(Result)) (Outcome, error) {
	got, err := p.ask(ctx, asked{Task: &t}, progress)
	return got.Outcome, err
}

// Probe is [Judge.Probe] in the worker; empty when it cannot be asked.
func (p *Process) Probe(ctx context.Context) []Found {
	got, err := p.ask(ctx, asked{Probe: true}, nil)
	if err != nil {
		return nil
	}
	return got.Found
}

// Close ends the worker and waits for it.
func (p *Process) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil {
		return nil
	}
	p.now.in.Close()
	<-p.now.gone
	return nil
}
