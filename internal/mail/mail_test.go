package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/mail"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-smtp"
)

// mailbox is a mail server that says what a test wants, and keeps what it took.
type mailbox struct {
	from, rcpt, data *smtp.SMTPError // nil takes it
	drop, hang       bool            // in the middle of the content
	got              []byte
	sender, to       string
	options          *smtp.MailOptions
	secure           bool
	conn             *smtp.Conn
	stop             chan struct{}
}

func (m *mailbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, m.secure = c.TLSConnectionState()
	m.conn = c
	return m, nil
}

func no(e *smtp.SMTPError) error {
	if e == nil {
		return nil
	}
	return e
}

func (m *mailbox) Reset()        {}
func (m *mailbox) Logout() error { return nil }
func (m *mailbox) Mail(from string, o *smtp.MailOptions) error {
	m.sender, m.options = from, o
	return no(m.from)
}
func (m *mailbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	return no(m.rcpt)
}
func (m *mailbox) Data(r io.Reader) (err error) {
	if m.drop {
		return m.conn.Conn().Close()
	}
	if m.got, err = io.ReadAll(r); err != nil {
		return err
	}
	if m.hang {
		<-m.stop
	}
	return no(m.data)
}

// serve runs the server on loopback and gives a sender that speaks to it.
func (m *mailbox) serve(t *testing.T, certificate *tls.Config) *mail.SMTP {
	t.Helper()
	m.stop = make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(m)
	s.Domain, s.EnableDSN, s.TLSConfig = "mail.example", true, certificate
	go s.Serve(l)
	t.Cleanup(func() { close(m.stop); s.Close() })
	host := "127.0.0.1"
	if certificate != nil {
		host = "localhost" // in the clear only where the address is loopback by number
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	out, err := mail.New("smtp://"+host+":"+port, "candor@tideway.example", "Candor")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var letter = mail.Letter{ToName: "Amara", ToEmail: "amara@mail.example", ReplyName: "Rosa", ReplyEmail: "rosa@tideway.example", Subject: "Grüße, Amara", Text: "Hello\n",
	HTML: "<p>Hello</p>", ID: "mal_1.org_1", List: "Backend engineer <opn_1>", Date: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}

func TestWhatAServerSays(t *testing.T) {
	for name, c := range map[string]struct {
		m       *mailbox
		refused string // words
		later   string // one of these, parted by |
	}{
		"takes it":           {m: &mailbox{}},
		"does not know them": {m: &mailbox{rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no amara@mail.example here"}}, refused: "550 5.1.1 no amara@mail.example here"},
		"is greylisting":     {m: &mailbox{rcpt: &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "amara@mail.example: later"}}, later: "450 4.2.0 amara@mail.example: later"},
		"refuses the sender": {m: &mailbox{from: &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not you"}}, refused: "553 5.7.1 not you"},
		"reads and refuses":  {m: &mailbox{data: &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "spam"}}, refused: "554 5.6.0 spam"},
		"is full":            {m: &mailbox{data: &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "full"}}, later: "452 4.3.1 full"},
		"hangs up":           {m: &mailbox{drop: true}, later: "EOF|connection reset by peer"}, // as the system tells it
		"never answers":      {m: &mailbox{hang: true}, later: "timeout"},
	} {
		s := c.m.serve(t, nil)
		if c.m.hang {
			s.Timeout = 200 * time.Millisecond
		}
		words, err := s.Send(context.Background(), letter)
		var no *mail.Refused
		var later *mail.Later
		switch {
		case c.refused != "":
			if !errors.As(err, &no) || no.Words != c.refused {
				t.Errorf("a server that %s: %v; want it refused with %q", name, err, c.refused)
			}
		case c.later != "":
			if !errors.As(err, &later) || !slices.ContainsFunc(strings.Split(c.later, "|"), func(words string) bool { return strings.Contains(later.Words, words) }) {
				t.Errorf("a server that %s: %#v; want it later with %q", name, err, c.later)
			} else if strings.Contains(err.Error(), "amara") {
				t.Errorf("a server that %s: the error, which is logged, names the person: %v", name, err)
			}
		case err != nil || !strings.HasPrefix(words, "250 "):
			t.Errorf("a server that %s: %q, %v; want its words", name, words, err)
		}
	}
	s, err := mail.New("smtp://127.0.0.1:1", "candor@tideway.example", "Candor")
	if err != nil {
		t.Fatal(err)
	}
	var later *mail.Later
	if _, err = s.Send(context.Background(), letter); !errors.As(err, &later) || later.Code != 0 {
		t.Errorf("no server: %v; want it later", err)
	}
	var no *mail.Refused
	bad := letter
	bad.ToEmail = "amara at mail.example"
	if _, err = s.Send(context.Background(), bad); !errors.As(err, &no) {
		t.Errorf("an address that is none: %v; want it refused", err)
	}
}

func TestALetterAsItArrives(t *testing.T) {
	m := &mailbox{}
	s := m.serve(t, nil)
	key, err := mail.MakeKey(t.TempDir()+"/dkim.pem", "candor")
	if err != nil {
		t.Fatal(err)
	}
	s.Key, s.Return = key, "bounces@tideway.example"
	l := letter
	l.ToEmail = "amara+jobs@bücher.example"
	if _, err := s.Send(context.Background(), l); err != nil {
		t.Fatal(err)
	}
	if m.sender != "bounces@tideway.example" || m.to != "amara+jobs@xn--bcher-kva.example" || m.options.Return != smtp.DSNReturnHeaders {
		t.Errorf("envelope from %q to %q with %+v", m.sender, m.to, m.options)
	}
	head, _, _ := strings.Cut(string(m.got), "\r\n\r\n")
	for _, want := range []string{"Message-ID: <mal_1.org_1@tideway.example>", "Reply-To: \"Rosa\" <rosa@tideway.example>", "Auto-Submitted: auto-generated",
		"List-Id: \"Backend engineer\" <opn_1.tideway.example>", "Content-Type: multipart/alternative", "Date: Thu, 26 Nov 2026 09:00:00 +0000"} {
		if !strings.Contains(head, want) {
			t.Errorf("the head has no %q:\n%s", want, head)
		}
	}
	look := &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		record, err := key.Record()
		if name != "candor._domainkey.tideway.example" {
			t.Errorf("the signature names %s", name)
		}
		return []string{record}, err
	}}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(m.got), look)
	if err != nil || len(found) != 1 || found[0].Err != nil {
		t.Fatalf("the signature: %+v, %v", found, err)
	}
	forged := bytes.Replace(m.got, []byte("rosa@tideway"), []byte("eve@elsewhere"), 1)
	if found, err := dkim.VerifyWithOptions(bytes.NewReader(forged), look); err != nil || len(found) != 1 || found[0].Err == nil {
		t.Errorf("another Reply-To passes: %+v, %v", found, err)
	}
}

// TestSTARTTLS: where a server offers it a letter goes encrypted; a certificate that nobody vouches for ends the conversation before anything
// is said.
func TestSTARTTLS(t *testing.T) {
	own := httptest.NewUnstartedServer(nil)
	own.StartTLS()
	defer own.Close()
	m := &mailbox{}
	s := m.serve(t, &tls.Config{Certificates: own.TLS.Certificates})
	var later *mail.Later
	if _, err := s.Send(context.Background(), letter); !errors.As(err, &later) || !strings.Contains(later.Words, "certificate") || len(m.got) > 0 {
		t.Errorf("a certificate of nobody: %#v with %d bytes sent; want it later and nothing sent", err, len(m.got))
	}
}
