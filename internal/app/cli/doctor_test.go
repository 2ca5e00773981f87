package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"candor/internal/app"
	"candor/internal/db"
	"candor/internal/job"
)

// Before the first start a slot has what Go must know of its own library: an empty folder that nothing can be written to would say that Go does not work.
func TestGoIsTriedBeforeTheFirstStart(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	empty := t.TempDir()
	d := &Doctor{}
	d.Data = t.TempDir()
	binds, err := d.goCache(t.Context(), empty)
	if err != nil || len(binds) != 1 {
		t.Fatalf("binds = %q, %v", binds, err)
	}
	from, _, _ := strings.Cut(binds[0], "=")
	kept, err := os.ReadDir(from)
	if err != nil || len(kept) == 0 || !strings.HasPrefix(from, empty) {
		t.Errorf("%s holds %d things, %v; want what the toolchain keeps of its library", from, len(kept), err)
	}
	begun := filepath.Join(d.Data, "cache", "judge", "go")
	if err := os.MkdirAll(begun, 0o755); err != nil {
		t.Fatal(err)
	}
	if binds, err = d.goCache(t.Context(), empty); err != nil || len(binds) != 1 || !strings.HasPrefix(binds[0], begun+"=") {
		t.Errorf("after a start binds = %q, %v; want that of the server", binds, err)
	}
}

func TestDoctor(t *testing.T) {
	var out, errs bytes.Buffer
	code := Run(t.Context(), []string{"doctor", "--json", "--data", t.TempDir()}, &out, &errs)
	var said struct {
		OK       bool
		Findings []finding
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		t.Fatalf("%v\n%s%s", err, out.Bytes(), errs.Bytes())
	}
	missing := slices.ContainsFunc(said.Findings, func(f finding) bool { return f.Required && !f.OK })
	if said.OK == missing || (code == 0) != said.OK || code != 0 && code != exitFound {
		t.Errorf("exit code %d, ok %v, something missing %v", code, said.OK, missing)
	}
	for _, want := range []struct{ group, name string }{{"Sandbox", "namespaces"}, {"Sandbox", "system calls"}, {"Sandbox", "memory limit"}, {"Sandbox", "shared counters"},
		{"Languages", "C"}, {"Languages", "Python"}, {"Storage", "data folder"}, {"Storage", "free disk"}, {"Storage", "durable saves"}, {"Storage", "database"}, {"Programs", "git"}, {"Programs", "ffmpeg"}} {
		i := slices.IndexFunc(said.Findings, func(f finding) bool { return f.Group == want.group && f.Name == want.name })
		switch {
		case i < 0:
			t.Errorf("no line about %s, %s", want.group, want.name)
		case said.Findings[i].Tried == "", !said.Findings[i].OK && said.Findings[i].Advice == "":
			t.Errorf("%+v: want what was tried, and advice", said.Findings[i])
		}
	}
}

// What is wrong with the disk is found, and only that.
func TestDoctorStorage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "candor.db")
	bad := func(d Doctor) (names string) {
		for _, f := range d.storage(t.Context(), nil) {
			if !f.OK && f.Name != "free disk" {
				names += f.Name + " "
			}
		}
		return names
	}
	here := Doctor{Where: Where{Data: dir}}
	if got := bad(here); got != "" {
		t.Errorf("before the first start: %s", got)
	}
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), app.Schemas(), job.Migrate(d)); err != nil {
		t.Fatal(err)
	}
	if err := d.Installation(t.Context(), func(tx db.Tx) error {
		_, err := tx.ExecContext(t.Context(), "CREATE TABLE a (id INTEGER PRIMARY KEY, up INTEGER REFERENCES a(id), text TEXT)")
		for i := range 200 {
			if err == nil {
				_, err = tx.ExecContext(t.Context(), "INSERT INTO a (id, text) VALUES ($1, $2)", i, strings.Repeat("x", 500))
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if got := bad(here); got != "" {
		t.Errorf("beside a server that runs: %s", got)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	torn := slices.Clone(whole)
	copy(torn[5*4096:], make([]byte, 2*4096))
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := bad(here); got != "database " {
		t.Errorf("with a torn database: %q; want the database", got)
	}
	if got := bad(Doctor{Where: Where{Data: "/proc/nowhere"}}); got != "data folder durable saves " {
		t.Errorf("where nothing can be written: %q; want the data folder and saves", got)
	}
}

func TestDoctorPrints(t *testing.T) {
	var out bytes.Buffer
	all := []finding{{"Sandbox", "memory limit", false, true, "cgroup v2", "held 64 MiB", "Start it as root."}, {"Programs", "git", true, false, "", "2.39", "Install it."}}
	if err := new(Doctor).print(&out, all, false); err != nil {
		t.Fatal(err)
	}
	want := `
Sandbox
  MISSING  memory limit     cgroup v2: held 64 MiB
                         -> Start it as root.

Programs
  ok       git              2.39

Something that is required is missing: see the lines with MISSING. Until then candidates' code is not run, or data is not safe.
`
	if out.String() != want {
		t.Errorf("printed:\n%s\nwant:\n%s", out.String(), want)
	}
}
