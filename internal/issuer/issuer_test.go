package issuer_test

import (
	"context"
	"errors"
	"io/fs"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/egress"
	"candor/internal/issuer"
	"candor/internal/issuer/issuertest"
	"candor/internal/job"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/secret"
)

var ctx = context.Background()

var people = []issuertest.Person{
	{Subject: "s-ines", Name: "Ines Invited", Email: "Ines@tideway.example"},
	{Subject: "s-una", Name: "Una Unchecked", Email: "una@tideway.example", Unchecked: true},
	{Subject: "s-nomail", Name: "Nora Nomail"},
	{Subject: "s-ada", Name: "Ada Reyes", Email: "ada@tideway.example"},
	{Subject: "s-dora", Name: "Dora Domain", Email: "dora@harbour.example"},
	{Subject: "s-sol", Name: "Sol Stranger", Email: "sol@else.example"},
	{Subject: "s-sub", Name: "Sub Domain", Email: "sub@evil.harbour.example"},
}

// world is an organisation with an issuer, and people who are known there.
type world struct {
	*issuer.Issuers
	t     *testing.T
	tick  *dbtest.Clock
	owner actor.Actor
	first *issuertest.Service
	id    issuer.ID
}

var schemas = []fs.FS{audit.Schema, account.Schema, org.Schema, issuer.Schema}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// makeWorld founds an organisation whose issuer vouches for everybody of harbour.example.
func makeWorld(t *testing.T, d *db.DB, tick *dbtest.Clock) *world {
	t.Helper()
	jobs, err := job.New(d, job.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, schemas, job.Migrate(d)); err != nil {
		t.Fatal(err)
	}
	key := secret.Of("test")
	accounts := &account.Accounts{DB: d, Jobs: jobs, Key: key}
	orgs := &org.Orgs{DB: d, Jobs: jobs, Accounts: accounts}
	w := &world{t: t, tick: tick, Issuers: &issuer.Issuers{DB: d, Key: key, Accounts: accounts, Orgs: orgs, URL: "https://candor.example",
		Out: egress.Out{Allow: func(a netip.AddrPort) bool { return a.Addr().IsLoopback() }}}}
	w.owner = w.found("Tideway", "ada@tideway.example")
	w.first, w.id = w.service(w.owner)
	return w
}

func (w *world) found(name, email string) actor.Actor {
	w.t.Helper()
	o, m, err := w.Orgs.Found(ctx, name, email, "Ada Reyes", "Europe/Lisbon")
	w.must(err)
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
}

// service starts one and sets it up.
func (w *world) service(owner actor.Actor) (*issuertest.Service, issuer.ID) {
	w.t.Helper()
	s := issuertest.Start(w.t, people...)
	w.Roots = s.Roots(w.Roots)
	i, err := w.Add(ctx, owner, issuer.Form{URL: s.URL + "/", Label: "Harbour account", Client: issuertest.Client, Secret: issuertest.Secret, Domains: "Harbour.example", Roles: []string{org.Reviewer}})
	w.must(err)
	s.Let(w.Back(owner.Org, i))
	return s, i
}

// way goes to an issuer and back, as somebody who is signed in as session.
func (w *world) way(s *issuertest.Service, o org.ID, i issuer.ID, subject string, session account.Session) (cookie string, err error) {
	w.t.Helper()
	to, trip, err := w.Begin(ctx, o, i, session.Account.ID, "/next")
	w.must(err)
	back, err := s.Enter(to, subject)
	w.must(err)
	if !strings.HasPrefix(back.String(), w.Back(o, i)+"?") {
		w.t.Fatalf("sent back to %s", back)
	}
	cookie, next, err := w.Finish(ctx, o, i, trip, back.Query(), session, "a browser")
	if next != "/next" {
		w.t.Errorf("it goes on at %q", next)
	}
	return cookie, err
}

func (w *world) signIn(subject string) (string, error) {
	w.t.Helper()
	return w.way(w.first, w.owner.Org, w.id, subject, account.Session{})
}

func (w *world) session(cookie string) account.Session {
	w.t.Helper()
	s, err := w.Accounts.Session(ctx, cookie)
	w.must(err)
	return s
}

// refused checks a refusal.
func refused(t *testing.T, what string, err error, want *problem.Problem) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v; want %s", what, err, want.Code)
	}
}

// TestWhoIsLetIn: an issuer's word lets in whom the organisation invited or whose domain it chose, once and then by subject; nobody else, and never
// because of an address alone.
func TestWhoIsLetIn(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := makeWorld(t, d, tick)
		o := w.owner.Org
		invited, err := w.Orgs.Invite(ctx, w.owner, org.Member{Name: "Ines Invited", Email: "ines@tideway.example", Roles: []string{org.Author}})
		w.must(err)
		_, err = w.Orgs.Invite(ctx, w.owner, org.Member{Name: "Una Unchecked", Email: "una@tideway.example", Roles: []string{org.Owner}})
		w.must(err)
		for subject, want := range map[string]*problem.Problem{"s-una": issuer.ErrUnchecked, "s-nomail": issuer.ErrNoMail, "s-ada": issuer.ErrConnect, "s-sol": issuer.ErrStranger, "s-sub": issuer.ErrStranger} {
			_, err := w.signIn(subject)
			refused(t, subject, err, want)
		}
		cookie, err := w.signIn("s-ines")
		w.must(err)
		ines := w.session(cookie)
		if who, m, err := w.Orgs.Actor(ctx, ines.Account.ID, o); err != nil || m.ID != invited.ID || !who.Has(org.Author) || ines.Org != o {
			t.Errorf("the invited is %+v in %q, %v", m, ines.Org, err)
		}
		for range 2 { // the second time by subject
			cookie, err = w.signIn("s-dora")
			w.must(err)
		}
		hers, dora := cookie, w.session(cookie)
		if who, m, err := w.Orgs.Actor(ctx, dora.Account.ID, o); err != nil || m.Name != "Dora Domain" || strings.Join(who.Roles, " ") != org.Reviewer {
			t.Errorf("by domain came %+v, %v", m, err)
		}
		// A member connects from within, and only where they began.
		ada := account.Session{ID: "x", Account: account.Account{ID: w.member(w.owner.ID).Account}}
		_, err = w.way(w.first, o, w.id, "s-dora", ada)
		refused(t, "an account of another member", err, issuer.ErrOther)
		_, err = w.way(w.first, o, w.id, "s-ada", ada)
		w.must(err)
		_, err = w.way(w.first, o, w.id, "s-sol", ada)
		refused(t, "a second account", err, issuer.ErrOther)
		to, trip, err := w.Begin(ctx, o, w.id, ada.Account.ID, "")
		w.must(err)
		back, err := w.first.Enter(to, "s-sol")
		w.must(err)
		for name, s := range map[string]account.Session{"nobody": {}, "another": dora, "ada elsewhere": {Account: ada.Account, Org: "org_other"}} {
			_, _, err = w.Finish(ctx, o, w.id, trip, back.Query(), s, "")
			refused(t, "connected as "+name, err, issuer.ErrTrip)
		}
		cookie, err = w.signIn("s-ada")
		w.must(err)
		if s := w.session(cookie); s.Account.ID != ada.Account.ID || s.Org != o {
			t.Errorf("signed in as %+v; want ada, bound", s)
		}
		// What ends ends.
		w.must(w.Disconnect(ctx, w.owner, w.id))
		_, err = w.Accounts.Session(ctx, cookie)
		refused(t, "after disconnecting", err, account.ErrSession)
		w.must(w.Orgs.Disable(ctx, w.owner, invited.ID))
		_, err = w.signIn("s-ines")
		refused(t, "disabled", err, issuer.ErrEnded)
		w.must(w.Remove(ctx, w.owner, w.id))
		_, err = w.Accounts.Session(ctx, hers)
		refused(t, "after the issuer was removed", err, account.ErrSession)
		w.must(audit.Seal(ctx, d, o))
		var verbs []string
		w.must(d.Read(ctx, o, func(tx db.Tx) error {
			lines, err := audit.Lines(ctx, tx, 0, 100)
			for _, l := range lines {
				verbs = append(verbs, l.Verb)
			}
			return err
		}))
		for _, v := range []string{"issuer.add", "member.accept", "member.join", "issuer.connect", "issuer.disconnect", "issuer.remove"} {
			if !strings.Contains(strings.Join(verbs, " "), v) {
				t.Errorf("the record has no %s: %v", v, verbs)
			}
		}
	})
}

func (w *world) member(m org.MemberID) (out org.Member) {
	w.t.Helper()
	w.must(w.DB.Read(ctx, w.owner.Org, func(tx db.Tx) (err error) {
		out, err = w.Orgs.Member(ctx, tx, m)
		return err
	}))
	return out
}

// TestAnIssuerBindsItsOwnOrganisationOnly: whoever owns an organisation may set up an issuer that says anything; it opens nothing elsewhere.
func TestAnIssuerBindsItsOwnOrganisationOnly(t *testing.T) {
	d, tick := dbtest.Open(t, schemas...)
	w := makeWorld(t, d, tick)
	evil := w.found("Evil", "eve@evil.example")
	s, i := w.service(evil)
	_, err := w.Orgs.Invite(ctx, evil, org.Member{Name: "Ada Reyes", Email: "ada@tideway.example"})
	w.must(err)
	cookie, err := w.way(s, evil.Org, i, "s-ada", account.Session{})
	w.must(err)
	got := w.session(cookie)
	if got.Account.ID != w.member(w.owner.ID).Account {
		t.Fatal("it is another account, so this proves nothing")
	}
	if got.Org != evil.Org {
		t.Errorf("the session is good in %q; want the issuer's organisation only", got.Org)
	}
	_, own, err := w.Accounts.Press(ctx, w.link("ada@tideway.example"), "", "her own browser")
	if err != nil || own != "" {
		t.Fatal(own, err)
	}
	if list, err := w.Accounts.List(ctx, got); err != nil || len(list) != 1 {
		t.Errorf("it sees %d sessions, %v; want its own only", len(list), err)
	}
}

func (w *world) link(email string) string {
	w.t.Helper()
	s, err := w.Accounts.AdminLink(ctx, email)
	w.must(err)
	return s
}

// TestWhatAnIssuerGetsWrong: each wrong answer has its own clear words, and nobody is signed in.
func TestWhatAnIssuerGetsWrong(t *testing.T) {
	d, tick := dbtest.Open(t, schemas...)
	w := makeWorld(t, d, tick)
	o := w.owner.Org
	for name, c := range map[string]struct {
		lie  func(map[string]any)
		want *problem.Problem
	}{
		"another audience":          {func(m map[string]any) { m["aud"] = "another" }, issuer.ErrAudience},
		"a second audience, unsaid": {func(m map[string]any) { m["aud"] = []string{issuertest.Client, "another"}; delete(m, "azp") }, issuer.ErrAudience},
		"another party":             {func(m map[string]any) { m["azp"] = "another" }, issuer.ErrAudience},
		"another nonce":             {func(m map[string]any) { m["nonce"] = "another" }, issuer.ErrStale},
		"no nonce":                  {func(m map[string]any) { delete(m, "nonce") }, issuer.ErrStale},
		"run out":                   {func(m map[string]any) { m["exp"] = dbtest.Start.Add(-time.Minute).Unix() }, issuer.ErrStale},
		"another issuer":            {func(m map[string]any) { m["iss"] = "https://else.example" }, issuer.ErrMix},
		"no subject":                {func(m map[string]any) { m["sub"] = "" }, issuer.ErrKeys},
		"another's userinfo":        {func(m map[string]any) { m["sub"] = "s-ines" }, issuer.ErrMix},
	} {
		w.first.Lies(c.lie)
		_, err := w.signIn("s-dora")
		refused(t, name, err, c.want)
	}
	w.first.Lies(nil)
	w.first.Forges()
	_, err := w.signIn("s-dora")
	refused(t, "wrong keys", err, issuer.ErrKeys)
	w.first.Lies(nil)

	// Mix-up: the answer of one issuer is brought to the other, and the other way round.
	second, other := w.service(w.owner)
	to, trip, err := w.Begin(ctx, o, w.id, "", "")
	w.must(err)
	back, err := w.first.Enter(to, "s-dora")
	w.must(err)
	_, _, err = w.Finish(ctx, o, other, trip, back.Query(), account.Session{}, "")
	refused(t, "at the other's address", err, issuer.ErrMix)
	named := back.Query()
	named.Set("iss", second.URL)
	_, _, err = w.Finish(ctx, o, w.id, trip, named, account.Session{}, "")
	refused(t, "named as the other", err, issuer.ErrMix)
	to, foreign, err := w.Begin(ctx, o, other, "", "")
	w.must(err)
	_, _, err = w.Finish(ctx, o, w.id, foreign, back.Query(), account.Session{}, "")
	refused(t, "with the other's trip", err, issuer.ErrTrip)
	stolen, err := second.Enter(to, "s-dora")
	w.must(err)
	q := back.Query()
	q.Set("code", stolen.Query().Get("code"))
	_, _, err = w.Finish(ctx, o, w.id, trip, q, account.Session{}, "")
	refused(t, "with the other's code", err, issuer.ErrStale)

	for name, c := range map[string]struct {
		change func(url.Values)
		want   *problem.Problem
	}{
		"another state": {func(q url.Values) { q.Set("state", "x") }, issuer.ErrTrip},
		"declined":      {func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, issuer.ErrDeclined},
		"another code":  {func(q url.Values) { q.Set("code", "x") }, issuer.ErrStale},
	} {
		q := back.Query()
		c.change(q)
		_, _, err := w.Finish(ctx, o, w.id, trip, q, account.Session{}, "")
		refused(t, name, err, c.want)
	}
	for name, cookie := range map[string]string{"no cookie": "", "a foreign cookie": "AAAA" + trip} {
		_, _, err := w.Finish(ctx, o, w.id, cookie, back.Query(), account.Session{}, "")
		refused(t, name, err, issuer.ErrTrip)
	}
	tick.Add(issuer.TripLife)
	_, _, err = w.Finish(ctx, o, w.id, trip, back.Query(), account.Session{}, "")
	refused(t, "after ten minutes", err, issuer.ErrTrip)

	w.must(w.Change(ctx, w.owner, w.id, issuer.Form{Label: "Harbour account", Client: issuertest.Client, Secret: "wrong", Domains: "harbour.example"}))
	_, err = w.signIn("s-dora")
	refused(t, "a wrong secret", err, issuer.ErrClient)
	w.first.Stop()
	_, _, err = w.Begin(ctx, o, w.id, "", "")
	refused(t, "one that is down", err, issuer.ErrSilent)
	refused(t, "its check", w.Check(ctx, w.owner, w.id), issuer.ErrSilent)
	w.Out = egress.Out{}
	refused(t, "one inside", w.Check(ctx, w.owner, other), issuer.ErrSilent)
}

// TestWhatIsSetUp: what cannot be an issuer is not kept, only owners keep one, and the secret is nowhere in the database.
func TestWhatIsSetUp(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := makeWorld(t, d, tick)
		good := issuer.Form{URL: w.first.URL, Label: "Again", Client: "c", Secret: "s"}
		_, err := w.Add(ctx, w.owner, good)
		refused(t, "the same again", err, issuer.ErrTwice)
		_, err = w.Add(ctx, actor.Actor{Kind: actor.Member, ID: w.owner.ID, Org: w.owner.Org, Roles: []string{org.Author, org.Recruiter, org.Reviewer}}, good)
		refused(t, "by who is no owner", err, org.ErrRole)
		for field, f := range map[string]issuer.Form{
			"url":     {URL: "http://harbour.example", Label: "x", Client: "c", Secret: "s"},
			"label":   {URL: good.URL, Client: "c", Secret: "s"},
			"client":  {URL: good.URL, Label: "x", Secret: "s"},
			"secret":  {URL: good.URL, Label: "x", Client: "c"},
			"domains": {URL: good.URL, Label: "x", Client: "c", Secret: "s", Domains: "@harbour"},
			"roles":   {URL: good.URL, Label: "x", Client: "c", Secret: "s", Roles: []string{org.Owner}},
		} {
			_, err := w.Add(ctx, w.owner, f)
			if p, ok := problem.As(err); !ok || p.Fields[field] == "" {
				t.Errorf("a wrong %s: %v", field, err)
			}
		}
		w.must(d.Read(ctx, w.owner.Org, func(tx db.Tx) error {
			var kept string
			err := tx.QueryRowContext(ctx, `SELECT secret FROM issuers WHERE org_id = $1`, tx.Org).Scan(&kept)
			if kept == "" || strings.Contains(kept, issuertest.Secret) {
				t.Errorf("the secret is kept as %q", kept)
			}
			return err
		}))
		// A change without a secret keeps it.
		w.must(w.Change(ctx, w.owner, w.id, issuer.Form{Label: "Renamed", Client: issuertest.Client, Domains: "harbour.example"}))
		if _, err := w.signIn("s-dora"); err != nil {
			t.Error(err)
		}
		other := w.found("Else", "eve@else.example")
		refused(t, "another organisation's", w.Remove(ctx, other, w.id), issuer.ErrMissing)
		if doors, err := w.Doors(ctx, w.owner.Org); err != nil || len(doors) != 1 || doors[0].Label != "Renamed" {
			t.Errorf("doors: %+v, %v", doors, err)
		}
	})
}
