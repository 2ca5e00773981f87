package cli

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"candor/internal/db"
	"candor/internal/judge"
	"candor/internal/judge/languages"
	"candor/internal/sandbox/ns"
)

// Doctor tries what an installation stands on and says what to do about the rest.
type Doctor struct {
	Where
	JSON bool `name:"json" help:"Print one JSON object instead of a table."`
}

// finding is one line: what was tried, and whether it is as it should be.
type finding struct {
	Group    string `json:"group"`
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Required bool   `json:"required"`         // candor does not work as promised without it
	By       string `json:"by,omitempty"`     // what provides or enforces it
	Tried    string `json:"tried"`            // what was attempted, and what came of it
	Advice   string `json:"advice,omitempty"` // what to do when it is not ok
}

// Percentages of the disk that should be free: below the first uploads and runs will stop soon, below the second they do.
const (
	diskWarns = 10
	diskStops = 5
)

// Run tries everything. Nothing of an existing installation is changed, and the server may be running.
func (d *Doctor) Run(e *env) error {
	if !d.JSON {
		fmt.Fprintln(e.err, "Trying the sandbox, the languages and the disk. This can take half a minute.")
	}
	all := d.code(e.ctx)
	all = append(all, d.storage(e.ctx)...)
	all = append(all, tools(e.ctx)...)
	ok := true
	for _, f := range all {
		ok = ok && (f.OK || !f.Required)
	}
	if err := d.print(e.out, all, ok); err != nil {
		return err
	}
	if !ok {
		return found{}
	}
	return nil
}

func (d *Doctor) print(w io.Writer, all []finding, ok bool) error {
	if d.JSON {
		return json.NewEncoder(w).Encode(struct {
			OK       bool      `json:"ok"`
			Findings []finding `json:"findings"`
		}{ok, all})
	}
	group := ""
	for _, f := range all {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(w, "\n%s\n", group)
		}
		state := "ok"
		switch {
		case !f.OK && f.Required:
			state = "MISSING"
		case !f.OK:
			state = "no"
		}
		by := f.By
		if by != "" {
			by += ": "
		}
		fmt.Fprintf(w, "  %-7s  %-16s %s%s\n", state, f.Name, by, f.Tried)
		if !f.OK && f.Advice != "" {
			fmt.Fprintf(w, "%28s%s\n", "-> ", f.Advice)
		}
	}
	last := "Everything that is required is there."
	if !ok {
		last = "Something that is required is missing: see the lines with MISSING. Until then candidates' code is not run, or data is not safe."
	}
	_, err := fmt.Fprintf(w, "\n%s\n", last)
	return err
}

// code tries the sandbox and, in it, every language.
func (d *Doctor) code(ctx context.Context) []finding {
	empty, err := os.MkdirTemp("", "candor-doctor-")
	if err != nil {
		return []finding{{Group: "Sandbox", Name: "engine", Required: true, Tried: err.Error(), Advice: "Make the folder for temporary files writable (TMPDIR)."}}
	}
	defer os.RemoveAll(empty)
	cache := empty // Go's own library, compiled; without one its programs only compile more slowly
	for _, dir := range []string{filepath.Join(d.Data, "cache", "judge", "go"), filepath.Join(defaultCache(), "judge", "go")} {
		if _, err := os.Stat(dir); err == nil {
			cache = dir
		}
	}
	// Weak is allowed: it says what is missing, and tries the languages all the same.
	engine, err := ns.New(ctx, ns.Options{AllowWeak: true, Binds: []string{cache + "=" + languages.GoCache}})
	if err != nil {
		return []finding{{Group: "Sandbox", Name: "engine", Required: true, Tried: err.Error()}}
	}
	defer engine.Close()
	var all []finding
	for _, l := range engine.Layers() {
		all = append(all, finding{"Sandbox", l.Name, l.Enforced, l.Required, l.By, l.Tried, l.Advice})
	}
	for _, f := range judge.New(engine).Probe(ctx) {
		one := finding{Group: "Languages", Name: f.Name, OK: f.Ready, By: f.Version, Tried: "compiled and ran its sample program in the sandbox"}
		if len(f.Frameworks) > 0 {
			one.Tried += "; unit tests with " + strings.Join(f.Frameworks, ", ")
		}
		if !f.Ready {
			one.Tried, _, _ = strings.Cut(f.Why, "\n")
			one.Advice = "To offer it: apt-get install " + strings.Join(f.Packages, " ")
		}
		all = append(all, one)
	}
	return all
}

func (d *Doctor) storage(ctx context.Context) []finding {
	all := []finding{d.folder(), d.disk()}
	if d.Database != "" {
		return append(all, d.postgres(ctx))
	}
	return append(all, d.pragmas(ctx), d.integrity(ctx))
}

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
	f.OK, f.Tried = err == nil, "wrote, synced and removed a file in "+dir
	if err != nil {
		f.Tried = err.Error()
	}
	return f
}

func (d *Doctor) disk() finding {
	f := finding{Group: "Storage", Name: "free disk", By: d.existing(), Advice: fmt.Sprintf("Make room: below %d %% uploads and runs stop.", diskStops)}
	var s unix.Statfs_t
	if err := unix.Statfs(d.existing(), &s); err != nil {
		f.Tried = err.Error()
		return f
	}
	free := 100 * float64(s.Bavail) / float64(max(1, s.Blocks))
	f.OK, f.Required = free >= diskWarns, free < diskStops
	f.Tried = fmt.Sprintf("%.0f %% free, %.1f GB", free, float64(s.Bavail)*float64(s.Bsize)/1e9)
	return f
}

// pragmas opens a scratch database where the real one stands: db.Open reads back that saves are durable there.
func (d *Doctor) pragmas(ctx context.Context) finding {
	f := finding{Group: "Storage", Name: "durable saves", Required: true, By: "SQLite", Advice: "Put the data folder on a local file system; network file systems lose saves."}
	dir, err := os.MkdirTemp(d.existing(), ".doctor-")
	if err == nil {
		defer os.RemoveAll(dir)
		var scratch *db.DB
		if scratch, err = db.Open(ctx, "sqlite:"+filepath.Join(dir, "scratch.db"), db.Options{Readers: 1}); err == nil {
			err = scratch.Close()
		}
	}
	f.OK, f.Tried = err == nil, "opened a scratch database there and read its settings back"
	if err != nil {
		f.Tried = err.Error()
	}
	return f
}

// integrity reads the whole database, as a reader beside a server that may be running.
func (d *Doctor) integrity(ctx context.Context) finding {
	path := filepath.Join(d.Data, "candor.db")
	f := finding{Group: "Storage", Name: "database", Required: true, By: path, Advice: "Stop the server, keep a copy of the folder, and restore the last backup."}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		f.OK, f.Tried = true, "none yet; the first start makes it"
		return f
	}
	said, err := check(ctx, path)
	f.OK, f.Tried = err == nil && said == "ok", "checked every page and foreign key: "+said
	if err != nil {
		f.Tried = err.Error()
	}
	return f
}

// check is "ok", or the first thing that SQLite found wrong.
func check(ctx context.Context, path string) (said string, err error) {
	d, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=query_only(on)&_pragma=busy_timeout(10000)")
	if err != nil {
		return "", err
	}
	defer d.Close()
	if err := d.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil || said != "ok" {
		return said, err
	}
	var table, parent string
	var row, key sql.NullInt64
	switch err := d.QueryRowContext(ctx, "PRAGMA foreign_key_check").Scan(&table, &row, &parent, &key); {
	case errors.Is(err, sql.ErrNoRows):
		return "ok", nil
	case err != nil:
		return "", err
	}
	return fmt.Sprintf("row %d of %s points to nothing in %s", row.Int64, table, parent), nil
}

func (d *Doctor) postgres(ctx context.Context) finding {
	f := finding{Group: "Storage", Name: "database", Required: true, By: "PostgreSQL", Tried: "connected and read", Advice: "Check the address, the password and that the server listens: --database postgres://..."}
	p, err := db.Open(ctx, d.Database, db.Options{Readers: 1})
	if err == nil {
		err = errors.Join(p.InstallationRead(ctx, func(tx db.Tx) error {
			var one int
			return tx.QueryRowContext(ctx, "SELECT 1").Scan(&one)
		}), p.Close())
	}
	if f.OK = err == nil; err != nil {
		f.Tried = err.Error()
	}
	return f
}

// tools are programs that some features call.
func tools(ctx context.Context) []finding {
	var all []finding
	for _, t := range []struct{ name, ask, what string }{
		{"git", "--version", "repositories"},
		{"ffmpeg", "-version", "checks of recordings"},
	} {
		f := finding{Group: "Programs", Name: t.name, Advice: "For " + t.what + ": apt-get install " + t.name}
		out, err := exec.CommandContext(ctx, t.name, t.ask).Output()
		f.OK = err == nil
		f.Tried, _, _ = strings.Cut(string(out), "\n")
		if err != nil {
			f.Tried = err.Error()
		}
		all = append(all, f)
	}
	return all
}
