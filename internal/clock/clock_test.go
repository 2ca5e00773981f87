package clock_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/clock"
)

func TestZonesComeWithTheProgram(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "candor/cmd/candor").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(strings.Fields(string(out)), "time/tzdata") {
		t.Error("where the machine knows no time zones, candor knows none")
	}
}

func TestWhichMeasurementHolds(t *testing.T) {
	noon := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	at := func(offset, unsure, later time.Duration) clock.Sample {
		return clock.Sample{Offset: offset, Unsure: unsure, At: noon.Add(later)}
	}
	ms := time.Millisecond
	good := at(100*ms, 2*ms, 0)
	for _, c := range []struct {
		name        string
		first, next clock.Sample
		want        clock.Sample
	}{
		{"the first", clock.Sample{}, at(7*ms, 900*ms, 0), at(7*ms, 900*ms, 0)},
		{"a better one", good, at(101*ms, ms, 5*time.Second), at(101*ms, ms, 5*time.Second)},
		{"a worse one that agrees", good, at(300*ms, 400*ms, 5*time.Second), at(100*ms, 7*ms, 5*time.Second)},
		{"a worse one that cannot be true with it", good, at(900*ms, 400*ms, 5*time.Second), at(900*ms, 400*ms, 5*time.Second)},
		{"a worse one much later", good, at(300*ms, 400*ms, 10*time.Minute), at(300*ms, 400*ms, 10*time.Minute)},
	} {
		if got := c.first.Then(c.next); got != c.want {
			t.Errorf("%s: %v; want %v", c.name, got, c.want)
		}
	}
}
