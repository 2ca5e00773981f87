package attempt_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/response"
)

// arrive saves one answer that was typed so long ago, as the outbox of a device in a takeover would.
func arrive(t *testing.T, w *attempttest.World, who actor.Actor, s attempt.Sitting, epoch, seq int64, itemKey, body string, ago time.Duration) response.Kept {
	t.Helper()
	typed := w.DB.Now().Add(-ago)
	r, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: epoch, Received: w.DB.Now(), Saves: []response.Save{
		{Item: itemKey, Client: "c_away", Seq: seq, Body: []byte(body), Typed: typed, Heard: typed.Add(-time.Minute), Device: "Firefox on Android"}}})
	if err != nil {
		t.Fatal(err)
	}
	return r.Kept[0]
}

// lateQuiz is somebody whose quiz was sent with a wrong answer while a right one was on its way.
func lateQuiz(t *testing.T, w *attempttest.World) (who actor.Actor, app opening.ApplicationID, revision string) {
	t.Helper()
	who = w.Enter(w.Invite("Amara Okafor", "amara@mail.example"))
	s := w.Begin(who, "quiz")
	w.Save(who, s, 1, "pick", `{"choice":["1"]}`)
	if _, err := w.Attempts.Send(ctx, who, "quiz"); err != nil {
		t.Fatal(err)
	}
	w.Tick.Add(10 * time.Minute)
	for i, body := range []string{`{"choice":["2"]}`, `{"choice":["0"]}`} {
		k := arrive(t, w, who, s, 1, int64(i+1), "pick", body, 12*time.Minute)
		if k.Standing != response.Late {
			t.Fatalf("standing = %s; want late", k.Standing)
		}
		revision = k.Revision
	}
	return who, view(t, w, who).Attempt.Application, revision
}

func TestLateWorkIsKeptMarkedAndAccepted(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, app, revision := lateQuiz(t, w)
		v := view(t, w, who)
		if len(v.Late) != 1 || v.Late[0].ID != revision || v.Late[0].Versions != 2 {
			t.Fatalf("Late = %+v; want the newest of two", v.Late)
		}
		l, arrived := v.Late[0], w.Tick.Now()
		if !l.Received.Equal(arrived) || !l.Typed.Equal(arrived.Add(-12*time.Minute)) || !l.Heard.Equal(arrived.Add(-13*time.Minute)) || l.Device != "Firefox on Android" {
			t.Errorf("evidence = %v, %v, %v, %q", l.Received, l.Typed, l.Heard, l.Device)
		}
		list, err := w.Attempts.LateBeside(ctx, w.Owner, app)
		if err != nil || len(list) != 1 || string(list[0].Arrived) != `{"choice":["0"]}` || string(list[0].Submitted) != `{"choice":["1"]}` || !list[0].Closed {
			t.Fatalf("LateBeside = %+v, %v", list, err)
		}
		if err := w.Attempts.AcceptLate(ctx, w.Owner, app, revision, " "); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("without a reason = %v; want ErrInvalid", err)
		}
		for range 2 { // the second changes nothing
			if err := w.Attempts.AcceptLate(ctx, w.Owner, app, revision, "the train had no network"); err != nil {
				t.Fatal(err)
			}
		}
		v = view(t, w, who)
		if len(v.Late) != 0 || len(v.Replaced) != 1 || v.Replaced[0].Cause != "late" || v.Replaced[0].Was.SHA256 != response.Hash([]byte(`{"choice":["1"]}`)) {
			t.Errorf("afterwards Late = %+v, Replaced = %+v; want it accepted once and the first answer remembered", v.Late, v.Replaced)
		}
		writing := w.Begin(who, "writing")
		w.Save(who, writing, 1, "tell-us", text)
		if _, err := w.Attempts.Send(ctx, who, "writing"); err != nil {
			t.Fatal(err)
		}
		sub := submission(t, w, v.Attempt.ID)
		if string(sub.Items["pick"].Body) != `{"choice":["0"]}` || sub.Marks["pick"].Share != 1 {
			t.Errorf("the submission has %s with %+v; want the accepted answer, marked anew", sub.Items["pick"].Body, sub.Marks["pick"])
		}
		w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			lines, err := audit.Of(ctx, tx, string(app), 100)
			n := 0
			for _, x := range lines {
				if x.Verb == "late.accept" {
					n++
					if why, err := audit.ReasonText(ctx, tx, x.Facts["reason"]); why != "the train had no network" {
						t.Errorf("the reason is %q, %v", why, err)
					}
				}
			}
			if n != 1 || err != nil {
				t.Errorf("it is audited %d times, %v; want once", n, err)
			}
			return nil
		})
	})
}

// Who may accept is who runs the opening and knows the name; a blind reader who runs it too may not, and what is not late never.
func TestWhoMayAcceptLateWork(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, app, revision := lateQuiz(t, w)
		reviewer := w.Member("Jun Li", "jun@tideway.example", []string{"reviewer"}, opening.Reviewer)
		for name, asks := range map[string]actor.Actor{"a reviewer": reviewer, "the candidate": who} {
			if err := w.Attempts.AcceptLate(ctx, asks, app, revision, "why not"); !errors.Is(err, opening.ErrRole) && !errors.Is(err, opening.ErrMissing) {
				t.Errorf("%s = %v; want ErrRole or ErrMissing", name, err)
			}
			if list, err := w.Attempts.LateBeside(ctx, asks, app); err == nil {
				t.Errorf("%s reads %+v", name, list)
			}
		}
		w.Openings.Blind = func(context.Context, db.Tx, actor.Actor, opening.ApplicationID) (bool, string, error) {
			return true, "ABCD", nil
		}
		if err := w.Attempts.AcceptLate(ctx, w.Owner, app, revision, "why not"); !errors.Is(err, opening.ErrRole) {
			t.Errorf("a blind recruiter = %v; want ErrRole", err)
		}
		w.Openings.Blind = nil
		onTime := view(t, w, who).Answers["pick"].ID
		if err := w.Attempts.AcceptLate(ctx, w.Owner, app, onTime, "why not"); !errors.Is(err, response.ErrMissing) {
			t.Errorf("what was on time = %v; want ErrMissing", err)
		}
		other := w.Enter(w.Invite("C D", "c@mail.example"))
		w.Begin(other, "quiz")
		if err := w.Attempts.AcceptLate(ctx, w.Owner, view(t, w, other).Attempt.Application, revision, "why not"); !errors.Is(err, response.ErrMissing) {
			t.Errorf("another's revision = %v; want ErrMissing", err)
		}
	})
}

// What a device says is believed as far as it can be true, and is kept of late versions only.
func TestEvidenceIsKeptAsFarAsItCanBeTrue(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "quiz")
		k := arrive(t, w, who, s, 1, 1, "pick", `{"choice":["1"]}`, time.Minute)
		if _, err := w.Attempts.Send(ctx, who, "quiz"); err != nil {
			t.Fatal(err)
		}
		now := w.Tick.Now()
		for i, c := range []struct {
			name         string
			typed, heard time.Time
			want         time.Time
		}{
			{"nothing is said", time.Time{}, time.Time{}, time.Time{}},
			{"in years to come", now.AddDate(9, 0, 0), now.Add(-time.Hour), now},
			{"before it heard from us", now.Add(-time.Hour), now.Add(-time.Minute), time.Time{}},
			{"an hour ago", now.Add(-time.Hour), now.Add(-2 * time.Hour), now.Add(-time.Hour)},
		} {
			r, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: now,
				Saves: []response.Save{{Item: "pick", Client: "c2", Seq: int64(i + 1), Body: []byte(`{"choice":["2"]}`), Typed: c.typed, Heard: c.heard}}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := w.Attempts.State(ctx, who, "pick", r.Kept[0].N)
			if err != nil || !got.Typed.Equal(c.want) {
				t.Errorf("%s: typed %v, %v; want %v", c.name, got.Typed, err, c.want)
			}
		}
		if got, err := w.Attempts.State(ctx, who, "pick", k.N); err != nil || !got.Typed.IsZero() || got.Device != "" {
			t.Errorf("of a version on time is kept %v, %q, %v; want nothing", got.Typed, got.Device, err)
		}
	})
}

// A branch is offered until it is used or left; either way it stays among the states of its answer.
func TestABranchIsOfferedOnceAndNeverLost(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "writing")
		phone := who
		phone.Session = "cse_phone"
		if err := w.Attempts.TakeOver(ctx, phone, "writing"); err != nil {
			t.Fatal(err)
		}
		first := arrive(t, w, who, s, 1, 1, "tell-us", `{"text":["from the laptop"]}`, time.Minute)
		w.Tick.Add(time.Minute)
		if k := arrive(t, w, phone, s, 2, 2, "tell-us", `{"text":["from the phone"]}`, 0); k.Standing != response.OnTime {
			t.Fatalf("the phone's save is %s", k.Standing)
		}
		if v := view(t, w, who); len(v.Branches) != 1 || v.Branches[0].ID != first.Revision || v.Branches[0].Device != "Firefox on Android" {
			t.Fatalf("Branches = %+v; want the laptop's", v.Branches)
		}
		if err := w.Attempts.Leave(ctx, phone, s.ID, first.Revision); err != nil {
			t.Fatal(err)
		}
		if v := view(t, w, who); len(v.Branches) != 0 || string(v.Answers["tell-us"].Body) != `{"text":["from the phone"]}` {
			t.Errorf("after leaving it: %+v, %s", v.Branches, v.Answers["tell-us"].Body)
		}
		second := arrive(t, w, who, s, 1, 3, "tell-us", `{"text":["more from the laptop"]}`, time.Minute)
		if v := view(t, w, who); len(v.Branches) != 1 || v.Branches[0].ID != second.Revision {
			t.Fatalf("Branches = %+v; want what came after", v.Branches)
		}
		if err := w.Attempts.Restore(ctx, phone, s.ID, second.Revision); err != nil {
			t.Fatal(err)
		}
		if k := arrive(t, w, phone, s, 2, 4, "tell-us", `{"text":["more from the laptop, and on"]}`, 0); k.Standing != response.OnTime {
			t.Fatalf("the phone's save is %s", k.Standing)
		}
		if v := view(t, w, who); len(v.Branches) != 0 {
			t.Errorf("a branch that was used is offered again: %+v", v.Branches)
		}
		third := arrive(t, w, who, s, 1, 5, "tell-us", `{"text":["ignored"]}`, time.Minute)
		if _, err := w.Attempts.Send(ctx, phone, "writing"); err != nil {
			t.Fatal(err)
		}
		list, err := w.Attempts.History(ctx, who, "tell-us", 0)
		var kept []string
		for _, r := range list {
			if r.Standing == response.Branch {
				kept = append(kept, r.ID)
			}
		}
		if want := []string{third.Revision, second.Revision, first.Revision}; err != nil || strings.Join(kept, " ") != strings.Join(want, " ") {
			t.Errorf("kept branches = %v, %v; want %v", kept, err, want)
		}
	})
}

// Every state of an answer is reached, however many there are, and each can be the present one again.
func TestEveryStateCanBeRestored(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("A B", "a@mail.example"))
		s := w.Begin(who, "writing")
		const many = 2*attempt.StatesPerPage + 3
		body := func(n int64) string { return `{"text":["` + strings.Repeat("x", int(n)) + `"]}` }
		for n := range int64(many) {
			w.Save(who, s, n+1, "tell-us", body(n+1))
		}
		want := int64(many)
		for before := int64(0); ; {
			list, err := w.Attempts.History(ctx, who, "tell-us", before)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				if r.N != want {
					t.Fatalf("state %d; want %d", r.N, want)
				}
				want--
				before = r.N
			}
			if len(list) == 0 {
				break
			}
		}
		if want != 0 {
			t.Errorf("%d states were not reached", want)
		}
		for _, n := range []int64{1, 7, 1} { // also the same one twice
			r, err := w.Attempts.State(ctx, who, "tell-us", n)
			if err != nil || string(r.Body) != body(n) {
				t.Fatalf("State(%d) = %s, %v", n, r.Body, err)
			}
			if n == 1 { // the seventh comes in the same millisecond as the first before it
				w.Tick.Add(time.Second)
			}
			if err := w.Attempts.Restore(ctx, who, s.ID, r.ID); err != nil {
				t.Fatal(err)
			}
			if got := view(t, w, who).Answers["tell-us"]; string(got.Body) != body(n) {
				t.Errorf("after restoring state %d the answer is %s", n, got.Body)
			}
		}
		if list, _ := w.Attempts.History(ctx, who, "tell-us", 0); list[0].N != many+3 {
			t.Errorf("the newest state is %d; want %d: each restoring is a state of its own", list[0].N, many+3)
		}
		other := w.Enter(w.Invite("C D", "c@mail.example"))
		if _, err := w.Attempts.State(ctx, other, "tell-us", 1); !errors.Is(err, response.ErrMissing) {
			t.Errorf("another's state = %v; want ErrMissing", err)
		}
	})
}

// When saved versions lose their times, what was replaced still points to them.
func TestAcceptedLateWorkOutlivesItsTimes(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who, app, revision := lateQuiz(t, w)
		if err := w.Attempts.AcceptLate(ctx, w.Owner, app, revision, "the train had no network"); err != nil {
			t.Fatal(err)
		}
		w.Tick.Add(100 * 24 * time.Hour)
		err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			n, err := w.Attempts.Untime(ctx, tx, w.Tick.Now())
			if n != 3 {
				t.Errorf("%d versions lost their times; want 3", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		v := view(t, w, who)
		if len(v.Replaced) != 1 || len(v.Late) != 0 {
			t.Fatalf("Replaced = %+v, Late = %+v", v.Replaced, v.Late)
		}
		w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			r, err := response.Load(ctx, tx, string(v.Attempt.ID), v.Replaced[0].Revision)
			if err != nil || string(r.Body) != `{"choice":["0"]}` || !r.Typed.IsZero() || r.Device != "" {
				t.Errorf("the accepted version = %+v, %v; want it without times and device", r, err)
			}
			return nil
		})
	})
}

// What was saved as deltas is submitted, and accepted late, as a whole that stands by itself; the states before it stay the candidate's.
func TestWhatCountsIsStoredWhole(t *testing.T) {
	each(t, func(t *testing.T, w *attempttest.World) {
		who := w.Enter(w.Invite("Amara Okafor", "amara@mail.example"))
		s := w.Begin(who, "writing")
		text := strings.Repeat("and so on ", 1000)
		body := func(words string) string { return `{"text":["` + words + `"]}` }
		seq := int64(1)
		w.Save(who, s, 1, "tell-us", body(text))
		add := func(words string) response.Kept {
			t.Helper()
			at := len(body(text)) - len(`"]}`)
			text += words
			seq++
			r, err := w.Attempts.Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(), Saves: []response.Save{
				{Item: "tell-us", Client: "c1", Seq: seq, Base: seq - 1, Ops: []response.Op{{At: at, Ins: words}}, SHA256: response.Hash([]byte(body(text)))}}})
			if err != nil || r.Kept[0].Unfit {
				t.Fatalf("a delta = %+v, %v", r, err)
			}
			return r.Kept[0]
		}
		add("one ")
		add("two ")
		before := text
		if _, err := w.Attempts.Send(ctx, who, "writing"); err != nil {
			t.Fatal(err)
		}
		w.Tick.Add(10 * time.Minute)
		add("three ")
		late := add("four ")
		stored := func() (body string) {
			t.Helper()
			err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT v.body FROM submission_items i JOIN revisions v ON v.org_id = i.org_id AND v.id = i.revision_id WHERE i.org_id = $1 AND i.item = 'tell-us'`, tx.Org).Scan(&body)
			})
			if err != nil {
				t.Fatal(err)
			}
			return body
		}
		if got := stored(); got != body(before) {
			t.Errorf("what was sent is stored as %.80s; want it whole", got)
		}
		if late.Standing != response.Late {
			t.Fatalf("after sending = %+v; want it late", late)
		}
		if err := w.Attempts.AcceptLate(ctx, w.Owner, view(t, w, who).Attempt.Application, late.Revision, "the train had no network"); err != nil {
			t.Fatal(err)
		}
		if got := stored(); got != body(text) {
			t.Errorf("what was accepted is stored as %.80s; want it whole", got)
		}
		for n := int64(1); n <= 5; n++ {
			if _, err := w.Attempts.State(ctx, who, "tell-us", n); err != nil {
				t.Errorf("state %d: %v", n, err)
			}
		}
	})
}
