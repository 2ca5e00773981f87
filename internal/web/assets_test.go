package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"candor/internal/web"
)

const root = "../.."

// walk calls fn with every file of ours under internal, relative to root.
func walk(t *testing.T, fn func(path string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "node_modules" || n == "dist" || n == "testdata" || n == "content" || strings.HasPrefix(n, ".") || strings.HasPrefix(n, "_") {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, p)
		fn(filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestBundleIsCurrent: the committed bundle was made from the sources as they are; dev/assets makes it anew.
func TestBundleIsCurrent(t *testing.T) {
	var sources []string
	walk(t, func(p string) {
		name := filepath.Base(p)
		script := strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".test.ts") && !strings.HasSuffix(name, ".d.ts")
		own := strings.HasPrefix(p, "internal/web/") && (name == "icons.txt" || name == "icon.svg" || name == "package-lock.json" || strings.HasSuffix(name, ".woff2"))
		if script || own || strings.HasSuffix(name, ".css") {
			sources = append(sources, p)
		}
	})
	slices.Sort(sources)
	h := sha256.New()
	for _, s := range sources {
		b := text(t, s)
		fmt.Fprintf(h, "%s\x00%d\x00%s", s, len(b), b)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != web.Assets().Sources {
		t.Errorf("internal/web/dist was made from other sources (%.12s, now %.12s): run dev/assets and commit its result", web.Assets().Sources, got)
	}
	for name, file := range web.Assets().Files {
		if _, err := os.Stat("dist/" + file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAssets: every asset, icon and island that a template names exists.
func TestAssets(t *testing.T) {
	icons := strings.Fields(text(t, "internal/web/icons.txt"))
	asset := regexp.MustCompile(`web\.Asset\("([^"]+)"\)`)
	island := regexp.MustCompile(`icon\.Island\("([^"]+)"\)`)
	icon := regexp.MustCompile(`(?:icon\.Icon\(|Icon:\s*|After:\s*)"([^"]+)"`)
	walk(t, func(p string) {
		if !strings.HasSuffix(p, ".templ") && !(strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_templ.go")) {
			return
		}
		s := text(t, p)
		for _, m := range asset.FindAllStringSubmatch(s, -1) {
			if _, ok := web.Assets().Files[m[1]]; !ok {
				t.Errorf("%s names the asset %s, which the bundle does not have", p, m[1])
			}
		}
		for _, m := range island.FindAllStringSubmatch(s, -1) {
			if _, ok := web.Assets().Files[m[1]+".js"]; !ok {
				t.Errorf("%s names the island %s, which the bundle does not have", p, m[1])
			}
		}
		for _, m := range icon.FindAllStringSubmatch(s, -1) {
			if !slices.Contains(icons, m[1]) {
				t.Errorf("%s names the icon %s, which icons.txt does not have", p, m[1])
			}
		}
	})
}

func zipped(t *testing.T, file string) int {
	t.Helper()
	b, err := os.ReadFile("dist/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	z.Write(b)
	z.Close()
	return out.Len()
}

var imports = regexp.MustCompile(`(?:from|import)\s*"\./([^"]+\.js)"`)

// loaded is a script and everything it imports at once.
func loaded(t *testing.T, file string, seen map[string]bool) int {
	t.Helper()
	if seen[file] {
		return 0
	}
	seen[file] = true
	b, err := os.ReadFile("dist/" + file)
	if err != nil {
		t.Fatal(err)
	}
	sum := zipped(t, file)
	for _, m := range imports.FindAllStringSubmatch(string(b), -1) {
		sum += loaded(t, m[1], seen)
	}
	return sum
}

// TestBudgets holds ui.md, section 10, in bytes after gzip.
func TestBudgets(t *testing.T) {
	files := web.Assets().Files
	base := map[string]bool{}
	for _, c := range []struct {
		what  string
		bytes int
		most  int
	}{
		{"app.css", zipped(t, files["app.css"]), 12 << 10},
		{"landing.css", zipped(t, files["landing.css"]), 12 << 10},
		{"script of a page without an island", loaded(t, files["base.js"], base), 6 << 10},
		{"editor beside it", loaded(t, files["editor.js"], base), 135 << 10},
		{"frame that draws diagrams, loaded where there is one", zipped(t, files["diagram.frame.js"]), 1600 << 10},
	} {
		t.Logf("%-40s %6d of %6d", c.what, c.bytes, c.most)
		if c.bytes > c.most {
			t.Errorf("%s is %d bytes; at most %d", c.what, c.bytes, c.most)
		}
	}
	scripts, err := filepath.Glob("dist/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts { // what the editor loads when it is needed: a language, Vim
		if n := zipped(t, filepath.Base(s)); !base[filepath.Base(s)] && !strings.Contains(s, ".frame-") && n > 45<<10 {
			t.Errorf("%s is %d bytes; at most %d", s, n, 45<<10)
		}
	}
}
