package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"candor/internal/blob"
	"candor/internal/blob/blobtest"
)

func TestDisk(t *testing.T) { blobtest.Store(t, blob.Disk{Dir: t.TempDir()}) }

func TestDamageIsNoticed(t *testing.T) {
	d := blob.Disk{Dir: t.TempDir()}
	ctx := context.Background()
	h, err := d.Put(ctx, "org_a", blob.Pack, []byte("right"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "org_a", "pack", string(h[:2]), string(h)), []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Bytes(ctx, "org_a", blob.Pack, h); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("Bytes = %v; want ErrDamaged", err)
	}
}
