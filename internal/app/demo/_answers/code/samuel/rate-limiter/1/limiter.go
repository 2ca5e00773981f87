package limiter

// Limiter allows at most limit events per key in any sliding window.
type Limiter struct {
	limit  int
	window float64
	clock  func() float64
	events map[string][]float64
}

// New makes a limiter; window and clock are in seconds.
func New(limit int, window float64, clock func() float64) *Limiter {
	return &Limiter{limit: limit, window: window, clock: clock}
}

// Allow says whether an event for key may happen now.
func (l *Limiter) Allow(key string) bool {
	now := l.clock()
	times := l.events[key]
	for len(times) > 0 && now-times[0] >= l.window {
		times = times[1:]
	}
	if len(times) >= l.limit {
		return false
	}
	l.events[key] = append(times, now)
	return true
}

// Remembered is how many keys are remembered.
func (l *Limiter) Remembered() int { return len(l.events) }
