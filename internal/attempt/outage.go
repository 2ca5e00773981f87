package attempt

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"candor/internal/attempt/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/problem"
)

// The numbers of an outage (time.md, rules 9 to 11).
const (
	beatEvery  = 5 * time.Second
	gapOver    = 10 * time.Second // without any node's beat
	spell      = 30 * time.Second // the window that is looked at for failing saves
	spellSaves = 20               // at least so many saves in it
	spellShare = 20               // more than one in so many failed
	replyIn    = 10 * time.Second // a save that took longer had no reply
	creditMore = time.Minute      // on top of what was lost
	alarmOver  = 30 * time.Minute
	holdOff    = 2 * time.Minute // from a start to the first auto-submit
	stepOver   = 2 * time.Second // a jump of the wall clock
	keepOutage = 90 * 24 * time.Hour
	remember   = time.Hour // of how many saves there were each second
)

// Outage is a time in which candidates could not save, by our fault.
type Outage struct {
	ID           string
	Cause        string // gap: nobody wrote; failing: too many saves failed; clock: the wall clock jumped ahead
	Began, Ended time.Time
}

// Outages notices them and gives everybody who was working the time back, before anything is sent by time. One watches over each process that
// answers candidates.
type Outages struct {
	Attempts *Attempts
	Node     string // a name of this process that no other has
	Log      *slog.Logger

	mu      sync.Mutex
	held    time.Time // nothing is sent by time before this instant
	behind  bool      // this process's time is before what was written last
	stepped bool      // the wall clock jumped, and no beat has been since
	window  [int(remember / time.Second)]tally
	others  bool      // another node answers too
	failing time.Time // the first failure of the spell that lasts; zero is none
	failed  time.Time // the last failure
	ended   []Outage  // spells that are over and not written yet
}

// tally are the saves of one second.
type tally struct {
	second   int64
	all, bad int
}

// Start is called before the first request is taken: it finds the gap since anybody wrote last, gives the time back, and holds sending by time
// off for a while.
func (o *Outages) Start(ctx context.Context) error {
	o.mu.Lock()
	o.held = o.Attempts.DB.Now().Add(holdOff)
	o.mu.Unlock()
	return o.Beat(ctx)
}

// Run beats until ctx ends, and watches the wall clock.
func (o *Outages) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last, beat := time.Now(), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		step := now.Round(0).Sub(last.Round(0)) - now.Sub(last) // wall less monotonic
		last = now
		if o.Stepped(step) || now.Sub(beat) >= beatEvery {
			beat = now
			if err := o.Beat(ctx); err != nil && ctx.Err() == nil {
				o.Log.Error("outages: no beat", "error", err)
			}
		}
	}
}

// Stepped tells how far the wall clock jumped between two looks at it; over two seconds nothing is sent by time until the next beat has seen to it.
func (o *Outages) Stepped(step time.Duration) bool {
	if step.Abs() <= stepOver {
		return false
	}
	o.Log.Error("the wall clock of this machine jumped: nothing is sent by time until that is settled; saves go on", "by", step.String())
	now := o.Attempts.DB.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stepped = true
	if step > 0 && step <= gapOver { // a longer jump is a gap between two beats
		o.ended = append(o.ended, Outage{Cause: "clock", Began: now.Add(-step), Ended: now})
	}
	return true
}

// saved counts how a save ended: err is what its request got.
func (o *Outages) saved(received time.Time, err error) {
	if o == nil {
		return
	}
	now := o.Attempts.DB.Now()
	bad := now.Sub(received) > replyIn
	if _, theirs := problem.As(err); err != nil && (!theirs || errors.Is(err, db.ErrFull)) && !errors.Is(err, context.Canceled) {
		bad = true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	t := &o.window[int(now.Unix())%len(o.window)]
	*t = o.at(now.Unix())
	t.all++
	if !bad {
		return
	}
	t.bad++
	if o.failed = now; !o.failing.IsZero() {
		return
	}
	all, failed, first := o.look(now)
	if all >= spellSaves && failed*spellShare > all {
		o.failing = first
		o.Log.Error("saves fail: nothing is sent by time until they go well again", "of", all, "failed", failed)
	}
}

// look sums up the spell that ends at an instant; first is the second of the first failure in it.
func (o *Outages) look(now time.Time) (all, bad int, first time.Time) {
	for second := now.Unix() - int64(spell/time.Second) + 1; second <= now.Unix(); second++ {
		t := o.at(second)
		all, bad = all+t.all, bad+t.bad
		if t.bad > 0 && first.IsZero() {
			first = time.Unix(second, 0).UTC()
		}
	}
	return all, bad, first
}

// at are the saves of a second, as far as they are remembered.
func (o *Outages) at(second int64) tally {
	if t := o.window[int(second)%len(o.window)]; t.second == second {
		return t
	}
	return tally{second: second}
}

// unreached takes the report of a browser that reaches us again: from an instant to now no try of its went through. It is believed as far as this
// node's own evidence goes: the longest time in between in which nobody's save arrived, when at least [spellSaves] had in the spell before, so that
// silence says something. That is an outage for everybody, once however many report it. Where another node answers too, silence here says nothing.
func (o *Outages) unreached(from, now time.Time) {
	if o == nil || from.IsZero() || now.Sub(from) <= gapOver {
		return
	}
	if earliest := now.Add(-remember + spell); from.Before(earliest) {
		from = earliest
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var began, ended int64
	for second, since := from.Unix(), from.Unix(); second <= now.Unix(); second++ {
		if o.at(second).all > 0 {
			since = second + 1
		}
		if second+1-since > ended-began {
			began, ended = since, second+1
		}
	}
	for began > from.Add(-spell).Unix() && o.at(began-1).all == 0 { // it began with the last save that arrived, not with the first that did not
		began--
	}
	all, bad, _ := o.look(time.Unix(began-1, 0))
	if o.others || ended-began <= int64(gapOver/time.Second) || all-bad < spellSaves {
		return
	}
	o.ended = append(o.ended, Outage{Cause: "failing", Began: time.Unix(began, 0).UTC(), Ended: time.Unix(ended, 0).UTC()})
}

// settle ends a spell that is over: half a minute without too many failures.
func (o *Outages) settle(now time.Time) (since time.Time, over []Outage) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if all, bad, _ := o.look(now); !o.failing.IsZero() && bad*spellShare <= all {
		o.ended = append(o.ended, Outage{Cause: "failing", Began: o.failing, Ended: o.failed.Add(time.Second).Truncate(time.Second)})
		o.failing = time.Time{}
	}
	over, o.ended = o.ended, nil
	return o.failing, over
}

// Beat writes that this node can save, by the same way as saves, and what outages it knows of; then it gives the time back. While the time of
// this process is before what was written last it writes nothing: a clock that was set back decides nothing.
func (o *Outages) Beat(ctx context.Context) error {
	d := o.Attempts.DB
	now := d.Now()
	since, over := o.settle(now)
	var all []Outage
	var others int64
	behind := false
	err := d.Installation(ctx, func(tx db.Tx) error {
		q := query.New(tx)
		newest, err := q.NewestBeat(ctx)
		if err != nil {
			return err
		}
		last := clock.Time(newest)
		if behind = last.Sub(now) > stepOver; behind {
			return nil
		}
		all = slices.Clone(over)
		if newest > 0 && now.Sub(last) > gapOver {
			all = append(all, Outage{Cause: "gap", Began: last, Ended: now})
		}
		for _, x := range all {
			if _, err := q.AddOutage(ctx, query.AddOutageParams{ID: id.New("out", now), Cause: x.Cause, Began: clock.Milli(x.Began), Ended: clock.Milli(x.Ended)}); err != nil {
				return err
			}
		}
		if _, err := q.ForgetBeats(ctx, clock.Milli(last.Add(-24*time.Hour))); err != nil {
			return err
		}
		if _, err := q.ForgetOutages(ctx, clock.Milli(now.Add(-keepOutage))); err != nil {
			return err
		}
		if others, err = q.Others(ctx, o.Node, clock.Milli(now.Add(-spell))); err != nil {
			return err
		}
		return q.PutBeat(ctx, o.Node, clock.Milli(now), clock.Milli(since))
	})
	if err != nil || behind {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.ended = append(over, o.ended...)
		if o.behind = behind; behind {
			o.Log.Error("this machine's time is before what was written last: nothing is sent by time until it has caught up, or `candor admin clock` confirms it")
		}
		return err
	}
	for _, x := range all {
		level := slog.LevelWarn
		if x.Ended.Sub(x.Began) > alarmOver {
			level = slog.LevelError
		}
		o.Log.Log(ctx, level, "an outage: whoever was working gets the time back", "cause", x.Cause, "from", x.Began, "to", x.Ended)
	}
	if err := o.Credit(ctx); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.behind, o.stepped, o.others = false, false, others > 0
	return nil
}

// Holds says that nothing may be sent by time at the moment.
func (o *Outages) Holds(ctx context.Context) (bool, error) {
	if o == nil {
		return false, nil
	}
	now := o.Attempts.DB.Now()
	o.mu.Lock()
	holds := now.Before(o.held) || o.behind || o.stepped || !o.failing.IsZero() || len(o.ended) > 0
	o.mu.Unlock()
	if holds {
		return true, nil
	}
	err := o.Attempts.DB.InstallationRead(ctx, func(tx db.Tx) error {
		q := query.New(tx)
		newest, err := q.NewestBeat(ctx)
		if err != nil {
			return err
		}
		elsewhere, err := q.Failing(ctx, clock.Milli(now.Add(-spell)))
		if err != nil {
			return err
		}
		waiting, err := q.Uncredited(ctx)
		holds = now.Sub(clock.Time(newest)) > gapOver || elsewhere > 0 || len(waiting) > 0
		return err
	})
	return holds, err
}
