package ns_test

import (
	"context"
	"os"
	"testing"
	"time"

	"candor/internal/sandbox"
	"candor/internal/sandbox/ns"
)

func TestMain(m *testing.M) { ns.Main(); os.Exit(m.Run()) }

func TestSmoke(t *testing.T) {
	e, err := ns.New(context.Background(), ns.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, l := range e.Layers() {
		t.Logf("%+v", l)
	}
	s, err := e.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Write(context.Background(), []sandbox.File{{Name: "a.c", Data: []byte("#include <stdio.h>\nint main(){puts(\"hi\");}")}}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"gcc", "a.c", "-o", "a"}, {"/box/a"}, {"python3", "-c", "print(1)"}, {"node", "-e", "console.log(1)"}} {
		b := time.Now()
		r, err := s.Run(context.Background(), sandbox.Spec{Profile: sandbox.Compile, Args: args, Env: []string{"PATH=/usr/bin:/bin"}})
		t.Logf("%v %v %+v %v %s %s", args, err, r, time.Since(b), r.Stdout, r.Stderr)
	}
}
