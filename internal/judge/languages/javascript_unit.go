package languages

import (
	_ "embed"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	//go:embed harness/unit.mjs
	nodeUnit string
	//go:embed harness/unit_main.mjs
	nodeUnitMain string
)

var importsNodeTest = regexp.MustCompile(`["']node:test["']`)

func javascriptFrameworks() []Framework {
	f := nodeTest(".js", ".mjs", ".cjs")
	f.Run = func(s Source, tests []string) [][]string { return [][]string{runNodeTests(s, tests)} }
	return []Framework{f}
}

// typescriptFrameworks bundle each test with splitting, and every other file as an entry of its own, so that what the candidate's files
// hold does not become part of the test's.
func typescriptFrameworks() []Framework {
	f := nodeTest(".ts", ".mts")
	out := func(name string) string { return Ours + "/tests/" + strings.TrimSuffix(name, path.Ext(name)) + ".js" }
	f.Files[Ours+"/tests/package.json"] = `{"type": "module"}` + "\n"
	f.Compile = func(s Source, tests []string) [][]string {
		bundle := []string{"esbuild", "--bundle", "--splitting", "--platform=node", "--format=esm", "--target=node18", "--sourcemap=inline", "--sources-content=false",
			"--log-level=warning", "--color=false", "--outbase=.", "--outdir=" + Ours + "/tests"}
		for _, name := range s.With(".ts", ".mts") {
			if !strings.HasSuffix(name, ".d.ts") {
				bundle = append(bundle, name)
			}
		}
		return [][]string{bundle}
	}
	f.Run = func(s Source, tests []string) [][]string {
		var made []string
		for _, t := range tests {
			made = append(made, out(t))
		}
		return [][]string{runNodeTests(s, made, "--enable-source-maps")}
	}
	return []Framework{f}
}

func nodeTest(suffixes ...string) Framework {
	return Framework{
		Name: "node:test", Probe: []string{"node", "-e", "require('node:test')"},
		Is: func(name string, text []byte) bool {
			return slices.Contains(suffixes, path.Ext(name)) && importsNodeTest.Match(text)
		},
		Files:  map[string]string{Ours + "/unit.mjs": nodeUnit, Ours + "/unit_main.mjs": nodeUnitMain},
		Config: nodeConfig,
		Holds:  func(id, name string, _ []byte) bool { return strings.HasPrefix(id, name+": ") },
	}
}

func runNodeTests(s Source, files []string, flags ...string) []string {
	flags = append(flags, "--import=/box/"+Ours+"/unit.mjs", "--test-reporter=/box/"+Ours+"/unit.mjs", "--test-reporter-destination=stdout", Ours+"/unit_main.mjs")
	return node(s, append(flags, files...)...)
}

// nodeConfig names what Node or esbuild would read by itself, and packages of the candidate's that could stand in for others.
func nodeConfig(name string, _ []byte) bool {
	base := path.Base(name)
	return slices.Contains([]string{"package.json", "package-lock.json", ".npmrc", "tsconfig.json", "jsconfig.json"}, base) || slices.Contains(strings.Split(name, "/"), "node_modules")
}
