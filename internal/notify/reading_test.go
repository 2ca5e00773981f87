package notify_test

import (
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/opening"
	"candor/internal/thread"
)

func TestSubmissionsInOneMailAtChosenHours(t *testing.T) {
	talks(t, func(t *testing.T, w world, th *thread.Threads, _ actor.Actor, _ opening.ApplicationID) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		hour := func(h, minute int) {
			t.Helper()
			w.tick.Set(time.Date(2026, 11, 27, h, minute, 0, 0, time.UTC)) // a Friday; Lisbon is at UTC
			must(w.n.Reading(ctx, w.Org.ID))
		}
		must(th.SetHours(ctx, w.Mina, []int{13, 16}))
		must(w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Jun.ID, opening.Reviewer, false))
		must(th.SetHours(ctx, w.Jun, []int{13}))
		for _, name := range []string{"ben", "chen", "dora"} {
			w.Submitted(name, name+"@mail.example")
		}
		var got []string
		for _, s := range w.sent() {
			if s[:4] != "ben@" && s[:4] != "chen" && s[:4] != "dora" && s[:4] != "amar" {
				got = append(got, s)
			}
		}
		short := "rosa@tideway.example: Nobody can read a submission: Backend engineer"
		count := map[string]int{}
		for _, s := range got {
			count[s]++
		}
		if count[short] != 3 || count["mina@tideway.example: One more to read"] != 0 || len(count) != 3 { // Ada and Kit, too
			t.Errorf("with one reader, who hears at hours: %v; want those who run and decide told, and Mina not", count)
		}
		hour(12, 30)
		w.check(t, "before the hour")
		hour(13, 5)
		w.check(t, "in the hour", "mina@tideway.example: 3 submissions wait for you")
		hour(13, 50)
		w.check(t, "later in it")
		must(w.Orgs.SetAway(ctx, w.Mina, time.Time{}, w.DB.Now().Add(96*time.Hour)))
		hour(16, 5)
		w.check(t, "while she is away")
		must(w.Orgs.SetAway(ctx, w.Mina, time.Time{}, time.Time{}))
		hour(16, 10)
		w.check(t, "when she is back", "mina@tideway.example: 3 submissions wait for you")
	})
}
