package assessment_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"candor/internal/assessment"
	"candor/internal/item"
	"candor/internal/problem"
)

// TestFieldsOfEveryFile: every value of every YAML file of the demo that a page offers can be changed, on its own, and put back to the very bytes that
// were there.
func TestFieldsOfEveryFile(t *testing.T) {
	files, fields, offered := 0, 0, map[string]bool{}
	tried := map[string]bool{} // one of each sort and key in a file is enough
	err := filepath.WalkDir("../app/demo/_content", func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		list, err := assessment.Fields(raw)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		for i, f := range list {
			fields++
			offered[f.Path[len(f.Path)-1]] = true
			if sort := path + f.Kind + f.Path[len(f.Path)-1]; tried[sort] {
				continue
			} else {
				tried[sort] = true
			}
			now := f.Value + ` (new: "a", 'b' #1)`
			switch f.Kind {
			case "text":
				now = f.Value + "\n\n    indented: it's #1\nMore."
			case "number":
				now = "7"
				if f.Value == "7" {
					now = "8"
				}
			case "bool":
				now = strconv.FormatBool(f.Value != "true")
			}
			what := path + ": " + strings.Join(f.Path, " ")
			out, err := assessment.Fill(raw, map[int]string{i: now})
			if err != nil {
				t.Errorf("%s: %v", what, err)
				continue
			}
			again, err := assessment.Fields(out)
			if err != nil || len(again) != len(list) || again[i].Value != now {
				t.Errorf("%s: it is not %q afterwards: %v\n%s", what, now, err, out)
				continue
			}
			for j := range list {
				if j != i && again[j].Value != list[j].Value {
					t.Errorf("%s changed %v", what, list[j].Path)
				}
			}
			if same, err := assessment.Fill(raw, map[int]string{i: f.Value}); err != nil || !bytes.Equal(same, raw) {
				t.Errorf("%s: unchanged it changes the file, %v", what, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d values in %d files", fields, files)
	for _, key := range []string{"title", "statement", "minutes", "timed", "weight", "text", "correct", "why", "anchor", "about", "guidance"} {
		if !offered[key] {
			t.Errorf("no %s can be changed", key)
		}
	}
}

// TestFillTouchesOneValue: what a page changes is what the file's difference shows, comments and quotes and all.
func TestFillTouchesOneValue(t *testing.T) {
	const raw = "# ours\ntitle:   Ferry  # shown first\nquoted: \"a \\\"b\\\"\"\nsingle: 'it''s'\nflow: {name: x, n: 3, on: true}\ntext: |\n  One.\n\n  Two.\n\n\nafter: 1\nnone:\nfolded: >-\n  a\n  b\n"
	fields, err := assessment.Fields([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	at := func(key string) int {
		return slices.IndexFunc(fields, func(f assessment.Field) bool { return f.Path[len(f.Path)-1] == key })
	}
	for _, c := range []struct{ key, value, was, is string }{
		{"title", "Boat", "Ferry  #", "Boat  #"},
		{"title", "Boat: two # three", "Ferry  #", `"Boat: two # three"  #`},
		{"title", "yes", "Ferry  #", `yes  #`},
		{"title", "12", "Ferry  #", `"12"  #`},
		{"quoted", `c "d" <e>`, `"a \"b\""`, `"c \"d\" \u003ce\u003e"`},
		{"single", "isn't", "'it''s'", "'isn''t'"},
		{"name", "y, z", "name: x", `name: "y, z"`},
		{"n", "4", "n: 3", "n: 4"},
		{"on", "false", "on: true", "on: false"},
		{"title", "Two\r\nlines", "Ferry  #", "Two lines  #"},
		{"text", "One.\r\n\r\nThree.\r\n", "Two.", "Three."},
		{"folded", "a b c", ">-\n  a\n  b", "|-\n  a b c"},
	} {
		got, err := assessment.Fill([]byte(raw), map[int]string{at(c.key): c.value})
		if want := strings.Replace(raw, c.was, c.is, 1); err != nil || string(got) != want {
			t.Errorf("%s = %q: %v\n%s\nwant\n%s", c.key, c.value, err, got, want)
		}
	}
	for key, value := range map[string]string{"n": "three", "on": "perhaps"} {
		_, err := assessment.Fill([]byte(raw), map[int]string{at(key): value})
		if p, ok := problem.As(err); !ok || p.Fields["f."+strconv.Itoa(at(key))] == "" {
			t.Errorf("%s = %q: %v; want it said beside the field", key, value, err)
		}
	}
	if at("none") >= 0 {
		t.Error("what is empty is offered")
	}
	if _, err := assessment.Fields([]byte("a: [1")); !errors.Is(err, assessment.ErrField) {
		t.Errorf("broken YAML: %v", err)
	}
}

// TestEdit: an edit is the next draft, in which that file and nothing else differs; two who edit at once do not undo each other; wrong edits are not kept.
func TestEdit(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.importTree(t, small(), "")
		raw := small()["items/pick/item.yaml"].Data
		fields, err := assessment.Fields(raw)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := assessment.Fill(raw, map[int]string{1: "Pick one"})
		if err != nil || fields[1].Path[0] != "title" {
			t.Fatal(err)
		}
		second, _, err := w.Edit(ctx, w.author, first, 1, assessment.Edits{"items/pick/item.yaml": changed})
		if err != nil {
			t.Fatal(err)
		}
		_, b, list, err := w.Differences(ctx, w.author, first, second)
		if err != nil || b.Number != 2 || b.Published || len(list) != 1 || list[0].Path != "items/pick/item.yaml" || string(list[0].New) != strings.Replace(string(raw), "title: Pick", "title: Pick one", 1) {
			t.Errorf("the difference is %+v, %v", list, err)
		}
		if _, _, err := w.Edit(ctx, w.author, first, 1, assessment.Edits{"notes/for us.txt": []byte("mine")}); !errors.Is(err, assessment.ErrMoved) {
			t.Errorf("an edit beside a newer version: %v", err)
		}
		if _, _, all, _ := w.Differences(ctx, w.author, first, second); len(all) != 1 {
			t.Error("it was kept all the same")
		}
		if l, versions, err := w.Versions(ctx, w.author, b.Assessment); err != nil || l.Versions != 2 || len(versions) != 2 {
			t.Errorf("there are %d versions, %v", l.Versions, err)
		}
		third, _, err := w.Edit(ctx, w.author, first, 2, assessment.Edits{"notes/for us.txt": nil, "notes/new.txt": []byte("New.\n")})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, list, err = w.Differences(ctx, w.author, first, third); err != nil || len(list) != 2 || list[0].New != nil || list[1].Old != nil {
			t.Errorf("the difference is %+v, %v", list, err)
		}
		if same, _, err := w.Edit(ctx, w.author, third, 3, assessment.Edits{"notes/new.txt": nil, "notes/for us.txt": []byte("kept too\r\n")}); err != nil || same != first {
			t.Errorf("put back it is %s, %v; want the first version", same, err)
		}
		_, findings, err := w.Edit(ctx, w.author, third, 3, assessment.Edits{"items/pick/item.yaml": []byte("kind: choice\n")})
		if !errors.Is(err, assessment.ErrFindings) || !item.Failed(findings) {
			t.Errorf("a wrong file: %v, %v", findings, err)
		}
		if found, err := w.Lint(ctx, w.author, third, assessment.Edits{"items/pick/item.yaml": []byte("kind: choice\n")}); err != nil || !item.Failed(found) {
			t.Errorf("its lint: %v, %v", found, err)
		}
		copied, _, err := w.Duplicate(ctx, w.author, first, "Small, again")
		if err != nil {
			t.Fatal(err)
		}
		v, err := w.Version(ctx, "org_1", copied)
		if err != nil || v.Title != "Small, again" || v.Number != 1 || v.Assessment == b.Assessment {
			t.Errorf("the copy is %+v, %v", v, err)
		}
		if _, _, _, err := w.Differences(ctx, w.author, first, copied); !errors.Is(err, assessment.ErrMissing) {
			t.Errorf("the difference of two assessments: %v", err)
		}
	})
}
