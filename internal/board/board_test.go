package board_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/board"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

var ctx = context.Background()

var schemas = append(slices.Clone(reviewtest.Schemas), fs.FS(feedback.Schema), fs.FS(notify.Schema))

type world struct {
	*reviewtest.World
	b *board.Boards
}

func newWorld(t testing.TB, d *db.DB, tick *dbtest.Clock) world {
	w := world{World: reviewtest.Make(t, d, tick)}
	f := &feedback.Feedbacks{DB: d, Jobs: w.Jobs, Orgs: w.Orgs, Openings: w.Openings, Promises: w.Promises, Reviews: w.Reviews}
	f.Listen(w.Jobs)
	n := &notify.Notify{DB: d, Jobs: w.Jobs, Accounts: w.Accounts, Orgs: w.Orgs, Openings: w.Openings, Candidates: w.Candidates, Attempts: w.Attempts, Feedbacks: f}
	w.b = &board.Boards{DB: d, Orgs: w.Orgs, Openings: w.Openings, Attempts: w.Attempts, Reviews: w.Reviews, Feedbacks: f, Notify: n}
	return w
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) { fn(t, newWorld(t, d, tick)) })
}

// rated gives somebody whose scorecards are in.
func (w world) rated(name string) opening.ApplicationID {
	return w.ratedAs(name, strings.ToLower(strings.Fields(name)[0])+"@mail.example")
}

func (w world) ratedAs(name, email string) opening.ApplicationID {
	n := w.Submitted(name, email)
	w.File(w.Mina, n, reviewtest.Card(3, 1))
	w.File(w.Jun, n, reviewtest.Card(2, 2))
	w.Drain()
	return n.Application
}

func (w world) row(a opening.ApplicationID) opening.Application {
	w.T.Helper()
	var out opening.Application
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
		out, err = w.Openings.ApplicationIn(ctx, tx, a)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return out
}

// becomes is what results say, "Amara yes, Ben no".
func becomes(list []board.Result) string {
	var out []string
	for _, r := range list {
		word := "no"
		if r.Done {
			word = "yes"
		}
		out = append(out, strings.Fields(r.Title)[0]+" "+word)
	}
	return strings.Join(out, ", ")
}

func TestAnActOnManySaysOfEachWhatBecameOfIt(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, ben := w.rated("Amara Okafor"), w.rated("Ben Adeyemi")
		open := w.Submitted("Lena Fischer", "lena@mail.example").Application
		all := []opening.ApplicationID{amara, open, ben, amara, "app_of_nobody"}
		by := w.DB.Now().Add(30 * 24 * time.Hour)
		for _, c := range []struct {
			who  actor.Actor
			d    board.Order
			want string
		}{
			{w.Owner, board.Order{Act: board.Time, Reason: "The week of the fair.", By: by}, "Amara yes, Lena yes, Ben yes"},
			{w.Owner, board.Order{Act: board.Time, Reason: "Again.", By: by.Add(-time.Hour)}, "Amara no, Lena no, Ben no"},
			{w.Rosa, board.Order{Act: board.Tag, Tag: "Fair"}, "Amara yes, Lena yes, Ben yes"},
			{w.Rosa, board.Order{Act: board.Message, Key: "k1", Title: "Thursday", Text: "We begin at ten."}, "Amara yes, Lena yes, Ben yes"},
			{w.Rosa, board.Order{Act: board.Message, Key: "k1", Title: "Thursday", Text: "We begin at ten."}, "Amara no, Lena no, Ben no"},
			{w.Rosa, board.Order{Act: board.Assign, Reason: "Holidays."}, "Amara no, Lena no, Ben no"},
			{w.Rosa, board.Order{Act: board.Advance, Reason: "Clear throughout."}, "Amara yes, Lena no, Ben yes"},
			{w.Rosa, board.Order{Act: board.Advance, Reason: "Clear throughout."}, "Amara no, Lena no, Ben no"},
		} {
			got, err := w.b.Do(ctx, c.who, w.Opening, all, c.d)
			if err != nil || becomes(got) != c.want {
				t.Errorf("%s: %s, %v; want %s", c.d.Act, becomes(got), err, c.want)
			}
			for _, r := range got {
				if r.Done == (r.Why != "") {
					t.Errorf("%s of %s: done %v, and says %q", c.d.Act, r.Title, r.Done, r.Why)
				}
			}
		}
		for _, c := range []struct {
			what string
			who  actor.Actor
			all  []opening.ApplicationID
			d    board.Order
			want error
		}{
			{"nobody", w.Rosa, nil, board.Order{Act: board.Tag, Tag: "x"}, board.ErrNobody},
			{"others' only", w.Rosa, []opening.ApplicationID{"app_x"}, board.Order{Act: board.Tag, Tag: "x"}, board.ErrNobody},
			{"too many", w.Rosa, make([]opening.ApplicationID, board.MostPicks+1), board.Order{Act: board.Tag, Tag: "x"}, board.ErrMany},
			{"no reason", w.Rosa, all, board.Order{Act: board.Advance}, problem.ErrInvalid},
			{"no such act", w.Rosa, all, board.Order{Act: "hire"}, board.ErrAct},
			{"a recruiter advances", w.Owner, all, board.Order{Act: board.Advance, Reason: "Yes."}, opening.ErrRole},
			{"somebody of the pool", w.Mina, all, board.Order{Act: board.Tag, Tag: "x"}, opening.ErrRole},
		} {
			if _, err := w.b.Do(ctx, c.who, w.Opening, c.all, c.d); !errors.Is(err, c.want) {
				t.Errorf("%s: %v; want %v", c.what, err, c.want)
			}
		}
	})
}

// No rule acts by a mark: whatever the marks are, nothing happens to anybody, and no act takes a filter or a program for who asks.
func TestNoRuleActsByAMarkAlone(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		a := w.rated("Amara Okafor")
		before := w.row(a)
		for _, ppm := range []int64{0, 1_000_000, -1} {
			err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
				all, err := w.Openings.InvitationsOf(ctx, tx, a)
				if err != nil {
					return err
				}
				return w.Openings.SetMark(ctx, tx, all[0].ID, ppm)
			})
			if err != nil {
				t.Fatal(err)
			}
			w.Tick.Add(60 * 24 * time.Hour)
			w.Drain()
			if after := w.row(a); after.Stage != before.Stage || after.Status != before.Status || !after.Moved.Equal(before.Moved) {
				t.Errorf("with a mark of %d the application became %+v", ppm, after)
			}
			err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
				list, err := w.Reviews.DecisionsOf(ctx, tx, a)
				if len(list) != 0 {
					t.Errorf("with a mark of %d somebody decided: %+v", ppm, list)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		picks := []opening.ApplicationID{a}
		token := w.Rosa
		token.Kind = actor.Token
		for _, who := range []actor.Actor{actor.ForSystem(w.Org.ID, "rule"), token} {
			for _, act := range []board.Act{board.Time, board.Message, board.Assign, board.Tag, board.Untag, board.Advance} {
				if _, err := w.b.Do(ctx, who, w.Opening, picks, board.Order{Act: act, Reason: "70 % and more.", Tag: "x", Title: "x", Text: "x", By: w.DB.Now().Add(time.Hour)}); !errors.Is(err, board.ErrPerson) {
					t.Errorf("%s by a %s: %v; want ErrPerson", act, who.Kind, err)
				}
			}
			if _, err := w.b.Decline(ctx, who, []board.Letter{{Line: board.Line{Application: a}}}, "Under 70 %."); !errors.Is(err, board.ErrPerson) {
				t.Errorf("declining by a %s: %v; want ErrPerson", who.Kind, err)
			}
		}
	})
}

func TestDeclinedEachWithTheirOwnWords(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, ben := w.rated("Amara Okafor"), w.rated("Ben Adeyemi")
		mute := w.rated("Mateo Rossi")
		unread := w.Submitted("Lena Fischer", "lena@mail.example").Application
		w.Invite("Priya Raman", "priya@mail.example")
		idle := w.first("Priya")
		letters, err := w.b.Letters(ctx, w.Rosa, w.Opening, []opening.ApplicationID{amara, ben, mute, unread, idle})
		if err != nil || len(letters) != 5 {
			t.Fatalf("letters = %d, %v", len(letters), err)
		}
		if d := letters[0].Draft; !strings.Contains(d.Body, "You kept to what you knew.") || strings.Contains(d.Body, "private-canary") || len(d.Lines) != 2 {
			t.Errorf("a letter begins as %+v; want the criteria and the shareable comments", d)
		}
		if letters[3].Why == "" || letters[3].Table != nil {
			t.Errorf("somebody with an open scorecard: %+v; want why not", letters[3])
		}
		if h := letters[0].Hears; h.Hour() != 9 || !h.After(w.DB.Now()) {
			t.Errorf("would hear at %v; want nine o'clock where they are", h)
		}
		letters[0].Draft.Body, letters[1].Draft.Body = "Amara's own words.", "Ben's own words."
		letters[2].Draft.Body, letters[2].Draft.Lines = "", nil
		if p, ok := problem.As(w.b.Keep(ctx, w.Rosa, letters)); !ok || p.Code != "not_now" || p.Text != letters[3].Why {
			t.Errorf("keeping a reply that cannot be given says %+v; want why not", p)
		}
		if kept, err := w.b.Letters(ctx, w.Rosa, w.Opening, []opening.ApplicationID{amara, ben}); err != nil || kept[0].Draft.Body != "Amara's own words." || kept[1].Draft.Body != "Ben's own words." {
			t.Errorf("the others' words are not kept: %+v, %v", kept, err)
		}
		if _, err := w.b.Decline(ctx, w.Rosa, letters, ""); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("without a reason: %v; want ErrInvalid", err)
		}
		got, err := w.b.Decline(ctx, w.Rosa, letters, "Others went further.")
		if err != nil || becomes(got) != "Amara yes, Ben yes, Mateo no, Lena no, Priya yes" {
			t.Fatalf("declined: %s, %v", becomes(got), err)
		}
		if !strings.Contains(got[2].Why, "Write what was strong") {
			t.Errorf("finished work without a word: %q; want that it needs one", got[2].Why)
		}
		if a := w.row(amara); a.Status != opening.Active {
			t.Error("somebody was declined before they were told")
		}
		done, told, err := w.b.Undo(ctx, w.Rosa, []string{got[1].Undo}, nil, "A slip.")
		if err != nil || done != 1 || told != 0 {
			t.Errorf("undo = %d, %d, %v", done, told, err)
		}
		w.Tick.Set(got[0].When)
		w.Drain()
		if a := w.row(amara); a.Status != opening.Declined {
			t.Errorf("in the morning Amara is %s", a.Status)
		}
		if a := w.row(ben); a.Status != opening.Active {
			t.Errorf("Ben, taken back, is %s", a.Status)
		}
		if done, told, err := w.b.Undo(ctx, w.Rosa, []string{got[0].Undo}, nil, "A slip."); err != nil || done != 0 || told != 1 {
			t.Errorf("undo after they were told = %d, %d, %v", done, told, err)
		}
		err = w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			said, err := w.b.Feedbacks.Of(ctx, tx, amara)
			if err != nil || len(said) != 1 || said[0].Body != "Amara's own words." || said[0].Outcome != review.Reject {
				t.Errorf("Amara reads %+v, %v", said, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// first is the application of somebody by the beginning of their name.
func (w world) first(name string) opening.ApplicationID {
	w.T.Helper()
	var b opening.Board
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
		b, err = w.Openings.Page(ctx, tx, w.Opening, opening.Filter{View: opening.Invitees, Search: name})
		return err
	})
	if err != nil || len(b.Rows) != 1 {
		w.T.Fatal(fmt.Sprint(name, " is ", len(b.Rows), " people, ", err))
	}
	return b.Rows[0].ID
}

func TestAMessageCanBeTakenBackBeforeItLeaves(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		a := w.rated("Amara Okafor")
		got, err := w.b.Do(ctx, w.Rosa, w.Opening, []opening.ApplicationID{a}, board.Order{Act: board.Message, Key: "k", Title: "Thursday", Text: "We begin at ten."})
		if err != nil || got[0].Undo == "" {
			t.Fatalf("message = %+v, %v", got, err)
		}
		var mail notify.Mail
		list, err := w.b.Notify.Log(ctx, w.Owner, a)
		if err == nil {
			mail = list[0]
		}
		if err != nil || !strings.Contains(mail.Body, "We begin at ten.") || mail.Subject != "Tideway: Thursday" || !mail.Due.After(w.DB.Now()) {
			t.Errorf("the mail is %+v, %v", mail, err)
		}
		if done, told, err := w.b.Undo(ctx, w.Mina, nil, []string{got[0].Undo}, "A slip."); err != nil || done != 0 || told != 1 {
			t.Errorf("a reviewer takes it back: %d, %d, %v", done, told, err)
		}
		if done, _, err := w.b.Undo(ctx, w.Rosa, nil, []string{got[0].Undo}, "A slip."); err != nil || done != 1 {
			t.Errorf("undo = %d, %v", done, err)
		}
		if _, told, err := w.b.Undo(ctx, w.Rosa, nil, []string{got[0].Undo}, "A slip."); err != nil || told != 1 {
			t.Errorf("undo twice = %d, %v", told, err)
		}
	})
}

func TestWhoeverIsBlindTicksNobody(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Kit.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, w.Mina.ID, opening.Reviewer, false); err != nil {
			t.Fatal(err)
		}
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		if _, err := w.b.Look(ctx, w.Kit, w.Opening, board.Tag, []opening.ApplicationID{n.Application}); !errors.Is(err, board.ErrNobody) {
			t.Errorf("a manager who reads this blind ticks it: %v; want ErrNobody", err)
		}
		if lines, err := w.b.Look(ctx, w.Rosa, w.Opening, board.Tag, []opening.ApplicationID{n.Application}); err != nil || len(lines) != 1 {
			t.Errorf("a manager who does not read: %v, %v", lines, err)
		}
	})
}

func TestReadersAreGivenToWhatLacksThem(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n := w.Submitted("Amara Okafor", "amara@mail.example")
		if err := w.Reviews.StepBack(ctx, w.Mina, n.Code, "I know them."); err != nil {
			t.Fatal(err)
		}
		give := func(to string) board.Result {
			got, err := w.b.Do(ctx, w.Rosa, w.Opening, []opening.ApplicationID{n.Application}, board.Order{Act: board.Assign, Reader: to, Reason: "Mina knows them."})
			if err != nil {
				t.Fatal(err)
			}
			return got[0]
		}
		if r := give(""); r.Done || r.Why != review.ErrNobody.Text {
			t.Errorf("with nobody left in the pool: %+v; want ErrNobody", r)
		}
		kim := w.Member("Kim Sun", "kim@tideway.example", []string{"reviewer"}, opening.Reviewer)
		if r := give(w.Mina.ID); r.Done {
			t.Error("whoever stepped back got it again")
		}
		if r := give(kim.ID); !r.Done {
			t.Errorf("giving it to Kim: %s", r.Why)
		}
		if r := give(""); r.Done || r.Why != review.ErrEnough.Text {
			t.Errorf("a third reader of two: %+v; want ErrEnough", r)
		}
	})
}
