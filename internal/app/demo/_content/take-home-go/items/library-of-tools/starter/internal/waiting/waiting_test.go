package waiting

import (
	"errors"
	"testing"
)

func TestFirstComeFirstServed(t *testing.T) {
	ls := New()
	for _, m := range []string{"m2", "m1", "m3"} {
		if err := ls.Join("drill", m); err != nil {
			t.Fatal(err)
		}
	}
	if err := ls.Join("drill", "m1"); !errors.Is(err, ErrWaits) {
		t.Errorf("waiting twice: %v; want ErrWaits", err)
	}
	if err := ls.Leave("drill", "m1"); err != nil {
		t.Fatal(err)
	}
	if err := ls.Leave("drill", "m1"); !errors.Is(err, ErrNot) {
		t.Errorf("leaving twice: %v; want ErrNot", err)
	}
	if got := ls.For("drill"); len(got) != 2 || got[0] != "m2" || got[1] != "m3" {
		t.Errorf("For = %v; want m2 and m3", got)
	}
}
