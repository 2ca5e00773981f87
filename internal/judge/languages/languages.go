// Package languages says how programs of each language are compiled, run and tested: one file a language, one line in [All]. It executes
// nothing; package judge does.
package languages

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Language is one language. Commands run in /box of a slot; a program is looked up in the slot's PATH.
type Language struct {
	ID       string   // "python": the word of item.yaml and of folders
	Name     string   // "Python"
	Mode     string   // the editor's word for its highlighting
	Suffixes []string // ".py"; the first one is the usual
	Main     string   // how a program of one file is called: "main.py"
	Packages []string // Debian packages that bring it
	Probe    []string // prints the version
	Version  *regexp.Regexp
	Env      []string
	// Compile are the commands that make a program; nil when nothing is compiled.
	Compile func(s Source) [][]string
	// Run starts the program.
	Run func(s Source) []string
	// Entry chooses the file that is started, when several could be; nil takes Main, or the only file with a suffix of the language.
	Entry func(files map[string][]byte) string
	// What the runtime itself needs: the CPU limit is multiplied by CPUFactor (0 means 1), Memory bytes and Pids are added.
	CPUFactor float64
	Memory    int64
	Pids      int
	// Sample is a whole program that reads two whole numbers and prints their sum: the language's self-test.
	Sample string
	// Unit are the test frameworks, the usual one first.
	Unit []Framework
	// Function is nil where the function style is not offered.
	Function *Function
}

// Source is what is compiled and run.
type Source struct {
	Files  []string // relative to /box, sorted
	Entry  string   // the file that is started
	Memory int64    // bytes the program may use
}

// With are the files that have one of the suffixes.
func (s Source) With(suffixes ...string) []string {
	var out []string
	for _, f := range s.Files {
		if slices.Contains(suffixes, path.Ext(f)) {
			out = append(out, f)
		}
	}
	return out
}

// Stem is the entry without its folder and suffix.
func (s Source) Stem() string { return strings.TrimSuffix(path.Base(s.Entry), path.Ext(s.Entry)) }

// Framework runs unit tests and reads what they said.
type Framework struct {
	Name  string // "unittest"
	Probe []string
	// Is says whether a file holds tests of this framework.
	Is func(name string, text []byte) bool
	// Files are ours, put beside the candidate's: reporters. They may not be overwritten.
	Files map[string]string
	// Compile and Run are the commands; tests are the names of the test files, sorted. Where Report is set the results come on
	// descriptor 3, after a line with the nonce that is in the environment as CANDOR_NONCE; else on standard output.
	Compile func(s Source, tests []string) [][]string
	Run     func(s Source, tests []string) []string
	Report  bool
	// Parse reads the results: one a test, with its stable id.
	Parse func(out []byte) []UnitResult
}

// UnitResult is one unit test.
type UnitResult struct {
	ID      string // stable between runs: "test_limiter.LimiterTest.test_allows"
	Name    string // as a person reads it: "allows the first events"
	Passed  bool
	Skipped bool
	Text    string // of a failure, without paths of ours
	Millis  int64  // 0 where the framework does not tell
}

// Function is the harness of the function style: a program of ours that imports the candidate's function, reads one JSON line a case on
// descriptor 3 and answers with one JSON line on descriptor 4, each with the nonce.
type Function struct {
	// Files makes the harness for a signature; the candidate's file is called File.
	File    string
	Files   func(sig Signature) map[string]string
	Compile func(s Source) [][]string
	Run     func(s Source) []string
}

// Signature is a function's name and types: int, float, bool, string, and T[] of them.
type Signature struct {
	Name    string
	Params  []Param
	Returns string
}

// Param is one parameter.
type Param struct{ Name, Type string }
