// Package clock is the one clock that decides: UTC, in milliseconds. On SQLite it is the process's; on PostgreSQL the node's
// plus the measured offset to the database's. Tests and the demo inject their own.
package clock

import (
	"sync/atomic"
	"time"
	_ "time/tzdata" // people's time zones are known where the machine has none
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

// Sure is how unsure of the offset a node may be that lets clocks start.
const Sure = 250 * time.Millisecond

// Unsure is the uncertainty of the offset; over [Sure] a node sheds starts, never saves.
func (c *Clock) Unsure() time.Duration { return time.Duration(c.unsure.Load()) }

// Sample is one measurement of the offset: the truth lies within Unsure of Offset.
type Sample struct {
	Offset, Unsure time.Duration
	At             time.Time
}

// drift is how far two clocks may run apart: a thousandth, which is more than any that works.
const drift = 1000

// Then is the sample to go by after another one: the newer, unless it is less sure than the older, grown older, that it does not contradict. A node
// that is busy for a moment is not unsure of the time by it.
func (s Sample) Then(next Sample) Sample {
	aged := s
	aged.Unsure += next.At.Sub(s.At) / drift
	aged.At = next.At
	if s.At.IsZero() || next.Unsure <= aged.Unsure || (next.Offset-s.Offset).Abs() > next.Unsure+aged.Unsure {
		return next
	}
	return aged
}

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
