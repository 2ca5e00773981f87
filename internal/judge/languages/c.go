package languages

func c() Language {
	return Language{
		ID: "c", Name: "C", Mode: "c", Suffixes: []string{".c"}, Main: "main.c",
		Packages: []string{"gcc", "libc6-dev"}, Probe: []string{"gcc", "--version"}, Version: version,
		Compile: func(s Source) [][]string { return compileC(s, []string{"gcc", "-std=gnu17"}, ".c") },
		Run:     runProgram,
		Memory:  8 * mib,
		Sample: `#include <stdio.h>

int main(void) {
	int a, b;
	if (scanf("%d %d", &a, &b) != 2) return 1;
	printf("%d\n", a + b);
}
`,
	}
}

// compileC makes one program of all source files; headers are found beside them.
func compileC(s Source, compiler []string, suffixes ...string) [][]string {
	command := append(compiler, "-O2", "-g0", "-Wall", "-fdiagnostics-color=never", "-I.", "-o", program)
	return [][]string{append(append(command, s.With(suffixes...)...), "-lm", "-pthread")}
}
