package opening_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"candor/internal/opening"
	"candor/internal/problem"
)

// door is an opening whose public link takes so many.
func (w world) door(t *testing.T, most int) (opening.ID, string) {
	t.Helper()
	o := w.open(t, w.owner, false)
	if err := w.SetPublic(ctx, w.rec, o, opening.PublicLink{Open: true, Most: most}); err != nil {
		t.Fatal(err)
	}
	l, err := w.Public(ctx, w.rec, o)
	if err != nil || !l.Open || l.Most != most || l.Taken != 0 || len(l.Secret) != 27 {
		t.Fatalf("Public = %+v, %v", l, err)
	}
	return o, l.Secret
}

func (w world) sealed(t *testing.T, o opening.ID, name, email string) string {
	t.Helper()
	s, err := w.SealAt(o, opening.Applicant{Name: name, Email: email, Zone: "Africa/Lagos"}, w.owner.Org, w.tick.Now())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w world) taken(t *testing.T, o opening.ID) int {
	t.Helper()
	l, err := w.Public(ctx, w.rec, o)
	if err != nil {
		t.Fatal(err)
	}
	return l.Taken
}

// Whoever confirms an address is in the opening once, with a place of the link's taken once, however often they press; whoever was in it before
// gets their own place and takes none.
func TestAConfirmedAddressIsOneApplication(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o, link := w.door(t, 2)
		if err := w.Apply(ctx, link, opening.Applicant{Name: "Amara Okafor", Email: "amara@mail.example"}); err != nil {
			t.Fatal(err)
		}
		if got := w.taken(t, o); got != 0 {
			t.Errorf("asking took %d places; want none before the address is confirmed", got)
		}
		s := w.sealed(t, o, "Amara Okafor", "amara@mail.example")
		first, err := w.Confirm(ctx, link, s)
		if err != nil || first.Opening != o {
			t.Fatalf("Confirm = %+v, %v", first, err)
		}
		for _, again := range []string{s, w.sealed(t, o, "Amara O.", "Amara@mail.example")} {
			if inv, err := w.Confirm(ctx, link, again); err != nil || inv.ID != first.ID {
				t.Errorf("once more = %+v, %v; want the same invitation", inv, err)
			}
		}
		invited := w.invite(t, o, "Bea Sol", "bea@mail.example")
		if inv, err := w.Confirm(ctx, link, w.sealed(t, o, "Somebody", "bea@mail.example")); err != nil || inv.ID != invited.ID {
			t.Errorf("somebody who was invited = %+v, %v; want their own place", inv, err)
		}
		if got := w.taken(t, o); got != 1 {
			t.Errorf("%d places are taken; want 1", got)
		}
	})
}

// Of many who come at once as many get in as there are places, also on two connections; a closed, full or late link takes nobody, and nothing is
// taken from whoever has a place.
func TestAPublicLinkTakesSoManyAndNoMore(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o, link := w.door(t, 3)
		var all sync.WaitGroup
		var mu sync.Mutex
		in, out := 0, 0
		for i := range 8 {
			s := w.sealed(t, o, "A B", fmt.Sprintf("a%d@mail.example", i))
			all.Go(func() {
				_, err := w.Confirm(ctx, link, s)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					in++
				case errors.Is(err, opening.ErrNotTaking):
					out++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in != 3 || out != 5 || w.taken(t, o) != 3 {
			t.Errorf("%d got in, %d did not, %d places are taken; want 3, 5, 3", in, out, w.taken(t, o))
		}
		apply := func() error { return w.Apply(ctx, link, opening.Applicant{Name: "C D", Email: "c@mail.example"}) }
		if err := apply(); !errors.Is(err, opening.ErrNotTaking) {
			t.Errorf("a full link = %v; want ErrNotTaking", err)
		}
		set := func(l opening.PublicLink) {
			t.Helper()
			if err := w.SetPublic(ctx, w.rec, o, l); err != nil {
				t.Fatal(err)
			}
		}
		set(opening.PublicLink{Open: true, Most: 10, Until: w.tick.Now().Add(time.Hour)})
		if err := apply(); err != nil {
			t.Errorf("with more places = %v", err)
		}
		late := w.sealed(t, o, "C D", "c@mail.example")
		w.tick.Add(time.Hour)
		if _, err := w.Confirm(ctx, link, late); !errors.Is(err, opening.ErrNotTaking) {
			t.Errorf("after the last day = %v; want ErrNotTaking", err)
		}
		set(opening.PublicLink{Open: false, Most: 10})
		if err := apply(); !errors.Is(err, opening.ErrNotTaking) {
			t.Errorf("a closed link = %v; want ErrNotTaking", err)
		}
		set(opening.PublicLink{Open: true, Most: 10})
		op, err := w.Load(ctx, w.owner, o)
		if err != nil {
			t.Fatal(err)
		}
		op.Open = false
		if err := w.Change(ctx, w.owner, op); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Confirm(ctx, link, late); !errors.Is(err, opening.ErrNotTaking) {
			t.Errorf("of a closed opening = %v; want ErrNotTaking", err)
		}
		if got := w.taken(t, o); got != 3 {
			t.Errorf("%d places are taken after refusals; want 3", got)
		}
	})
}

// What confirms is of this opening, whole and young; a link that was ended opens nothing; and who may open one is whoever runs the opening.
func TestAPublicLinkIsNotGuessedAndEnds(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o, link := w.door(t, 5)
		other, otherLink := w.door(t, 5)
		s := w.sealed(t, o, "Amara Okafor", "amara@mail.example")
		old := w.sealed(t, o, "Amara Okafor", "amara@mail.example")
		for what, c := range map[string]struct {
			link, text string
			want       error
		}{
			"another opening's":  {otherLink, s, opening.ErrConfirm},
			"cut off":            {link, s[:len(s)-4], opening.ErrConfirm},
			"nothing":            {link, "", opening.ErrConfirm},
			"of an unknown link": {link[:26] + "x", s, opening.ErrApply},
		} {
			if _, err := w.Confirm(ctx, c.link, c.text); !errors.Is(err, c.want) {
				t.Errorf("%s = %v; want %v", what, err, c.want)
			}
		}
		w.tick.Add(opening.ConfirmFor + time.Second)
		if _, err := w.Confirm(ctx, link, old); !errors.Is(err, opening.ErrConfirm) {
			t.Errorf("after two days = %v; want ErrConfirm", err)
		}
		if err := w.RotatePublic(ctx, w.rec, o); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Door(ctx, link); !errors.Is(err, opening.ErrApply) {
			t.Errorf("the ended link = %v; want ErrApply", err)
		}
		l, err := w.Public(ctx, w.rec, o)
		if err != nil || l.Secret == link || !l.Open {
			t.Fatalf("the new link = %+v, %v", l, err)
		}
		if _, got, err := w.Door(ctx, l.Secret); err != nil || got != o || got == other {
			t.Errorf("Door = %s, %v; want %s", got, err, o)
		}
		if err := w.SetPublic(ctx, w.rev, o, opening.PublicLink{Open: true, Most: 5}); !errors.Is(err, opening.ErrRole) && !errors.Is(err, opening.ErrMissing) {
			t.Errorf("a reviewer opens it: %v; want a refusal", err)
		}
		if err := w.SetPublic(ctx, w.other, o, opening.PublicLink{Open: true, Most: 5}); !errors.Is(err, opening.ErrMissing) {
			t.Errorf("another organisation opens it: %v; want ErrMissing", err)
		}
		for _, l := range []opening.PublicLink{{Open: true}, {Open: true, Most: opening.MostPublic + 1}, {Open: true, Most: 5, Until: w.tick.Now()}} {
			if err := w.SetPublic(ctx, w.rec, o, l); !errors.Is(err, problem.ErrInvalid) {
				t.Errorf("SetPublic(%+v) = %v; want ErrInvalid", l, err)
			}
		}
		if err := w.SetPublic(ctx, w.owner, w.open(t, w.owner, true), opening.PublicLink{Open: true, Most: 5}); !errors.Is(err, opening.ErrConfidential) {
			t.Errorf("of a confidential opening = %v; want ErrConfidential", err)
		}
		for _, a := range []opening.Applicant{{Name: "", Email: "a@mail.example"}, {Name: "A", Email: "no address"}} {
			if err := w.Apply(ctx, l.Secret, a); !errors.Is(err, problem.ErrInvalid) {
				t.Errorf("Apply(%+v) = %v; want ErrInvalid", a, err)
			}
		}
	})
}
