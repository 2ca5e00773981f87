package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"candor/internal/app"
	"candor/internal/disk"
)

// existing is the data folder, or, before the first start, the nearest folder above it that is there.
func (d *Doctor) existing() string {
	dir := d.Data
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func (d *Doctor) folder() finding {
	f := finding{Group: "Storage", Name: "data folder", Required: true, By: d.Data, Advice: "Give the user that runs candor a folder of its own: --data DIR."}
	dir := d.existing()
	probe, err := os.CreateTemp(dir, ".doctor-")
	if err == nil {
		_, err = probe.WriteString("doctor")
		err = errors.Join(err, probe.Sync(), probe.Close(), os.Remove(probe.Name()))
	}
	if _, unfinished := os.Stat(filepath.Join(d.Data, app.Unfinished)); err == nil && unfinished == nil {
		err = errors.New("a restore into it did not come to its end")
		f.Advice = "Begin the restore again, or delete the folder."
	}
	f.OK, f.Tried = err == nil, "wrote, synced and removed a file in "+dir
	if err != nil {
		f.Tried = err.Error()
	}
	return f
}

func (d *Doctor) disk() finding {
	f := finding{Group: "Storage", Name: "free disk", By: d.existing(), Advice: fmt.Sprintf("Make room: below %d %% imports, exports and runs stop.", disk.Stops)}
	r, err := disk.Look(d.existing())
	if err != nil {
		f.Tried = err.Error()
		return f
	}
	f.OK, f.Required = r.Percent() >= disk.Warns, r.Percent() < disk.Stops
	f.Tried = fmt.Sprintf("%.0f %% free, %.1f GB", r.Percent(), float64(r.Free)/1e9)
	return f
}

// ballast is the reserve for saves.
func (d *Doctor) ballast() finding {
	f := finding{Group: "Storage", Name: "reserve", Advice: "The server makes it when there is room; while it is not there, a full disk ends saving at once."}
	info, err := os.Stat(filepath.Join(d.Data, disk.Ballast))
	if f.OK = err == nil; !f.OK {
		f.Tried = "none"
		return f
	}
	f.Tried = fmt.Sprintf("%.0f MB for saves on a full disk", float64(info.Size())/1e6)
	return f
}

// backup is how old the last one is, as the data folder remembers it.
func (d *Doctor) backup() finding {
	f := finding{Group: "Storage", Name: "last backup", Advice: "Every night, to another machine: candor backup --data DIR --to FILE. docs/BACKUP.md tells more."}
	last, err := app.Last(d.Data)
	if errors.Is(err, fs.ErrNotExist) {
		f.Tried = "none of this data folder"
		return f
	}
	if err != nil {
		f.Tried = err.Error()
		return f
	}
	age := time.Since(last.At)
	f.OK = age <= backupAge && last.Whole
	f.Tried = fmt.Sprintf("%.0f hours old, %.1f MB, %s", age.Hours(), float64(last.Bytes)/1e6, last.To)
	if !last.Whole {
		f.Tried += ", without files that were missing or damaged"
	}
	return f
}

// files looks for every file that a row names; deep, it reads them too.
func (d *Doctor) files(ctx context.Context, progress func(done, total int, what string)) finding {
	f := finding{Group: "Storage", Name: "files", Required: true, By: filepath.Join(d.Data, "files"), Advice: "Take what is missing out of a backup: candor restore it elsewhere and copy the files over, then run candor doctor --deep."}
	n, bad, err := app.Files(ctx, app.Config{Data: d.Data, Database: d.Database}, d.Deep, progress)
	f.OK, f.Tried = err == nil && len(bad) == 0, fmt.Sprintf("%d that the database names are there", n)
	switch {
	case err != nil:
		f.Tried = err.Error()
	case len(bad) > 0:
		f.Tried = fmt.Sprintf("%d of %d are missing or damaged, first %s (%s)", len(bad), n, bad[0].File, bad[0].Why)
	case d.Deep:
		f.Tried += ", with the hashes of their names"
	}
	return f
}
