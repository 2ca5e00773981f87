package repository

import (
	"regexp"
	"strings"
)

var (
	// A folder of somebody's own, as compilers and stack traces name it: /Users/anna/..., /home/anna/..., C:\Users\anna\...
	home = regexp.MustCompile(`(?i)((?:/(?:users|home)/|\\users\\))[^/\\\s:"']+`)
	// What git and its hosts write below a message: who else, with an address, and when.
	trailer = regexp.MustCompile(`(?im)^(?:[a-z-]+-by|cc|author|date|from|(?:un)?reported|change-id): .*$\n?`)
	mail    = regexp.MustCompile(`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
)

// homes takes the names of people's own folders out of a text. Addresses in code are data, unless they are the candidate's.
func homes(s string) string { return home.ReplaceAllString(s, "${1}[name]") }

// words are those of a commit's message without who else, with which address, and when.
func words(s string) string {
	return strings.TrimSpace(mail.ReplaceAllString(trailer.ReplaceAllString(s, ""), "[mail]"))
}
