package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"candor/internal/app"
	"candor/internal/backup"
)

// Backup writes a backup, or looks at one.
type Backup struct {
	Make   BackupMake   `cmd:"" default:"withargs" help:"Write everything of an installation into one file, while the server runs."`
	Verify BackupVerify `cmd:"" help:"Restore a backup to a temporary place and compare it with what the backup holds."`
}

// BackupMake writes one.
type BackupMake struct {
	Where
	To      string `help:"File to write; it must not be there yet." required:"" type:"path" placeholder:"FILE"`
	WithKey bool   `help:"Put the installation key in too. Whoever has the file can then make everybody's links: keep it as you keep a password."`
}

// Help is what --help adds.
func (BackupMake) Help() string {
	return `The file holds the database, the files and a list with the SHA-256 of each; docs/BACKUP.md tells what is done with it. Without --with-key keep a copy of secret.key of the data folder elsewhere: a restore asks for it.

Ends with 1 when nothing was written, or when files were missing or damaged already: then the backup is there without them.`
}

// Run writes it. The server may be running.
func (c *BackupMake) Run(e *env) error {
	stepBack()
	r, err := app.Backup(e.ctx, app.Config{Data: c.Data, Database: c.Database}, c.To, c.WithKey, build(), progress(e.err))
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Backed up %s to %s.\n", inside(r), c.To)
	return absent(e.err, r)
}

// stepBack lets the rest of the machine go first: the server saves meanwhile. On Linux a priority is a thread's, and its children's.
func stepBack() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return // it goes as fast as the rest
	}
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			unix.Setpriority(unix.PRIO_PROCESS, id, 10)
		}
	}
}

func inside(r backup.Report) string {
	return fmt.Sprintf("%d rows of %d tables, %d waiting jobs and %d files (%.1f MB)", r.Rows, len(r.Header.Tables), r.Jobs, r.Files, float64(r.Bytes)/1e6)
}

// absent names the files that are not in a backup, and fails when one was lost.
func absent(w io.Writer, r backup.Report) error {
	var err error
	for _, a := range r.Absent {
		switch a.Why {
		case backup.Erased:
			fmt.Fprintf(w, "candor: the file %s was erased while the backup was made\n", a.File)
		default:
			fmt.Fprintf(w, "candor: the file %s is %s and not in the backup; candor doctor --deep says more\n", a.File, a.Why)
			err = found{}
		}
	}
	return err
}

// BackupVerify looks at one.
type BackupVerify struct {
	File string `arg:"" help:"The backup." type:"path"`
}

// Help is what --help adds.
func (BackupVerify) Help() string {
	return `Needs room for what the backup holds in the folder for temporary files ($TMPDIR). Ends with 1 when the backup cannot be used, and says why.`
}

// Run restores and compares.
func (c *BackupVerify) Run(e *env) error {
	r, differences, err := app.VerifyBackup(e.ctx, c.File, progress(e.err))
	for _, d := range differences {
		fmt.Fprintln(e.err, "candor:", d)
	}
	if err != nil {
		return err
	}
	key := "without the installation key"
	if r.Header.Key {
		key = "with the installation key"
	}
	fmt.Fprintf(e.out, "%s is whole: %s, made %s on %s, %s.\n", c.File, inside(r.Report), r.Header.Made.Format("2006-01-02 15:04:05 MST"), r.Header.Engine, key)
	return absent(e.err, r.Report)
}

// Restore restores one.
type Restore struct {
	Where
	File   string `arg:"" help:"The backup." type:"path"`
	Key    string `help:"A copy of the old server's secret.key, where the backup does not hold it." type:"path" placeholder:"FILE"`
	NewKey bool   `help:"Do without the old key and make a new one."`
	Erased string `help:"A later backup of the same installation: whoever was erased until it was made is erased again." type:"path" placeholder:"FILE"`
}

// Help is what --help adds.
func (Restore) Help() string {
	return `The data folder must be empty or not there, and so must the database of --database; the backup may be of the other engine. Everything is checked before anything can start on it, and what did not come to its end can be begun again.

Whoever was working when the backup was made gets the time until the first start back, and a minute more. Members sign in anew.`
}

// Run restores.
func (c *Restore) Run(e *env) error {
	if c.Key != "" && c.NewKey {
		return errors.New("--key and --new-key exclude each other")
	}
	r, err := app.Restore(e.ctx, app.Config{Data: c.Data, Database: c.Database}, c.File,
		app.RestoreOptions{Key: c.Key, NewKey: c.NewKey, Erased: c.Erased, Progress: progress(e.err)})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "Restored %s to %s. Start it with: candor serve --data %[2]s\n", inside(r.Report), c.Data)
	return absent(e.err, r.Report)
}
