// Package attempttest makes a small organisation with an opening, a published assessment and invited candidates, by the same
// methods the pages call, for the tests of attempt and of what comes after it.
package attempttest

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/account"
	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/blob"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/item"
	"candor/internal/item/kinds/choice"
	"candor/internal/item/kinds/freetext"
	"candor/internal/job"
	"candor/internal/live"
	"candor/internal/markdown"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/promise"
	"candor/internal/response"
	"candor/internal/secret"
	"candor/internal/thread"
)

// Schemas are those that a World needs, in order.
var Schemas = []fs.FS{audit.Schema, live.Schema, account.Schema, org.Schema, assessment.Schema, candidate.Schema, promise.Schema, opening.Schema, thread.Schema, response.Schema, attempt.Schema}

// World is an organisation ready to invite.
type World struct {
	T           testing.TB
	DB          *db.DB
	Tick        *dbtest.Clock
	Jobs        *job.Jobs
	Accounts    *account.Accounts
	Orgs        *org.Orgs
	Assessments *assessment.Assessments
	Candidates  *candidate.Candidates
	Promises    *promise.Promises
	Openings    *opening.Openings
	Attempts    *attempt.Attempts
	Org         org.Org
	Owner       actor.Actor
	Opening     opening.ID
	Version     assessment.VersionID
}

// Tree is an assessment with an untimed quiz (items pick, number) and a timed part of 30 minutes (item tell-us).
var Tree = fstest.MapFS{
	"assessment.yaml": {Data: []byte(`candor: 1
title: Small screen
about: Two short parts.
ai: {policy: allowed}
reply_days: 5
rubric:
  - {key: clear, title: Clear, weight: 2, about: Is it clear?, items: [tell-us], levels: [{name: Not yet, anchor: Cannot be followed.}, {name: Partly, anchor: With effort.}, {name: Solid, anchor: At the first reading.}, {name: Strong, anchor: And says what is unknown.}]}
  - {key: right, title: Right, weight: 1, about: Does it hold?, items: [tell-us], levels: [{name: Not yet, anchor: It contradicts the facts.}, {name: Solid, anchor: It fits the facts given.}]}
collaboration:
  - {key: asks, title: Asks, about: Do they ask when something is unclear?, levels: [{name: Not yet, anchor: Went on guessing.}, {name: Solid, anchor: Asked before getting stuck.}]}
parts:
  - {key: quiz, title: Quiz, about: Two questions., minutes: 5, items: [{item: pick}, {item: number}]}
  - {key: writing, title: Writing, about: One text., minutes: 20, timed: 30, items: [{item: tell-us}]}
`)},
	"items/pick/item.yaml":    {Data: []byte("kind: choice\ntitle: Pick\nminutes: 2\nstatement: Which?\ntype: single\nshuffle: true\noptions: [{text: alpha, correct: true, why: canary-solution}, {text: beta}, {text: gamma}]\n")},
	"items/number/item.yaml":  {Data: []byte("kind: choice\ntitle: Number\nminutes: 2\nstatement: How many?\ntype: numeric\nnumeric: {value: 300, tolerance: 1}\n")},
	"items/tell-us/item.yaml": {Data: []byte("kind: freetext\ntitle: Tell us\nminutes: 20\nstatement: What happened?\nwords: {from: 20, to: 80}\n")},
}

// Kinds are the kinds of Tree.
func Kinds() item.Kinds {
	md := markdown.New(3)
	return item.Kinds{choice.Kind{MD: md}, freetext.Kind{MD: md}}
}

// Make makes a World on a migrated database.
func Make(t testing.TB, d *db.DB, tick *dbtest.Clock) *World {
	t.Helper()
	ctx := context.Background()
	jobs, err := job.New(d, job.Options{Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	w := &World{T: t, DB: d, Tick: tick, Jobs: jobs}
	key := secret.Of("test")
	w.Accounts = &account.Accounts{DB: d, Jobs: jobs, Key: key}
	w.Orgs = &org.Orgs{DB: d, Jobs: jobs, Accounts: w.Accounts}
	w.Assessments = &assessment.Assessments{DB: d, Blobs: blob.Disk{Dir: t.TempDir()}, Jobs: jobs, Kinds: Kinds()}
	w.Candidates = &candidate.Candidates{DB: d}
	w.Promises = &promise.Promises{DB: d, Jobs: jobs}
	w.Openings = &opening.Openings{DB: d, Jobs: jobs, Key: key, Orgs: w.Orgs, Candidates: w.Candidates, Promises: w.Promises}
	w.Attempts = &attempt.Attempts{DB: d, Jobs: jobs, Orgs: w.Orgs, Assessments: w.Assessments, Openings: w.Openings, Candidates: w.Candidates, Promises: w.Promises,
		Written: freetext.Kind{MD: markdown.New(3)}}
	w.Openings.Formats = []opening.Format{attempt.Format{Attempts: w.Attempts}}
	o, m, err := w.Orgs.Found(ctx, "Tideway", "ada@tideway.example", "Ada Reyes", "Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	w.Org, w.Owner = o, actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	v, findings, err := w.Assessments.Import(ctx, w.Owner, Tree, "")
	if err != nil {
		t.Fatal(err, findings)
	}
	if _, err := w.Assessments.Publish(ctx, w.Owner, v, nil); err != nil {
		t.Fatal(err)
	}
	w.Version = v
	w.Opening, err = w.Openings.Create(ctx, w.Owner, opening.Opening{Title: "Backend engineer", Team: "Bookings", ReplyDays: 5},
		[]opening.Stage{{Title: "Screen", Reviewers: 2, Window: 7, Format: "assessment", Ref: string(v)}, {Title: "Deep dive", Reviewers: 1, Window: 7, Format: "assessment", Ref: string(v)}})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Member adds an active member with roles in the organisation and in the opening.
func (w *World) Member(name, email string, roles []string, in ...opening.Role) actor.Actor {
	w.T.Helper()
	ctx := context.Background()
	m, err := w.Orgs.Enrol(ctx, w.Owner, org.Member{Name: name, Email: email, Roles: roles})
	if err != nil {
		w.T.Fatal(err)
	}
	for _, r := range in {
		if err := w.Openings.SetRole(ctx, w.Owner, w.Opening, m.ID, r, true); err != nil {
			w.T.Fatal(err)
		}
	}
	return actor.Actor{Kind: actor.Member, ID: m.ID, Org: w.Org.ID, Roles: roles}
}

// Invite invites a candidate and gives the invitation.
func (w *World) Invite(name, email string) opening.Invitation {
	w.T.Helper()
	inv, err := w.Openings.Invite(context.Background(), w.Owner, w.Opening, opening.InviteForm{Name: name, Email: email, Zone: "Africa/Lagos"})
	if err != nil {
		w.T.Fatal(err)
	}
	return inv
}

// Enter presses the link's button and gives who then asks.
func (w *World) Enter(inv opening.Invitation) actor.Actor {
	w.T.Helper()
	cookie, err := w.Openings.Enter(context.Background(), w.Openings.Secret(inv), "")
	if err != nil {
		w.T.Fatal(err)
	}
	who, _, err := w.Openings.CandidateSession(context.Background(), cookie)
	if err != nil {
		w.T.Fatal(err)
	}
	return who
}

// Questions has everybody who begins the first stage from now on asked so many questions about their own work.
func (w *World) Questions(n int) {
	w.T.Helper()
	ctx := context.Background()
	var first opening.Stage
	err := w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
		all, err := w.Openings.Stages(ctx, tx, w.Opening)
		if err != nil {
			return err
		}
		first = all[0]
		return nil
	})
	first.Questions = n
	if err == nil {
		err = w.Openings.SaveStage(ctx, w.Owner, w.Opening, first)
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// Begin starts a part and gives its sitting.
func (w *World) Begin(who actor.Actor, part string) attempt.Sitting {
	w.T.Helper()
	s, err := w.Attempts.Begin(context.Background(), who, part)
	if err != nil {
		w.T.Fatal(err)
	}
	return s
}

// Save saves one answer as the page would, received now.
func (w *World) Save(who actor.Actor, s attempt.Sitting, seq int64, itemKey, body string) response.Kept {
	w.T.Helper()
	r, err := w.Attempts.Save(context.Background(), who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.DB.Now(),
		Saves: []response.Save{{Item: itemKey, Client: "c1", Seq: seq, Body: []byte(body)}}})
	if err != nil {
		w.T.Fatal(err)
	}
	return r.Kept[0]
}

// Submit takes a candidate through both parts and gives the attempt.
func (w *World) Submit(name, email string) (actor.Actor, attempt.Attempt) {
	w.T.Helper()
	return w.Finish(w.Enter(w.Invite(name, email)))
}

// Finish takes somebody who has entered through both parts and gives the attempt.
func (w *World) Finish(who actor.Actor) (actor.Actor, attempt.Attempt) {
	w.T.Helper()
	ctx := context.Background()
	quiz := w.Begin(who, "quiz")
	w.Save(who, quiz, 1, "pick", `{"choice":["0"]}`)
	w.Save(who, quiz, 1, "number", `{"typed":["299"]}`)
	writing := w.Begin(who, "writing")
	w.Save(who, writing, 1, "tell-us", `{"text":["The queue delivered again because the provider was slow. Nobody was charged twice."]}`)
	for _, part := range []string{"quiz", "writing"} {
		if _, err := w.Attempts.Send(ctx, who, part); err != nil {
			w.T.Fatal(err)
		}
	}
	v, err := w.Attempts.View(ctx, who)
	if err != nil {
		w.T.Fatal(err)
	}
	return who, v.Attempt
}
