package opening_test

import (
	"errors"
	"strings"
	"testing"

	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
)

func TestWhatTheCandidatesPageSays(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		page := func() (out opening.Page) {
			t.Helper()
			err := w.DB.Read(ctx, w.owner.Org, func(tx db.Tx) (err error) {
				out, err = w.PageOf(ctx, tx, o)
				if _, tells, kerr := w.RepliesKept(ctx, tx, o); tells || kerr != nil {
					t.Errorf("something is said of nobody's replies: %v", kerr)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := page(); got.Place != "" || got.Tries || len(got.Faces) != 0 {
			t.Errorf("a page that nobody wrote says %+v", got)
		}
		face := func(words string) []opening.Face { return []opening.Face{{Member: w.owner.ID, Words: words}} }
		for _, c := range []struct {
			name string
			err  error
			want error
		}{
			{"a reviewer of the organisation", w.SetPage(ctx, w.rev, o, opening.Page{Place: "Porto"}), opening.ErrMissing},
			{"the owner of another one", w.SetPage(ctx, w.other, o, opening.Page{Place: "Porto"}), opening.ErrMissing},
			{"too long a place", w.SetPage(ctx, w.owner, o, opening.Page{Place: strings.Repeat("x", 121)}), problem.ErrInvalid},
			{"too many words", w.SetPage(ctx, w.owner, o, opening.Page{Faces: face(strings.Repeat("x", 401))}), problem.ErrInvalid},
			{"somebody outside the opening", w.SetPage(ctx, w.owner, o, opening.Page{Faces: []opening.Face{{Member: w.rev.ID, Words: "Hello"}}}), problem.ErrInvalid},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("%s: %v; want %v", c.name, c.err, c.want)
			}
		}
		if err := w.SetPage(ctx, w.owner, o, opening.Page{Place: " Porto ", Pay: "€52,000 to €66,000 a year", Tries: true, Faces: append(face("I keep the calendar."), opening.Face{Member: w.rev.ID, Words: " "})}); err != nil {
			t.Fatal(err)
		}
		if got := page(); got.Place != "Porto" || !got.Tries || len(got.Faces) != 1 || got.Faces[0].Words != "I keep the calendar." || got.Faces[0].Name != "Ada Reyes" {
			t.Errorf("the page says %+v", got)
		}
		if err := w.SetRoles(ctx, w.owner, o, w.owner.ID, nil); err != nil {
			t.Fatal(err)
		}
		if got := page(); len(got.Faces) != 0 {
			t.Errorf("whoever left the opening stands on its page: %+v", got.Faces)
		}
	})
}

func TestAQuestionBeforeApplying(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		if err := w.SetPublic(ctx, w.owner, o, opening.PublicLink{Open: true, Most: 5}); err != nil {
			t.Fatal(err)
		}
		link, err := w.Public(ctx, w.owner, o)
		if err != nil {
			t.Fatal(err)
		}
		ask := func(link, email, text string) error {
			return w.Wonder(ctx, link, opening.Question{Email: email, Text: text})
		}
		for _, c := range []struct {
			err  error
			want error
		}{
			{ask(link.Secret, "no address", "When?"), problem.ErrInvalid},
			{ask(link.Secret, "kim@mail.example", " "), problem.ErrInvalid},
			{ask(link.Secret, "kim@mail.example", strings.Repeat("x", 2001)), problem.ErrInvalid},
			{ask("nothing", "kim@mail.example", "When?"), opening.ErrApply},
			{ask(link.Secret, "kim@mail.example", "When?"), nil},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("Wonder = %v; want %v", c.err, c.want)
			}
		}
		op, err := w.Load(ctx, w.owner, o)
		if err != nil {
			t.Fatal(err)
		}
		op.Open = false
		if err := w.Change(ctx, w.owner, op); err != nil {
			t.Fatal(err)
		}
		if err := ask(link.Secret, "kim@mail.example", "Still?"); !errors.Is(err, opening.ErrNotTaking) {
			t.Errorf("a question about what is closed = %v", err)
		}
	})
}
