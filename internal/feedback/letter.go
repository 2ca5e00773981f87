package feedback

import (
	"strings"

	"candor/internal/web/locale"
)

// Words are what a reply says in the mail that goes with it: its outcome in a fixed sentence, and its text with the criteria.
func (r Reply) Words(lang string) (outcome, text string) {
	parts := paragraphs(r.Body)
	for _, line := range r.Lines {
		head := line.Title
		if line.Level != "" {
			head += ": " + line.Level
		}
		if line.Text != "" {
			head += "\n" + line.Text
		}
		parts = append(parts, head)
	}
	return locale.For(lang).T("feedback.mail." + outcomeKey(r)), strings.Join(parts, "\n\n")
}
