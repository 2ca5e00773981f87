package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Mailbox is where bounces arrive, and nothing that people read: "imaps://user:password@host/INBOX", or imap:// in the clear on loopback.
type Mailbox struct {
	TLS *tls.Config // nil is the machine's

	url *url.URL
}

// OpenMailbox checks the address of a mailbox.
func OpenMailbox(address string) (*Mailbox, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "imaps" && u.Scheme != "imap" || u.Hostname() == "" || u.User == nil {
		return nil, errors.New("the mailbox of bounces is written imaps://user:password@host/INBOX")
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "imap" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("the mailbox of bounces is reached with imaps:// outside of this machine")
	}
	return &Mailbox{url: u}, nil
}

// most is how many mails one Read looks at.
const most = 100

// Read hands every mail that is not seen yet to fn, its first MaxReport bytes, and marks it as seen when fn took it.
func (m *Mailbox) Read(ctx context.Context, fn func(raw []byte) error) error {
	dial, port := imapclient.DialTLS, "993"
	if m.url.Scheme == "imap" {
		dial, port = imapclient.DialInsecure, "143"
	}
	if p := m.url.Port(); p != "" {
		port = p
	}
	c, err := dial(net.JoinHostPort(m.url.Hostname(), port), &imapclient.Options{TLSConfig: m.TLS})
	if err != nil {
		return fmt.Errorf("mailbox of bounces: %w", err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	password, _ := m.url.User.Password()
	if err := c.Login(m.url.User.Username(), password).Wait(); err != nil {
		return fmt.Errorf("mailbox of bounces: %w", err)
	}
	name := strings.Trim(m.url.Path, "/")
	if name == "" {
		name = "INBOX"
	}
	if _, err := c.Select(name, nil).Wait(); err != nil {
		return fmt.Errorf("mailbox of bounces: %w", err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil {
		return fmt.Errorf("mailbox of bounces: %w", err)
	}
	all := found.AllUIDs()
	for _, uid := range all[:min(len(all), most)] {
		if err := one(c, uid, fn); err != nil {
			return err
		}
	}
	return c.Logout().Wait()
}

// one hands over a mail and marks it.
func one(c *imapclient.Client, uid imap.UID, fn func(raw []byte) error) error {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: MaxReport}}
	got, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return fmt.Errorf("mailbox of bounces: %w", err)
	}
	for _, g := range got {
		for _, part := range g.BodySection {
			if err := fn(part.Bytes); err != nil {
				return err
			}
		}
	}
	return c.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
}
