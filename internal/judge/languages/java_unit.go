package languages

import (
	_ "embed"
	"path"
	"regexp"
	"strings"
)

//go:embed harness/CandorUnit.java
var javaUnit string

// junit is what JUnit 5 consists of, as Debian's package junit5 installs it.
var junit = func() string {
	var jars []string
	for _, j := range []string{"junit-jupiter-api", "junit-jupiter-params", "junit-jupiter-engine", "junit-platform-launcher", "junit-platform-engine", "junit-platform-commons",
		"opentest4j", "apiguardian-api", "univocity-parsers"} {
		jars = append(jars, "/usr/share/java/"+j+".jar")
	}
	return strings.Join(jars, ":")
}()

var importsJUnit = regexp.MustCompile(`(?m)^\s*import\s+(static\s+)?org\.junit\.jupiter\.`)

func javaFrameworks() []Framework {
	return []Framework{{
		Name: "JUnit", Packages: []string{"junit5"}, Probe: []string{"test", "-e", "/usr/share/java/junit-platform-launcher.jar", "-a", "-e", "/usr/share/java/junit-jupiter-engine.jar"},
		Is: func(name string, text []byte) bool { return path.Ext(name) == ".java" && importsJUnit.Match(text) },
		// Tests of the candidate's could keep the author's from compiling.
		Config: func(name string, text []byte) bool {
			return path.Base(name) == "module-info.java" || path.Ext(name) == ".java" && importsJUnit.Match(text)
		},
		Files: map[string]string{Ours + "/CandorUnit.java": javaUnit},
		Compile: func(s Source, _ []string) [][]string {
			return [][]string{append(javac("-cp", junit, Ours+"/CandorUnit.java"), s.With(".java")...)}
		},
		Run: func(s Source, tests []string) [][]string {
			// The framework comes first: a class of the candidate's takes nobody's place.
			run := jvm(s, "--add-opens=java.base/java.io=ALL-UNNAMED", "-cp", junit+":"+classes, "CandorUnit")
			for _, t := range tests {
				run = append(run, className(t, s.Text[t])+"="+t)
			}
			return [][]string{run}
		},
		Holds: func(id, name string, text []byte) bool {
			c := className(name, text)
			return strings.HasPrefix(id, c+".") || strings.HasPrefix(id, c+"$")
		},
	}}
}
