package mail

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"strings"
)

// Bounce is what a mail server says later of a letter that it took: it did not arrive, and never will.
type Bounce struct {
	ID    string // of the letter
	Words string // the last server's
}

// MaxReport is how much of a report is looked at, in bytes; what it says of the letter comes first in it.
const MaxReport = 256 << 10

// ReadBounce reads a report of non-delivery (RFC 3464: multipart/report with message/delivery-status, and the letter's headers). ok is false for
// every other mail, also for one that says that a letter is late.
func ReadBounce(raw []byte) (b Bounce, ok bool) {
	m, err := netmail.ReadMessage(bytes.NewReader(raw[:min(len(raw), MaxReport)]))
	if err != nil {
		return b, false
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(params["report-type"], "delivery-status") {
		return b, false
	}
	failed := false
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextPart()
		if err != nil {
			return b, failed && b.ID != ""
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			b.Words, failed = status(p)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			h, _ := textproto.NewReader(bufio.NewReader(p)).ReadMIMEHeader() // what was read before an error is enough
			b.ID, _, _ = strings.Cut(strings.Trim(h.Get("Message-Id"), "<> "), "@")
		}
	}
}

// status reads the groups of fields of a delivery status: the first recipient that failed counts, for ours have one.
func status(r io.Reader) (words string, failed bool) {
	for fields := textproto.NewReader(bufio.NewReader(r)); ; {
		h, err := fields.ReadMIMEHeader()
		if strings.EqualFold(strings.TrimSpace(h.Get("Action")), "failed") {
			words = strings.TrimSpace(h.Get("Status"))
			if _, said, ok := strings.Cut(h.Get("Diagnostic-Code"), ";"); ok {
				words = strings.Join(strings.Fields(said), " ")
			}
			return words, true
		}
		if err != nil && (errors.Is(err, io.EOF) || len(h) == 0) {
			return "", false
		}
	}
}
