package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"candor/internal/judge/languages"
)

// Index makes the folder dir/go, which slots have as their Go cache and cannot write to (ns.Options.Binds, languages.GoCache), fit for that: it
// holds what the toolchain must know of each package of the standard library before it compiles anything, so that a slot can compile what
// [Warm] has not compiled yet. It takes a second the first time. A machine without Go has the folder all the same.
func Index(ctx context.Context, dir string) (binds []string, err error) {
	cache := filepath.Join(dir, "go")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	return []string{cache + "=" + languages.GoCache}, goes(ctx, cache, []string{"list", "std"})
}

// Warm compiles, once per machine and outside of the sandbox, what every program of a language would otherwise compile again: packages of
// Go's standard library (none named means all, which takes a minute or two the first time). Nothing of a candidate's is involved. dir is that
// of [Index]. A language that is not installed is left out.
func Warm(ctx context.Context, dir string, packages ...string) error {
	if len(packages) == 0 {
		packages = []string{"std"}
	}
	// What a test binary is linked with differs from what a program is: a test is compiled, too.
	return goes(ctx, filepath.Join(dir, "go"), append([]string{"build"}, packages...), []string{"test", "-c", "-vet=off", "-o", os.DevNull, "."})
}

// goes has the toolchain do commands in an empty module with a cache; nothing where there is none.
func goes(ctx context.Context, cache string, commands ...[]string) error {
	compiler, err := lookGo()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	done, err := stamp(compiler, cache, commands)
	if err != nil {
		return err
	}
	if info, err := os.Stat(done); err == nil && time.Since(info.ModTime()) < fresh {
		return nil
	}
	work, err := os.MkdirTemp("", "candor-warm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for name, text := range map[string]string{"go.mod": "module warm\n", "warm.go": "package warm\n", "warm_test.go": "package warm\n\nimport \"testing\"\n\nfunc TestWarm(*testing.T) {}\n"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, args := range commands {
		cmd := exec.CommandContext(ctx, compiler, args...)
		cmd.Dir = work
		cmd.Env = append([]string{"PATH=" + searchPath, "HOME=" + work}, languages.GoEnv(cache)...)
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("preparing Go's standard library: %w: %s", err, said)
		}
	}
	return os.WriteFile(done, nil, 0o644)
}

// fresh is how long commands that were done need not be done again, which costs seconds of a core even where nothing is to do: the toolchain
// removes from its cache what nobody used for five days, and doing them is such a use.
const fresh = 24 * time.Hour

// stamp is the file that says when a toolchain did commands with a cache. It lies in the cache and goes with it.
func stamp(compiler, cache string, commands [][]string) (string, error) {
	info, err := os.Stat(compiler)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendln(nil, compiler, info.Size(), info.ModTime().UnixNano(), commands))
	return filepath.Join(cache, "candor-"+hex.EncodeToString(sum[:8])), nil
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
