// Package icpc reads problem packages of the ICPC and Kattis formats 2025-09, legacy and legacy-icpc (the drafts of 2023-07 as 2025-09), makes
// the judge's tasks of them, proves that their example submissions get their declared verdicts, and writes them as 2025-09.
//
// A package is read as far as possible: everything that is wrong is a [Finding], and only what a finding speaks of is left out. What this
// judge cannot do (submit-answer, static validators, custom graders, several validators) is a finding too.
package icpc

import (
	"fmt"
	"io/fs"
	"time"

	"candor/internal/judge"
	"candor/internal/sandbox"
)

// Format is a version of the package format.
type Format string

const (
	Current    Format = "2025-09"
	Legacy     Format = "legacy"
	LegacyICPC Format = "legacy-icpc"
)

// Severity of a finding.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is one thing that is wrong with a package.
type Finding struct {
	Path     string // relative to the package
	Line     int    // 1-based; 0 is the whole file
	Severity Severity
	Text     string
}

// String is path:line: severity: text, as compilers say it.
func (f Finding) String() string {
	where := f.Path
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	return fmt.Sprintf("%s: %s: %s", where, f.Severity, f.Text)
}

// Failed says whether there is an error among findings.
func Failed(fs []Finding) bool {
	for _, f := range fs {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// Limits as the package declares them; 0 is not declared.
type Limits struct {
	Time       time.Duration // CPU of one test; 0 is calibrated from the submissions
	Resolution time.Duration // the time limit is a multiple of it
	AC, TLE    float64       // safety factors: slowest accepted to limit, limit to fastest too slow
	Memory     int64         // bytes
	Output     int64         // bytes
	Code       int64         // bytes of all files of a submission
}

// What the formats call typical defaults of a system, and their default safety factors.
const (
	defaultMemory = 2048 << 20
	defaultOutput = 8 << 20
	defaultCode   = 128 << 10
)

// Package is a problem package.
type Package struct {
	Format      Format
	Names       map[string]string // of the problem, by natural language
	Scoring     bool
	Minimize    bool     // the lowest score is the best (legacy)
	Most        *float64 // the best score; nil where nothing bounds it
	Limits      Limits
	Languages   []string // codes of the format's table that are taken; nil is all
	Writes      bool     // programs may write into their folder
	Tests       []judge.Test
	Groups      judge.Group
	Validator   *judge.Validator // nil is the default validator
	Submissions []Submission

	include  map[string][]sandbox.File // by code; "default" is for all
	constant map[string]string         // "name" and "name.variant"
	meta     meta
	configs  map[string]testdata // legacy: what each folder of tests says, by folder
	tree     fs.FS
}

// Submission is an example submission with what is declared of it.
type Submission struct {
	Name     string // relative to submissions/: "accepted/nils.cpp"
	Code     string // of the format's table: "python3"; "" is not known
	Language string // of the judge; "" is not offered here
	Entry    string
	Files    []sandbox.File
	Expected []judge.Verdict // one of these is its verdict; nil where nothing is declared
	Partial  bool            // accepted, and less than the best score (legacy)
	Rules    []Rule
}

// Rule is what must be true of a submission's results. MLE and OLE count as RTE: the formats do not know them.
type Rule struct {
	Tests     string          // a pattern of tests and groups; "" is all
	Permitted []judge.Verdict // of every test; nil is any
	Required  []judge.Verdict // of at least one; nil is any
	Score     []float64       // from, to; nil is any
	Message   string          // in the validator's words to judges
	Lower     bool            // its time is a lower bound of the time limit
	Upper     bool            // an upper bound
}
