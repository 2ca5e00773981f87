package limiter

import "container/list"

// Limiter allows at most limit events per key in any sliding window.
type Limiter struct {
	limit  int
	window float64
	clock  func() float64
	keys   map[string]*list.Element
	order  *list.List // of *entry, by their last counted event: the silent ones are in front
}

type entry struct {
	key   string
	times []float64
}

// New makes a limiter; window and clock are in seconds.
func New(limit int, window float64, clock func() float64) *Limiter {
	return &Limiter{limit: limit, window: window, clock: clock, keys: map[string]*list.Element{}, order: list.New()}
}

// Allow says whether an event for key may happen now.
func (l *Limiter) Allow(key string) bool {
	now := l.clock()
	l.forget(now)
	at, known := l.keys[key]
	e := &entry{key: key}
	if known {
		e = at.Value.(*entry)
	}
	for len(e.times) > 0 && now-e.times[0] >= l.window {
		e.times = e.times[1:]
	}
	if len(e.times) >= l.limit {
		return false
	}
	e.times = append(e.times, now)
	if known {
		l.order.MoveToBack(at)
	} else {
		l.keys[key] = l.order.PushBack(e)
	}
	return true
}

// Remembered is how many keys are remembered.
func (l *Limiter) Remembered() int { return len(l.keys) }

func (l *Limiter) forget(now float64) {
	for at := l.order.Front(); at != nil; at = l.order.Front() {
		e := at.Value.(*entry)
		if now-e.times[len(e.times)-1] < l.window {
			return
		}
		l.order.Remove(at)
		delete(l.keys, e.key)
	}
}
