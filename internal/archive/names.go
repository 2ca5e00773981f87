package archive

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Names are the names of a tree's files. They refuse what another computer could not keep, or would take for the same: an export has
// to be importable everywhere. Names{} is empty.
type Names map[string]string // as compared -> as spelled; folders end with a slash

// Add takes a slash-separated name and says what is wrong with it, or "".
func (ns Names) Add(name string) string {
	switch {
	case !utf8.ValidString(name), strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }):
		return fmt.Sprintf("The name %.60q has characters that are not kept; use UTF-8 without control characters or backslashes.", name)
	case len(name) > 400:
		return fmt.Sprintf("The name %.60q... is longer than 400 bytes.", name)
	case !fs.ValidPath(name) || name == ".":
		return fmt.Sprintf("The name %q would leave the folder or is not clean.", name)
	}
	for i, r := range name {
		if r != '/' {
			continue
		}
		if wrong := ns.put(name[:i] + "/"); wrong != "" {
			return wrong
		}
	}
	return ns.put(name)
}

func (ns Names) put(name string) string {
	bare := strings.TrimSuffix(name, "/")
	key := compared(bare)
	there, ok := ns[key]
	switch {
	case !ok:
		ns[key] = name
	case strings.TrimSuffix(there, "/") != bare:
		return fmt.Sprintf("%q and %q differ only by case or by how their letters are encoded; some computers take them for one.", strings.TrimSuffix(there, "/"), bare)
	case there != name:
		return fmt.Sprintf("%q is a file and a folder.", bare)
	case bare == name:
		return fmt.Sprintf("%q stands twice.", name)
	}
	return ""
}

var folding = cases.Fold()

// compared is how file systems that fold names compare them.
func compared(name string) string { return norm.NFC.String(folding.String(norm.NFD.String(name))) }
