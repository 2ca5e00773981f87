package feedback

import (
	"slices"
	"strings"

	"candor/internal/opening"
	"candor/internal/web/locale"
)

// Letter is what a draft becomes when it is sent, at the last stage or before: what its candidate reads, to the letter.
func Letter(d Draft, last bool) Reply {
	written := slices.DeleteFunc(slices.Clone(d.Lines), func(l Line) bool { return l.Level == "" && strings.TrimSpace(l.Text) == "" })
	return Reply{Outcome: d.Outcome, Final: last, Body: strings.TrimSpace(d.Body), Lines: written, Next: opening.Next{By: d.Next.By, Note: strings.TrimSpace(d.Next.Note)}}
}

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
