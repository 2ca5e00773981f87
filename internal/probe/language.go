package probe

import (
	"path"
	"regexp"
	"strings"
)

// language is what is known of a programming language: how a function begins, a library is brought in, a condition looks. Lines are matched,
// not programs: what is laid out in an unusual way gives fewer probes, never wrong ones about somebody else's lines.
type language struct {
	function  *regexp.Regexp // the name is the first group that is not empty
	imports   *regexp.Regexp // likewise
	condition *regexp.Regexp
	comments  []string
}

var (
	braces = regexp.MustCompile(`^(?:\}\s*)?(?:else\s+)?(?:if|while)\b`)
	words  = regexp.MustCompile(`^(?:if|elif|elsif|unless|while)\b`)
	cLike  = regexp.MustCompile(`^\s*(?:[\w<>\[\],:*&~@]+\s+)+[*&]*([A-Za-z_]\w*)\s*\([^;=]*$`)

	golang = &language{regexp.MustCompile(`^func\s+(?:\([^)]*\)\s*)?(\w+)`), regexp.MustCompile(`^(?:import\s+)?(?:[\w.]+\s+)?"([\w./-]+)"$`), braces, []string{"//"}}
	python = &language{regexp.MustCompile(`^\s*(?:async\s+)?def\s+(\w+)`), regexp.MustCompile(`^(?:import\s+([\w.]+)|from\s+(\w[\w.]*)\s+import\b)`), words, []string{"#"}}
	script = &language{regexp.MustCompile(`^\s*(?:export\s+)?(?:default\s+)?(?:(?:async\s+)?function\*?\s+(\w+)|(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?(?:\([^)]*\)|\w+)\s*(?::[^=]+)?=>\s*\{|(?:public |private |protected |static |async )*(\w+)\s*\([^;={}]*\)\s*(?::[^{;]+)?\{\s*$)`),
		regexp.MustCompile(`^(?:import\b.*?from\s+["']([^."'][^"']*)["']|(?:const|let|var)\b.*\brequire\(["']([^."'][^"']*)["']\))`), braces, []string{"//", "/*", "*"}}
	java  = &language{cLike, regexp.MustCompile(`^import\s+(?:static\s+)?([\w.*]+)`), braces, []string{"//", "/*", "*"}}
	clang = &language{cLike, regexp.MustCompile(`^#include\s+<([\w./]+)>`), braces, []string{"//", "/*", "*"}}
	sharp = &language{cLike, regexp.MustCompile(`^using\s+([\w.]+)\s*;`), braces, []string{"//", "/*", "*"}}
	rust  = &language{regexp.MustCompile(`^\s*(?:pub(?:\([^)]*\))?\s+)?(?:async\s+)?fn\s+(\w+)`), regexp.MustCompile(`^use\s+([\w:]+)`), braces, []string{"//"}}
	kt    = &language{regexp.MustCompile(`^\s*(?:[\w@]+\s+)*fun\s+(?:<[^>]*>\s*)?(?:\w+\.)?(\w+)`), regexp.MustCompile(`^import\s+([\w.]+)`), braces, []string{"//", "/*", "*"}}
	ruby  = &language{regexp.MustCompile(`^\s*def\s+(?:self\.)?(\w+[?!]?)`), regexp.MustCompile(`^require\s+["']([\w/-]+)["']`), words, []string{"#"}}
	php   = &language{regexp.MustCompile(`^\s*(?:\w+\s+)*function\s+(\w+)`), regexp.MustCompile(`^use\s+([\w\\]+)`), braces, []string{"//", "#", "/*", "*"}}
	swift = &language{regexp.MustCompile(`^\s*(?:[\w@]+\s+)*func\s+(\w+)`), regexp.MustCompile(`^import\s+(\w+)`), braces, []string{"//"}}
)

var languages = map[string]*language{".go": golang, ".py": python, ".js": script, ".jsx": script, ".mjs": script, ".ts": script, ".tsx": script, ".java": java, ".c": clang,
	".h": clang, ".cc": clang, ".cpp": clang, ".hpp": clang, ".cs": sharp, ".rs": rust, ".kt": kt, ".kts": kt, ".rb": ruby, ".php": php, ".swift": swift}

// languageOf is that of a file, by its ending; nil where it is no program that is known.
func languageOf(file string) *language { return languages[path.Ext(file)] }

// structures are how lines make one, in the languages above.
var structures = []struct {
	name string
	line *regexp.Regexp
}{
	{"heap", regexp.MustCompile(`\bheapq\b|container/heap|\bPriorityQueue\b|\bpriority_queue\b|\bBinaryHeap\b`)},
	{"queue", regexp.MustCompile(`\bdeque\s*\(|\bArrayDeque\b|\bVecDeque\b|\bstd::queue\b|container/list|\blist\.New\(`)},
	{"set", regexp.MustCompile(`=\s*set\(|\bnew Set\b|\bHashSet\b|\bunordered_set\b|map\[\w+\]struct\{\}|\bmutableSetOf\b`)},
	{"map", regexp.MustCompile(`\bmap\[|=\s*\{\}\s*$|\bdict\(|\bdefaultdict\(|\bCounter\(|\bnew Map\b|\bHashMap\b|\bunordered_map\b|\bDictionary<|\bmutableMapOf\b`)},
}

func (l *language) comment(line string) bool {
	for _, c := range l.comments {
		if strings.HasPrefix(line, c) {
			return true
		}
	}
	return false
}

// library is what a line brings in; "" where it brings in nothing.
func (l *language) library(line string) string {
	return group(l.imports, strings.TrimSpace(line))
}

// group is the first group of a match that is not empty.
func group(re *regexp.Regexp, line string) string {
	m := re.FindStringSubmatch(line)
	for i := 1; i < len(m); i++ {
		if m[i] != "" {
			return m[i]
		}
	}
	return ""
}

// Function is one of a text; lines are counted from 1.
type Function struct {
	File, Name string
	From, To   int
}

// Code is its lines.
func (f Function) Code(text string) string {
	return strings.Join(strings.Split(text, "\n")[f.From-1:f.To], "\n")
}

func (f Function) probe(r Rule, text string) Probe {
	code := strings.Split(f.Code(text), "\n")
	return Probe{Rule: r, File: f.File, Line: f.From, Name: f.Name, Code: strings.Join(code[:min(len(code), MaxLines)], "\n")}
}

// control begins lines that look like a function and are none.
var control = regexp.MustCompile(`^\s*(?:\}\s*)?(?:if|else|for|foreach|while|switch|catch|return|do|try|new|throw|await|using|lock|case)\b`)

// Functions are a file's, by the lines that they begin with and by how far what follows is moved in; none where the file is no program.
func Functions(file, text string) []Function {
	l := languageOf(file)
	if l == nil {
		return nil
	}
	lines := strings.Split(text, "\n")
	var out []Function
	for i, line := range lines {
		name := group(l.function, line)
		if name == "" || control.MatchString(line) || l.comment(strings.TrimSpace(line)) {
			continue
		}
		if to := end(lines, i); to > i {
			out = append(out, Function{file, name, i + 1, to + 1})
		}
	}
	return out
}

// end is the last line of what begins at a line: further in, or closing it.
func end(lines []string, from int) int {
	depth, to := indent(lines[from]), from
	for i := from + 1; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		switch d := indent(lines[i]); {
		case line == "":
		case d > depth, d == depth && (line[0] == '{' || line[0] == ')'):
			to = i
		case d == depth && (line[0] == '}' || line == "end"):
			return i
		default:
			return to
		}
	}
	return to
}

// indent is how far a line is moved in; a tab is eight.
func indent(line string) (n int) {
	for _, r := range line {
		switch r {
		case ' ':
			n++
		case '\t':
			n += 8
		default:
			return n
		}
	}
	return n
}
