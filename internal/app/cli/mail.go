package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"candor/internal/app"
	"candor/internal/mail"
)

// Mail is what makes mails arrive.
type Mail struct {
	Key MailKey `cmd:"" help:"Make the key that signs mails (DKIM), once, and print the line for the DNS."`
}

// MailKey makes the key, or prints the line of the one that is there.
type MailKey struct {
	Where
	MailFrom string `help:"Sender's address of all mails; its domain is what is signed for." required:"" placeholder:"ADDRESS"`
	Selector string `help:"Name of a new key in the DNS." default:"candor" placeholder:"NAME"`
}

// Run prints the DNS line. The server signs from its next start on; publish the line first.
func (c *MailKey) Run(e *env) error {
	_, domain, ok := strings.Cut(c.MailFrom, "@")
	if !ok {
		return errors.New("--mail-from takes an address, such as jobs@company.example")
	}
	path := filepath.Join(c.Data, app.SigningKey)
	key, err := mail.ReadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(c.Data, 0o700); err != nil {
			return err
		}
		key, err = mail.MakeKey(path, c.Selector)
	}
	if err != nil {
		return err
	}
	line, err := key.Line(domain)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "Publish this in the DNS of %s, then start the server anew. \"candor doctor --mail-from %s\" says when it is seen.\n\n%s\n", domain, c.MailFrom, line)
	return err
}
