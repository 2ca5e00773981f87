package limiter

import (
	"fmt"
	"testing"
)

func TestStaysQuickWithManyKeys(t *testing.T) {
	seconds := 0.0
	l := New(2, 10, func() float64 { return seconds })
	for i := range 50000 {
		seconds = float64(i) / 10000
		l.Allow(fmt.Sprint("ferry-", i))
	}
	if n := l.Remembered(); n != 50000 {
		t.Errorf("%d remembered; want 50000", n)
	}
}
