package attempt_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/response"
)

// watch is a process that answers candidates.
func watch(w *attempttest.World, node string) *attempt.Outages {
	o := &attempt.Outages{Attempts: w.Attempts, Node: node, Log: slog.New(slog.DiscardHandler)}
	w.Attempts.Outages = o
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// lives lets a node live until an instant: it beats every five seconds.
func lives(t *testing.T, w *attempttest.World, o *attempt.Outages, until time.Time) {
	t.Helper()
	for w.Tick.Now().Before(until) {
		w.Tick.Add(min(5*time.Second, until.Sub(w.Tick.Now())))
		must(t, o.Beat(ctx))
	}
}

// working is somebody in the tenth minute of the timed part, and the process that answers them.
func working(t *testing.T, w *attempttest.World) (actor.Actor, attempt.Sitting, *attempt.Outages) {
	t.Helper()
	who := w.Enter(w.Invite("A B", "a@mail.example"))
	o := watch(w, "one")
	must(t, o.Start(ctx))
	s := w.Begin(who, "writing")
	lives(t, w, o, w.Tick.Now().Add(10*time.Minute))
	return who, s, o
}

func credits(t *testing.T, w *attempttest.World, who actor.Actor) (all []int64) {
	t.Helper()
	list, err := w.Attempts.Ledger(ctx, who)
	must(t, err)
	for _, e := range list {
		if e.Kind == "credit" {
			all = append(all, e.Seconds)
		}
	}
	return all
}

func TestLost(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 3, 1, 12, 0, s, 0, time.UTC) }
	half := 30 * time.Minute
	for name, c := range map[string]struct {
		clock        attempt.Clock
		began, ended time.Time
		want         time.Duration
	}{
		"all of it and a minute":            {attempt.Clock{Timed: half, Started: at(0)}, at(100), at(400), 6 * time.Minute},
		"a part of a second is a whole one": {attempt.Clock{Timed: half, Started: at(0)}, at(100), at(400).Add(time.Millisecond), 6*time.Minute + time.Second},
		"from the start on":                 {attempt.Clock{Timed: half, Started: at(300)}, at(100), at(400), 160 * time.Second},
		"started after it":                  {attempt.Clock{Timed: half, Started: at(400)}, at(100), at(400), 0},
		"over before it":                    {attempt.Clock{Timed: half, Started: at(0)}, at(1830), at(2000), 0},
		"in its grace":                      {attempt.Clock{Timed: half, Started: at(0)}, at(1830).Add(-time.Millisecond), at(2000), 231 * time.Second},
		"its end fell into it":              {attempt.Clock{Timed: half, Started: at(0)}, at(1700), at(2900), 21 * time.Minute},
		"untimed":                           {attempt.Clock{FinishBy: at(1800)}, at(1700), at(2900), 21 * time.Minute},
	} {
		if got := attempt.Lost(c.clock, attempt.Outage{Began: c.began, Ended: c.ended}); got != c.want {
			t.Errorf("%s: Lost = %s; want %s", name, got, c.want)
		}
	}
}

// The server was away: whoever worked then has the time back before anything is sent by time, once, also where their end fell into it.
func TestAnOutageGivesTimeBack(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		early, late, idle := w.Enter(w.Invite("A B", "a@mail.example")), w.Enter(w.Invite("C D", "c@mail.example")), w.Enter(w.Invite("E F", "e@mail.example"))
		o := watch(w, "one")
		must(t, o.Start(ctx))
		e := w.Begin(early, "writing")
		lives(t, w, o, w.Tick.Now().Add(25*time.Minute))
		l := w.Begin(late, "writing")
		w.Save(early, e, 1, "tell-us", text)
		lives(t, w, o, w.Tick.Now().Add(time.Minute))

		w.Tick.Add(20 * time.Minute) // the end of the first one falls into it
		o = watch(w, "two")
		must(t, o.Start(ctx))
		must(t, w.Attempts.CloseOverdue(ctx, w.Org.ID))
		for range 2 {
			must(t, o.Credit(ctx))
		}
		for i, s := range []attempt.Sitting{e, l} {
			who := []actor.Actor{early, late}[i]
			if got := credits(t, w, who); len(got) != 1 || got[0] != 21*60 {
				t.Errorf("credits = %v; want the 20 minutes and one more, once", got)
			}
			v := view(t, w, who)
			if got := v.Sittings["writing"]; got.State != attempt.Running || !got.End().Equal(s.End().Add(21*time.Minute)) || got.Over(v.Now) {
				t.Errorf("the sitting = %+v; want it to run until %v", got, s.End().Add(21*time.Minute))
			}
		}
		w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			lines, err := audit.Of(ctx, tx, string(view(t, w, late).Attempt.Application), 100)
			if n := len(slices.DeleteFunc(lines, func(l audit.Line) bool { return l.Verb != "time.credit" || l.Facts["seconds"] != "1260" })); n != 1 || err != nil {
				t.Errorf("the recruiter reads of %d credits, %v", n, err)
			}
			return nil
		})
		if k := w.Save(early, e, 2, "tell-us", text); k.Standing != response.OnTime {
			t.Errorf("a save after it is %s; want it on time", k.Standing)
		}
		if got := credits(t, w, idle); len(got) != 0 {
			t.Errorf("somebody who did not work has %v", got)
		}
	})
}

// For two minutes after a start nothing is sent by time, and afterwards what is due is.
func TestAStartHoldsSendingOff(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		o := watch(w, "one")
		must(t, o.Start(ctx))
		s := w.Begin(who, "writing")
		lives(t, w, o, s.Clock.Hard())
		w.Tick.Add(8 * time.Second) // no outage: somebody was away for less
		o = watch(w, "two")
		must(t, o.Start(ctx))
		restarted := w.Tick.Now()
		lives(t, w, o, restarted.Add(2*time.Minute-time.Second))
		must(t, w.Attempts.CloseOverdue(ctx, w.Org.ID))
		if got := view(t, w, who).Sittings["writing"]; got.State != attempt.Running {
			t.Errorf("it was sent by time %s after the start", w.Tick.Now().Sub(restarted))
		}
		lives(t, w, o, restarted.Add(2*time.Minute))
		must(t, w.Attempts.CloseOverdue(ctx, w.Org.ID))
		if got := view(t, w, who).Sittings["writing"]; got.State != attempt.Ended || !got.Finished.Equal(s.End()) {
			t.Errorf("the sitting = %+v; want it sent by time, at its own end", got)
		}
		if got := credits(t, w, who); len(got) != 0 {
			t.Errorf("credits = %v; want none", got)
		}
	})
}

// As long as one node answers there is no outage.
func TestAnotherNodeIsNoOutage(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		one, two := watch(w, "one"), watch(w, "two")
		must(t, one.Start(ctx))
		w.Begin(who, "writing")
		for range 5 {
			w.Tick.Add(6 * time.Second)
			must(t, two.Beat(ctx))
		}
		must(t, one.Beat(ctx))
		if got := credits(t, w, who); len(got) != 0 {
			t.Errorf("credits = %v; want none", got)
		}
	})
}

// An outage that was written by a process which died before it gave the time back is settled by the next one; until then nothing is sent by time.
func TestACrashBeforeTheCreditLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, s, o := working(t, w)
		w.Tick.Add(5 * time.Minute)
		orgs := w.Attempts.Orgs
		w.Attempts.Orgs = nil // the crash: right after the outage is written
		func() {
			defer func() { recover() }()
			o.Beat(ctx)
			t.Error("nothing crashed")
		}()
		w.Attempts.Orgs = orgs
		if holds, err := o.Holds(ctx); !holds || err != nil {
			t.Errorf("Holds = %v, %v; want true until the time is given back", holds, err)
		}
		o = watch(w, "two")
		must(t, o.Start(ctx))
		if got := view(t, w, who).Sittings["writing"]; !got.End().Equal(s.End().Add(6 * time.Minute)) {
			t.Errorf("End = %v; want 6 minutes more than %v", got.End(), s.End())
		}
	})
}

// When more than one save in twenty fails, that is an outage too: nothing is sent by time while it lasts, and what it took comes back.
func TestFailingSavesAreAnOutage(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, s, o := working(t, w)
		broken, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Hour)) // the database does not answer in time
		defer cancel()
		seq := int64(0)
		save := func(c context.Context) error {
			seq++
			_, err := w.Attempts.Save(c, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.Tick.Now(), Saves: []response.Save{{Item: "tell-us", Client: "c", Seq: seq, Body: []byte(text)}}})
			return err
		}
		for range 19 {
			must(t, save(ctx))
		}
		if err := save(broken); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("a save without a database = %v", err)
		}
		if holds, err := o.Holds(ctx); holds || err != nil {
			t.Errorf("Holds = %v, %v after one failure in twenty; want false", holds, err)
		}
		began := w.Tick.Now().Truncate(time.Second)
		save(broken)
		must(t, o.Beat(ctx))
		other := &attempt.Outages{Attempts: w.Attempts, Node: "two", Log: slog.New(slog.DiscardHandler)}
		for name, node := range map[string]*attempt.Outages{"the node": o, "another node": other} {
			if holds, err := node.Holds(ctx); !holds || err != nil {
				t.Errorf("%s: Holds = %v, %v while saves fail; want true", name, holds, err)
			}
		}
		for range 4 {
			w.Tick.Add(5 * time.Second)
			save(broken)
			must(t, o.Beat(ctx))
		}
		ended := w.Tick.Now().Truncate(time.Second).Add(time.Second)
		for range 60 {
			w.Tick.Add(time.Second)
			must(t, save(ctx))
			must(t, o.Beat(ctx))
		}
		if holds, err := o.Holds(ctx); holds || err != nil {
			t.Errorf("Holds = %v, %v after it; want false", holds, err)
		}
		if got, want := credits(t, w, who), int64(ended.Sub(began)/time.Second)+60; len(got) != 1 || got[0] != want {
			t.Errorf("credits = %v; want %d", got, want)
		}
	})
}

// A clock that was set back decides nothing until it has caught up or somebody confirms it; saves go on.
func TestAClockThatWasSetBack(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, s, o := working(t, w)
		w.Tick.Add(-5 * time.Minute)
		must(t, o.Beat(ctx))
		if holds, err := o.Holds(ctx); !holds || err != nil {
			t.Errorf("Holds = %v, %v; want true", holds, err)
		}
		if k := w.Save(who, s, 1, "tell-us", text); k.Standing != response.OnTime {
			t.Errorf("a save is %s; want it on time", k.Standing)
		}
		if n, err := w.Attempts.ConfirmClock(ctx); n != 1 || err != nil {
			t.Errorf("ConfirmClock = %d, %v", n, err)
		}
		must(t, o.Beat(ctx))
		if holds, err := o.Holds(ctx); holds || err != nil {
			t.Errorf("Holds = %v, %v after it was confirmed; want false", holds, err)
		}
		if got := credits(t, w, who); len(got) != 0 {
			t.Errorf("credits = %v; want none", got)
		}
	})
}

// A clock that jumps ahead by less than a gap would take seconds away: they come back.
func TestAClockThatJumpsAhead(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, _, o := working(t, w)
		if o.Stepped(1999 * time.Millisecond) {
			t.Error("less than two seconds is no jump")
		}
		w.Tick.Add(8 * time.Second)
		if !o.Stepped(8 * time.Second) {
			t.Error("eight seconds are a jump")
		}
		if holds, err := o.Holds(ctx); !holds || err != nil {
			t.Errorf("Holds = %v, %v; want true until it is settled", holds, err)
		}
		must(t, o.Beat(ctx))
		if got := credits(t, w, who); len(got) != 1 || got[0] != 68 {
			t.Errorf("credits = %v; want 8 s and a minute", got)
		}
		if holds, err := o.Holds(ctx); holds || err != nil {
			t.Errorf("Holds = %v, %v afterwards; want false", holds, err)
		}
	})
}

// A browser that could not reach us is believed as far as we saw the same: when nobody's saves came through although many had before. Then it is an
// outage for everybody who worked.
func TestABrowserThatCouldNotReachUs(t *testing.T) {
	const silent = 40
	for name, c := range map[string]struct {
		before int  // saves in the half minute before
		during bool // somebody else's came through in the middle
		other  bool // another node answers
		want   int64
	}{
		"nobody came through":              {25, false, false, silent + 60},
		"somebody came through":            {25, true, false, silent/2 + 60}, // the longer half
		"nobody was working":               {2, false, false, 0},
		"another node may have heard them": {25, false, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *attempttest.World) {
				who, s, o := working(t, w)
				second := w.Tick.Now().Truncate(time.Second)
				w.Tick.Set(second)
				seq := int64(0)
				save := func(since time.Time) {
					seq++
					_, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.Tick.Now(), Unreached: since,
						Saves: []response.Save{{Item: "tell-us", Client: "c", Seq: seq, Body: []byte(text)}}})
					must(t, err)
				}
				for range c.before {
					save(time.Time{})
				}
				two := &attempt.Outages{Attempts: w.Attempts, Node: "two", Log: slog.New(slog.DiscardHandler)}
				w.Tick.Add(time.Second)
				from := w.Tick.Now()
				must(t, o.Beat(ctx))
				for i := range silent {
					if c.during && i == silent/2 {
						save(time.Time{})
					}
					w.Tick.Add(time.Second)
					if i%5 == 4 && c.other {
						must(t, two.Beat(ctx))
					}
					if i%5 == 4 {
						must(t, o.Beat(ctx))
					}
				}
				w.Tick.Add(-time.Millisecond)
				save(from)
				if !c.during {
					save(from.Add(3 * time.Second)) // the same told by another page, which noticed later
				}
				must(t, o.Beat(ctx))
				var got int64
				for _, n := range credits(t, w, who) {
					got += n
				}
				if got != c.want {
					t.Errorf("credit = %d s; want %d", got, c.want)
				}
			})
		})
	}
}
