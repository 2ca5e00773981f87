package integrity_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/integrity"
	"candor/internal/integrity/integritytest"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

// decide is what a manager would do now; it is rolled back.
func (w world) decide(who actor.Actor, a opening.ApplicationID, o review.Outcome) error {
	w.T.Helper()
	back := errors.New("rolled back")
	err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
		if _, _, err := w.Reviews.DecideIn(ctx, tx, who, a, o, "Because."); err != nil {
			return err
		}
		return back
	})
	if errors.Is(err, back) {
		return nil
	}
	return err
}

func (w world) promised(a opening.ApplicationID) promise.Promise {
	w.T.Helper()
	var list []promise.Promise
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
		list, err = w.Promises.Of(ctx, tx, string(a))
		return err
	})
	if err != nil || len(list) != 1 {
		w.T.Fatalf("promises = %+v, %v; want one", list, err)
	}
	return list[0]
}

func (w world) open(n, first review.Round) integrity.CaseID {
	w.T.Helper()
	id, err := w.Integrity.Open(ctx, w.Mina, n.Code, w.Asks(first))
	if err != nil {
		w.T.Fatal(err)
	}
	w.Drain()
	return id
}

func (w world) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func TestACaseIsAnsweredBeforeAnybodyDecides(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, first, cora := w.Copied()
		w.must(w.decide(w.Rosa, n.Application, review.Reject)) // nothing stands in the way before
		before := w.promised(n.Application)
		id := w.open(n, first)

		for _, o := range []review.Outcome{review.Advance, review.Hold, review.Reject} {
			if err := w.decide(w.Rosa, n.Application, o); !errors.Is(err, integrity.ErrOpen) {
				t.Errorf("%s while the candidate has the turn = %v; want ErrOpen", o, err)
			}
		}
		if err := w.Integrity.Settle(ctx, w.Sol, id, integrity.Found, "It is the same."); !errors.Is(err, integrity.ErrWaits) {
			t.Errorf("a verdict before the answer = %v; want ErrWaits", err)
		}
		if p := w.promised(n.Application); !p.Due.After(before.Due) || p.Waits.IsZero() {
			t.Errorf("the promise = %+v; want it to wait", p)
		}

		q, err := w.Integrity.Question(ctx, cora, id)
		w.must(err)
		if len(q.Pages) != 1 || len(q.Pages[0].Noticed) != 1 || len(q.Pages[0].Noticed[0].Mine) == 0 || !strings.Contains(string(q.Pages[0].Files[0].Data), "since") {
			t.Fatalf("what the candidate sees = %+v; want their own text with its lines", q)
		}
		if all := fmt.Sprintf("%+v", q); strings.Contains(all, string(first.Code)) || strings.Contains(all, first.Attempt) || strings.Contains(all, w.Mina.ID) {
			t.Errorf("the candidate is told of the other one, or of who asked: %s", all)
		}

		w.Tick.Add(26 * time.Hour)
		w.must(w.Integrity.Save(ctx, cora, id, "c1", 2, "Two of us wr"))
		w.must(w.Integrity.Save(ctx, cora, id, "c1", 1, "Two"))
		w.must(w.Integrity.Save(ctx, cora, id, "c2", 1, "Another window."))
		if q, err = w.Integrity.Question(ctx, cora, id); err != nil || len(q.Drafts) != 2 || q.Drafts[0].Text != "Another window." && q.Drafts[0].Text != "Two of us wr" {
			t.Errorf("drafts = %+v, %v; want the newest of each page", q.Drafts, err)
		}
		w.must(w.Integrity.Answer(ctx, cora, id, "I, Cora, wrote it with a friend; we were told that we may."))
		if q, err = w.Integrity.Question(ctx, cora, id); err != nil || len(q.Drafts) != 0 || len(q.Words) != 1 || q.Words[0].Late || q.Standing(w.DB.Now()) != integrity.Answered {
			t.Errorf("after the answer = %+v, %v; want it kept, and the turn given back", q, err)
		}
		if p := w.promised(n.Application); !p.Due.Equal(promise.Due(before.Due.Add(-time.Hour), 1, org.Weekdays(time.UTC))) && p.Due.Sub(before.Due) > 4*24*time.Hour {
			t.Errorf("the promise = %v, was %v; want it one working day later", p.Due, before.Due)
		}
		if err := w.decide(w.Rosa, n.Application, review.Advance); !errors.Is(err, integrity.ErrOpen) {
			t.Errorf("a decision before the verdict = %v; want ErrOpen", err)
		}

		c, part, err := w.Integrity.Load(ctx, w.Sol, id)
		if err != nil || part != integrity.Decides || strings.Contains(c.Words[0].Text, "Cora") || !strings.Contains(c.Words[0].Text, "[name]") {
			t.Errorf("what the second person sees = %+v, %v, %v; want the answer without a name", c, part, err)
		}
		p, _, err := w.Integrity.BesideFact(ctx, w.Sol, id, 0)
		if err != nil || len(p.Sides[0].Files) != 1 || len(p.Sides[1].Files) != 1 || len(p.Regions) == 0 || p.Code != "" {
			t.Errorf("side by side = %+v, %v; want both texts and no code of the other's", p, err)
		}
		for _, who := range []actor.Actor{w.Sol} {
			if _, err := w.Integrity.Of(ctx, who, n.Code); err == nil {
				t.Error("the second person sees the facts page, which stands beside scores")
			}
			if _, err := w.Reviews.Column(ctx, who, n.Code); err == nil {
				t.Error("the second person sees the scores")
			}
		}
		if err := w.Integrity.Settle(ctx, w.Mina, id, integrity.Found, "It is the same."); !errors.Is(err, integrity.ErrNotYours) {
			t.Errorf("a verdict of whoever opened it = %v; want ErrNotYours", err)
		}
		w.must(w.Integrity.Settle(ctx, w.Sol, id, integrity.Explained, "They may, and they say so."))
		if err := w.Integrity.Settle(ctx, w.Sol, id, integrity.Found, "It is the same."); !errors.Is(err, integrity.ErrSettled) {
			t.Errorf("a second verdict = %v; want ErrSettled", err)
		}
		for _, r := range []review.Round{n, first} {
			if f := w.facts(w.Mina, r); len(f.Items[0].Alike) != 1 || !f.Items[0].Alike[0].Explained {
				t.Errorf("facts of %s = %+v; want them explained", r.Code, f)
			}
		}
		w.must(w.decide(w.Rosa, n.Application, review.Reject))
		if _, err := w.Integrity.Open(ctx, w.Jun, n.Code, w.Asks(first)); !errors.Is(err, integrity.ErrCase) {
			t.Errorf("asking again = %v; want ErrCase", err)
		}
	})
}

func TestAFindingCanBeLookedAtAgain(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, first, cora := w.Copied()
		id := w.open(n, first)
		if err := w.Integrity.Appeal(ctx, cora, id, "No."); !errors.Is(err, integrity.ErrNoAppeal) {
			t.Errorf("an appeal against nothing = %v; want ErrNoAppeal", err)
		}
		c, _, err := w.Integrity.Load(ctx, w.Mina, id)
		w.must(err)
		w.Tick.Set(c.Due) // the last instant
		if err := w.Integrity.Settle(ctx, w.Sol, id, integrity.Found, "No answer."); !errors.Is(err, integrity.ErrWaits) {
			t.Errorf("a verdict at the last instant of the candidate's day = %v; want ErrWaits", err)
		}
		w.Tick.Add(time.Millisecond)
		w.must(w.Integrity.Answer(ctx, cora, id, "I was ill until today."))
		w.must(w.Integrity.Settle(ctx, w.Sol, id, integrity.Found, "Nothing explains it."))
		q, err := w.Integrity.Question(ctx, cora, id)
		if err != nil || len(q.Words) != 1 || !q.Words[0].Late || q.Reason != "Nothing explains it." || q.Standing(w.DB.Now()) != integrity.Stands {
			t.Errorf("after a late answer and a finding = %+v, %v; want both shown", q, err)
		}
		if err := w.decide(w.Rosa, n.Application, review.Reject); !errors.Is(err, integrity.ErrOpen) {
			t.Errorf("declining while the finding can be looked at again = %v; want ErrOpen", err)
		}
		w.must(w.decide(w.Rosa, n.Application, review.Advance))
		if f := w.facts(w.Mina, n); f.Items[0].Alike[0].Explained {
			t.Error("a finding marks the fact as explained")
		}
		w.must(w.Integrity.Appeal(ctx, cora, id, "Here are my notes of that week."))
		if err := w.Integrity.Appeal(ctx, cora, id, "Once more."); !errors.Is(err, integrity.ErrNoAppeal) {
			t.Errorf("a second appeal = %v; want ErrNoAppeal", err)
		}
		if q, err = w.Integrity.Question(ctx, cora, id); err != nil || len(q.Drafts) != 1 || q.Drafts[0].Text != "Once more." {
			t.Errorf("what could not be sent = %+v, %v; want it kept as a draft", q.Drafts, err)
		}
		if err := w.decide(w.Rosa, n.Application, review.Advance); !errors.Is(err, integrity.ErrOpen) {
			t.Errorf("a decision while a third person looks = %v; want ErrOpen", err)
		}
		for who, m := range map[string]actor.Actor{"the one who opened it": w.Mina, "the second person": w.Sol, "a manager": w.Rosa, "an owner": w.Owner} {
			if p, ok := problem.As(w.Integrity.Hand(ctx, w.Rosa, id, "", "", m.ID)); !ok || p.Fields["judge"] == "" {
				t.Errorf("%s as the third = %v; want it refused", who, p)
			}
		}
		w.must(w.Integrity.Hand(ctx, w.Rosa, id, "", "", w.Tam.ID))
		if err := w.Integrity.Rule(ctx, w.Sol, id, integrity.Upheld, "As I said."); !errors.Is(err, integrity.ErrNotYours) {
			t.Errorf("the second person about the appeal = %v; want ErrNotYours", err)
		}
		w.must(w.Integrity.Rule(ctx, w.Tam, id, integrity.Lifted, "The notes are older than the other text."))
		if err := w.Integrity.Rule(ctx, w.Tam, id, integrity.Upheld, "Or not."); !errors.Is(err, integrity.ErrSettled) {
			t.Errorf("a second last word = %v; want ErrSettled", err)
		}
		if f := w.facts(w.Mina, n); !f.Items[0].Alike[0].Explained {
			t.Error("a lifted finding leaves the fact unexplained")
		}
		w.must(w.decide(w.Rosa, n.Application, review.Reject))
		_, f, err := w.Integrity.FiguresOf(ctx, w.Rosa, w.Opening)
		if want := (integrity.Figures{Compared: 8, Alike: 2, Cases: 1, Findings: 1, Appeals: 1, Lifted: 1, Days: f.Days}); err != nil || f != want || f.Days < 5 || f.Days > 9 {
			t.Errorf("figures = %+v, %v; want %+v", f, err, want)
		}
		if _, _, err := w.Integrity.FiguresOf(ctx, w.Mina, w.Opening); !errors.Is(err, opening.ErrRole) {
			t.Errorf("figures for a reviewer = %v; want ErrRole", err)
		}
	})
}

func TestWhatACaseNeeds(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.Crowd(7)[0]
		n, cora, _ := w.Sent("Cora Copy", integritytest.Essay(0))
		if _, err := w.Integrity.Open(ctx, w.Mina, n.Code, w.Asks(first)); !errors.Is(err, review.ErrOwnFirst) {
			t.Errorf("before the own scorecard = %v; want ErrOwnFirst", err)
		}
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		if _, err := w.Integrity.Open(ctx, w.Mina, n.Code, w.Asks(first)); !errors.Is(err, integrity.ErrUnlike) {
			t.Errorf("about work that she still has to score = %v; want ErrUnlike", err)
		}
		w.File(w.Mina, first, reviewtest.Card(3, 2))
		outside := w.Member("Jo Reads", "jo@tideway.example", []string{"reviewer"}, opening.Reviewer)
		for name, c := range map[string]struct {
			change func(a *integrity.Ask)
			field  string
		}{
			"nothing it rests on":              {func(a *integrity.Ask) { a.Facts = nil }, "fact"},
			"no question":                      {func(a *integrity.Ask) { a.Question = " " }, "question"},
			"four days":                        {func(a *integrity.Ask) { a.Days = 4 }, "days"},
			"31 days":                          {func(a *integrity.Ask) { a.Days = 31 }, "days"},
			"a contact who scores":             {func(a *integrity.Ask) { a.Contact = w.Jun.ID }, "contact"},
			"no contact":                       {func(a *integrity.Ask) { a.Contact = "" }, "contact"},
			"herself":                          {func(a *integrity.Ask) { a.Decider = w.Mina.ID }, "decider"},
			"the contact":                      {func(a *integrity.Ask) { a.Decider = a.Contact }, "decider"},
			"somebody who decides the opening": {func(a *integrity.Ask) { a.Decider = w.Rosa.ID }, "decider"},
			"somebody of the pool":             {func(a *integrity.Ask) { a.Decider = outside.ID }, "decider"},
			"an owner, who can see scores":     {func(a *integrity.Ask) { a.Decider = w.Owner.ID }, "decider"},
			"nobody":                           {func(a *integrity.Ask) { a.Decider = "mem_x" }, "decider"},
		} {
			a := w.Asks(first)
			c.change(&a)
			_, err := w.Integrity.Open(ctx, w.Mina, n.Code, a)
			if p, ok := problem.As(err); !ok || p.Fields[c.field] == "" {
				t.Errorf("%s = %v; want it said beside %s", name, err, c.field)
			}
		}
		for _, who := range []actor.Actor{actor.ForSystem(w.Org.ID, "test"), {Kind: actor.Operator, Org: w.Org.ID}, {Kind: actor.Token, ID: w.Mina.ID, Org: w.Org.ID}, cora} {
			if _, err := w.Integrity.Open(ctx, who, n.Code, w.Asks(first)); !errors.Is(err, review.ErrMissing) {
				t.Errorf("opened by a %s = %v; want ErrMissing", who.Kind, err)
			}
		}
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs { // two tabs
			wait.Go(func() { _, errs[i] = w.Integrity.Open(ctx, w.Mina, n.Code, w.Asks(first)) })
		}
		wait.Wait()
		slices.SortFunc(errs, func(a, b error) int { return len(fmt.Sprint(a)) - len(fmt.Sprint(b)) })
		if errs[0] != nil || !errors.Is(errs[1], integrity.ErrCase) {
			t.Errorf("opened from two tabs = %v; want one, and ErrCase", errs)
		}
	})
}

func TestNobodyIsAskedAfterTheEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(w world, n review.Round, who actor.Actor) error
		want error
	}{
		{"withdrawn", func(w world, _ review.Round, who actor.Actor) error { return w.Attempts.Withdraw(ctx, who) }, integrity.ErrGone},
		{"erased", func(w world, n review.Round, who actor.Actor) error {
			return w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				_, err := w.Candidates.Erase(ctx, tx, db.Person{Org: w.Org.ID, Candidate: who.Subject})
				return err
			})
		}, integrity.ErrGone},
		{"decided", func(w world, n review.Round, _ actor.Actor) error {
			return w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				_, _, err := w.Reviews.DecideIn(ctx, tx, w.Rosa, n.Application, review.Advance, "Strong.")
				return err
			})
		}, review.ErrDecided},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w world) {
				n, first, who := w.Copied()
				w.must(c.end(w, n, who))
				if _, err := w.Integrity.Open(ctx, w.Mina, n.Code, w.Asks(first)); !errors.Is(err, c.want) {
					t.Errorf("Open = %v; want %v", err, c.want)
				}
			})
		})
	}
}

func TestPeopleOfACaseChange(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, first, cora := w.Copied()
		id := w.open(n, first)
		w.must(w.Integrity.Answer(ctx, cora, id, "We wrote it together."))
		w.must(w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Sol.ID, opening.Observer, true))
		if err := w.Integrity.Settle(ctx, w.Sol, id, integrity.Explained, "Fine."); !errors.Is(err, integrity.ErrUnsuited) {
			t.Errorf("a verdict of somebody who got a role = %v; want ErrUnsuited", err)
		}
		w.must(w.Orgs.Disable(ctx, w.Owner, w.Cleo.ID)) // the contact leaves
		if p, ok := problem.As(w.Integrity.Hand(ctx, w.Mina, id, w.Cleo.ID, w.Tam.ID, "")); ok {
			t.Errorf("handing over with the contact as it was = %v", p)
		}
		if p, ok := problem.As(w.Integrity.Hand(ctx, w.Mina, id, w.Tam.ID, "", "")); !ok || p.Fields["contact"] == "" {
			t.Errorf("the second person as contact = %v; want it refused", p)
		}
		w.must(w.Integrity.Hand(ctx, w.Rosa, id, w.Owner.ID, "", ""))
		if err := w.Integrity.Hand(ctx, w.Jun, id, w.Rosa.ID, "", ""); !errors.Is(err, integrity.ErrNotYours) {
			t.Errorf("changed by a reviewer who did not open it = %v; want ErrNotYours", err)
		}
		c, _, err := w.Integrity.Load(ctx, w.Mina, id)
		if err != nil || c.Decider != w.Tam.ID || c.Contact != w.Owner.ID {
			t.Errorf("after handing over = %+v, %v", c, err)
		}
		before := w.promised(n.Application)
		if p, ok := problem.As(w.Integrity.Extend(ctx, w.Mina, id, 5)); !ok || p.Fields["days"] == "" {
			t.Errorf("the same day again = %v; want it refused", p)
		}
		w.must(w.Integrity.Extend(ctx, w.Mina, id, 9))
		if after, _, err := w.Integrity.Load(ctx, w.Mina, id); err != nil || !after.Due.After(c.Due) || w.promised(n.Application) != before {
			t.Errorf("more days after the answer = %+v, %v; want them given, and our promise as it was", after, err)
		}
		w.must(w.Integrity.Settle(ctx, w.Tam, id, integrity.Explained, "Fine."))
		w.must(w.Integrity.Answer(ctx, cora, id, "Thank you.")) // nothing is refused
		stranger := w.Enter(w.Invite("Another", "another@mail.example"))
		for name, err := range map[string]error{
			"read":     func() error { _, err := w.Integrity.Question(ctx, stranger, id); return err }(),
			"answered": w.Integrity.Answer(ctx, stranger, id, "Hello."),
			"drafted":  w.Integrity.Save(ctx, stranger, id, "c1", 1, "Hello."),
			"appealed": w.Integrity.Appeal(ctx, stranger, id, "Hello."),
		} {
			if !errors.Is(err, integrity.ErrCaseMissing) {
				t.Errorf("%s by another candidate = %v; want ErrCaseMissing", name, err)
			}
		}
	})
}

func TestWithdrawingEndsACase(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, first, cora := w.Copied()
		id := w.open(n, first)
		w.must(w.Attempts.Withdraw(ctx, cora))
		w.Tick.Add(30 * 24 * time.Hour)
		if err := w.Integrity.Settle(ctx, w.Sol, id, integrity.Found, "It is the same."); !errors.Is(err, integrity.ErrGone) {
			t.Errorf("a verdict about somebody who left = %v; want ErrGone", err)
		}
		if c, _, err := w.Integrity.Load(ctx, w.Mina, id); err != nil || c.Standing(w.DB.Now()) != integrity.Ended {
			t.Errorf("the case = %+v, %v; want it ended without a verdict", c, err)
		}
		if list, err := w.Integrity.Mine(ctx, w.Sol); err != nil || len(list) != 0 {
			t.Errorf("what waits for the second person = %+v, %v; want nothing", list, err)
		}
	})
}

// Opening a case and deciding at once: whoever comes second waits for the first, and is refused.
func TestAskingAndDecidingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, first, _ := w.Copied()
		ask := func(tx db.Tx) error {
			_, err := integrity.OpenIn(w.Integrity, ctx, tx, w.Mina, n.Code, w.Asks(first))
			return err
		}
		decide := func(tx db.Tx) error {
			_, _, err := w.Reviews.DecideIn(ctx, tx, w.Rosa, n.Application, review.Reject, "No.")
			return err
		}
		for _, c := range []struct {
			name         string
			first, after func(tx db.Tx) error
			want         error
		}{{"asking while it is decided", decide, ask, review.ErrDecided}, {"deciding while it is asked", ask, decide, integrity.ErrOpen}} {
			second := make(chan error, 1)
			err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				if err := c.first(tx); err != nil {
					return err
				}
				go func() { second <- w.DB.Write(ctx, w.Org.ID, c.after) }()
				if w.DB.Engine == db.PostgreSQL { // elsewhere one writes at a time
					return w.somebodyWaits(second)
				}
				return nil
			})
			if got := <-second; err != nil || !errors.Is(got, c.want) {
				t.Errorf("%s: first %v, then %v; want %v", c.name, err, got, c.want)
			}
			err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error { // the first decision is taken back for the second round
				list, err := w.Reviews.DecisionsOf(ctx, tx, n.Application)
				if err == nil && len(list) > 0 {
					_, err = w.Reviews.UndoIn(ctx, tx, w.Rosa, list[0].ID, "A slip.")
				}
				return err
			})
			w.must(err)
		}
	})
}

// somebodyWaits returns when a transaction waits for a lock, or when what was to wait is through without.
func (w world) somebodyWaits(through chan error) error {
	c, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for tick := time.NewTicker(5 * time.Millisecond); len(through) == 0; <-tick.C {
		waiting := 0
		err := w.DB.Writer().QueryRowContext(c, `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil || waiting > 0 {
			return err
		}
	}
	return nil
}

// No program decides: identical work, every job done, and nothing is decided, held back or sorted; a decision by anything but a member is refused.
func TestNoProgramDecides(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		rounds := w.Crowd(7)
		rounds = append(rounds, w.Hand("Cora Copy", integritytest.Essay(0)+"Signed: NumberA"))
		order := func() (codes []review.Code) {
			list, _, _, err := w.Reviews.ToDecide(ctx, w.Rosa, "")
			w.must(err)
			for _, u := range list {
				codes = append(codes, u.Code)
			}
			return codes
		}
		var want []review.Code
		for _, n := range rounds {
			want = append(want, n.Code)
			for _, m := range []actor.Actor{w.Mina, w.Jun} {
				w.File(m, n, reviewtest.Card(3, 2))
			}
		}
		w.Drain()
		if f := w.facts(w.Mina, rounds[7]); len(f.Items[0].Alike) == 0 || !f.Items[0].Alike[0].Identical {
			t.Fatalf("facts = %+v; want identical work, or this proves nothing", f)
		}
		w.Tick.Add(14 * 24 * time.Hour)
		w.must(w.Promises.Sweep(ctx, w.Org.ID))
		w.Drain()
		if got := order(); !slices.Equal(got, want) {
			t.Errorf("what waits for a decision = %v; want %v, as they were sent", got, want)
		}
		for _, n := range rounds {
			err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
				decisions, err := w.Reviews.DecisionsOf(ctx, tx, n.Application)
				if err != nil || len(decisions) > 0 {
					t.Errorf("decisions on %s = %+v, %v; want none", n.Code, decisions, err)
				}
				cases, err := w.Integrity.CasesOf(ctx, tx, n.Application)
				if err != nil || len(cases) > 0 {
					t.Errorf("cases of %s = %+v, %v; want none", n.Code, cases, err)
				}
				app, err := w.Openings.ApplicationIn(ctx, tx, n.Application)
				if app.Status != opening.Active {
					t.Errorf("the application %s is %s", n.Code, app.Status)
				}
				return err
			})
			w.must(err)
		}
		for _, who := range []actor.Actor{actor.ForSystem(w.Org.ID, "integrity"), {Kind: actor.Operator, Org: w.Org.ID}, {Kind: actor.Token, ID: w.Rosa.ID, Org: w.Org.ID}} {
			for _, o := range []review.Outcome{review.Advance, review.Hold, review.Reject} {
				if err := w.decide(who, rounds[7].Application, o); err == nil {
					t.Errorf("%s by a %s is a decision; want it refused", o, who.Kind)
				}
			}
		}
		w.must(w.decide(w.Rosa, rounds[7].Application, review.Reject))
	})
}

func TestErasingTakesACaseAlong(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, first, cora := w.Copied()
		id := w.open(n, first)
		w.must(w.Integrity.Answer(ctx, cora, id, "We wrote it together."))
		w.must(w.Integrity.Save(ctx, cora, id, "c1", 1, "And one more thing."))
		erase := func(r review.Round) map[string]int {
			var gone map[string]int
			w.must(w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				p := db.Person{Org: w.Org.ID, Attempts: []string{r.Attempt}, Applications: []string{string(r.Application)}}
				seen, err := w.Integrity.Preview(ctx, tx, p)
				if err != nil {
					return err
				}
				gone, err = w.Integrity.Erase(ctx, tx, p)
				if fmt.Sprint(seen) != fmt.Sprint(gone) {
					t.Errorf("erased %v, the preview said %v", gone, seen)
				}
				return err
			}))
			return gone
		}
		erase(first)
		if _, _, err := w.Integrity.BesideFact(ctx, w.Sol, id, 0); !errors.Is(err, integrity.ErrUnlike) {
			t.Errorf("side by side with somebody who was erased = %v; want ErrUnlike", err)
		}
		if q, err := w.Integrity.Question(ctx, cora, id); err != nil || len(q.Pages) != 1 || len(q.Pages[0].Noticed[0].Mine) == 0 {
			t.Errorf("the candidate's own side = %+v, %v; want it as it was", q, err)
		}
		if gone := erase(n); gone["texts about a question"] != 1 {
			t.Errorf("erased %v; want the answer among it", gone)
		}
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			for table, want := range map[string]int{"cases": 1, "case_items": 0, "case_facts": 0, "case_words": 0, "case_drafts": 0} {
				var have int
				if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table+` WHERE org_id = $1`, tx.Org).Scan(&have); err != nil {
					return err
				}
				if have != want {
					t.Errorf("%s has %d rows after erasing; want %d", table, have, want)
				}
			}
			return nil
		})
		w.must(err)
	})
}
