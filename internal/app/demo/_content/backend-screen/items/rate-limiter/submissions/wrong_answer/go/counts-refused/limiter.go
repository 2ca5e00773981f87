package limiter

// Limiter counts refused events too: a ferry that keeps sending is never let in again.
type Limiter struct {
	limit  int
	window float64
	clock  func() float64
	seen   map[string][]float64
	sweep  float64 // when silent keys were last looked for
}

func New(limit int, window float64, clock func() float64) *Limiter {
	return &Limiter{limit: limit, window: window, clock: clock, seen: map[string][]float64{}}
}

func (l *Limiter) Allow(key string) bool {
	now := l.clock()
	if now-l.sweep >= l.window {
		for k, times := range l.seen {
			if now-times[len(times)-1] >= l.window {
				delete(l.seen, k)
			}
		}
		l.sweep = now
	}
	var kept []float64
	for _, t := range l.seen[key] {
		if now-t < l.window {
			kept = append(kept, t)
		}
	}
	l.seen[key] = append(kept, now)
	return len(kept) < l.limit
}

func (l *Limiter) Remembered() int { return len(l.seen) }
