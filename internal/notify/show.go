package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"html"
	"strings"

	"candor/internal/account"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/notify/internal/query"
	"candor/internal/opening"
)

func (n *Notify) in(ctx context.Context, tx db.Tx, key string) (Mail, error) {
	r, err := query.New(tx).Mail(ctx, tx.Org, key)
	if errors.Is(err, sql.ErrNoRows) {
		return Mail{}, ErrMissing
	}
	if err != nil {
		return Mail{}, err
	}
	return n.show(ctx, tx, query.NewestRow(r))
}

func (n *Notify) show(ctx context.Context, tx db.Tx, r query.NewestRow) (Mail, error) {
	m := Mail{ID: r.ID, About: r.About, SubjectID: r.SubjectID, ToName: r.ToName, ToEmail: r.ToEmail, Subject: r.Subject, Body: r.Body, Action: r.ActionText, State: State(r.State),
		Error: r.Error, Tries: int(r.Tries), Created: clock.Time(r.CreatedAt), Due: clock.Time(r.DueAt), Sent: clock.Time(r.SentAt), replyName: r.ReplyName, replyEmail: r.ReplyEmail, path: r.ActionPath,
		application: opening.ApplicationID(r.ApplicationID), zone: r.Zone}
	var err error
	m.Link, err = n.resolve(ctx, tx, r.ActionPath)
	return m, err
}

// resolve derives the address of a mail's link; "" when it does not hold any more.
func (n *Notify) resolve(ctx context.Context, tx db.Tx, path string) (string, error) {
	kind, key, _ := strings.Cut(path, ":")
	switch kind {
	case "signin":
		_, err := n.Accounts.LookByID(ctx, tx, key)
		if errors.Is(err, account.ErrLink) {
			return "", nil
		}
		return n.URL + "/sign-in/" + n.Accounts.Secret(key), err
	case "invitation":
		inv, err := n.Openings.InvitationIn(ctx, tx, opening.InvitationID(key))
		if errors.Is(err, opening.ErrMissing) || err == nil && inv.Revoked {
			return "", nil
		}
		return n.URL + "/i/" + n.Openings.Secret(inv), err
	case "apply":
		o, sealed, _ := strings.Cut(key, ":")
		link, err := n.Openings.PublicSecret(ctx, tx, opening.ID(o))
		if errors.Is(err, opening.ErrMissing) {
			return "", nil
		}
		return n.URL + "/apply/" + link + "/" + sealed, err
	case "":
		return "", nil
	}
	return n.URL + path, nil
}

// Paragraph is one of a mail's, or the place of its link.
type Paragraph struct {
	Text string
	Link bool
}

// Paragraphs are a mail's, with the link where it belongs, if it has one.
func (m Mail) Paragraphs() []Paragraph {
	var out []Paragraph
	placed := m.Action == ""
	for _, p := range strings.Split(m.Body, "\n\n") {
		switch {
		case p != link:
			out = append(out, Paragraph{Text: p})
		case !placed:
			out, placed = append(out, Paragraph{Link: true}), true
		}
	}
	if !placed {
		out = append(out, Paragraph{Link: true})
	}
	return out
}

// Text is the plain part.
func (m Mail) Text() string {
	var out []string
	for _, p := range m.Paragraphs() {
		switch {
		case !p.Link:
			out = append(out, p.Text)
		case m.Link != "":
			out = append(out, m.Action+":\n"+m.Link)
		}
	}
	return strings.Join(out, "\n\n") + "\n"
}

// page is the other part's frame: light or dark as the reader's program is, and nothing that loads from anywhere.
const page = `<!doctype html><html lang="` + Lang + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>%s</title><style>
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){body{background:#15181e!important;color:#e6e9ef!important}.button{background:#9db4ff!important;color:#0f1730!important}.soft{color:#a5adba!important}}
</style></head><body style="font:16px/1.55 system-ui,sans-serif;background:#ffffff;color:#1b202b;max-width:36rem;margin:0 auto;padding:16px">
`

// HTML is the text as HTML: paragraphs, and the link as a button.
func (m Mail) HTML() string {
	var b strings.Builder
	fmt.Fprintf(&b, page, html.EscapeString(m.Subject))
	for _, p := range m.Paragraphs() {
		switch {
		case !p.Link:
			b.WriteString(`<p dir="auto">` + strings.ReplaceAll(html.EscapeString(p.Text), "\n", "<br>") + "</p>\n")
		case m.Link != "":
			fmt.Fprintf(&b, `<p><a class="button" href="%s" style="display:inline-block;background:#2c4fbb;color:#ffffff;padding:12px 20px;border-radius:10px;text-decoration:none">%s</a></p>
<p class="soft" style="color:#5f6571;font-size:14px;word-break:break-all">%[1]s</p>
`, html.EscapeString(m.Link), html.EscapeString(m.Action))
		}
	}
	b.WriteString("</body></html>\n")
	return b.String()
}
