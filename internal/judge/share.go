package judge

import (
	"context"
	"sync"
	"time"

	"candor/internal/sandbox"
)

// worthIt is how long the tests that are left must be expected to take before another slot is taken for them: copying the box and warming the
// next slot cost a part of it.
const worthIt = 250 * time.Millisecond

// share runs the tests 0 to n-1 in this slot, and in those that nobody else wants. Results are kept in the order of the tests, and end where they
// would with one slot; what was run beyond is forgotten.
type share struct {
	*work
	n     int
	run   func(context.Context, *work, int) (Result, error)
	skips func(int) bool // may be nil

	mu    sync.Mutex
	next  int             // the test that nobody has taken yet
	kept  int             // the test whose result is kept next
	early map[int]*Result // came before their turn; nil was left out
	over  bool
	err   error
}

// all runs the tests.
func (s *share) all(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer helpers.Wait() // then nothing of theirs is running
	defer stop()
	s.early = map[int]*Result{}
	began := time.Now()
	for s.one(ctx, s.work) {
		left := s.left()
		if ran := s.n - left; left < 2 || time.Since(began)*time.Duration(left)/time.Duration(ran) < worthIt {
			continue
		}
		other, err := s.fork(ctx)
		if err != nil {
			return err
		}
		if other == nil {
			continue
		}
		helpers.Go(func() {
			defer other.slot.Close()
			for !other.slot.(sandbox.Forker).Wanted() && s.one(ctx, other) {
			}
			if s.ended() {
				stop() // also what the first slot runs
			}
		})
	}
	if s.ended() {
		stop() // what still runs is beyond the end
	}
	helpers.Wait()
	return s.err
}

func (s *share) left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n - s.next
}

func (s *share) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// fork is a work with a slot of its own in which everything is as it is here; nil where no slot is to spare.
func (s *share) fork(ctx context.Context) (*work, error) {
	f, ok := s.slot.(sandbox.Forker)
	if !ok || s.referee != nil {
		return nil, nil
	}
	slot, err := f.Fork(ctx)
	if slot == nil || err != nil {
		return nil, err
	}
	return &work{Task: s.Task, lang: s.lang, slot: slot, source: s.source, env: s.env}, nil
}

// one takes a test and runs it; false when there is none left to take.
func (s *share) one(ctx context.Context, w *work) bool {
	s.mu.Lock()
	i := s.next
	if s.over || i == s.n {
		s.mu.Unlock()
		return false
	}
	s.next++
	skip := s.skips != nil && s.skips(i)
	s.mu.Unlock()
	if skip {
		return s.keep(i, nil, nil)
	}
	r, err := s.run(ctx, w, i)
	return s.keep(i, &r, err)
}

// keep takes a result, and tells all whose turn it is; false when that was the end.
func (s *share) keep(i int, r *Result, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	if err != nil {
		s.over, s.err = true, err
		return false
	}
	for s.early[i] = r; !s.over; s.kept++ {
		r, came := s.early[s.kept]
		if !came {
			break
		}
		if r != nil && (s.skips == nil || !s.skips(s.kept)) { // by now more may be decided than when it began
			s.over = !s.add(*r)
		}
	}
	return !s.over
}
