package privacy_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/app"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/privacy"
)

const day = 24 * time.Hour

// until moves the clock to an instant.
func (w *world) until(t time.Time) {
	w.t.Helper()
	if t.Before(w.tick.Now()) {
		w.t.Fatalf("%v is over; it is %v", t, w.tick.Now())
	}
	w.tick.Set(t)
}

// kept is when an application's words go.
func (w *world) kept(p person) time.Time {
	w.t.Helper()
	k, err := w.app.Privacy.Kept(ctx, w.owner, p.app)
	w.must(err)
	return k.Until
}

// standing is how often each person's word stands in the rows that are theirs alone: what two have in common goes with either.
func (w *world) standing(people ...person) []int {
	w.t.Helper()
	all := w.dump()
	delete(all, "likenesses")
	var out []int
	for _, p := range people {
		out = append(out, count(all, p.word))
	}
	return out
}

func TestANightRemovesExactlyWhatIsOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		told, held, undecided := w.invite(w.opening, canary(), "told"), w.invite(w.opening, canary(), "held"), w.invite(w.opening, canary(), "undecided")
		for _, p := range []person{told, held, undecided} {
			w.work(p)
		}
		w.decline(told)
		w.decline(held)
		w.must(w.app.Privacy.Hold(ctx, w.owner, held.app, "A claim by "+held.word))
		end := w.tick.Now()
		w.until(end.AddDate(0, 6, 0)) // so that only words are left to go
		w.must(w.night())
		w.drain()
		people := []person{told, held, undecided}
		if due := w.kept(told); due.Before(end.AddDate(1, 0, 0).Add(-time.Minute)) || due.After(end.AddDate(1, 0, 0)) {
			t.Fatalf("the reply came at %v and the words go on %v; want 12 months", end, due)
		}
		before := w.standing(people...)

		w.until(w.kept(told).Add(-day))
		w.must(w.night())
		if got := w.standing(people...); !slices.Equal(got, before) {
			t.Errorf("a day before, the words stand %v times; want %v", got, before)
		}
		w.until(w.kept(told).Add(day))
		w.must(w.night())
		w.drain() // files go after their rows
		w.must(w.app.DB.Rewrite(ctx))
		if got, want := w.standing(people...), []int{0, before[1], before[2]}; !slices.Equal(got, want) {
			t.Errorf("the day after, the words stand %v times; want %v", got, want)
		}
		if left := w.traces(told.word); len(left) > 0 {
			t.Errorf("the word stands in %v", left)
		}
		c, err := w.app.Candidates.Load(ctx, w.owner, told.id)
		w.must(err)
		if !c.Erased {
			t.Error("a person without any application that is kept is not erased")
		}
		once := w.dump()
		w.must(w.night())
		if !maps.EqualFunc(once, w.dump(), slices.Equal[[]string]) {
			t.Error("a second night changes something")
		}
		// Without a decision it counts from the last thing that happened, or the end of the window.
		if due := w.kept(undecided); !due.After(end.AddDate(1, 0, 0).Add(2 * day)) {
			t.Fatalf("the window ended days after %v, and the words go on %v", end, due)
		}
		w.until(w.kept(undecided).Add(day))
		w.must(w.night())
		if got, want := w.standing(people...), []int{0, before[1], 0}; !slices.Equal(got, want) {
			t.Errorf("a year after the last thing, the words stand %v times; want %v", got, want)
		}
		w.until(w.tick.Now().AddDate(5, 0, 0))
		w.must(w.night())
		if got := w.standing(held)[0]; got != before[1] {
			t.Errorf("the held word stood %d times and after years %d times", before[1], got)
		}
		w.must(w.app.Privacy.Lift(ctx, w.owner, held.app))
		w.must(w.night())
		if got := w.standing(held)[0]; got != 0 {
			t.Errorf("after it is lifted the word stands %d times", got)
		}
		w.verify()
	})
}

// TestBroken_Hold: it is the hold that keeps, and nothing else.
func TestBroken_Hold(t *testing.T) {
	w := makeWorld(t, "")
	p := w.invite(w.opening, canary(), "held")
	w.work(p)
	w.decline(p)
	w.must(w.app.Privacy.Hold(ctx, w.owner, p.app, "A claim"))
	w.must(w.app.DB.Write(ctx, w.org, func(tx db.Tx) error { _, err := tx.Exec(ctx, `DELETE FROM holds`); return err }))
	w.until(w.tick.Now().AddDate(1, 0, 1))
	w.must(w.night())
	if n := w.standing(p)[0]; n != 0 {
		t.Errorf("without its row the hold still keeps %d words", n)
	}
}

func TestAPersonStaysWhileOneApplicationIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.invite(w.opening, canary(), "twice")
		w.work(first)
		w.decline(first)
		w.until(w.tick.Now().AddDate(0, 3, 0))
		c, err := w.app.Candidates.Load(ctx, w.owner, first.id)
		w.must(err)
		second := w.invitePerson(c)
		w.work(second)
		w.until(w.kept(first).Add(day))
		w.must(w.night())
		c, err = w.app.Candidates.Load(ctx, w.owner, first.id)
		w.must(err)
		if c.Erased || !strings.Contains(c.Name, first.word) {
			t.Errorf("the person is %+v; want them kept, an application of theirs is", c)
		}
		if !w.kept(first).IsZero() || w.kept(second).IsZero() {
			t.Errorf("the first application goes on %v, the other on %v; want only the first gone", w.kept(first), w.kept(second))
		}
	})
}

// TestWhatFailsIsTakenUpTheNextNight: one noun fails on one application; that one is whole, the others are done.
func TestWhatFailsIsTakenUpTheNextNight(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bad, good := w.invite(w.opening, canary(), "bad"), w.invite(w.opening, canary(), "good")
		for _, p := range []person{bad, good} {
			w.work(p)
			w.decline(p)
		}
		w.until(w.tick.Now().AddDate(0, 6, 0))
		w.must(w.night())
		before := w.standing(bad)[0]
		w.until(w.tick.Now().AddDate(0, 6, 2))
		whole := w.app.Privacy.Erasers
		broken := errors.New("the disk is tired")
		w.app.Privacy.Erasers = slices.Clone(whole)
		last := len(whole) - 1
		w.app.Privacy.Erasers[last].Erase = func(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
			if slices.Contains(p.Applications, string(bad.app)) {
				return nil, broken
			}
			return whole[last].Erase(ctx, tx, p)
		}
		if err := w.night(); !errors.Is(err, broken) {
			t.Errorf("Night = %v; want the failure", err)
		}
		if got, want := w.standing(bad, good), []int{before, 0}; !slices.Equal(got, want) {
			t.Errorf("the words stand %v times; want %v", got, want)
		}
		w.app.Privacy.Erasers = whole
		w.must(w.night())
		if got := w.standing(bad, good); !slices.Equal(got, []int{0, 0}) {
			t.Errorf("the next night leaves the words %v times", got)
		}
	})
}

// TestAnOpenWindowIsKept: who is invited has their whole time, also where answers are kept for a month only.
func TestAnOpenWindowIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, err := w.app.Orgs.ByID(ctx, w.org)
		w.must(err)
		o.KeepMonths = 1
		w.must(w.app.Orgs.Change(ctx, w.owner, o))
		by := w.tick.Now().Add(80 * day)
		inv, err := w.app.Openings.Invite(ctx, w.owner, w.opening, opening.InviteForm{Name: "Amara " + canary(), Email: "amara@mail.example", FinishBy: by})
		w.must(err)
		w.drain()
		p := person{app: inv.Application, id: candidate.ID(inv.Candidate)}
		w.until(by.Add(25 * day))
		w.must(w.night())
		if due := w.kept(p); !due.Equal(privacy.Period{Months: 1}.After(by)) {
			t.Errorf("the window ends %v and the words go on %v; want a month later", by, due)
		}
		w.until(by.Add(33 * day))
		w.must(w.night())
		if due := w.kept(p); !due.IsZero() {
			t.Errorf("a month after the window the words still go on %v", due)
		}
	})
}

// A recording goes 90 days after the decision, or when the organisation says; what was said in it stays, and so does all of what is held.
func TestRecordingsGoBeforeAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		o, err := w.app.Orgs.ByID(ctx, w.org)
		w.must(err)
		p, held := w.invite(w.opening, canary(), "filmed"), w.invite(w.opening, canary(), "held")
		for _, x := range []person{p, held} {
			w.work(x)
			w.decline(x)
		}
		w.must(w.app.Privacy.Hold(ctx, w.owner, held.app, "A claim"))
		ended, words := w.tick.Now(), w.standing(p)[0]
		finished := func(item string) (n int) {
			w.read(func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM uploads WHERE org_id = $1 AND state = 'finished' AND name = '' AND (item = 'designed') = ($2 = 'designed')`, w.org, item).Scan(&n)
			})
			return n
		}
		playing := func() int { return finished("") }
		said := func() (n int) {
			w.read(func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM upload_captions WHERE org_id = $1`, w.org).Scan(&n)
			})
			return n
		}
		captions := said()
		w.until(ended.Add(89 * day))
		w.must(w.night())
		if n := playing(); n != 4 || captions < 4 { // of each their own, and a question to them
			t.Fatalf("after 89 days %d recordings play, %d captions; want 4 and at least 4", n, captions)
		}
		w.until(ended.Add(91 * day))
		w.must(w.night())
		if n, c := playing(), said(); n != 2 || c != captions {
			t.Errorf("after 91 days %d recordings play and %d captions are kept; want the two held ones and all %d", n, c, captions)
		}
		if n := w.standing(p)[0]; n == 0 || n >= words {
			t.Errorf("the word stands %d times after the recording went, %d before; want fewer, the answers are kept", n, words)
		}
		w.must(w.app.Privacy.Lift(ctx, w.owner, held.app))
		o.RecordingDays = 200
		w.must(w.app.Orgs.Change(ctx, w.owner, o))
		w.must(w.night())
		if n := playing(); n != 2 {
			t.Errorf("with 200 days %d recordings play after 91; want 2", n)
		}
		o.RecordingDays = 30
		w.must(w.app.Orgs.Change(ctx, w.owner, o))
		w.must(w.night())
		if n := playing(); n != 0 {
			t.Errorf("with 30 days %d recordings play after 91", n)
		}
		if n := finished("designed"); n != 2 {
			t.Errorf("%d files that were added to answers are left; want both, they go with the answers", n)
		}
	})
}

func TestTimesOfVersionsGoAfter90Days(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.invite(w.opening, canary(), "times")
		began := w.tick.Now()
		w.work(p)
		v, err := w.app.Attempts.View(ctx, p.who)
		w.must(err)
		timed := func() (n int) {
			w.read(func(tx db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM revisions WHERE org_id = $1 AND received_at > 0`, w.org).Scan(&n)
			})
			return n
		}
		sent := func() (out []string) {
			items, err := w.app.Attempts.Sent(ctx, p.who)
			w.must(err)
			for _, i := range items {
				out = append(out, fmt.Sprintf("%s %s", i.Key, i.Body))
			}
			return out
		}
		all, answers := timed(), sent()
		w.until(began.Add(89 * day))
		w.must(w.night())
		if n := timed(); n != all || n == 0 {
			t.Errorf("after 89 days %d of %d versions say when", n, all)
		}
		w.until(began.Add(92 * day))
		w.must(w.night())
		if n := timed(); n != 0 {
			t.Errorf("after 92 days %d versions say when", n)
		}
		for _, r := range w.dump()["revisions"] { // the version of a UUID stands in its 13th digit
			if _, digits, ok := strings.Cut(r, " id=rvn_"); !ok || digits[12] != '4' {
				t.Errorf("the id still tells when: %.80s", r)
			}
		}
		if now := sent(); !slices.Equal(now, answers) || len(now) != 18 { // six answers, what was said about each, four questions about them, a turn of an interview, and a day of a trial
			t.Errorf("the answers were %v and are %v", answers, now)
		}
		again, err := w.app.Attempts.View(ctx, p.who)
		w.must(err)
		if len(again.Answers) != len(v.Answers) || again.Attempt.Receipt != v.Attempt.Receipt {
			t.Errorf("%d present answers and receipt %s; want %d and %s", len(again.Answers), again.Attempt.Receipt, len(v.Answers), v.Attempt.Receipt)
		}
	})
}

// personal says whether a table keeps data about candidates that has its time.
func personal(cols map[string]db.Column) bool {
	for _, c := range cols {
		if c.Class == db.Candidate || c.Class == db.ReviewerPrivate || c.Keep == db.KeepEnded && c.Class == db.Secret {
			return true
		}
	}
	return false
}

// TestEveryTableAboutCandidatesHasItsEnd: the inventory gives each personal column one of the rules, the story fills each such table,
// and when all times are over nothing is left in any of them. A table that no Eraser and no rule knows is named here.
func TestEveryTableAboutCandidatesHasItsEnd(t *testing.T) {
	rules := []string{db.KeepWords, db.KeepDraft, db.KeepPerson, db.KeepNumbers, db.KeepList, db.KeepDay, db.KeepTimes, db.KeepEnded, db.KeepAudit}
	for _, noun := range app.Columns() {
		for table, cols := range noun {
			for name, c := range cols {
				if (c.Class == db.Candidate || c.Class == db.ReviewerPrivate) && !slices.Contains(rules, c.Keep) {
					t.Errorf("%s.%s is kept %q, which no night keeps", table, name, c.Keep)
				}
			}
		}
	}
	each(t, func(t *testing.T, w *world) {
		a, b := w.invite(w.opening, canary(), "decided"), w.invite(w.opening, canary(), "drafted")
		for _, p := range []person{a, b} {
			w.work(p)
		}
		w.decline(a)
		w.hesitate(b)
		before := w.dump()
		w.until(w.tick.Now().AddDate(2, 0, 0))
		w.must(w.night()) // words
		w.until(w.tick.Now().AddDate(4, 0, 0))
		w.must(w.night()) // ids and numbers
		w.must(w.app.Accounts.Forget(ctx, w.tick.Now()))
		after := w.dump()
		seen := 0
		for _, noun := range app.Columns() {
			for table, cols := range noun {
				if !personal(cols) {
					continue
				}
				seen++
				if len(before[table]) == 0 && table != "signin_links" && table != "staff_sessions" {
					t.Errorf("the story writes nothing into %s: extend it", table)
				}
				if n := len(after[table]); n > 0 {
					t.Errorf("%s still has %d rows when all times are over: it has neither an Eraser nor a rule", table, n)
				}
			}
		}
		if seen < 20 {
			t.Errorf("%d tables were looked at", seen)
		}
		for _, table := range []string{"review_rounds", "decisions", "unblindings", "expiries", "holds"} { // the organisation's, about candidates
			if n := len(after[table]); n > 0 {
				t.Errorf("%s still has %d rows", table, n)
			}
		}
		w.verify()
		w.read(func(tx db.Tx) error {
			n, oldest, err := audit.Older(ctx, tx, w.tick.Now().AddDate(0, -24, 0))
			if n > 0 {
				t.Errorf("%d lines of the audit are older than 24 months, from %v", n, oldest)
			}
			return err
		})
	})
}

func TestThePlanSaysWhatTheNightsDo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		plan := func() privacy.Plan {
			t.Helper()
			out, err := w.app.Privacy.Plan(ctx, w.owner, time.UTC)
			w.must(err)
			return out
		}
		if p := plan(); p.Lines[0].N != 0 || !p.Lines[0].Next.IsZero() || p.Held != 0 {
			t.Errorf("before anybody applied the plan says %+v", p)
		}
		a, b := w.invite(w.opening, canary(), "a"), w.invite(w.opening, canary(), "b")
		for _, p := range []person{a, b} {
			w.work(p)
			w.decline(p)
		}
		w.must(w.app.Privacy.Hold(ctx, w.owner, b.app, "A claim"))
		p := plan()
		if l := p.Lines[0]; l.N != 1 || l.Then != 1 || !l.Next.Equal(w.kept(a)) || p.Held != 1 || len(p.Holds) != 1 {
			t.Errorf("one is held and one goes on %v; the plan says %+v", w.kept(a), p)
		}
		w.until(p.Lines[0].Next.Add(day))
		w.must(w.night())
		if l := plan().Lines[0]; l.N != 0 {
			t.Errorf("after that day the plan still says %+v", l)
		}
		if _, err := w.app.Privacy.Plan(ctx, w.mina, time.UTC); err == nil {
			t.Error("a reviewer reads the plan")
		}
		if err := w.app.Privacy.Hold(ctx, w.mina, a.app, "Because"); err == nil {
			t.Error("a reviewer holds an application")
		}
	})
}
