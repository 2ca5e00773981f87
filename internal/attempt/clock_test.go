package attempt_test

import (
	"os"
	"testing"
	"time"

	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db/dbtest"
	"candor/internal/response"
)

// The wall clock of the machine jumps while somebody works, also while the server is down, or runs too fast or too slow. For the whole of
// the time they were promised, by a clock that did not jump, nothing is sent by time and what they save is on time; afterwards, and when an
// operator has confirmed a clock that was set back, it is sent once.
func TestTheClockMatrix(t *testing.T) {
	const hour, back, beat = time.Hour, -20 * time.Minute, 9 * time.Second // more than ten seconds between two beats are an outage
	for name, c := range map[string]struct {
		step    time.Duration // at the tenth minute
		drift   int           // parts per million that the clock is too fast
		restart bool
	}{
		"nothing":                              {},
		"less than a jump ahead":               {step: 1999 * time.Millisecond},
		"a jump ahead":                         {step: 2001 * time.Millisecond},
		"a jump of almost a gap":               {step: 9 * time.Second},
		"an hour ahead":                        {step: hour},
		"a day ahead":                          {step: 24 * hour},
		"a little back":                        {step: -1999 * time.Millisecond},
		"a jump back":                          {step: -2001 * time.Millisecond},
		"a long way back":                      {step: back},
		"too fast":                             {drift: 500},
		"too slow":                             {drift: -500},
		"a restart":                            {restart: true},
		"a jump ahead over a restart":          {step: 9 * time.Second, restart: true},
		"an hour ahead over a restart":         {step: hour, restart: true},
		"a long way back over a restart":       {step: back, restart: true},
		"a long way back, too fast, a restart": {step: back, drift: 500, restart: true},
		"an hour ahead, too slow, and restart": {step: hour, drift: -500, restart: true},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(t *testing.T, w *attempttest.World) {
				who := w.Enter(w.Invite("A B", "a@mail.example"))
				o := watch(w, "one")
				must(t, o.Start(ctx))
				s := w.Begin(who, "writing")
				gone := time.Duration(0) // by a clock that did not jump
				live := func(until time.Duration) {
					for gone < until {
						d := min(beat, until-gone)
						gone += d
						w.Tick.Add(d + d*time.Duration(c.drift)/1_000_000)
						must(t, o.Beat(ctx))
						must(t, w.Attempts.CloseOverdue(ctx, w.Org.ID))
					}
				}
				live(10 * time.Minute)
				w.Tick.Add(c.step)
				if c.restart {
					o = watch(w, "two")
					must(t, o.Start(ctx))
				} else {
					o.Stepped(c.step)
				}
				live(s.Clock.Length())
				if got := view(t, w, who).Sittings["writing"]; got.State != attempt.Running {
					t.Errorf("it was sent %s after it began: %+v", gone, got)
				}
				if k := w.Save(who, s, 1, "tell-us", text); k.Standing != response.OnTime {
					t.Errorf("a save %s after it began is %s; want it on time", gone, k.Standing)
				}
				live(s.Clock.Length() + 5*time.Minute)
				if c.step == back {
					if got := view(t, w, who).Sittings["writing"]; got.State != attempt.Running {
						t.Errorf("it was sent by a clock that was set back: %+v", got)
					}
					_, err := w.Attempts.ConfirmClock(ctx)
					must(t, err)
					live(gone - back)
				}
				if got := view(t, w, who).Sittings["writing"]; got.State != attempt.Ended || got.By != attempt.ByTime || !got.Finished.Equal(got.End()) {
					t.Errorf("in the end it is %+v; want it sent by time, at its own end", got)
				}
				if n := ends(t, w, who)["end"]; n != 1 {
					t.Errorf("it was ended %d times", n)
				}
			}
			if os.Getenv("CANDOR_TEST_LONG") != "" {
				each(t, run)
				return
			}
			d, tick := dbtest.Open(t, attempttest.Schemas...) // the rules of an outage on both engines are other tests' business
			run(t, attempttest.Make(t, d, tick))
		})
	}
}
