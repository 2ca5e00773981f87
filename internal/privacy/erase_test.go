package privacy_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/privacy"
	"candor/internal/response"
)

// canary is a word that stands nowhere else; it has no capitals, so that the keys of search hold it too.
func canary() string { return "zq" + id.Timeless("c")[2:14] }

// TestErasingLeavesNoByte: a person with a word in every place that takes text is erased by the page's method; the preview counted
// what it removed, and the word is in no row and in no byte of the data folder, also not in what SQLite deleted.
func TestErasingLeavesNoByte(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		stays := w.invite(w.opening, canary(), "stays")
		w.work(stays)
		for name, end := range map[string]func(person){"declined": w.decline, "undecided": w.hesitate} {
			t.Run(name, func(t *testing.T) {
				w.t = t
				word := canary()
				p := w.invite(w.opening, word, word)
				w.work(p)
				end(p)
				if len(w.traces(word)) < 10 {
					t.Fatalf("the word stands only in %v; the test would prove nothing", w.traces(word))
				}
				taken, err := w.app.Privacy.Export(ctx, p.who)
				w.must(err)
				wants := []string{"By " + word, `"bundle"`, base64.StdEncoding.EncodeToString([]byte(pdfOf(word)))}
				if name == "declined" { // the other one is asked nothing: their facts are known to all by then
					wants = append(wants, "A book, "+word, "Here it is, "+word, "Misread, says "+word, "Dear "+word)
				}
				for _, want := range wants {
					if !strings.Contains(string(taken), want) {
						t.Errorf("what they take along lacks %q", want)
					}
				}
				before := w.standing(stays)[0]
				seen, err := w.app.Privacy.Preview(ctx, p.who, p.id)
				w.must(err)
				gone, err := w.app.Privacy.Erase(ctx, p.who, p.id)
				w.must(err)
				if !slices.Equal(seen, gone) || len(gone) < 9 {
					t.Errorf("the preview said %v; erased were %v", seen, gone)
				}
				w.drain()
				if left := w.traces(word); len(left) > 0 {
					t.Errorf("after erasing, the word stands in %v", left)
				}
				if after := w.standing(stays)[0]; after != before || before == 0 {
					t.Errorf("somebody else's word stood in %d places and now in %d", before, after)
				}
				w.verify()
			})
		}
	})
}

// TestBroken_Erasers: without any one of them the canary is found.
func TestBroken_Erasers(t *testing.T) {
	w := makeWorld(t, "")
	word := canary()
	p := w.invite(w.opening, word, word)
	w.work(p)
	w.decline(p)
	w.must(w.app.DB.Scrub(ctx)) // the file is all there is to copy
	tried := 0
	for i, e := range w.app.Privacy.Erasers {
		if e.Erase == nil {
			continue
		}
		tried++
		t.Run(e.Name, func(t *testing.T) {
			dir := t.TempDir()
			c := *w
			c.t, c.dir = t, dir
			c.must(os.CopyFS(dir, os.DirFS(w.dir)))
			c.must(os.Chmod(filepath.Join(dir, "secret.key"), 0o600))
			c.app = open(t, dir, "", w.tick)
			defer c.app.Close()
			c.app.Privacy.Erasers = slices.Delete(slices.Clone(c.app.Privacy.Erasers), i, i+1)
			_, err := c.app.Privacy.Erase(ctx, p.who, p.id)
			c.must(err)
			if len(c.traces(word)) == 0 {
				t.Errorf("without the Eraser of %s no word is found: it erases nothing, or the story writes nothing there", e.Name)
			}
		})
	}
	if tried < 9 {
		t.Errorf("%d Erasers were tried", tried)
	}
}

// TestBroken_SecureDelete: without it the file keeps what was deleted.
func TestBroken_SecureDelete(t *testing.T) {
	w := makeWorld(t, "")
	word := canary()
	p := w.invite(w.opening, word, word)
	w.work(p)
	if _, err := w.app.DB.Writer().ExecContext(ctx, `PRAGMA secure_delete(off)`); err != nil {
		t.Fatal(err)
	}
	_, err := w.app.Privacy.Erase(ctx, p.who, p.id)
	w.must(err)
	w.drain()
	if len(w.traces(word)) == 0 {
		t.Error("nothing is left of what was deleted although nothing overwrites it: the test does not look at the bytes")
	}
}

// TestNothingIsKeptOfAnErasedPersonAnyMore: a page that was still open saves, adds a note, asks for something; the mail of an earlier
// announcement comes late.
func TestNothingIsKeptOfAnErasedPersonAnyMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.app
		word := canary()
		p := w.invite(w.opening, word, word)
		s, err := a.Attempts.Begin(ctx, p.who, "quiz")
		w.must(err)
		inv, err := a.Attempts.View(ctx, p.who)
		w.must(err)
		w.must(a.Openings.Resend(ctx, w.owner, inv.Attempt.Invitation)) // its mail is not written yet
		_, err = a.Privacy.Erase(ctx, p.who, p.id)
		w.must(err)
		save := attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: a.DB.Now(), Saves: []response.Save{{Item: "number", Client: "c1", Seq: 1, Body: []byte(`{"typed":["` + word + `"]}`)}}}
		for what, do := range map[string]func() error{
			"a save":  func() error { _, err := a.Attempts.Save(ctx, p.who, save); return err },
			"a note":  func() error { return a.Attempts.Afterword(ctx, p.who, "quiz", word) },
			"a wish":  func() error { return a.Attempts.Ask(ctx, p.who, word) },
			"more":    func() error { return a.Attempts.Adjust(ctx, p.who, string(p.id), candidate.Time{Factor: 1500}) },
			"erasing": func() error { _, err := a.Privacy.Erase(ctx, p.who, p.id); return err },
		} {
			if err := do(); err == nil {
				t.Errorf("%s of an erased person is kept", what)
			}
		}
		w.drain()
		if left := w.traces(word); len(left) > 0 {
			t.Errorf("the word stands in %v", left)
		}
		for _, m := range w.dump()["mails"] {
			if !strings.Contains(m, " to_email=ole@tideway.example ") { // the host hears of a trial that was accepted before, without a name
				t.Errorf("somebody is still written to: %v", m)
			}
		}
		again := w.invite(w.opening, word, word)
		if again.id == p.id || again.app == p.app {
			t.Errorf("the erased person came back as %s; want somebody new", again.id)
		}
	})
}

func TestAHeldPersonIsNotErased(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.invite(w.opening, canary(), "held")
		w.must(w.app.Privacy.Hold(ctx, w.owner, p.app, "A claim"))
		before := count(w.dump(), p.word)
		if _, err := w.app.Privacy.Erase(ctx, p.who, p.id); !errors.Is(err, privacy.ErrHeld) {
			t.Errorf("Erase = %v; want ErrHeld", err)
		}
		if after := count(w.dump(), p.word); after != before {
			t.Errorf("the word stood in %d places and now in %d", before, after)
		}
		k, err := w.app.Privacy.Kept(ctx, p.who, p.app)
		w.must(err)
		if k.Hold == nil || k.Hold.Reason != "" || k.Hold.By != "" || k.Manage {
			t.Errorf("the candidate reads %+v; want that it is held, not why or by whom", k.Hold)
		}
		w.must(w.app.Privacy.Lift(ctx, w.owner, p.app))
		_, err = w.app.Privacy.Erase(ctx, p.who, p.id)
		w.must(err)
	})
}

// verify checks the chain of the record of what people did.
func (w *world) verify() {
	w.t.Helper()
	w.must(audit.Seal(ctx, w.app.DB, w.org))
	w.read(func(tx db.Tx) error {
		checked, broken, err := audit.Verify(ctx, tx)
		if broken != 0 || checked == 0 {
			w.t.Errorf("%d lines of the audit fit, and line %d does not", checked, broken)
		}
		return err
	})
}
