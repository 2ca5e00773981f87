package review_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/response"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

func each(t *testing.T, fn func(t *testing.T, w *reviewtest.World)) {
	dbtest.Each(t, reviewtest.Schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) { fn(t, reviewtest.Make(t, d, tick)) })
}

func reviewers(t *testing.T, w *reviewtest.World, n review.Round) (out []string) {
	t.Helper()
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		list, err := w.Reviews.ReviewsIn(ctx, tx, n.Attempt)
		for _, r := range list {
			if r.State == review.Assigned {
				out = append(out, r.Member)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestAssignedOnceEvenlyAndNotToTheAbsent(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		away := w.Member("Ana Away", "away@tideway.example", nil, opening.Reviewer)
		if err := w.Orgs.ChangeMember(ctx, w.Owner, org.Member{ID: away.ID, Name: "Ana Away", Absent: w.DB.Now().Add(48 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		sam := w.Member("Sam Third", "sam@tideway.example", nil, opening.Reviewer)
		load := map[string]int{}
		for _, name := range []string{"Amara", "Ben", "Chen"} {
			n := w.Submitted(name+" Okafor", strings.ToLower(name)+"@mail.example")
			got := reviewers(t, w, n)
			if len(got) != 2 {
				t.Fatalf("%d reviewers; want 2", len(got))
			}
			for _, m := range got {
				load[m]++
			}
			if err := w.Reviews.Assign(ctx, attemptNote(w, n)); err != nil {
				t.Fatal(err)
			}
			if again := reviewers(t, w, n); !slices.Equal(again, got) {
				t.Errorf("hearing it twice gave %v; want %v", again, got)
			}
		}
		if load[w.Mina.ID] != 2 || load[w.Jun.ID] != 2 || load[sam.ID] != 2 || load[away.ID] != 0 {
			t.Errorf("three submissions for two each over three present: %v", load)
		}
	})
}

// A stage that names its readers is read by them alone, evenly; who leaves the pool reads at no stage, and a stage without a name is everybody's again.
func TestAStageNamesItsReaders(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		sam := w.Member("Sam Third", "sam@tideway.example", nil, opening.Reviewer)
		stranger := w.Member("Pat Outside", "pat@tideway.example", nil)
		var first opening.Stage
		if err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			all, err := w.Openings.Stages(ctx, tx, w.Opening)
			first = all[0]
			return err
		}); err != nil {
			t.Fatal(err)
		}
		name := func(members ...string) error {
			first.Reviewers, first.Readers = 1, members
			return w.Openings.SaveStage(ctx, w.Owner, w.Opening, first)
		}
		if err := name(stranger.ID); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("naming somebody who is not in the pool = %v; want a field's problem", err)
		}
		if err := name(w.Mina.ID, sam.ID); err != nil {
			t.Fatal(err)
		}
		load := map[string]int{}
		for i := range 4 {
			for _, m := range reviewers(t, w, w.Submitted("A B", fmt.Sprintf("a%d@mail.example", i))) {
				load[m]++
			}
		}
		if load[w.Mina.ID] != 2 || load[sam.ID] != 2 || load[w.Jun.ID] != 0 {
			t.Errorf("four submissions over two named readers: %v", load)
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, sam.ID, opening.Reviewer, false); err != nil {
			t.Fatal(err)
		}
		if got := reviewers(t, w, w.Submitted("C D", "c@mail.example")); !slices.Equal(got, []string{w.Mina.ID}) {
			t.Errorf("after one left the pool %v read; want the other", got)
		}
		if err := w.Openings.SetRoles(ctx, w.Owner, w.Opening, w.Mina.ID, nil); err != nil {
			t.Fatal(err)
		}
		if got := reviewers(t, w, w.Submitted("E F", "e@mail.example")); !slices.Equal(got, []string{w.Jun.ID}) {
			t.Errorf("with nobody named any more %v read; want whoever is in the pool", got)
		}
	})
}

func TestBlindEverywhereUntilFiled(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		app, err := w.Openings.LoadApplication(ctx, w.Mina, n.Application)
		if err != nil || !app.Blind || app.Name != "" || app.Email != "" || app.Candidate != "" || app.Code != string(n.Code) {
			t.Fatalf("application for an assigned reviewer = %+v, %v; want a code only", app, err)
		}
		s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || !s.Blind || s.Title != "Candidate "+string(n.Code) || len(s.Others) != 0 {
			t.Fatalf("sheet = %+v, %v", s, err)
		}
		w.File(w.Jun, n, reviewtest.Card(3, 1))
		if s, err := w.Reviews.Load(ctx, w.Mina, n.Code); err != nil || len(s.Others) != 0 || !s.Blind {
			t.Errorf("another's card opened before one's own: %v, %v", s, err)
		}
		w.File(w.Mina, n, reviewtest.Card(1, 2))
		s, err = w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.Blind || s.Title != "Amara Okafor" || len(s.Others) != 1 || s.Others[0].Review.Card.Ratings["clear"].Level != 3 {
			t.Fatalf("after filing: %+v, %v; want the name and Jun’s card", s, err)
		}
		if app, err := w.Openings.LoadApplication(ctx, w.Mina, n.Application); err != nil || app.Blind {
			t.Errorf("application after filing: blind %v, %v", app.Blind, err)
		}
	})
}

func TestAManagerWhoReviewsIsNoException(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		for _, m := range []actor.Actor{w.Mina} { // Kit takes Mina's place in the pool
			if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, m.ID, opening.Reviewer, false); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Kit.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		if app, err := w.Openings.LoadApplication(ctx, w.Kit, n.Application); err != nil || !app.Blind {
			t.Errorf("a manager with an open card: blind %v, %v; want true", app.Blind, err)
		}
		w.File(w.Jun, n, reviewtest.Card(2, 2))
		if _, err := w.Reviews.Column(ctx, w.Kit, n.Code); !errors.Is(err, review.ErrOwnFirst) {
			t.Errorf("others' cards for a manager with an open card: %v; want ErrOwnFirst", err)
		}
		if _, err := w.Reviews.Column(ctx, w.Rosa, n.Code); !errors.Is(err, review.ErrOpenCards) {
			t.Errorf("cards for the manager while one is open: %v; want ErrOpenCards", err)
		}
		w.File(w.Kit, n, reviewtest.Card(2, 2))
		if c, err := w.Reviews.Column(ctx, w.Kit, n.Code); err != nil || len(c.Cards) != 2 {
			t.Errorf("all cards in: %d cards, %v", len(c.Cards), err)
		}
		if _, err := w.Reviews.Column(ctx, w.Jun, n.Code); !errors.Is(err, review.ErrRole) {
			t.Errorf("comparing as a reviewer: %v; want ErrRole", err)
		}
	})
}

func TestWhoOpenedTheNameFirstCannotFile(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		if err := w.Reviews.Unblind(ctx, w.Mina, n.Code, ""); !errors.Is(err, review.ErrReason) {
			t.Errorf("unblinding without a reason: %v", err)
		}
		if err := w.Reviews.Unblind(ctx, w.Mina, n.Code, "I think I know this person"); err != nil {
			t.Fatal(err)
		}
		s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.Blind || !s.Spoiled {
			t.Fatalf("after opening the name: %+v, %v", s, err)
		}
		if err := w.Reviews.File(ctx, w.Mina, n.Code, reviewtest.Card(3, 2)); !errors.Is(err, review.ErrUnblinded) {
			t.Errorf("filing after opening the name: %v; want ErrUnblinded", err)
		}
		if err := w.Reviews.StepBack(ctx, w.Mina, n.Code, "I know this person"); err != nil {
			t.Fatal(err)
		}
		if got := reviewers(t, w, n); slices.Contains(got, w.Mina.ID) {
			t.Errorf("still assigned after stepping back: %v", got)
		}
		if _, err := w.Openings.LoadApplication(ctx, w.Mina, n.Application); !errors.Is(err, opening.ErrMissing) {
			t.Errorf("the application after stepping back: %v; want ErrMissing", err)
		}
	})
}

func TestACardIsWholeAndFiledOnce(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		err := w.Reviews.File(ctx, w.Mina, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 2}, "right": {Level: review.CannotRate}}})
		p, _ := problem.As(err)
		if !errors.Is(err, review.ErrIncomplete) || len(p.Fields) != 1 || p.Fields["right"] == "" {
			t.Fatalf("a card without a reason: %v", err)
		}
		s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if err != nil || s.Mine.Card.Ratings["clear"].Level != 2 {
			t.Fatalf("the draft of an incomplete card was lost: %+v, %v", s, err)
		}
		if err := w.Reviews.Rate(ctx, w.Mina, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": {Note: "from another tab"}}}); err != nil {
			t.Fatal(err)
		}
		if s, err := w.Reviews.Load(ctx, w.Mina, n.Code); err != nil || s.Mine.Card.Ratings["clear"].Level != 2 || s.Mine.Card.Ratings["clear"].Note != "from another tab" {
			t.Fatalf("a second tab took a level back: %+v, %v", s, err)
		}
		for name, r := range map[string]review.Rating{"no such level": {Level: 5}, "no such place": {Level: 1, Evidence: []review.Place{{Item: "nowhere"}}}} {
			if err := w.Reviews.Rate(ctx, w.Mina, n.Code, review.Card{Ratings: map[string]review.Rating{"clear": r}}); !errors.Is(err, review.ErrCard) {
				t.Errorf("%s: %v; want ErrCard", name, err)
			}
		}
		if err := w.Reviews.Rate(ctx, w.Rosa, n.Code, review.Card{}); !errors.Is(err, review.ErrMissing) {
			t.Errorf("rating somebody else's review: %v; want ErrMissing", err)
		}
		w.File(w.Mina, n, review.Card{Ratings: map[string]review.Rating{"clear": {Level: 2}, "right": {Level: review.CannotRate, Reason: "No facts in the task."}}})
		if err := w.Reviews.File(ctx, w.Mina, n.Code, reviewtest.Card(4, 2)); !errors.Is(err, review.ErrFiled) {
			t.Errorf("filing twice: %v; want ErrFiled", err)
		}
		if err := w.Reviews.StepBack(ctx, w.Mina, n.Code, "too late"); !errors.Is(err, review.ErrFiled) {
			t.Errorf("stepping back from a filed card: %v; want ErrFiled", err)
		}
		if n := w.Round(n.Attempt); !n.Closed.IsZero() {
			t.Error("the round closed with a card open")
		}
		w.File(w.Jun, n, reviewtest.Card(1, 1))
		if n := w.Round(n.Attempt); n.Closed.IsZero() {
			t.Error("the round did not close with its last card")
		}
	})
}

func TestWithNobodyInThePoolItWaitsAndCanGoOn(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Jun.ID, opening.Reviewer, false); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		if n := w.Round(n.Attempt); !n.Closed.IsZero() {
			t.Fatal("closed with one card of two")
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Jun.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
			t.Fatal(err)
		}
		if got := reviewers(t, w, n); !slices.Equal(got, []string{w.Jun.ID}) {
			t.Errorf("after somebody joined the pool: %v; want Jun", got)
		}
		if err := w.Reviews.Reassign(ctx, w.Rosa, n.Code, w.Jun.ID, "", "Jun is ill"); err != nil {
			t.Fatal(err)
		}
		if err := w.Reviews.Enough(ctx, w.Mina, n.Code, "one will do"); !errors.Is(err, review.ErrRole) {
			t.Errorf("a reviewer going on with fewer cards: %v; want ErrRole", err)
		}
		if err := w.Reviews.Enough(ctx, w.Rosa, n.Code, "The promise is due today"); err != nil {
			t.Fatal(err)
		}
		if n := w.Round(n.Attempt); n.Closed.IsZero() || n.Wanted != 1 {
			t.Errorf("going on with one card: closed %v, wanted %d", n.Closed, n.Wanted)
		}
	})
}

func TestWhatADisabledMemberHadGoesToSomebodyElse(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		sam := w.Member("Sam Third", "sam@tideway.example", nil, opening.Reviewer)
		if err := w.Orgs.Disable(ctx, w.Owner, w.Jun.ID); err != nil {
			t.Fatal(err)
		}
		for range 2 { // it may run twice
			if err := w.Reviews.Fill(ctx, w.Org.ID); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{w.Mina.ID, sam.ID}
		slices.Sort(want)
		if got := reviewers(t, w, n); !slices.Equal(got, want) {
			t.Errorf("after Jun was disabled: %v; want Mina and Sam", got)
		}
		err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			hidden, err := w.Reviews.Hidden(ctx, tx, w.Mina, []opening.ApplicationID{n.Application})
			if code, blind := hidden[n.Application]; !blind || code != string(n.Code) {
				t.Errorf("on a board: blind %v, code %q", blind, code)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheQueueIsByDayAndInAnOrderOfOnesOwn(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		var codes []review.Code
		for _, name := range []string{"Amara", "Ben", "Chen", "Dewi"} {
			codes = append(codes, w.Submitted(name+" Okafor", strings.ToLower(name)+"@mail.example").Code)
		}
		w.Tick.Add(24 * time.Hour)
		late := w.Submitted("Eli Okafor", "eli@mail.example").Code
		list, total, more, err := w.Reviews.Queue(ctx, w.Mina, "")
		if err != nil || total != 5 || len(list) != 5 || more || list[4].Code != late {
			t.Fatalf("queue = %v, total %d, %v; want five, the later day last", list, total, err)
		}
		for i, l := range list {
			s, err := w.Reviews.Load(ctx, w.Mina, l.Code)
			if err != nil || s.Position != i+1 || s.Total != 5 {
				t.Errorf("place of %s = %d of %d, %v; want %d of 5", l.Code, s.Position, s.Total, err, i+1)
			}
			if i > 0 && s.Previous != list[i-1].Code || i < 4 && s.Next != list[i+1].Code {
				t.Errorf("neighbours of %d = %s, %s", i, s.Previous, s.Next)
			}
		}
		rest, _, _, err := w.Reviews.Queue(ctx, w.Mina, list[2].Code)
		if err != nil || len(rest) != 2 || rest[0].Code != list[3].Code {
			t.Errorf("the page after the third = %v, %v", rest, err)
		}
		if _, _, _, err := w.Reviews.Queue(ctx, w.Rosa, codes[0]); !errors.Is(err, review.ErrMissing) {
			t.Errorf("paging from somebody else's line: %v; want ErrMissing", err)
		}
	})
}

// say discloses how an answer was made.
func say(t *testing.T, w *reviewtest.World, who actor.Actor, key string, d attempt.Disclosure, s attempt.Sitting) {
	t.Helper()
	_, err := w.Attempts.Disclose(ctx, who, key, d, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(), Saves: []response.Save{{Client: "said", Seq: w.DB.Now().UnixMilli()}}})
	if err != nil {
		t.Fatal(err)
	}
}

// TestADisclosureChangesNoMarkNoOrderAndNoQueue: neither what was said with the answers nor what was said later.
func TestADisclosureChangesNoMarkNoOrderAndNoQueue(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		said := attempt.Disclosure{Used: attempt.Uses, Words: "A tool wrote all of it.", Transcript: "me: do it"}
		var people []actor.Actor
		var rounds []review.Round
		for i, name := range []string{"Amara", "Ben", "Chen", "Dewi"} {
			who := w.Enter(w.Invite(name+" Okafor", strings.ToLower(name)+"@mail.example"))
			for part, answers := range map[string]map[string]string{"quiz": {"pick": `{"choice":["0"]}`, "number": `{"typed":["300"]}`}, "writing": {"tell-us": `{"text":["It was slow."]}`}} {
				s := w.Begin(who, part)
				for key, body := range answers {
					w.Save(who, s, 1, key, body)
					if i%2 == 0 {
						say(t, w, who, key, said, s)
					}
				}
				if _, err := w.Attempts.Send(ctx, who, part); err != nil {
					t.Fatal(err)
				}
			}
			w.Drain()
			v, err := w.Attempts.View(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			people, rounds = append(people, who), append(rounds, w.Round(string(v.Attempt.ID)))
		}
		look := func() (queue []review.Waiting, marks []string) {
			queue, _, _, err := w.Reviews.Queue(ctx, w.Mina, "")
			if err != nil || len(queue) != len(rounds) {
				t.Fatalf("queue of %d, %v", len(queue), err)
			}
			for _, n := range rounds {
				s, err := w.Reviews.Load(ctx, w.Mina, n.Code)
				if err != nil {
					t.Fatal(err)
				}
				for _, key := range []string{"pick", "number", "tell-us"} {
					mark := "none"
					if m := s.Work.Answers[key].Mark; m != nil {
						mark = fmt.Sprint(m.Share, m.Why)
					}
					marks = append(marks, mark)
				}
			}
			return queue, marks
		}
		queue, marks := look()
		for i := 3; i < len(marks); i++ {
			if marks[i] != marks[i%3] {
				t.Errorf("the same answer is marked %q and %q", marks[i%3], marks[i])
			}
		}
		for _, who := range people {
			v, err := w.Attempts.View(ctx, who)
			if err != nil {
				t.Fatal(err)
			}
			say(t, w, who, "tell-us", said, v.Sittings["writing"])
		}
		w.Drain()
		later, again := look()
		if !reflect.DeepEqual(queue, later) || !slices.Equal(marks, again) {
			t.Errorf("what was said later changed the queue from %v to %v, or the marks from %v to %v", queue, later, marks, again)
		}
	})
}

// A note can be added to what was sent until somebody has read it to the end, and not a moment longer.
func TestANoteIsAddedUntilSomebodyHasRead(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		who, a := w.Submit("Amara Okafor", "amara@mail.example")
		note := func(text string) error { return w.Attempts.Afterword(ctx, who, "writing", text) }
		if err := note("Before anybody was asked to read."); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		n := w.Round(string(a.ID))
		if err := note("While they read."); err != nil {
			t.Fatal(err)
		}
		w.File(w.Mina, n, reviewtest.Card(3, 2))
		if err := note("After they read."); !errors.Is(err, attempt.ErrAfterword) {
			t.Errorf("after the first scorecard: %v; want ErrAfterword", err)
		}
		v, err := w.Attempts.View(ctx, who)
		if err != nil || v.Afterwords["writing"] != "While they read." {
			t.Errorf("the note is %q, %v", v.Afterwords["writing"], err)
		}
	})
}

func TestDecisionsComeInPagesByTheDayTheyAreDue(t *testing.T) {
	each(t, func(t *testing.T, w *reviewtest.World) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		reviewtest.Crowd(t, w.DB, w.Org.ID, n, 1300) // every twentieth waits for a decision
		first, total, more, err := w.Reviews.ToDecide(ctx, w.Rosa, "")
		if err != nil || len(first) != review.PageSize || total != 65 || !more {
			t.Fatalf("first page = %d of %d, more %v, %v; want 50 of 65 and more", len(first), total, more, err)
		}
		second, total, more, err := w.Reviews.ToDecide(ctx, w.Rosa, first[len(first)-1].Code)
		if err != nil || len(second) != 15 || total != 65 || more {
			t.Fatalf("second page = %d of %d, more %v, %v; want the other 15 of 65", len(second), total, more, err)
		}
		seen := map[review.Code]bool{}
		var last time.Time
		for _, u := range append(first, second...) {
			if seen[u.Code] || u.Due.Before(last) {
				t.Errorf("%s, due %v, came twice or after what is due %v", u.Code, u.Due, last)
			}
			seen[u.Code], last = true, u.Due
		}
		if list, total, _, err := w.Reviews.ToDecide(ctx, w.Mina, ""); err != nil || len(list) != 0 || total != 0 {
			t.Errorf("who manages nothing has %d of %d to decide, %v", len(list), total, err)
		}
		if _, _, _, err := w.Reviews.ToDecide(ctx, w.Rosa, "none"); !errors.Is(err, review.ErrMissing) {
			t.Errorf("paging from a code that is none: %v; want ErrMissing", err)
		}
	})
}
