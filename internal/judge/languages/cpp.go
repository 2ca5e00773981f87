package languages

var cppSuffixes = []string{".cpp", ".cc", ".cxx", ".c++", ".C"}

func cpp() Language {
	return Language{
		ID: "cpp", Name: "C++", Mode: "cpp", Suffixes: cppSuffixes, Main: "main.cpp",
		Packages: []string{"g++"}, Probe: []string{"g++", "--version"}, Version: version,
		Compile:  func(s Source) [][]string { return compileC(s, []string{"g++", "-std=gnu++20"}, cppSuffixes...) },
		Run:      runProgram,
		Memory:   8 * mib,
		Function: cppFunction(),
		Sample: `#include <iostream>

int main() {
	int a, b;
	std::cin >> a >> b;
	std::cout << a + b << "\n";
}
`,
	}
}
