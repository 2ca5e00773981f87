// Package journal keeps events in a file, one line each, that is only ever appended to.
package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Journal is an open file.
type Journal struct{ f *os.File }

// Open reads a file, which may be missing, gives each event to apply, and is ready for more. An error of apply says that the file cannot be used.
// What stands behind the last line end was cut off (rule 7): nobody was told that it was kept, so it goes.
func Open(name string, apply func(event string) error) (*Journal, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	end, err := read(f, name, apply)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Journal{f}, nil
}

// read applies all whole lines and gives where the last of them ends.
func read(f io.Reader, name string, apply func(event string) error) (end int64, err error) {
	in := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		if err := apply(strings.TrimRight(line, "\r\n")); err != nil {
			return end, fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		end += int64(len(line))
	}
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
