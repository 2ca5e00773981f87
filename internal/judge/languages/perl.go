package languages

func perl() Language {
	return Language{
		ID: "perl", Name: "Perl", Mode: "perl", Suffixes: []string{".pl", ".pm"}, Main: "main.pl",
		Packages: []string{"perl"}, Probe: []string{"perl", "-e", "printf '%vd', $^V"}, Version: version,
		Compile: func(s Source) [][]string { return each(s, []string{"perl", "-I.", "-c"}, ".pl", ".pm") },
		Run:     func(s Source) []string { return []string{"perl", "-I.", s.Entry} },
		Memory:  16 * mib,
		Sample:  "use strict;\nuse warnings;\nmy ($x, $y) = split ' ', <STDIN>;\nprint $x + $y, \"\\n\";\n",
	}
}
