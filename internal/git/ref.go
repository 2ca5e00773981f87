package git

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hash is the name of an object: SHA-1 in 40 hex digits.
type Hash string

const (
	// Zero stands for no object in commands of a push.
	Zero Hash = "0000000000000000000000000000000000000000"
	// EmptyTree is the tree without entries, which every git knows.
	EmptyTree Hash = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
)

// Valid says whether h has the shape of a hash, in lower case.
func (h Hash) Valid() bool {
	if len(h) != 40 || strings.ToLower(string(h)) != string(h) {
		return false
	}
	_, err := hex.DecodeString(string(h))
	return err == nil
}

// maxRef is how many bytes a ref's name may have: its parts become names of files.
const maxRef = 200

// CheckRef says what is wrong with the full name of a ref, or "". It holds to git-check-ref-format(1), and refuses what git itself lets through
// but nobody can read: control and invisible characters, bytes that are not UTF-8, parts that begin with a dash, and a branch called HEAD.
func CheckRef(name string) string {
	const rule = "is not a name that git allows"
	switch {
	case len(name) > maxRef:
		return "is longer than 200 bytes"
	case !utf8.ValidString(name), strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return "has characters that cannot be shown"
	case !strings.Contains(name, "/"), strings.Contains(name, ".."), strings.ContainsAny(name, " ~^:?*[\\"), strings.Contains(name, "@{"), strings.HasSuffix(name, "."):
		return rule
	case strings.HasSuffix(name, "/HEAD") && strings.Count(name, "/") == 2:
		return "would be taken for HEAD"
	}
	for part := range strings.SplitSeq(name, "/") {
		switch {
		case part == "", part[0] == '.', strings.HasSuffix(part, ".lock"):
			return rule
		case part[0] == '-':
			return "has a part that begins with a dash"
		}
	}
	return ""
}

// Above says whether one of two refs would be a folder of the other, which git cannot keep.
func Above(a, b string) bool {
	return strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}
