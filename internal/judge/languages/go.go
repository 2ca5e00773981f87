package languages

import (
	"path"
	"strings"
)

// GoCache is where the compiled standard library of Go stands inside a slot; [candor/internal/judge.Warm] makes it.
const GoCache = "/opt/candor/go"

func golang() Language {
	return Language{
		ID: "go", Name: "Go", Mode: "go", Suffixes: []string{".go"}, Main: "main.go",
		Packages: []string{"golang-go"}, Probe: []string{"go", "version"}, Version: version,
		Env: GoEnv(GoCache),
		Compile: func(s Source) [][]string {
			return [][]string{{"go", "build", "-o", program, "./" + path.Dir(s.Entry)}}
		},
		Files:    goModule,
		Unit:     goFrameworks(),
		Function: goFunction(),
		Run:      runProgram,
		Memory:   16 * mib,
		Pids:     16,
		Sample: `package main

import "fmt"

func main() {
	var a, b int
	fmt.Scan(&a, &b)
	fmt.Println(a + b)
}
`,
	}
}

// GoEnv keeps the toolchain from the network and from anything but the machine's own; cache is a folder with the compiled standard library,
// which need not be writable.
func GoEnv(cache string) []string {
	return []string{"GOCACHE=" + cache, "GOPATH=/tmp/go", "GOENV=off", "GOPROXY=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod -buildvcs=false", "GOWORK=off",
		"GO111MODULE=auto", "CGO_ENABLED=0", "GOTELEMETRY=off"}
}

// ProjectEnv is for a command in a whole project, before the language's own: large things are built in tmp, which is a folder of the box; a Go module's
// vendor folder counts, and no vet runs that would look at the standard library anew each time.
func ProjectEnv(tmp string) []string {
	return []string{"GOTMPDIR=" + tmp, "GOFLAGS=-buildvcs=false -vet=off", "CI=1"}
}

// goModule is a go.mod where nobody brought one; the module is called after the package of the top folder, so that tests can import it.
func goModule(s Source) map[string]string {
	name := "solution"
	for _, f := range s.Files {
		if p := packageOf(s.Text[f]); path.Ext(f) == ".go" && path.Dir(f) == "." && p != "" && p != "main" {
			name = strings.TrimSuffix(p, "_test")
			break
		}
	}
	return map[string]string{"go.mod": "module " + name + "\n\ngo 1.22\n"}
}
