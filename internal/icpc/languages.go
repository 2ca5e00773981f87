package icpc

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"candor/internal/sandbox"
)

// language is a row of the format's language table (appendix/languages.md).
type language struct {
	code, name string
	judge      string   // the judge's word; "" is not offered here
	suffixes   []string // that tell the language
	entry      string   // the default entry point
}

var table = []language{
	{"ada", "Ada", "", []string{".adb", ".ads"}, ""},
	{"bash", "Bash", "bash", []string{".sh"}, ""},
	{"c", "C", "c", []string{".c"}, ""},
	{"cobol", "COBOL", "", []string{".cob"}, ""},
	{"cpp", "C++", "cpp", []string{".cc", ".cpp", ".cxx", ".c++", ".C"}, ""},
	{"crystal", "Crystal", "", []string{".cr"}, ""},
	{"csharp", "C#", "", []string{".cs"}, ""},
	{"d", "D", "", []string{".d"}, ""},
	{"dart", "Dart", "", []string{".dart"}, ""},
	{"elixir", "Elixir", "", []string{".ex"}, ""},
	{"erlang", "Erlang", "", []string{".erl"}, ""},
	{"fortran", "Fortran", "", []string{".f90"}, ""},
	{"fsharp", "F#", "", []string{".fs"}, ""},
	{"go", "Go", "go", []string{".go"}, ""},
	{"haskell", "Haskell", "", []string{".hs"}, ""},
	{"java", "Java", "java", []string{".java"}, "Main.java"},
	{"javascript", "JavaScript", "javascript", []string{".js"}, "main.js"},
	{"julia", "Julia", "", []string{".jl"}, ""},
	{"kotlin", "Kotlin", "", []string{".kt"}, ""},
	{"lisp", "Common Lisp", "", []string{".lisp", ".cl"}, ""},
	{"lua", "Lua", "lua", []string{".lua"}, ""},
	{"nim", "Nim", "", []string{".nim"}, ""},
	{"objectivec", "Objective-C", "", []string{".m"}, ""},
	{"ocaml", "OCaml", "", []string{".ml"}, ""},
	{"pascal", "Pascal", "", []string{".pas"}, ""},
	{"perl", "Perl", "perl", []string{".pm"}, ""},
	{"php", "PHP", "php", []string{".php"}, "main.php"},
	{"prolog", "Prolog", "", []string{".pl"}, ""},
	{"python2", "Python 2", "", []string{".py2"}, "__main__.py"},
	{"python3", "Python 3", "python", []string{".py", ".py3"}, "__main__.py"},
	{"racket", "Racket", "", []string{".rkt"}, ""},
	{"ruby", "Ruby", "ruby", []string{".rb"}, ""},
	{"rust", "Rust", "rust", []string{".rs"}, ""},
	{"scala", "Scala", "", []string{".scala"}, ""},
	{"swift", "Swift", "", []string{".swift"}, ""},
	{"typescript", "TypeScript", "typescript", []string{".ts"}, ""},
	{"visualbasic", "Visual Basic", "", []string{".vb"}, ""},
	{"zig", "Zig", "", []string{".zig"}, ""},
}

func coded(code string) (language, bool) {
	i := slices.IndexFunc(table, func(l language) bool { return l.code == code })
	if i < 0 {
		return language{}, false
	}
	return table[i], true
}

// python2 is the line by which a legacy program says so.
var python2 = regexp.MustCompile(`^#!.*python2`)

// spoken is the language of a program, by its files' endings; "" where that is none or more than one.
func spoken(files []sandbox.File) string {
	var codes []string
	for _, f := range files {
		for _, l := range table {
			if !slices.Contains(l.suffixes, path.Ext(f.Name)) {
				continue
			}
			code := l.code
			if code == "python3" && python2.Match(f.Data) {
				code = "python2"
			}
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	if slices.Contains(codes, "cpp") {
		codes = slices.DeleteFunc(codes, func(c string) bool { return c == "c" })
	}
	if len(codes) != 1 {
		return ""
	}
	return codes[0]
}

// entry is the file that is started: the declared one, the language's default one (also a driver that is included), or that of the submission
// where it has only one. "" lets the judge choose.
func entry(declared string, l language, own, all []sandbox.File) string {
	has := func(name string) bool {
		return name != "" && slices.ContainsFunc(all, func(f sandbox.File) bool { return f.Name == name })
	}
	var code []string
	for _, f := range own {
		if slices.Contains(l.suffixes, path.Ext(f.Name)) {
			code = append(code, f.Name)
		}
	}
	switch {
	case has(declared):
		return declared
	case l.code == "java" && has(declared+".java"):
		return declared + ".java"
	case has(l.entry):
		return l.entry
	case len(code) == 1:
		return code[0]
	case len(code) > 0 && (l.code == "c" || l.code == "cpp" || l.code == "go"): // all files are one program
		return code[0]
	}
	return ""
}

// names is a list of files for a sentence.
func names(files []sandbox.File) string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return strings.Join(out, ", ")
}
