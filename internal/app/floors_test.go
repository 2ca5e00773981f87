package app_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The floors of house.md. A package may import floors below its own; on floor 2 only nouns before it; on floor 3 never a neighbour.
var (
	ground = []string{"actor", "problem", "db", "job", "blob", "sandbox", "judge", "icpc", "git", "mail", "web", "live", "load", "egress", "backup", "disk",
		"archive", "sheet", "markdown", "diff", "media", "similar", "agreement", "probe", "clock", "id", "secret", "config"}
	field = []string{"audit", "account", "org", "issuer", "token", "run", "repo", "upload", "recording", "comment", "item", "assessment", "quiz", "candidate", "promise",
		"opening", "batch", "thread", "response", "attempt", "explain", "interview", "review", "feedback", "appeal", "talk", "payment", "trial", "survey",
		"integrity", "privacy", "analytics", "hook", "greenhouse", "notify", "bridge", "board"}
)

// place is where a package lives: its floor, and on floor 2 its turn. ok is false for a package nobody placed.
func place(pkg string) (floor, turn int, ok bool) {
	rest, inside := strings.CutPrefix(pkg, "candor/internal/")
	if !inside {
		return 5, 0, pkg == "candor/cmd/candor"
	}
	parts := strings.Split(rest, "/")
	switch {
	case parts[0] == "app":
		return 4, 0, true
	case strings.HasPrefix(rest, "item/kinds/"), strings.HasPrefix(rest, "notify/channels/"), parts[0] == "importer":
		return 3, 0, true
	case len(parts) == 2 && parts[1] == parts[0]+"web" && slices.Contains(field, parts[0]):
		return 3, 0, true
	case slices.Contains(ground, parts[0]):
		return 1, 0, true
	}
	turn = slices.Index(field, parts[0])
	return 2, turn, turn >= 0
}

// may says whether from may import to.
func may(from, to string) bool {
	f, fTurn, _ := place(from)
	t, tTurn, _ := place(to)
	switch {
	case t < f:
		return true
	case t > f:
		return false
	case f == 1, f >= 4:
		return true
	case f == 2:
		return tTurn <= fTurn
	}
	return neighbourhood(from) == neighbourhood(to) // floor 3: only within one's own folder
}

// neighbourhood is the folder of a face: attemptweb, item/kinds/choice.
func neighbourhood(pkg string) string {
	rest := strings.TrimPrefix(pkg, "candor/internal/")
	parts := strings.Split(rest, "/")
	if strings.HasPrefix(rest, "item/kinds/") || strings.HasPrefix(rest, "notify/channels/") {
		return strings.Join(parts[:3], "/")
	}
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func TestNobodyLooksUpOrSideways(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if strings.HasPrefix(e.Name(), "_") {
				return fs.SkipDir
			}
			switch e.Name() {
			case "node_modules", "testdata", "tools", "e2e", "dev":
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel("../..", filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := "candor/" + filepath.ToSlash(rel)
		if _, _, ok := place(pkg); !ok {
			t.Errorf("%s: nobody placed this package on a floor", pkg)
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		seen++
		for _, i := range f.Imports {
			to, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if strings.HasPrefix(to, "candor/") && !testing4(pkg) && !may(pkg, to) {
				t.Errorf("%s imports %s, which is not below it", path, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Errorf("%d files read; the test looks in the wrong place", seen)
	}
}

// testing4: packages that only tests import (attempttest, dbtest, e2e harness) may see more than their noun.
func testing4(pkg string) bool { return strings.HasSuffix(pkg, "test") }

func TestBroken_Floors(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"candor/internal/attempt", "candor/internal/db", true},
		{"candor/internal/attempt", "candor/internal/opening", true},
		{"candor/internal/attempt", "candor/internal/review", false},
		{"candor/internal/attempt", "candor/internal/attempt/attemptweb", false},
		{"candor/internal/attempt/attemptweb", "candor/internal/review", true},
		{"candor/internal/attempt/attemptweb", "candor/internal/review/reviewweb", false},
		{"candor/internal/item/kinds/code", "candor/internal/run", true},
		{"candor/internal/item/kinds/code", "candor/internal/item/kinds/choice", false},
		{"candor/internal/item/kinds/code", "candor/internal/item/kinds/code/harness", true},
		{"candor/internal/db", "candor/internal/org", false},
		{"candor/internal/review", "candor/internal/app", false},
		{"candor/cmd/candor", "candor/internal/app/cli", true},
	} {
		if got := may(c.from, c.to); got != c.want {
			t.Errorf("may(%s, %s) = %v; want %v", c.from, c.to, got, c.want)
		}
	}
	if _, _, ok := place("candor/internal/util"); ok {
		t.Error("a package nobody placed passes")
	}
}
