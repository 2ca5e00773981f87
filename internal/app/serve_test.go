package app

import (
	"context"
	"net"
	"testing"
)

// A server that is told to end while it begins ends well: whoever stopped it wanted that.
func TestToldToEndWhileItBegins(t *testing.T) {
	t.Parallel()
	a, err := Open(t.Context(), Config{Data: t.TempDir(), URL: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Serve(ctx, l); err != nil {
		t.Errorf("Serve = %v; want nil", err)
	}
}
