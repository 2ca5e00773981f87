package judge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"candor/internal/judge/languages"
)

// Warm compiles, once per machine and outside of the sandbox, what every program of a language would otherwise compile again: packages of
// Go's standard library (none named means all, which takes a minute or two the first time). Nothing of a candidate's is involved. It returns
// the folders below dir to bind into slots (ns.Options.Binds). A language that is not installed is left out.
func Warm(ctx context.Context, dir string, packages ...string) (binds []string, err error) {
	compiler, err := lookGo()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	cache := filepath.Join(dir, "go")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	if len(packages) == 0 {
		packages = []string{"std"}
	}
	work, err := os.MkdirTemp("", "candor-warm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	// What a test binary is linked with differs from what a program is: a test is compiled, too.
	for name, text := range map[string]string{"go.mod": "module warm\n", "warm.go": "package warm\n", "warm_test.go": "package warm\n\nimport \"testing\"\n\nfunc TestWarm(*testing.T) {}\n"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	for _, args := range [][]string{append([]string{"build"}, packages...), {"test", "-c", "-vet=off", "-o", os.DevNull, "."}} {
		cmd := exec.CommandContext(ctx, compiler, args...)
		cmd.Dir = work
		cmd.Env = append([]string{"PATH=" + searchPath, "HOME=" + work}, languages.GoEnv(cache)...)
		if said, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("compiling Go's standard library: %w: %s", err, said)
		}
	}
	return []string{cache + "=" + languages.GoCache}, nil
}

// lookGo finds the compiler that a slot would find.
func lookGo() (string, error) {
	for dir := range strings.SplitSeq(searchPath, ":") {
		name := filepath.Join(dir, "go")
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return name, nil
		}
	}
	return "", fs.ErrNotExist
}
