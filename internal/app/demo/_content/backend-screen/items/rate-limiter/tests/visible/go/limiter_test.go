package limiter

import "testing"

func fresh() (*Limiter, *float64) {
	seconds := 0.0
	return New(2, 10, func() float64 { return seconds }), &seconds
}

func want(t *testing.T, got, want bool) {
	t.Helper()
	if got != want {
		t.Errorf("Allow = %v; want %v", got, want)
	}
}

func TestAllowsTheFirstEvents(t *testing.T) {
	l, _ := fresh()
	want(t, l.Allow("mv-alma"), true)
	want(t, l.Allow("mv-alma"), true)
}

func TestRefusesTheOneBeyond(t *testing.T) {
	l, _ := fresh()
	l.Allow("mv-alma")
	l.Allow("mv-alma")
	want(t, l.Allow("mv-alma"), false)
}

func TestCountsKeysApart(t *testing.T) {
	l, _ := fresh()
	l.Allow("mv-alma")
	l.Allow("mv-alma")
	want(t, l.Allow("mv-brise"), true)
}

func TestAllowsAgainAfterAFullWindow(t *testing.T) {
	l, seconds := fresh()
	l.Allow("mv-alma")
	l.Allow("mv-alma")
	*seconds = 10
	want(t, l.Allow("mv-alma"), true)
}
