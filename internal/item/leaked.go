package item

import (
	"fmt"
	"io/fs"
	"unicode/utf8"
)

// LeakedTexts reads the texts of an item's folder leaked: answers that went round. as is what each is called among an answer's files.
func LeakedTexts(dir fs.FS, as string) (out []Source, wrong []Finding) {
	names, _ := fs.Glob(dir, "leaked/*") // the pattern is ours
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		switch {
		case err != nil:
			wrong = append(wrong, Finding{Path: name, Severity: Error, Text: fmt.Sprintf("This file cannot be read: %v", err)})
		case !utf8.Valid(text):
			wrong = append(wrong, Finding{Path: name, Severity: Error, Text: "This file is not UTF-8. Save it as UTF-8."})
		default:
			out = append(out, Source{Name: name, Role: Leaked, Files: map[string]string{as: string(text)}})
		}
	}
	return out, wrong
}
