package moodle

import _ "embed"

// How CodeRunner's built-in prototypes run a test: the answer, and after it the test's code, as one program. Here the test's code comes
// by standard input, so that hidden tests stand in no file that candidates can open.
//
//go:embed harness/run_test.py
var pythonHarness string

//go:embed harness/run_test.js
var nodeHarness string

// inputMark stands between a test's code and what the program reads.
const inputMark = "\n--- input ---\n"

// prototype is what a built-in type of question does.
type prototype struct {
	languages []string
	harness   string            // a program that runs tests with code of their own; "" where tests have none
	entry     string            // its file
	asks      map[string]string // text replaced in the harness
}

// prototypes are CodeRunner's own types whose templates are known. What others do their templates say, which are programs and are not run.
var prototypes = map[string]prototype{
	"python3":         {languages: []string{"python"}, harness: pythonHarness, entry: "run_test.py"},
	"python3_w_input": {languages: []string{"python"}, harness: pythonHarness, entry: "run_test.py", asks: map[string]string{"ECHO = False": "ECHO = True"}},
	"nodejs":          {languages: []string{"javascript"}, harness: nodeHarness, entry: "run_test.js"},
	"c_program":       {languages: []string{"c"}},
	"cpp_program":     {languages: []string{"cpp"}},
	"java_program":    {languages: []string{"java"}},
	"php":             {languages: []string{"php"}},
	"multilanguage":   {languages: []string{"python", "java", "c", "cpp"}},
}

// compiled are types that compile each test with the answer.
var compiled = map[string]string{"c_function": "C", "cpp_function": "C++", "java_method": "Java", "java_class": "Java"}
