package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// makeData makes the data folder with those above it and syncs their names: what is synced in a folder without a name is lost with it.
func makeData(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	there := filepath.Dir(dir) // what was there before us, or that folder's own
	for there != filepath.Dir(there) {
		if _, err := os.Stat(there); err == nil {
			break
		}
		there = filepath.Dir(there)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for len(dir) > len(there) {
		dir = filepath.Dir(dir)
		f, err := os.Open(dir)
		if errors.Is(err, fs.ErrPermission) {
			return nil // whoever made it for us may not let us read what else is there
		}
		if err != nil {
			return err
		}
		err = f.Sync()
		f.Close()
		if err != nil && !errors.Is(err, syscall.EINVAL) { // not every file system syncs folders
			return err
		}
	}
	return nil
}

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	// A process that is just ending lets go in a moment, and so does a program that was just begun: between fork and exec it has our files.
	err = flock(f)
	for end := time.Now().Add(time.Second); err != nil && time.Now().Before(end); err = flock(f) {
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("another Candor runs on %s. Stop it first, or choose another folder with --data", filepath.Dir(path))
	}
	return f, nil
}
