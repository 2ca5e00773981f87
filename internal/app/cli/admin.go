package cli

import "fmt"

// Admin helps people in.
type Admin struct {
	Link AdminLink `cmd:"" help:"Make a one-time sign-in link for a member."`
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
