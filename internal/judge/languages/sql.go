package languages

// A program in SQL is a file of statements for SQLite. The input of a test is SQL too: it makes the tables and fills them, in a database
// of its own, before the program runs. Output is one row a line, columns divided by "|". The first error ends the program.
func sql() Language {
	return Language{
		ID: "sql", Name: "SQL (SQLite)", Mode: "sql", Suffixes: []string{".sql"}, Main: "main.sql",
		Packages: []string{"sqlite3"}, Probe: []string{"sqlite3", "--version"}, Version: version,
		Run: func(s Source) []string {
			return []string{"sqlite3", "-batch", "-bail", "-noheader", "-list", ":memory:", ".read /dev/stdin", ".read " + s.Entry}
		},
		Memory:      16 * mib,
		Sample:      "SELECT a + b FROM pair;\n",
		SampleInput: "CREATE TABLE pair (a INTEGER, b INTEGER);\nINSERT INTO pair VALUES (1, 2);\n",
	}
}
