package languages

import (
	_ "embed"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed harness/unit.rb
var rubyUnit string

var (
	requiresMinitest = regexp.MustCompile(`(?m)^\s*require\s*\(?\s*["']minitest`)
	rubyClass        = regexp.MustCompile(`(?m)^\s*class\s+([\w:]+)`)
)

func rubyFrameworks() []Framework {
	return []Framework{{
		Name: "minitest", Packages: []string{"ruby-minitest"}, Probe: []string{"ruby", "-e", "require 'minitest'"},
		Is: func(name string, text []byte) bool { return path.Ext(name) == ".rb" && requiresMinitest.Match(text) },
		Config: func(name string, _ []byte) bool {
			first, _, _ := strings.Cut(name, "/")
			return slices.Contains([]string{"minitest", "minitest.rb", "json", "json.rb"}, first) || strings.HasSuffix(name, "_plugin.rb") || first == ".bundle" || path.Base(name) == "Gemfile"
		},
		Files: map[string]string{Ours + "/unit.rb": rubyUnit},
		Run: func(_ Source, tests []string) [][]string {
			return [][]string{append([]string{"ruby", Ours + "/unit.rb"}, tests...)}
		},
		Holds: func(id, _ string, text []byte) bool {
			class, _, _ := strings.Cut(id, "#")
			return slices.ContainsFunc(rubyClass.FindAllSubmatch(text, -1), func(m [][]byte) bool { return string(m[1]) == class })
		},
	}}
}
