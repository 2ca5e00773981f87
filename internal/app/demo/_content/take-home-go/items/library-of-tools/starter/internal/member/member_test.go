package member

import (
	"errors"
	"testing"
)

func TestMembersPayWhatTheyOwe(t *testing.T) {
	ms := New()
	if err := ms.Join("m1", "Ruth"); err != nil {
		t.Fatal(err)
	}
	if err := ms.Join("m1", "Karim"); !errors.Is(err, ErrTaken) {
		t.Errorf("a second m1: %v; want ErrTaken", err)
	}
	if err := ms.Charge("m1", 150); err != nil {
		t.Fatal(err)
	}
	if err := ms.Pay("m1", 151); !errors.Is(err, ErrPaid) {
		t.Errorf("paying too much: %v; want ErrPaid", err)
	}
	if err := ms.Pay("m1", 100); err != nil {
		t.Fatal(err)
	}
	if m, _ := ms.Find("m1"); m.Owes != 50 {
		t.Errorf("m1 owes %d; want 50", m.Owes)
	}
	if _, err := ms.Find("m2"); !errors.Is(err, ErrUnknown) {
		t.Errorf("m2: %v; want ErrUnknown", err)
	}
}
