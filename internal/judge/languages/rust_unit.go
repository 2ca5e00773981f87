package languages

import (
	_ "embed"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed harness/unit.rs
var rustUnit string

var (
	rustTest  = regexp.MustCompile(`(?m)^\s*#\[test\]`)
	cargoName = regexp.MustCompile(`(?m)^name\s*=\s*"([\w-]+)"`)
)

// rustFrameworks are integration tests as Cargo has them, one program a file, compiled by rustc itself: there is no Cargo whose configuration
// or build scripts could change anything. Our runner stands in for the compiler's own, whose results are mere prints; the compiler lets it
// only with RUSTC_BOOTSTRAP.
func rustFrameworks() []Framework {
	return []Framework{{
		Name: "cargo test", Probe: []string{"rustc", "--version"},
		Is:     func(name string, text []byte) bool { return path.Ext(name) == ".rs" && rustTest.Match(text) },
		Config: rustConfig,
		Files:  map[string]string{Ours + "/unit.rs": rustUnit},
		Env:    []string{"RUSTC_BOOTSTRAP=1"},
		Compile: func(s Source, tests []string) [][]string {
			rustc := []string{"rustc", "--edition", "2021", "--color", "never", "-L", Ours}
			root, name := rustLibrary(s, tests)
			out := [][]string{
				append(slices.Clone(rustc), "--crate-type", "rlib", "--crate-name", "candor_unit", "--out-dir", Ours, Ours+"/unit.rs"),
				append(slices.Clone(rustc), "--crate-type", "rlib", "--crate-name", name, "--out-dir", Ours, root),
			}
			for _, t := range tests {
				out = append(out, append(slices.Clone(rustc), "--test", "-Zcrate-attr=feature(custom_test_frameworks)", "-Zcrate-attr=test_runner(candor_unit::run)",
					"--extern", "candor_unit="+Ours+"/libcandor_unit.rlib", "--extern", name+"="+Ours+"/lib"+name+".rlib", "-o", rustBinary(t), t))
			}
			return out
		},
		Run: func(s Source, tests []string) [][]string {
			var out [][]string
			for _, t := range tests {
				out = append(out, []string{"/box/" + rustBinary(t), t, rustCrate(t)})
			}
			return out
		},
		Holds: func(id, name string, _ []byte) bool { return strings.HasPrefix(id, rustCrate(name)+"::") },
	}}
}

func rustConfig(name string, text []byte) bool {
	first, _, _ := strings.Cut(name, "/")
	return first == ".cargo" || first == "tests" || slices.Contains([]string{"build.rs", "Cargo.toml", "Cargo.lock", "rust-toolchain", "rust-toolchain.toml"}, path.Base(name))
}

func rustCrate(test string) string { return strings.TrimSuffix(path.Base(test), ".rs") }

func rustBinary(test string) string {
	return Ours + "/" + strings.ReplaceAll(strings.TrimSuffix(test, ".rs"), "/", "-") + ".test"
}

// rustLibrary is the file that the tests import and the name of its crate: src/lib.rs under the name in Cargo.toml, else the only file
// beside the tests under its own name.
func rustLibrary(s Source, tests []string) (root, name string) {
	var others []string
	for _, f := range s.With(".rs") {
		if !slices.Contains(tests, f) {
			others = append(others, f)
		}
	}
	name = "solution"
	if m := cargoName.FindSubmatch(s.Text["Cargo.toml"]); m != nil {
		name = strings.ReplaceAll(string(m[1]), "-", "_")
	}
	for _, root := range []string{"src/lib.rs", "lib.rs"} {
		if slices.Contains(others, root) {
			return root, name
		}
	}
	if len(others) == 1 {
		return others[0], rustCrate(others[0])
	}
	return "src/lib.rs", name
}
