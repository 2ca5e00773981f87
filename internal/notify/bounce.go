package notify

import (
	"context"
	"strings"

	"candor/internal/db"
	"candor/internal/mail"
	"candor/internal/notify/internal/query"
)

// Inbox is where bounces arrive; *mail.Mailbox is one.
type Inbox interface {
	Read(ctx context.Context, fn func(raw []byte) error) error
}

// Bounces reads what arrived in the mailbox of bounces, and says of each letter that did not arrive so. A report that names no letter of
// ours changes nothing; only who got a letter, or carried it, knows its id.
func (n *Notify) Bounces(ctx context.Context) error {
	return n.Inbox.Read(ctx, func(raw []byte) error {
		b, ok := mail.ReadBounce(raw)
		if !ok {
			return nil
		}
		key, o, ok := strings.Cut(b.ID, ".")
		if !ok || o == "" {
			return nil
		}
		return n.DB.Write(ctx, o, func(tx db.Tx) error {
			_, err := query.New(tx).Bounce(ctx, o, key, b.Words)
			return err
		})
	})
}
