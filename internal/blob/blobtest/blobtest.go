// Package blobtest is the conformance of a blob store.
package blobtest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"candor/internal/blob"
)

// Store checks what every store promises.
func Store(t *testing.T, s blob.Store) {
	ctx := context.Background()
	const org, text = "org_a", "hello"
	const sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	h, err := s.Put(ctx, org, blob.Answer, []byte(text))
	if err != nil || h != sum {
		t.Fatalf("Put = %s, %v; want %s", h, err, sum)
	}
	if h, n, err := s.PutReader(ctx, org, blob.Answer, strings.NewReader(text)); err != nil || h != sum || n != 5 {
		t.Errorf("PutReader = %s, %d, %v; want the same hash and 5", h, n, err)
	}
	if b, err := s.Bytes(ctx, org, blob.Answer, h); err != nil || string(b) != text {
		t.Errorf("Bytes = %q, %v", b, err)
	}
	f, err := s.Open(ctx, org, blob.Answer, h)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(f); string(b) != text {
		t.Errorf("Open read %q", b)
	}
	f.Close()
	for name, ask := range map[string]struct {
		org string
		c   blob.Class
		h   blob.Hash
	}{
		"of another organisation": {"org_b", blob.Answer, h},
		"of another class":        {org, blob.Export, h},
		"unknown":                 {org, blob.Answer, blob.Hash(strings.Repeat("0", 64))},
		"not a hash":              {org, blob.Answer, "../../secret.key"},
	} {
		if _, err := s.Bytes(ctx, ask.org, ask.c, ask.h); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("Bytes %s = %v; want ErrMissing", name, err)
		}
	}
	for _, bad := range []string{"", "..", "a/b"} {
		if _, err := s.Put(ctx, bad, blob.Answer, nil); err == nil {
			t.Errorf("Put for organisation %q was accepted", bad)
		}
	}
	count := func() (n int) {
		if err := s.List(ctx, org, blob.Answer, func(blob.Hash, int64) error { n++; return nil }); err != nil {
			t.Error(err)
		}
		return n
	}
	if n := count(); n != 1 {
		t.Errorf("List gave %d; want 1: the same bytes are kept once", n)
	}
	if _, _, err := s.PutReader(ctx, org, blob.Answer, io.MultiReader(strings.NewReader("half"), broken{})); err == nil {
		t.Error("a stream that broke was kept")
	}
	for range 2 {
		if err := s.Delete(ctx, org, blob.Answer, h); err != nil {
			t.Errorf("Delete = %v", err)
		}
	}
	if n := count(); n != 0 {
		t.Errorf("List gave %d after Delete and a broken stream; want 0", n)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line was cut") }
