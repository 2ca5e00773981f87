package org_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
)

var ctx = context.Background()

type world struct {
	*org.Orgs
	tick  *dbtest.Clock
	org   org.Org
	owner actor.Actor
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, []fs.FS{audit.Schema, account.Schema, org.Schema}, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		as := &account.Accounts{DB: d, Key: secret.Of("test")}
		w := world{Orgs: &org.Orgs{DB: d, Accounts: as}, tick: tick}
		o, m, err := w.Found(ctx, "Tideway", "Ada@tideway.example", "Ada Reyes", "Europe/Lisbon")
		if err != nil {
			t.Fatal(err)
		}
		w.org, w.owner = o, actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
		fn(t, w)
	})
}

// signIn asks, presses in the same browser, and gives the cookie.
func (w world) signIn(t *testing.T, email, browser string) string {
	t.Helper()
	link, err := w.Accounts.AdminLink(ctx, email)
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := w.Accounts.Press(ctx, link, browser, "test")
	if err != nil {
		t.Fatal(err)
	}
	return cookie
}

func TestALinkSignsInOnce(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		link, err := w.Accounts.AdminLink(ctx, "ada@TIDEWAY.example")
		if err != nil {
			t.Fatal(err)
		}
		var wins atomic.Int64
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				cookie, _, err := w.Accounts.Press(ctx, link, "", "test")
				switch {
				case err == nil && cookie != "":
					wins.Add(1)
				case !errors.Is(err, account.ErrLink):
					t.Errorf("Press = %v; want ErrLink for all but one", err)
				}
			})
		}
		wg.Wait()
		if wins.Load() != 1 {
			t.Errorf("%d of 100 parallel presses signed in; want 1", wins.Load())
		}
	})
}

// waiting is a link that browser "laptop" asked for, and its secret.
func (w world) waiting(t *testing.T) string {
	t.Helper()
	if err := w.Accounts.Ask(ctx, "ada@tideway.example", "laptop"); err != nil {
		t.Fatal(err)
	}
	var link string
	err := w.DB.InstallationRead(ctx, func(tx db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT id FROM signin_links WHERE used_at = 0 ORDER BY created_at DESC, id DESC LIMIT 1`).Scan(&link)
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.Accounts.Secret(link)
}

func TestALinkOpenedElsewhereShowsDigitsForTheAskingBrowser(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		link := w.waiting(t)
		cookie, digits, err := w.Accounts.Press(ctx, link, "phone", "test")
		if err != nil || cookie != "" || len(digits) != 6 {
			t.Fatalf("Press on the phone = %q, %q, %v; want digits and no session", cookie, digits, err)
		}
		if _, err := w.Accounts.Type(ctx, digits, "somebody else's browser", "test"); !errors.Is(err, account.ErrCode) {
			t.Errorf("typing the digits into a third browser = %v; want ErrCode", err)
		}
		if cookie, err = w.Accounts.Type(ctx, digits, "laptop", "test"); err != nil || cookie == "" {
			t.Errorf("typing the digits into the asking browser = %q, %v; want a session", cookie, err)
		}
		if _, err := w.Accounts.Type(ctx, digits, "laptop", "test"); !errors.Is(err, account.ErrCode) {
			t.Errorf("typing them again = %v; want ErrCode", err)
		}
	})
}

func TestDigitsCanBeTriedFiveTimes(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		_, digits, err := w.Accounts.Press(ctx, w.waiting(t), "phone", "test")
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if _, err := w.Accounts.Type(ctx, "xxxxxx", "laptop", "test"); !errors.Is(err, account.ErrCode) {
				t.Fatal(err)
			}
		}
		if _, err := w.Accounts.Type(ctx, digits, "laptop", "test"); !errors.Is(err, account.ErrCode) {
			t.Errorf("the right digits after five wrong ones = %v; want ErrCode", err)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		idle := w.signIn(t, "ada@tideway.example", "")
		if _, err := w.Accounts.Session(ctx, idle); err != nil {
			t.Fatal(err)
		}
		w.tick.Add(account.Idle + time.Second)
		if _, err := w.Accounts.Session(ctx, idle); !errors.Is(err, account.ErrSession) {
			t.Errorf("after 12 idle hours = %v; want ErrSession", err)
		}
		busy := w.signIn(t, "ada@tideway.example", "")
		for range 15 {
			if _, err := w.Accounts.Session(ctx, busy); err != nil {
				t.Fatal(err)
			}
			w.tick.Add(11 * time.Hour)
		}
		w.tick.Add(4 * time.Hour)
		if _, err := w.Accounts.Session(ctx, busy); !errors.Is(err, account.ErrSession) {
			t.Errorf("after 7 days = %v; want ErrSession", err)
		}
	})
}

func TestOnlyAnActiveMemberHasRights(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		m, err := w.Invite(ctx, w.owner, org.Member{Name: "Jun Li", Email: "jun@tideway.example", Roles: []string{org.Reviewer}})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Actor(ctx, m.Account, w.org.ID); !errors.Is(err, org.ErrMissing) {
			t.Errorf("Actor of an invited member = %v; want ErrMissing", err)
		}
		var link string
		w.DB.InstallationRead(ctx, func(tx db.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT id FROM signin_links WHERE purpose = 'member'`).Scan(&link)
		})
		cookie, o, err := w.Accept(ctx, w.Accounts.Secret(link), "test")
		if err != nil || o != w.org.ID {
			t.Fatalf("Accept = %s, %v", o, err)
		}
		a, _, err := w.Actor(ctx, m.Account, w.org.ID)
		if err != nil || !a.Has(org.Reviewer) || a.Has(org.Owner) {
			t.Errorf("Actor = %+v, %v; want a reviewer", a, err)
		}
		if err := w.Disable(ctx, a, w.owner.ID); !errors.Is(err, org.ErrRole) {
			t.Errorf("a reviewer disabling the owner = %v; want ErrRole", err)
		}
		if err := w.Disable(ctx, w.owner, m.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Accounts.Session(ctx, cookie); !errors.Is(err, account.ErrSession) {
			t.Errorf("the disabled member's session = %v; want ErrSession", err)
		}
		if _, _, err := w.Actor(ctx, m.Account, w.org.ID); !errors.Is(err, org.ErrMissing) {
			t.Errorf("Actor of a disabled member = %v; want ErrMissing", err)
		}
	})
}

func TestAnOrganisationKeepsAnOwner(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		if err := w.Disable(ctx, w.owner, w.owner.ID); !errors.Is(err, org.ErrLastOwner) {
			t.Errorf("Disable = %v; want ErrLastOwner", err)
		}
		err := w.ChangeMember(ctx, w.owner, org.Member{ID: w.owner.ID, Name: "Ada", Roles: []string{org.Author}})
		if !errors.Is(err, org.ErrLastOwner) {
			t.Errorf("ChangeMember = %v; want ErrLastOwner", err)
		}
		second, err := w.Enrol(ctx, w.owner, org.Member{Name: "Bo", Email: "bo@tideway.example", Roles: org.AllRoles})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var gone atomic.Int64
		for _, m := range []string{w.owner.ID, second.ID} {
			wg.Go(func() {
				if w.Disable(ctx, w.owner, m) == nil {
					gone.Add(1)
				}
			})
		}
		wg.Wait()
		if gone.Load() != 1 {
			t.Errorf("%d of two owners disabled at once; want 1", gone.Load())
		}
	})
}

func TestTwoOrganisationsNeverSeeEachOther(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		other, boss, err := w.Found(ctx, "Other", "eve@other.example", "Eve", "UTC")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Actor(ctx, boss.Account, w.org.ID); !errors.Is(err, org.ErrMissing) {
			t.Errorf("the other owner here = %v; want ErrMissing", err)
		}
		eve := actor.Actor{Kind: actor.Member, ID: boss.ID, Org: other.ID, Roles: boss.Roles}
		if err := w.Disable(ctx, eve, w.owner.ID); !errors.Is(err, org.ErrMissing) {
			t.Errorf("disabling a member of another organisation = %v; want ErrMissing", err)
		}
		list, err := w.Members(ctx, eve)
		if err != nil || len(list) != 1 || list[0].ID != boss.ID {
			t.Errorf("Members = %v, %v; want Eve only", list, err)
		}
	})
}

func TestTheRoleTable(t *testing.T) {
	table := org.Roles()
	for action, roles := range table.Actions {
		for _, r := range roles {
			if r != "*" && !slices.Contains(org.AllRoles, r) {
				t.Errorf("%s names the role %q, which does not exist", action, r)
			}
		}
		for _, role := range org.AllRoles {
			who := actor.Actor{Kind: actor.Member, Roles: []string{role}}
			want := slices.Contains(roles, "*") || slices.Contains(roles, role)
			if got := org.May(who, action); got != want {
				t.Errorf("May(%s, %s) = %v; want %v", role, action, got, want)
			}
		}
		if org.May(actor.Actor{Kind: actor.Candidate, Roles: org.AllRoles}, action) || org.May(actor.Actor{}, action) {
			t.Errorf("%s is open to candidates or strangers", action)
		}
	}
	if org.May(actor.Actor{Kind: actor.Member, Roles: org.AllRoles}, "no.such") {
		t.Error("an action that is not in the table is open")
	}
	for field, seen := range table.Fields {
		if seen["blind"] && (field == "name" || field == "email" || field == "accommodation" || field == "time used" || field == "others' scorecards") {
			t.Errorf("a blind reviewer reads %s", field)
		}
	}
}

func TestSetupHappensOnce(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		link, err := w.Accounts.SetupLink(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Setup(ctx, link, "", "x@y.example", "X", "UTC", ""); problemField(err) != "organisation" {
			t.Errorf("Setup without a name = %v; want the field organisation named, and the link not used up", err)
		}
		if _, _, err := w.Setup(ctx, link, "New", "x@y.example", "X", "UTC", ""); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Setup(ctx, link, "Newer", "x@y.example", "X", "UTC", ""); !errors.Is(err, account.ErrLink) {
			t.Errorf("Setup again = %v; want ErrLink", err)
		}
	})
}

func problemField(err error) string {
	if p, ok := problem.As(err); ok {
		for f := range p.Fields {
			return f
		}
	}
	return ""
}
