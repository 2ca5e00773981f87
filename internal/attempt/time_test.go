package attempt

import (
	"fmt"
	"testing"
	"time"

	"candor/internal/response"

	"pgregory.net/rapid"
)

// rules are all pure functions that decide about time. The property test holds for those of this package, and must find every mutant of them.
type rules struct {
	entitled func(Clock) time.Time
	hard     func(Clock) time.Time
	resumed  func(Clock, time.Time) (Clock, time.Duration)
	standing func(Sitting, int64, time.Time) response.Standing
	over     func(Sitting, time.Time) bool
	due      func(Sitting, time.Time) (Act, bool)
	lost     func(Clock, Outage) time.Duration
	next     func(State, Act) (State, bool)
}

var real = rules{Clock.Entitled, Clock.Hard, Clock.Resumed, Sitting.Standing, Sitting.Over, Sitting.Due, Lost, State.Next}

// life is what happens to one sitting: what it is, and step by step an act and the instant of it, which is mostly an edge.
type life struct {
	Timed, Factor, Window int // minutes, thousandths, minutes from the beginning to finish_by
	Breaks                int // seconds
	Steps                 []step
}

type step struct {
	Do   int // index of what may happen
	Edge int // index of the instant: an edge of the sitting's clock, or some time later
	Off  int // milliseconds around the edge: -1, 0, 1
	More int // seconds: how much later, how much more
}

// What may happen at a step.
const (
	doStart = iota
	doSave
	doOldSave // from a page whose takeover is over
	doTakeOver
	doPause
	doResume
	doExtend
	doFactor
	doWindow
	doOutage
	doHand
	doTime // somebody looks whether time ends it
	doVoid
	doReplace
	doings
)

var lives = rapid.Custom(func(t *rapid.T) life {
	l := life{Timed: rapid.SampledFrom([]int{0, 1, 30}).Draw(t, "timed"), Factor: rapid.SampledFrom([]int{1000, 1250, 1333, 2000}).Draw(t, "factor"),
		Window: rapid.IntRange(1, 120).Draw(t, "window"), Breaks: rapid.SampledFrom([]int{0, 45, 600}).Draw(t, "breaks")}
	weights := []int{doStart, doStart, doStart, doSave, doSave, doSave, doOldSave, doTakeOver, doPause, doPause, doResume, doExtend, doFactor, doWindow, doOutage, doHand, doTime, doTime, doVoid, doReplace}
	for range rapid.IntRange(4, 14).Draw(t, "steps") {
		l.Steps = append(l.Steps, step{rapid.SampledFrom(weights).Draw(t, "do"), rapid.IntRange(0, 8).Draw(t, "edge"), rapid.IntRange(-1, 1).Draw(t, "off"), rapid.IntRange(1, 900).Draw(t, "more")})
	}
	return l
})

// table is what time.md says of states, written once more by hand.
var table = map[State]map[Act]State{
	Ready:   {Start: Running, ByWindow: Ended, Void: Ended, Replace: Ended},
	Running: {Hand: Ended, Pause: Paused, ByHardEnd: Ended, Void: Ended, Replace: Ended},
	Paused:  {Hand: Ended, Resume: Running, ByHardEnd: Ended, Void: Ended, Replace: Ended},
	Ended:   {},
}

// plain is the same sitting in another way: milliseconds and sums instead of a clock, and breaks as what they took.
type plain struct {
	state                      State
	timed, factor              int64
	started, finishBy          int64
	added                      []int64 // milliseconds
	pausedAt, breakLeft, epoch int64
	longest                    int64 // the latest end it ever had while no break lasted
}

func (p plain) end() int64 {
	if p.timed == 0 {
		return p.finishBy + sum(p.added)
	}
	if p.started == 0 {
		return 0
	}
	length := p.timed * p.factor / 1000
	if p.timed*p.factor%1_000_000 != 0 {
		length = (p.timed*p.factor/1_000_000 + 1) * 1000
	}
	end := p.started + length + sum(p.added)
	if p.pausedAt != 0 {
		end += p.breakLeft
	}
	return end
}

func sum(list []int64) (n int64) {
	for _, x := range list {
		n += x
	}
	return n
}

func (p plain) stands(at int64) bool { return p.state == Paused && at < p.pausedAt+p.breakLeft }

func (p plain) standing(epoch, at int64) response.Standing {
	switch {
	case p.state == Ready, p.state == Ended, at > p.end()+30_000:
		return response.Late
	case epoch != p.epoch, p.stands(at) && at-p.pausedAt > 30_000:
		return response.Branch
	}
	return response.OnTime
}

// dueAt is after which instant time ends it, and how; "" never.
func (p plain) dueAt() (int64, Act) {
	switch p.state {
	case Ready:
		return p.finishBy + 40_000, ByWindow
	case Ended:
		return 0, ""
	}
	return p.end() + 40_000, ByHardEnd
}

func (p plain) lost(began, ended int64) int64 {
	if p.started == 0 || p.started >= ended || p.end()+30_000 <= began {
		return 0
	}
	return (ended - max(began, p.started) + 60_000 + 999) / 1000 * 1000
}

func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

const birth = int64(1_800_000_000_000)

// run lives a life by some rules and says what was not as it must be; seen are the states that it was in.
func (l life) run(r rules, seen map[State]bool) error {
	p := plain{state: Ready, timed: int64(l.Timed) * 60_000, factor: int64(l.Factor), finishBy: birth + int64(l.Window)*60_000, epoch: 1}
	s := Sitting{State: Ready, Takeover: 1, Clock: Clock{Timed: time.Duration(l.Timed) * time.Minute, Factor: l.Factor, FinishBy: at(p.finishBy)}}
	left := int64(l.Breaks) * 1000
	now := birth
	act := func(a Act) bool {
		to, ok := r.next(s.State, a)
		want, may := table[p.state][a]
		if ok && !may || may && (!ok || to != want) {
			s.State = "?" // found below
			return false
		}
		if ok {
			s.State, p.state = to, want
		}
		return ok
	}
	for i, st := range l.Steps {
		edges := []int64{p.end(), p.end() + 30_000, p.end() + 40_000, p.finishBy, p.finishBy + 40_000, p.pausedAt + 30_000, p.pausedAt + p.breakLeft, now, now + int64(st.More)*1000}
		if then := edges[st.Edge] + int64(st.Off); then > now {
			now = then
		}
		seen[s.State] = true
		t := at(now)
		switch st.Do {
		case doStart:
			if now <= p.finishBy && act(Start) {
				p.started, s.Clock.Started = now, t
			}
		case doSave, doOldSave:
			epoch := p.epoch - int64(st.Do-doSave)
			if got, want := r.standing(s, epoch, t), p.standing(epoch, now); got != want {
				return fmt.Errorf("step %d: a save is %s; want %s", i, got, want)
			}
		case doTakeOver:
			if s.State == Running {
				p.epoch++
				s.Takeover++
			}
		case doPause:
			if p.timed > 0 && left > 0 && !r.over(s, t) && act(Pause) {
				p.pausedAt, p.breakLeft = now, left
				s.Clock.Paused, s.Clock.Break = t, time.Duration(left)*time.Millisecond
			}
		case doResume:
			if r.over(s, t) || s.State != Paused {
				break
			}
			took := min(now-p.pausedAt, p.breakLeft)
			if took%1000 != 0 {
				took += 1000 - took%1000
			}
			if act(Resume) {
				p.added = append(p.added, took)
				left = max(0, left-took)
				p.breakLeft, p.pausedAt = 0, 0
				var used time.Duration
				if s.Clock, used = r.resumed(s.Clock, t); used.Milliseconds() != took {
					return fmt.Errorf("step %d: a break of %d ms takes %v", i, took, used)
				}
			}
		case doExtend:
			if s.State != Ended {
				p.added = append(p.added, int64(st.More)*1000)
				s.Clock.Added += time.Duration(st.More) * time.Second
			}
		case doFactor:
			if s.State != Ended {
				p.factor += int64(st.More)
				s.Clock.Factor += st.More
			}
		case doWindow:
			if s.State != Ended {
				p.finishBy += int64(st.More) * 1000
				s.Clock.FinishBy = at(p.finishBy)
			}
		case doOutage:
			began := now - int64(st.More)*700
			if got, want := r.lost(s.Clock, Outage{Began: at(began), Ended: t}).Milliseconds(), p.lost(began, now); p.timed > 0 && got != want {
				return fmt.Errorf("step %d: an outage of %d ms gives %d ms; want %d", i, now-began, got, want)
			}
		case doHand:
			act(Hand)
		case doVoid:
			act(Void)
		case doReplace:
			act(Replace)
		case doTime:
			after, how := p.dueAt()
			got, due := r.due(s, t)
			if due != (how != "" && now > after) || due && got != how {
				return fmt.Errorf("step %d: due = %s, %v at %d ms after the end", i, got, due, now-p.end())
			}
			if due {
				act(got)
			}
		}
		if s.State != p.state {
			return fmt.Errorf("step %d: the state after %d is %s; want %s", i, st.Do, s.State, p.state)
		}
		if got := r.entitled(s.Clock); got != at(p.end()) {
			return fmt.Errorf("step %d: the end is %v; want %v", i, got, at(p.end()))
		}
		if p.end() > 0 && r.hard(s.Clock) != at(p.end()+30_000) {
			return fmt.Errorf("step %d: the hard end is %v; want 30 s after %v", i, r.hard(s.Clock), at(p.end()))
		}
		if over := p.state == Ended || p.state == Ready && now > p.finishBy || p.state != Ready && now > p.end()+30_000; r.over(s, t) != over {
			return fmt.Errorf("step %d: over = %v; want %v", i, !over, over)
		}
		if p.state == Running {
			if p.end() < p.longest {
				return fmt.Errorf("step %d: the end moved from %d to %d", i, p.longest, p.end())
			}
			p.longest = p.end()
		}
	}
	seen[s.State] = true
	return nil
}

// Whatever happens to a sitting, its times and states are as time.md says, at every edge to the millisecond. A run in which a state was hardly ever
// visited proves nothing.
func TestTheRulesOfTime(t *testing.T) {
	runs, visits := 0, map[State]int{}
	for runs < 3000 { // in 100 a state that comes in 1 of 30 may be missed
		rapid.Check(t, func(t *rapid.T) {
			seen := map[State]bool{}
			if err := lives.Draw(t, "life").run(real, seen); err != nil {
				t.Fatal(err)
			}
			runs++
			for s := range seen {
				visits[s]++
			}
		})
	}
	t.Logf("%d runs, of which %v", runs, visits)
	for _, s := range []State{Ready, Running, Paused, Ended} {
		if visits[s]*100 < runs {
			t.Errorf("%s was visited in %d of %d runs; want 1 in 100", s, visits[s], runs)
		}
	}
}

// mutants are the rules with one thing wrong each.
var mutants = map[string]func(r *rules){
	"grace of 29 seconds": func(r *rules) {
		r.hard = func(c Clock) time.Time { return c.Hard().Add(-time.Second) }
	},
	"a save at the hard end is late": func(r *rules) {
		r.standing = func(s Sitting, epoch int64, received time.Time) response.Standing {
			return s.Standing(epoch, received.Add(time.Millisecond))
		}
	},
	"an old takeover edits": func(r *rules) {
		r.standing = func(s Sitting, _ int64, received time.Time) response.Standing {
			return s.Standing(s.Takeover, received)
		}
	},
	"a break is worked in": func(r *rules) {
		r.standing = func(s Sitting, epoch int64, received time.Time) response.Standing {
			s.Clock.Paused = s.Clock.Paused.Add(Grace)
			return s.Standing(epoch, received)
		}
	},
	"extra time is left out": func(r *rules) {
		r.entitled = func(c Clock) time.Time { c.Factor = 1000; return c.Entitled() }
	},
	"seconds are rounded down": func(r *rules) {
		r.entitled = func(c Clock) time.Time {
			if exact := c.Timed.Milliseconds() * int64(c.Factor) / 1000; c.Timed > 0 && exact%1000 != 0 && !c.Started.IsZero() {
				return c.Entitled().Add(-time.Second)
			}
			return c.Entitled()
		}
	},
	"what was added is left out": func(r *rules) {
		r.entitled = func(c Clock) time.Time { c.Added = 0; return c.Entitled() }
	},
	"a part without a clock ends by its start": func(r *rules) {
		r.entitled = func(c Clock) time.Time {
			if c.Timed == 0 && !c.Started.IsZero() {
				c.FinishBy = c.Started.Add(time.Hour)
			}
			return c.Entitled()
		}
	},
	"a break costs time": func(r *rules) {
		r.resumed = func(c Clock, now time.Time) (Clock, time.Duration) {
			after, used := c.Resumed(now)
			after.Added = c.Added
			return after, used
		}
	},
	"a break never ends": func(r *rules) {
		r.resumed = func(c Clock, now time.Time) (Clock, time.Duration) { c.Break = time.Hour; return c.Resumed(now) }
	},
	"a part is ended while saves wait": func(r *rules) {
		r.due = func(s Sitting, now time.Time) (Act, bool) { return s.Due(now.Add(Settle)) }
	},
	"the window ends a millisecond early": func(r *rules) {
		r.over = func(s Sitting, now time.Time) bool {
			if s.State == Ready {
				now = now.Add(time.Millisecond)
			}
			return s.Over(now)
		}
	},
	"an outage gives no minute more": func(r *rules) {
		r.lost = func(c Clock, x Outage) time.Duration { return max(0, Lost(c, x)-time.Minute) }
	},
	"an outage before the start counts": func(r *rules) {
		r.lost = func(c Clock, x Outage) time.Duration {
			if c.Started.After(x.Began) {
				c.Started = x.Began
			}
			return Lost(c, x)
		}
	},
	"what is sent starts again":       moved(Ended, Start, Running),
	"what was not started is sent":    moved(Ready, Hand, Ended),
	"a break is started from nothing": moved(Ready, Pause, Paused),
}

// moved adds a line to the table of states that does not belong there.
func moved(from State, a Act, to State) func(r *rules) {
	return func(r *rules) {
		r.next = func(s State, x Act) (State, bool) {
			if s == from && x == a {
				return to, true
			}
			return s.Next(x)
		}
	}
}

// The property finds every mutant; one that it does not find is a rule that nothing holds.
func TestEveryMutantIsFound(t *testing.T) {
	const most = 4000
	for name, mutate := range mutants {
		r := real
		mutate(&r)
		found := 0
		for seed := 1; seed <= most && found == 0; seed++ {
			if lives.Example(seed).run(r, map[State]bool{}) != nil {
				found = seed
			}
		}
		if found == 0 {
			t.Errorf("%s: not found in %d lives", name, most)
		} else {
			t.Logf("%s: found in life %d", name, found)
		}
	}
}
