// Package languages says how programs of each language are compiled, run and tested: one file a language, one line in [All]. It executes
// nothing; package judge does.
package languages

import (
	"bytes"
	"encoding/json"
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
	// Files are ours, put beside the candidate's where nobody brought a file of that name: go.mod, package.json. May be nil.
	Files func(s Source) map[string]string
	// Sample is a whole program that reads two whole numbers and prints their sum, "3" for SampleInput: the language's self-test.
	Sample string
	// SampleInput is "1 2" where it is "".
	SampleInput string
	// Unit are the test frameworks, the usual one first.
	Unit []Framework
	// Function is nil where the function style is not offered.
	Function *Function
}

// Source is what is compiled and run.
type Source struct {
	Files  []string          // relative to /box, sorted
	Text   map[string][]byte // what is in them
	Entry  string            // the file that is started
	Memory int64             // bytes the whole program may use, the language's own needs included
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
	Name     string   // "unittest"
	Packages []string // Debian packages that bring it, where the language's do not
	Probe    []string // ends well where it is there
	// Is says whether a file holds tests of this framework.
	Is func(name string, text []byte) bool
	// Files are ours, put into the box beside the candidate's: reporters. They may not be overwritten.
	Files map[string]string
	// Make are files of ours that depend on the tests; may be nil.
	Make func(s Source, tests []string) map[string]string
	// Config says that a file would change how tests are found or run (conftest.py): it is left out unless the author brought it.
	Config func(name string, text []byte) bool
	// Compile and Run are the commands; tests are the names of the test files, sorted. A nil Compile checks all files as the language does. Each command of Run reads one line with a nonce
	// from descriptor 3, before anything of the candidate's runs, and reports on descriptor 4: see [Results].
	Compile func(s Source, tests []string) [][]string
	Run     func(s Source, tests []string) [][]string
	Env     []string
	// Holds says whether a test that did not come stands in a file.
	Holds func(id, name string, text []byte) bool
	// Texts finds in the output what a person may read of each test that failed, by id; it never decides. Nil where reports bring it.
	Texts func(stdout []byte) map[string]string
}

// UnitResult is one unit test.
type UnitResult struct {
	ID      string // stable between runs: "test_limiter.LimiterTest.test_allows"
	Name    string // as a person reads it: "allows the first events"
	File    string // where it stands
	Passed  bool
	Skipped bool
	Crashed bool   // ended by an error that is no failed assertion
	Broken  bool   // no test: the file could not be loaded, Text says why
	Text    string // of a failure
	Millis  int64
}

// Results reads what a reporter wrote: lines of the nonce, a space, and a JSON array [state, milliseconds, id, name, file, text] of which the
// state is pass, fail, error, skip, broken or end. Everything else is ignored. A test that reported more than once passed only if it always did.
// Without an end the program was over before its tests were.
func Results(nonce string, out []byte) (results []UnitResult, ended bool) {
	at := map[string]int{}
	for line := range bytes.Lines(out) {
		text, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte(nonce+" "))
		if !ok {
			continue
		}
		var state string
		var r UnitResult
		if json.Unmarshal(text, &[]any{&state, &r.Millis, &r.ID, &r.Name, &r.File, &r.Text}) != nil {
			continue
		}
		if state == "end" {
			ended = true
			continue
		}
		r.Passed, r.Skipped, r.Crashed, r.Broken = state == "pass", state == "skip", state == "error", state == "broken"
		key := r.File + "\x00" + r.ID
		if i, twice := at[key]; !twice {
			at[key] = len(results)
			results = append(results, r)
		} else if results[i].Passed {
			results[i] = r
		}
	}
	return results, ended
}

// Function is the harness of the function style: a program of ours that imports the candidate's function. Each run reads a line with a nonce
// and the arguments of one case, a JSON array, on descriptor 3, and answers on descriptor 4 with a line of the nonce, a space and the value.
type Function struct {
	File    string                                // what the candidate's file is called
	Files   func(sig Signature) map[string]string // the harness
	Compile func(s Source) [][]string             // nil checks the candidate's file as the language does
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

// All are the languages, in the order in which they are offered.
func All() []Language {
	return []Language{python(), javascript(), typescript(), golang(), java(), cpp(), c(), rust(), ruby(), php(), perl(), lua(), bash(), sql()}
}

// Named is the language with an id.
func Named(id string) (Language, bool) {
	for _, l := range All() {
		if l.ID == id {
			return l, true
		}
	}
	return Language{}, false
}

// BySuffix is the language that a file's name speaks of.
func BySuffix(name string) (Language, bool) {
	for _, l := range All() {
		if slices.Contains(l.Suffixes, path.Ext(name)) {
			return l, true
		}
	}
	return Language{}, false
}

// Ours is the folder of the box that belongs to the judge: programs that were compiled, harnesses, reporters.
const Ours = ".candor"

// program is what compilers make.
const program = Ours + "/program"

const mib = 1 << 20

// runProgram starts what a compiler made.
func runProgram(Source) []string { return []string{"/box/" + program} }

// version finds the first thing that looks like a version.
var version = regexp.MustCompile(`\d+(\.\d+)+`)

// each is a command for every file with one of the suffixes.
func each(s Source, command []string, suffixes ...string) [][]string {
	var out [][]string
	for _, f := range s.With(suffixes...) {
		out = append(out, append(slices.Clone(command), f))
	}
	return out
}
