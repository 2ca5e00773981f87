// Package judgetest gives tests a judge in the real sandbox. TestMain must be [Main].
package judgetest

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"candor/internal/judge"
	"candor/internal/sandbox/ns"
)

var shared = sync.OnceValues(func() (*judge.Judge, error) {
	ctx := context.Background()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = filepath.Join(os.TempDir(), "candor-cache")
	}
	dir := filepath.Join(cache, "candor", "judge")
	binds, err := judge.Index(ctx, dir)
	if err != nil {
		return nil, err
	}
	err = judge.Warm(ctx, dir, "bufio", "bytes", "context", "encoding/json", "errors", "fmt", "maps", "math/rand", "os/exec",
		"reflect", "regexp", "slices", "strconv", "testing", "container/heap", "container/list", "net/http/httptest")
	if err != nil {
		return nil, err
	}
	engine, err := ns.New(ctx, ns.Options{Slots: max(2, runtime.NumCPU()), Binds: binds})
	if err != nil {
		return nil, err
	}
	return judge.New(engine), nil
})

// Main is the TestMain of packages that use [New]: it serves the role of a slot's init, runs the tests, and closes the engine.
func Main(m *testing.M) {
	ns.Main()
	if len(os.Args) == 2 && os.Args[1] == WorkerWord {
		work()
	}
	code := m.Run()
	if j, err := shared(); err == nil {
		if err := j.Engine.Close(); err != nil {
			log.Print(err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// New is a judge whose engine is shared by the whole test binary. A sandbox that is not fully enforced fails the test.
func New(t testing.TB) *judge.Judge {
	t.Helper()
	j, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range j.Engine.Layers() {
		if l.Required && !l.Enforced {
			t.Fatalf("the sandbox lacks %s (%s): %s", l.Name, l.Tried, l.Advice)
		}
	}
	return j
}
