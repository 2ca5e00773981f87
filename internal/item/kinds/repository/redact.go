package repository

import (
	"regexp"
	"strings"
)

var (
	// What git and its hosts write below a message: who else, with an address, and when.
	trailer = regexp.MustCompile(`(?im)^(?:[a-z-]+-by|cc|author|date|from|(?:un)?reported|change-id): .*$\n?`)
	mail    = regexp.MustCompile(`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
)

// words are those of a commit's message without who else, with which address, and when. Addresses in code are data, unless they are the candidate's.
func words(s string) string {
	return strings.TrimSpace(mail.ReplaceAllString(trailer.ReplaceAllString(s, ""), "[mail]"))
}
