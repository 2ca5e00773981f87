package languages

func rust() Language {
	return Language{
		ID: "rust", Name: "Rust", Mode: "rust", Suffixes: []string{".rs"}, Main: "main.rs",
		Packages: []string{"rustc", "gcc"}, Probe: []string{"rustc", "--version"}, Version: version,
		Env: []string{"RUST_BACKTRACE=0"},
		Compile: func(s Source) [][]string {
			return [][]string{{"rustc", "--edition", "2021", "-C", "opt-level=2", "--color", "never", "-o", program, s.Entry}}
		},
		Run: runProgram,
		Entry: func(files map[string][]byte) string {
			if _, ok := files["src/main.rs"]; ok {
				return "src/main.rs"
			}
			return ""
		},
		Unit:   rustFrameworks(),
		Memory: 8 * mib,
		Sample: `use std::io::Read;

fn main() {
    let mut all = String::new();
    std::io::stdin().read_to_string(&mut all).unwrap();
    println!("{}", all.split_whitespace().map(|n| n.parse::<i64>().unwrap()).sum::<i64>());
}
`,
	}
}
