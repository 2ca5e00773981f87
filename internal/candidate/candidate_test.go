package candidate_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/org"
	"candor/internal/problem"
)

var ctx = context.Background()

func each(t *testing.T, fn func(t *testing.T, cs *candidate.Candidates, add func(name, email string) candidate.Candidate)) {
	dbtest.Each(t, []fs.FS{audit.Schema, account.Schema, org.Schema, candidate.Schema}, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		cs := &candidate.Candidates{DB: d}
		fn(t, cs, func(name, email string) (c candidate.Candidate) {
			err := d.Write(ctx, "o1", func(tx db.Tx) (err error) {
				c, _, err = cs.Ensure(ctx, tx, name, email, "Africa/Lagos")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return c
		})
	})
}

var (
	recruiter = actor.Actor{Kind: actor.Member, ID: "mem_1", Org: "o1", Roles: []string{org.Recruiter}}
	reviewer  = actor.Actor{Kind: actor.Member, ID: "mem_2", Org: "o1", Roles: []string{org.Reviewer}}
	elsewhere = actor.Actor{Kind: actor.Member, ID: "mem_3", Org: "o2", Roles: org.AllRoles}
)

func self(c candidate.Candidate) actor.Actor {
	return actor.Actor{Kind: actor.Candidate, ID: "inv_1", Org: "o1", Subject: string(c.ID)}
}

// search is Search in a transaction of its own.
func search(cs *candidate.Candidates, who actor.Actor, prefix string, after candidate.Candidate) (list []candidate.Candidate, more bool, err error) {
	err = cs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		list, more, err = cs.Search(ctx, tx, who, prefix, after)
		return err
	})
	return list, more, err
}

func TestOnePersonPerAddress(t *testing.T) {
	each(t, func(t *testing.T, cs *candidate.Candidates, add func(string, string) candidate.Candidate) {
		a := add("  Tomás   Herrera ", "Tomas@mail.example")
		if b := add("Somebody Else", "tomas@MAIL.example"); b.ID != a.ID || b.Name != "Tomás Herrera" {
			t.Errorf("the same address again = %+v; want the person we know", b)
		}
		if b := add("Tomás", "tomás@mail.example"); b.ID == a.ID {
			t.Error("an accent in an address makes another mailbox, but it was taken for the same")
		}
		for typed, want := range map[string]int{"tomas": 2, "TOMÁS h": 1, "herr": 1, "tomas@mail": 1, "%": 0, "as": 0, "": 2, strings.Repeat("x", 300): 0} {
			if got, _, err := search(cs, recruiter, typed, candidate.Candidate{}); err != nil || len(got) != want {
				t.Errorf("Search(%.10q) = %d, %v; want %d", typed, len(got), err, want)
			}
		}
	})
}

func TestPagesOfPeople(t *testing.T) {
	each(t, func(t *testing.T, cs *candidate.Candidates, add func(string, string) candidate.Candidate) {
		for i := range 120 {
			add(fmt.Sprintf("Name %d", i%7), fmt.Sprintf("p%d@mail.example", i))
		}
		seen := map[candidate.ID]bool{}
		var after candidate.Candidate
		for more := true; more; {
			var list []candidate.Candidate
			var err error
			if list, more, err = search(cs, recruiter, "name", after); err != nil || len(list) == 0 {
				t.Fatalf("a page of %d, %v", len(list), err)
			}
			for _, c := range list {
				if seen[c.ID] {
					t.Fatalf("%s came twice", c.ID)
				}
				seen[c.ID] = true
			}
			after = list[len(list)-1]
		}
		if len(seen) != 120 {
			t.Errorf("%d people over all pages; want 120", len(seen))
		}
	})
}

func TestWhoSeesAPerson(t *testing.T) {
	each(t, func(t *testing.T, cs *candidate.Candidates, add func(string, string) candidate.Candidate) {
		a, b := add("Amara Okafor", "amara@mail.example"), add("Jun Li", "jun@mail.example")
		for name, c := range map[string]struct {
			who  actor.Actor
			want error
		}{"recruiter": {recruiter, nil}, "themselves": {self(a), nil}, "another candidate": {self(b), candidate.ErrMissing}, "reviewer": {reviewer, candidate.ErrMissing},
			"another organisation": {elsewhere, candidate.ErrMissing}, "nobody": {actor.Actor{Org: "o1"}, candidate.ErrMissing}} {
			if _, err := cs.Load(ctx, c.who, a.ID); !errors.Is(err, c.want) {
				t.Errorf("%s: Load = %v; want %v", name, err, c.want)
			}
		}
		if _, _, err := search(cs, reviewer, "", candidate.Candidate{}); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer's Search = %v; want ErrRole", err)
		}
	})
}

func TestAdjustmentsNeverShrink(t *testing.T) {
	each(t, func(t *testing.T, cs *candidate.Candidates, add func(string, string) candidate.Candidate) {
		c, other := add("Amara Okafor", "amara@mail.example"), add("Jun Li", "jun@mail.example")
		adjust := func(who actor.Actor, factor int) error {
			return cs.DB.Write(ctx, "o1", func(tx db.Tx) error {
				return cs.Adjust(ctx, tx, who, c.ID, candidate.Time{Factor: factor}, candidate.Time{Factor: 2000, Breaks: 30})
			})
		}
		factor := func() (n int) {
			cs.DB.Read(ctx, "o1", func(tx db.Tx) error {
				a, err := cs.AccommodationIn(ctx, tx, c.ID)
				n = a.Factor
				return err
			})
			return n
		}
		for _, s := range []struct {
			name   string
			who    actor.Actor
			factor int
			want   error
			now    int
		}{
			{"themselves, at once", self(c), 1500, nil, 1500}, {"less again", self(c), 1000, nil, 1500}, {"more than at once", self(c), 2001, candidate.ErrFactor, 1500},
			{"a recruiter", recruiter, 3000, nil, 3000}, {"less than usual", recruiter, 999, candidate.ErrFactor, 3000},
			{"a reviewer", reviewer, 2000, candidate.ErrMissing, 3000}, {"another candidate", self(other), 2000, candidate.ErrMissing, 3000},
		} {
			if err := adjust(s.who, s.factor); !errors.Is(err, s.want) || factor() != s.now {
				t.Errorf("%s: Adjust = %v, now %d; want %v, %d", s.name, err, factor(), s.want, s.now)
			}
		}
		ask := func(wish string) error {
			return cs.DB.Write(ctx, "o1", func(tx db.Tx) error { return cs.Ask(ctx, tx, self(c), c.ID, wish) })
		}
		answer := func(who actor.Actor, granted bool) error {
			return cs.DB.Write(ctx, "o1", func(tx db.Tx) error { return cs.Answer(ctx, tx, who, c.ID, granted) })
		}
		if err := ask(""); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("an empty wish = %v; want ErrInvalid", err)
		}
		if err := ask("breaks every hour"); err != nil {
			t.Fatal(err)
		}
		if err := answer(reviewer, true); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer answers = %v; want ErrRole", err)
		}
		if err := answer(recruiter, true); err != nil {
			t.Error(err)
		}
		if err := answer(recruiter, false); !errors.Is(err, candidate.ErrMissing) {
			t.Errorf("answering twice = %v; want ErrMissing", err)
		}
	})
}

func TestErasingLeavesAHollowRow(t *testing.T) {
	each(t, func(t *testing.T, cs *candidate.Candidates, add func(string, string) candidate.Candidate) {
		a, b := add("Amara Okafor", "amara@mail.example"), add("Ben Adeyemi", "ben@mail.example")
		for _, c := range []candidate.Candidate{a, b} {
			err := cs.DB.Write(ctx, "o1", func(tx db.Tx) error {
				_, err := cs.Erase(ctx, tx, db.Person{Org: "o1", Candidate: string(c.ID)})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := cs.Load(ctx, recruiter, a.ID)
		if err != nil || !got.Erased || got.Name+got.Zone != "" || strings.Contains(got.Email, "@") {
			t.Errorf("Load after erasure = %+v, %v; want a hollow row", got, err)
		}
		if again := add("Amara Okafor", "amara@mail.example"); again.ID == a.ID {
			t.Error("a person who comes back got the erased row")
		}
	})
}
