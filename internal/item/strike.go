package item

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// home is a folder of somebody's own, as compilers and stack traces name it: /Users/anna/..., /home/anna/..., C:\Users\anna\..., also in JSON.
// What an API calls /users/7 is none.
var home = regexp.MustCompile(`(/(?:Users|home)/|(?i:\\+users\\+))[^/\\\s:"']+`)

// Strike replaces names in a text, or in the name of a file, by "[name]", and those of people's own folders whoever they are. Names of fewer than
// three letters are left: they would strike half the language. Words of a name are struck by themselves too, as whole words, whatever their case;
// what joins words in names of files and of variables ("okafor_limiter.py") ends a word.
func Strike(s string, names []string) string { return StrikeBy("[name]", s, names) }

// StrikeBy is Strike with another word in a name's place, for texts in which brackets mean something.
func StrikeBy(word, s string, names []string) string {
	s = home.ReplaceAllString(s, "${1}"+word)
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
		next := re.ReplaceAllString(s, "${1}"+word+"${3}")
		if next == s {
			break
		}
		s = next
	}
	return s
}

// common are parts of addresses that are no names.
var common = map[string]bool{"com": true, "net": true, "org": true, "example": true, "mail": true, "gmail": true, "www": true, "the": true}
