package fee_test

import (
	"testing"

	"toolshed/internal/calendar"
	"toolshed/internal/fee"
)

var due = calendar.Must("2026-03-09")

func TestOnTheLastDayCostsNothing(t *testing.T) {
	if got := fee.Late(due, due, 12000); got != 0 {
		t.Errorf("back on the last allowed day costs %d; want 0", got)
	}
}

func TestEachDayAfterCosts(t *testing.T) {
	for days, want := range map[calendar.Day]int{1: 50, 2: 100, 10: 500} {
		if got := fee.Late(due, due+days, 12000); got != want {
			t.Errorf("%d days late cost %d; want %d", days, got, want)
		}
	}
}

func TestNeverMoreThanItsValue(t *testing.T) {
	if got := fee.Late(due, due+92, 800); got != 800 {
		t.Errorf("a summer late costs %d; want 800, the value", got)
	}
	if got := fee.Late(due, due-3, 800); got != 0 {
		t.Errorf("early costs %d; want 0", got)
	}
}
