package assessment

import (
	"time"

	"candor/internal/item"
)

// VersionID is a version's id.
type VersionID string

// ID is an assessment's.
type ID string

// Policy is what the candidate may use AI tools for.
type Policy string

const (
	Forbidden Policy = "forbidden"
	Allowed   Policy = "allowed"  // and the candidate says what was used for what
	Expected  Policy = "expected" // as at work, and said likewise
)

// Disclosed says that the candidate is asked what they used.
func (p Policy) Disclosed() bool { return p == Allowed || p == Expected }

// AI is the policy with the author's own sentence.
type AI struct {
	Policy Policy
	Text   string
}

// Version is one immutable state of an assessment, as everybody reads it. It is shared between requests: do not change it.
type Version struct {
	ID         VersionID
	Assessment ID
	Number     int
	Published  bool
	Title      string
	About      string // Markdown
	AI         AI
	ReplyDays  int // suggested, working days; 0 is none
	Minutes    int // advertised, all parts
	Parts      []Part
	Rubric     []Criterion
	// Collaboration is what a facilitator, who works with the candidate and is not blind, rates beside the rubric.
	Collaboration []Criterion
}

// Part is what is started and sent on its own.
type Part struct {
	Key     string
	Title   string
	About   string
	LookFor string        // what reviewers look for, in words for candidates
	Device  string        // "" or "computer"
	Minutes int           // advertised
	Timed   time.Duration // 0 is untimed
	AI      *AI           // nil: the assessment's
	Items   []PartItem
	// Work names what is asked for: two parts with the same one, of whatever versions, differ in no file, order or clock. What is advertised is no part of it.
	Work string
}

// PartItem is one task in its part.
type PartItem struct {
	Key    string
	Weight float64
	AI     *AI // nil: the part's
	Kind   item.Kind
	Spec   item.Spec
	Head   item.Head
	// Explain is what the author says may be asked about the work on it.
	Explain item.Explain
	Work    string // as the part's
}

// Criterion is a line of the rubric.
type Criterion struct {
	Key      string
	Title    string
	About    string // candidates read it
	Guidance string // reviewers only
	Weight   int    // 1..5
	Items    []string
	Levels   []Level // lowest first; level n is Levels[n-1]
}

// Level is one step of a criterion with its behavioural anchor.
type Level struct{ Name, Anchor string }

// Part finds a part by its key.
func (v *Version) Part(key string) (Part, bool) {
	for _, p := range v.Parts {
		if p.Key == key {
			return p, true
		}
	}
	return Part{}, false
}

// Item finds an item and its part.
func (v *Version) Item(key string) (PartItem, Part, bool) {
	for _, p := range v.Parts {
		for _, i := range p.Items {
			if i.Key == key {
				return i, p, true
			}
		}
	}
	return PartItem{}, Part{}, false
}

// Item finds an item of the part.
func (p Part) Item(key string) (PartItem, bool) {
	for _, i := range p.Items {
		if i.Key == key {
			return i, true
		}
	}
	return PartItem{}, false
}

// Policy is the AI policy of an item of a part: its own, or the part's.
func (v *Version) Policy(p Part, i PartItem) AI {
	if i.AI != nil {
		return *i.AI
	}
	return v.PartPolicy(p)
}

// PartPolicy is what holds for those items of a part that have no policy of their own: the part's, or the assessment's.
func (v *Version) PartPolicy(p Part) AI {
	if p.AI != nil {
		return *p.AI
	}
	return v.AI
}
