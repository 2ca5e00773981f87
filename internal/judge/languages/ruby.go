package languages

func ruby() Language {
	return Language{
		ID: "ruby", Name: "Ruby", Mode: "ruby", Suffixes: []string{".rb"}, Main: "main.rb",
		Packages: []string{"ruby"}, Probe: []string{"ruby", "--version"}, Version: version,
		Compile: func(s Source) [][]string { return each(s, []string{"ruby", "-c"}, ".rb") },
		Run:     func(s Source) []string { return []string{"ruby", "-I.", s.Entry} },
		Unit:    rubyFrameworks(),
		Memory:  40 * mib,
		Sample:  "a, b = gets.split.map(&:to_i)\nputs a + b\n",
	}
}
