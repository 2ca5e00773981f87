package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"candor/internal/app"
	"candor/internal/app/demo"
)

// Demo runs a server with sample content.
type Demo struct {
	Data  string `help:"Folder of the demo's data; it is kept." default:"${demodata}" type:"path" placeholder:"DIR"`
	Fresh bool   `help:"Start over: the demo's data is deleted first."`
	Whole bool   `help:"Also the take-home in Go with four people's work, which takes minutes of compiling; without it that is a draft."`
	Net
}

// Run fills the installation at its first start, prints links and serves.
func (d *Demo) Run(e *env) error {
	marker := filepath.Join(d.Data, "demo")
	if d.Fresh {
		if _, err := os.Stat(marker); err == nil {
			if err := os.RemoveAll(d.Data); err != nil {
				return err
			}
		}
	}
	clock := &demo.Clock{}
	c := app.Config{Data: d.Data, Cache: defaultCache(), Log: logger(e.err), Now: clock.Now}
	l, err := d.listen(&c)
	if err != nil {
		return err
	}
	defer l.Close()
	a, err := app.Open(e.ctx, c)
	if err != nil {
		return err
	}
	defer a.Close()
	empty, err := a.Accounts.Empty(e.ctx)
	if err != nil {
		return err
	}
	_, err = os.Stat(marker)
	switch {
	case empty:
		fmt.Fprintln(e.out, "Writing sample content ...")
		if err := os.WriteFile(marker, []byte("sample content; candor demo --fresh deletes this folder\n"), 0o600); err != nil {
			return err
		}
		if err := demo.Fill(e.ctx, a, clock, d.Whole, progress(e.err)); err != nil {
			return fmt.Errorf("the sample content could not be made (candor demo --fresh starts over): %w", err)
		}
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s holds a real installation; choose another folder with --data", d.Data)
	}
	links, err := demo.Open(e.ctx, a)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "\nCandor's demo answers on %s\n\nOpen as staff (each link signs in once; every start prints new ones):\n", c.URL)
	for _, k := range links.Staff {
		fmt.Fprintf(e.out, "  %-30s %s\n", k.Who, k.URL)
	}
	fmt.Fprintln(e.out, "\nOpen as a candidate (in a private window, beside a member):")
	for _, k := range links.Candidates {
		fmt.Fprintf(e.out, "  %s\n    %s\n", k.Who, k.URL)
	}
	fmt.Fprintln(e.out, "\nStop with Ctrl-C. The data is kept in", d.Data)
	return a.Serve(e.ctx, l)
}
