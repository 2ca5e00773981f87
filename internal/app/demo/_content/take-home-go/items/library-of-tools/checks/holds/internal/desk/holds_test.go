package desk_test

import (
	"strings"
	"testing"

	"toolshed/internal/desk"
)

// line is a shed with n drills out at m1 and so on, and m2, m3 in line behind them.
func line(t *testing.T) *desk.Desk {
	d := desk.New()
	say(t, d, "2026-03-02 join m1 Ruth -> ok", "2026-03-02 join m2 Karim -> ok", "2026-03-02 join m3 Lena -> ok", "2026-03-02 join m4 Tom -> ok",
		"2026-03-02 add drill 1 12000 -> ok", "2026-03-02 borrow m1 drill -> ok until 2026-03-09", "2026-03-02 wait m2 drill -> ok", "2026-03-03 wait m3 drill -> ok")
	return d
}

func say(t *testing.T, d *desk.Desk, lines ...string) {
	t.Helper()
	for _, l := range lines {
		command, want, _ := strings.Cut(l, " -> ")
		if got := d.Do(command); got != want {
			t.Fatalf("%s: %q; want %q", command, got, want)
		}
	}
}

func TestItIsHeldForTheFirstInLine(t *testing.T) {
	say(t, line(t), "2026-03-05 return m1 drill -> ok held for m2 until 2026-03-07", "2026-03-06 borrow m4 drill -> no: it is held for somebody else",
		"2026-03-06 borrow m3 drill -> no: it is held for somebody else", "2026-03-07 borrow m2 drill -> ok until 2026-03-14")
}

func TestAfterTwoDaysTheNextHasTwoDays(t *testing.T) {
	say(t, line(t), "2026-03-05 return m1 drill -> ok held for m2 until 2026-03-07", "2026-03-08 borrow m2 drill -> no: it is held for somebody else",
		"2026-03-09 borrow m3 drill -> ok until 2026-03-16")
}

func TestAfterTheLastHoldAnybodyMayHaveIt(t *testing.T) {
	say(t, line(t), "2026-03-05 return m1 drill -> ok held for m2 until 2026-03-07", "2026-03-09 borrow m4 drill -> no: it is held for somebody else",
		"2026-03-10 borrow m4 drill -> ok until 2026-03-17")
}

func TestWhoBorrowedDoesNotWaitAnyMore(t *testing.T) {
	say(t, line(t), "2026-03-05 return m1 drill -> ok held for m2 until 2026-03-07", "2026-03-05 borrow m2 drill -> ok until 2026-03-12",
		"2026-03-06 wait m2 drill -> no: they have one of these already", "2026-03-06 return m2 drill -> ok held for m3 until 2026-03-08")
}

func TestALateReturnSaysBoth(t *testing.T) {
	say(t, line(t), "2026-03-10 return m1 drill -> ok late, owes 0.50, held for m2 until 2026-03-12")
}

func TestTwoOfATool(t *testing.T) {
	d := line(t)
	say(t, d, "2026-03-05 return m1 drill -> ok held for m2 until 2026-03-07", "2026-03-05 add drill 1 12000 -> ok", "2026-03-05 wait m4 drill -> no: one of these is in the shed",
		"2026-03-05 borrow m4 drill -> ok until 2026-03-12", "2026-03-06 return m4 drill -> ok held for m3 until 2026-03-08",
		"2026-03-06 borrow m2 drill -> ok until 2026-03-13", "2026-03-06 borrow m3 drill -> ok until 2026-03-13")
}
