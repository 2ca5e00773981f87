package opening_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/secret"
)

var ctx = context.Background()

var schemas = []fs.FS{audit.Schema, account.Schema, org.Schema, candidate.Schema, promise.Schema, opening.Schema}

// quiz is the smallest format: running when the test says so. The real ones are in nouns above this one.
type quiz struct{ running map[opening.InvitationID]bool }

func (quiz) Name() string { return "quiz" }

func (quiz) Describe(_ context.Context, _, ref string) (opening.Described, error) {
	if ref == "" {
		return opening.Described{}, problem.New(problem.Missing, "quiz_missing", "No such quiz.")
	}
	return opening.Described{Title: "Quiz " + ref, Minutes: 30, Parts: 2, Timed: true}, nil
}

func (quiz) Start(context.Context, db.Tx, opening.Invitation) error { return nil }

func (q quiz) Running(_ context.Context, _ db.Tx, i opening.Invitation) (bool, error) {
	return q.running[i.ID], nil
}

type world struct {
	*opening.Openings
	tick  *dbtest.Clock
	quiz  quiz
	owner actor.Actor
	rec   actor.Actor // recruiter of the organisation
	rev   actor.Actor // reviewer of the organisation
	other actor.Actor // owner of another organisation
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) { fn(t, newWorld(t, d, tick)) })
}

func newWorld(t testing.TB, d *db.DB, tick *dbtest.Clock) world {
	orgs := &org.Orgs{DB: d, Accounts: &account.Accounts{DB: d, Key: secret.Of("test")}}
	q := quiz{running: map[opening.InvitationID]bool{}}
	w := world{tick: tick, quiz: q, Openings: &opening.Openings{DB: d, Key: secret.Of("test"), Orgs: orgs, Candidates: &candidate.Candidates{DB: d},
		Promises: &promise.Promises{DB: d}, Formats: []opening.Format{q}}}
	found := func(name, email string) actor.Actor {
		o, m, err := orgs.Found(ctx, name, email, "Ada Reyes", "Europe/Lisbon")
		if err != nil {
			t.Fatal(err)
		}
		return actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	}
	w.owner, w.other = found("Tideway", "ada@tideway.example"), found("Gullwing", "ada@gullwing.example")
	w.rec, w.rev = w.member(t, "Rui", org.Recruiter), w.member(t, "Noor", org.Reviewer)
	return w
}

func (w world) member(t testing.TB, name string, roles ...string) actor.Actor {
	t.Helper()
	m, err := w.Orgs.Enrol(ctx, w.owner, org.Member{Name: name, Email: name + "@tideway.example", Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: m.Org, Roles: m.Roles}
}

func (w world) open(t testing.TB, who actor.Actor, confidential bool) opening.ID {
	t.Helper()
	o, err := w.Create(ctx, who, opening.Opening{Title: "Backend engineer", Team: "Bookings", ReplyDays: 5, Confidential: confidential}, []opening.Stage{
		{Title: "Screen", Reviewers: 2, Window: 10, Format: "quiz", Ref: "one"}, {Title: "Talk", Reviewers: 1, Window: 5, Format: "quiz", Ref: "two"}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w world) invite(t testing.TB, o opening.ID, name, email string) opening.Invitation {
	t.Helper()
	inv, err := w.Invite(ctx, w.owner, o, opening.InviteForm{Name: name, Email: email, Zone: "Africa/Lagos"})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func (w world) write(t testing.TB, fn func(tx db.Tx) error) {
	t.Helper()
	if err := w.DB.Write(ctx, w.owner.Org, fn); err != nil {
		t.Fatal(err)
	}
}

func TestWhoSeesAnOpening(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		plain, sealed := w.open(t, w.owner, false), w.open(t, w.rec, true)
		manager, pool := w.member(t, "Mina", org.Reviewer), w.member(t, "Jun", org.Reviewer)
		for _, o := range []opening.ID{plain, sealed} {
			for m, role := range map[string]opening.Role{manager.ID: opening.Manager, pool.ID: opening.Reviewer} {
				if err := w.SetRole(ctx, w.rec, o, m, role, true); err != nil {
					t.Fatal(err)
				}
			}
		}
		disguised := w.rec
		disguised.Org = w.other.Org
		apps := map[opening.ID]opening.ApplicationID{}
		for _, o := range []opening.ID{plain, sealed} {
			inv, err := w.Invite(ctx, w.rec, o, opening.InviteForm{Name: "Amara Okafor", Email: "amara@mail.example"})
			if err != nil {
				t.Fatal(err)
			}
			apps[o] = inv.Application
		}
		w.Blind = func(context.Context, db.Tx, actor.Actor, opening.ApplicationID) (bool, string, error) {
			return false, "", nil
		}
		missing, role := opening.ErrMissing, opening.ErrRole
		for _, c := range []struct {
			name                      string
			who                       actor.Actor
			o                         opening.ID
			load, app, change, invite error
			email                     bool
		}{
			{"owner", w.owner, plain, nil, nil, nil, nil, true},
			{"owner, confidential", w.owner, sealed, missing, missing, missing, missing, false},
			{"recruiter", w.rec, plain, nil, nil, nil, nil, true},
			{"recruiter of it, confidential", w.rec, sealed, nil, nil, nil, nil, true},
			{"manager", manager, plain, nil, nil, role, role, true},
			{"manager, confidential", manager, sealed, nil, nil, role, role, true},
			{"reviewer in the pool, not assigned", pool, plain, nil, missing, role, role, false},
			{"reviewer elsewhere", w.rev, plain, missing, missing, missing, missing, false},
			{"owner of another organisation", w.other, plain, missing, missing, missing, missing, false},
			{"another organisation in the address", disguised, plain, missing, missing, missing, missing, false},
			{"candidate", actor.Actor{Kind: actor.Candidate, Org: w.owner.Org, Subject: "cnd_x"}, plain, missing, missing, missing, missing, false},
			{"nobody", actor.Actor{Org: w.owner.Org}, plain, missing, missing, missing, missing, false},
		} {
			if _, err := w.Load(ctx, c.who, c.o); !errors.Is(err, c.load) {
				t.Errorf("%s: Load = %v; want %v", c.name, err, c.load)
			}
			a, err := w.LoadApplication(ctx, c.who, apps[c.o])
			if !errors.Is(err, c.app) || err == nil && (a.Email != "") != c.email {
				t.Errorf("%s: LoadApplication = %v, email %q; want %v, email %v", c.name, err, a.Email, c.app, c.email)
			}
			if err := w.Change(ctx, c.who, opening.Opening{ID: c.o, Title: "Backend engineer", ReplyDays: 5, Open: true, Confidential: c.o == sealed}); !errors.Is(err, c.change) {
				t.Errorf("%s: Change = %v; want %v", c.name, err, c.change)
			}
			_, err = w.Invite(ctx, c.who, c.o, opening.InviteForm{Name: "B", Email: fmt.Sprintf("%s@mail.example", c.name[:3])})
			if c.invite != nil && !errors.Is(err, c.invite) || c.invite == nil && err != nil && !errors.Is(err, opening.ErrTwice) {
				t.Errorf("%s: Invite = %v; want %v", c.name, err, c.invite)
			}
		}
	})
}

func TestAnOwnerJoinsAConfidentialOpeningInTheOpen(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		sealed := w.open(t, w.rec, true)
		list, err := w.SealedFrom(ctx, w.owner)
		if err != nil || len(list) != 1 || list[0].ID != sealed {
			t.Fatalf("SealedFrom = %v, %v; want the one", list, err)
		}
		if err := w.SetRole(ctx, w.rev, sealed, w.rev.ID, opening.Observer, true); !errors.Is(err, opening.ErrMissing) {
			t.Errorf("a reviewer joins = %v; want ErrMissing", err)
		}
		if err := w.SetRole(ctx, w.owner, sealed, w.rev.ID, opening.Observer, true); !errors.Is(err, opening.ErrMissing) {
			t.Errorf("an owner adds somebody else = %v; want ErrMissing", err)
		}
		if err := w.SetRole(ctx, w.owner, sealed, w.owner.ID, opening.Manager, true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Load(ctx, w.owner, sealed); err != nil {
			t.Errorf("Load after joining = %v", err)
		}
		w.write(t, func(tx db.Tx) error {
			lines, err := audit.Of(ctx, tx, string(sealed), 10)
			if err != nil || len(lines) == 0 || lines[0].Verb != "opening.add_role" || lines[0].Actor.ID != w.owner.ID {
				t.Errorf("audit = %v, %v; want who joined", lines, err)
			}
			return nil
		})
	})
}

func TestBlindnessIsDecidedByTheLoader(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		if err := w.SetRole(ctx, w.owner, o, w.rev.ID, opening.Reviewer, true); err != nil {
			t.Fatal(err)
		}
		inv := w.invite(t, o, "Amara Okafor", "amara@mail.example")
		filed := false
		w.Blind = func(_ context.Context, _ db.Tx, who actor.Actor, a opening.ApplicationID) (bool, string, error) {
			if who.ID != w.rev.ID && who.ID != w.owner.ID {
				return false, "", nil
			}
			return !filed, "K7QX", nil
		}
		for _, who := range []actor.Actor{w.rev, w.owner} { // a manager who reviews is no exception
			a, err := w.LoadApplication(ctx, who, inv.Application)
			if err != nil || !a.Blind || a.Title() != "Candidate K7QX" || a.Name+a.Email+a.Candidate+a.Zone != "" || !a.Created.IsZero() {
				t.Errorf("assigned: LoadApplication = %+v, %v; want a code and nothing that names", a, err)
			}
		}
		filed = true
		if a, err := w.LoadApplication(ctx, w.rev, inv.Application); err != nil || a.Name != "Amara Okafor" || a.Email != "" {
			t.Errorf("filed: LoadApplication = %+v, %v; want the name and no address", a, err)
		}
	})
}

func TestStages(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		stages := func() (out []opening.Stage) {
			w.write(t, func(tx db.Tx) (err error) { out, err = w.Stages(ctx, tx, o); return err })
			return out
		}
		two := stages()[1].ID
		if err := w.RaiseStage(ctx, w.owner, o, two); err != nil {
			t.Fatal(err)
		}
		if got := stages(); got[0].ID != two || got[0].Position != 1 || got[1].Position != 2 {
			t.Errorf("raised: %v; want Talk first", got)
		}
		inv := w.invite(t, o, "Amara Okafor", "amara@mail.example")
		if err := w.RemoveStage(ctx, w.owner, o, inv.Stage); !errors.Is(err, opening.ErrStageUsed) {
			t.Errorf("removing a stage with somebody in it = %v; want ErrStageUsed", err)
		}
		if err := w.RemoveStage(ctx, w.owner, o, stages()[1].ID); err != nil {
			t.Fatal(err)
		}
		if err := w.RemoveStage(ctx, w.owner, o, inv.Stage); !errors.Is(err, opening.ErrLastStage) {
			t.Errorf("removing the last = %v; want ErrLastStage", err)
		}
		if err := w.SaveStage(ctx, w.owner, o, opening.Stage{Title: "More", Window: 3, Format: "quiz"}); err == nil {
			t.Error("a stage without an assessment was taken")
		}
	})
}

func TestMovingOn(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		first := w.invite(t, o, "Amara Okafor", "amara@mail.example")
		a, err := w.LoadApplication(ctx, w.owner, first.Application)
		if err != nil {
			t.Fatal(err)
		}
		w.tick.Add(time.Hour)
		var next opening.InvitationID
		w.write(t, func(tx db.Tx) error {
			var more bool
			next, more, err = w.Advance(ctx, tx, w.owner, a, opening.Next{})
			if err != nil || !more {
				t.Errorf("Advance = %v, %v; want the next stage", more, err)
			}
			return err
		})
		if err := w.DB.Write(ctx, w.owner.Org, func(tx db.Tx) error { _, _, err := w.Advance(ctx, tx, w.rec, a, opening.Next{}); return err }); !errors.Is(err, opening.ErrMoved) {
			t.Errorf("two people advance = %v; want ErrMoved for the second", err)
		}
		a, _ = w.LoadApplication(ctx, w.owner, first.Application)
		w.write(t, func(tx db.Tx) error {
			inv, err := w.InvitationIn(ctx, tx, next)
			if want := w.tick.Now().Add(5 * 24 * time.Hour); err != nil || inv.Stage != a.Stage || !inv.FinishBy.Equal(want) {
				t.Errorf("next invitation = %+v, %v; want this stage, until %v", inv, err, want)
			}
			if _, more, err := w.Advance(ctx, tx, w.owner, a, opening.Next{}); more || err != nil {
				t.Errorf("Advance after the last = %v, %v; want nothing more", more, err)
			}
			return w.End(ctx, tx, w.owner, a.ID, opening.Hired)
		})
		if err := w.DB.Write(ctx, w.owner.Org, func(tx db.Tx) error { return w.End(ctx, tx, w.owner, a.ID, opening.Declined) }); !errors.Is(err, opening.ErrMoved) {
			t.Errorf("declining who was hired = %v; want ErrMoved", err)
		}
	})
}

func TestErasingLeavesNoLink(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		o := w.open(t, w.owner, false)
		inv, err := w.Invite(ctx, w.owner, o, opening.InviteForm{Name: "Amara Okafor", Email: "amara@mail.example", Note: "Good to meet you, Amara"})
		if err != nil {
			t.Fatal(err)
		}
		link := w.Secret(inv)
		p := db.Person{Org: w.owner.Org, Candidate: inv.Candidate, Applications: []string{string(inv.Application)}, Invitations: []string{string(inv.ID)}}
		w.write(t, func(tx db.Tx) error {
			if _, err := w.Erase(ctx, tx, p); err != nil {
				return err
			}
			_, err := w.Candidates.Erase(ctx, tx, p)
			return err
		})
		if _, err := w.Look(ctx, link); !errors.Is(err, opening.ErrLink) {
			t.Errorf("Look after erasure = %v; want ErrLink", err)
		}
		a, err := w.LoadApplication(ctx, w.owner, inv.Application)
		if err != nil || a.Name != "" || a.Title() != "Erased candidate" {
			t.Errorf("LoadApplication after erasure = %+v, %v; want a hollow row", a, err)
		}
	})
}
