package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/thread"
)

// talks is a world with conversations, on a Thursday at 10 in Lisbon; somebody is in.
func talks(t *testing.T, fn func(t *testing.T, w world, th *thread.Threads, who actor.Actor, app opening.ApplicationID)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := build(t, d, tick)
		th := &thread.Threads{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Assessments: w.Assessments, Candidates: w.Candidates, Openings: w.Openings, Task: w.Attempts.Task}
		w.n.Threads = th
		tick.Set(time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC))
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		who := w.Enter(inv)
		w.Drain()
		w.post.got = nil
		fn(t, w, th, who, inv.Application)
	})
}

// sent are the subjects of the mails that left since the last time, with whom they went to.
func (w world) sent() (out []string) {
	w.Drain()
	for _, l := range w.post.got {
		out = append(out, l.ToEmail+": "+l.Subject)
	}
	w.post.got = nil
	return out
}

func (w world) check(t *testing.T, what string, want ...string) {
	t.Helper()
	if got := w.sent(); !slices.Equal(got, want) {
		t.Errorf("%s: %q; want %q", what, got, want)
	}
}

func TestOneMailForSeveralMessages(t *testing.T) {
	talks(t, func(t *testing.T, w world, th *thread.Threads, who actor.Actor, app opening.ApplicationID) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		const told = "amara@mail.example: Ada Reyes wrote to you: Backend engineer"
		must(th.Answer(ctx, w.Owner, app, "Hello"))
		w.tick.Add(time.Minute)
		must(th.Answer(ctx, w.Owner, app, "And welcome"))
		w.check(t, "within the minutes")
		w.tick.Add(5 * time.Minute)
		w.check(t, "after them", told)
		w.tick.Add(time.Hour)
		must(th.Answer(ctx, w.Owner, app, "One more thing"))
		must(th.Seen(ctx, who))
		w.tick.Add(5 * time.Minute)
		w.check(t, "when they have looked meanwhile")
		for _, l := range w.log(t, app) {
			if strings.Contains(l.Body, "One more thing") || strings.Contains(l.Body, "welcome") {
				t.Errorf("a mail carries what was said: %q", l.Body)
			}
		}
		w.tick.Set(time.Date(2026, 11, 26, 23, 0, 0, 0, time.UTC))
		must(th.Answer(ctx, w.Owner, app, "Something we begin with at night"))
		w.tick.Add(10 * time.Minute)
		w.check(t, "what they did not ask for, at night")
		must(th.Say(ctx, who, thread.Words{Body: "Is there a clock?"}))
		must(th.Answer(ctx, w.Owner, app, "No."))
		w.tick.Add(10 * time.Minute)
		w.check(t, "an answer, at night; nobody waits any more", told)
	})
}

func TestTheTeamHearsOnceOfWhoWaits(t *testing.T) {
	talks(t, func(t *testing.T, w world, th *thread.Threads, who actor.Actor, app opening.ApplicationID) {
		say := func(text string) {
			t.Helper()
			if err := th.Say(ctx, who, thread.Words{Body: text}); err != nil {
				t.Fatal(err)
			}
		}
		regular := func() {
			t.Helper()
			if err := w.n.Conversations(ctx, w.Org.ID); err != nil {
				t.Fatal(err)
			}
		}
		const waits = "ada@tideway.example: Amara Okafor waits for an answer"
		say("May I use Go?")
		say("Or Rust?")
		w.check(t, "at once, once", waits)
		if err := th.Answer(ctx, w.Owner, app, "Either."); err != nil {
			t.Fatal(err)
		}
		w.tick.Add(10 * time.Minute)
		w.sent()
		if err := th.SetHours(ctx, w.Owner, []int{14, 17}); err != nil {
			t.Fatal(err)
		}
		say("And Zig?")
		regular()
		w.check(t, "before the hour")
		w.tick.Set(time.Date(2026, 11, 26, 14, 10, 0, 0, time.UTC))
		regular()
		regular()
		w.check(t, "at the hour, once", "ada@tideway.example: 1 candidate waits for an answer")
		w.tick.Set(time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC))
		regular()
		w.check(t, "the day before an answer is due")
		w.tick.Set(time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC))
		regular()
		regular()
		w.check(t, "on the day", "ada@tideway.example: Amara Okafor was promised an answer by today")
		if err := th.Answer(ctx, w.Owner, app, "No."); err != nil {
			t.Fatal(err)
		}
		w.tick.Set(time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC))
		w.sent()
		regular()
		w.check(t, "when nobody waits")
	})
}

// Both mails about conversations to members hold no word of what was said, and the digest no name: it is about no single application.
func TestADigestNamesNobody(t *testing.T) {
	talks(t, func(t *testing.T, w world, th *thread.Threads, who actor.Actor, _ opening.ApplicationID) {
		if err := th.SetHours(ctx, w.Owner, []int{10}); err != nil {
			t.Fatal(err)
		}
		if err := th.Say(ctx, who, thread.Words{Body: "My secret"}); err != nil {
			t.Fatal(err)
		}
		if err := w.n.Conversations(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		if len(w.post.got) != 1 || strings.Contains(w.post.got[0].Text, "Amara") || strings.Contains(w.post.got[0].Text, "secret") {
			t.Errorf("the digest is %+v", w.post.got)
		}
	})
}
