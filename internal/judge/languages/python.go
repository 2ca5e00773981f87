package languages

// pythonCheck compiles without running, so that a syntax error is a compile error. The words are Python's own.
const pythonCheck = `
import sys, traceback
bad = False
for name in sys.argv[1:]:
    try:
        with open(name, "rb") as f:
            compile(f.read(), name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as e:
        bad = True
        sys.stderr.write("".join(traceback.format_exception_only(type(e), e)))
sys.exit(bad)
`

func python() Language {
	return Language{
		ID: "python", Name: "Python", Mode: "python", Suffixes: []string{".py"}, Main: "main.py",
		Packages: []string{"python3"}, Probe: []string{"python3", "--version"}, Version: version,
		Env: []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONUTF8=1", "PYTHONHASHSEED=0"},
		Compile: func(s Source) [][]string {
			return [][]string{append([]string{"python3", "-I", "-c", pythonCheck}, s.With(".py")...)}
		},
		Run:      func(s Source) []string { return []string{"python3", s.Entry} },
		Memory:   24 * mib,
		Unit:     pythonFrameworks(),
		Function: pythonFunction(),
		Sample:   "a, b = map(int, input().split())\nprint(a + b)\n",
	}
}
