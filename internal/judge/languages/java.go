package languages

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// javaNeeds is what the virtual machine uses beside the heap.
const (
	javaNeeds = 160 * mib
	javaPids  = 48
)

const classes = Ours + "/classes"

func java() Language {
	return Language{
		ID: "java", Name: "Java", Mode: "java", Suffixes: []string{".java"}, Main: "Main.java",
		Packages: []string{"default-jdk-headless"}, Probe: []string{"javac", "-version"}, Version: version,
		Compile: func(s Source) [][]string { return [][]string{append(javac(), s.With(".java")...)} },
		Run:     func(s Source) []string { return jvm(s, "-cp", classes, className(s.Entry, s.Text[s.Entry])) },
		Entry: func(files map[string][]byte) string {
			var found []string
			for name, text := range files {
				if path.Ext(name) == ".java" && javaMain.Match(text) {
					found = append(found, name)
				}
			}
			slices.Sort(found)
			if len(found) > 0 {
				return found[0]
			}
			return ""
		},
		CPUFactor: 1.5,
		Memory:    javaNeeds,
		Pids:      javaPids,
		Unit:      javaFrameworks(),
		Function:  javaFunction(),
		Sample: `import java.util.Scanner;

public class Main {
	public static void main(String[] args) {
		Scanner in = new Scanner(System.in);
		System.out.println(in.nextInt() + in.nextInt());
	}
}
`,
	}
}

var (
	javaMain    = regexp.MustCompile(`static\s+void\s+main\s*\(`)
	javaPackage = regexp.MustCompile(`(?m)^\s*package\s+([\w.]+)\s*;`)
)

// className is the full name of the class that a file is called after.
func className(file string, text []byte) string {
	name := strings.TrimSuffix(path.Base(file), ".java")
	if m := javaPackage.FindSubmatch(text); m != nil {
		return string(m[1]) + "." + name
	}
	return name
}

// javac runs no annotation processors: they would be programs of the candidate's inside the compiler.
func javac(args ...string) []string {
	return append([]string{"javac", "-J-Xmx512m", "-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8", "-proc:none", "-Xlint:-options", "-d", classes}, args...)
}

func jvm(s Source, args ...string) []string {
	return append([]string{"java", fmt.Sprintf("-Xmx%dm", s.Memory/mib), "-Xss64m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto", "-Dfile.encoding=UTF-8"}, args...)
}
