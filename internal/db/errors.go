package db

import (
	"errors"

	"candor/internal/problem"

	sqlite3 "modernc.org/sqlite/lib"
)

// ErrFull is a disk without room. Nothing that was acknowledged is lost, and saving resumes when there is room.
var ErrFull = problem.New(problem.Full, "disk_full",
	"We are out of room for a moment. Your work is kept on this device and is sent again by itself.")

// ErrAgain of a closure given to Write has it run once more, in a transaction of its own that sees what has been committed meanwhile. It is for
// PostgreSQL: a statement there that waited for a row sees the others as they were when it began.
var ErrAgain = errors.New("db: to be run again")

// IsUnique says that a write met a row that is already there (unique or primary key), on both engines.
func IsUnique(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return true
	}
	return pgCode(err) == "23505"
}

// IsFull says that the write failed for want of room.
func IsFull(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE:
		return true
	}
	return pgCode(err) == "53100" || errors.Is(err, ErrFull)
}

// full makes ErrFull of an error that says so: a person may read it, whatever they did.
func full(err error) error {
	if IsFull(err) {
		return ErrFull
	}
	return err
}
