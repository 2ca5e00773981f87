package languages

func lua() Language {
	return Language{
		ID: "lua", Name: "Lua", Mode: "lua", Suffixes: []string{".lua"}, Main: "main.lua",
		Packages: []string{"lua5.4"}, Probe: []string{"lua5.4", "-v"}, Version: version,
		Compile: func(s Source) [][]string { return each(s, []string{"luac5.4", "-p"}, ".lua") },
		Run:     func(s Source) []string { return []string{"lua5.4", s.Entry} },
		Memory:  8 * mib,
		Sample:  "local a, b = io.read(\"n\", \"n\")\nprint(a + b)\n",
	}
}
