package review_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// has are those with an open card of a round, in words.
func has(t *testing.T, w *reviewtest.World, n review.Round, people map[string]actor.Actor) (out []string) {
	t.Helper()
	for _, id := range reviewers(t, w, n) {
		for name, who := range people {
			if who.ID == id {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestNobodyKeepsACardInSilence(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		var short []review.RoundNote
		job.Listen(w.Jobs, review.Short, "test.short", job.Housekeeping, func(_ context.Context, n review.RoundNote) error { short = append(short, n); return nil })
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		people := map[string]actor.Actor{"mina": w.Mina, "jun": w.Jun, "kit": w.Kit}
		if err := w.Reviews.Rate(ctx, w.Mina, n.Code, reviewtest.Card(3, 2)); err != nil {
			t.Fatal(err)
		}
		role := func(who actor.Actor, on bool) {
			t.Helper()
			if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, who.ID, opening.Reviewer, on); err != nil {
				t.Fatal(err)
			}
			if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
				t.Fatal(err)
			}
			w.Drain()
		}
		role(w.Mina, false)
		if got := has(t, w, n, people); !slices.Equal(got, []string{"jun"}) || len(short) != 1 {
			t.Errorf("%v have it, %d told that nobody can read it; want jun alone, and one told", got, len(short))
		}
		if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		if len(short) != 1 {
			t.Errorf("told %d times", len(short))
		}
		role(w.Kit, true)
		if got := has(t, w, n, people); !slices.Equal(got, []string{"jun", "kit"}) {
			t.Errorf("%v have it with Kit in the pool", got)
		}
		role(w.Mina, true)
		if err := w.Reviews.Reassign(ctx, w.Rosa, n.Code, w.Kit.ID, w.Mina.ID, "Mina is back."); err != nil {
			t.Fatalf("given back to Mina: %v", err)
		}
		s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || !s.Blind || s.Mine.Card.Ratings["clear"].Level != 3 || s.Mine.Card.Private != "private-canary" {
			t.Errorf("Mina finds %+v, %v; want what she wrote, blind", s, err)
		}
		if err := w.Reviews.Reassign(ctx, w.Rosa, n.Code, w.Mina.ID, w.Kit.ID, "Kit again."); !errors.Is(err, review.ErrNobody) {
			t.Errorf("given back to somebody who reads the board = %v; want ErrNobody", err)
		}
	})
}

func TestAwayFromADayToADay(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		day := 24 * time.Hour
		now := w.DB.Now()
		for _, bad := range [][2]time.Time{{now, now}, {now.Add(day), {}}, {now, now.Add(400 * day)}} {
			if err := w.Orgs.SetAway(ctx, w.Mina, bad[0], bad[1]); err == nil {
				t.Errorf("away from %v until %v is taken", bad[0], bad[1])
			}
		}
		if err := w.Orgs.SetAway(ctx, w.Mina, now.Add(2*day), now.Add(20*day)); err != nil {
			t.Fatal(err)
		}
		sam := w.Member("Sam Third", "sam@tideway.example", nil, opening.Reviewer)
		people := map[string]actor.Actor{"mina": w.Mina, "jun": w.Jun, "sam": sam}
		present := func() (n int) {
			t.Helper()
			err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
				n, err = w.Openings.Present(ctx, tx, w.Opening, opening.Reviewer)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := w.Submitted("Amara Okafor", "amara@mail.example"); !slices.Equal(has(t, w, n, people), []string{"jun", "sam"}) || present() != 3 {
			t.Errorf("due while Mina is away: %v, %d here; want those who are not, and all three here", has(t, w, n, people), present())
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, sam.ID, opening.Reviewer, false); err != nil {
			t.Fatal(err)
		}
		if n := w.Submitted("Ben Adeyemi", "ben@mail.example"); !slices.Equal(has(t, w, n, people), []string{"jun", "mina"}) {
			t.Errorf("with nobody else: %v; want Mina, who is here still", has(t, w, n, people))
		}
		w.Tick.Add(3 * day)
		if n := w.Submitted("Chen Wu", "chen@mail.example"); !slices.Equal(has(t, w, n, people), []string{"jun"}) || present() != 1 {
			t.Errorf("while Mina is away: %v, %d here", has(t, w, n, people), present())
		}
		w.Tick.Add(20 * day)
		if n := w.Submitted("Dora Lind", "dora@mail.example"); !slices.Equal(has(t, w, n, people), []string{"jun", "mina"}) {
			t.Errorf("with Mina back: %v", has(t, w, n, people))
		}
	})
}

func TestTakenOverAndHandedOver(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		first, second := w.Submitted("Amara Okafor", "amara@mail.example"), w.Submitted("Ben Adeyemi", "ben@mail.example")
		sam := w.Member("Sam Third", "sam@tideway.example", nil, opening.Reviewer)
		people := map[string]actor.Actor{"mina": w.Mina, "jun": w.Jun, "sam": sam}
		if list, err := w.Reviews.ToTake(ctx, sam); err != nil || len(list) != 0 {
			t.Errorf("to take while everybody reads: %v, %v", list, err)
		}
		if err := w.Reviews.TakeOver(ctx, sam, first.Code); !errors.Is(err, review.ErrTaken) {
			t.Errorf("taking from somebody who reads = %v; want ErrTaken", err)
		}
		if err := w.Orgs.SetAway(ctx, w.Jun, time.Time{}, w.DB.Now().Add(96*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if list, err := w.Reviews.ToTake(ctx, sam); err != nil || len(list) != 2 || !list[0].Away {
			t.Errorf("to take while Jun is away: %+v, %v; want both", list, err)
		}
		for _, who := range []actor.Actor{w.Rosa, w.Mina, w.Owner} {
			if err := w.Reviews.TakeOver(ctx, who, first.Code); !errors.Is(err, review.ErrMissing) {
				t.Errorf("taken by somebody outside the pool, or who has one = %v; want ErrMissing", err)
			}
		}
		if err := w.Reviews.TakeOver(ctx, sam, first.Code); err != nil {
			t.Fatal(err)
		}
		if s, err := w.Reviews.Load(ctx, sam, first.Code); err != nil || !s.Blind || !slices.Equal(has(t, w, first, people), []string{"mina", "sam"}) {
			t.Errorf("taken over: %v, %v", has(t, w, first, people), err)
		}
		if err := w.Reviews.StepBack(ctx, w.Jun, first.Code, "Back."); !errors.Is(err, review.ErrFiled) {
			t.Errorf("Jun still has what was taken: %v", err)
		}
		if _, _, err := w.Reviews.HandOver(ctx, w.Mina, org.MemberID(w.Jun.ID), w.Opening, "He is away."); !errors.Is(err, review.ErrRole) {
			t.Errorf("a colleague gives on Jun’s cards = %v; want ErrRole", err)
		}
		if _, _, err := w.Reviews.HandOver(ctx, w.Rosa, org.MemberID(w.Jun.ID), w.Opening, " "); !errors.Is(err, review.ErrReason) {
			t.Errorf("without a reason = %v", err)
		}
		if given, kept, err := w.Reviews.HandOver(ctx, w.Rosa, org.MemberID(w.Jun.ID), w.Opening, "He is away."); err != nil || given != 1 || kept != 0 {
			t.Errorf("handed over %d, kept %d, %v; want 1", given, kept, err)
		}
		if got := has(t, w, second, people); !slices.Equal(got, []string{"mina", "sam"}) {
			t.Errorf("the second is with %v", got)
		}
		if given, kept, err := w.Reviews.HandOver(ctx, w.Mina, org.MemberID(w.Mina.ID), "", "I leave tonight."); err != nil || given != 0 || kept != 2 {
			t.Errorf("with nobody left: given %d, kept %d, %v; want both kept", given, kept, err)
		}
		if got := has(t, w, second, people); !slices.Equal(got, []string{"mina", "sam"}) {
			t.Errorf("a card was lost: %v", got)
		}
	})
}
