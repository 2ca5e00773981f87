package languages

// TypeScript's types are stripped, not checked, as Node itself does it. Each file that is started becomes one bundle, so that imports of
// "./x.ts", "./x.js" and "./x" all find x.ts.
func typescript() Language {
	return Language{
		ID: "typescript", Name: "TypeScript", Mode: "typescript", Suffixes: []string{".ts", ".mts"}, Main: "main.ts",
		Packages: []string{"nodejs", "esbuild"}, Probe: []string{"esbuild", "--version"}, Version: version,
		Env:      []string{"NODE_NO_WARNINGS=1", "NO_COLOR=1"},
		Compile:  func(s Source) [][]string { return [][]string{bundle(s.Entry, Ours+"/main.mjs")} },
		Run:      func(s Source) []string { return node(s, "--enable-source-maps", Ours+"/main.mjs") },
		Memory:   nodeNeeds,
		Pids:     nodePids,
		Unit:     typescriptFrameworks(),
		Function: typescriptFunction(),
		Sample: `import {readFileSync} from "node:fs"

const [a, b]: number[] = readFileSync(0, "utf8").split(/\s+/).map(Number)
console.log(a! + b!)
`,
	}
}

func bundle(from, to string) []string {
	return []string{"esbuild", from, "--bundle", "--platform=node", "--format=esm", "--target=node18", "--sourcemap=inline", "--sources-content=false",
		"--log-level=warning", "--color=false", "--outfile=" + to}
}
