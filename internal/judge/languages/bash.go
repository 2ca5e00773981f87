package languages

func bash() Language {
	return Language{
		ID: "bash", Name: "Bash", Mode: "shell", Suffixes: []string{".sh", ".bash"}, Main: "main.sh",
		Packages: []string{"bash"}, Probe: []string{"bash", "--version"}, Version: version,
		Compile: func(s Source) [][]string { return each(s, []string{"bash", "-n"}, ".sh", ".bash") },
		Run:     func(s Source) []string { return []string{"bash", s.Entry} },
		Memory:  8 * mib,
		Sample:  "read -r a b\necho $((a + b))\n",
	}
}
