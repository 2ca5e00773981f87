package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"candor/internal/mail"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// report is a report as Postfix writes it (RFC 3464), with what a test changes.
func report(action, diagnostic string) string {
	return strings.ReplaceAll(`Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: bounces@tideway.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4A1B2.1764150000/relay.example"

This is a MIME-encapsulated message.

--4A1B2.1764150000/relay.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4A1B2.1764150000/relay.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
X-Postfix-Queue-ID: 4A1B2
Arrival-Date: Thu, 26 Nov 2026 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; amara@mail.example
Original-Recipient: rfc822;amara@mail.example
Action: `+action+`
Status: 5.1.1
Remote-MTA: dns; mx.mail.example
`+diagnostic+`
--4A1B2.1764150000/relay.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: "Candor" <candor@tideway.example>
Message-ID: <mal_1.org_1@tideway.example>
Subject: Hello

--4A1B2.1764150000/relay.example--
`, "\n", "\r\n")
}

const diagnostic = "Diagnostic-Code: smtp; 550 5.1.1 <amara@mail.example>: no such\n    mailbox\n"

func TestReadBounce(t *testing.T) {
	whole := report("failed", diagnostic)
	for name, c := range map[string]struct {
		raw, id, words string
		ok             bool
	}{
		"it did not arrive":         {whole, "mal_1.org_1", "550 5.1.1 <amara@mail.example>: no such mailbox", true},
		"without the server's word": {report("failed", ""), "mal_1.org_1", "5.1.1", true},
		"it is late":                {report("delayed", diagnostic), "", "", false},
		"it arrived":                {report("delivered", diagnostic), "", "", false},
		"an away message":           {"Subject: Away\r\nContent-Type: text/plain\r\n\r\nMessage-ID: <mal_1.org_1@tideway.example>\r\n", "", "", false},
		"cut off":                   {whole[:strings.Index(whole, "Undelivered Message Headers")], "", "", false},
		"no boundary":               {strings.Replace(whole, "boundary=", "border=", 1), "", "", false},
		"nothing":                   {"", "", "", false},
	} {
		b, ok := mail.ReadBounce([]byte(c.raw))
		if ok != c.ok || ok && (b.ID != c.id || b.Words != c.words) {
			t.Errorf("%s: %+v, %v; want %q, %q, %v", name, b, ok, c.id, c.words, c.ok)
		}
	}
}

func FuzzReadBounce(f *testing.F) {
	f.Add([]byte(report("failed", diagnostic)))
	f.Add([]byte("Content-Type: multipart/report; report-type=delivery-status; boundary=a\r\n\r\n--a\r\nContent-Type: message/delivery-status\r\n\r\n\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if b, ok := mail.ReadBounce(raw); ok && b.ID == "" {
			t.Error("a bounce of no letter")
		}
	})
}

// literal is what a mailbox is given.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// TestMailbox reads from a real IMAP server with TLS: each mail once, and one that could not be kept again.
func TestMailbox(t *testing.T) {
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	defer certificate.Close()
	user := imapmemserver.NewUser("bounces", "secret")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{report("failed", diagnostic), "Subject: Away\r\n\r\nI am away.\r\n"} {
		if _, err := user.Append("INBOX", literal{bytes.NewReader([]byte(raw))}, &imap.AppendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	memory := imapmemserver.New()
	memory.AddUser(user)
	s := imapserver.New(&imapserver.Options{NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
		return memory.NewSession(), nil, nil
	}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(tls.NewListener(l, &tls.Config{Certificates: certificate.TLS.Certificates}))
	t.Cleanup(func() { s.Close() })
	box, err := mail.OpenMailbox("imaps://bounces:secret@" + l.Addr().String() + "/INBOX")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate.Certificate())
	box.TLS = &tls.Config{RootCAs: roots}
	full := errors.New("the disk is full")
	if err := box.Read(context.Background(), func([]byte) error { return full }); !errors.Is(err, full) {
		t.Fatalf("Read = %v; want what its taker says", err)
	}
	var bounced []string
	taken := 0
	for range 2 {
		err := box.Read(context.Background(), func(raw []byte) error {
			taken++
			if b, ok := mail.ReadBounce(raw); ok {
				bounced = append(bounced, b.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if taken != 2 || strings.Join(bounced, " ") != "mal_1.org_1" {
		t.Errorf("%d taken, bounced %v; want 2 and mal_1.org_1, each once", taken, bounced)
	}
	if _, err := mail.OpenMailbox("imap://bounces:secret@mail.example/INBOX"); err == nil {
		t.Error("a password in the clear over the network")
	}
}
