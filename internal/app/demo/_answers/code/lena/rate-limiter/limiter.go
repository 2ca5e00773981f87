package limiter

// Limiter allows at most limit events per key in any sliding window.
type Limiter struct {
	limit  int
	window float64
	clock  func() float64
	m      map[string][]float64
	last   float64
}

// New makes a limiter; window and clock are in seconds.
func New(limit int, window float64, clock func() float64) *Limiter {
	l := Limiter{limit: limit, window: window, clock: clock}
	l.m = make(map[string][]float64)
	l.last = clock()
	return &l
}

// Allow says whether an event for key may happen now.
func (l *Limiter) Allow(key string) bool {
	now := l.clock()
	if now-l.last >= l.window {
		for k, v := range l.m {
			if now-v[len(v)-1] >= l.window {
				delete(l.m, k)
			}
		}
		l.last = now
	}
	a := []float64{}
	for _, x := range l.m[key] {
		if now-x < l.window {
			a = append(a, x)
		}
	}
	if len(a) >= l.limit {
		return false
	}
	l.m[key] = append(a, now)
	return true
}

// Remembered is how many keys are remembered.
func (l *Limiter) Remembered() int {
	return len(l.m)
}
