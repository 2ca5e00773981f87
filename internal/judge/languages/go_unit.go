package languages

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed harness/report.go.txt
var goReport string

//go:embed harness/unit_test.go.txt
var goUnit string

func goFrameworks() []Framework {
	return []Framework{{
		Name: "go test", Probe: []string{"go", "version"},
		Is:     func(name string, _ []byte) bool { return strings.HasSuffix(name, "_test.go") },
		Config: goConfig,
		Make:   goTests,
		Compile: func(s Source, tests []string) [][]string {
			var out [][]string
			for i, dir := range folders(tests) {
				out = append(out, []string{"go", "test", "-c", "-vet=off", "-o", testBinary(i), "./" + dir})
			}
			return out
		},
		Run: func(s Source, tests []string) [][]string {
			var out [][]string
			for i, dir := range folders(tests) {
				out = append(out, []string{"env", "-C", dir, "/box/" + testBinary(i), "-test.v", "-test.run=^TestCandor$", "-test.timeout=0"})
			}
			return out
		},
		Holds: func(id, name string, text []byte) bool {
			return slices.ContainsFunc(testFunctions(text), func(f string) bool { return id == goID(name, text, f) })
		},
		Texts: goTexts,
	}}
}

// goConfig names what changes how Go builds, test files of the candidate's (one could hold the TestMain of the author's), and folders that would be
// initialised before the reports are.
func goConfig(name string, _ []byte) bool {
	parts := strings.Split(name, "/")
	return strings.HasSuffix(name, "_test.go") || slices.Contains([]string{"go.work", "go.work.sum", "go.sum", "go.mod"}, path.Base(name)) || path.Ext(name) == ".s" ||
		slices.ContainsFunc(parts[:len(parts)-1], func(p string) bool { return p == "vendor" || p[0] == '0' })
}

func testBinary(i int) string { return fmt.Sprintf("%s/%d.test", Ours, i) }

func folders(files []string) []string {
	var out []string
	for _, f := range files {
		out = append(out, path.Dir(f))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// packageOf is the name in the package clause, "" where there is none.
func packageOf(text []byte) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return f.Name.Name
}

// testFunctions are the names of the top-level tests of a file.
func testFunctions(text []byte) []string {
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var out []string
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if ok && fn.Recv == nil && fn.Name.Name != "TestMain" && strings.HasPrefix(fn.Name.Name, "Test") && len(fn.Type.Params.List) == 1 && fn.Type.TypeParams == nil {
			out = append(out, fn.Name.Name)
		}
	}
	return out
}

func goID(file string, text []byte, test string) string {
	if dir := path.Dir(file); dir != "." {
		return dir + "." + test
	}
	return strings.TrimSuffix(packageOf(text), "_test") + "." + test
}

var moduleLine = regexp.MustCompile(`(?m)^\s*module\s+"?([^\s"]+)`)

// goTests calls every test from one of ours, which reports it. The reports come from a package with a name that nobody can know before; it
// is initialised before every package of the candidate's, because it needs none but syscall and its path is the first in order: goConfig leaves out
// folders that would come before.
func goTests(s Source, tests []string) map[string]string {
	m := moduleLine.FindSubmatch(s.Text["go.mod"])
	if m == nil {
		return nil
	}
	report := "0" + strings.ToLower(rand.Text())
	out := map[string]string{report + "/report.go": goReport}
	for _, dir := range folders(tests) {
		calls := map[string]*strings.Builder{}
		for _, f := range s.Files {
			if path.Dir(f) == dir && strings.HasSuffix(f, ".go") && !strings.HasSuffix(f, "_test.go") {
				calls[packageOf(s.Text[f])] = &strings.Builder{} // imports the reports also where all tests stand outside of the package
			}
		}
		for _, file := range tests {
			name := packageOf(s.Text[file])
			if path.Dir(file) != dir {
				continue
			}
			if calls[name] == nil {
				calls[name] = &strings.Builder{}
			}
			for _, f := range testFunctions(s.Text[file]) {
				id := goID(file, s.Text[file], f)
				fields, _ := json.Marshal([]string{id, f, file, ""})
				fmt.Fprintf(calls[name], "\trun(%q, %q, %s)\n", id, bytes.Trim(fields, "[]"), f)
			}
		}
		for name, list := range calls {
			out[path.Join(dir, "zz_candor_"+name+"_test.go")] = strings.NewReplacer("PACKAGE", name, "REPORT", string(m[1])+"/"+report, "\tCALLS\n", list.String()).Replace(goUnit)
		}
	}
	return out
}

var goRunning = regexp.MustCompile(`^=== (?:RUN|CONT|NAME)\s+TestCandor(?:/([^/\s]+))?`)

// goTexts divides what a test binary printed by the tests that ran.
func goTexts(stdout []byte) map[string]string {
	out := map[string]string{}
	id := ""
	for line := range strings.Lines(string(stdout)) {
		line = strings.TrimPrefix(line, "\x16")
		if m := goRunning.FindStringSubmatch(line); m != nil {
			id = m[1]
		} else if id != "" && !strings.HasPrefix(strings.TrimSpace(line), "--- ") && !strings.HasPrefix(line, "=== ") {
			out[id] += strings.TrimPrefix(line, "    ")
		}
	}
	return out
}
