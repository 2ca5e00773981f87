package attempt_test

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db/dbtest"
)

// Everybody who began in the same instant is sent by time in one go, each at the very end they were entitled to.
func TestManyAreDueInTheSameSecond(t *testing.T) {
	n := 250 // more than a page of them
	if os.Getenv("CANDOR_TEST_LONG") != "" {
		n = 2000
	}
	each(t, func(t *testing.T, w *attempttest.World) {
		people := make([]actor.Actor, n)
		var all sync.WaitGroup
		for k := range 16 {
			all.Go(func() {
				for i := k; i < n; i += 16 {
					people[i] = w.Enter(w.Invite("A B", fmt.Sprintf("a%d@mail.example", i)))
					w.Save(people[i], w.Begin(people[i], "writing"), 1, "tell-us", text)
				}
			})
		}
		all.Wait()
		end := view(t, w, people[0]).Sittings["writing"].End()
		w.Tick.Set(end.Add(attempt.Grace + attempt.Settle + time.Millisecond))
		began := time.Now()
		must(t, w.Attempts.CloseOverdue(ctx, w.Org.ID))
		t.Logf("%d are sent by time in %s", n, time.Since(began).Round(time.Millisecond))
		for i, who := range people {
			got := view(t, w, who).Sittings["writing"]
			if got.State != attempt.Ended || got.By != attempt.ByTime || !got.Finished.Equal(end) {
				t.Fatalf("person %d: %+v; want it ended by time at %v", i, got, end)
			}
		}
	})
}

// A page full of people who wait for an answer of ours keeps nobody else waiting: whoever's window is over is sent all the same.
func TestThoseWhoWaitKeepNobodyWaiting(t *testing.T) {
	d, tick := dbtest.Open(t, attempttest.Schemas...)
	w := attempttest.Make(t, d, tick)
	begin := func(i int) actor.Actor {
		who := w.Enter(w.Invite("A B", fmt.Sprintf("a%d@mail.example", i)))
		quiz := w.Begin(who, "quiz")
		w.Save(who, quiz, 1, "pick", `{"choice":["0"]}`)
		if _, err := w.Attempts.Send(ctx, who, "quiz"); err != nil {
			t.Fatal(err)
		}
		return who
	}
	for i := range 200 {
		must(t, w.Attempts.Ask(ctx, begin(i), "Large print."))
	}
	w.Tick.Add(10 * 24 * time.Hour) // later than all of theirs
	last := begin(200)
	w.Tick.Add(60 * 24 * time.Hour)
	must(t, w.Attempts.CloseOverdue(ctx, w.Org.ID))
	if s := view(t, w, last).Attempt.State; s != "submitted" {
		t.Errorf("the one who waits for nothing is %s; want what they sent to be submitted", s)
	}
}
