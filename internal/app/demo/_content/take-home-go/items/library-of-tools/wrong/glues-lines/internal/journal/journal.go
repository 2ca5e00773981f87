// Package journal keeps events in a file, one line each, that is only ever appended to.
package journal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// Journal is an open file.
type Journal struct{ f *os.File }

// Open reads a file, which may be missing, gives each event to apply, and is ready for more. A last line without an end is left out.
func Open(name string, apply func(event string) error) (*Journal, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := replay(f, name, apply); err != nil {
		f.Close()
		return nil, err
	}
	return &Journal{f}, nil
}

func replay(f *os.File, name string, apply func(event string) error) error {
	all, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(all, '\n') + 1
	n := 0
	for _, line := range strings.SplitAfter(string(all[:whole]), "\n") {
		if line == "" {
			continue
		}
		n++
		if err := apply(strings.TrimRight(line, "\r\n")); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, n, err)
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	_, err = f.Seek(0, io.SeekEnd)
	return err
}

// Append writes an event, which is one line. It is on the disk when this returns.
func (j *Journal) Append(event string) error {
	if strings.ContainsAny(event, "\r\n") {
		return fmt.Errorf("an event is one line: %q", event)
	}
	if _, err := j.f.WriteString(event + "\n"); err != nil {
		return err
	}
	return j.f.Sync()
}

// Close closes the file.
func (j *Journal) Close() error { return j.f.Close() }
