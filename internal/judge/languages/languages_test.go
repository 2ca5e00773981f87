package languages_test

import (
	"path"
	"slices"
	"testing"

	"candor/internal/judge/languages"
)

func TestEveryLanguageIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range languages.All() {
		if l.ID == "" || l.Name == "" || l.Mode == "" || l.Sample == "" || l.Run == nil || l.Version == nil || len(l.Probe) == 0 || len(l.Packages) == 0 || l.Memory == 0 {
			t.Errorf("%s lacks something", l.ID)
		}
		if !slices.Contains(l.Suffixes, path.Ext(l.Main)) {
			t.Errorf("%s: %s has none of the suffixes %v", l.ID, l.Main, l.Suffixes)
		}
		for _, name := range append([]string{l.ID}, l.Suffixes...) {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
		if named, ok := languages.Named(l.ID); !ok || named.Name != l.Name {
			t.Errorf("Named(%q) = %q, %v", l.ID, named.Name, ok)
		}
		if by, ok := languages.BySuffix("a/b" + l.Suffixes[0]); !ok || by.ID != l.ID {
			t.Errorf("BySuffix(%q) = %q, %v", l.Suffixes[0], by.ID, ok)
		}
		for _, f := range l.Unit {
			if f.Is == nil || f.Config == nil || f.Run == nil || f.Holds == nil || len(f.Probe) == 0 {
				t.Errorf("%s of %s lacks something", f.Name, l.ID)
			}
		}
	}
	if _, ok := languages.Named("cobol"); ok {
		t.Error("cobol is known")
	}
}

func TestResults(t *testing.T) {
	said := []byte(`noise
n0nce ["pass", 12, "a.b", "b", "a.py", ""]
other ["pass", 1, "a.c", "c", "a.py", ""]
 n0nce ["fail", 0, "a.d", "d", "a.py", "no\nway"]
xn0nce ["pass", 1, "a.c", "c", "a.py", ""]
n0nce ["pass", 1, "a.d", "d", "a.py", ""]
n0nce ["error", 1, "a.b", "b", "a.py", "again"]
n0nce ["skip", 1, "a.e", "e", "a.py", ""]
n0nce {"pass": 1}
n0nce ["broken", 0, "f", "f", "f.py", "no such module"]
`)
	got, ended := languages.Results("n0nce", said)
	want := []languages.UnitResult{
		{ID: "a.b", Name: "b", File: "a.py", Crashed: true, Text: "again", Millis: 1},
		{ID: "a.d", Name: "d", File: "a.py", Text: "no\nway"},
		{ID: "a.e", Name: "e", File: "a.py", Skipped: true, Millis: 1},
		{ID: "f", Name: "f", File: "f.py", Broken: true, Text: "no such module"},
	}
	if !slices.Equal(got, want) || ended {
		t.Errorf("Results = %+v, %v; want %+v, not ended", got, ended, want)
	}
	if _, ended := languages.Results("n0nce", append(said, "n0nce [\"end\", 0, \"\", \"\", \"\", \"\"]\n"...)); !ended {
		t.Error("the end was not seen")
	}
}

func FuzzResults(f *testing.F) {
	f.Add([]byte("n [\"pass\", 1, \"a\", \"a\", \"a\", \"\"]\n"))
	f.Fuzz(func(t *testing.T, said []byte) {
		if got, ended := languages.Results("a nonce that nobody guesses", said); len(got) > 0 || ended {
			t.Errorf("without the nonce: %+v, %v", got, ended)
		}
		languages.Results("n", said)
		for _, l := range languages.All() {
			for _, u := range l.Unit {
				u.Is("a", said)
				u.Config("a", said)
				u.Holds("a.b", "a", said)
				if u.Texts != nil {
					u.Texts(said)
				}
				if u.Make != nil {
					u.Make(languages.Source{Files: []string{"go.mod", "a_test.go"}, Text: map[string][]byte{"go.mod": said, "a_test.go": said}}, []string{"a_test.go"})
				}
			}
		}
	})
}
