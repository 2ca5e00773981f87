package secret_test

import (
	"bytes"
	"testing"
	"time"

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

func TestPassesEnd(t *testing.T) {
	k, now := secret.Of("test"), time.Unix(1_800_000_000, 0)
	p := k.Pass(now.Add(time.Hour), "file", "a", "b")
	if until, ok := k.Holds(p, now, "file", "a", "b"); !ok || !until.Equal(now.Add(time.Hour)) {
		t.Errorf("holds until %v, %v; want an hour", until, ok)
	}
	longer := p
	longer.Until = "1900000000"
	for name, ok := range map[string]func() (time.Time, bool){
		"over":            func() (time.Time, bool) { return k.Holds(p, now.Add(time.Hour), "file", "a", "b") },
		"another purpose": func() (time.Time, bool) { return k.Holds(p, now, "task", "a", "b") },
		"another thing":   func() (time.Time, bool) { return k.Holds(p, now, "file", "a", "c") },
		"another end":     func() (time.Time, bool) { return k.Holds(longer, now, "file", "a", "b") },
		"no end":          func() (time.Time, bool) { return k.Holds(secret.Pass{Sign: p.Sign}, now, "file", "a", "b") },
		"another key":     func() (time.Time, bool) { return secret.Of("else").Holds(p, now, "file", "a", "b") },
	} {
		if _, holds := ok(); holds {
			t.Errorf("%s: it holds", name)
		}
	}
}
