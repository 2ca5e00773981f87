package cli

import (
	"fmt"
	"time"
)

// Admin is for whoever runs the server.
type Admin struct {
	Link  AdminLink  `cmd:"" help:"Make a one-time sign-in link for a member."`
	Clock AdminClock `cmd:"" help:"Say that this machine's time is right, after the server found it before what was written last."`
}

// AdminLink prints a link.
type AdminLink struct {
	Where
	URL   string `name:"url" help:"Public address the link begins with." default:"http://127.0.0.1:8080" placeholder:"URL"`
	Email string `arg:"" help:"The member's e-mail address."`
}

// Run prints it. On SQLite the server must not be running at the same time; on PostgreSQL it may.
func (c *AdminLink) Run(e *env) error {
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	secret, err := a.Accounts.AdminLink(e.ctx, c.Email)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%s/sign-in/%s\n", c.URL, secret)
	return err
}

// AdminClock confirms the time.
type AdminClock struct{ Where }

// Run confirms it. On SQLite the server must not be running at the same time; on PostgreSQL it may.
func (c *AdminClock) Run(e *env) error {
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	n, err := a.Attempts.ConfirmClock(e.ctx)
	if err != nil {
		return err
	}
	said := "The time is " + a.DB.Now().Format(time.RFC3339) + ". Nothing was written later: there was nothing to confirm."
	if n > 0 {
		said = "The time is " + a.DB.Now().Format(time.RFC3339) + ". That is right from now on."
	}
	_, err = fmt.Fprintln(e.out, said)
	return err
}
