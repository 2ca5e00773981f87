package limiter

// Limiter allows at most limit events per key in any sliding window.
//
// Keys stand in a queue by the end of the window of an event. When an end has passed we look at that key once: either it is silent and
// goes, or something newer is there and it has another place further back in the queue.
type Limiter struct {
	limit  int
	window float64
	clock  func() float64
	events map[string][]float64
	queue  []due
}

// due says when to look at a key again.
type due struct {
	at  float64
	key string
}

// New makes a limiter; window and clock are in seconds.
func New(limit int, window float64, clock func() float64) *Limiter {
	return &Limiter{limit: limit, window: window, clock: clock, events: map[string][]float64{}}
}

// Allow says whether an event for key may happen now.
func (l *Limiter) Allow(key string) bool {
	now := l.clock()
	for len(l.queue) > 0 && l.queue[0].at <= now {
		l.expire(l.queue[0].key, now)
		l.queue = l.queue[1:]
	}
	l.expire(key, now)
	times := l.events[key]
	if len(times) >= l.limit {
		return false
	}
	l.events[key] = append(times, now)
	l.queue = append(l.queue, due{now + l.window, key})
	return true
}

// expire drops what does not count any more, and the key with its last event.
func (l *Limiter) expire(key string, now float64) {
	times := l.events[key]
	for len(times) > 0 && times[0]+l.window <= now {
		times = times[1:]
	}
	if len(times) == 0 {
		delete(l.events, key)
		return
	}
	l.events[key] = times
}

// Remembered is how many keys are remembered.
func (l *Limiter) Remembered() int { return len(l.events) }

// I asked an AI tool whether a heap is needed here. It is not: ends come in order, because the window has one length.
