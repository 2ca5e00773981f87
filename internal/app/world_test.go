package app_test

import (
	"cmp"
	"context"
	"flag"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/batch"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/id"
	"candor/internal/integrity"
	"candor/internal/interview"
	"candor/internal/judge"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/response"
	"candor/internal/review"
	"candor/internal/secret"
	"candor/internal/sheet"
	"candor/internal/talk"
	"candor/internal/thread"
	"candor/internal/token"
	"candor/internal/trial"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
	"candor/internal/web"
)

var ctx = context.Background()

// world is an installation with two organisations of the same shape, in which every text that somebody wrote holds a word of its
// own (see [word]), and with everybody who may ask.
type world struct {
	t           testing.TB
	app         *app.App
	mux         http.Handler
	routes      []web.Route
	tick        *dbtest.Clock
	here, there *side
	people      []*person
	table       org.Table // roles.yaml

	secrets map[string]string // of links, by the first word of their path
	quick   bool              // one finding is enough
	plain   bool              // who may do what, and nothing beside it
	enough  bool              // it is found
	fresh   int               // candidates made for one act
	names   []string          // of tables
	columns map[string]string // by table, as SQL names them
}

// side is one organisation with what is in it.
type side struct {
	w                *world
	name             string
	org              org.Org
	system           actor.Actor
	assessment       assessment.ID
	published, draft assessment.VersionID
	free             assessment.VersionID    // published, without a clock
	plain, sealed    opening.ID              // sealed is the confidential one
	batches          map[opening.ID]batch.ID // a confirmed list of each opening, which waits for its start
	members          map[string]org.Member
	session          string // of somebody who does not ask
	token            string // of a program
	phrase           review.PhraseID
	issuer           string     // a sign-in service, which nobody reaches
	test             string     // one of Greenhouse's, of which it could not be told
	hook, delivery   string     // an endpoint, and what was given up for it
	read, blind      *applicant // in review: by reviewers; by a manager and an owner
	waits, told      *applicant // decided and not told yet; declined with a reply
	kept             *applicant // in the sealed opening, decided and not told yet
	busy             *applicant // who works on it right now
}

// applicant is a candidate in an opening, with the ids of all that hangs on it.
type applicant struct {
	name     string
	talk     interview.Code // of the interview about their work; "" none
	trial    trial.ID       // what they are offered; "" none
	opening  opening.ID
	stage    opening.StageID
	inv      opening.Invitation
	who      actor.Actor
	cookie   string
	code     review.Code
	decision string
	sitting  attempt.SittingID
	revision string
	late     string          // the revision of what came after the end
	question string          // the case about their work; "" none
	payment  string          // what they are offered for their work
	message  string          // what they asked about a task
	upload   upload.ID       // one that is on its way
	cards    map[string]bool // by reader: whether it is filed
}

// person is somebody who asks.
type person struct {
	name      string
	candidate *applicant // whose session it is
	side      *side      // whose member or candidate; nil is nobody
	member    org.Member //
	inPlain   []opening.Role
	inSealed  []opening.Role
	ended     bool // the session is over, or was never one
	account   bool // signed in, but not as an active member of here
	cookie    string
}

// word is the canary of one text: it stands nowhere else.
func (s *side) word(what, of string) string {
	return "zq" + what + strings.ToLower(s.name) + of
}

// tree is an assessment with every kind; its hidden tests and solutions hold words.
func (s *side) tree(title string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range map[string]string{
		"assessment.yaml": `candor: 1
title: ` + title + `
about: Three short parts.
ai: {policy: allowed}
reply_days: 5
rubric:
  - {key: clear, title: Clear, weight: 2, about: Is it clear?, items: [tell-us], levels: [{name: Not yet, anchor: Cannot be followed.}, {name: Solid, anchor: At the first reading.}]}
collaboration:
  - {key: asks, title: Asks, about: Do they ask when something is unclear?, levels: [{name: Not yet, anchor: Went on guessing.}, {name: Solid, anchor: Asked before getting stuck.}]}
parts:
  - {key: quiz, title: Quiz, about: Two questions., minutes: 5, items: [{item: pick}, {item: term}]}
  - {key: writing, title: Writing, about: One text., minutes: 20, timed: 30, items: [{item: tell-us}]}
  - {key: coding, title: Coding, about: One program., minutes: 10, items: [{item: program}, {item: pull}]}
`,
		"items/pick/item.yaml": "kind: choice\ntitle: Pick\nminutes: 2\nstatement: Which?\ntype: single\nshuffle: true\noptions: [{text: alpha, correct: true, why: " +
			s.word("solution", "") + "}, {text: beta}, {text: gamma}]\n",
		"items/term/item.yaml":              "kind: choice\ntitle: Term\nminutes: 2\nstatement: What is it called?\ntype: text\ntext: {accept: [" + s.word("accepted", "") + "]}\n",
		"items/tell-us/item.yaml":           "kind: freetext\ntitle: Tell us\nminutes: 20\nstatement: What happened?\nwords: {from: 2, to: 80}\n",
		"items/program/item.yaml":           "kind: code\ntitle: Program\nminutes: 10\nstyle: stdin\nstatement: Print what you read.\nlanguages: {python: {}}\n",
		"items/program/leaked/python/f.py":  found,
		"items/program/data/sample/one.in":  "1\n",
		"items/program/data/sample/one.ans": "1\n",
		"items/program/data/secret/two.in":  s.word("hidden", "in") + "\n",
		"items/program/data/secret/two.ans": s.word("hidden", "out") + "\n",
		"items/pull/item.yaml":              "kind: codereview\ntitle: Pull\nminutes: 10\nauthor: Ines Duarte\nstatement: Jobs go to the nearest robot.\n",
		"items/pull/base/a.go":              "package a\n",
		"items/pull/change/a.go":            "package a\n\nvar x = 1\n",
		"items/pull/defects.yaml":           "defects: [{id: one, file: a.go, lines: 3, severity: must, class: logic, title: " + s.word("seeded", "title") + ", why: " + s.word("seeded", "why") + "}]\n",
	} {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// found is what went round, and what the one who is asked about it hands in beside their own.
const found = `def merge(left, right):
    out, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if left[i].due <= right[j].due:
            out.append(left[i])
            i += 1
        else:
            out.append(right[j])
            j += 1
    return out + left[i:] + right[j:]

def sailings(rows, harbour, limit=12):
    seen = {}
    for row in sorted(rows, key=lambda r: (r.ship, -r.revision)):
        if row.harbour != harbour or row.ship in seen:
            continue
        seen[row.ship] = row
    return [seen[ship] for ship in sorted(seen) if seen[ship].draught < limit]
`

// loud is a judge that tells everything it knows, hidden tests too: what a candidate may see is not its business.
type loud struct{}

func (loud) Judge(_ context.Context, t judge.Task, _ func(judge.Result)) (judge.Outcome, error) {
	out := judge.Outcome{Verdict: judge.WA}
	for _, x := range t.Tests {
		out.Tests = append(out.Tests, judge.Result{Name: x.Name, Hidden: x.Hidden, Own: x.Own, Verdict: judge.WA, Reason: "wants " + string(x.Want), In: x.In, Want: x.Want,
			Got: x.Want, Stderr: x.Want, Text: string(x.In)})
	}
	return out, nil
}

// makeWorld makes it on a database; "" is SQLite.
func makeWorld(t testing.TB, database string) *world {
	t.Helper()
	w := &world{t: t, tick: dbtest.NewClock(), table: org.Roles()}
	a, err := app.Open(ctx, app.Config{Data: t.TempDir(), Database: database, URL: "http://example.com", Now: w.tick.Now})
	w.must(err)
	t.Cleanup(func() { a.Close() })
	w.app = a
	a.Runs.Worker = loud{}
	accepts := a.Uploads.Accepts
	a.Uploads.Accepts = func(ctx context.Context, who actor.Actor, s upload.Subject) (upload.Accepting, error) {
		if who.Kind == actor.Member {
			return accepts(ctx, who, s)
		}
		return uploadtest.Recordings(ctx, who, s) // there is no item in this world that takes any
	}
	a.Hub.Every = 5 * time.Millisecond
	mux, err := a.Unhurried()
	w.must(err)
	w.mux, w.routes = mux, mux.Routes()
	w.tick.Add(2 * time.Hour)
	w.here, w.there = w.found("Tide"), w.found("Gull")
	for _, s := range []*side{w.here, w.there} {
		session, err := a.Accounts.Session(ctx, w.signIn(s.members["founder"].Email))
		w.must(err)
		s.session = session.ID
	}
	w.gather()
	setup, err := a.Accounts.SetupLink(ctx)
	w.must(err)
	in, err := a.Accounts.AdminLink(ctx, w.here.address("leaver"))
	w.must(err)
	w.secrets = map[string]string{"i": a.Openings.Secret(w.here.blind.inv), "setup": setup, "sign-in": in}
	w.secrets["apply"], w.secrets["sealed"] = w.here.door()
	w.secrets["file"] = w.here.recording(w.here.read)
	return w
}

func (w *world) must(err error, more ...any) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(append([]any{err}, more...)...)
	}
}

func (w *world) drain() {
	w.t.Helper()
	w.must(w.app.Jobs.Drain(ctx))
}

// found makes an organisation with its people, its two openings and the candidates in them.
func (w *world) found(name string) *side {
	w.t.Helper()
	a := w.app
	s := &side{w: w, name: name, members: map[string]org.Member{}}
	o, founder, err := a.Orgs.Found(ctx, name+"way "+s.word("org", ""), "founder@"+strings.ToLower(name)+".example", "Ada Reyes", "Europe/Lisbon")
	w.must(err)
	s.org, s.system = o, actor.ForSystem(o.ID, "test")
	s.members["founder"] = founder
	for name, roles := range map[string][]string{"owner": {org.Owner}, "recruiter": {org.Recruiter}, "author": {org.Author}, "reviewer": {org.Reviewer}, "plain": nil,
		"manager": {org.Reviewer}, "opening's recruiter": {org.Reviewer}, "pool": {org.Reviewer}, "blind reviewer": {org.Reviewer}, "filed reviewer": {org.Reviewer},
		"facilitator": {org.Reviewer}, "observer": {org.Reviewer}, "blind manager": {org.Reviewer}, "blind owner": {org.Owner}, "insider": {org.Reviewer}, "leaver": {org.Reviewer}} {
		s.members[name], err = a.Orgs.Enrol(ctx, s.system, org.Member{Name: strings.ToUpper(name[:1]) + name[1:], Email: s.address(name), Roles: roles})
		w.must(err)
	}
	v, findings, err := a.Assessments.Import(ctx, s.as("founder"), s.tree("Small screen"), "")
	w.must(err, findings)
	_, err = a.Assessments.Publish(ctx, s.as("founder"), v, nil)
	w.must(err)
	s.published = v
	version, err := a.Assessments.Version(ctx, o.ID, v)
	w.must(err)
	s.assessment = version.Assessment
	s.draft, findings, err = a.Assessments.Import(ctx, s.as("founder"), s.tree("Small screen, next"), s.assessment)
	w.must(err, findings)
	free := s.tree("Some days")
	free["assessment.yaml"].Data = []byte(strings.Replace(string(free["assessment.yaml"].Data), "timed: 30, ", "", 1))
	s.free, findings, err = a.Assessments.Import(ctx, s.as("founder"), free, "")
	w.must(err, findings)
	_, err = a.Assessments.Publish(ctx, s.as("founder"), s.free, nil)
	w.must(err)
	s.plain, s.sealed = s.open("plain", false), s.open("sealed", true)
	for _, r := range []struct {
		who  string
		in   opening.ID
		role opening.Role
	}{{"manager", s.plain, opening.Manager}, {"opening's recruiter", s.plain, opening.Recruiter}, {"facilitator", s.plain, opening.Facilitator}, {"observer", s.plain, opening.Observer},
		{"blind manager", s.plain, opening.Manager}, {"insider", s.sealed, opening.Recruiter}, {"insider", s.sealed, opening.Manager}} {
		w.must(a.Openings.SetRole(ctx, s.system, r.in, s.members[r.who].ID, r.role, true))
	}
	for _, o := range []opening.ID{s.plain, s.sealed} {
		w.must(a.Talks.SetTerms(ctx, s.system, o, talk.Terms{Days: 9, Minutes: 30}))
	}
	s.read = s.submitted("read", s.plain, "blind reviewer", "filed reviewer")
	s.file(s.read, "filed reviewer")
	s.blind = s.submitted("blind", s.plain, "blind manager", "blind owner")
	s.waits = s.submitted("waits", s.plain, "filed reviewer")
	s.file(s.waits, "filed reviewer")
	s.decide(s.waits, "manager", review.Advance, true)
	s.told = s.submitted("told", s.plain, "filed reviewer")
	s.file(s.told, "filed reviewer")
	s.decide(s.told, "manager", review.Reject, false)
	w.must(a.Appeals.Ask(ctx, s.told.who, "Misread. "+s.word("appeal", s.told.name))) // nobody is there who could look
	s.kept = s.submitted("kept", s.sealed, "insider")
	s.file(s.kept, "insider")
	s.decide(s.kept, "insider", review.Advance, true)
	s.ask(s.read, "filed reviewer", "plain", "founder")
	s.interview(s.read, "manager", "facilitator")
	s.interview(s.blind, "manager", "facilitator")
	s.interview(s.kept, "insider", "insider")
	s.offer(s.read, "facilitator")
	s.offer(s.blind, "facilitator")
	s.offer(s.kept, "insider")
	s.busy = s.enter("busy", s.plain)
	s.work(s.busy)
	s.deadHook()
	s.token = s.makeToken(s.as("founder"))
	s.phrase, err = a.Reviews.AddPhrase(ctx, s.as("founder"), review.Phrase{Shared: true, Text: "Says what is known."})
	w.must(err)
	s.makeIssuer()
	s.deadTest()
	s.batches = map[opening.ID]batch.ID{s.plain: s.list("plain", s.plain, s.read, s.blind, s.busy), s.sealed: s.list("sealed", s.sealed, s.kept)}
	for _, who := range []string{"pool", "blind reviewer", "filed reviewer", "blind manager", "blind owner"} {
		w.must(a.Openings.SetRole(ctx, s.system, s.plain, s.members[who].ID, opening.Reviewer, true))
	}
	return s
}

func (s *side) address(name string) string {
	return strings.NewReplacer(" ", ".", "'", "").Replace(name) + "@" + strings.ToLower(s.name) + ".example"
}

// as is a member as who asks.
func (s *side) as(member string) actor.Actor {
	m := s.members[member]
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: s.org.ID, Roles: m.Roles}
}

func (s *side) open(name string, confidential bool) opening.ID {
	s.w.t.Helper()
	o, err := s.w.app.Openings.Create(ctx, s.system, opening.Opening{Title: "Engineer " + s.word("opening", name), Team: "Harbour", ReplyDays: 5, Confidential: confidential, Contact: s.members["founder"].ID},
		[]opening.Stage{{Title: "Screen", Reviewers: 2, Window: 7, Format: "assessment", Ref: string(s.published)}, {Title: "Talk", Reviewers: 1, Window: 7, Format: "assessment", Ref: string(s.published)}})
	s.w.must(err)
	var stages []opening.Stage
	s.w.must(s.w.app.DB.Read(ctx, s.org.ID, func(tx db.Tx) (err error) {
		stages, err = s.w.app.Openings.Stages(ctx, tx, o)
		return err
	}))
	s.w.must(s.w.app.Payments.SetTerms(ctx, s.system, o, payment.Terms{Stage: stages[0].ID, Money: payment.Money{Minor: 12050, Currency: "EUR"}, Days: 9, Production: true, Rights: "We may use it."}))
	return o
}

// door opens the public link of an opening of its own, so that nobody ends it, and asks to apply by it; sealed is what the mail's link holds.
func (s *side) door() (link, sealed string) {
	s.w.t.Helper()
	a, who, address := s.w.app, s.as("founder"), s.word("mail", "applicant")+"@mail.example"
	o := s.open("door", false)
	s.w.must(a.Openings.SetPublic(ctx, who, o, opening.PublicLink{Open: true, Most: 50}))
	l, err := a.Openings.Public(ctx, who, o)
	s.w.must(err)
	s.w.must(a.Openings.Apply(ctx, l.Secret, opening.Applicant{Name: "Amara " + s.word("name", "applicant"), Email: address, Zone: "Europe/Lisbon"}))
	s.w.drain()
	mails, err := a.Notify.Outbox(ctx, who, notify.Mail{})
	s.w.must(err)
	for _, m := range mails {
		if m.ToEmail == address {
			return l.Secret, m.Link[strings.LastIndex(m.Link, "/")+1:]
		}
	}
	s.w.t.Fatal("no mail went to the applicant")
	return "", ""
}

// deadHook adds an endpoint and lets a delivery for it die.
func (s *side) deadHook() {
	s.w.t.Helper()
	who := s.as("founder")
	list, err := s.w.app.Hooks.List(ctx, who)
	s.w.must(err)
	for _, p := range list {
		s.w.must(s.w.app.Hooks.Remove(ctx, who, p.ID))
	}
	e, _, err := s.w.app.Hooks.Add(ctx, who, "https://192.0.2.1/"+s.name, []string{"results.ready"})
	s.w.must(err)
	s.w.must(s.w.app.Hooks.Try(ctx, who, e))
	_, sent, err := s.w.app.Hooks.Log(ctx, who, e, false)
	s.w.must(err)
	s.hook, s.delivery = string(e), string(sent[0].ID)
	s.w.must(s.w.app.DB.Write(ctx, s.org.ID, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE hook_deliveries SET state = 'dead' WHERE org_id = $1 AND id = $2`, tx.Org, s.delivery)
		return err
	}))
}

// makeIssuer keeps a sign-in service as if it had answered.
func (s *side) makeIssuer() {
	s.w.t.Helper()
	s.issuer = id.New("iss", s.w.app.DB.Now())
	s.w.must(s.w.app.DB.Write(ctx, s.org.ID, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO issuers (org_id, id, url, label, client_id, secret, domains, roles, created_at) VALUES ($1, $2, $3, $4, 'c', '', '', '', 0)`,
			tx.Org, s.issuer, "https://192.0.2.1/"+s.issuer, "Account of "+s.name)
		return err
	}))
}

// deadTest keeps a test of Greenhouse's that was given up.
func (s *side) deadTest() {
	s.w.t.Helper()
	s.test = id.New("grt", s.w.app.DB.Now())
	s.w.must(s.w.app.DB.Write(ctx, s.org.ID, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO greenhouse_tests (org_id, id, application_id, invitation_id, stage_id, url, profile_url, created_at, state, tries, due_at, status, answer, tried_at)
			VALUES ($1, $2, $3, $4, $5, $6, '', 0, 'dead', 8, 0, 502, '', 0)`, tx.Org, s.test, string(s.read.inv.Application), string(s.read.inv.ID), string(s.read.stage), "https://app.greenhouse.io/"+s.test)
		return err
	}))
}

// makeToken makes one for somebody, whoever they are, and gives its id.
func (s *side) makeToken(who actor.Actor) string {
	s.secret(who)
	list, err := s.w.app.Tokens.List(ctx, s.as("founder"))
	s.w.must(err)
	return string(list[0].ID)
}

// secret is that of a new token with some scopes, all when none are named.
func (s *side) secret(who actor.Actor, scopes ...string) string {
	s.w.t.Helper()
	if len(scopes) == 0 {
		for _, x := range token.Scopes {
			scopes = append(scopes, x.Name)
		}
	}
	who.Roles = []string{org.Owner} // an owner made it, and what they may was changed since
	s.w.tick.Add(time.Millisecond)
	plain, err := s.w.app.Tokens.Make(ctx, who, "A program", scopes, 30)
	s.w.must(err)
	return plain
}

func (s *side) in(fn func(tx db.Tx) error) {
	s.w.t.Helper()
	s.w.must(s.w.app.DB.Read(ctx, s.org.ID, fn))
}

// invite invites somebody.
func (s *side) invite(name string, o opening.ID) *applicant {
	s.w.t.Helper()
	inv, err := s.w.app.Openings.Invite(ctx, s.system, o, opening.InviteForm{Name: "Amara " + s.word("name", name), Email: s.word("mail", name) + "@mail.example", Zone: "Europe/Lisbon",
		Note: "Good to meet you. " + s.word("note", name)})
	s.w.must(err)
	return &applicant{name: name, opening: o, stage: inv.Stage, inv: inv, cards: map[string]bool{}}
}

// mail is the newest mail about somebody.
func (s *side) mail(a *applicant) string {
	s.w.t.Helper()
	s.w.drain() // it may have been invited a moment ago
	list, err := s.w.app.Notify.Log(ctx, s.system, a.inv.Application)
	s.w.must(err)
	i := slices.IndexFunc(list, func(m notify.Mail) bool { return !strings.HasPrefix(m.About, "thread.") })
	if i < 0 {
		s.w.t.Fatalf("no mail to %s", a.name)
	}
	return list[i].ID
}

// list confirms a list with somebody new, somebody without an address, and some who are in the opening already; it starts in a week.
func (s *side) list(name string, o opening.ID, there ...*applicant) batch.ID {
	s.w.t.Helper()
	a := s.w.app
	text := "Name,Email\nNew " + s.word("listed", name) + "," + s.word("listed", name) + "@mail.example\nNobody " + s.word("listed", name) + ",\n"
	for _, p := range there {
		text += "Amara " + s.word("name", p.name) + "," + s.word("mail", p.name) + "@mail.example\n"
	}
	table, err := sheet.Read([]byte(text))
	s.w.must(err)
	b, err := a.Batches.Create(ctx, s.system, o, table)
	s.w.must(err)
	now := a.DB.Now()
	s.w.must(a.Batches.SetPlan(ctx, s.system, o, b, batch.Plan{Zone: "UTC", Start: now.AddDate(0, 0, 7), FinishBy: now.AddDate(0, 0, 20), PerHour: 600}))
	s.w.must(a.Batches.Send(ctx, s.system, o, b, 1))
	return b
}

// enter invites somebody, who opens the link and asks for an adjustment.
func (s *side) enter(name string, o opening.ID) *applicant {
	s.w.t.Helper()
	a := s.w.app
	p := s.invite(name, o)
	var err error
	p.cookie, err = a.Openings.Enter(ctx, a.Openings.Secret(p.inv), "")
	s.w.must(err)
	p.who, _, err = a.Openings.CandidateSession(ctx, p.cookie)
	s.w.must(err)
	s.w.must(a.Attempts.Adjust(ctx, p.who, p.who.Subject, candidate.Time{Factor: 1375, Breaks: 17}))
	s.w.must(a.Attempts.Ask(ctx, p.who, "Large print. "+s.word("wish", name)))
	s.w.must(a.Payments.Accept(ctx, p.who, p.stage, "NG12 "+s.word("payee", name)))
	paid, err := a.Payments.Own(ctx, p.who)
	s.w.must(err)
	p.payment = string(paid[0].ID)
	return p
}

// work starts all parts and answers every item; the text tells the name, as people do.
func (s *side) work(p *applicant) {
	s.w.t.Helper()
	a := s.w.app
	helper := "pass"
	if p.name == "read" {
		helper = found
	}
	for part, answers := range map[string]map[string]string{"quiz": {"pick": `{"choice":["0"]}`, "term": `{"typed":["` + s.word("typed", p.name) + `"]}`},
		"writing": {"tell-us": `{"text":["I am Amara ` + s.word("name", p.name) + `. The queue delivered twice. ` + s.word("answer", p.name) + `"]}`,
			attempt.DisclosureKey("tell-us"): `{"used":["text"],"words":["Amara ` + s.word("name", p.name) + ` asked a tool. ` + s.word("answer", p.name) + `"]}`},
		"coding": {"program": `{"language":"python","files":{"python":{"main.py":"print(input()) # ` + s.word("program", p.name) + `","helper.py":` + strconv.Quote(helper) + `}}}`, "pull": `{"verdict":"changes","summary":"I am Amara ` + s.word("name", p.name) + `.","comments":[{"id":"c1","file":"a.go","line":3,"tone":"must","text":"` + s.word("remark", p.name) + `"}],"drafts":[{"file":"a.go","line":1,"tone":"idea","text":"` + s.word("unsaid", p.name) + `"}]}`}} {
		sitting, err := a.Attempts.Begin(ctx, p.who, part)
		s.w.must(err)
		for item, body := range answers {
			kept, err := a.Attempts.Save(ctx, p.who, attempt.SaveRequest{Sitting: sitting.ID, Epoch: 1, Received: a.DB.Now(),
				Saves: []response.Save{{Item: item, Client: "c1", Seq: 1, Body: []byte(body)}}})
			s.w.must(err, item)
			if item == "tell-us" {
				p.sitting, p.revision = sitting.ID, kept.Kept[0].Revision
			}
		}
	}
	s.talk(p)
	p.upload = s.send(p, "take").ID
}

// talk has a candidate ask, with their name as people do, and note what they assume; the contact answers, the first time to everybody too.
func (s *side) talk(p *applicant) {
	s.w.t.Helper()
	th, contact, app := s.w.app.Threads, s.as("founder"), p.inv.Application
	name := "I am Amara " + s.word("name", p.name) + " (" + s.word("mail", p.name) + "@mail.example). "
	s.w.must(th.Say(ctx, p.who, thread.Words{Item: "tell-us", Body: name + "How long may it be? " + s.word("asked", p.name)}))
	t, err := th.Load(ctx, contact, app)
	s.w.must(err)
	p.message = t.Messages[0].ID
	s.w.must(th.Answer(ctx, contact, app, "Dear Amara "+s.word("name", p.name)+", 80 words. "+s.word("answered", p.name)))
	s.w.must(th.Say(ctx, p.who, thread.Words{Item: "tell-us", Assumed: true, Body: name + "I took UTC. " + s.word("assumed", p.name)}))
	s.w.must(th.Say(ctx, p.who, thread.Words{Body: name + "I was ill on Monday. " + s.word("aside", p.name)}))
	s.w.must(th.Save(ctx, p.who, "", thread.Draft{Text: "And " + s.word("composed", p.name)}, "", "c1", 1))
	if p.name == "read" {
		s.w.must(th.AnswerAll(ctx, contact, app, p.message, "How long may the text be?", "80 words. "+s.word("told", "")))
		s.w.must(th.Say(ctx, p.who, thread.Words{Body: "Thank you."}))
	}
}

// interview has somebody open one about what a candidate sent; it is asked and answered with the name, as people do, and asked again.
func (s *side) interview(p *applicant, opens, asks string) {
	s.w.t.Helper()
	is, at, name := s.w.app.Interviews, s.w.app.Attempts, "Amara "+s.word("name", p.name)+" ("+s.word("mail", p.name)+"@mail.example), "
	v, err := is.Open(ctx, s.as(opens), p.inv.Application, interview.Agreed{Member: s.members[asks].ID, Rounds: 3, AnswerDays: 3, AskDays: 2}, "", "")
	s.w.must(err)
	s.w.must(is.Ask(ctx, s.as(asks), v.Code, 0, interview.Question{Text: name + "why? " + s.word("turned", p.name), Kind: "freetext"}))
	key := attempt.TurnKey(1)
	sitting, err := at.Begin(ctx, p.who, key)
	s.w.must(err)
	_, err = at.Save(ctx, p.who, attempt.SaveRequest{Sitting: sitting.ID, Epoch: 1, Received: s.w.app.DB.Now(),
		Saves: []response.Save{{Item: key, Client: "c1", Seq: 1, Body: []byte(`{"text":["I am ` + name + s.word("replied", p.name) + `"]}`)}}})
	s.w.must(err)
	_, err = at.Send(ctx, p.who, key)
	s.w.must(err)
	s.w.drain()
	if p.name == "blind" { // in our turn, with a draft
		s.w.must(is.Save(ctx, s.as(asks), v.Code, 1, interview.Question{Text: "And " + s.word("pondered", p.name), Kind: "freetext"}))
	} else {
		s.w.must(is.Ask(ctx, s.as(asks), v.Code, 1, interview.Question{Text: "And then?", Kind: "freetext"}))
	}
	p.talk = v.Code
}

// offer makes a work trial of a candidate's, as the first press on the link of its stage does.
func (s *side) offer(p *applicant, host string) {
	s.w.t.Helper()
	ts := s.w.app.Trials
	plan, err := ts.AddPlan(ctx, s.as("founder"), trial.Terms{Title: "Some days", Scope: "Two issues.", Version: s.free, Host: s.members[host].ID, Days: 2, Hours: 9, Money: payment.Money{Minor: 100, Currency: "EUR"}, PayDays: 5})
	s.w.must(err)
	inv := p.inv
	inv.Format, inv.Ref = trial.Format{}.Name(), string(plan)
	s.w.must(s.w.app.DB.Write(ctx, s.org.ID, func(tx db.Tx) error {
		if err := (trial.Format{Trials: ts}).Start(ctx, tx, inv); err != nil {
			return err
		}
		list, err := ts.Of(ctx, tx, inv.Application)
		if err == nil {
			p.trial = list[0].ID
		}
		return err
	}))
}

// send begins an upload of a candidate's for a purpose.
func (s *side) send(p *applicant, purpose string) upload.Upload {
	s.w.t.Helper()
	own, err := s.w.app.Attempts.Mine(ctx, p.who)
	s.w.must(err)
	u, err := s.w.app.Uploads.Create(ctx, p.who, upload.Subject{Owner: string(own.ID), Item: "tell-us", Purpose: purpose}, -1)
	s.w.must(err)
	_, err = s.w.app.Uploads.Append(ctx, p.who, u.ID, 0, strings.NewReader(recorded))
	s.w.must(err)
	return u
}

// recorded begins as a recording does.
const recorded = "\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm"

// recording is the address of a candidate's complete upload.
func (s *side) recording(p *applicant) string {
	s.w.t.Helper()
	u, err := s.w.app.Uploads.Finish(ctx, p.who, s.send(p, "whole").ID, upload.Claim{Hash: secret.Hash(recorded), Length: int64(len(recorded))})
	s.w.must(err)
	s.w.drain()
	return s.w.app.Uploads.Link(p.who, u, upload.Raw)
}

// submitted is a candidate who has sent everything, read by exactly these.
func (s *side) submitted(name string, o opening.ID, readers ...string) *applicant {
	s.w.t.Helper()
	a := s.w.app
	p := s.enter(name, o)
	s.work(p)
	for _, r := range readers {
		s.w.must(a.Openings.SetRole(ctx, s.system, o, s.members[r].ID, opening.Reviewer, true))
		p.cards[r] = false
	}
	for _, part := range []string{"quiz", "writing", "coding"} {
		_, err := a.Attempts.Send(ctx, p.who, part)
		s.w.must(err)
	}
	kept, err := a.Attempts.Save(ctx, p.who, attempt.SaveRequest{Sitting: p.sitting, Epoch: 1, Received: a.DB.Now(), Saves: []response.Save{{Item: "tell-us", Client: "c1", Seq: 2,
		Body: []byte(`{"text":["What came too late. ` + s.word("late", p.name) + `"]}`)}}})
	s.w.must(err)
	p.late = kept.Kept[0].Revision
	s.w.drain()
	v, err := a.Attempts.View(ctx, p.who)
	s.w.must(err)
	s.in(func(tx db.Tx) error {
		n, err := a.Reviews.RoundOf(ctx, tx, string(v.Attempt.ID))
		p.code = n.Code
		return err
	})
	for _, r := range readers {
		s.w.must(a.Openings.SetRole(ctx, s.system, o, s.members[r].ID, opening.Reviewer, false))
	}
	return p
}

// file files the cards of readers, each with a private note.
func (s *side) file(p *applicant, readers ...string) {
	s.w.t.Helper()
	for _, r := range readers {
		c := review.Card{Private: "Between us: " + s.word("private", p.name), Shareable: "You kept to the facts. " + s.word("shareable", p.name),
			Ratings: map[string]review.Rating{"clear": {Level: 2, Note: "Seen: " + s.word("seen", p.name), Evidence: []review.Place{{Item: "tell-us"}}}}}
		s.w.must(s.w.app.Reviews.File(ctx, s.as(r), p.code, c))
		p.cards[r] = true
	}
	s.w.drain()
}

// decide goes on with the cards that are in; wait leaves time to take it back.
func (s *side) decide(p *applicant, by string, o review.Outcome, wait bool) {
	s.w.t.Helper()
	a := s.w.app
	s.w.must(a.Reviews.Enough(ctx, s.as(by), p.code, "Nobody else is here."))
	d, _, err := a.Feedbacks.Decide(ctx, s.as(by), p.inv.Application, feedback.Draft{Outcome: o, Reason: "Among us: " + s.word("reason", p.name),
		Body: "Thank you. " + s.word("reply", p.name)}, wait)
	s.w.must(err)
	p.decision = d.ID
	s.w.drain()
}

// ask opens a case about a candidate's program, who has answered and is writing on.
func (s *side) ask(p *applicant, by, decider, contact string) {
	s.w.t.Helper()
	in := s.w.app.Integrity
	f, err := in.Of(ctx, s.as(by), p.code)
	s.w.must(err)
	a := integrity.Ask{Question: "How did you come to it? " + s.word("question", p.name), Contact: s.members[contact].ID, Decider: s.members[decider].ID, Days: integrity.AnswerDays}
	for _, i := range f.Items {
		for _, l := range i.Alike {
			if l.Source != "" {
				a.Facts = append(a.Facts, integrity.FactKey{Item: i.Item, Source: l.Source})
			}
		}
	}
	if len(a.Facts) == 0 {
		s.w.t.Fatalf("nothing is alike: %+v", f)
	}
	id, err := in.Open(ctx, s.as(by), p.code, a)
	s.w.must(err)
	p.question = string(id)
	s.w.must(in.Answer(ctx, p.who, id, "I found it in a book. "+s.word("explains", p.name)))
	s.w.must(in.Save(ctx, p.who, id, "c1", 1, "And "+s.word("drafted", p.name)))
	s.w.drain()
}

// gather brings everybody who asks, each with a session.
func (w *world) gather() {
	w.t.Helper()
	h := w.here
	add := func(p *person) *person { w.people = append(w.people, p); return p }
	add(&person{name: "nobody", ended: true})
	for _, name := range []string{"owner", "recruiter", "author", "reviewer", "plain", "manager", "opening's recruiter", "pool", "blind reviewer", "filed reviewer", "facilitator",
		"observer", "blind manager", "blind owner", "insider"} {
		p := add(&person{name: name, side: h, member: h.members[name]})
		h.in(func(tx db.Tx) error {
			for o, into := range map[opening.ID]*[]opening.Role{h.plain: &p.inPlain, h.sealed: &p.inSealed} {
				team, err := w.app.Openings.Team(ctx, tx, o)
				if err != nil {
					return err
				}
				for _, m := range team {
					if m.Member == p.member.ID {
						*into = append(*into, m.Role)
					}
				}
			}
			return nil
		})
		p.cookie = w.signIn(h.address(name))
	}
	add(&person{name: "disabled member", side: h, ended: true, cookie: w.disabled()})
	for name, prepare := range map[string]func(email string) error{
		"disabled here, owner elsewhere": func(email string) error {
			m, err := w.app.Orgs.Enrol(ctx, h.system, org.Member{Name: "Gone", Email: email, Roles: org.AllRoles})
			if err != nil {
				return err
			}
			return w.app.Orgs.Disable(ctx, h.as("founder"), m.ID)
		},
		"invited here, owner elsewhere": func(email string) error {
			_, err := w.app.Orgs.Invite(ctx, h.as("founder"), org.Member{Name: "Soon", Email: email, Roles: org.AllRoles})
			return err
		},
		"owner of another organisation": func(string) error { return nil },
	} {
		email := strings.NewReplacer(" ", ".", ",", "").Replace(name) + "@both.example"
		_, err := w.app.Orgs.Enrol(ctx, w.there.system, org.Member{Name: "Eve", Email: email, Roles: org.AllRoles})
		w.must(err)
		w.must(prepare(email))
		add(&person{name: name, side: w.there, account: true, cookie: w.signIn(email)})
	}
	add(&person{name: "candidate", side: h, candidate: h.busy, cookie: h.busy.cookie})
	add(&person{name: "candidate who has sent", side: h, candidate: h.read, cookie: h.read.cookie})
	add(&person{name: "candidate who was answered", side: h, candidate: h.told, cookie: h.told.cookie})
	add(&person{name: "candidate of another organisation", side: w.there, candidate: w.there.busy, cookie: w.there.busy.cookie})
	gone := h.enter("gone", h.plain)
	w.must(w.app.Openings.Revoke(ctx, h.system, gone.inv.ID))
	add(&person{name: "candidate whose link was revoked", side: h, candidate: gone, ended: true, cookie: gone.cookie})
	slices.SortStableFunc(w.people, func(a, b *person) int { return cmp.Compare(a.name, b.name) }) // maps have no order
	w.drain()
}

// person is the one of a name.
func (w *world) person(name string) *person {
	i := slices.IndexFunc(w.people, func(p *person) bool { return p.name == name })
	return w.people[i]
}

// signIn gives the cookie of a new session.
func (w *world) signIn(email string) string {
	w.t.Helper()
	secret, err := w.app.Accounts.AdminLink(ctx, email)
	w.must(err)
	cookie, _, err := w.app.Accounts.Press(ctx, secret, "", "test")
	w.must(err)
	return cookie
}

// disabled is the cookie of a session that ended when its member was disabled.
func (w *world) disabled() string {
	w.t.Helper()
	m, err := w.app.Orgs.Enrol(ctx, w.here.system, org.Member{Name: "Was", Email: "was@tide.example", Roles: org.AllRoles})
	w.must(err)
	cookie := w.signIn("was@tide.example")
	w.must(w.app.Orgs.Disable(ctx, w.here.as("founder"), m.ID))
	return cookie
}

// TestMain lets two more tests run at a time than there are cores: half of what they do is wait for a database.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		if err := f.Value.Set(strconv.Itoa(runtime.GOMAXPROCS(0) + 2)); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// engines runs a test on a world in each database.
func engines(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, makeWorld(t, ""))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		w := makeWorld(t, dbtest.Database(t, app.Schemas()...))
		w.plain = true
		fn(t, w)
	})
}
