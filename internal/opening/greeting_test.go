package opening_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
)

// A greeting is recorded by whose it is alone; it stands on the page with its words beside theirs, and goes with who leaves the opening or the organisation.
func TestAGreetingOnThePage(t *testing.T) {
	dbtest.Each(t, append(slices.Clone(schemas), upload.Schema), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := newWorld(t, d, tick)
		us := uploadtest.New(t, d, t.TempDir())
		us.Accepts = func(_ context.Context, who actor.Actor, s upload.Subject) (upload.Accepting, error) {
			accepting, ok := w.AcceptsGreeting(who, s)
			if !ok {
				return nil, upload.ErrMissing
			}
			return accepting, nil
		}
		w.Uploads = us
		o := w.open(t, w.owner, false)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(w.SetRole(ctx, w.owner, o, w.rev.ID, opening.Reviewer, true))
		own := upload.Subject{Owner: opening.GreetingOwner(o, w.rev.ID), Item: opening.GreetingItem, Purpose: "rec_one"}
		for name, c := range map[string]struct {
			who actor.Actor
			s   upload.Subject
		}{"for somebody else": {w.owner, own}, "another organisation": {w.other, own}, "who is not of its people": {w.rec, upload.Subject{Owner: opening.GreetingOwner(o, w.rec.ID), Item: own.Item, Purpose: "rec_one"}},
			"something else": {w.rev, upload.Subject{Owner: own.Owner, Item: "other", Purpose: "rec_one"}}} {
			if _, err := us.Create(ctx, c.who, c.s, -1); !errors.Is(err, upload.ErrMissing) {
				t.Errorf("%s: %v; want upload.ErrMissing", name, err)
			}
		}
		send := func(purpose string, whole bool) upload.Upload {
			t.Helper()
			data := "\x1a\x45\xdf\xa3 webm " + purpose
			s := own
			s.Purpose = purpose
			u, err := us.Create(ctx, w.rev, s, -1)
			must(err)
			_, err = us.Append(ctx, w.rev, u.ID, 0, strings.NewReader(data))
			must(err)
			if whole {
				u, err = us.Finish(ctx, w.rev, u.ID, upload.Claim{Hash: secret.Hash(data), Length: int64(len(data))})
				must(err)
			}
			return u
		}
		said, half := send("rec_one", true), send("rec_two", false)
		for field, x := range map[string][2]string{"recording": {string(half.ID), "Hello."}, "said": {string(said.ID), " "}} {
			if p, ok := problem.As(w.Greet(ctx, w.rev, o, upload.ID(x[0]), x[1])); !ok || p.Fields[field] == "" {
				t.Errorf("%v: %v; want a problem of %s", x, p, field)
			}
		}
		if err := w.Greet(ctx, w.owner, o, said.ID, "Hello."); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("another's recording = %v; want a field's problem", err)
		}
		must(w.Greet(ctx, w.rev, o, said.ID, "Hello, I am <b>Noor</b>."))
		if _, err := us.Load(ctx, w.rev, half.ID); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("what was not used is still here: %v", err)
		}
		page := func() (out []opening.Face) {
			must(d.Read(ctx, w.owner.Org, func(tx db.Tx) error {
				p, err := w.PageOf(ctx, tx, o)
				out = p.Faces
				return err
			}))
			return out
		}
		if got := page(); len(got) != 0 {
			t.Errorf("without words of theirs the page shows %+v", got)
		}
		words := opening.Page{Faces: []opening.Face{{Member: w.rev.ID, Words: "I read your code."}}}
		must(w.SetPage(ctx, w.owner, o, words))
		if got := page(); len(got) != 1 || got[0].Greeting.Upload.ID != said.ID || len(got[0].Greeting.Words) == 0 || strings.Contains(got[0].Greeting.Words[0].Text, "<b>") {
			t.Errorf("the page shows %+v", got)
		}
		must(w.SetRoles(ctx, w.owner, o, w.rev.ID, nil))
		if _, err := us.Load(ctx, w.rev, said.ID); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("after they left the opening the recording is here: %v", err)
		}
		must(w.SetRole(ctx, w.owner, o, w.rev.ID, opening.Reviewer, true))
		again := send("rec_three", true)
		must(w.Greet(ctx, w.rev, o, again.ID, "Hello."))
		must(w.Left(ctx, org.MemberNote{Org: w.owner.Org, Member: w.rev.ID}))
		if _, err := us.Load(ctx, w.rev, again.ID); err != nil {
			t.Errorf("somebody who is there lost it: %v", err)
		}
		must(w.Orgs.Disable(ctx, w.owner, w.rev.ID))
		must(w.Left(ctx, org.MemberNote{Org: w.owner.Org, Member: w.rev.ID}))
		if _, err := us.Load(ctx, w.rev, again.ID); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("after they left the organisation the recording is here: %v", err)
		}
	})
}
