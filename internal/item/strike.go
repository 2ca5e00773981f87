package item

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Strike replaces names in a text by "[name]". Names of fewer than three letters are left: they would strike half the language.
// Words of a name are struck by themselves too, as whole words, whatever their case.
func Strike(s string, names []string) string {
	var words []string
	for _, n := range names {
		n = strings.TrimSpace(n)
		words = append(words, n)
		words = append(words, strings.FieldsFunc(n, func(r rune) bool { return r == ' ' || r == '@' || r == '.' || r == '_' || r == '-' })...)
	}
	words = slices.DeleteFunc(words, func(w string) bool { return len([]rune(w)) < 3 || common[strings.ToLower(w)] })
	if len(words) == 0 {
		return s
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	re, err := regexp.Compile(`(?i)(^|[^\pL\pN])(` + strings.Join(words, "|") + `)($|[^\pL\pN])`)
	if err != nil {
		return s
	}
	for range 3 { // neighbours share a separator, which one pass consumes
		next := re.ReplaceAllString(s, "${1}[name]${3}")
		if next == s {
			break
		}
		s = next
	}
	return s
}

// common are parts of addresses that are no names.
var common = map[string]bool{"com": true, "net": true, "org": true, "example": true, "mail": true, "gmail": true, "www": true, "the": true}
