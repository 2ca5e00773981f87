package notify_test

import (
	"slices"
	"testing"

	"candor/internal/actor"
	"candor/internal/opening"
	"candor/internal/review/reviewtest"
	"candor/internal/thread"
)

func TestReadersHearOfAChangedRubricOnce(t *testing.T) {
	talks(t, func(t *testing.T, w world, _ *thread.Threads, _ actor.Actor, _ opening.ApplicationID) {
		for _, name := range []string{"ben", "chen"} {
			n := w.Submitted(name, name+"@mail.example")
			w.File(w.Mina, n, reviewtest.Card(3, 2))
			if name == "ben" {
				w.File(w.Jun, n, reviewtest.Card(3, 2))
			}
		}
		w.sent()
		v := w.Publish(reviewtest.Reworded...)
		if err := w.Reviews.ChangeRubric(ctx, w.Rosa, w.Opening, v, "Level 3 was read in two ways."); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		got := w.sent()
		slices.Sort(got)
		if want := []string{"jun@tideway.example: The rubric changed: some scores are open again", "mina@tideway.example: The rubric changed: some scores are open again"}; !slices.Equal(got, want) {
			t.Errorf("a changed rubric: %q; want one mail to each", got)
		}
		if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		w.check(t, "later")
	})
}
