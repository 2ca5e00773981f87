package repo

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// slots bound how many git processes serve clients at once. Whoever has the fewest under way is next; among these, whoever waits longest.
type slots struct {
	// Most is how many there are, Each how many one repository has of them, Queue how many may wait, Patience for how long; 0 are the defaults.
	Most, Each, Queue int
	Patience          time.Duration

	mu      sync.Mutex
	used    int
	by      map[ID]int
	waiting []*waiter
}

type waiter struct {
	who   ID
	ready chan struct{}
}

func (s *slots) most() int {
	if s.Most > 0 {
		return s.Most
	}
	return max(8, 4*runtime.NumCPU())
}

func (s *slots) each() int {
	if s.Each > 0 {
		return s.Each
	}
	return 4
}

// take waits for a slot; leave gives it back. ErrBusy.
func (s *slots) take(ctx context.Context, who ID) (leave func(), err error) {
	queue, patience := s.Queue, s.Patience
	if queue == 0 {
		queue = 500
	}
	if patience == 0 {
		patience = time.Minute
	}
	s.mu.Lock()
	if s.by == nil {
		s.by = map[ID]int{}
	}
	w := &waiter{who, make(chan struct{})}
	if len(s.waiting) >= queue {
		s.mu.Unlock()
		return nil, ErrBusy
	}
	s.waiting = append(s.waiting, w)
	s.serve()
	s.mu.Unlock()
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-w.ready:
		return sync.OnceFunc(func() { s.leave(who) }), nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-t.C:
		err = ErrBusy
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, o := range s.waiting {
		if o == w {
			s.waiting = append(s.waiting[:i], s.waiting[i+1:]...)
			return nil, err
		}
	}
	s.free(who) // it was served in the same moment
	return nil, err
}

func (s *slots) leave(who ID) {
	s.mu.Lock()
	s.free(who)
	s.mu.Unlock()
}

func (s *slots) free(who ID) {
	s.used--
	if s.by[who]--; s.by[who] == 0 {
		delete(s.by, who)
	}
	s.serve()
}

// serve gives free slots to those who wait.
func (s *slots) serve() {
	for s.used < s.most() {
		next := -1
		for i, w := range s.waiting {
			if s.by[w.who] < s.each() && (next < 0 || s.by[w.who] < s.by[s.waiting[next].who]) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		w := s.waiting[next]
		s.waiting = append(s.waiting[:next], s.waiting[next+1:]...)
		s.used++
		s.by[w.who]++
		close(w.ready)
	}
}
