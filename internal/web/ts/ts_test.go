// Package ts holds what the browser runs. The tests of its modules run in Node, where there is one.
package ts

import (
	"cmp"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestModules(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no Node: apt-get install nodejs")
		}
		t.Skip("there is no Node: apt-get install nodejs")
	}
	cmd := exec.Command("go", "run", "./assets", "..", "test")
	cmd.Dir = "../../../tools"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTypes: the type checker finds nothing in any island or module.
func TestTypes(t *testing.T) {
	const tsc = "node_modules/typescript/bin/tsc"
	if _, err := os.Stat(tsc); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no type checker: run the tests by dev/test, or npm ci in internal/web/ts")
		}
		t.Skip("there is no type checker: npm ci in internal/web/ts")
	}
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error { // the cache of tests sees what is read here
		if err != nil || e.IsDir() && e.Name() == "node_modules" {
			return cmp.Or(err, fs.SkipDir)
		}
		if filepath.Ext(path) == ".ts" {
			_, err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("node", tsc, "--noEmit", "-p", ".").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
