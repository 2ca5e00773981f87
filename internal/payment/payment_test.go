package payment_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/payment"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

type world struct {
	*reviewtest.World
	p     *payment.Payments
	stage opening.StageID
	paid  *[]payment.MadeNote
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone(reviewtest.Schemas), fs.FS(payment.Schema)), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick), paid: &[]payment.MadeNote{}}
		w.p = &payment.Payments{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises}
		w.p.Listen()
		job.Listen(w.Jobs, payment.Made, "test.paid", job.Mail, func(_ context.Context, n payment.MadeNote) error {
			*w.paid = append(*w.paid, n)
			return nil
		})
		w.read(t, func(tx db.Tx) error {
			all, err := w.Openings.Stages(ctx, tx, w.Opening)
			w.stage = all[0].ID
			return err
		})
		fn(t, w)
	})
}

func (w world) read(t *testing.T, fn func(tx db.Tx) error) {
	t.Helper()
	if err := w.DB.Read(ctx, w.Org.ID, fn); err != nil {
		t.Fatal(err)
	}
}

func (w world) own(t *testing.T, who actor.Actor) payment.Payment {
	t.Helper()
	list, err := w.p.Own(ctx, who)
	if err != nil || len(list) != 1 {
		t.Fatalf("own payments = %+v, %v; want one", list, err)
	}
	return list[0]
}

// owed is the promise of a payment.
func (w world) owed(t *testing.T, a opening.ApplicationID) (p promise.Promise, ok bool) {
	t.Helper()
	w.read(t, func(tx db.Tx) error {
		list, err := w.Promises.Of(ctx, tx, string(a))
		p, ok = promise.Newest(list, promise.Payment)
		return err
	})
	return p, ok
}

func field(err error, name string) bool {
	var p *problem.Problem
	return errors.As(err, &p) && p.Fields[name] != ""
}

func TestWhatIsUsedIsPaid(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		eur := payment.Money{Minor: 12000, Currency: "EUR"}
		for name, c := range map[string]struct {
			terms payment.Terms
			field string
		}{
			"used and not paid":       {payment.Terms{Stage: w.stage, Production: true, Rights: "All.", Days: 5}, "amount"},
			"used without rights":     {payment.Terms{Stage: w.stage, Money: eur, Production: true, Rights: " ", Days: 5}, "rights"},
			"paid without a day":      {payment.Terms{Stage: w.stage, Money: eur}, "days"},
			"money of no country":     {payment.Terms{Stage: w.stage, Money: payment.Money{Minor: 5, Currency: "XXX"}, Days: 5}, "amount"},
			"more than anybody pays":  {payment.Terms{Stage: w.stage, Money: payment.Money{Minor: payment.MostMinor + 1, Currency: "EUR"}, Days: 5}, "amount"},
			"less than nothing":       {payment.Terms{Stage: w.stage, Money: payment.Money{Minor: -1, Currency: "EUR"}, Days: 5}, "amount"},
			"rights without an end":   {payment.Terms{Stage: w.stage, Money: eur, Production: true, Rights: string(make([]byte, payment.MostRights+1)), Days: 5}, "rights"},
			"later than is a promise": {payment.Terms{Stage: w.stage, Money: eur, Days: 61}, "days"},
		} {
			if err := w.p.SetTerms(ctx, w.Owner, w.Opening, c.terms); !field(err, c.field) {
				t.Errorf("%s = %v; want a problem of %s", name, err, c.field)
			}
		}
		good := payment.Terms{Stage: w.stage, Money: eur, Days: 5, Production: true, Rights: "We may use it; it stays yours."}
		for _, who := range []actor.Actor{w.Mina, w.Rosa} {
			if err := w.p.SetTerms(ctx, who, w.Opening, good); !errors.Is(err, opening.ErrRole) && !errors.Is(err, opening.ErrMissing) {
				t.Errorf("somebody who does not run the opening = %v; want it refused", err)
			}
		}
		if err := w.p.SetTerms(ctx, w.Owner, w.Opening, payment.Terms{Stage: "stg_x", Money: eur, Days: 5}); !errors.Is(err, payment.ErrMissing) {
			t.Errorf("a stage of nowhere = %v; want ErrMissing", err)
		}
		for _, set := range []payment.Terms{good, {Stage: w.stage}, good} {
			if err := w.p.SetTerms(ctx, w.Owner, w.Opening, set); err != nil {
				t.Fatal(err)
			}
			list, err := w.p.Terms(ctx, w.Owner, w.Opening)
			if err != nil || (set.Money.Minor == 0) != (len(list) == 0) || len(list) == 1 && list[0] != good {
				t.Errorf("terms = %+v, %v; want %+v", list, err, set)
			}
		}
	})
}

// From the offer to the receipt: seen and accepted before anything is sent, due by working days, paid once, and a promise that is kept.
func TestFromOfferToReceipt(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		terms := payment.Terms{Stage: w.stage, Money: payment.Money{Minor: 12050, Currency: "EUR"}, Days: 3, Production: true, Rights: "We may use it; it stays yours."}
		if err := w.p.SetTerms(ctx, w.Owner, w.Opening, terms); err != nil {
			t.Fatal(err)
		}
		inv := w.Invite("Amara Okafor", "amara@mail.example")
		who := w.Enter(inv)
		if p := w.own(t, who); p.State != payment.Offered || p.Terms != terms {
			t.Errorf("before the job has run = %+v; want the offer", p)
		}
		w.Drain()
		later := terms
		later.Money.Minor = 1
		if err := w.p.SetTerms(ctx, w.Owner, w.Opening, later); err != nil {
			t.Fatal(err)
		}
		if p := w.own(t, who); p.Terms != terms {
			t.Errorf("after the terms have changed = %+v; want what was offered", p)
		}
		if err := w.p.Accept(ctx, who, w.stage, " "); !field(err, "payee") {
			t.Errorf("accepting without a way to pay = %v; want a problem of payee", err)
		}
		if err := w.p.Decline(ctx, who, w.stage); err != nil {
			t.Fatal(err)
		}
		if err := w.p.Accept(ctx, who, w.stage, "Amara Okafor, NG12 3456"); err != nil {
			t.Errorf("thinking again = %v", err)
		}
		if err := w.p.Decline(ctx, who, w.stage); !errors.Is(err, payment.ErrState) {
			t.Errorf("declining what was accepted = %v; want ErrState", err)
		}
		p := w.own(t, who)
		if err := w.p.Pay(ctx, w.Owner, w.Opening, p.ID, "SEPA 1"); !errors.Is(err, payment.ErrNotDue) {
			t.Errorf("paying before the work was sent = %v; want ErrNotDue", err)
		}
		w.Finish(who)
		w.Drain()
		p = w.own(t, who)
		due := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC) // three working days after Tuesday 24 November, in Lisbon
		if o, ok := w.owed(t, inv.Application); p.State != payment.Due || !p.Due.Equal(due) || !ok || !o.Due.Equal(due) {
			t.Errorf("after the work was sent = %+v, promised %+v; want it due %v", p, o, due)
		}
		if err := w.p.Accept(ctx, who, w.stage, "Amara Okafor, NG99 0000"); err != nil {
			t.Errorf("another account while it is due = %v", err)
		}
		for name, c := range map[string]struct {
			who  actor.Actor
			want int
		}{"who runs the openings": {w.Owner, 1}, "who decides": {w.Rosa, 0}, "a reviewer": {w.Mina, 0}} {
			if open, next, err := w.p.Open(ctx, c.who, ""); err != nil || len(open) != c.want || next != "" || c.want > 0 && (open[0].Name != "Amara Okafor" || open[0].Title != "Backend engineer" || !open[0].Due.Equal(due)) {
				t.Errorf("what is open for %s = %+v, %v; want %d", name, open, err, c.want)
			}
		}
		if open, _, err := w.p.Open(ctx, w.Owner, p.ID); err != nil || len(open) != 0 {
			t.Errorf("after the last one = %+v, %v", open, err)
		}
		for _, c := range []struct {
			who  actor.Actor
			id   payment.ID
			with string
			want error
		}{{w.Mina, p.ID, "SEPA 1", opening.ErrRole}, {w.Rosa, p.ID, "SEPA 1", opening.ErrRole}, {w.Owner, "pay_x", "SEPA 1", payment.ErrMissing}} {
			if err := w.p.Pay(ctx, c.who, w.Opening, c.id, c.with); !errors.Is(err, c.want) {
				t.Errorf("paying %s as %v = %v; want %v", c.id, c.who.ID, err, c.want)
			}
		}
		if err := w.p.Pay(ctx, w.Owner, w.Opening, p.ID, ""); !field(err, "proof") {
			t.Errorf("paying without proof = %v; want a problem of it", err)
		}
		w.Tick.Set(due)
		if err := w.p.Pay(ctx, w.Owner, w.Opening, p.ID, "SEPA 2026-11-27 no. 8812"); err != nil {
			t.Fatal(err)
		}
		if err := w.p.Pay(ctx, w.Owner, w.Opening, p.ID, "again"); !errors.Is(err, payment.ErrState) {
			t.Errorf("paying twice = %v; want ErrState", err)
		}
		w.Drain()
		p = w.own(t, who)
		if o, _ := w.owed(t, inv.Application); p.State != payment.Paid || p.Proof != "SEPA 2026-11-27 no. 8812" || p.PaidBy != w.Owner.ID || o.Kept.IsZero() || o.Late(w.DB.Now()) || len(*w.paid) != 1 {
			t.Errorf("paid = %+v, promise %+v, announced %d times; want it kept at the last moment, once", p, o, len(*w.paid))
		}
		if err := w.p.Accept(ctx, who, w.stage, "Somebody else"); !errors.Is(err, payment.ErrState) {
			t.Errorf("another account after it was paid = %v; want ErrState", err)
		}
		if open, _, err := w.p.Open(ctx, w.Owner, ""); err != nil || len(open) != 0 {
			t.Errorf("what is paid is open: %+v, %v", open, err)
		}
		list, _, err := w.p.List(ctx, w.Owner, w.Opening, "")
		if err != nil || len(list) != 1 || list[0].Name != "Amara Okafor" || list[0].Payee != "Amara Okafor, NG99 0000" {
			t.Errorf("the list = %+v, %v", list, err)
		}
		if list, _, err := w.p.List(ctx, w.Rosa, w.Opening, ""); err != nil || list[0].Payee != "" {
			t.Errorf("a manager reads %+v, %v; want no account", list, err)
		}
		if _, _, err := w.p.List(ctx, w.Mina, w.Opening, ""); !errors.Is(err, opening.ErrRole) {
			t.Errorf("a reviewer's list = %v; want ErrRole", err)
		}
	})
}

// Who accepts after the work was sent is owed from then; nobody else's offer can be taken.
func TestAcceptedAfterwards(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if err := w.p.SetTerms(ctx, w.Owner, w.Opening, payment.Terms{Stage: w.stage, Money: payment.Money{Minor: 9000, Currency: "JPY"}, Days: 2}); err != nil {
			t.Fatal(err)
		}
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		if _, ok := w.owed(t, a.Application); ok {
			t.Error("a payment that nobody accepted is promised")
		}
		w.Tick.Add(48 * time.Hour) // Thursday 26 November
		if err := w.p.Accept(ctx, who, w.stage, "Amara Okafor, NG12 3456"); err != nil {
			t.Fatal(err)
		}
		if o, ok := w.owed(t, a.Application); !ok || !o.Due.Equal(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("promised %+v; want two working days after it was accepted", o)
		}
		if err := w.p.Accept(ctx, w.Owner, w.stage, "Ada"); !errors.Is(err, payment.ErrMissing) {
			t.Errorf("a member accepts = %v; want ErrMissing", err)
		}
		if err := w.p.Accept(ctx, who, "stg_x", "Amara"); !errors.Is(err, payment.ErrMissing) {
			t.Errorf("an offer of nowhere = %v; want ErrMissing", err)
		}
		other := who
		other.ID = string(w.Invite("Ben Carter", "ben@mail.example").ID)
		w.Drain()
		if err := w.p.Decline(ctx, other, w.stage); !errors.Is(err, payment.ErrMissing) {
			t.Errorf("another’s offer = %v; want ErrMissing", err)
		}
	})
}

// Money goes out once, whoever presses at the same moment; an offer is made once; what is accepted while the work is noted as sent is due.
func TestAtTheSameMoment(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if err := w.p.SetTerms(ctx, w.Owner, w.Opening, payment.Terms{Stage: w.stage, Money: payment.Money{Minor: 12000, Currency: "EUR"}, Days: 3}); err != nil {
			t.Fatal(err)
		}
		both := func(fns ...func() error) (errs []error) {
			errs = make([]error, len(fns))
			var all sync.WaitGroup
			for i, fn := range fns {
				all.Go(func() { errs[i] = fn() })
			}
			all.Wait()
			return errs
		}
		for i := range 6 {
			inv := w.Invite(fmt.Sprint("Amara ", i), fmt.Sprintf("amara%d@mail.example", i))
			who := w.Enter(inv)
			w.Drain()
			if err := w.p.SetTerms(ctx, w.Owner, w.Opening, payment.Terms{Stage: w.stage, Money: payment.Money{Minor: int64(i + 1), Currency: "EUR"}, Days: 3}); err != nil {
				t.Fatal(err)
			}
			if err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error { // a new link is announced as the first was
				return opening.Invited.Announce(ctx, w.Jobs, tx, opening.InvitedNote{Org: w.Org.ID, Invitation: string(inv.ID), Turn: 2})
			}); err != nil {
				t.Fatal(err)
			}
			w.Drain()
			if p := w.own(t, who); p.Money.Minor == int64(i+1) {
				t.Fatal("an offer was made anew with other money")
			}
			w.Finish(who)
			for _, err := range both(func() error { return w.Jobs.Drain(ctx) }, func() error { return w.p.Accept(ctx, who, w.stage, "NG12") }) {
				if err != nil {
					t.Fatal(err)
				}
			}
			w.Drain()
			p := w.own(t, who)
			if _, ok := w.owed(t, inv.Application); p.State != payment.Due || !ok {
				t.Fatalf("accepted and sent at the same moment it is %s, promised %v; want it due", p.State, ok)
			}
			*w.paid = nil
			pay := func() error { return w.p.Pay(ctx, w.Owner, w.Opening, p.ID, "SEPA 1") }
			errs := both(pay, pay)
			w.Drain()
			if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), payment.ErrState) || len(*w.paid) != 1 {
				t.Fatalf("paid at the same moment = %v, announced %d times; want once", errs, len(*w.paid))
			}
		}
	})
}
