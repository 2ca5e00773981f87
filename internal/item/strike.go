package item

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
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

// StruckNames are the names of an answer's files without what names its author, by the names as they are: no two are the same.
func StruckNames(files []string, names []string) map[string]string {
	out, taken := map[string]string{}, map[string]bool{}
	files = slices.Sorted(slices.Values(files))
	for _, changed := range []bool{false, true} { // what names nobody keeps its name
		for _, f := range files {
			clean := Strike(f, names)
			if (clean != f) != changed {
				continue
			}
			ext := path.Ext(clean)
			for n := 2; taken[clean]; n++ {
				clean = strings.TrimSuffix(Strike(f, names), ext) + "-" + strconv.Itoa(n) + ext
			}
			out[f], taken[clean] = clean, true
		}
	}
	return out
}
