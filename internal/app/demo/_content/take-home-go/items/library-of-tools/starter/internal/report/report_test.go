package report

import (
	"testing"

	"toolshed/internal/calendar"
	"toolshed/internal/catalog"
	"toolshed/internal/loan"
)

func TestShelf(t *testing.T) {
	c, ls := catalog.New(), &loan.Loans{}
	c.Add("saw", 1, 4000)
	c.Add("drill", 2, 12000)
	if _, err := ls.Borrow("m1", "drill", calendar.Must("2026-03-02")); err != nil {
		t.Fatal(err)
	}
	want := "drill                1 of 2\nsaw                  1 of 1\n"
	if got := Shelf(c, ls); got != want {
		t.Errorf("Shelf =\n%swant\n%s", got, want)
	}
}

func TestCents(t *testing.T) {
	for n, want := range map[int]string{0: "0.00", 5: "0.05", 150: "1.50", 12000: "120.00"} {
		if got := Cents(n); got != want {
			t.Errorf("Cents(%d) = %s; want %s", n, got, want)
		}
	}
}
