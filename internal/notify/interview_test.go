package notify_test

import (
	"slices"
	"testing"
	"time"

	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/interview"
	"candor/internal/thread"
)

// Both sides hear when it is their turn: the candidate in their own day, a member at the hours they chose; and a question that is late is told to those
// who can name somebody else.
func TestTurns(t *testing.T) {
	dbtest.Each(t, append(slices.Clone(schemas), interview.Schema), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := build(t, d, tick)
		is := &interview.Interviews{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Assessments: w.Assessments, Candidates: w.Candidates, Promises: w.Promises, Openings: w.Openings, Attempts: w.Attempts, Kinds: attempttest.Kinds()}
		w.Attempts.Turns, w.n.Interviews, w.n.Promises = is.Parts, is, w.Promises
		w.n.Threads = &thread.Threads{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Candidates: w.Candidates}
		is.Listen()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		check := func(what string, want ...string) {
			t.Helper()
			got := w.sent()
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s: %q; want %q", what, got, want)
			}
		}
		at := func(day, hour int) {
			tick.Set(time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC))
			must(w.n.Turns(ctx, w.Org.ID))
			must(w.n.Turns(ctx, w.Org.ID))        // nothing is said twice
			must(w.Promises.Sweep(ctx, w.Org.ID)) // a question is a promise too, and the interview itself says who is to ask it
		}
		tick.Set(time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC)) // a Thursday
		amara, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.sent()
		must(w.n.Threads.SetHours(ctx, w.Owner, []int{14}))
		tick.Add(time.Minute)
		v, err := is.Open(ctx, w.Owner, a.Application, interview.Agreed{Member: w.Owner.ID, Rounds: 2, AnswerDays: 2, AskDays: 2}, "", "")
		must(err)
		check("at once", "amara@mail.example: Your interview: Backend engineer")
		tick.Set(time.Date(2026, 11, 19, 14, 5, 0, 0, time.UTC))
		check("at the member's hour", "ada@tideway.example: Your turn to ask")
		at(20, 10)
		check("a day before")
		at(23, 10)
		check("on the day", "ada@tideway.example: Today you owe a question")
		at(24, 10)
		check("after it", "ada@tideway.example: A question is late", "amara@mail.example: We are late: Backend engineer", "kit@tideway.example: A question is late", "rosa@tideway.example: A question is late")

		tick.Set(time.Date(2026, 11, 24, 22, 0, 0, 0, time.UTC)) // 23:00 in Lagos
		must(is.Ask(ctx, w.Owner, v.Code, 0, interview.Question{Text: "Why?", Kind: "freetext"}))
		check("at night")
		at(25, 9)
		check("in the morning", "amara@mail.example: Ada Reyes asks you something: Backend engineer")
		at(26, 9)
		check("on their last day", "amara@mail.example: A day is left to answer Ada Reyes: Backend engineer")
		w.Save(amara, w.Begin(amara, attempt.TurnKey(1)), 1, attempt.TurnKey(1), `{"text":["Because."]}`)
		_, err = w.Attempts.Send(ctx, amara, attempt.TurnKey(1))
		must(err)
		w.Drain()
		tick.Set(time.Date(2026, 11, 26, 14, 1, 0, 0, time.UTC))
		check("when it is our turn again", "ada@tideway.example: Your turn to ask")

		tick.Set(time.Date(2026, 11, 26, 22, 0, 0, 0, time.UTC))
		must(is.Ask(ctx, w.Owner, v.Code, 1, interview.Question{Text: "And then?", Kind: "freetext"}))
		w.Drain()
		w.Save(amara, w.Begin(amara, attempt.TurnKey(2)), 1, attempt.TurnKey(2), `{"text":["Then it stops."]}`)
		_, err = w.Attempts.Send(ctx, amara, attempt.TurnKey(2))
		must(err)
		w.Drain()
		at(27, 9)
		check("an answer that was faster than the mail about the question", "amara@mail.example: Your interview: Backend engineer")
	})
}
