package ns_test

import (
	"os"
	"testing"

	"candor/internal/sandbox/ns"
	"candor/internal/sandbox/sandboxtest"
)

func TestMain(m *testing.M) {
	ns.Main()
	os.Exit(m.Run())
}

func engine(t testing.TB, o ns.Options) *ns.Engine {
	t.Helper()
	e, err := ns.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestAttacks(t *testing.T) {
	sandboxtest.Engine(t, engine(t, ns.Options{}))
}
