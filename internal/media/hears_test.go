package media_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"candor/internal/media"
	"candor/internal/media/vtt"
)

const oneCue = `printf 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n'`

func TestHears(t *testing.T) {
	for name, c := range map[string]struct {
		script  string
		said    string
		invalid bool
		why     string
	}{
		"its output":          {oneCue, "Hello.", false, ""},
		"a file":              {`cd /; ` + oneCue + ` > "$2.vtt"; echo progress`, "Hello.", false, ""},
		"nothing is said":     {`echo WEBVTT`, "", false, ""},
		"its own folder":      {`pwd | grep -q candor-hear && [ "$HOME" = "$(pwd)" ] && [ -z "$CANDOR_TEST_SECRET" ] && ` + oneCue, "Hello.", false, ""},
		"no captions":         {`echo what`, "", true, ""},
		"a link in its place": {oneCue + ` > real; ln -s "$PWD/real" "$2.vtt"`, "", true, ""},
		"more than captions":  {`yes | head -c 9000000`, "", true, ""},
		"it fails":            {`echo no such model >&2; exit 3`, "", false, "no such model"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CANDOR_TEST_SECRET", "x")
			command := filepath.Join(t.TempDir(), "hear")
			if err := os.WriteFile(command, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			h, err := media.NewHears(command + " {audio} {base}")
			if err != nil {
				t.Fatal(err)
			}
			cues, err := h.Hear(t.Context(), []byte("RIFF"))
			switch {
			case c.invalid:
				if !errors.Is(err, vtt.ErrInvalid) {
					t.Errorf("Hear = %v; want ErrInvalid", err)
				}
			case c.why != "":
				if err == nil || errors.Is(err, vtt.ErrInvalid) || !strings.Contains(err.Error(), c.why) {
					t.Errorf("Hear = %v; want what the program said", err)
				}
			case err != nil:
				t.Error(err)
			case c.said == "" && len(cues) > 0, c.said != "" && (len(cues) != 1 || cues[0].Text != c.said):
				t.Errorf("Hear = %+v; want %q", cues, c.said)
			}
		})
	}
	for command, why := range map[string]string{"": "{audio}", "cat": "{audio}", "no-such-program {audio}": "no-such-program"} {
		if _, err := media.NewHears(command); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("NewHears(%q) = %v; want it to say %s", command, err, why)
		}
	}
}
