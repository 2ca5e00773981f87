package cli

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"candor/internal/app"
	"candor/internal/db"
	"candor/internal/git"
	"candor/internal/judge"
	"candor/internal/judge/languages"
	"candor/internal/mail"
	"candor/internal/sandbox/ns"
)

// Doctor tries what an installation stands on and says what to do about the rest.
type Doctor struct {
	Where
	JSON bool `name:"json" help:"Print one JSON object instead of a table."`
	Deep bool `help:"Read every file that the database names and compare its hash; without it they are only looked for."`

	SMTP     string `name:"smtp" help:"Mail server, as serve takes it; for what the DNS says of the sender." placeholder:"URL"`
	MailFrom string `help:"Sender's address of all mails; with it the DNS is asked about SPF, DKIM and DMARC." placeholder:"ADDRESS"`

	resolver *net.Resolver // nil is the machine's
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

// backupAge is how old the last backup may be.
const backupAge = 48 * time.Hour

// Run tries everything. Nothing of an existing installation is changed, and the server may be running.
func (d *Doctor) Run(e *env) error {
	if !d.JSON {
		fmt.Fprintln(e.err, "Trying the sandbox, the languages and the disk. This can take half a minute.")
	}
	all := d.code(e.ctx)
	all = append(all, d.storage(e.ctx, progress(e.err))...)
	all = append(all, d.sender(e.ctx)...)
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
	binds, err := d.goCache(ctx, empty)
	if err != nil {
		return []finding{{Group: "Sandbox", Name: "engine", Required: true, Tried: err.Error()}}
	}
	// Weak is allowed: it says what is missing, and tries the languages all the same.
	engine, err := ns.New(ctx, ns.Options{AllowWeak: true, Binds: binds})
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

// goCache is where Go's own library stands compiled, for slots. Before the first start there is none: one is begun in a folder, and programs only
// compile more slowly.
func (d *Doctor) goCache(ctx context.Context, empty string) (binds []string, err error) {
	for _, dir := range []string{filepath.Join(d.Data, "cache", "judge", "go"), filepath.Join(defaultCache(), "judge", "go")} {
		if _, err := os.Stat(dir); err == nil {
			return []string{dir + "=" + languages.GoCache}, nil
		}
	}
	return judge.Index(ctx, empty)
}

func (d *Doctor) storage(ctx context.Context, progress func(done, total int, what string)) []finding {
	all := []finding{d.folder(), d.disk()}
	if d.Database != "" {
		all = append(all, d.postgres(ctx)...)
	} else {
		all = append(all, d.pragmas(ctx), d.integrity(ctx))
	}
	if _, err := os.Stat(filepath.Join(d.Data, "files")); err != nil {
		return all // before the first start
	}
	if all[len(all)-1].OK { // else what the database names is not to be believed
		all = append(all, d.files(ctx, progress))
		all = append(all, d.messengers(ctx)...)
	}
	return append(all, d.ballast(), d.backup())
}

// messengers says of each that an organisation is connected with what it answered last.
func (d *Doctor) messengers(ctx context.Context) (out []finding) {
	links, err := app.Bridged(ctx, app.Config{Data: d.Data, Database: d.Database})
	if err != nil {
		return []finding{{Group: "Messengers", Name: "links", Tried: err.Error(), Advice: "Start the server once with this version, then try again."}}
	}
	for _, l := range links {
		f := finding{Group: "Messengers", Name: l.Messenger, By: l.Team, OK: l.Trouble == "", Tried: "connected, and it took what it was last told", Advice: l.Trouble}
		if !f.OK {
			f.Tried = "it did not take what it was last told"
		}
		out = append(out, f)
	}
	return out
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

// postgres reads every table and asks for the settings on which a save's promise stands. Foreign keys are the server's to keep.
func (d *Doctor) postgres(ctx context.Context) []finding {
	durable := finding{Group: "Storage", Name: "durable saves", Required: true, By: "PostgreSQL", Advice: "Set fsync, full_page_writes and synchronous_commit to on; without them a power cut loses saves."}
	f := finding{Group: "Storage", Name: "database", Required: true, By: "PostgreSQL", Advice: "Check the address, the password and that the server listens: --database postgres://..."}
	p, err := db.Open(ctx, d.Database, db.Options{Readers: 2})
	if err != nil {
		f.Tried = err.Error()
		return []finding{f}
	}
	defer p.Close()
	var sync, pages, commit, sums string
	if err := p.Pool().QueryRow(ctx, `SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), current_setting('data_checksums')`).Scan(&sync, &pages, &commit, &sums); err != nil {
		f.Tried = err.Error()
		return []finding{f}
	}
	durable.OK = sync == "on" && pages == "on" && commit != "off"
	durable.Tried = fmt.Sprintf("fsync %s, full_page_writes %s, synchronous_commit %s", sync, pages, commit)
	tables, err := p.Tables(ctx)
	if f.OK = err == nil && len(tables) == 0; f.OK {
		f.Tried = "connected; no tables yet, the first start makes them"
		return []finding{durable, f}
	}
	rows := int64(0)
	if err == nil {
		err = p.Picture(ctx, func(pic *db.Picture) error {
			for _, t := range pic.Tables {
				n, err := pic.Count(ctx, t)
				if err != nil {
					return err
				}
				rows += n
			}
			return nil
		})
	}
	f.OK, f.Tried = err == nil, fmt.Sprintf("counted %d rows of %d tables; checksums of pages are %s", rows, len(tables), sums)
	if err != nil {
		f.Tried = err.Error()
	}
	return []finding{durable, f}
}

// sender is what the DNS says of the sender of mails; nothing without one.
func (d *Doctor) sender(ctx context.Context) []finding {
	if d.MailFrom == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	key, err := mail.ReadKey(filepath.Join(d.Data, app.SigningKey))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return []finding{{Group: "Mail", Name: "DKIM", Tried: err.Error(), Advice: "Delete the file and make another: candor mail key."}}
	}
	host := ""
	if u, err := url.Parse(d.SMTP); err == nil {
		host = u.Hostname()
	}
	var all []finding
	for _, f := range mail.Look(ctx, cmp.Or(d.resolver, net.DefaultResolver), d.MailFrom, host, key) {
		all = append(all, finding{Group: "Mail", Name: f.Name, OK: f.OK, By: d.MailFrom, Tried: f.Tried, Advice: f.Advice})
	}
	return all
}

// tools are programs that some features call.
func tools(ctx context.Context) []finding {
	all := []finding{repositories(ctx), recordings(ctx)}
	for _, t := range []struct{ name, ask, what string }{
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

// repositories makes a repository of one commit with git and reads it back: a git that is too old, or that the machine's settings keep from that,
// serves no candidate.
func repositories(ctx context.Context) finding {
	f := finding{Group: "Programs", Name: "git", Advice: "For repositories (take-homes): apt-get install git, version " + git.Oldest + " or newer."}
	g := &git.Git{}
	said, err := g.Version(ctx)
	if err == nil {
		err = g.Try(ctx)
	}
	f.OK, f.Tried = err == nil, said+"; wrote a commit and read it back"
	if err != nil {
		f.Tried = strings.TrimSpace(said + " " + err.Error())
	}
	return f
}

// recordings runs ffmpeg as it is run for recordings. Without it they play as they were sent.
func recordings(ctx context.Context) finding {
	f := finding{Group: "Programs", Name: "ffmpeg", Advice: "For recordings that can be jumped in: apt-get install ffmpeg. Without it they play as they were sent."}
	s, end := app.Studio()
	said, err := s.Version(ctx)
	f.OK, f.Tried = err == nil, "ran it in the sandbox: "+said
	if err = errors.Join(err, end()); err != nil {
		f.Tried += err.Error()
	}
	return f
}
