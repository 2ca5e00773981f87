package languages

import (
	_ "embed"
	"strings"
)

var (
	//go:embed harness/call.py
	pythonCall string
	//go:embed harness/call.mjs
	nodeCall string
	//go:embed harness/call.go.txt
	goCall string
	//go:embed harness/call.cpp
	cppCall string
	//go:embed harness/CandorCall.java
	javaCall string
)

// harness fills in a program of ours: pairs of a word and what stands in its place. NAME is the function.
func harness(file, text string, pairs ...string) func(Signature) map[string]string {
	return func(sig Signature) map[string]string {
		return map[string]string{file: strings.NewReplacer(append(pairs, "NAME", sig.Name)...).Replace(text)}
	}
}

func pythonFunction() *Function {
	return &Function{
		File: "solution.py", Files: harness(Ours+"/call.py", pythonCall),
		Run: func(Source) []string { return []string{"python3", "-I", Ours + "/call.py"} },
	}
}

func javascriptFunction() *Function {
	return &Function{
		File: "solution.js", Files: harness(Ours+"/call.mjs", nodeCall, "MODULE", "/box/solution.js", "FILE", "solution.js"),
		Run: func(s Source) []string { return node(s, Ours+"/call.mjs") },
	}
}

func typescriptFunction() *Function {
	return &Function{
		File: "solution.ts", Files: harness(Ours+"/call.mjs", nodeCall, "MODULE", "/box/"+Ours+"/solution.mjs", "FILE", "solution.ts"),
		Compile: func(Source) [][]string { return [][]string{bundle("solution.ts", Ours+"/solution.mjs")} },
		Run:     func(s Source) []string { return node(s, "--enable-source-maps", Ours+"/call.mjs") },
	}
}

// goFunction asks for package solution: the function may be lower case, and is called from a test file of ours in the package.
func goFunction() *Function {
	return &Function{
		File: "solution.go", Files: harness("zz_candor_test.go", goCall),
		Compile: func(Source) [][]string {
			return [][]string{{"go", "test", "-c", "-vet=off", "-o", program, "."}}
		},
		Run: runProgram,
	}
}

// cppFunction takes the parameters' types from the function itself: int or long long, by value or by reference.
func cppFunction() *Function {
	return &Function{
		File: "solution.cpp", Files: harness(Ours+"/call.cpp", cppCall),
		Compile: func(Source) [][]string {
			return [][]string{{"g++", "-std=gnu++20", "-O2", "-g0", "-fdiagnostics-color=never", "-I.", "-o", program, Ours + "/call.cpp"}}
		},
		Run: runProgram,
	}
}

// javaFunction calls a method of class Solution, static or not, and takes the parameters' types from it.
func javaFunction() *Function {
	return &Function{
		File: "Solution.java", Files: harness(Ours+"/CandorCall.java", javaCall),
		Compile: func(s Source) [][]string {
			return [][]string{append(javac(Ours+"/CandorCall.java"), s.With(".java")...)}
		},
		Run: func(s Source) []string {
			return jvm(s, "--add-opens=java.base/java.io=ALL-UNNAMED", "-cp", classes, "CandorCall")
		},
	}
}
