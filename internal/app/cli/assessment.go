package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/archive"
	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/org"
)

// Lint checks a folder.
type Lint struct {
	Dir string `arg:"" help:"The assessment's folder (with assessment.yaml)." type:"existingdir"`
}

// Help is what --help adds.
func (Lint) Help() string {
	return `Prints a line a finding, path:line:column: error: what is wrong, as compilers do. Ends with 0 when the assessment can be published (warnings are for thought), with 1 when it cannot.`
}

// Run prints a line a finding and fails on errors.
func (l *Lint) Run(e *env) error {
	src := os.DirFS(l.Dir)
	if err := assessment.Keepable(src); err != nil {
		return err
	}
	kinds, end := app.Kinds(defaultCache())
	defer end()
	v, findings := assessment.Read(src, kinds)
	if !item.Failed(findings) {
		findings = append(findings, assessment.Prove(e.ctx, v, progress(e.err))...)
	}
	for _, f := range findings {
		fmt.Fprintln(e.out, f)
	}
	if item.Failed(findings) {
		return found{}
	}
	parts := "1 part"
	if n := len(v.Parts); n != 1 {
		parts = fmt.Sprint(n, " parts")
	}
	_, err := fmt.Fprintf(e.out, "%s: %s, about %d minutes: fit to publish\n", v.Title, parts, v.Minutes)
	return err
}

// progress draws a bar on a terminal, and nothing elsewhere.
func progress(w io.Writer) func(done, total int, what string) {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(done, total int, what string) {
		const width = 30
		full := width * done / max(total, 1)
		fmt.Fprintf(f, "\r\x1b[K[%s%s] %d/%d %s", strings.Repeat("#", full), strings.Repeat(".", width-full), done, total, what)
		if done == total {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}

// tree opens a folder or a zip.
func tree(path string) (fs.FS, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return os.DirFS(path), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return archive.Zip(f, info.Size())
}

// Import imports.
type Import struct {
	Where
	Path    string `arg:"" help:"Folder or zip." type:"path"`
	As      string `help:"E-mail address of the author; needed when there is more than one owner or author." placeholder:"ADDRESS"`
	Into    string `help:"Id of the assessment this is the next version of." placeholder:"ID"`
	Publish bool   `help:"Publish it when everything is proved."`
}

// Run imports and prints the version's id.
func (c *Import) Run(e *env) error {
	src, err := tree(c.Path)
	if err != nil {
		return err
	}
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Disk.Admit(); err != nil {
		return err
	}
	who, err := author(e.ctx, a, c.As)
	if err != nil {
		return err
	}
	v, findings, err := a.Assessments.Import(e.ctx, who, src, assessment.ID(c.Into))
	for _, f := range findings {
		fmt.Fprintln(e.err, f)
	}
	if err != nil {
		return err
	}
	if c.Publish {
		findings, err := a.Assessments.Publish(e.ctx, who, v, progress(e.err))
		for _, f := range findings {
			fmt.Fprintln(e.err, f)
		}
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(e.out, v)
	return err
}

// author is the member who imports: the one with the address, or the only one who may.
func author(ctx context.Context, a *app.App, email string) (actor.Actor, error) {
	orgs, err := a.Orgs.All(ctx)
	if err != nil {
		return actor.Actor{}, err
	}
	var out []actor.Actor
	for _, o := range orgs {
		list, err := a.Orgs.Members(ctx, actor.ForSystem(o, "cli"))
		if err != nil {
			return actor.Actor{}, err
		}
		for _, m := range list {
			who := actor.Actor{Kind: actor.Member, ID: m.ID, Org: o, Roles: m.Roles}
			if m.State == org.Active && org.May(who, "assessment.import") && (email == "" || strings.EqualFold(email, m.Email)) {
				out = append(out, who)
			}
		}
	}
	switch {
	case len(out) == 1:
		return out[0], nil
	case len(out) == 0:
		return actor.Actor{}, errors.New("nobody with that address may import here; owners and authors may (--as ADDRESS)")
	}
	return actor.Actor{}, errors.New("several people may import here: say who does it with --as ADDRESS")
}

// Export exports.
type Export struct {
	Where
	Version string `arg:"" help:"Id of the version (ver_...)."`
	Out     string `arg:"" help:"File to write, or - for standard output." default:"-"`
	As      string `help:"E-mail address of a member who may." placeholder:"ADDRESS"`
}

// Run writes the zip.
func (c *Export) Run(e *env) error {
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	who, err := author(e.ctx, a, c.As)
	if err != nil {
		return err
	}
	src, err := a.Assessments.Tree(e.ctx, who.Org, assessment.VersionID(c.Version))
	if err != nil {
		return err
	}
	if c.Out == "-" {
		return archive.Write(e.out, src)
	}
	f, err := os.Create(c.Out)
	if err != nil {
		return err
	}
	return errors.Join(archive.Write(f, src), f.Close())
}
