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
