// Package mail hands one letter at a time to an SMTP server, signs it with DKIM, reads what came back of it later (RFC 3464), and looks at
// what the DNS says of its sender.
package mail

import (
	"bytes"
	"cmp"
	"fmt"
	"net/textproto"
	"strings"
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
	Calendar        string // an iCalendar object, offered beside the text; "" none
	Method          string // of it: REQUEST or CANCEL (RFC 6047)
	ID              string // makes the Message-ID, so that a letter sent twice is seen as one, and a bounce finds it
	List            string // what the letter is one of many of, as a List-ID says it: "Backend engineer <opn-1>"; "" none
	Date            time.Time
}

// Refused is the server's final no, in its own words.
type Refused struct{ Words string }

func (r *Refused) Error() string { return "mail: refused: " + r.Words }

// Later is anything that may be tried again: the server's "not now", or no answer. Its error has no words, for it is logged, and servers
// repeat who is written to.
type Later struct {
	Code  int // of the server; 0 is no answer
	Words string
}

func (l *Later) Error() string {
	if l.Code == 0 {
		return "mail: the server cannot be reached; it is tried again"
	}
	return fmt.Sprintf("mail: the server answered %d; it is tried again", l.Code)
}

// domain is what follows the @ of an address.
func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// message is the letter as bytes, headers first, lines ended by CRLF.
func (s *SMTP) message(l Letter, to string) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(s.name, s.from); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if err := m.AddToFormat(l.ToName, to); err != nil {
		return nil, &Refused{"The address cannot be written: " + err.Error()}
	}
	if l.ReplyEmail != "" {
		if err := m.ReplyToFormat(l.ReplyName, l.ReplyEmail); err != nil {
			return nil, fmt.Errorf("mail: reply address: %w", err)
		}
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(l.Date)
	m.SetMessageIDWithValue(l.ID + "@" + domain(s.from))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: away messages do not answer it
	if l.List != "" {
		name, id, _ := strings.Cut(strings.TrimSuffix(l.List, ">"), "<")
		m.SetGenHeader("List-Id", fmt.Sprintf("%q <%s.%s>", ascii(strings.TrimSpace(name)), id, domain(s.from))) // RFC 2919
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	if l.Calendar != "" {
		m.AddAlternativeString(gomail.ContentType("text/calendar; method="+l.Method), l.Calendar)
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	if s.Key == nil {
		return b.Bytes(), nil
	}
	return s.Key.sign(b.Bytes(), domain(s.from))
}

// ascii leaves out what a header's phrase would need another encoding for.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}

// answered makes an error of what a server said to the sender's, the recipient's or the content's turn: a 5xx is final.
func answered(err error) error {
	if p, ok := err.(*textproto.Error); ok {
		words := fmt.Sprintf("%d %s", p.Code, p.Msg)
		if p.Code >= 500 {
			return &Refused{words}
		}
		return &Later{p.Code, words}
	}
	return unreached(err)
}

// unreached makes an error of what happened before or between turns; also a 5xx is no word about the recipient there.
func unreached(err error) error {
	if p, ok := err.(*textproto.Error); ok {
		return &Later{p.Code, fmt.Sprintf("%d %s", p.Code, p.Msg)}
	}
	return &Later{0, cmp.Or(err.Error(), "no answer")}
}
