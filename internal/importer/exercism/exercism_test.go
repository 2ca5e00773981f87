package exercism_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"candor/internal/importer/exercism"
	"candor/internal/quiz"
	"candor/internal/quiz/quiztest"
)

func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

var python = map[string]string{
	"two-fer/.meta/config.json":       `{"files": {"solution": ["two_fer.py"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}, "source_url": "https://example.com"}`,
	"two-fer/.docs/instructions.md":   "# Instructions\n\nSay it.\n\n<script>alert(1)</script>",
	"two-fer/.docs/hints.md":          "x",
	"two-fer/two_fer.py":              "def two_fer(name):\n    pass\n",
	"two-fer/two_fer_test.py":         "import unittest\nfrom two_fer import two_fer\n\nclass T(unittest.TestCase):\n    def test_x(self):\n        self.assertEqual(two_fer(), 1)\n",
	"two-fer/.meta/example.py":        "def two_fer(name='you'):\n    return 1\n",
	"two-fer/.approaches/config.json": "{}",
}

func read(t *testing.T, name string, files map[string]string) *quiz.Result {
	t.Helper()
	r, err := quiz.Read([]quiz.Format{exercism.Format{}}, quiztest.Kinds, quiz.Source{Name: name, Files: folder(files)})
	if err != nil {
		t.Fatal(err)
	}
	quiztest.Whole(t, name, r)
	return r
}

func TestCarried(t *testing.T) {
	r := read(t, "track", python)
	const want = "1 Two Fer [exercise in Python] -> two-fer (code)\n  - A script was left out.\n" +
		"  - All of its tests are visible to candidates, as in the track, and known to the public: write hidden ones.\n  - Hints are not carried.\n" +
		"  - Where it is from is not carried: https://example.com.\n"
	if got := r.Questions(); got != want {
		t.Errorf("report:\n%swant\n%s", got, want)
	}
	for file, want := range map[string]string{
		"items/two-fer/starter/python/two_fer.py":                      python["two-fer/two_fer.py"],
		"items/two-fer/tests/visible/python/two_fer_test.py":           python["two-fer/two_fer_test.py"],
		"items/two-fer/submissions/accepted/python/example/two_fer.py": python["two-fer/.meta/example.py"],
	} {
		if got := quiztest.File(t, r, file); got != want {
			t.Errorf("%s = %q; want %q", file, got, want)
		}
	}
}

// TestSkippedTestsAreTurnedOn: a track leaves all but the first out, and a test that is skipped is not passed here.
func TestSkippedTestsAreTurnedOn(t *testing.T) {
	for id, c := range map[string]struct{ solution, test, text, not string }{
		"rust": {"src/lib.rs", "tests/a.rs", "#[test]\n#[ignore]\nfn a() {}\n", "ignore"},
		"ruby": {"a.rb", "a_test.rb", "require 'minitest/autorun'\nclass A < Minitest::Test\n  def test_a\n    # skip\n    skip\n  end\nend\n", "    skip\n"},
		"java": {"src/main/java/A.java", "src/test/java/ATest.java", "import org.junit.jupiter.api.Test;\nclass ATest {\n  @Disabled(\"Remove to run test\")\n  @Test\n  void a() {}\n}\n", "@Disabled"},
	} {
		r := read(t, "a.zip", map[string]string{
			".meta/config.json":     `{"files": {"solution": ["` + c.solution + `"], "test": ["` + c.test + `"], "example": [".meta/x/` + c.solution + `"]}}`,
			".docs/instructions.md": "Do", c.solution: "x", c.test: c.text, ".meta/x/" + c.solution: "y",
		})
		if r.Items() != 1 {
			t.Fatalf("%s: %s", id, r.Questions())
		}
		if got := quiztest.File(t, r, "items/a/tests/visible/"+id+"/"+c.test); strings.Contains(got, c.not) {
			t.Errorf("%s:\n%s", id, got)
		}
	}
}

func TestNotCarried(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"no example":       {"two-fer/.meta/config.json", `{"files": {"solution": ["two_fer.py"], "test": ["two_fer_test.py"]}}`, "There is no example that solves it, as the tracks have: nothing would prove its tests."},
		"no JSON":          {"two-fer/.meta/config.json", "{", ".meta/config.json is no JSON that can be read."},
		"no tests":         {"two-fer/.meta/config.json", `{"files": {"solution": ["two_fer.py"]}}`, "Its config.json does not say which files are the solution and the tests."},
		"missing":          {"two-fer/.meta/config.json", `{"files": {"solution": ["gone.py"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}}`, "The file gone.py that its config.json names is not here."},
		"climbs":           {"two-fer/.meta/config.json", `{"files": {"solution": ["../../x.py"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}}`, `The file name "../../x.py" leads out of the exercise.`},
		"unknown language": {"two-fer/.meta/config.json", `{"files": {"solution": ["a.bf"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}}`, "Programs like a.bf cannot be run here."},
		"no framework":     {"two-fer/.meta/config.json", `{"files": {"solution": ["a.c"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}}`, "There is no unit test framework for C here."},
		"Jest":             {"two-fer/.meta/config.json", `{"files": {"solution": ["a.js"], "test": ["two_fer_test.py"], "example": [".meta/example.py"]}}`, "Its tests are of another framework than node:test, which runs tests of JavaScript here."},
	} {
		files := maps.Clone(python)
		files[c.file] = c.text
		if got := read(t, "track", files).Rows[0].Why; got != c.want {
			t.Errorf("%s: %q; want %q", name, got, c.want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(python["two-fer/.meta/config.json"])
	f.Add(`{"files":{"solution":["a.rs",""],"test":["/"],"example":["."],"editor":["..",".py"]}}`)
	f.Fuzz(func(t *testing.T, config string) {
		files := maps.Clone(python)
		files["two-fer/.meta/config.json"] = config
		read(t, "fuzz", files)
	})
}
