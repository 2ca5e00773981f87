package fee

import (
	"testing"

	"toolshed/internal/calendar"
)

func TestRuthPaysNothing(t *testing.T) {
	last := calendar.Must("2026-03-09")
	if got := Late(last, last, 12000); got != 0 {
		t.Errorf("on the last allowed day it costs %d", got)
	}
	if got := Late(last, last+1, 12000); got != PerDay {
		t.Errorf("a day late costs %d; want %d", got, PerDay)
	}
}

func TestTheOldJigsaw(t *testing.T) {
	if got := Late(calendar.Must("2026-03-09"), calendar.Must("2026-06-09"), 800); got != 800 {
		t.Errorf("a summer costs %d; want what it is worth, 800", got)
	}
}
