package integrity_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/integrity"
	"candor/internal/integrity/integritytest"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/similar"
)

var ctx = context.Background()

type world struct{ *integritytest.World }

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, integritytest.Schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) { fn(t, world{integritytest.Make(t, d, tick)}) })
}

// reader gives a member who was assigned to a round.
func (w world) reader(n review.Round) actor.Actor {
	w.T.Helper()
	for _, who := range []actor.Actor{w.Mina, w.Jun} {
		if _, err := w.Reviews.Load(ctx, who, n.Code); err == nil {
			return who
		}
	}
	w.T.Fatal("nobody reads it")
	return actor.Actor{}
}

func (w world) facts(who actor.Actor, n review.Round) integrity.Facts {
	w.T.Helper()
	f, err := w.Integrity.Of(ctx, who, n.Code)
	if err != nil {
		w.T.Fatal(err)
	}
	if len(f.Items) != 1 || f.Items[0].Item != "tell-us" {
		w.T.Fatalf("compared %+v; want the text alone", f.Items)
	}
	return f
}

func TestACopyIsAFactAfterTheScores(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.Crowd(7)[0]
		copied := w.Hand("Cora Copy", strings.ReplaceAll(integritytest.Essay(0), "because", "since"))
		mina := w.Mina
		if _, err := w.Integrity.Of(ctx, mina, copied.Code); !errors.Is(err, review.ErrOwnFirst) {
			t.Fatalf("before the own scorecard = %v; want ErrOwnFirst", err)
		}
		if _, err := w.Integrity.Beside(ctx, mina, copied.Code, "tell-us", first.Code, ""); !errors.Is(err, review.ErrOwnFirst) {
			t.Errorf("side by side before the own scorecard = %v; want ErrOwnFirst", err)
		}
		w.File(mina, copied, reviewtest.Card(3, 2))
		if f := w.facts(mina, copied); f.Held != 1 || len(f.Items[0].Alike) != 0 {
			t.Errorf("while she owes a scorecard for the other = %+v; want it held back", f)
		}
		if _, err := w.Integrity.Beside(ctx, mina, copied.Code, "tell-us", first.Code, ""); !errors.Is(err, integrity.ErrUnlike) {
			t.Errorf("side by side while she owes the other = %v; want ErrUnlike", err)
		}
		w.File(mina, first, reviewtest.Card(3, 2))
		f := w.facts(mina, copied)
		got := f.Items[0]
		if got.Others != 7 || len(got.Alike) != 1 || got.Alike[0].Code != first.Code || got.Alike[0].Outcome != similar.Strong || got.Alike[0].Share < .7 || f.Held != 0 {
			t.Fatalf("facts = %+v; want strong evidence with %s, among 7 others", f, first.Code)
		}
		if back := w.facts(mina, first).Items[0]; len(back.Alike) != 1 || back.Alike[0].Code != copied.Code {
			t.Errorf("the other's facts = %+v; want the same pair", back)
		}
		p, err := w.Integrity.Beside(ctx, mina, copied.Code, "tell-us", first.Code, "")
		if err != nil || len(p.Regions) == 0 || len(p.Sides[0].Files) != 1 || string(p.Sides[1].Files[0].Data) != integritytest.Essay(0)+"Signed: [name]" {
			t.Errorf("side by side = %+v, %v; want both texts without names, and what they share", p, err)
		}
		if _, err := w.Integrity.Of(ctx, w.Rosa, copied.Code); !errors.Is(err, review.ErrOpenCards) {
			t.Errorf("for a manager while a card is open = %v; want ErrOpenCards", err)
		}
		stranger := w.Member("Sam Stranger", "sam@tideway.example", []string{"reviewer"})
		if _, err := w.Integrity.Of(ctx, stranger, copied.Code); !errors.Is(err, opening.ErrMissing) {
			t.Errorf("for somebody of another opening = %v; want it refused", err)
		}
	})
}

func TestInnocentWorkIsNotNamed(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		n := w.Crowd(8)[0]
		w.File(w.reader(n), n, reviewtest.Card(3, 2))
		if f := w.facts(w.reader(n), n); f.Held != 0 || len(f.Items[0].Alike) != 0 || f.Items[0].Others != 7 || f.Items[0].Why != "" {
			t.Errorf("facts = %+v; want nothing alike among 7 others", f)
		}
		short := w.Hand("Sara Short", "")
		w.File(w.reader(short), short, reviewtest.Card(1, 1))
		if f := w.facts(w.reader(short), short); f.Items[0].Why == "" || f.Items[0].Others != 0 {
			t.Errorf("facts of an empty text = %+v; want a reason", f)
		}
	})
}

// leakedTree is the assessment with a text that went round.
func leakedTree(tree fstest.MapFS, text string) fstest.MapFS {
	out := maps.Clone(tree)
	out["items/tell-us/leaked/forum.md"] = &fstest.MapFile{Data: []byte(text)}
	return out
}

func TestALeakedTextIsASource(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.Crowd(7)
		n := w.Hand("Lea Leak", integritytest.Essay(99))
		v, err := w.Assessments.Version(ctx, w.Org.ID, w.Version)
		if err != nil {
			t.Fatal(err)
		}
		who := w.reader(n)
		w.File(who, n, reviewtest.Card(3, 2))
		if f := w.facts(who, n); len(f.Items[0].Alike) != 0 {
			t.Fatalf("before the leak is known = %+v", f)
		}
		tree, err := w.Assessments.Tree(ctx, w.Org.ID, w.Version)
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{}
		err = fs.WalkDir(tree, ".", func(p string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				var data []byte
				data, err = fs.ReadFile(tree, p)
				files[p] = &fstest.MapFile{Data: data}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		next, findings, err := w.Assessments.Import(ctx, w.Owner, leakedTree(files, integritytest.Essay(99)), assessment.ID(v.Assessment))
		if err != nil {
			t.Fatal(err, findings)
		}
		if _, err := w.Assessments.Publish(ctx, w.Owner, next, nil); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		f := w.facts(who, n)
		if len(f.Items[0].Alike) != 1 || f.Items[0].Alike[0].Source != "leaked/forum.md" || f.Items[0].Alike[0].Role != item.Leaked || !f.Items[0].Alike[0].Identical || f.Items[0].Alike[0].Outcome != similar.Strong {
			t.Fatalf("after it was supplied = %+v; want the leaked text", f)
		}
		p, err := w.Integrity.Beside(ctx, who, n.Code, "tell-us", "", "leaked/forum.md")
		if err != nil || string(p.Sides[1].Files[0].Data) != integritytest.Essay(99) {
			t.Errorf("side by side = %+v, %v; want the leaked text", p, err)
		}
	})
}

func TestAcceptedLateWorkIsCompared(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.Crowd(7)[0]
		n, who, s := w.Sent("Lara Late", integritytest.Essay(60))
		w.Tick.Add(time.Hour)
		body, err := json.Marshal(map[string][]string{"text": {integritytest.Essay(0)}})
		if err != nil {
			t.Fatal(err)
		}
		kept := w.Save(who, s, 9, "tell-us", string(body))
		if err := w.Attempts.AcceptLate(ctx, w.Owner, n.Application, kept.Revision, "No network on the train."); err != nil {
			t.Fatal(err)
		}
		w.Drain()
		for _, x := range []review.Round{first, n} {
			w.File(w.Mina, x, reviewtest.Card(3, 2))
		}
		if f := w.facts(w.Mina, n); len(f.Items[0].Alike) != 1 || f.Items[0].Alike[0].Code != first.Code {
			t.Errorf("facts = %+v; want the late text compared in place of the first", f)
		}
	})
}

func TestErasedWorkLeavesBothSides(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		first := w.Crowd(7)[0]
		copied := w.Hand("Cora Copy", integritytest.Essay(0)+"And so it went.")
		for _, n := range []review.Round{first, copied} {
			w.File(w.Mina, n, reviewtest.Card(3, 2))
		}
		if f := w.facts(w.Mina, first); len(f.Items[0].Alike) != 1 {
			t.Fatalf("facts = %+v; want the copy", f)
		}
		err := w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			p := db.Person{Attempts: []string{copied.Attempt}, Applications: []string{string(copied.Application)}}
			before, err := w.Integrity.Preview(ctx, tx, p)
			if err != nil {
				return err
			}
			gone, err := w.Integrity.Erase(ctx, tx, p)
			if !maps.Equal(before, gone) || gone["comparisons"] == 0 {
				t.Errorf("erased %v, the preview said %v", gone, before)
			}
			if err != nil {
				return err
			}
			_, err = w.Attempts.Erase(ctx, tx, p)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Drain() // everything is compared anew
		if f := w.facts(w.Mina, first); len(f.Items[0].Alike) != 0 || f.Held != 0 || f.Items[0].Others != 6 {
			t.Errorf("facts after the other was erased = %+v; want none, among 6 others", f)
		}
	})
}
