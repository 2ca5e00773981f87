package desk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toolshed/internal/journal"
)

// play does commands and compares their answers: "command -> answer".
func play(t *testing.T, d *Desk, lines ...string) {
	t.Helper()
	for _, l := range lines {
		command, want, _ := strings.Cut(l, " -> ")
		if got := d.Do(command); got != want {
			t.Errorf("%s: %q; want %q", command, got, want)
		}
	}
}

func TestBorrowAndReturn(t *testing.T) {
	play(t, New(),
		"2026-03-02 join m1 Ruth Abel -> ok",
		"2026-03-02 join m2 Karim -> ok",
		"2026-03-02 add drill 1 12000 -> ok",
		"2026-03-02 borrow m1 drill -> ok until 2026-03-09",
		"2026-03-02 borrow m2 drill -> no: all of these are out",
		"2026-03-03 status m1 -> ok Ruth Abel owes 0.00, has drill until 2026-03-09",
		"2026-03-03 shelf -> ok drill                0 of 1",
		"2026-03-05 return m1 drill -> ok",
		"2026-03-05 borrow m2 drill -> ok until 2026-03-12",
	)
}

func TestNonsense(t *testing.T) {
	play(t, New(),
		"2026-03-02 dance -> no: no such command",
		"tomorrow shelf -> no: \"tomorrow\" is no day",
		"2026-03-02 borrow m1 drill -> no: no such member",
		"2026-03-02 add drill none 3 -> no: strconv.Atoi: parsing \"none\": invalid syntax",
	)
}

func TestEverythingIsThereAgainAfterARestart(t *testing.T) {
	name := filepath.Join(t.TempDir(), "shed.journal")
	open := func() *Desk {
		d := New()
		j, err := journal.Open(name, d.Apply)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.Close() })
		d.Journal = j
		return d
	}
	play(t, open(), "2026-03-02 join m1 Ruth -> ok", "2026-03-02 add drill 1 12000 -> ok", "2026-03-02 borrow m1 drill -> ok until 2026-03-09", "2026-03-02 shelf -> ok drill                0 of 1")
	play(t, open(), "2026-03-03 status m1 -> ok Ruth owes 0.00, has drill until 2026-03-09")
	if b, err := os.ReadFile(name); err != nil || strings.Count(string(b), "\n") != 3 {
		t.Errorf("the journal holds %q, %v; want three events", b, err)
	}
}
