// Package similar says how alike programs and texts are, and how surprising that is among these people.
//
// A document becomes features in three channels: structure (8 tokens in a row, names and literals blanked), text (4 tokens in a row as
// they stand) and words (2 tokens in a row, names, numbers, and the words of strings and comments). A feature weighs as much as it is
// rare among the other people. Two documents are as alike as what they share weighs, of what the smaller one has in all, less what each
// of them shares with anybody. Among innocent people this excess has a distribution, the null; it is fitted for each cohort, and a pair's
// result says how many innocent pairs this alike are to be expected. It is a fact to look at and never a verdict: code and text are all
// that is known here, not who wrote them, when, or why they agree.
package similar

import (
	"strings"
	"time"
)

// Role is what a document is in the comparison.
type Role uint8

// The roles. Starter code is no document: see Starter.
const (
	Own      Role = iota // compared with all others
	Archived             // an earlier person's: compared with the present ones, not with its like
	Leaked               // a known solution: a source, which nobody is expected to share and which counts in no frequency
)

// File is a text of a document.
type File struct {
	Name string // with slashes; its ending tells the language
	Data []byte
}

// Document is what a person handed in once. A person may have many; they are not compared with each other.
type Document struct {
	Name   string
	Person string // empty: a person of its own
	Role   Role
	At     time.Time // zero: not known
	Files  []File
}

// Outcome is what may be said of a pair.
type Outcome string

// The outcomes. Not enough evidence is said of unlike programs and of alike ones that are too short to tell.
const (
	Strong Outcome = "strong evidence"
	Look   Outcome = "look"
	Not    Outcome = "not enough evidence"
)

// The channels.
const (
	structure = iota
	text
	wording
	channels
)

// person is the document's person.
func (d *Document) person() string {
	if d.Person != "" {
		return d.Person
	}
	return "\x00" + d.Name
}

// lower is a word as it is compared: without capitals and quotes.
func lower(word []byte) string { return strings.ToLower(string(word)) }
