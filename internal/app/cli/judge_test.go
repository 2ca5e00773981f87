package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// echoPackage is a problem of printing the input, with submissions of which one lies about itself when lies is set.
func echoPackage(t *testing.T, lies bool) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"problem.yaml":     "problem_format_version: 2025-09\nname: Echo\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\nlimits: {time_limit: 5}\n",
		"data/sample/1.in": "a\n", "data/sample/1.ans": "a\n", "data/secret/2.in": "b\n", "data/secret/2.ans": "b\n",
		"submissions/accepted/e.py": "print(input())\n", "submissions/wrong_answer/w.py": "print('a')\n",
	}
	if lies {
		files["submissions/wrong_answer/w.py"] = "print(input())\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestJudge(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Run(t.Context(), []string{"judge", "--json", echoPackage(t, false)}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines: %s", len(lines), &out)
	}
	keys := func(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }
	for i, want := range []string{"accepted/e.py python AC", "wrong_answer/w.py python WA"} {
		var got map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if k := keys(got); k != "cpu_ms expected language memory_kib submission tests verdict" {
			t.Errorf("keys %s", k)
		}
		if s := got["submission"].(string) + " " + got["language"].(string) + " " + got["verdict"].(string); s != want {
			t.Errorf("%s; want %s", s, want)
		}
		tests := got["tests"].([]any)
		if k := keys(tests[1].(map[string]any)); len(tests) != 2 || k != "cpu_ms memory_kib name reason verdict wall_ms" {
			t.Errorf("%d tests with %s", len(tests), k)
		}
	}
	out.Reset()
	if code := Run(t.Context(), []string{"judge", echoPackage(t, true)}, &out, &errs); code != exitFound || !strings.Contains(errs.String(), "This gets AC; declared is WA.") {
		t.Errorf("a lie: exit code %d: %s", code, &errs)
	}
	if !strings.Contains(out.String(), "wrong_answer/w.py  python3   AC       WA        2/2") {
		t.Errorf("the table:\n%s", &out)
	}
}

func TestJudgeOne(t *testing.T) {
	dir, beside := echoPackage(t, false), filepath.Join(t.TempDir(), "mine.py")
	if err := os.WriteFile(beside, []byte("import sys\nsys.exit(3)\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := Run(t.Context(), []string{"judge", dir, beside, "accepted/e.py"}, &out, &errs); code != 0 {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	if s := out.String(); !strings.Contains(s, "mine.py") || !strings.Contains(s, "RTE") || !strings.Contains(s, "accepted/e.py") || strings.Contains(s, "w.py") {
		t.Errorf("the table:\n%s", s)
	}
	if code := Run(t.Context(), []string{"judge", dir, "nothing.py"}, &out, &errs); code != exitFound || !strings.Contains(errs.String(), "there is no submission nothing.py") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	zip := filepath.Join(t.TempDir(), "echo.zip")
	if code := Run(t.Context(), []string{"judge", dir, "--export", zip}, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	if code := Run(t.Context(), []string{"judge", zip, "--language", "cpp"}, &out, &errs); code != exitFound || !strings.Contains(errs.String(), "There is nothing to judge.") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}
