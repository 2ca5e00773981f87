// Package judge compiles a stranger's program once, runs it against tests in a sandbox, and says precisely what happened. It knows languages,
// checkers and test frameworks; it knows nothing of interviews and needs no database.
//
// A [Task] is judged in one slot. Expected output never enters the sandbox: it is compared on this side. What the judge itself cannot do is
// JE, never the program's fault. The same task gives the same verdicts, however busy the machine is: CPU time decides, wall time only guards.
package judge

import (
	"time"

	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// Verdict is what became of one test, or of a whole submission (the first that is not AC, in the order of the tests).
type Verdict string

const (
	AC  Verdict = "AC"  // accepted
	WA  Verdict = "WA"  // wrong answer, or a failed unit test
	TLE Verdict = "TLE" // time limit exceeded (Reason says CPU or wall)
	MLE Verdict = "MLE" // memory limit exceeded
	OLE Verdict = "OLE" // output limit exceeded
	RTE Verdict = "RTE" // run-time error
	CE  Verdict = "CE"  // compile error
	JE  Verdict = "JE"  // the judge failed: somebody on this side must look
)

// Style is how a program is tested.
type Style string

const (
	Stdin    Style = "stdin"    // reads standard input, writes standard output
	Unit     Style = "unit"     // unit tests of the language's usual framework
	Function Style = "function" // a function called with typed cases
	Project  Style = "project"  // a tree of files, and suites of tests that are commands
)

// Limits of one test. Zero values are 2 s of CPU, three times that plus 1 s of wall time, 256 MiB, 1 MiB of output. A language's own needs
// (languages.Language CPUFactor, Memory, Pids) come on top.
type Limits struct {
	CPU    time.Duration
	Wall   time.Duration
	Memory int64
	Output int64
	// Exact leaves the language's own needs out: the limits of a problem package hold for every language.
	Exact bool
	// Kill is how much CPU time a program may use before it is ended; more than CPU is TLE all the same. It tells an author how far a slow
	// program is from the limit. 0 is CPU.
	Kill time.Duration
}

// Task is one submission with what it is tested by.
type Task struct {
	Style    Style
	Language string
	Files    []sandbox.File // the candidate's, relative names
	Entry    string         // "" lets the language choose
	Limits   Limits
	// StopEarly ends at the first test that is not AC; the others are left out of the outcome.
	StopEarly bool
	// Reveal keeps what hidden tests hold and say in their results: for an author who proves an item, never for a candidate.
	Reveal bool

	Tests  []Test // stdin style
	Checks Checks // how outputs are compared
	// Validator says what is right in place of Checks; nil compares.
	Validator *Validator
	// Groups weigh the tests together; nil: all count the same, and there is no score.
	Groups *Group
	// StopAt ends after the first test with one of these verdicts; the others are left out of the outcome.
	StopAt []Verdict
	// Writes lets a program change its folder; each test has a copy of its own.
	Writes bool

	// Unit style: test files, put over the candidate's at the same names. Protected files (configuration, go.mod) are put back too.
	UnitTests []UnitTest
	Protected []sandbox.File
	Framework string // "" takes the first of the language that recognises the files
	// Want are the ids that must come, as a run of the author's own solution gave them; nil while they are not known. Missing ones are WA of the candidate
	// when the program ended the tests (exit, crash); ids that nobody declared are ignored and named in Outcome.Note.
	Want []string

	// Function style.
	Signature languages.Signature
	Cases     []Case

	// Project style: Files and Protected are the tree, Want are ids with their suites' names before them.
	Suites []Suite
	// Loopback lets programs talk to themselves over the network and start many processes, as projects' tests do.
	Loopback bool
}

// Test is one test of the stdin style.
type Test struct {
	Name   string
	Hidden bool
	In     []byte
	Want   []byte // the expected output; nil with Own
	Own    bool   // the candidate's own input: nothing is compared, the verdict is AC when it ended well

	Args   []string       // of the program
	Files  []sandbox.File // beside the program in this test only
	Group  string         // the Group that it belongs to
	Checks *Checks        // in place of the task's
	Flags  []string       // of the validator
}

// UnitTest is a file of tests.
type UnitTest struct {
	Name   string
	Hidden bool
	Data   []byte
	Own    bool // written by the candidate
}

// Case is one test of the function style. Values are JSON.
type Case struct {
	Name   string
	Hidden bool
	Args   []byte // a JSON array, one value a parameter
	Want   []byte // JSON; nil with Own
	Own    bool
}

// Checks are the flags of the default validator (ICPC package format, "default validator"): tokens are compared, white space is not.
type Checks struct {
	CaseSensitive  bool
	SpaceSensitive bool
	Absolute       float64 // tolerance of numbers; 0 with Relative 0 compares text
	Relative       float64
}

// Result is one test's.
type Result struct {
	Name    string
	ID      string // unit style
	Hidden  bool
	Own     bool
	Verdict Verdict
	Reason  string // one sentence, always there unless AC
	CPU     time.Duration
	Wall    time.Duration
	Memory  int64 // peak bytes
	Exit    int
	Signal  int
	// These are for tests that are not hidden only (or with Task.Reveal), cut at MaxShown; Text is a unit test's failure.
	In, Want, Got []byte
	Stderr        []byte
	Text          string // also what a validator says to the candidate
	// With groups.
	Group string
	Score float64
	Suite string // project style
	// Judged is what the validator says to judges; with Task.Reveal only.
	Judged string
}

// MaxShown is how much of an input or output is kept for showing, in bytes.
const MaxShown = 16 << 10

// Outcome is what became of a task. With groups its verdict is that of the outermost group.
type Outcome struct {
	Verdict Verdict
	Reason  string // of CE and JE
	Compile string // the compiler's words, without paths of the host, cut at 64 KiB; also warnings when it went well
	Tests   []Result
	CPU     time.Duration // the largest of a test
	Memory  int64         // likewise
	Weak    []string      // layers of the sandbox that were missing
	Note    string        // for the author only: what went wrong on our side, and what a validator says to judges
	Score   float64       // with Task.Groups
	Groups  []GroupResult // with Task.Groups: the outer ones first
	Suites  []SuiteResult // project style
	Spent   time.Duration // CPU time of everything that ran, compilers too
}

// Passed counts tests that are AC, Own ones left out.
func (o Outcome) Passed() (passed, of int) {
	for _, t := range o.Tests {
		if t.Own {
			continue
		}
		of++
		if t.Verdict == AC {
			passed++
		}
	}
	return passed, of
}
