package batch_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/batch"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/secret"
	"candor/internal/sheet"
)

var ctx = context.Background()

var schemas = []fs.FS{audit.Schema, account.Schema, org.Schema, candidate.Schema, promise.Schema, opening.Schema, batch.Schema}

// quiz is the smallest format; the real ones are in nouns above this one.
type quiz struct{}

func (quiz) Name() string { return "quiz" }
func (quiz) Describe(context.Context, string, string) (opening.Described, error) {
	return opening.Described{Title: "Quiz", Minutes: 30, Parts: 1}, nil
}
func (quiz) Start(context.Context, db.Tx, opening.Invitation) error           { return nil }
func (quiz) Running(context.Context, db.Tx, opening.Invitation) (bool, error) { return false, nil }

type world struct {
	*batch.Batches
	t       testing.TB
	tick    *dbtest.Clock
	owner   actor.Actor
	rec     actor.Actor // recruiter
	rev     actor.Actor // reviewer
	other   actor.Actor // owner of another organisation
	opening opening.ID
	mails   map[string]time.Time // by invitation, when it was announced
	mu      sync.Mutex
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) { fn(t, newWorld(t, d, tick)) })
}

func newWorld(t testing.TB, d *db.DB, tick *dbtest.Clock) *world {
	jobs, err := job.New(d, job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	orgs := &org.Orgs{DB: d, Accounts: &account.Accounts{DB: d, Key: secret.Of("test")}}
	os := &opening.Openings{DB: d, Jobs: jobs, Key: secret.Of("test"), Orgs: orgs, Candidates: &candidate.Candidates{DB: d}, Promises: &promise.Promises{DB: d}, Formats: []opening.Format{quiz{}}}
	w := &world{Batches: &batch.Batches{DB: d, Jobs: jobs, Openings: os}, t: t, tick: tick, mails: map[string]time.Time{}}
	w.Listen()
	job.Listen(jobs, opening.Invited, "test.invited", job.Mail, func(_ context.Context, n opening.InvitedNote) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if _, twice := w.mails[n.Invitation]; twice {
			t.Errorf("%s was announced twice", n.Invitation)
		}
		w.mails[n.Invitation] = tick.Now()
		return nil
	})
	found := func(name, email string) actor.Actor {
		o, m, err := orgs.Found(ctx, name, email, "Ada Reyes", "Europe/Lisbon")
		if err != nil {
			t.Fatal(err)
		}
		return actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	}
	w.owner, w.other = found("Tideway", "ada@tideway.example"), found("Gullwing", "ada@gullwing.example")
	w.rec, w.rev = w.member("Rui", org.Recruiter), w.member("Noor", org.Reviewer)
	w.opening = w.open("Backend engineer")
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) member(name string, roles ...string) actor.Actor {
	m, err := w.Openings.Orgs.Enrol(ctx, w.owner, org.Member{Name: name, Email: name + "@tideway.example", Roles: roles})
	w.must(err)
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: m.Org, Roles: m.Roles}
}

func (w *world) open(title string) opening.ID {
	o, err := w.Openings.Create(ctx, w.owner, opening.Opening{Title: title, ReplyDays: 5}, []opening.Stage{{Title: "Screen", Reviewers: 1, Window: 10, Format: "quiz", Ref: "one"}})
	w.must(err)
	return o
}

// bring makes a batch of the recruiter's from a text.
func (w *world) bring(text string) batch.Batch {
	w.t.Helper()
	s, err := sheet.Read([]byte(text))
	w.must(err)
	b, err := w.Create(ctx, w.rec, w.opening, s)
	w.must(err)
	return w.load(b)
}

func (w *world) load(b batch.ID) batch.Batch {
	w.t.Helper()
	out, err := w.Load(ctx, w.rec, w.opening, b)
	w.must(err)
	return out
}

func (w *world) rows(b batch.ID, which batch.Which) (out []batch.Row) {
	w.t.Helper()
	w.must(w.DB.Read(ctx, w.rec.Org, func(tx db.Tx) (err error) {
		out, err = w.Rows(ctx, tx, b, which, 0, 20_000)
		return err
	}))
	return out
}

// told is a batch's rows in short: line, name, address, verdict with what belongs to it.
func (w *world) told(b batch.ID) (out []string) {
	for _, r := range w.rows(b, batch.All) {
		s := fmt.Sprintf("%d %s <%s> %s", r.Line, r.Name, r.Email, r.Verdict)
		if r.Verdict == batch.Twice {
			s += fmt.Sprint(" of ", r.First)
		}
		if r.Zone != "" {
			s += " " + r.Zone
		}
		out = append(out, s)
	}
	return out
}

// send confirms a batch as its page does, and works off what is due.
func (w *world) send(b batch.Batch) {
	w.t.Helper()
	w.must(w.Send(ctx, w.rec, w.opening, b.ID, b.ToInvite()))
	w.drain()
}

func (w *world) drain() { w.t.Helper(); w.must(w.Jobs.Drain(ctx)) }

// finish lets time pass until a batch is over.
func (w *world) finish(b batch.ID) batch.Batch {
	w.t.Helper()
	for range 2000 {
		now := w.load(b)
		if now.State != batch.Running {
			return now
		}
		w.tick.Set(now.Next)
		w.drain()
	}
	w.t.Fatal("it never ends")
	return batch.Batch{}
}

func people(from, to int) string {
	var b strings.Builder
	b.WriteString("Name,Email\n")
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "Person %d,p%d@mail.example\n", i, i)
	}
	return b.String()
}

func TestWhoeverIsInAListIsInvitedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring(people(1, 25))
		if b.ToInvite() != 25 || b.State != batch.Draft {
			t.Fatalf("the draft = %+v", b)
		}
		tab := w.bring(people(1, 25)) // the same file in another tab, before anything is sent
		w.send(b)
		w.send(tab)
		done, second := w.finish(b.ID), w.finish(tab.ID)
		if done.State != batch.Done || second.State != batch.Done || done.Invited+second.Invited != 25 || done.Counts[batch.Here]+second.Counts[batch.Here] != 25 || len(w.mails) != 25 {
			t.Errorf("the tabs ended as %v and %v with %d mails; want 25 people invited once", done.Counts, second.Counts, len(w.mails))
		}
		again := w.bring(people(1, 26))
		if again.Counts[batch.Here] != 25 || again.Counts[batch.New] != 1 {
			t.Errorf("the same file again = %v; want 25 who are here", again.Counts)
		}
		same := w.bring(people(1, 25))
		if err := w.Send(ctx, w.rec, w.opening, same.ID, 0); !errors.Is(err, batch.ErrNobody) {
			t.Errorf("Send = %v; want nobody to invite", err)
		}
		for _, r := range w.rows(done.ID, batch.OnTheirWay) {
			if r.Name != "" || r.Email != "" || r.Cells != "" || r.Application == "" || r.Invitation == "" {
				t.Errorf("a row of whom was invited still names them: %+v", r)
			}
		}
	})
}

func TestAPressTwentyTimesConfirmsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring(people(1, 5))
		var all sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			all.Go(func() { errs[i] = w.Send(ctx, w.rec, w.opening, b.ID, 5) })
		}
		all.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else if !errors.Is(err, batch.ErrSent) {
				t.Errorf("a press = %v; want that it is confirmed", err)
			}
		}
		w.drain()
		if good != 1 || len(w.mails) != 5 {
			t.Errorf("%d presses confirmed it, %d mails; want 1 and 5", good, len(w.mails))
		}
	})
}

// A job that dies between two of its writes has written nothing; run twice, it does its step once.
func TestACrashInTheMiddleInvitesNobodyTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring(people(1, 30))
		w.must(w.SetPlan(ctx, w.rec, w.opening, b.ID, batch.Plan{Zone: "UTC", FinishBy: w.tick.Now().AddDate(0, 0, 9), PerHour: 600}))
		w.must(w.Send(ctx, w.rec, w.opening, b.ID, 30))
		w.Openings.Jobs = nil // announcements are off, so that only the batch's own job is looked at
		restore := w.Batches.Jobs
		w.Batches.Jobs = broken(t, w.DB) // it cannot enqueue the next step: the step's transaction fails after its invitations
		if err := restore.Drain(ctx); err == nil {
			t.Fatal("the step did not fail, so nothing is proven")
		}
		if got := w.load(b.ID); got.Invited != 0 || got.State != batch.Running {
			t.Errorf("after a failed step = %v", got.Counts)
		}
		w.Batches.Jobs, w.Openings.Jobs = restore, restore
		done := w.finish(b.ID)
		if done.State != batch.Done || done.Invited != 30 || len(w.mails) != 30 {
			t.Errorf("afterwards = %v, %d mails; want 30", done.Counts, len(w.mails))
		}
	})
}

// broken is a queue in which nobody works on anything.
func broken(t testing.TB, d *db.DB) *job.Jobs {
	j, err := job.New(d, job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestALostJobIsTakenUp: without its job a batch would wait for ever.
func TestALostJobIsTakenUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring(people(1, 30)) // 600 an hour: ten at a time
		w.must(w.Send(ctx, w.rec, w.opening, b.ID, 30))
		w.must(w.DB.Installation(ctx, func(tx db.Tx) error { _, err := tx.Exec(ctx, `DELETE FROM river_job`); return err }))
		w.tick.Add(9 * time.Minute)
		w.must(w.Sweep(ctx, w.rec.Org))
		w.drain()
		if len(w.mails) != 0 {
			t.Error("it was taken up although it may still come")
		}
		w.tick.Add(2 * time.Minute)
		w.must(w.Sweep(ctx, w.rec.Org))
		w.must(w.Sweep(ctx, w.rec.Org)) // two jobs for one step
		w.drain()
		if len(w.mails) != 10 {
			t.Errorf("%d mails after the sweep; want one step of 10", len(w.mails))
		}
		if got := w.finish(b.ID); got.State != batch.Done || len(w.mails) != 30 {
			t.Errorf("in the end %s with %d mails; want done with 30", got.State, len(w.mails))
		}
	})
}

func TestMailsKeepToTheRateAndTheStart(t *testing.T) {
	for _, c := range []struct{ people, perHour, inAnyMinute int }{{40, 600, 10}, {5, 30, 1}, {7, 90, 2}, {250, 6000, 100}} {
		t.Run(fmt.Sprintf("%d an hour", c.perHour), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				b := w.bring(people(1, c.people))
				start := w.tick.Now().Add(3 * time.Hour)
				plan := batch.Plan{Zone: "UTC", FinishBy: w.tick.Now().AddDate(0, 0, 9), Start: start, PerHour: c.perHour}
				w.must(w.SetPlan(ctx, w.rec, w.opening, b.ID, plan))
				w.send(w.load(b.ID))
				w.tick.Set(start.Add(-time.Millisecond))
				w.drain()
				if len(w.mails) != 0 {
					t.Fatalf("%d mails before the start", len(w.mails))
				}
				w.finish(b.ID)
				at := slices.SortedFunc(maps.Values(w.mails), time.Time.Compare)
				if len(at) != c.people || !at[0].Equal(start) || !at[len(at)-1].Equal(plan.Last(c.people, start)) {
					t.Errorf("%d mails from %v to %v; want %d from %v to %v", len(at), at[0], at[len(at)-1], c.people, start, plan.Last(c.people, start))
				}
				for i, first := range at {
					n := 0
					for _, x := range at[i:] {
						if x.Sub(first) < time.Minute {
							n++
						}
					}
					if n > c.inAnyMinute {
						t.Fatalf("%d mails within a minute; want at most %d", n, c.inAnyMinute)
					}
				}
			})
		})
	}
}

func TestAfterASilenceTheRateStillHolds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring(people(1, 50))
		w.send(b) // 600 an hour: ten at a time
		w.tick.Add(2 * time.Hour)
		w.drain()
		if len(w.mails) != 20 {
			t.Errorf("%d mails after a silence of two hours; want 20", len(w.mails))
		}
		if got := w.finish(b.ID); got.Invited != 50 {
			t.Errorf("in the end %v", got.Counts)
		}
	})
}

func TestWhatStopsABatch(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(w *world, b batch.Batch)
		want batch.Why
	}{
		"a person": {func(w *world, b batch.Batch) { w.must(w.Stop(ctx, w.owner, w.opening, b.ID)) }, batch.ByPerson},
		"the opening is closed": {func(w *world, b batch.Batch) {
			w.must(w.Openings.Change(ctx, w.owner, opening.Opening{ID: w.opening, Title: "Backend engineer", ReplyDays: 5}))
		}, batch.OfClosing},
		"whoever confirmed it left": {func(w *world, b batch.Batch) { w.must(w.Openings.Orgs.Disable(ctx, w.owner, w.rec.ID)) }, batch.OfRights},
		"the time to finish passes": {func(w *world, b batch.Batch) { w.tick.Add(30 * 24 * time.Hour) }, batch.OfTime},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				b := w.bring(people(1, 30))
				w.send(b)
				c.do(w, b)
				w.tick.Add(2 * time.Minute)
				w.drain()
				got, err := w.Load(ctx, w.owner, w.opening, b.ID)
				w.must(err)
				if got.State != batch.Stopped || got.Why != c.want || got.Invited != 10 || len(w.mails) != 10 {
					t.Errorf("it is %s of %q with %v; want it stopped of %q after 10", got.State, got.Why, got.Counts, c.want)
				}
				if err := w.Stop(ctx, w.owner, w.opening, b.ID); !errors.Is(err, batch.ErrIdle) {
					t.Errorf("stopping it again = %v", err)
				}
			})
		})
	}
}

func TestVerdicts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		invite := func(o opening.ID, name, email string) opening.Invitation {
			inv, err := w.Openings.Invite(ctx, w.owner, o, opening.InviteForm{Name: name, Email: email})
			w.must(err)
			return inv
		}
		here := invite(w.opening, "Here Already", "here@mail.example")
		elsewhere := invite(w.open("Data engineer"), "Known Well", "known@mail.example")
		secretOne, err := w.Openings.Create(ctx, w.owner, opening.Opening{Title: "Secret", ReplyDays: 5, Confidential: true}, []opening.Stage{{Title: "Screen", Window: 10, Format: "quiz", Ref: "one"}})
		w.must(err)
		invite(secretOne, "Hidden", "hidden@mail.example")
		b := w.bring("Name,Email\nHere,HERE@mail.example\nKnown,known@mail.example\nHidden,hidden@mail.example\nNew,new@mail.example\nNew,New@Mail.example\nBad,nobody\n")
		want := []string{"2 Here <HERE@mail.example> here", "3 Known <known@mail.example> earlier", "4 Hidden <hidden@mail.example> new", "5 New <new@mail.example> new",
			"6 New <New@Mail.example> twice of 5", "7 Bad <nobody> bad"}
		if got := w.told(b.ID); !slices.Equal(got, want) {
			t.Errorf("rows = %q; want %q", got, want)
		}
		rows := w.rows(b.ID, batch.All)
		if rows[0].Application != here.Application || rows[1].Application != elsewhere.Application || rows[5].Reason == "" {
			t.Errorf("rows lead to %s and %s, the bad one says %q", rows[0].Application, rows[1].Application, rows[5].Reason)
		}
		// Whoever reads an application blind is not told that its person applied.
		w.Openings.Blind = func(_ context.Context, _ db.Tx, who actor.Actor, a opening.ApplicationID) (bool, string, error) {
			return who.ID == w.rec.ID && a == elsewhere.Application, "", nil
		}
		blind := w.bring("Email\nknown@mail.example\n")
		if r := w.rows(blind.ID, batch.All)[0]; r.Verdict != batch.New || r.Application != "" {
			t.Errorf("to a blind reader an earlier application is %s, %s", r.Verdict, r.Application)
		}
		// Once it is confirmed others see it, so nothing of earlier applications is left in it.
		w.send(b)
		for _, r := range w.rows(b.ID, batch.All) {
			if r.Verdict == batch.Earlier {
				t.Error("an earlier application is still told after confirming")
			}
			if named := r.Name + r.Email + r.Cells; named != "" && r.Verdict != batch.Bad {
				t.Errorf("after confirming, a row that is %s still says %q", r.Verdict, named)
			}
		}
	})
}

func TestCorrecting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring("Name,Email\nAmara,amara@mail.example\nBen,ben(at)mail.example\nCy,amara@mail.example\n")
		if err := w.Correct(ctx, w.rec, w.opening, b.ID, 3, "Ben", "still bad", ""); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("a correction that is bad too = %v", err)
		}
		w.must(w.Correct(ctx, w.rec, w.opening, b.ID, 3, "Ben Okri", "ben@mail.example", "Africa/Lagos"))
		w.must(w.LeaveOut(ctx, w.rec, w.opening, b.ID, 2, true)) // then the other row with her address is the first
		want := []string{"2 Amara <amara@mail.example> left", "3 Ben Okri <ben@mail.example> new Africa/Lagos", "4 Cy <amara@mail.example> new"}
		if got := w.told(b.ID); !slices.Equal(got, want) {
			t.Errorf("rows = %q; want %q", got, want)
		}
		w.must(w.SetMeanings(ctx, w.rec, w.opening, b.ID, []batch.Meaning{batch.None, batch.Email}, true)) // corrections by hand stay
		want[2] = "4 Amara <amara@mail.example> new"
		if got := w.told(b.ID); !slices.Equal(got, want) {
			t.Errorf("with other columns, rows = %q; want %q", got, want)
		}
		w.must(w.LeaveOut(ctx, w.rec, w.opening, b.ID, 2, false))
		if got := w.told(b.ID); got[0] != "2 Amara <amara@mail.example> new" || got[2] != "4 Amara <amara@mail.example> twice of 2" {
			t.Errorf("taken in again, rows = %q", got)
		}
		for name, m := range map[string][]batch.Meaning{"no address": {batch.Name, batch.None}, "twice": {batch.Email, batch.Email}, "too few": {batch.Email}, "unknown": {"salary", batch.Email}} {
			if err := w.SetMeanings(ctx, w.rec, w.opening, b.ID, m, true); !errors.Is(err, problem.ErrInvalid) {
				t.Errorf("columns with %s = %v", name, err)
			}
		}
		if err := w.Correct(ctx, w.rec, w.opening, b.ID, 1, "Head", "h@mail.example", ""); !errors.Is(err, batch.ErrMissing) {
			t.Errorf("correcting the head = %v", err)
		}
		if err := w.Send(ctx, w.rec, w.opening, b.ID, 3); !errors.Is(err, batch.ErrChanged) {
			t.Errorf("confirming another number than there is = %v", err)
		}
		w.send(w.load(b.ID))
		for what, err := range map[string]error{"correcting": w.Correct(ctx, w.rec, w.opening, b.ID, 2, "X", "x@mail.example", ""), "columns": w.SetMeanings(ctx, w.rec, w.opening, b.ID, nil, true),
			"plan": w.SetPlan(ctx, w.rec, w.opening, b.ID, batch.Plan{}), "discarding": w.Discard(ctx, w.rec, w.opening, b.ID), "sending": w.Send(ctx, w.rec, w.opening, b.ID, 2)} {
			if !errors.Is(err, batch.ErrSent) {
				t.Errorf("%s after confirming = %v; want that it is sent", what, err)
			}
		}
	})
}

func TestWhoMayWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring(people(1, 3))
		elsewhere := w.open("Data engineer")
		for name, c := range map[string]struct {
			who  actor.Actor
			o    opening.ID
			want error
		}{"its maker": {w.rec, w.opening, nil}, "another who manages, as long as it is a draft": {w.owner, w.opening, batch.ErrMissing}, "a reviewer": {w.rev, w.opening, opening.ErrMissing},
			"another organisation": {w.other, w.opening, opening.ErrMissing}, "by another opening": {w.rec, elsewhere, batch.ErrMissing}} {
			if _, err := w.Load(ctx, c.who, c.o, b.ID); !errors.Is(err, c.want) {
				t.Errorf("%s: Load = %v; want %v", name, err, c.want)
			}
			if c.want == nil {
				continue
			}
			for what, err := range map[string]error{"Send": w.Send(ctx, c.who, c.o, b.ID, 3), "Discard": w.Discard(ctx, c.who, c.o, b.ID), "SetPlan": w.SetPlan(ctx, c.who, c.o, b.ID, batch.Plan{}),
				"Correct": w.Correct(ctx, c.who, c.o, b.ID, 2, "X", "x@mail.example", ""), "Stop": w.Stop(ctx, c.who, c.o, b.ID)} {
				if !errors.Is(err, c.want) {
					t.Errorf("%s: %s = %v; want %v", name, what, err, c.want)
				}
			}
		}
		w.send(b)
		if _, err := w.Load(ctx, w.owner, w.opening, b.ID); err != nil {
			t.Errorf("confirmed, another who manages: Load = %v", err)
		}
		if list, err := w.List(ctx, w.owner, w.opening); err != nil || len(list) != 1 || list[0].People != 3 || list[0].Invited != 3 {
			t.Errorf("List = %+v, %v", list, err)
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.bring(people(1, 100))
		now := w.tick.Now()
		good := batch.Plan{Note: "See you", Zone: "Europe/Lisbon", FinishBy: now.AddDate(0, 0, 7), PerHour: 600}
		for name, c := range map[string]struct {
			change func(p *batch.Plan)
			field  string
		}{
			"over before it begins":          {func(p *batch.Plan) { p.FinishBy = now }, "finish_by"},
			"over before the last mail":      {func(p *batch.Plan) { p.PerHour, p.FinishBy = 10, now.Add(10*time.Hour) }, "finish_by"},
			"no such zone":                   {func(p *batch.Plan) { p.Zone = "Mars/Base" }, "zone"},
			"no mails at all":                {func(p *batch.Plan) { p.PerHour = 0 }, "per_hour"},
			"more mails than a server takes": {func(p *batch.Plan) { p.PerHour = 6001 }, "per_hour"},
			"in a year":                      {func(p *batch.Plan) { p.Start = now.AddDate(1, 0, 0) }, "start"},
			"a letter instead of a line":     {func(p *batch.Plan) { p.Note = strings.Repeat("x", 1001) }, "note"},
		} {
			p := good
			c.change(&p)
			err := w.SetPlan(ctx, w.rec, w.opening, b.ID, p)
			if got, ok := problem.As(err); !ok || got.Fields[c.field] == "" {
				t.Errorf("%s: SetPlan = %v; want something about %s", name, err, c.field)
			}
		}
		w.must(w.SetPlan(ctx, w.rec, w.opening, b.ID, good))
		if got := w.load(b.ID).Plan; got != good {
			t.Errorf("the plan is kept as %+v; want %+v", got, good)
		}
		w.tick.Add(8 * 24 * time.Hour)
		if err := w.Send(ctx, w.rec, w.opening, b.ID, 100); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("confirming a plan that is over = %v", err)
		}
	})
}

func TestPeopleInListsAreErasedAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.bring("Name,Email,Old\nZq Word,zqword@mail.example,\nOther,other@mail.example,ZQword@mail.example\nThird,third@mail.example,\n")
		p := db.Person{Org: w.rec.Org, Names: []string{"Zq Word", "zqword@mail.example"}}
		write := func(fn func(tx db.Tx) error) { t.Helper(); w.must(w.DB.Write(ctx, w.rec.Org, fn)) }
		write(func(tx db.Tx) error {
			seen, err := w.Preview(ctx, tx, p)
			w.must(err)
			gone, err := w.Erase(ctx, tx, p)
			if seen["rows of lists"] != 2 || !maps.Equal(seen, gone) {
				t.Errorf("Preview = %v, Erase = %v; want two rows", seen, gone)
			}
			return err
		})
		sent := w.bring("Email\nthird@mail.example\nbroken\n")
		w.send(sent)
		left := func() (n int) {
			w.must(w.DB.Read(ctx, w.rec.Org, func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM batch_rows WHERE org_id = $1`, tx.Org).Scan(&n)
			}))
			return n
		}
		night := func() {
			write(func(tx db.Tx) error { _, err := w.Forget(ctx, tx, w.tick.Now().AddDate(0, 0, -batch.Life)); return err })
		}
		before := left()
		w.tick.Add(batch.Life*24*time.Hour - time.Minute)
		night()
		if left() != before {
			t.Error("rows went before their time")
		}
		w.tick.Add(2 * time.Minute)
		night()
		if left() != 1 {
			t.Errorf("%d rows after a week; want the one of whom was invited", left())
		}
		app := string(w.rows(sent.ID, batch.OnTheirWay)[0].Application)
		write(func(tx db.Tx) error { return w.Drop(ctx, tx, db.Person{Org: tx.Org, Applications: []string{app}}) })
		if list, err := w.List(ctx, w.rec, w.opening); left() != 0 || err != nil || len(list) != 0 {
			t.Errorf("%d rows and %d lists after the application went", left(), len(list))
		}
	})
}

// BenchmarkFiveThousandRows reads and checks a file of 5,000 people, half of whom the organisation knows from another opening.
func BenchmarkFiveThousandRows(b *testing.B) {
	d, tick := dbtest.Open(b, schemas...)
	w := newWorld(b, d, tick)
	w.Openings.Blind = func(ctx context.Context, tx db.Tx, _ actor.Actor, a opening.ApplicationID) (bool, string, error) {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM invitations WHERE org_id = $1 AND application_id = $2 AND revoked_at > 0`, tx.Org, string(a)).Scan(&n) // as much as review asks
		return n > 0, "", err
	}
	elsewhere := w.open("Data engineer")
	w.must(d.Write(ctx, w.rec.Org, func(tx db.Tx) error {
		for i := 1; i <= 5000; i += 2 {
			if _, err := w.Openings.InviteIn(ctx, tx, w.owner, elsewhere, opening.InviteForm{Name: "Known", Email: fmt.Sprintf("p%d@mail.example", i)}); err != nil {
				return err
			}
		}
		return nil
	}))
	text := []byte(people(1, 5000))
	b.ReportAllocs()
	for b.Loop() {
		s, err := sheet.Read(text)
		w.must(err)
		list, err := w.Create(ctx, w.rec, w.opening, s)
		w.must(err)
		if got := w.load(list); got.Counts[batch.Earlier] != 2500 || got.Counts[batch.New] != 2500 {
			b.Fatalf("%v", got.Counts)
		}
	}
}
