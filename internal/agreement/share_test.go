package agreement_test

import (
	"math"
	"testing"

	"candor/internal/agreement"
)

// The four examples of Newcombe (1998), table I, method 3, to the four places that are printed there.
func TestWilson(t *testing.T) {
	for _, x := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}} {
		if low, high := agreement.Wilson(x.k, x.n); math.Abs(low-x.low) > 5e-5 || math.Abs(high-x.high) > 5e-5 {
			t.Errorf("%d of %d = %.4f to %.4f; want %.4f to %.4f", x.k, x.n, low, high, x.low, x.high)
		}
	}
	if low, high := agreement.Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("of nothing = %f to %f", low, high)
	}
	if low, high := agreement.Wilson(20, 20); high != 1 || math.Abs(low-(1-.1611)) > 5e-5 {
		t.Errorf("all = %f to %f", low, high)
	}
}
