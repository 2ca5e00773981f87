package notify_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/notify"
	"candor/internal/opening"
)

// remind lets time pass in steps and gives the letters of the reminders that came, oldest first.
func (w world) remind(t *testing.T, app opening.ApplicationID, until time.Time) []string {
	t.Helper()
	for w.DB.Now().Before(until) {
		w.tick.Add(min(30*time.Minute, until.Sub(w.DB.Now())))
		if err := w.n.Remind(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		w.Drain()
	}
	var out []string
	for _, m := range w.log(t, app) {
		if key, ok := strings.CutPrefix(m.About, "remind."); ok {
			out = append(out, key+" "+m.Created.Format("Mon 15:04"))
		}
	}
	slices.Reverse(out)
	return out
}

// An invitation of Tuesday 09:00 UTC for seven days, in Lagos (UTC+1): halfway is Friday 21:00 UTC, which is night there.
func TestReminders(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(t *testing.T, w world, inv opening.Invitation)
		want string
	}{
		"who does nothing": {func(*testing.T, world, opening.Invitation) {}, "start Fri 18:00, last Mon 09:00"},
		"who started": {func(_ *testing.T, w world, inv opening.Invitation) {
			w.Save(w.Enter(inv), w.Begin(w.Enter(inv), "quiz"), 1, "pick", `{"choice":["0"]}`)
		}, "last Mon 09:00"},
		"whose press is missing": {func(t *testing.T, w world, inv opening.Invitation) {
			who := w.Enter(inv)
			writing := w.Begin(who, "writing")
			w.Save(who, writing, 1, "tell-us", `{"text":["All of it."]}`)
			if _, err := w.Attempts.Send(ctx, who, "writing"); err != nil {
				t.Fatal(err)
			}
			quiz := w.Begin(who, "quiz")
			w.Save(who, quiz, 1, "pick", `{"choice":["0"]}`)
			w.Save(who, quiz, 1, "number", `{"typed":["299"]}`)
		}, "press Wed 09:00, last Mon 09:00"},
		"who has more time": {func(t *testing.T, w world, inv opening.Invitation) {
			if err := w.Attempts.ExtendWindow(ctx, w.Owner, inv.ID, inv.FinishBy.Add(2*24*time.Hour), "was ill"); err != nil {
				t.Fatal(err)
			}
		}, "start Sat 18:00, last Wed 09:00"},
		"who asked for more time and has no answer": {func(t *testing.T, w world, inv opening.Invitation) {
			if err := w.Attempts.AskTime(ctx, w.Enter(inv), "Two days, please."); err != nil {
				t.Fatal(err)
			}
		}, ""},
		"whose opening sends none": {func(t *testing.T, w world, inv opening.Invitation) {
			if err := w.n.SetReminders(ctx, w.Owner, inv.Opening, false); err != nil {
				t.Fatal(err)
			}
		}, ""},
		"whose link was taken back": {func(t *testing.T, w world, inv opening.Invitation) {
			if err := w.Openings.Revoke(ctx, w.Owner, inv.ID); err != nil {
				t.Fatal(err)
			}
		}, ""},
		"who withdrew": {func(t *testing.T, w world, inv opening.Invitation) {
			err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				return w.Openings.End(ctx, tx, w.Owner, inv.Application, opening.Withdrawn)
			})
			if err != nil {
				t.Fatal(err)
			}
		}, ""},
		"of a closed opening": {func(t *testing.T, w world, inv opening.Invitation) {
			o, err := w.Openings.Load(ctx, w.Owner, inv.Opening)
			if err != nil {
				t.Fatal(err)
			}
			o.Open = false
			if err := w.Openings.Change(ctx, w.Owner, o); err != nil {
				t.Fatal(err)
			}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d, tick := dbtest.Open(t, schemas...)
			w := build(t, d, tick)
			inv := w.Invite("Amara Okafor", "amara@mail.example")
			w.Drain()
			c.do(t, w, inv)
			if got := strings.Join(w.remind(t, inv.Application, inv.FinishBy.Add(3*24*time.Hour)), ", "); got != c.want {
				t.Errorf("reminders: %q; want %q", got, c.want)
			}
		})
	}
}

// TestAReminderThatWaitsStopsByItself: what changed between the composing and the sending counts.
func TestAReminderThatWaitsStopsByItself(t *testing.T) {
	d, tick := dbtest.Open(t, schemas...)
	w := build(t, d, tick)
	inv := w.Invite("Amara Okafor", "amara@mail.example")
	w.Drain()
	tick.Add(3*24*time.Hour + 9*time.Hour) // Friday 18:00
	if err := w.n.Remind(ctx, w.Org.ID); err != nil {
		t.Fatal(err)
	}
	w.Begin(w.Enter(inv), "quiz")
	w.Drain()
	if m := w.log(t, inv.Application)[0]; m.About != "remind.start" || m.State != notify.Dropped || len(w.post.got) != 1 {
		t.Errorf("%s is %s after the start, %d sent; want it dropped", m.About, m.State, len(w.post.got))
	}
}

func TestAheadSaysWhatWillBeSentAndToNobodyElse(t *testing.T) {
	d, tick := dbtest.Open(t, schemas...)
	w := build(t, d, tick)
	inv := w.Invite("Amara Okafor", "amara@mail.example")
	w.Invite("Ben Adeyemi", "ben@mail.example")
	a, err := w.n.Ahead(ctx, w.Owner, w.Opening)
	if err != nil || !a.Active || a.Next["start"].People != 2 || a.Next["last"].People != 2 || !a.Next["last"].First.Equal(inv.FinishBy.Add(-24*time.Hour)) {
		t.Errorf("Ahead = %+v, %v", a, err)
	}
	if _, err := w.n.Ahead(ctx, w.Mina, w.Opening); !errors.Is(err, opening.ErrRole) {
		t.Errorf("a reviewer: %v; want ErrRole", err)
	}
}

// TestTwoNodesRemindOnce: two nodes with connections of their own sweep at the same moment, again and again; the mails' key decides.
func TestTwoNodesRemindOnce(t *testing.T) {
	tick := dbtest.NewClock()
	address := dbtest.Database(t, schemas...)
	node := func() *db.DB {
		d, err := db.Open(ctx, address, db.Options{Now: tick.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
	w := build(t, node(), tick)
	var apps []opening.ApplicationID
	for _, name := range []string{"amara", "ben", "chi", "dayo", "ede", "femi"} {
		apps = append(apps, w.Invite(name, name+"@mail.example").Application)
	}
	w.Drain()
	other := node()
	as := w.Node(t, other)
	second := &notify.Notify{DB: other, Jobs: as.Jobs, Accounts: as.Orgs.Accounts, Orgs: as.Orgs, Openings: as.Openings, Candidates: as.Candidates, Attempts: as, Server: w.post, URL: w.n.URL}
	second.Listen()
	tick.Add(3*24*time.Hour + 9*time.Hour)
	var both sync.WaitGroup
	for _, n := range []*notify.Notify{w.n, second} {
		both.Go(func() {
			for range 5 {
				if err := n.Remind(ctx, w.Org.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	for _, app := range apps {
		if list := w.log(t, app); len(list) != 2 || list[0].About != "remind.start" {
			t.Errorf("%d mails; want the invitation and one reminder", len(list))
		}
	}
}
