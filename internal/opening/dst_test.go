package opening_test

import (
	"archive/zip"
	"go/build"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"candor/internal/opening"
	"candor/internal/problem"
)

// Every change of clocks from 2024 to 2030 in every zone there is: a local time that happens twice or never is refused with both readings,
// and the minutes next to it are the instants they are.
func TestEveryChangeOfClocks(t *testing.T) {
	z, err := zip.OpenReader(filepath.Join(build.Default.GOROOT, "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	zones, gaps, folds := 0, 0, 0
	for _, f := range z.File {
		loc, err := time.LoadLocation(f.Name)
		if strings.HasSuffix(f.Name, "/") || err != nil {
			continue
		}
		zones++
		for at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); ; {
			_, end := at.In(loc).ZoneBounds()
			if end.IsZero() || end.Year() > 2030 {
				break
			}
			at = end
			_, before := end.Add(-time.Second).In(loc).Zone()
			_, after := end.In(loc).Zone()
			switch by := time.Duration(after-before) * time.Second; {
			case by > 0:
				gaps++
				gap(t, f.Name, end, before, by)
			case by < 0:
				folds++
				fold(t, f.Name, end, after, -by)
			}
		}
	}
	t.Logf("%d zones, %d gaps, %d folds", zones, gaps, folds)
	if zones < 400 || gaps < 500 || folds < 500 {
		t.Errorf("%d zones, %d gaps, %d folds; the test looks in the wrong place", zones, gaps, folds)
	}
}

// wall is what a clock shows at an instant where it is so many seconds ahead of UTC.
func wall(t time.Time, offset int) string {
	return t.UTC().Add(time.Duration(offset) * time.Second).Format(opening.LocalForm)
}

func gap(t *testing.T, zone string, end time.Time, before int, by time.Duration) {
	t.Helper()
	refused(t, zone, wall(end, before), "does not happen")
	refused(t, zone, wall(end.Add(by-time.Minute), before), "does not happen")
	read(t, zone, wall(end.Add(-time.Minute), before), end.Add(-time.Minute))
	read(t, zone, wall(end.Add(by), before), end)
}

func fold(t *testing.T, zone string, end time.Time, after int, by time.Duration) {
	t.Helper()
	refused(t, zone, wall(end, after), end.Add(-by).UTC().Format("15:04")+" UTC and at "+end.UTC().Format("15:04")+" UTC")
	refused(t, zone, wall(end.Add(by-time.Minute), after), "happens twice")
	read(t, zone, wall(end.Add(-time.Minute), after), end.Add(-by-time.Minute))
	read(t, zone, wall(end.Add(by), after), end.Add(by))
}

func read(t *testing.T, zone, local string, want time.Time) {
	t.Helper()
	if got, err := opening.ReadLocal(local, zone); err != nil || !got.Equal(want) {
		t.Errorf("%s in %s = %v, %v; want %v", local, zone, got, err, want.UTC())
	}
}

func refused(t *testing.T, zone, local, why string) {
	t.Helper()
	got, err := opening.ReadLocal(local, zone)
	if p, ok := problem.As(err); !ok || !strings.Contains(p.Fields["finish_by"], why) {
		t.Errorf("%s in %s = %v, %v; want a refusal with %q", local, zone, got, err, why)
	}
}
