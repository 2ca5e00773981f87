package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

// SMTP is a server: "smtp://user:password@host:587" (STARTTLS where offered and required when there is a password),
// "smtps://host:465", or "smtp://127.0.0.1:25" in the clear on loopback.
type SMTP struct {
	Key     *Key          // signs what is sent; nil does not
	Return  string        // where bounces go; "" is the sender
	Timeout time.Duration // of each turn of the conversation; 0 is 30 seconds

	url  *url.URL
	from string
	name string
}

// New checks the address of a server and of the sender.
func New(server, from, name string) (*SMTP, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("the mail server is written smtp://user:password@host:587 or smtps://host:465")
	}
	if !strings.Contains(from, "@") {
		return nil, errors.New("a mail server needs a sender's address (--mail-from)")
	}
	return &SMTP{url: u, from: from, name: name}, nil
}

// Host is the server's name, From the sender's address.
func (s *SMTP) Host() string { return s.url.Host }

// From is the sender's address.
func (s *SMTP) From() string { return s.from }

// Send hands a letter over and gives the server's words. *Refused when the server will not have it, *Later when it may be tried again; a
// connection that ends before the last answer is a *Later too, so a letter can arrive twice, with the same Message-ID.
func (s *SMTP) Send(ctx context.Context, l Letter) (words string, err error) {
	to, err := address(l.ToEmail)
	if err != nil {
		return "", &Refused{"The address cannot be written: " + err.Error()}
	}
	raw, err := s.message(l, to)
	if err != nil {
		return "", err
	}
	c, err := s.client()
	if err != nil {
		return "", err
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", unreached(err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if words, err = s.transact(conn, to, raw); err == nil {
		conn.Quit() // it has the letter; how it says goodbye changes nothing
	}
	return words, err
}

// transact is one mail's turns.
func (s *SMTP) transact(conn *smtp.Client, to string, raw []byte) (words string, err error) {
	conn.SkipSMTPUTF8(to == ascii(to)) // else a relay must find a way that speaks it, for nothing
	conn.SetDSNMailReturnOption("HDRS")
	conn.SetDSNRcptNotifyOption("FAILURE")
	sender := s.Return
	if sender == "" {
		sender = s.from
	}
	for _, turn := range []func() error{
		func() error { return conn.Mail("<" + sender + ">") },
		func() error { return conn.Rcpt("<" + to + ">") },
	} {
		if err := errors.Join(conn.UpdateDeadline(s.timeout())); err != nil {
			return "", unreached(err)
		}
		if err := turn(); err != nil {
			return "", answered(err)
		}
	}
	w, err := conn.Data()
	if err != nil {
		return "", answered(err)
	}
	if _, err := w.Write(raw); err != nil {
		return "", answered(err)
	}
	if err := conn.UpdateDeadline(s.timeout()); err != nil {
		return "", unreached(err)
	}
	if err := w.Close(); err != nil {
		return "", answered(err)
	}
	if d, ok := w.(*smtp.DataCloser); ok {
		words = "250 " + textproto.TrimString(d.ServerResponse())
	}
	return words, nil
}

// address is an address as it is written to a server: its domain in the letters of the DNS.
func address(a string) (string, error) {
	at := strings.LastIndexByte(a, '@')
	if at < 0 {
		return "", errors.New("it has no @")
	}
	d, err := idna.Lookup.ToASCII(a[at+1:])
	if err != nil {
		return "", fmt.Errorf("its domain: %w", err)
	}
	return a[:at+1] + d, nil
}

func (s *SMTP) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return 30 * time.Second
}

func (s *SMTP) client() (*gomail.Client, error) {
	opts := []gomail.Option{gomail.WithTimeout(s.timeout())}
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
