package languages

func php() Language {
	return Language{
		ID: "php", Name: "PHP", Mode: "php", Suffixes: []string{".php"}, Main: "main.php",
		Packages: []string{"php-cli"}, Probe: []string{"php", "--version"}, Version: version,
		Compile: func(s Source) [][]string {
			return each(s, []string{"php", "-d", "display_errors=stderr", "-l"}, ".php")
		},
		Run: func(s Source) []string {
			return []string{"php", "-d", "display_errors=stderr", "-d", "memory_limit=-1", s.Entry}
		},
		Memory: 32 * mib,
		Sample: "<?php\n[$a, $b] = explode(\" \", trim(fgets(STDIN)));\necho $a + $b, \"\\n\";\n",
	}
}
