package languages

import (
	"fmt"
	"regexp"
)

// The V8 engine grows its heap as far as it is told; the sandbox ends it where the limit is, which tells a lack of memory from other crashes.
func node(s Source, args ...string) []string {
	return append([]string{"node", fmt.Sprintf("--max-old-space-size=%d", s.Memory/mib), "--stack-size=60000"}, args...)
}

// nodeNeeds is what Node uses before it runs anything.
const (
	nodeNeeds = 96 * mib
	nodePids  = 32
)

func javascript() Language {
	return Language{
		ID: "javascript", Name: "JavaScript", Mode: "javascript", Suffixes: []string{".js", ".mjs", ".cjs"}, Main: "main.js",
		Packages: []string{"nodejs"}, Probe: []string{"node", "--version"}, Version: version,
		Env:      []string{"NODE_NO_WARNINGS=1", "NO_COLOR=1"},
		Compile:  func(s Source) [][]string { return each(s, []string{"node", "--check"}, ".js", ".mjs", ".cjs") },
		Run:      func(s Source) []string { return node(s, s.Entry) },
		Files:    modules,
		Memory:   nodeNeeds,
		Pids:     nodePids,
		Unit:     javascriptFrameworks(),
		Function: javascriptFunction(),
		Sample:   "const [a, b] = require(\"fs\").readFileSync(0, \"utf8\").split(/\\s+/).map(Number)\nconsole.log(a + b)\n",
	}
}

// module is what only an ECMAScript module has.
var module = regexp.MustCompile(`(?m)^\s*(import\s*[\w{*"']|export\s+(default|const|let|var|function|async|class|\{|\*))`)

// modules says that .js files are ECMAScript modules where one of them is written so; Node 18 does not look for itself.
func modules(s Source) map[string]string {
	for _, f := range s.With(".js") {
		if module.Match(s.Text[f]) {
			return map[string]string{"package.json": `{"type": "module"}` + "\n"}
		}
	}
	return nil
}
