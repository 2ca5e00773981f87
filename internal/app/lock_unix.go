//go:build unix

package app

import (
	"os"
	"syscall"
)

// flock holds a file for this process; the system lets go when it ends, however it ends.
func flock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
