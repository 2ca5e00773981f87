package secret_test

import (
	"bytes"
	"testing"

	"candor/internal/secret"
)

func TestWhatIsSealedTheSameOpensForItsPurposeOnly(t *testing.T) {
	k := secret.Of("test")
	seal := func(purpose, text string) []byte {
		t.Helper()
		b, err := k.SealSame(purpose, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	one := seal("list", "after 7")
	if !bytes.Equal(one, seal("list", "after 7")) {
		t.Error("the same text gives other bytes")
	}
	if other := seal("list", "after 8"); bytes.Equal(one[:12], other[:12]) {
		t.Error("two texts share a nonce")
	}
	if plain, err := k.Unseal("list", one); err != nil || string(plain) != "after 7" {
		t.Errorf("Unseal = %q, %v", plain, err)
	}
	if _, err := k.Unseal("another list", one); err == nil {
		t.Error("it opens for another purpose")
	}
}
