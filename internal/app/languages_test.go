package app

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestLanguagesAreRememberedForADayAndForThisMachine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "languages.json")
	if got := recall(file); got != nil {
		t.Errorf("recall of nothing = %v", got)
	}
	want := map[string]string{"python": "3.11.2"}
	if err := remember(file, want); err != nil {
		t.Fatal(err)
	}
	if got := recall(file); !maps.Equal(got, want) {
		t.Errorf("recall = %v; want %v", got, want)
	}
	for name, spoil := range map[string]func() error{
		"a day later":     func() error { return os.Chtimes(file, time.Time{}, time.Now().Add(-trust-time.Minute)) },
		"another machine": func() error { return os.WriteFile(file, []byte(`{"machine":"x","ready":{"python":"3"}}`), 0o600) },
		"half a file":     func() error { return os.WriteFile(file, []byte(`{"machine":`), 0o600) },
	} {
		if err := remember(file, want); err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if got := recall(file); got != nil {
			t.Errorf("%s: recall = %v; want to try again", name, got)
		}
	}
}
