package languages

import (
	"path"
	"slices"
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
			build := []string{"go", "build", "-o", program}
			if slices.Contains(s.Files, "go.mod") {
				return [][]string{append(build, "./"+path.Dir(s.Entry))}
			}
			for _, f := range s.With(".go") {
				if path.Dir(f) == path.Dir(s.Entry) && !strings.HasSuffix(f, "_test.go") {
					build = append(build, f)
				}
			}
			return [][]string{build}
		},
		Run:    runProgram,
		Memory: 16 * mib,
		Pids:   16,
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
