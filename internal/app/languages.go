package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"candor/internal/judge/languages"
)

// tried is what a start found of the machine's languages. Trying all of them takes ten seconds of a core, which a server that is started again has
// better use for. `candor doctor` tries them each time.
type tried struct {
	Machine string            `json:"machine"`
	Ready   map[string]string `json:"ready"` // language -> version
}

// trust is how long it is believed.
const trust = 24 * time.Hour

// machine is a name for the programs that languages are tried with, and for this one: it changes when one of them is installed, replaced or removed.
func machine() string {
	h := sha256.New()
	programs := []string{}
	for _, l := range languages.All() {
		programs = append(programs, l.Probe[0])
	}
	for _, p := range programs {
		for dir := range strings.SplitSeq("/usr/local/bin:/usr/bin:/bin:/usr/local/go/bin", ":") {
			if info, err := os.Stat(filepath.Join(dir, p)); err == nil {
				fmt.Fprintln(h, dir, p, info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	if self, err := os.Executable(); err == nil {
		if info, err := os.Stat(self); err == nil {
			fmt.Fprintln(h, info.Size(), info.ModTime().UnixNano())
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recall reads what an earlier start found; nil where it does not hold any more.
func recall(file string) map[string]string {
	info, err := os.Stat(file)
	if err != nil || time.Since(info.ModTime()) > trust {
		return nil
	}
	text, err := os.ReadFile(file)
	var t tried
	if err != nil || json.Unmarshal(text, &t) != nil || t.Machine != machine() || len(t.Ready) == 0 {
		return nil
	}
	return t.Ready
}

// remember writes it for the next start; where that fails the next one tries again.
func remember(file string, ready map[string]string) error {
	text, err := json.Marshal(tried{machine(), ready})
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(file), ".languages-")
	if err != nil {
		return err
	}
	_, err = next.Write(text)
	if e := next.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(next.Name(), file)
	}
	if err != nil {
		os.Remove(next.Name())
	}
	return err
}
