package appeal_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/appeal"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/opening"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

type world struct {
	*reviewtest.World
	f *feedback.Feedbacks
	a *appeal.Appeals
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone[[]fs.FS](reviewtest.Schemas), feedback.Schema, appeal.Schema), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick)}
		w.f = &feedback.Feedbacks{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises, Reviews: w.Reviews}
		w.f.Listen(w.Jobs)
		w.a = &appeal.Appeals{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises, Reviews: w.Reviews, Feedbacks: w.f}
		w.a.Listen()
		fn(t, w)
	})
}

// declined takes somebody to a no that they were told.
func (w world) declined(t *testing.T, name, email string) (review.Round, actor.Actor) {
	t.Helper()
	who, a := w.Submit(name, email)
	w.Drain()
	n := w.Round(string(a.ID))
	w.File(w.Mina, n, reviewtest.Card(1, 1))
	w.File(w.Jun, n, reviewtest.Card(2, 2))
	w.Drain()
	if _, _, err := w.f.Decide(ctx, w.Rosa, n.Application, feedback.Draft{Outcome: review.Reject, Reason: "No.", Body: "The middle is hard to follow."}, false); err != nil {
		t.Fatal(err)
	}
	w.Drain()
	return n, who
}

func (w world) owed(t *testing.T, a opening.ApplicationID) (p promise.Promise) {
	t.Helper()
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		list, err := w.Promises.Of(ctx, tx, string(a))
		p, _ = promise.Newest(list, promise.Appeal)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const reason = "The second answer was read as the third."

// A second look, from the question to the answer: blind until it is in, beside the first, once.
func TestASecondLookIsBlindAndAnswered(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, who := w.declined(t, "Amara Okafor", "amara@mail.example")
		// Only after the first cards are in: Sam can look; whoever sees the board, and whoever opened the name, could have seen or known.
		w.Member("Vic Both", "vic@tideway.example", []string{"reviewer"}, opening.Reviewer, opening.Observer)
		w.Member("Olu Recruiter", "olu@tideway.example", []string{"recruiter"}, opening.Reviewer)
		sam := w.Member("Sam Second", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)

		own, err := w.a.Own(ctx, who)
		if err != nil || !own.May || own.Appeal != nil {
			t.Fatalf("before: %+v, %v; want that they may ask", own, err)
		}
		if err := w.a.Ask(ctx, who, "  "); err == nil {
			t.Error("asked without a reason")
		}
		if err := w.a.Ask(ctx, who, reason); err != nil {
			t.Fatal(err)
		}
		if err := w.a.Ask(ctx, who, reason); !errors.Is(err, appeal.ErrOnce) {
			t.Errorf("asked twice: %v; want ErrOnce", err)
		}
		if p := w.owed(t, n.Application); p.ID == "" || !p.Kept.IsZero() || p.Days != appeal.Days {
			t.Errorf("promise = %+v; want one that is open", p)
		}

		// Sam, and nobody else, has it, and sees neither a name nor a first score.
		if list, err := w.Reviews.ToLookAgain(ctx, sam); err != nil || len(list) != 1 || list[0].Code != n.Code {
			t.Fatalf("Sam's list = %+v, %v", list, err)
		}
		for _, other := range []actor.Actor{w.Mina, w.Jun, w.Rosa, w.Kit, w.Owner} {
			if _, err := w.Reviews.Looking(ctx, other, n.Code); !errors.Is(err, review.ErrMissing) {
				t.Errorf("%s opens the second look: %v", other.ID, err)
			}
		}
		refused := func(when string) {
			t.Helper()
			l, err := w.Reviews.Looking(ctx, sam, n.Code)
			if err != nil || !l.Blind || len(l.First) != 0 || l.Title != "Candidate "+string(n.Code) {
				t.Errorf("%s: %+v, %v; want it blind, without the first cards", when, l, err)
			}
			if app, err := w.Openings.LoadApplication(ctx, sam, n.Application); err != nil || !app.Blind || app.Name != "" {
				t.Errorf("%s: the application %+v, %v; want no name", when, app, err)
			}
			if _, err := w.Reviews.Column(ctx, sam, n.Code); err == nil {
				t.Errorf("%s: the first cards open", when)
			}
			if _, err := w.Reviews.Load(ctx, sam, n.Code); err == nil {
				t.Errorf("%s: the first scorecard page opens", when)
			}
			if _, err := w.a.Load(ctx, sam, n.Application); err == nil {
				t.Errorf("%s: the appeal's page opens", when)
			}
			err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
				if _, _, err := w.Reviews.Known(ctx, tx, sam, n.Code); err == nil {
					t.Errorf("%s: what stands beside the scores opens", when)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		refused("as a reviewer")
		err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO opening_members (org_id, opening_id, member_id, role) VALUES ($1, $2, $3, 'manager')`, tx.Org, string(w.Opening), sam.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		refused("made a manager meanwhile")
		if d, err := w.Reviews.Debrief(ctx, sam, w.Opening); err != nil || d.Closed != 1 || len(d.Stages) != 0 {
			t.Errorf("the debrief of a manager who looks: %+v, %v; want the work closed to them", d, err)
		}

		// Nobody answers before the second look is in.
		d := appeal.Draft{Outcome: appeal.Uphold, Why: "It stands.", Answer: "The second reader found the middle clear, the end not."}
		if _, err := w.a.Decide(ctx, w.Rosa, n.Application, d); !errors.Is(err, appeal.ErrReading) {
			t.Errorf("answered before the second look: %v; want ErrReading", err)
		}
		card := review.Card{Private: "again-canary", Ratings: map[string]review.Rating{"clear": {Level: 3, Note: "Clear."}}}
		if err := w.Reviews.FileLook(ctx, sam, n.Code, card); !errors.Is(err, review.ErrIncomplete) {
			t.Errorf("an incomplete second look: %v", err)
		}
		if c, err := w.a.Load(ctx, w.Rosa, n.Application); err != nil || len(c.Second.Card.Ratings) != 0 || c.Reader.ID != sam.ID || c.Nobody {
			t.Errorf("while Sam writes Rosa reads %+v, %v; want who, and no card", c, err)
		}
		card.Ratings["right"] = review.Rating{Level: 2}
		if err := w.Reviews.FileLook(ctx, sam, n.Code, card); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Look(ctx, sam, n.Code, card); !errors.Is(err, review.ErrLooked) {
			t.Errorf("changed after it was sent: %v", err)
		}
		if l, err := w.Reviews.Looking(ctx, sam, n.Code); err != nil || len(l.First) != 2 || l.Blind {
			t.Errorf("after it was sent: %+v, %v; want the first cards", l, err)
		}
		before, err := w.a.Load(ctx, w.Rosa, n.Application)
		if err != nil || before.Second.Card.Ratings["clear"].Level != 3 || before.First.Score.Cards != 2 || before.Appeal.Reason != reason {
			t.Fatalf("Rosa reads %+v, %v; want both, the second in no score", before, err)
		}

		// It is answered by a manager, at night, so it is told in the morning.
		if _, err := w.a.Decide(ctx, w.Owner, n.Application, d); !errors.Is(err, review.ErrRole) {
			t.Errorf("somebody who decides nothing answers: %v", err)
		}
		w.Tick.Set(time.Date(2026, 11, 27, 21, 0, 0, 0, time.UTC)) // Friday night in Lagos
		if _, err := w.a.Decide(ctx, w.Rosa, n.Application, appeal.Draft{Outcome: appeal.Uphold, Why: "It stands."}); err == nil {
			t.Error("answered without a word to the candidate")
		}
		hears, err := w.a.Decide(ctx, w.Rosa, n.Application, d)
		if monday := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC); err != nil || !hears.Equal(monday) {
			t.Fatalf("hears %v, %v; want Monday", hears, err)
		}
		if _, err := w.a.Decide(ctx, w.Kit, n.Application, d); !errors.Is(err, appeal.ErrClosed) {
			t.Errorf("answered twice: %v", err)
		}
		w.Drain()
		if own, err := w.a.Own(ctx, who); err != nil || own.Appeal.State != appeal.Open || own.Appeal.Draft.Answer != "" {
			t.Errorf("before the morning they read %+v, %v; want that it is open", own.Appeal, err)
		}
		w.Tick.Set(hears)
		w.Drain()
		own, err = w.a.Own(ctx, who)
		if err != nil || own.Appeal.State != appeal.Upheld || own.Appeal.Draft.Answer != d.Answer || own.Appeal.Why != "" || own.May {
			t.Errorf("in the morning they read %+v, %v", own.Appeal, err)
		}
		if p := w.owed(t, n.Application); p.Kept.IsZero() || p.Late(w.DB.Now()) {
			t.Errorf("promise = %+v; want kept", p)
		}
		if err := audit.Seal(ctx, w.DB, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		_ = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			lines, err := audit.Of(ctx, tx, string(n.Application), 50)
			var verbs []string
			for _, l := range lines {
				verbs = append(verbs, l.Verb)
			}
			for _, want := range []string{"appeal.ask", "appeal.uphold", "appeal.told"} {
				if err != nil || !slices.Contains(verbs, want) {
					t.Errorf("the record has %v, %v; want %s", verbs, err, want)
				}
			}
			return nil
		})
	})
}

// A changed decision lets them go on, with the answer as their reply; the no is taken back and not told away.
func TestAChangedDecisionGoesOn(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, who := w.declined(t, "Amara Okafor", "amara@mail.example")
		sam := w.Member("Sam Second", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		tess := w.Member("Tess Third", "tess@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.a.Ask(ctx, who, reason); err != nil {
			t.Fatal(err)
		}
		first, other := sam, tess
		if list, _ := w.Reviews.ToLookAgain(ctx, sam); len(list) == 0 {
			first, other = tess, sam
		}
		if err := w.Reviews.LookBack(ctx, first, n.Code, ""); !errors.Is(err, review.ErrReason) {
			t.Errorf("given back without a reason: %v", err)
		}
		if err := w.Reviews.LookBack(ctx, first, n.Code, "We went to school together."); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Reviews.Looking(ctx, first, n.Code); !errors.Is(err, review.ErrMissing) {
			t.Errorf("given back, it opens: %v", err)
		}
		if err := w.Reviews.FileLook(ctx, other, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 3}, "right": {Level: review.CannotRate, Reason: "The item is broken."}}}); err != nil {
			t.Fatal(err)
		}
		if list, err := w.a.ToAnswer(ctx, w.Rosa); err != nil || len(list) != 1 || list[0].Look != review.Looked || list[0].Name != "Amara Okafor" {
			t.Errorf("to answer = %+v, %v", list, err)
		}
		if list, err := w.a.ToAnswer(ctx, other); err != nil || len(list) != 0 {
			t.Errorf("a reviewer's list to answer = %+v, %v; want none", list, err)
		}
		if _, err := w.a.Decide(ctx, w.Rosa, n.Application, appeal.Draft{Outcome: appeal.Change, Why: "We misread it.", Answer: "You were right. The second answer was read as the third."}); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		app, err := w.Openings.LoadApplication(ctx, w.Owner, n.Application)
		if err != nil || app.Status != opening.Active || app.Stage == n.Stage {
			t.Errorf("application = %+v, %v; want it at the next stage", app, err)
		}
		got, err := w.f.ForCandidate(ctx, who)
		if err != nil || len(got) != 2 || got[0].Outcome != review.Advance || !strings.HasPrefix(got[0].Body, "You were right.") || got[1].Outcome != review.Reject {
			t.Errorf("they read %+v, %v; want the new reply above the old", got, err)
		}
		if own, err := w.a.Own(ctx, who); err != nil || own.Appeal.State != appeal.Changed || own.May {
			t.Errorf("their appeal = %+v, %v", own.Appeal, err)
		}
	})
}

// With nobody who could look, both sides can read so; somebody who decides may then look themselves. Somebody who comes is asked.
func TestNobodyIsThereToLook(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, who := w.declined(t, "Amara Okafor", "amara@mail.example")
		if err := w.a.Ask(ctx, who, reason); err != nil {
			t.Fatal(err)
		}
		if own, err := w.a.Own(ctx, who); err != nil || own.Looking || own.Looked {
			t.Errorf("they read %+v, %v; want that nobody has it", own, err)
		}
		c, err := w.a.Load(ctx, w.Rosa, n.Application)
		if err != nil || !c.Nobody {
			t.Fatalf("Rosa reads %+v, %v; want that nobody could", c, err)
		}
		sam := w.Member("Sam Second", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		d := appeal.Draft{Outcome: appeal.Uphold, Why: "It stands.", Answer: "I read it again myself."}
		if _, err := w.a.Decide(ctx, w.Rosa, n.Application, d); !errors.Is(err, appeal.ErrReading) {
			t.Errorf("answered alone although somebody could look: %v; want ErrReading", err)
		}
		if err := w.a.Fill(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.a.Fill(ctx, w.Org.ID); err != nil { // twice changes nothing
			t.Fatal(err)
		}
		if list, err := w.Reviews.ToLookAgain(ctx, sam); err != nil || len(list) != 1 {
			t.Fatalf("Sam, who came, has %+v, %v", list, err)
		}
		// Sam reads in the opening no more: the look is free again, and nobody is there.
		if err := w.Openings.SetRole(ctx, actor.ForSystem(w.Org.ID, "test"), w.Opening, sam.ID, opening.Reviewer, false); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.a.Decide(ctx, w.Rosa, n.Application, d); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		if own, err := w.a.Own(ctx, who); err != nil || own.Appeal.State != appeal.Upheld || !own.Appeal.Alone {
			t.Errorf("they read %+v, %v; want that it was answered without a second look", own.Appeal, err)
		}
	})
}

func TestWhoMayAskAndHowItEnds(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, who := w.declined(t, "Amara Okafor", "amara@mail.example")
		_, whoLater := w.declined(t, "Cleo Late", "cleo@mail.example")
		sam := w.Member("Sam Second", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.a.Ask(ctx, w.Rosa, reason); !errors.Is(err, appeal.ErrMissing) {
			t.Errorf("a member asks: %v", err)
		}
		if err := w.a.Withdraw(ctx, who); !errors.Is(err, appeal.ErrNone) {
			t.Errorf("withdrawn before it was asked for: %v", err)
		}
		if err := w.a.Ask(ctx, who, reason); err != nil {
			t.Fatal(err)
		}
		if err := w.a.Withdraw(ctx, who); err != nil {
			t.Fatal(err)
		}
		if err := w.a.Withdraw(ctx, who); !errors.Is(err, appeal.ErrClosed) {
			t.Errorf("withdrawn twice: %v", err)
		}
		if _, err := w.Reviews.Looking(ctx, sam, n.Code); !errors.Is(err, review.ErrMissing) {
			t.Errorf("withdrawn, the second look still opens: %v", err)
		}
		if p := w.owed(t, n.Application); p.Kept.IsZero() {
			t.Error("withdrawn, it is still owed")
		}
		if err := w.a.Ask(ctx, who, reason); !errors.Is(err, appeal.ErrOnce) {
			t.Errorf("asked again after it was withdrawn: %v; want ErrOnce", err)
		}
		w.Tick.Add(appeal.Window + time.Minute)
		if own, err := w.a.Own(ctx, whoLater); err != nil || own.May || own.Until.IsZero() {
			t.Errorf("after the window: %+v, %v", own, err)
		}
		if err := w.a.Ask(ctx, whoLater, reason); !errors.Is(err, appeal.ErrOver) {
			t.Errorf("asked after the window: %v; want ErrOver", err)
		}
	})
}

// Erased in the middle: the words go, nobody looks any more, nothing is owed, and it cannot be answered.
func TestErasedInTheMiddle(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n, who := w.declined(t, "Amara Okafor", "amara@mail.example")
		sam := w.Member("Sam Second", "sam@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if err := w.a.Ask(ctx, who, reason); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Look(ctx, sam, n.Code, review.Card{Private: "again-canary", Ratings: map[string]review.Rating{"clear": {Level: 3, Note: "again-canary"}}}); err != nil {
			t.Fatal(err)
		}
		p := db.Person{Applications: []string{string(n.Application)}}
		err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			if found, err := w.a.Preview(ctx, tx, p); err != nil || found["appeals"] != 1 {
				t.Errorf("preview = %v, %v", found, err)
			}
			if _, err := w.a.Erase(ctx, tx, p); err != nil {
				return err
			}
			if _, err := w.Reviews.Erase(ctx, tx, p); err != nil {
				return err
			}
			var words, look int
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM appeals WHERE reason <> '' OR state = 'open'`).Scan(&words); err != nil {
				return err
			}
			err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM second_looks x JOIN second_levels l ON l.org_id = x.org_id AND l.second_id = x.id WHERE x.note <> '' OR l.note <> '' OR x.state = 'asked'`).Scan(&look)
			if words+look != 0 {
				t.Errorf("%d appeals and %d second looks are left", words, look)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if p := w.owed(t, n.Application); p.Kept.IsZero() {
			t.Error("it is still owed")
		}
		err = w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error { return w.a.Drop(ctx, tx, p) })
		if err != nil {
			t.Fatal(err)
		}
	})
}
