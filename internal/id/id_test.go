package id_test

import (
	"sort"
	"strings"
	"testing"
	"time"

	"candor/internal/id"
)

func TestIdsSortInTheOrderTheyWereMade(t *testing.T) {
	var m id.Minter
	now := time.UnixMilli(1_700_000_000_000)
	var ids []string
	for i := range 10_000 {
		if i == 5_000 {
			now = now.Add(-time.Hour) // the wall clock steps back
		}
		ids = append(ids, m.New("att", now))
	}
	if !sort.StringsAreSorted(ids) {
		t.Error("ids went backwards; want them to sort by the order they were made in")
	}
	if !id.Valid("att", ids[0]) || id.Valid("org", ids[0]) || id.Valid("att", "att_xyz") {
		t.Errorf("Valid does not tell shapes apart for %s", ids[0])
	}
	if v := ids[0][len("att_")+12]; v != '7' {
		t.Errorf("version digit = %c; want 7", v)
	}
}

func TestAnIdTellsWhenItWasMade(t *testing.T) {
	at := time.Date(2026, 11, 26, 23, 0, 0, 5e6, time.UTC)
	if got, ok := id.Time("evt", id.New("evt", at)); !ok || got.Before(at) || got.Sub(at) > time.Second {
		t.Errorf("Time = %v, %v; want %v", got, ok, at)
	}
	for _, s := range []string{"", "evt_", id.New("att", at), id.Timeless("evt"), id.New("evt", at) + "0", "evt_" + strings.Repeat("g", 32)} {
		if got, ok := id.Time("evt", s); ok {
			t.Errorf("Time(%q) = %v", s, got)
		}
	}
}

func TestCodesUseLettersThatCannotBeConfused(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		c := id.Code(4)
		if len(c) != 4 {
			t.Fatalf("Code(4) = %q", c)
		}
		for _, r := range c {
			switch r {
			case '0', 'O', '1', 'I', 'L', '5', 'S', '8', 'B', 'U', 'V':
				t.Fatalf("Code(4) = %q has a letter that looks like another", c)
			}
		}
		seen[c] = true
	}
	if len(seen) < 900 {
		t.Errorf("%d different codes of 1000; want nearly all", len(seen))
	}
}
