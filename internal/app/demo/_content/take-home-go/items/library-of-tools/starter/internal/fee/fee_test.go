package fee

import (
	"testing"

	"toolshed/internal/calendar"
)

func TestEarlyCostsNothing(t *testing.T) {
	if got := Late(calendar.Must("2026-03-09"), calendar.Must("2026-03-05"), 12000); got != 0 {
		t.Errorf("Late = %d; want 0", got)
	}
}
