// Package clock is the one clock that decides: UTC, in milliseconds. On SQLite it is the process's; on PostgreSQL the node's
// plus the measured offset to the database's. Tests and the demo inject their own.
package clock

import (
	"sync/atomic"
	"time"
)

// Clock tells the deciding time.
type Clock struct {
	source func() time.Time
	offset atomic.Int64 // nanoseconds added to source
	unsure atomic.Int64 // nanoseconds of uncertainty of the offset
}

// New is a clock over a source; nil means the process's clock.
func New(source func() time.Time) *Clock {
	if source == nil {
		source = time.Now
	}
	return &Clock{source: source}
}

// Now is the deciding time, UTC, cut to milliseconds.
func (c *Clock) Now() time.Time {
	return c.source().Add(time.Duration(c.offset.Load())).UTC().Truncate(time.Millisecond)
}

// Measured sets the offset to the database's clock and how sure it is.
func (c *Clock) Measured(offset, uncertainty time.Duration) {
	c.offset.Store(int64(offset))
	c.unsure.Store(int64(uncertainty))
}

// Unsure is the uncertainty of the offset; over 250 ms a node sheds starts, never saves.
func (c *Clock) Unsure() time.Duration { return time.Duration(c.unsure.Load()) }

// At is the deciding time of an instant that this process observed with time.Now.
func (c *Clock) At(local time.Time) time.Time {
	return local.Add(time.Duration(c.offset.Load())).UTC().Truncate(time.Millisecond)
}

// Milli is an instant as it is stored; the zero time is 0.
func Milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is a stored instant; 0 is the zero time.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
