package attempt_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/response"
)

var ctx = context.Background()

func each(t *testing.T, fn func(t *testing.T, w *attempttest.World)) {
	dbtest.Each(t, attempttest.Schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) { fn(t, attempttest.Make(t, d, tick)) })
}

const text = `{"text":["hello"]}`

func submission(t *testing.T, w *attempttest.World, a attempt.ID) attempt.Submission {
	t.Helper()
	var s attempt.Submission
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
		s, err = w.Attempts.Submission(ctx, tx, a)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func view(t *testing.T, w *attempttest.World, who actor.Actor) *attempt.View {
	t.Helper()
	v, err := w.Attempts.View(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheWholeAttempt(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		s := submission(t, w, a.ID)
		if s.Receipt == "" || len(s.Items) != 3 || string(s.Items["pick"].Body) != `{"choice":["0"]}` {
			t.Errorf("Submission = %+v", s)
		}
		if m := s.Marks["pick"]; m.State != "done" || m.Share != 1 {
			t.Errorf("mark of pick = %+v; want 1", m)
		}
		if m := s.Marks["number"]; m.Share != 1 {
			t.Errorf("mark of number = %+v; want 1: 299 is within the tolerance", m)
		}
		v := view(t, w, who)
		if len(v.Promises) != 1 || v.Promises[0].Due != time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC) {
			t.Errorf("promises = %+v; want a reply by the end of 1 December, 5 working days after a Tuesday", v.Promises)
		}
		w.Begin(w.Enter(w.Invite("Tomás Herrera", "tomas@mail.example")), "quiz")
		ver, err := w.Assessments.Version(ctx, w.Org.ID, w.Version)
		if err != nil {
			t.Fatal(err)
		}
		if on, err := w.Attempts.OnVersions(ctx, w.Owner, ver.Assessment); err != nil || len(on) != 1 || on[w.Version] != (attempt.On{Open: 1, Sent: 1}) {
			t.Errorf("on the version are %+v, %v; want one under way and one sent", on, err)
		}
		if err := audit.Seal(ctx, w.DB, w.Org.ID); err != nil {
			t.Error(err)
		}
		w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			if n, broken, err := audit.Verify(ctx, tx); n == 0 || broken != 0 || err != nil {
				t.Errorf("%d lines of the audit, broken at %d, %v", n, broken, err)
			}
			return nil
		})
	})
}

func TestTheBoardKnowsTheMeanOfAutomaticMarks(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		mark := func() int {
			var b opening.Board
			err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
				b, err = w.Openings.Page(ctx, tx, w.Opening, opening.Filter{View: opening.Invitees})
				return err
			})
			if err != nil || len(b.Rows) != 1 {
				t.Fatalf("board = %+v, %v", b, err)
			}
			return b.Rows[0].Mark
		}
		who := w.Enter(w.Invite("Amara Okafor", "amara@mail.example"))
		quiz := w.Begin(who, "quiz")
		w.Save(who, quiz, 1, "pick", `{"choice":["0"]}`)
		w.Save(who, quiz, 1, "number", `{"typed":["7"]}`)
		if _, err := w.Attempts.Send(ctx, who, "quiz"); err != nil {
			t.Fatal(err)
		}
		if got := mark(); got != -1 {
			t.Errorf("mark with a part to go = %d; want none", got)
		}
		w.Begin(who, "writing")
		if _, err := w.Attempts.Send(ctx, who, "writing"); err != nil {
			t.Fatal(err)
		}
		if got := mark(); got != 50 {
			t.Errorf("mark = %d %%; want 50: one of two, and writing has no automatic mark", got)
		}
	})
}

func TestSavesAtTheEdges(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "writing")
		end := w.Tick.Now().Add(30 * time.Minute)
		if !s.End().Equal(end) {
			t.Fatalf("End = %v; want 30 minutes after the press", s.End())
		}
		hard := end.Add(attempt.Grace)
		for i, c := range []struct {
			name string
			at   time.Time
			want response.Standing
		}{
			{"just before the end", end.Add(-time.Millisecond), response.OnTime},
			{"at the end", end, response.OnTime},
			{"just after the end", end.Add(time.Millisecond), response.OnTime},
			{"just before the hard end", hard.Add(-time.Millisecond), response.OnTime},
			{"at the hard end", hard, response.OnTime},
			{"just after the hard end", hard.Add(time.Millisecond), response.Late},
		} {
			w.Tick.Set(c.at)
			if k := w.Save(who, s, int64(i+1), "tell-us", text); k.Standing != c.want {
				t.Errorf("%s: standing = %s; want %s", c.name, k.Standing, c.want)
			}
		}
	})
}

// A save is judged by when its first byte came, not by when we got round to it.
func TestOurSlownessNeverCounts(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "writing")
		received := s.End().Add(attempt.Grace)
		w.Tick.Set(received.Add(attempt.Settle - time.Second))
		if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		r, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: received, Saves: []response.Save{{Item: "tell-us", Client: "c", Seq: 1, Body: []byte(text)}}})
		if err != nil || r.Kept[0].Standing != response.OnTime {
			t.Errorf("a save received at the hard end and worked on 9 s later = %+v, %v; want it on time", r.Kept, err)
		}
	})
}

func TestTimeEndsAPartWithWhatWasSaved(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "writing")
		w.Save(who, s, 1, "tell-us", text)
		w.Tick.Set(s.End().Add(attempt.Grace + attempt.Settle + time.Second))
		if v := view(t, w, who); !v.Sittings["writing"].Over(v.Now) {
			t.Error("readers do not see the end before the job ran")
		}
		late := w.Save(who, s, 2, "tell-us", `{"text":["too late"]}`)
		for range 2 {
			if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
				t.Fatal(err)
			}
		}
		v := view(t, w, who)
		got := v.Sittings["writing"]
		if got.State != attempt.Ended || got.By != attempt.ByTime || !got.Finished.Equal(s.End()) || got.Receipt == "" {
			t.Errorf("the sitting = %+v; want it ended by time at the entitled end with a receipt", got)
		}
		if string(v.Answers["tell-us"].Body) != text || late.Standing != response.Late || len(v.Late) != 1 {
			t.Errorf("answer %s, late %s, stray %d; want what was on time, and the late one kept", v.Answers["tell-us"].Body, late.Standing, len(v.Late))
		}
		// The quiz was never opened; when the window is over the attempt is submitted with what there is.
		w.Tick.Set(v.Invitation.FinishBy.Add(time.Minute))
		if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		if sub := submission(t, w, v.Attempt.ID); string(sub.Items["tell-us"].Body) != text || sub.Items["pick"].Body != nil {
			t.Errorf("submission = %+v", sub.Items)
		}
	})
}

func TestWhatWasNeverStartedIsNotSubmitted(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		v := view(t, w, who)
		w.Tick.Set(v.Invitation.FinishBy.Add(time.Hour))
		if err := w.Attempts.CloseOverdue(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		if v := view(t, w, who); v.Attempt.State != "open" {
			t.Errorf("the attempt is %s; want it left as it is: nobody worked on it", v.Attempt.State)
		}
		if _, err := w.Attempts.Begin(ctx, who, "writing"); !errors.Is(err, attempt.ErrWindow) {
			t.Errorf("Begin after the window = %v; want ErrWindow", err)
		}
	})
}

// A node that is not sure of the time starts no clock; what is written to clocks that run is kept on time all the same.
func TestWhoIsUnsureOfTheTimeStartsNothing(t *testing.T) {
	d, tick := dbtest.Open(t, attempttest.Schemas...)
	w := attempttest.Make(t, d, tick)
	who := w.Enter(w.Invite("A B", "a@mail.example"))
	writing := w.Begin(who, "writing")
	d.Clock.Measured(0, clock.Sure+time.Millisecond)
	if _, err := w.Attempts.Begin(ctx, who, "quiz"); !errors.Is(err, attempt.ErrUnsure) {
		t.Errorf("a start = %v; want %v", err, attempt.ErrUnsure)
	}
	if s := view(t, w, who).Sittings["quiz"]; s.State != attempt.Ready || !s.Clock.Started.IsZero() {
		t.Errorf("what was not started is %+v", s)
	}
	if s, err := w.Attempts.Begin(ctx, who, "writing"); err != nil || s.State != attempt.Running {
		t.Errorf("pressing again what runs = %s, %v", s.State, err)
	}
	w.Save(who, writing, 1, "tell-us", text) // fails unless it is kept
	d.Clock.Measured(0, clock.Sure)
	w.Begin(who, "quiz")
}

func TestATimedPartStartedLateRunsItsFullTime(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		v := view(t, w, who)
		w.Tick.Set(v.Invitation.FinishBy.Add(-time.Minute))
		s := w.Begin(who, "writing")
		if want := w.Tick.Now().Add(30 * time.Minute); !s.End().Equal(want) {
			t.Errorf("End = %v; want %v, after the window", s.End(), want)
		}
		if q := w.Begin(who, "quiz"); !q.End().Equal(v.Invitation.FinishBy) {
			t.Errorf("the untimed part ends %v; want at finish_by %v", q.End(), v.Invitation.FinishBy)
		}
	})
}

func TestSendingTwiceGivesOneReceipt(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		if _, err := w.Attempts.Send(ctx, who, "quiz"); !errors.Is(err, attempt.ErrNotStarted) {
			t.Errorf("Send before start = %v; want ErrNotStarted", err)
		}
		s := w.Begin(who, "quiz")
		w.Save(who, s, 1, "pick", `{"choice":["1"]}`)
		first, err := w.Attempts.Send(ctx, who, "quiz")
		if err != nil {
			t.Fatal(err)
		}
		w.Tick.Add(time.Minute)
		second, err := w.Attempts.Send(ctx, who, "quiz")
		if err != nil || second.Receipt != first.Receipt || !second.Finished.Equal(first.Finished) {
			t.Errorf("second Send = %+v, %v; want the first receipt", second, err)
		}
		if k := w.Save(who, s, 2, "pick", `{"choice":["2"]}`); k.Standing != response.Late {
			t.Errorf("a save after sending is %s; want late", k.Standing)
		}
		if _, err := w.Attempts.Begin(ctx, who, "quiz"); !errors.Is(err, attempt.ErrEnded) {
			t.Errorf("Begin after sending = %v; want ErrEnded", err)
		}
	})
}

func TestTheNewestTakeoverEditsAndTheOtherBecomesABranch(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		inv := w.Invite("A B", "a@mail.example")
		laptop := w.Enter(inv)
		s := w.Begin(laptop, "writing")
		if _, err := w.Openings.Enter(ctx, w.Openings.Secret(inv), ""); !errors.Is(err, opening.ErrCodeNeeded) {
			t.Errorf("a second browser after the start = %v; want ErrCodeNeeded", err)
		}
		digits, err := w.Openings.DeviceCode(ctx, laptop)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Openings.Enter(ctx, w.Openings.Secret(inv), "000000"); !errors.Is(err, opening.ErrCode) {
			t.Errorf("wrong digits = %v; want ErrCode", err)
		}
		cookie, err := w.Openings.Enter(ctx, w.Openings.Secret(inv), digits)
		if err != nil {
			t.Fatal(err)
		}
		phone, _, _ := w.Openings.CandidateSession(ctx, cookie)
		if err := w.Attempts.TakeOver(ctx, phone, "writing"); err != nil {
			t.Fatal(err)
		}
		k := w.Save(laptop, s, 1, "tell-us", `{"text":["from the laptop"]}`)
		if k.Standing != response.Branch {
			t.Fatalf("the laptop's save is %s; want a branch", k.Standing)
		}
		tick, err := w.Attempts.Clock(ctx, laptop, s.ID)
		if err != nil || tick.Editor {
			t.Errorf("the laptop still edits: %+v, %v", tick, err)
		}
		if err := w.Attempts.Restore(ctx, phone, s.ID, k.Revision); err != nil {
			t.Fatal(err)
		}
		if v := view(t, w, phone); string(v.Answers["tell-us"].Body) != `{"text":["from the laptop"]}` {
			t.Errorf("after using the branch the answer is %s", v.Answers["tell-us"].Body)
		}
	})
}

func TestExtraTime(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		inv := w.Invite("A B", "a@mail.example")
		who := w.Enter(inv)
		s := w.Begin(who, "writing")
		end := func() time.Duration { return view(t, w, who).Sittings["writing"].End().Sub(s.End()) }
		if err := w.Attempts.Adjust(ctx, who, who.Subject, candidate.Time{Factor: 3000}); err == nil {
			t.Error("triple time was granted at once; want it asked for")
		}
		if err := w.Attempts.Adjust(ctx, who, who.Subject, candidate.Time{Factor: 1500}); err != nil {
			t.Fatal(err)
		}
		if got := end(); got != 15*time.Minute {
			t.Errorf("x1.5 while running moved the end by %v; want 15 min", got)
		}
		for i, want := range []error{nil, attempt.ErrOnce} {
			if _, err := w.Attempts.OwnFailure(ctx, who, "writing"); !errors.Is(err, want) {
				t.Errorf("press %d = %v; want %v", i+1, err, want)
			}
		}
		if got := end(); got != 35*time.Minute {
			t.Errorf("after the press the end moved by %v; want 35 min", got)
		}
		app := view(t, w, who).Attempt.Application
		if err := w.Attempts.Extend(ctx, w.Owner, app, "writing", 10, "her train was late"); err != nil {
			t.Fatal(err)
		}
		if got := end(); got != 45*time.Minute {
			t.Errorf("after the extension the end moved by %v; want 45 min", got)
		}
		reviewer := w.Member("Jun Li", "jun@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.Attempts.Extend(ctx, reviewer, app, "writing", 10, "please"); !errors.Is(err, opening.ErrRole) {
			t.Errorf("a reviewer's extension = %v; want ErrRole", err)
		}
		lines, err := w.Attempts.Ledger(ctx, who)
		if err != nil || len(lines) != 4 {
			t.Errorf("ledger = %+v, %v; want start, factor, own_failure, extend", lines, err)
		}
		if err := w.Attempts.Adjust(ctx, who, who.Subject, candidate.Time{Factor: 1000}); err != nil {
			t.Fatal(err)
		}
		if got := end(); got != 45*time.Minute {
			t.Errorf("after taking the factor back the end moved by %v; a running clock is never shortened", got)
		}
	})
}

// Whoever has to wait for digits by mail to go on elsewhere gets the wait back, once per part that runs; digits that the first device showed were
// not waited for.
func TestWaitingForDigitsByMailIsGivenBack(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		inv := w.Invite("A B", "a@mail.example")
		who := w.Enter(inv)
		s := w.Begin(who, "writing")
		link := w.Openings.Secret(inv)
		end := func() time.Duration { return view(t, w, who).Sittings["writing"].End().Sub(s.End()) }
		waited := func(d time.Duration) {
			t.Helper()
			must(t, w.Openings.MailCode(ctx, link))
			w.Tick.Add(d)
			var code string
			must(t, w.DB.InstallationRead(ctx, func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT MAX(id) FROM device_codes`).Scan(&code)
			}))
			if _, err := w.Openings.Enter(ctx, link, w.Openings.CodeDigits(code)); err != nil {
				t.Fatal(err)
			}
		}
		w.Tick.Add(2 * time.Minute)
		digits, err := w.Openings.DeviceCode(ctx, who)
		must(t, err)
		w.Tick.Add(time.Minute)
		if _, err := w.Openings.Enter(ctx, link, digits); err != nil {
			t.Fatal(err)
		}
		if got := end(); got != 0 {
			t.Errorf("digits that were shown moved the end by %v", got)
		}
		waited(3*time.Minute + 200*time.Millisecond)
		if got := end(); got != 3*time.Minute+time.Second {
			t.Errorf("3 minutes and a bit of waiting moved the end by %v; want 3 min 1 s", got)
		}
		waited(time.Minute)
		if got := end(); got != 3*time.Minute+time.Second {
			t.Errorf("a second wait moved the end to %v", got)
		}
		lines, err := w.Attempts.Ledger(ctx, who)
		if err != nil || len(lines) != 2 || lines[1].Kind != "code" || lines[1].Seconds != 181 {
			t.Errorf("ledger = %+v, %v; want start and 181 s of waiting", lines, err)
		}
		if s := view(t, w, who).Sittings["quiz"]; !s.Clock.Started.IsZero() || s.Clock.Added != 0 {
			t.Errorf("a part that was not started has %+v", s.Clock)
		}
	})
}

func TestExtendingTheWindowReachesOpenParts(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		inv := w.Invite("A B", "a@mail.example")
		who := w.Enter(inv)
		w.Begin(who, "quiz")
		by := inv.FinishBy.Add(48 * time.Hour)
		if err := w.Attempts.ExtendWindow(ctx, w.Owner, inv.ID, by, "asked kindly"); err != nil {
			t.Fatal(err)
		}
		if v := view(t, w, who); !v.Sittings["quiz"].End().Equal(by) || !v.Sittings["writing"].Clock.FinishBy.Equal(by) {
			t.Errorf("sittings = %+v; want both moved to %v", v.Sittings, by)
		}
		if err := w.Attempts.ExtendWindow(ctx, w.Owner, inv.ID, inv.FinishBy, "no"); !errors.Is(err, opening.ErrShorter) {
			t.Errorf("moving it earlier = %v; want ErrShorter", err)
		}
	})
}

func TestNobodyReachesAnothersAttempt(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		a := w.Enter(w.Invite("A B", "a@mail.example"))
		b := w.Enter(w.Invite("C D", "c@mail.example"))
		s := w.Begin(a, "quiz")
		_, err := w.Attempts.Save(ctx, b, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(), Saves: []response.Save{{Item: "pick", Client: "c", Seq: 1, Body: []byte("{}")}}})
		if !errors.Is(err, attempt.ErrMissing) {
			t.Errorf("saving into another's sitting = %v; want ErrMissing", err)
		}
		if _, err := w.Attempts.Clock(ctx, b, s.ID); !errors.Is(err, attempt.ErrMissing) {
			t.Errorf("asking another's clock = %v; want ErrMissing", err)
		}
		r, err := w.Attempts.Save(ctx, a, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(), Saves: []response.Save{{Item: "tell-us", Client: "c", Seq: 1, Body: []byte("{}")}}})
		if !errors.Is(err, attempt.ErrMissing) {
			t.Errorf("saving an item of another part = %+v, %v; want ErrMissing", r, err)
		}
	})
}

func TestAnAnswerThatIsTooLargeSaysSoAndLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "writing")
		w.Save(who, s, 1, "tell-us", text)
		big := make([]byte, 6<<20)
		for i := range big {
			big[i] = 'x'
		}
		_, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(),
			Saves: []response.Save{{Item: "tell-us", Client: "c1", Seq: 2, Body: append(append([]byte(`{"text":["`), big...), `"]}`...)}}})
		if p, ok := problem.As(err); !ok || p.Kind != problem.TooLarge {
			t.Errorf("6 MB = %v; want a problem of kind too_large", err)
		}
		if v := view(t, w, who); string(v.Answers["tell-us"].Body) != text {
			t.Error("the saved answer is gone")
		}
	})
}
