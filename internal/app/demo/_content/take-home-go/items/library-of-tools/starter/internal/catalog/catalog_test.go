package catalog

import (
	"errors"
	"testing"
)

func TestAdd(t *testing.T) {
	c := New()
	if err := c.Add("drill", 1, 12000); err != nil {
		t.Fatal(err)
	}
	if err := c.Add("drill", 2, 11000); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Find("drill"); err != nil || got.Count != 3 || got.Value != 11000 {
		t.Errorf("Find = %+v, %v; want three of 110.00", got, err)
	}
	if err := c.Add("saw", 0, 100); !errors.Is(err, ErrCount) {
		t.Errorf("Add of none = %v; want ErrCount", err)
	}
	if _, err := c.Find("saw"); !errors.Is(err, ErrUnknown) {
		t.Errorf("Find of a saw = %v; want ErrUnknown", err)
	}
	if all := c.All(); len(all) != 1 {
		t.Errorf("All = %v; want the drill", all)
	}
}
