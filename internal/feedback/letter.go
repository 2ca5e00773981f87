package feedback

import (
	"strings"

	"candor/internal/web/locale"
)

// Letter is the mail that goes with a reply.
type Letter struct {
	Organisation string
	Opening      string
	Name         string // of the candidate
	Contact      string // of who answers; "" leaves the sentence out
	Email        string
	Link         string // of the status page; "" leaves it out
	Lang         string
}

// Mail is the subject and the plain text: what the decision page previews and what is sent.
func (l Letter) Mail(r Reply) (subject, text string) {
	t := locale.For(l.Lang).T
	var b strings.Builder
	say := func(s string) { b.WriteString(s + "\n\n") }
	say(t("feedback.mail.hello", "name", l.Name))
	say(t("feedback.mail." + outcomeKey(r)))
	for _, p := range paragraphs(r.Body) {
		say(p)
	}
	for _, line := range r.Lines {
		head := line.Title
		if line.Level != "" {
			head += ": " + line.Level
		}
		if line.Text != "" {
			head += "\n" + line.Text
		}
		say(head)
	}
	if l.Contact != "" {
		say(t("feedback.ask", "name", l.Contact, "email", l.Email))
	}
	if l.Link != "" {
		say(t("feedback.mail.page", "link", l.Link))
	}
	say(l.Organisation)
	return t("feedback.mail.subject", "org", l.Organisation, "opening", l.Opening), strings.TrimSpace(b.String()) + "\n"
}
