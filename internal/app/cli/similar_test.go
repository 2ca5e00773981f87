package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// students writes programs of a class into a folder: all do the same in ways of their own, and bob's is ada's under other names.
func students(t *testing.T, inFolders bool) string {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) {
		if inFolders {
			name = filepath.Join(strings.TrimSuffix(name, ".py"), "main.py")
		}
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	program := func(seed int) string {
		var b strings.Builder
		for i := range 14 {
			k := (seed*7919 + i*104729) % 9973
			forms := []string{"def step%d(x, y):\n    if x %% %d == y:\n        return x * %d\n    return y\n", "total%d = [v - %d for v in rows if v != %d]\n",
				"while left%d < %d:\n    left += step(left, %d)\n", "print('part', %d, sum(rows) // %d, max(rows[:%d]))\n", "seen%d = {}\nfor key in rows:\n    seen[key] = seen.get(key, %d) + %d\n"}
			fmt.Fprintf(&b, forms[k%len(forms)], i, k, k%17+2)
		}
		return b.String()
	}
	for i := range 12 {
		put(fmt.Sprintf("p%02d.py", i), program(i))
	}
	put("ada.py", program(50))
	put("bob.py", regexp.MustCompile(`\b(rows|left|key|x|y|v)\b`).ReplaceAllString(program(50), "my_$1"))
	put("notes.bin", "not a program")
	put(".hidden.py", program(50))
	return dir
}

func similarOut(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Run(t.Context(), append([]string{"similar"}, args...), &o, &e)
	return o.String(), e.String(), code
}

func TestSimilar(t *testing.T) {
	dir := students(t, false)
	out, errs, code := similarOut(t, dir)
	if first := strings.Split(out, "\n")[1]; code != 0 || !strings.Contains(first, "ada.py") || !strings.Contains(first, "bob.py") || !strings.Contains(errs, "skipped: other language or kind (1)") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	out, _, code = similarOut(t, "--json", dir)
	var first struct {
		A, B, Outcome string
		Score         float64
		Expected      *float64 `json:"expected_innocent"`
		Regions       []struct {
			A, B struct {
				File     string
				From, To int
			}
		}
	}
	if err := json.Unmarshal([]byte(strings.Split(out, "\n")[0]), &first); err != nil || code != 0 {
		t.Fatal(err, code)
	}
	if first.A != "ada.py" || first.B != "bob.py" || first.Outcome == "not enough evidence" || first.Expected == nil || len(first.Regions) == 0 || first.Regions[0].A.File != "ada.py" || first.Regions[0].B.To < first.Regions[0].B.From {
		t.Errorf("%+v", first)
	}
	out, _, _ = similarOut(t, "--csv", dir)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(rows[0], ",") != "file_a,file_b,score" || len(rows) != 1+14*13/2 {
		t.Errorf("header %v, %d rows", rows[0], len(rows))
	}
}

func TestSimilarByFolderWithArchiveAndBase(t *testing.T) {
	dir := students(t, true)
	out, _, code := similarOut(t, "--by-folder", dir)
	if first := strings.Fields(strings.Split(out, "\n")[1]); code != 0 || first[len(first)-2] != "ada" || first[len(first)-1] != "bob" {
		t.Errorf("exit %d\n%s", code, out)
	}
	earlier := t.TempDir()
	if err := os.Rename(filepath.Join(dir, "bob"), filepath.Join(earlier, "eve")); err != nil {
		t.Fatal(err)
	}
	out, _, _ = similarOut(t, "--by-folder", "--archive", earlier, dir)
	if first := strings.Fields(strings.Split(out, "\n")[1]); first[len(first)-1] != filepath.Base(earlier)+"/eve" {
		t.Errorf("archive:\n%s", out)
	}
	out, _, _ = similarOut(t, "--by-folder", "--archive", earlier, "--base", filepath.Join(dir, "ada", "main.py"), dir)
	if strings.Contains(out, "eve") {
		t.Errorf("ada's program is given to everybody:\n%s", out)
	}
}

func TestSimilarRefuses(t *testing.T) {
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{empty}, 1, "There is nothing to compare."},
		{[]string{filepath.Join(empty, "none")}, 2, "no such file"},
		{[]string{"--language", "cobol", empty}, 1, "there is no language cobol"},
		{[]string{"--json", "--csv", empty}, 2, "can't be used together"},
		{nil, 2, "expected"},
	} {
		if _, errs, code := similarOut(t, c.args...); code != c.code || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit %d, %q; want %d, %q", c.args, code, errs, c.code, c.want)
		}
	}
}

// TestSimilarReport: the page is whole, and what files are called and say cannot become markup.
func TestSimilarReport(t *testing.T) {
	dir := students(t, false)
	evil := "<img src=x onerror=alert(1)>.py"
	text, err := os.ReadFile(filepath.Join(dir, "ada.py"))
	if err != nil {
		t.Fatal(err)
	}
	text = append([]byte("# </script><script>alert(2)</script><!-- \xff\n"), text...)
	if err := os.WriteFile(filepath.Join(dir, evil), text, 0o644); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "report.html")
	if out, errs, code := similarOut(t, "--html", page, dir); code != 0 {
		t.Fatal(code, out, errs)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<img", "</script><script>alert", "<!-- ", "http://", "https://"} {
		if i := bytes.Index(bytes.ReplaceAll(html, []byte("http://www.w3.org/2000/svg"), nil), []byte(bad)); i >= 0 {
			t.Errorf("the page contains %q", bad)
		}
	}
	if n := bytes.Count(html, []byte("<script")); n != 2 {
		t.Errorf("%d scripts; want the data and the page's own", n)
	}
	if !bytes.Contains(html, []byte(`\u003c/script\u003e`)) || !bytes.Contains(html, []byte("default-src &#39;none&#39;")) {
		t.Error("the page lacks its data or its policy")
	}
}
