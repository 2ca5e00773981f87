package attempt_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/response"
)

// nodes are two processes on one PostgreSQL: they share nothing but the database, the files and the key.
func nodes(t *testing.T) (*attempttest.World, [2]*attempt.Attempts) {
	t.Helper()
	url, tick := dbtest.Database(t, attempttest.Schemas...), dbtest.NewClock()
	var open [2]*db.DB
	for i := range open {
		d, err := db.Open(ctx, url, db.Options{Now: tick.Now})
		must(t, err)
		t.Cleanup(func() { d.Close() })
		open[i] = d
	}
	w := attempttest.Make(t, open[0], tick)
	return w, [2]*attempt.Attempts{w.Attempts, w.Node(t, open[1])}
}

// races is how often a race is run.
func races() int {
	if os.Getenv("CANDOR_TEST_LONG") != "" {
		return 1000
	}
	return 20
}

// together runs all of them at one time and gives their errors in order.
func together(fns ...func() error) []error {
	errs := make([]error, len(fns))
	var begin, all sync.WaitGroup
	begin.Add(1)
	for i, fn := range fns {
		all.Go(func() {
			begin.Wait()
			errs[i] = fn()
		})
	}
	begin.Done()
	all.Wait()
	return errs
}

// lastPart is somebody whose first part is sent and whose second one runs, with one answer.
func lastPart(t *testing.T, w *attempttest.World, n int) (actor.Actor, attempt.Sitting) {
	t.Helper()
	who := w.Enter(w.Invite("A B", fmt.Sprintf("a%d@mail.example", n)))
	w.Begin(who, "quiz")
	_, err := w.Attempts.Send(ctx, who, "quiz")
	must(t, err)
	s := w.Begin(who, "writing")
	w.Save(who, s, 1, "tell-us", text)
	return who, s
}

// ends counts the lines of the last part's ledger by what they say.
func ends(t *testing.T, w *attempttest.World, who actor.Actor) map[string]int {
	t.Helper()
	list, err := w.Attempts.Ledger(ctx, who)
	must(t, err)
	out := map[string]int{}
	for _, e := range list {
		if e.Part == "writing" {
			out[e.Kind]++
		}
	}
	return out
}

// At the deadline two processes send by time, a recruiter gives more time and the candidate presses send, all in the same instant. One of
// them ends the part. More time that was acknowledged is in the clock; a send that was acknowledged is one.
func TestTheSameDeadline(t *testing.T) {
	w, n := nodes(t)
	won := map[string]int{}
	for i := range races() {
		who, s := lastPart(t, w, i)
		v := view(t, w, who)
		w.Tick.Set(s.Clock.Hard().Add(attempt.Settle + time.Millisecond))
		pressed := i%2 == 0
		errs := together(
			func() error { return n[0].CloseOverdue(ctx, w.Org.ID) },
			func() error { return n[1].CloseOverdue(ctx, w.Org.ID) },
			func() error {
				return n[1].Extend(ctx, w.Owner, v.Attempt.Application, "writing", 10, "The line was bad.")
			},
			func() error {
				if !pressed {
					return nil
				}
				got, err := n[0].Send(ctx, who, "writing")
				if err == nil && got.State != attempt.Ended {
					return fmt.Errorf("Send = %+v, nil; want it ended", got)
				}
				return err
			})
		for k, err := range errs {
			if err != nil && !(k == 2 && errors.Is(err, attempt.ErrEnded)) {
				t.Fatalf("race %d, %d: %v", i, k, err)
			}
		}
		v = view(t, w, who)
		got, lines := v.Sittings["writing"], ends(t, w, who)
		extended := errs[2] == nil
		if (lines["extend"] == 1) != extended || got.End().Equal(s.End().Add(10*time.Minute)) != extended {
			t.Errorf("race %d: Extend = %v; ledger %v, end %v", i, errs[2], lines, got.End().Sub(s.End()))
		}
		over := got.State == attempt.Ended
		if (lines["end"] == 1) != over || lines["end"] > 1 || (v.Attempt.State == "submitted") != over || extended && got.By == attempt.ByTime || pressed && !over || !pressed && !extended && !over {
			t.Errorf("race %d: pressed %v, extended %v: %+v, ledger %v, %s", i, pressed, extended, got, lines, v.Attempt.State)
		}
		if over && got.By == attempt.ByTime && !got.Finished.Equal(s.End()) {
			t.Errorf("race %d: ended by time at %v; want the end it was entitled to, %v", i, got.Finished, s.End())
		}
		won[fmt.Sprintf("extended %v, ended by %q", extended, got.By)]++
	}
	t.Log(won)
}

// Two processes take the same press while saves go on: one end, one receipt for both, and what is frozen is the last save that was
// acknowledged as on time.
func TestTheSameSend(t *testing.T) {
	w, n := nodes(t)
	for i := range races() {
		who, s := lastPart(t, w, 10_000+i)
		var receipts [2]string
		var last response.Kept
		var body string
		press := func(k int) func() error {
			return func() error {
				got, err := n[k].Send(ctx, who, "writing")
				receipts[k] = got.Receipt
				return err
			}
		}
		errs := together(press(0), press(1), func() error {
			for seq := int64(2); ; seq++ {
				b := fmt.Sprintf(`{"text":["state %d"]}`, seq)
				r, err := n[seq%2].Save(ctx, who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.Tick.Now(),
					Saves: []response.Save{{Item: "tell-us", Client: "c1", Seq: seq, Body: []byte(b)}}})
				if err != nil || r.Kept[0].Standing != response.OnTime {
					return err
				}
				last, body = r.Kept[0], b
			}
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatalf("race %d: %v", i, err)
		}
		if receipts[0] == "" || receipts[0] != receipts[1] || ends(t, w, who)["end"] != 1 {
			t.Errorf("race %d: receipts %q, ledger %v; want one end and one receipt", i, receipts, ends(t, w, who))
		}
		sent, err := w.Attempts.Sent(ctx, who)
		must(t, err)
		for _, x := range sent {
			if x.Key == "tell-us" && last.N > 0 && string(x.Body) != body {
				t.Errorf("race %d: %s was sent; the last save acknowledged as on time is %s", i, x.Body, body)
			}
		}
	}
}

// More time that is committed after a closing process read the sitting, and before it wrote, wins: nothing is ended. This instant is made, not hit:
// the extension commits when the closing transaction is about to hold the sitting.
func TestMoreTimeInTheMiddleOfAClosing(t *testing.T) {
	w, n := nodes(t)
	who, s := lastPart(t, w, 1)
	app := view(t, w, who).Attempt.Application
	w.Tick.Set(s.Clock.Hard().Add(attempt.Settle + time.Millisecond))
	extended := false
	n[0].DB.Watch = func(query string, _ []any) {
		if !extended && strings.HasPrefix(query, "-- name: Hold :") {
			extended = true
			must(t, n[1].Extend(ctx, w.Owner, app, "writing", 10, "The line was bad."))
		}
	}
	must(t, n[0].CloseOverdue(ctx, w.Org.ID))
	n[0].DB.Watch = nil
	v := view(t, w, who)
	got, lines := v.Sittings["writing"], ends(t, w, who)
	if !extended || got.State != attempt.Running || lines["end"] != 0 || lines["extend"] != 1 || !got.End().Equal(s.End().Add(10*time.Minute)) {
		t.Errorf("extended %v: %+v, ledger %v; want it running, with ten minutes more", extended, got, lines)
	}
}
