// Package ts holds what the browser runs. The tests of its modules run in Node, where there is one.
package ts

import (
	"os"
	"os/exec"
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
