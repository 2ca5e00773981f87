// Package mail hands one letter at a time to an SMTP server.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Letter is what is sent: text and, where there is one, the same as HTML.
type Letter struct {
	ToName, ToEmail string
	ReplyName       string
	ReplyEmail      string // "" leaves the sender
	Subject         string
	Text, HTML      string
	ID              string // makes the Message-ID, so that a letter sent twice is seen as one
	Date            time.Time
}

// SMTP is a server: "smtp://user:password@host:587" (STARTTLS where offered and required when there is a password),
// "smtps://host:465", or "smtp://127.0.0.1:25" in the clear on loopback.
type SMTP struct {
	url  *url.URL
	from string
	name string
}

// Refused is the server's final no, in its own words; anything else may be tried again.
type Refused struct{ Words string }

func (r *Refused) Error() string { return "mail: refused: " + r.Words }

// New checks the address of a server and of the sender.
func New(server, from, name string) (*SMTP, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, fmt.Errorf("the mail server is written smtp://user:password@host:587 or smtps://host:465")
	}
	if from == "" {
		return nil, errors.New("a mail server needs a sender's address (--mail-from)")
	}
	return &SMTP{u, from, name}, nil
}

// Send hands a letter over. *Refused when the server will not have it.
func (s *SMTP) Send(ctx context.Context, l Letter) error {
	m := gomail.NewMsg()
	if err := m.FromFormat(s.name, s.from); err != nil {
		return fmt.Errorf("mail: sender: %w", err)
	}
	if err := m.AddToFormat(l.ToName, l.ToEmail); err != nil {
		return &Refused{"the address cannot be written: " + err.Error()}
	}
	if l.ReplyEmail != "" {
		if err := m.ReplyToFormat(l.ReplyName, l.ReplyEmail); err != nil {
			return fmt.Errorf("mail: reply address: %w", err)
		}
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(l.Date)
	m.SetMessageIDWithValue(l.ID + "@" + s.url.Hostname())
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	err = c.DialAndSendWithContext(ctx, m)
	var sent *gomail.SendError
	if errors.As(err, &sent) && !sent.IsTemp() && sent.ErrorCode() >= 500 {
		return &Refused{err.Error()}
	}
	if sent != nil { // the server's words name the address, and this error is logged and kept with the job
		return fmt.Errorf("mail: the server answered %d; it is tried again", sent.ErrorCode())
	}
	return err
}

func (s *SMTP) client() (*gomail.Client, error) {
	opts := []gomail.Option{gomail.WithTimeout(30 * time.Second)}
	if p, err := strconv.Atoi(s.url.Port()); err == nil {
		opts = append(opts, gomail.WithPort(p))
	}
	loopback := false
	if ip := net.ParseIP(s.url.Hostname()); ip != nil {
		loopback = ip.IsLoopback()
	}
	password, hasPassword := s.url.User.Password()
	switch {
	case s.url.Scheme == "smtps":
		opts = append(opts, gomail.WithSSL())
	case loopback:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	case hasPassword:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if hasPassword {
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.url.User.Username()), gomail.WithPassword(password))
	}
	return gomail.NewClient(s.url.Hostname(), opts...)
}
