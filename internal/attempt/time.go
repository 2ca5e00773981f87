package attempt

import "time"

// Grace is how long after the end a save still counts.
const Grace = 30 * time.Second

// Settle is how long after the hard end a sitting is closed by time, so that a save that was received in time but waited
// behind a lock is in the submission. No request is worked on for longer.
const Settle = 10 * time.Second

// Clock is what the time of a sitting is computed from. It holds no answer and no decision.
type Clock struct {
	Timed    time.Duration // 0: untimed
	Factor   int           // thousandths, 1000 or more
	Started  time.Time     // zero: not started
	FinishBy time.Time     // of the invitation: start by for timed parts, finish by for untimed ones
	Added    time.Duration // sum of the ledger's adjustments, never negative
}

// Entitled is the entitled end, a pure function of the clock (time.md): started + base x factor + additions for a timed part,
// finish_by + additions for an untimed one. Whole seconds are rounded up in the candidate's favour. The zero time for a timed part
// that was not started.
func (c Clock) Entitled() time.Time {
	if c.Timed == 0 {
		return c.FinishBy.Add(c.Added)
	}
	if c.Started.IsZero() {
		return time.Time{}
	}
	return c.Started.Add(c.length()).Add(c.Added)
}

// length is base x factor, rounded up to a whole second.
func (c Clock) length() time.Duration {
	ms := c.Timed.Milliseconds() * int64(max(c.Factor, 1000))
	seconds := (ms + 1_000_000 - 1) / 1_000_000
	return time.Duration(seconds) * time.Second
}

// Length is how long the part runs for this person once started.
func (c Clock) Length() time.Duration {
	if c.Timed == 0 {
		return 0
	}
	return c.length() + c.Added
}

// Hard is when saves stop counting.
func (c Clock) Hard() time.Time {
	e := c.Entitled()
	if e.IsZero() {
		return e
	}
	return e.Add(Grace)
}

// State of a sitting.
type State string

const (
	Ready   State = "ready"
	Running State = "running"
	Paused  State = "paused"
	Ended   State = "ended"
)

// Cause is what ended a sitting.
type Cause string

const (
	ByCandidate Cause = "candidate"
	ByTime      Cause = "time"
	ByStaff     Cause = "staff"
	ByVoid      Cause = "void"
)

// Transition is one line of the table of states.
type Transition struct {
	From, To State
	By       string
}

// Transitions is the whole table: code, tests and docs read it. Nothing leaves ended; reopening makes a new epoch.
var Transitions = []Transition{
	{Ready, Running, "the candidate's press on start"},
	{Ready, Ended, "the window's end, when another part was started"},
	{Running, Ended, "the candidate's press on send"},
	{Running, Ended, "the hard end"},
	{Ready, Ended, "everything about the person being erased"},
	{Running, Ended, "everything about the person being erased"},
	{Running, Paused, "a pause the opening allows"},
	{Paused, Running, "the candidate's press on go on"},
	{Paused, Ended, "the window's end"},
}
