package attempt

import (
	"time"

	"candor/internal/response"
)

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
	Paused   time.Time     // when the break that lasts began; zero: none
	Break    time.Duration // what was left of the person's breaks then
}

// Entitled is the entitled end, a pure function of the clock (time.md): started + base x factor + additions for a timed part,
// finish_by + additions for an untimed one. Whole seconds are rounded up in the candidate's favour. In a break it is the latest that the end
// can be. The zero time for a timed part that was not started.
func (c Clock) Entitled() time.Time {
	if c.Timed == 0 {
		return c.FinishBy.Add(c.Added)
	}
	if c.Started.IsZero() {
		return time.Time{}
	}
	end := c.Started.Add(c.length()).Add(c.Added)
	if !c.Paused.IsZero() {
		end = end.Add(c.Break)
	}
	return end
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

// Resumed is the clock when a break ends: what was used of it, rounded up to a whole second, is added. A break that used up what was left
// ended by itself then.
func (c Clock) Resumed(now time.Time) (after Clock, used time.Duration) {
	used = min(now.Sub(c.Paused), c.Break)
	used = (max(used, 0) + time.Second - 1).Truncate(time.Second)
	c.Paused, c.Break, c.Added = time.Time{}, 0, c.Added+used
	return c, used
}

// Stands says whether the clock stands at an instant: a break lasts and is not used up.
func (c Clock) Stands(now time.Time) bool {
	return !c.Paused.IsZero() && now.Before(c.Paused.Add(c.Break))
}

// Standing is how content counts that was received at an instant from a page drawn in a takeover: on time while the sitting runs and its hard end
// is not past, else late; a branch from a page whose takeover is over, and from one that goes on in a break, after [Grace].
func (s Sitting) Standing(epoch int64, received time.Time) response.Standing {
	switch {
	case s.State != Running && s.State != Paused || received.After(s.Clock.Hard()):
		return response.Late
	case epoch < s.Takeover || s.Clock.Stands(received) && received.After(s.Clock.Paused.Add(Grace)):
		return response.Branch
	}
	return response.OnTime
}

// Over says whether saving has ended at an instant, whatever the database says yet: a dead scheduler changes nothing.
func (s Sitting) Over(now time.Time) bool {
	switch s.State {
	case Ended:
		return true
	case Ready:
		return now.After(s.Clock.FinishBy)
	}
	return now.After(s.Clock.Hard())
}

// Closes is when nothing counts any more: the candidate's press on send, else the hard end.
func (s Sitting) Closes() time.Time {
	if s.State == Ended && s.By == ByCandidate {
		return s.Finished
	}
	return s.Clock.Hard()
}

// Works says whether the candidate can work on it at an instant.
func (s Sitting) Works(now time.Time) bool {
	return (s.State == Running || s.State == Paused) && !s.Over(now) && !s.Clock.Stands(now)
}

// Due says whether time ends a sitting at an instant, and by which act; [Settle] after it is over, so that what was received in time is in.
func (s Sitting) Due(now time.Time) (Act, bool) {
	switch s.State {
	case Running, Paused:
		return ByHardEnd, now.After(s.Clock.Hard().Add(Settle))
	case Ready:
		return ByWindow, now.After(s.Clock.FinishBy.Add(Grace + Settle))
	}
	return "", false
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

// Act is what moves a sitting from one state to another.
type Act string

const (
	Start     Act = "start"
	Hand      Act = "hand in"
	Pause     Act = "pause"
	Resume    Act = "resume"
	ByHardEnd Act = "hard end"
	ByWindow  Act = "window's end"
	Void      Act = "void"
	Replace   Act = "replace"
)

// Transition is one line of the table of states.
type Transition struct {
	From State
	Act  Act
	To   State
	By   string // in words
}

// Transitions is the whole table: code, tests and docs read it. Nothing leaves ended; reopening makes a new epoch, which begins ready.
var Transitions = []Transition{
	{Ready, Start, Running, "the candidate's press on start"},
	{Ready, ByWindow, Ended, "the window's end, when another part was started"},
	{Ready, Void, Ended, "everything about the person being erased"},
	{Ready, Replace, Ended, "another invitation to the stage"},
	{Running, Hand, Ended, "the candidate's press on send"},
	{Running, Pause, Paused, "the candidate's press on take a break, while breaks of theirs are left"},
	{Running, ByHardEnd, Ended, "the hard end"},
	{Running, Void, Ended, "everything about the person being erased"},
	{Running, Replace, Ended, "another invitation to the stage, when the candidate knows of it"},
	{Paused, Resume, Running, "the candidate's press on go on"},
	{Paused, Hand, Ended, "the candidate's press on send"},
	{Paused, ByHardEnd, Ended, "the hard end, as if the rest of the break had been taken"},
	{Paused, Void, Ended, "everything about the person being erased"},
	{Paused, Replace, Ended, "another invitation to the stage, when the candidate knows of it"},
}

// Next is the state that an act leads to; ok is false where the act is not in the table.
func (s State) Next(a Act) (to State, ok bool) {
	for _, t := range Transitions {
		if t.From == s && t.Act == a {
			return t.To, true
		}
	}
	return s, false
}
