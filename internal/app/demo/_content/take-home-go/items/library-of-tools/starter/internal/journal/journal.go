// Package journal keeps events in a file, one line each, that is only ever appended to.
package journal

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// Journal is an open file.
type Journal struct{ f *os.File }

// Open reads a file, which may be missing, gives each event to apply, and is ready for more. An error of apply says that the file cannot be used.
func Open(name string, apply func(event string) error) (*Journal, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	n := 0
	for in := bufio.NewScanner(f); in.Scan(); {
		n++
		if err := apply(in.Text()); err != nil {
			f.Close()
			return nil, fmt.Errorf("%s, line %d: %w", name, n, err)
		}
	}
	return &Journal{f}, nil
}

// Append writes an event, which is one line.
func (j *Journal) Append(event string) error {
	if strings.ContainsAny(event, "\r\n") {
		return fmt.Errorf("an event is one line: %q", event)
	}
	_, err := j.f.WriteString(event + "\n")
	return err
}

// Close closes the file.
func (j *Journal) Close() error { return j.f.Close() }
