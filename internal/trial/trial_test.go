package trial_test

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

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review/reviewtest"
	"candor/internal/trial"
)

var ctx = context.Background()

// world is reviewtest's with a work trial as the first stage, read by one reviewer. Ines facilitates and hosts, Otto watches.
type world struct {
	*reviewtest.World
	ts         *trial.Trials
	pay        *payment.Payments
	version    assessment.VersionID
	ines, otto actor.Actor
	heard      *[]string
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone(reviewtest.Schemas), fs.FS(payment.Schema), fs.FS(trial.Schema)), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick), heard: &[]string{}}
		w.pay = &payment.Payments{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises}
		w.ts = &trial.Trials{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Assessments: w.Assessments, Candidates: w.Candidates, Promises: w.Promises, Openings: w.Openings, Attempts: w.Attempts, Reviews: w.Reviews,
			Payments: w.pay}
		w.Attempts.Turns = w.ts.Parts
		w.Openings.Formats = append(w.Openings.Formats, trial.Format{Trials: w.ts})
		w.pay.Listen()
		w.ts.Listen()
		for _, topic := range []job.Topic[trial.Note]{trial.Accepted, trial.Declined, trial.Asked, trial.CheckedIn, trial.Replied, trial.Replaced, trial.Cancelled, trial.Ended, trial.Evaluated} {
			job.Listen(w.Jobs, topic, "test."+string(topic), job.Mail, func(_ context.Context, n trial.Note) error {
				*w.heard = append(*w.heard, fmt.Sprintf("%s %d", strings.TrimPrefix(string(topic), "trial."), n.N))
				return nil
			})
		}
		w.ines = w.Member("Ines Duarte", "ines@tideway.example", []string{"reviewer"}, opening.Facilitator, opening.Reviewer)
		w.otto = w.Member("Otto Weiss", "otto@tideway.example", []string{"reviewer"}, opening.Observer)
		tree := maps.Clone(attempttest.Tree)
		file := *tree["assessment.yaml"]
		file.Data = []byte(strings.Replace(string(file.Data), "timed: 30, ", "", 1))
		tree["assessment.yaml"] = &file
		v, found, err := w.Assessments.Import(ctx, w.Owner, tree, "")
		if err != nil {
			t.Fatal(err, found)
		}
		if _, err := w.Assessments.Publish(ctx, w.Owner, v, nil); err != nil {
			t.Fatal(err)
		}
		w.version = v
		fn(t, w)
	})
}

func (w world) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w world) terms() trial.Terms {
	return trial.Terms{Title: "Bookings for three days", Scope: "Fix what you can of the two issues.", Version: w.version, Host: w.ines.ID, Days: 3, Hours: 20, Money: payment.Money{Minor: 60000, Currency: "EUR"}, PayDays: 5}
}

// stage makes a plan the first stage of the opening.
func (w world) stage(t trial.Terms) {
	w.T.Helper()
	p, err := w.ts.AddPlan(ctx, w.Owner, t)
	w.must(err)
	w.must(w.Openings.SaveStage(ctx, w.Owner, w.Opening, opening.Stage{Title: "Three days with us", Reviewers: 1, Window: 7, Format: "trial", Ref: string(p)}))
	for range 5 {
		var last opening.Stage
		w.must(w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			all, err := w.Openings.Stages(ctx, tx, w.Opening)
			for _, s := range all {
				if s.Format == "trial" {
					last = s
				}
			}
			return err
		}))
		if last.Position == 1 {
			return
		}
		w.must(w.Openings.RaiseStage(ctx, w.Owner, w.Opening, last.ID))
	}
}

// enter invites somebody and has them open the link.
func (w world) enter(name, mail string) (actor.Actor, opening.Invitation) {
	w.T.Helper()
	inv := w.Invite(name, mail)
	w.Drain()
	return w.Enter(inv), inv
}

func (w world) own(who actor.Actor) *trial.View {
	w.T.Helper()
	v, err := w.ts.Own(ctx, who)
	w.must(err)
	return v
}

// accept takes an offer from the second day that there is.
func (w world) accept(who actor.Actor) *trial.View {
	w.T.Helper()
	w.must(w.ts.Accept(ctx, who, w.own(who).First[1].Format("2006-01-02"), "IBAN DE02 1203 0000 0000 2020 51"))
	w.Drain()
	return w.own(who)
}

// to moves the clock to an instant and sweeps.
func (w world) to(at time.Time) {
	w.T.Helper()
	w.Tick.Add(at.Sub(w.DB.Now()))
	w.sweep()
}

func (w world) sweep() {
	w.T.Helper()
	w.must(w.Attempts.CloseOverdue(ctx, w.Org.ID))
	w.Drain()
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs { // as many nodes
		wg.Go(func() { errs[i] = w.ts.Sweep(ctx, w.Org.ID) })
	}
	wg.Wait()
	w.must(errors.Join(errs...))
	w.Drain()
}

// check writes and sends the check-in of a day.
func (w world) check(who actor.Actor, n int, text string) {
	w.T.Helper()
	key := attempt.DayKey(n)
	s := w.Begin(who, key)
	if k := w.Save(who, s, 1, key, `{"text":["`+text+`"]}`); k.Standing != "on_time" {
		w.T.Fatalf("the check-in of day %d is %s", n, k.Standing)
	}
	_, err := w.Attempts.Send(ctx, who, key)
	w.must(err)
	w.Drain()
}

// send does and sends all of the work.
func (w world) send(who actor.Actor) {
	w.T.Helper()
	for _, part := range []string{"quiz", "writing"} {
		w.Begin(who, part)
		_, err := w.Attempts.Send(ctx, who, part)
		w.must(err)
	}
	w.Drain()
}

func (w world) paid(app opening.ApplicationID) payment.Payment {
	w.T.Helper()
	var list []payment.Payment
	w.must(w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
		list, err = w.pay.Of(ctx, tx, app)
		return err
	}))
	if len(list) != 1 {
		w.T.Fatalf("%d payments; want one", len(list))
	}
	return list[0]
}

func (w world) owed(app opening.ApplicationID, kind promise.Kind) (p promise.Promise, ok bool) {
	w.T.Helper()
	w.must(w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		list, err := w.Promises.Of(ctx, tx, string(app))
		p, ok = promise.Newest(list, kind)
		return err
	}))
	return p, ok
}

// From the offer to both evaluations: the terms, the acceptance with its pay, days with and without a check-in, hours over what was agreed, the work, and
// that neither side reads the other's words first.
func TestAWholeTrial(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.stage(w.terms())
		amara, inv := w.enter("Amara Okafor", "amara@mail.example")
		v := w.own(amara)
		if v.State != trial.Offer || v.HostName != "Ines Duarte" || v.Hours != 20 || v.Money.String() != "EUR 600.00" || len(v.First) == 0 {
			t.Fatalf("the offer reads %s, %s, %d hours, %s, %d first days", v.State, v.HostName, v.Hours, v.Money, len(v.First))
		}
		if _, err := w.Attempts.Begin(ctx, amara, "quiz"); !errors.Is(err, attempt.ErrMissing) {
			t.Errorf("work begins before the terms were accepted: %v", err)
		}
		stage := inv.Stage
		if err := w.pay.Accept(ctx, amara, stage, "IBAN"); !errors.Is(err, payment.ErrWith) {
			t.Errorf("the money without the work: %v", err)
		}
		first := v.First[0].Format("2006-01-02")
		for name, try := range map[string][2]string{"yesterday": {w.DB.Now().AddDate(0, 0, -1).Format("2006-01-02"), "IBAN"}, "no day": {"", "IBAN"}, "a far day": {"2031-01-06", "IBAN"}, "no account": {first, " "}} {
			if err := w.ts.Accept(ctx, amara, try[0], try[1]); !isInvalid(err) {
				t.Errorf("accepted with %s: %v", name, err)
			}
		}
		if v = w.own(amara); v.State != trial.Offer || w.paid(inv.Application).State != payment.Offered {
			t.Fatal("what was refused changed something")
		}
		v = w.accept(amara)
		if err := w.ts.Accept(ctx, amara, first, "IBAN"); !errors.Is(err, trial.ErrMoved) {
			t.Errorf("accepted twice: %v", err)
		}
		if p := w.paid(inv.Application); v.State != trial.Agreed || p.State != payment.Accepted || p.Money.Minor != 60000 || len(v.Days) != 3 {
			t.Fatalf("accepted it is %s, its pay %s %s, %d days", v.State, p.State, p.Money, len(v.Days))
		}
		w.sweep()
		if v = w.own(amara); v.State != trial.Agreed || !v.Days[0].Asked.IsZero() {
			t.Fatal("it began before its first day")
		}

		w.to(v.Starts.Add(8 * time.Hour))
		v = w.own(amara)
		if v.State != trial.Running || v.Days[0].Asked.IsZero() || !v.Days[1].Asked.IsZero() {
			t.Fatalf("on its first day it is %s, asked %v", v.State, v.Days)
		}
		w.check(amara, 1, "Read the issues.")
		w.must(w.ts.Report(ctx, amara, 1, 8*60))
		if err := w.ts.Report(ctx, amara, 2, 60); !errors.Is(err, trial.ErrMoved) {
			t.Errorf("hours of a day that has not come: %v", err)
		}
		staff, err := w.ts.Load(ctx, w.ines, v.ID)
		w.must(err)
		if d := staff.Days[0]; d.Sent.IsZero() || !strings.Contains(string(d.Body), "Read the issues.") || staff.App.Name != "Amara Okafor" {
			t.Errorf("the host reads %+v", d)
		}
		if err := w.ts.Reply(ctx, w.Rosa, v.ID, 1, "Go on."); !errors.Is(err, trial.ErrRole) {
			t.Errorf("somebody else answers: %v", err)
		}
		w.must(w.ts.Reply(ctx, w.ines, v.ID, 1, "Go on with the second."))
		if err := w.ts.Reply(ctx, w.ines, v.ID, 1, "Again."); !errors.Is(err, trial.ErrMoved) {
			t.Errorf("answered twice: %v", err)
		}

		w.to(v.Days[1].Starts.Add(8 * time.Hour)) // nothing is said of the second day
		w.must(w.ts.Report(ctx, amara, 2, 12*60))
		w.to(v.Days[2].Starts.Add(8 * time.Hour))
		v = w.own(amara)
		if v.Worked() != 20*60 || !v.Over() || v.Days[1].Asked.IsZero() || v.Days[0].Reply == "" {
			t.Fatalf("on the third day %d minutes are reported", v.Worked())
		}
		if err := w.ts.EvaluateOwn(ctx, amara, guest(3), ""); !errors.Is(err, trial.ErrNotYet) {
			t.Errorf("evaluated before the end: %v", err)
		}
		w.send(amara)
		v = w.own(amara)
		if p := w.paid(inv.Application); v.State != trial.Over || p.State != payment.Due || p.Money.Minor != 60000 {
			t.Fatalf("with the work sent it is %s, its pay %s %s", v.State, p.State, p.Money)
		}
		if a := v.Work; a.State != "submitted" {
			t.Fatalf("an open check-in kept the work back: %s", a.State)
		}
		if n := w.Round(string(v.Attempt)); n.Wanted != 1 {
			t.Error("nobody reads the work")
		} else {
			w.unread(t, v)
		}
		w.check(amara, 3, "Sent it.") // of the last day, after the work
		p, ok := w.owed(inv.Application, promise.Evaluation)
		if !ok || !p.Kept.IsZero() {
			t.Fatal("the host's evaluation is not owed")
		}
		if err := w.ts.Evaluate(ctx, w.ines, v.ID, map[string]int{"asks": 3, "tells": 9}, ""); !isInvalid(err) {
			t.Errorf("half an evaluation: %v", err)
		}
		if err := w.ts.Evaluate(ctx, w.Rosa, v.ID, host(3), ""); !errors.Is(err, trial.ErrRole) {
			t.Errorf("somebody else evaluates: %v", err)
		}
		w.must(w.ts.Evaluate(ctx, w.ines, v.ID, host(3), "host-words"))
		if v = w.own(amara); v.Other != nil || v.State != trial.Over {
			t.Error("the candidate reads the host's words before writing their own")
		}
		if p, _ := w.owed(inv.Application, promise.Evaluation); p.Kept.IsZero() {
			t.Error("the promise is not kept")
		}
		w.must(w.ts.EvaluateOwn(ctx, amara, guest(2), "guest-words"))
		if err := w.ts.EvaluateOwn(ctx, amara, guest(1), ""); !errors.Is(err, trial.ErrFiled) {
			t.Errorf("evaluated twice: %v", err)
		}
		v = w.own(amara)
		staff, err = w.ts.Load(ctx, w.ines, v.ID)
		w.must(err)
		if v.Other == nil || v.Other.Words != "host-words" || staff.Other == nil || staff.Other.Ratings["scope"] != 2 || v.State != trial.Done {
			t.Errorf("both filed, it is %s", v.State)
		}
		w.Drain()
		if want := []string{"accepted 0", "asked 1", "checked 1", "replied 1", "asked 2", "asked 3", "ended 0", "checked 3", "evaluated 0"}; !slices.Equal(*w.heard, want) {
			t.Errorf("heard %q; want %q", *w.heard, want)
		}
	})
}

// unread: whoever scores reads no check-in, and whoever hosts is given nothing to score.
func (w world) unread(t *testing.T, v *trial.View) {
	for _, who := range []actor.Actor{w.Mina, w.Jun} {
		s, err := w.Reviews.Load(ctx, who, w.Round(string(v.Attempt)).Code)
		if err != nil {
			continue // assigned to the other
		}
		for _, p := range s.Rubric.Parts {
			if attempt.IsDay(p.Key) {
				t.Errorf("a reader is shown %s", p.Title)
			}
		}
		if _, err := w.ts.Load(ctx, who, v.ID); !errors.Is(err, trial.ErrMissing) {
			t.Errorf("a reader sees the trial: %v", err)
		}
		return
	}
	t.Error("none of the readers has it")
}

// host and guest are evaluations with one level everywhere.
func host(n int) map[string]int { return levels(trial.HostCriteria, n) }

func guest(n int) map[string]int { return levels(trial.GuestCriteria, n) }

func levels(list []trial.Criterion, n int) map[string]int {
	out := map[string]int{}
	for _, c := range list {
		out[c.Key] = n
	}
	return out
}

func isInvalid(err error) bool {
	p, ok := problem.As(err)
	return ok && p.Kind == problem.Invalid
}

// What is owed when it does not come to its end, by when that happens, what the terms say and who does it.
func TestWhatIsOwedWhenItIsCancelled(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.stage(w.terms())
		kemi, inv := w.enter("Kemi Adeola", "kemi@mail.example")
		w.must(w.ts.Decline(ctx, kemi, "Another offer."))
		if p := w.paid(inv.Application); w.own(kemi).State != trial.Left || p.State != payment.Void {
			t.Errorf("left, its pay is %s", p.State)
		}

		late, inv := w.enter("Lena Fischer", "lena@mail.example")
		w.Tick.Add(inv.FinishBy.Sub(w.DB.Now()) + time.Minute)
		if err := w.ts.Accept(ctx, late, w.own(late).First[1].Format("2006-01-02"), "IBAN"); !errors.Is(err, trial.ErrOver) {
			t.Errorf("accepted after the time for it: %v", err)
		}

		noel, inv := w.enter("Noel Fabre", "noel@mail.example")
		v := w.accept(noel)
		w.must(w.ts.CancelOwn(ctx, noel, "Ill."))
		if p := w.paid(inv.Application); p.State != payment.Void {
			t.Errorf("cancelled before its first day the pay is %s", p.State)
		}
		w.to(v.Ends.Add(24 * time.Hour))
		if v = w.own(noel); !v.Days[0].Asked.IsZero() {
			t.Error("a cancelled trial asks")
		}

		ida, inv := w.enter("Ida Nyberg", "ida@mail.example")
		v = w.accept(ida)
		w.to(v.Starts.Add(9 * time.Hour))
		w.check(ida, 1, "Began.")
		if err := w.ts.Cancel(ctx, w.ines, v.ID, " "); !isInvalid(err) {
			t.Errorf("cancelled without a reason: %v", err)
		}
		w.must(w.ts.Cancel(ctx, w.ines, v.ID, "Our office floods."))
		if err := w.ts.CancelOwn(ctx, ida, "Mine, too."); !errors.Is(err, trial.ErrMoved) {
			t.Errorf("cancelled twice: %v", err)
		}
		w.sweep()
		if p := w.paid(inv.Application); p.State != payment.Accepted {
			t.Fatalf("counted before she could say her hours: %s", p.State)
		}
		w.must(w.ts.Report(ctx, ida, 1, 4*60+1)) // five begun hours of twenty
		v = w.own(ida)
		w.to(v.EvaluateBy.Add(time.Hour))
		if p := w.paid(inv.Application); p.State != payment.Due || p.Money.Minor != 15000 || w.own(ida).Paid != 15000 {
			t.Errorf("4 h 1 min of 20 h for EUR 600.00: %s %s", p.State, p.Money)
		}
		if err := w.ts.Report(ctx, ida, 1, 8*60); !errors.Is(err, trial.ErrMoved) {
			t.Errorf("hours after they were counted: %v", err)
		}

	})
}

// In full where the terms say so, also for whoever leaves the opening in the middle; and in full for somebody who sent nothing by the end.
func TestPaidInFull(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		terms := w.terms()
		terms.Whole = true
		w.stage(terms)
		ida, inv := w.enter("Ida Nyberg", "ida@mail.example")
		v := w.accept(ida)
		w.to(v.Starts.Add(9 * time.Hour))
		w.must(w.Attempts.Withdraw(ctx, ida))
		w.sweep()
		if p := w.paid(inv.Application); w.own(ida).State != trial.CalledOff || p.State != payment.Due || p.Money.Minor != 60000 {
			t.Errorf("who left in the middle is owed %s %s", p.State, p.Money)
		}
		noel, inv := w.enter("Noel Fabre", "noel@mail.example")
		v = w.accept(noel)
		for _, d := range v.Days {
			w.to(d.Starts.Add(9 * time.Hour))
		}
		w.to(v.Ends.Add(time.Hour))
		v = w.own(noel)
		if p := w.paid(inv.Application); v.State != trial.Over || p.State != payment.Due || p.Money.Minor != 60000 {
			t.Errorf("who sent nothing has %s, owed %s %s", v.State, p.State, p.Money)
		}
		w.must(w.ts.EvaluateOwn(ctx, noel, guest(3), "guest-words"))
		staff, err := w.ts.Load(ctx, w.ines, v.ID)
		w.must(err)
		if staff.Other != nil {
			t.Error("the host reads the candidate's words on the first day")
		}
		w.to(v.EvaluateBy.Add(time.Minute))
		staff, err = w.ts.Load(ctx, w.ines, v.ID)
		w.must(err)
		if staff.Other == nil || staff.State != trial.Done {
			t.Errorf("the day for it over, it is %s and the other's words stay shut", staff.State)
		}
		w.must(w.ts.Evaluate(ctx, w.ines, v.ID, host(0), "Late."))
		if v = w.own(noel); v.Other == nil || !v.Other.After {
			t.Error("what was filed after the other's could be read does not say so")
		}
	})
}

// It can begin on the day of the acceptance; then the first check-in is asked at once.
func TestItBeginsToday(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.stage(w.terms())
		amara, _ := w.enter("Amara Okafor", "amara@mail.example")
		first := w.own(amara).First[0]
		w.to(first.Add(9 * time.Hour)) // a working day, whichever the clock began on
		w.must(w.ts.Accept(ctx, amara, first.Format("2006-01-02"), "IBAN"))
		if v := w.own(amara); v.State != trial.Running || v.Days[0].Asked.IsZero() || !v.Days[1].Asked.IsZero() {
			t.Errorf("accepted for today it is %s, %+v", v.State, v.Days[0])
		}
	})
}

// Who sees a trial, and who can host it.
func TestWhoSees(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.stage(w.terms())
		amara, inv := w.enter("Amara Okafor", "amara@mail.example")
		v := w.accept(amara)
		for name, c := range map[string]struct {
			who  actor.Actor
			sees bool
		}{"the host": {w.ines, true}, "who decides": {w.Rosa, true}, "who runs it": {w.Owner, true}, "who watches": {w.otto, false}, "a reader": {w.Mina, false}, "the candidate, as a member": {amara, false}} {
			if _, err := w.ts.Load(ctx, c.who, v.ID); (err == nil) != c.sees || err != nil && !errors.Is(err, trial.ErrMissing) {
				t.Errorf("%s: %v", name, err)
			}
		}
		list, _, err := w.ts.List(ctx, w.Rosa, "")
		w.must(err)
		if len(list) != 1 || list[0].Name != "Amara Okafor" || list[0].Mine {
			t.Errorf("who decides lists %+v", list)
		}
		if list, _, err := w.ts.List(ctx, w.Mina, ""); err != nil || len(list) != 0 {
			t.Errorf("a reader lists %d, %v", len(list), err)
		}
		for name, c := range map[string]struct {
			who  actor.Actor
			want int
		}{"the host": {w.ines, 1}, "who runs it": {w.Owner, 1}, "who watches": {w.otto, 0}} {
			if list, _, err := w.ts.List(ctx, c.who, ""); err != nil || len(list) != c.want {
				t.Errorf("%s lists %d, %v; want %d", name, len(list), err, c.want)
			}
		}
		for _, to := range []org.MemberID{w.Mina.ID, w.otto.ID, "mem_nobody"} {
			if err := w.ts.Replace(ctx, w.Rosa, v.ID, w.ines.ID, to); !isInvalid(err) {
				t.Errorf("%s hosts: %v", to, err)
			}
		}
		if err := w.ts.Replace(ctx, w.ines, v.ID, w.ines.ID, w.Rosa.ID); !errors.Is(err, trial.ErrRole) {
			t.Errorf("a facilitator hands it over: %v", err)
		}
		w.must(w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Kit.ID, opening.Reviewer, true))
		w.must(w.ts.Replace(ctx, w.Rosa, v.ID, w.ines.ID, w.Kit.ID))
		if _, err := w.ts.Load(ctx, w.ines, v.ID); !errors.Is(err, trial.ErrMissing) {
			t.Errorf("who hosted it before: %v", err)
		}
		// Kit now knows Amara, so nobody gives Kit her work to read, whoever else is away; Rosa gets it, and sees nothing of the trial then.
		for _, m := range []actor.Actor{w.Mina, w.Jun, w.ines} {
			w.must(w.Openings.SetRole(ctx, w.Owner, w.Opening, m.ID, opening.Reviewer, false))
		}
		w.to(v.Starts.Add(time.Hour))
		w.send(amara)
		if blind, _, err := w.blind(w.Kit, inv.Application); err != nil || blind {
			t.Errorf("the host was given the work to read: %v, %v", blind, err)
		}
		if _, err := w.ts.Load(ctx, w.Kit, v.ID); err != nil {
			t.Errorf("the host: %v", err)
		}
		w.must(w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Rosa.ID, opening.Reviewer, true))
		w.must(w.Reviews.Fill(ctx, w.Org.ID))
		if blind, _, err := w.blind(w.Rosa, inv.Application); err != nil || !blind {
			t.Fatalf("Rosa has nothing to read: %v", err)
		}
		list, _, err = w.ts.List(ctx, w.Rosa, "")
		w.must(err)
		if _, err := w.ts.Load(ctx, w.Rosa, v.ID); !errors.Is(err, trial.ErrMissing) || len(list) != 0 {
			t.Errorf("who reads the work without the name sees its trial: %v, and lists %d", err, len(list))
		}
		if err := w.ts.Replace(ctx, w.Owner, v.ID, w.Kit.ID, w.Rosa.ID); !isInvalid(err) {
			t.Errorf("who reads the work without the name hosts it: %v", err)
		}
	})
}

func (w world) blind(who actor.Actor, a opening.ApplicationID) (blind bool, code string, err error) {
	err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		blind, code, err = w.Reviews.Blind(ctx, tx, who, a)
		return err
	})
	return blind, code, err
}

// What cannot be agreed on is refused, each on its field.
func TestTerms(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for field, change := range map[string]func(*trial.Terms){
			"title": func(t *trial.Terms) { t.Title = " " }, "scope": func(t *trial.Terms) { t.Scope = strings.Repeat("x", trial.MostScope+1) }, "days": func(t *trial.Terms) { t.Days = 21 },
			"hours": func(t *trial.Terms) { t.Hours = 25 }, "pay_days": func(t *trial.Terms) { t.PayDays = 0 }, "amount": func(t *trial.Terms) { t.Money.Minor = 0 },
			"version": func(t *trial.Terms) { t.Version = w.Version }, "host": func(t *trial.Terms) { t.Host = "mem_nobody" },
		} {
			x := w.terms()
			change(&x)
			_, err := w.ts.AddPlan(ctx, w.Owner, x)
			if p, ok := problem.As(err); !ok || p.Fields[field] == "" {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
		if _, err := w.ts.AddPlan(ctx, w.Mina, w.terms()); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer makes a plan: %v", err)
		}
		w.stage(w.terms())
		var stage opening.Stage
		w.must(w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			all, err := w.Openings.Stages(ctx, tx, w.Opening)
			stage = all[0]
			return err
		}))
		if err := w.pay.SetTerms(ctx, w.Owner, w.Opening, payment.Terms{Stage: stage.ID, Money: payment.Money{Minor: 100, Currency: "EUR"}, Days: 5}); !errors.Is(err, payment.ErrOwn) {
			t.Errorf("other money for a trial: %v", err)
		}
	})
}

// What so many minutes earn: begun hours and begun cents count, and never more than was agreed.
func TestEarned(t *testing.T) {
	x := trial.Terms{Hours: 3, Money: payment.Money{Minor: 10000, Currency: "EUR"}}
	for minutes, want := range map[int]int64{0: 0, 1: 3334, 60: 3334, 61: 6667, 180: 10000, 900: 10000} {
		if got := x.Earned(minutes); got != want {
			t.Errorf("%d minutes of 3 hours for EUR 100.00 earn %d; want %d", minutes, got, want)
		}
	}
}

// The first days are working days of the organisation's calendar, and midnights in the candidate's zone, over a change of clocks as well.
func TestFirstDays(t *testing.T) {
	sydney, _ := time.LoadLocation("Australia/Sydney")
	lisbon, _ := time.LoadLocation("Europe/Lisbon")
	cal := org.Weekdays(lisbon)
	cal.Off = map[string]string{"2026-10-05": "Republic Day"}
	// A Friday noon in Lisbon; Sydney's clocks change on Sunday, 4 October 2026.
	got := trial.FirstDays(time.Date(2026, 10, 2, 12, 0, 0, 0, lisbon), cal, sydney)
	for i, want := range map[int]string{0: "2026-10-02T00:00:00+10:00", 1: "2026-10-06T00:00:00+11:00", 4: "2026-10-09T00:00:00+11:00", 5: "2026-10-12T00:00:00+11:00"} {
		if at := got[i].Format(time.RFC3339); at != want {
			t.Errorf("day %d is %s; want %s", i, at, want)
		}
	}
}

// Hours as people type them; what is no number of hours is refused.
func TestReadHours(t *testing.T) {
	for text, want := range map[string]int{"6": 360, " 6.5 ": 390, "6,25": 375, "0": 0, "24": 1440} {
		if got, err := trial.ReadHours(text); err != nil || got != want {
			t.Errorf("%q is %d minutes, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "six", "-1", "24.5", "NaN", "1e9", "6 h"} {
		if _, err := trial.ReadHours(text); !isInvalid(err) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Nothing leaves what is over.
func TestStates(t *testing.T) {
	for _, x := range trial.Transitions {
		if !x.From.Open() {
			t.Errorf("%s leads to %s", x.From, x.To)
		}
		if !x.From.To(x.To) {
			t.Errorf("%s does not lead to %s", x.From, x.To)
		}
	}
	if trial.Over.To(trial.CalledOff) || trial.Offer.To(trial.Running) {
		t.Error("what is over can be cancelled, or what is offered begins")
	}
}
