package privacy_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"candor/internal/actor"
	"candor/internal/app"
	"candor/internal/appeal"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/bridge"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/feedback"
	"candor/internal/git"
	"candor/internal/greenhouse"
	"candor/internal/integrity"
	"candor/internal/interview"
	"candor/internal/item"
	"candor/internal/judge"
	"candor/internal/mail"
	"candor/internal/media"
	"candor/internal/media/vtt"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/repo"
	"candor/internal/response"
	"candor/internal/review"
	"candor/internal/run"
	"candor/internal/secret"
	"candor/internal/sheet"
	"candor/internal/survey"
	"candor/internal/talk"
	"candor/internal/thread"
	"candor/internal/trial"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
)

var ctx = context.Background()

// world is a whole installation with one organisation. Only the judge and the mail server are stand-ins: they tell everything.
type world struct {
	asked            int // requests of a program
	t                testing.TB
	app              *app.App
	dir              string
	tick             *dbtest.Clock
	org              org.ID
	owner, rosa      actor.Actor // rosa decides
	mina, jun, kit   actor.Actor // they read; kit is nobody's before he is asked
	sol, tam         actor.Actor // they decide cases
	ole              actor.Actor // hosts work trials
	opening, another opening.ID
	free             assessment.VersionID // published, without a clock
}

// person is somebody who applied, with the word that stands in all their texts.
type person struct {
	word string
	who  actor.Actor
	id   candidate.ID
	app  opening.ApplicationID
}

type loudJudge struct{}

// Judge answers with everything it was given.
func (loudJudge) Judge(_ context.Context, t judge.Task, _ func(judge.Result)) (judge.Outcome, error) {
	all := fmt.Sprintf("%+v", t.Files)
	out := judge.Outcome{Verdict: judge.WA, Compile: all, Note: all}
	for _, x := range t.Tests {
		out.Tests = append(out.Tests, judge.Result{Name: x.Name, Own: x.Own, Verdict: judge.WA, Reason: all, In: x.In, Got: x.In, Stderr: x.In, Text: all})
	}
	return out, nil
}

type rudeServer struct{}

// Send refuses everything and repeats what it was sent.
func (rudeServer) Send(_ context.Context, l mail.Letter) (string, error) {
	return "", &mail.Refused{Words: "550 nobody here is called " + l.ToEmail + ": " + l.Text}
}

// open opens the installation of a folder.
func open(t testing.TB, dir, database string, tick *dbtest.Clock) *app.App {
	t.Helper()
	a, err := app.Open(ctx, app.Config{Data: dir, Database: database, URL: "http://example.com", Now: tick.Now})
	if err != nil {
		t.Fatal(err)
	}
	a.Runs.Worker, a.Notify.Server = loudJudge{}, rudeServer{}
	return a
}

// each runs a test on both engines.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, makeWorld(t, "")) })
	t.Run("postgres", func(t *testing.T) { fn(t, makeWorld(t, dbtest.Database(t))) })
}

func makeWorld(t testing.TB, database string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), tick: dbtest.NewClock()}
	w.app = open(t, w.dir, database, w.tick)
	t.Cleanup(func() { w.app.Close() })
	a := w.app
	o, m, err := a.Orgs.Found(ctx, "Tideway", "ada@tideway.example", "Ada Reyes", "Europe/Lisbon")
	w.must(err)
	w.org, w.owner = o.ID, actor.Actor{Kind: actor.Member, ID: m.ID, Org: o.ID, Roles: m.Roles}
	_, _, err = a.Hooks.Add(ctx, w.owner, "https://192.0.2.1/", []string{"invitation.sent"}) // nobody's: it is not asked
	w.must(err)
	tree := maps.Clone(attempttest.Tree)
	spec := string(tree["assessment.yaml"].Data) + "  - {key: coding, title: Coding, about: One program., minutes: 10, items: [{item: program}, {item: pull}, {item: film}]}\n"
	tree["assessment.yaml"] = &fstest.MapFile{Data: []byte(spec)}
	for name, text := range map[string]string{"item.yaml": "kind: code\ntitle: Program\nminutes: 10\nstyle: stdin\nstatement: Print what you read.\nlanguages: {python: {}}\n",
		"leaked/python/found.py": found, "data/sample/one.in": "1\n", "data/sample/one.ans": "1\n", "data/secret/two.in": "2\n", "data/secret/two.ans": "2\n"} {
		tree["items/program/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range map[string]string{"item.yaml": "kind: codereview\ntitle: Pull\nminutes: 10\nauthor: Ines Duarte\nstatement: Jobs go to the nearest robot.\n", "base/a.go": "package a\n",
		"change/a.go": "package a\n\nvar x = 1\n", "defects.yaml": "defects: [{id: one, file: a.go, lines: 3, severity: must, class: logic, title: One, why: It is two.}]\n"} {
		tree["items/pull/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	tree["items/film/item.yaml"] = &fstest.MapFile{Data: []byte("kind: video\ntitle: Film\nminutes: 2\nlength: 60\nstatement: Tell us.\n")}
	v, findings, err := a.Assessments.Import(ctx, w.owner, tree, "")
	w.must(err, findings)
	_, err = a.Assessments.Publish(ctx, w.owner, v, nil)
	w.must(err)
	for _, p := range []struct {
		who  *actor.Actor
		name string
	}{{&w.rosa, "Rosa"}, {&w.mina, "Mina"}, {&w.jun, "Jun"}, {&w.kit, "Kit"}, {&w.sol, "Sol"}, {&w.tam, "Tam"}, {&w.ole, "Ole"}} {
		m, err := a.Orgs.Enrol(ctx, w.owner, org.Member{Name: p.name, Email: strings.ToLower(p.name) + "@tideway.example", Roles: []string{org.Reviewer}})
		w.must(err)
		*p.who = actor.Actor{Kind: actor.Member, ID: m.ID, Org: w.org, Roles: m.Roles}
	}
	w.free, findings, err = a.Assessments.Import(ctx, w.owner, fstest.MapFS{
		"assessment.yaml":       {Data: []byte("candor: 1\ntitle: Some days\nabout: Work.\nai: {policy: allowed}\nreply_days: 5\nrubric:\n  - {key: clear, title: Clear, weight: 2, about: Is it clear?, items: [words], levels: [{name: Not yet, anchor: Cannot be followed.}, {name: Solid, anchor: At the first reading.}]}\nparts:\n  - {key: work, title: Work, about: Some of it., minutes: 20, items: [{item: words}]}\n")},
		"items/words/item.yaml": {Data: []byte("kind: freetext\ntitle: Words\nminutes: 20\nstatement: What happened?\nwords: {from: 2, to: 80}\n")},
	}, "")
	w.must(err, findings)
	_, err = a.Assessments.Publish(ctx, w.owner, w.free, nil)
	w.must(err)
	w.opening, w.another = w.position("Backend engineer", v), w.position("Front-end engineer", v)
	return w
}

func (w *world) position(title string, v assessment.VersionID) opening.ID {
	w.t.Helper()
	o, err := w.app.Openings.Create(ctx, w.owner, opening.Opening{Title: title, Team: "Bookings", ReplyDays: 5},
		[]opening.Stage{{Title: "Screen", Reviewers: 2, Window: 7, Questions: 4, Format: "assessment", Ref: string(v)}})
	w.must(err)
	var stages []opening.Stage
	w.read(func(tx db.Tx) (err error) {
		stages, err = w.app.Openings.Stages(ctx, tx, o)
		return err
	})
	w.must(w.app.Payments.SetTerms(ctx, w.owner, o, payment.Terms{Stage: stages[0].ID, Money: payment.Money{Minor: 12000, Currency: "EUR"}, Days: 5}))
	for who, role := range map[string]opening.Role{w.rosa.ID: opening.Manager, w.mina.ID: opening.Reviewer, w.jun.ID: opening.Reviewer, w.ole.ID: opening.Facilitator} {
		w.must(w.app.Openings.SetRole(ctx, w.owner, o, who, role, true))
	}
	w.must(w.app.Talks.SetTerms(ctx, w.owner, o, talk.Terms{Days: 9, Minutes: 30}))
	return o
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

// invite invites somebody, corrects their address and lets them in. Their word stands in every text.
func (w *world) invite(o opening.ID, word, address string) person {
	w.t.Helper()
	a := w.app
	var inv opening.Invitation
	form := opening.InviteForm{Name: "Amara " + word, Email: "old." + address + "@mail.example", Zone: "Europe/Lisbon", Note: "Good to meet you, " + word}
	w.asked++
	_, err := a.Tokens.Once(ctx, w.owner, fmt.Sprint(form.Email, w.asked), []byte(word), func(tx db.Tx) (made string, err error) { // a program whose keys are addresses
		inv, err = a.Openings.InviteIn(ctx, tx, w.owner, o, form)
		return string(inv.ID), err
	})
	w.must(err)
	w.drain()
	w.must(a.Openings.Readdress(ctx, w.owner, inv.ID, "", address+"@mail.example"))
	w.must(a.Openings.Tag(ctx, w.owner, inv.Application, word, true))
	_, err = a.Notify.Message(ctx, w.owner, inv.Application, "act", "About Thursday, "+word, "We begin at ten, "+word+".")
	w.must(err)
	w.drain()
	w.list(o, word, address)
	test, err := a.Greenhouse.Send(ctx, w.owner, "", greenhouse.Order{Test: o, First: "Amara", Last: word, Email: address + "@mail.example", Profile: "https://app.greenhouse.io/people/" + word,
		URL: "https://app.greenhouse.io/" + word + fmt.Sprint(w.asked)})
	w.must(err)
	w.must(a.Greenhouse.Report(ctx, w.owner, "test_status", []string{"the score of " + word + " is missing"}, string(test), ""))
	return w.enter(inv.ID, word)
}

// list brings a list with a person, who is in the opening, and somebody without an address. It stays a draft.
func (w *world) list(o opening.ID, word, address string) {
	w.t.Helper()
	table, err := sheet.Read([]byte("Name,Email\nAmara " + word + "," + address + "@mail.example\nNobody,\n"))
	w.must(err)
	_, err = w.app.Batches.Create(ctx, w.owner, o, table)
	w.must(err)
}

func inviteForm(name string) opening.InviteForm {
	return opening.InviteForm{Name: name, Email: "somebody@mail.example", Zone: "Europe/Lisbon"}
}

// invitePerson invites somebody who is known to the other opening.
func (w *world) invitePerson(c candidate.Candidate) person {
	w.t.Helper()
	inv, err := w.app.Openings.Invite(ctx, w.owner, w.another, opening.InviteForm{Name: c.Name, Email: c.Email, Zone: "Europe/Lisbon"})
	w.must(err)
	return w.enter(inv.ID, c.Name)
}

func (w *world) enter(i opening.InvitationID, word string) person {
	w.t.Helper()
	a := w.app
	var inv opening.Invitation
	w.read(func(tx db.Tx) (err error) {
		inv, err = a.Openings.InvitationIn(ctx, tx, i)
		return err
	})
	cookie, err := a.Openings.Enter(ctx, a.Openings.Secret(inv), "")
	w.must(err)
	who, _, err := a.Openings.CandidateSession(ctx, cookie)
	w.must(err)
	w.offer(who, inv, word)
	w.must(a.Payments.Accept(ctx, who, inv.Stage, "NG12 "+word))
	return person{word, who, candidate.ID(inv.Candidate), inv.Application}
}

// offer makes a work trial of an invitation, as the press on the link of its stage does, and has it accepted for today; Ole hosts it.
func (w *world) offer(who actor.Actor, inv opening.Invitation, word string) {
	w.t.Helper()
	ts := w.app.Trials
	plan, err := ts.AddPlan(ctx, w.owner, trial.Terms{Title: "Some days", Scope: "Two issues.", Version: w.free, Host: w.ole.ID, Days: 1, Hours: 8, Money: payment.Money{Minor: 100, Currency: "EUR"}, PayDays: 5})
	w.must(err)
	inv.Format, inv.Ref = trial.Format{}.Name(), string(plan)
	w.must(w.app.DB.Write(ctx, w.org, func(tx db.Tx) error { return (trial.Format{Trials: ts}).Start(ctx, tx, inv) }))
	v, err := ts.Own(ctx, who)
	w.must(err)
	w.must(ts.Accept(ctx, who, v.First[0].Format("2006-01-02"), "NG12 "+word))
}

// day checks in with the word and is answered with it.
func (w *world) day(p person) {
	w.t.Helper()
	ts, at := w.app.Trials, w.app.Attempts
	key := attempt.DayKey(1)
	s, err := at.Begin(ctx, p.who, key)
	w.must(err)
	_, err = at.Save(ctx, p.who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.app.DB.Now(), Saves: []response.Save{{Item: key, Client: "c1", Seq: 1, Body: []byte(`{"text":["Began, says ` + p.word + `"]}`)}}})
	w.must(err)
	_, err = at.Send(ctx, p.who, key)
	w.must(err)
	w.drain()
	v, err := ts.Own(ctx, p.who)
	w.must(err)
	w.must(ts.Report(ctx, p.who, 1, 60))
	w.must(ts.Reply(ctx, w.ole, v.ID, 1, "Go on, "+p.word))
}

// evaluate has both sides write the word at the end.
func (w *world) evaluate(p person) {
	w.t.Helper()
	ts := w.app.Trials
	v, err := ts.Own(ctx, p.who)
	w.must(err)
	ours, theirs := map[string]int{}, map[string]int{}
	for _, c := range trial.HostCriteria {
		ours[c.Key] = 2
	}
	for _, c := range trial.GuestCriteria {
		theirs[c.Key] = 2
	}
	w.must(ts.Evaluate(ctx, w.ole, v.ID, ours, "Good to work with "+p.word))
	w.must(ts.EvaluateOwn(ctx, p.who, theirs, "So says "+p.word))
	w.drain()
}

func (w *world) read(fn func(tx db.Tx) error) {
	w.t.Helper()
	w.must(w.app.DB.Read(ctx, w.org, fn))
}

// found is what went round, and what everybody here hands in.
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

// chat is a messenger that takes everything.
type chat struct{ posts int }

func (*chat) Name() string { return "chat" }
func (*chat) Check(context.Context, string) (bridge.Team, error) {
	return bridge.Team{ID: "T1", Name: "Chat", Bot: "B1"}, nil
}
func (c *chat) Post(context.Context, string, string, string, bridge.Words) (string, error) {
	c.posts++
	return strconv.Itoa(c.posts), nil
}
func (*chat) Remove(context.Context, string, string, string) error { return nil }

// talk has the candidate ask and note what they assume, and the contact answer; both leave a draft.
func (w *world) talk(p person) {
	w.t.Helper()
	th := w.app.Threads
	w.app.Uploads.Accepts = func(_ context.Context, who actor.Actor, s upload.Subject) (upload.Accepting, error) {
		return th.Accepts(who, s), nil
	}
	bs := w.app.Bridges
	if bs.Messengers[0].Name() != "chat" { // one, so that its stamps are told apart
		bs.Messengers = []bridge.Messenger{&chat{}}
	}
	w.must(bs.Connect(ctx, w.owner, "chat", "token", "0123456789abcdef"))
	w.must(bs.SetRoom(ctx, w.owner, "chat", w.opening, "ROOM"))
	w.must(bs.SetOwnRoom(ctx, w.owner, "chat", p.app, "ROOM-"+string(p.app)[20:]))
	w.must(th.Attach(ctx, p.who, "", "tell-us", p.word+".txt", []byte("The plan of "+p.word)))
	w.must(th.Attach(ctx, w.owner, p.app, "", "for "+p.word+".txt", []byte("Not sent to "+p.word)))
	w.must(th.Say(ctx, p.who, thread.Words{Item: "tell-us", Body: "How long may it be? " + p.word}))
	w.must(th.Answer(ctx, w.owner, p.app, "80 words, "+p.word))
	w.must(th.Say(ctx, p.who, thread.Words{Item: "tell-us", Assumed: true, Body: "I took UTC. " + p.word}))
	w.must(th.Say(ctx, p.who, thread.Words{Body: "And who reads it? " + p.word}))
	w.must(th.Save(ctx, p.who, "", thread.Draft{Text: "Also, " + p.word}, "", "c1", 1))
	w.must(th.Save(ctx, w.owner, p.app, thread.Draft{Text: "Dear " + p.word}, "", "form", 1))
}

// interview asks about the work with the word in it, has it answered, drafts another question and is ended: readers wait for it.
func (w *world) interview(p person) {
	w.t.Helper()
	is, at := w.app.Interviews, w.app.Attempts
	v, err := is.Open(ctx, w.rosa, p.app, interview.Agreed{Member: w.rosa.ID, Rounds: 2, AnswerDays: 3, AskDays: 2}, "tell-us", "")
	w.must(err)
	said := w.sent(w.rosa, upload.Subject{Owner: interview.Owner(v.Code), Item: interview.QuestionKey(1), Purpose: "said"}, "\x1a\x45\xdf\xa3 webm of a question to "+p.word)
	w.must(is.Ask(ctx, w.rosa, v.Code, 0, interview.Question{Text: "Why, " + p.word + "?", Kind: "freetext", Item: "tell-us", File: "answer.md", From: 1, Recording: said.ID, Said: "0:00 Why, " + p.word + "?"}))
	s, err := at.Begin(ctx, p.who, attempt.TurnKey(1))
	w.must(err)
	_, err = at.Save(ctx, p.who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.app.DB.Now(), Saves: []response.Save{{Item: attempt.TurnKey(1), Client: "c1", Seq: 1, Body: []byte(`{"text":["Because, says ` + p.word + `"]}`)}}})
	w.must(err)
	_, err = at.Send(ctx, p.who, attempt.TurnKey(1))
	w.must(err)
	w.drain()
	w.must(is.Replace(ctx, w.rosa, v.Code, w.rosa.ID, w.owner.ID, "Knows "+p.word))
	w.must(is.Save(ctx, w.owner, v.Code, 1, interview.Question{Text: "And " + p.word + "?", Kind: "freetext"}))
	w.must(is.Close(ctx, w.rosa, v.Code, 1))
	w.drain()
}

// work answers everything, runs code, asks for time and sends; the cards are in at the end of it.
func (w *world) work(p person) {
	w.t.Helper()
	a := w.app
	w.must(a.Attempts.Ask(ctx, p.who, "Large print, "+p.word))
	w.must(a.Attempts.AskTime(ctx, p.who, "Two days, "+p.word))
	asked, _, err := a.Openings.OwnTimeAsk(ctx, p.who)
	w.must(err)
	w.must(a.Attempts.AnswerTime(ctx, w.owner, asked.ID, 0, "No, "+p.word))
	w.must(a.Attempts.Adjust(ctx, p.who, string(p.id), candidate.Time{Factor: 1500}))
	w.day(p)
	_, err = a.Openings.DeviceCode(ctx, p.who)
	w.must(err)
	program := `{"language":"python","files":{"python":{"main.py":"print(input()) # ` + p.word + `","` + strings.ReplaceAll(p.word, " ", "_") + `.py":` + strconv.Quote(found) + `}},"input":"1 ` + p.word + `"}`
	var quiz attempt.SittingID
	for part, answers := range map[string]map[string]string{"quiz": {"pick": `{"choice":["0"]}`, "number": `{"typed":["` + p.word + `"]}`},
		"writing": {"tell-us": `{"text":["The queue delivered twice. ` + p.word + strings.Repeat(" It was slow.", 900) + `"]}`}, "coding": {"program": program,
			"film": `{"take":"` + takeOf + `","said":{"` + takeOf + `":"0:00 I am ` + p.word + `"},"notes":"` + p.word + `"}`,
			"pull": `{"verdict":"changes","summary":"` + p.word + `","comments":[{"id":"c1","file":"a.go","line":3,"tone":"must","text":"` + p.word + ` says two"}]}`}} {
		s, err := a.Attempts.Begin(ctx, p.who, part)
		w.must(err)
		if part == "quiz" {
			quiz = s.ID
		}
		if part == "writing" {
			w.talk(p)
		}
		for n := range int64(3) {
			for key, body := range answers {
				_, err := a.Attempts.Save(ctx, p.who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: a.DB.Now(), Saves: []response.Save{{Item: key, Client: "c1", Seq: n + 1, Body: []byte(body)}}})
				w.must(err)
				said := attempt.Disclosure{Used: []string{"code"}, Words: "Had it from " + p.word}
				_, err = a.Attempts.Disclose(ctx, p.who, key, said, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: a.DB.Now(), Saves: []response.Save{{Client: "c1", Seq: n + 1}}})
				w.must(err)
				w.tick.Add(time.Second)
			}
		}
	}
	v, err := a.Attempts.View(ctx, p.who)
	w.must(err)
	it, _, _ := v.Version.Item("program")
	w.must(a.DB.Write(ctx, w.org, func(tx db.Tx) error {
		ref := item.Ref{Org: w.org, Owner: string(v.Attempt.ID), Version: string(v.Attempt.Version), Item: "program"}
		if _, err := it.Kind.(item.Doer).Do(ctx, tx, p.who, ref, it.Spec, "run", []byte(program), nil); err != nil {
			return err
		}
		_, err := a.Runs.Start(ctx, tx, run.Ask{Owner: run.PracticeOwner(string(v.Attempt.ID)), Version: string(v.Attempt.Version), Item: "program", Purpose: run.Try, Body: []byte(program)})
		return err
	}))
	w.push(p, string(v.Attempt.ID))
	w.film(p, v)
	w.record(p, string(v.Attempt.ID))
	w.drain()
	w.must(a.Attempts.Extend(ctx, w.owner, p.app, "writing", 10, "The train was late, "+p.word))
	w.must(a.Attempts.ExtendWindow(ctx, w.owner, v.Attempt.Invitation, w.tick.Now().Add(10*24*time.Hour), "Moving house, "+p.word))
	for _, part := range []string{"quiz", "writing", "coding"} {
		_, err := a.Attempts.Send(ctx, p.who, part)
		w.must(err)
	}
	w.must(a.Surveys.Answer(ctx, p.who, survey.Newest().Number, map[string]string{"live": "no"}))
	w.drain()
	late, err := a.Attempts.Save(ctx, p.who, attempt.SaveRequest{Sitting: quiz, Epoch: 1, Received: a.DB.Now(), Saves: []response.Save{{Item: "pick", Client: "c_away", Seq: 1, Body: []byte(`{"choice":["1"]}`), Device: "Firefox"}}})
	w.must(err)
	w.must(a.Attempts.AcceptLate(ctx, w.owner, p.app, late.Kept[0].Revision, "No network on the train, "+p.word))
	w.must(a.Attempts.Afterword(ctx, p.who, "writing", "One more thing: "+p.word))
	said := attempt.Disclosure{Used: []string{"ideas"}, Words: "Asked for " + p.word, Transcript: p.word + ": hello"}
	_, err = a.Attempts.Disclose(ctx, p.who, "number", said, attempt.SaveRequest{Sitting: quiz, Epoch: 1, Received: a.DB.Now(), Saves: []response.Save{{Client: "c1", Seq: 9}}})
	w.must(err)
	w.explain(p)
	w.interview(p)
	w.evaluate(p)
	code := w.code(v.Attempt.ID)
	card := review.Card{Private: "private " + p.word, Shareable: "shareable " + p.word, Ratings: map[string]review.Rating{
		"clear": {Level: 3, Note: "note " + p.word, Evidence: []review.Place{{Item: "tell-us"}}}, "right": {Level: review.CannotRate, Reason: "no facts of " + p.word}, attempt.Owns: {Level: 3, Note: "owns it, " + p.word}}}
	w.must(a.Reviews.Rule(ctx, w.mina, code, "pull", "c1", "=valid"))
	w.must(a.Reviews.File(ctx, w.mina, code, card))
	w.must(a.Reviews.Unblind(ctx, w.jun, code, "I may know "+p.word))
	w.must(a.Openings.SetRole(ctx, w.owner, v.Opening.ID, w.kit.ID, opening.Reviewer, true))
	w.must(a.Reviews.Reassign(ctx, w.owner, code, w.jun.ID, w.kit.ID, "Jun knows "+p.word))
	w.must(a.Openings.SetRole(ctx, w.owner, v.Opening.ID, w.kit.ID, opening.Reviewer, false))
	card.Ratings["clear"] = review.Rating{Level: 1, Note: "lost, says " + p.word}
	w.must(a.Reviews.File(ctx, w.kit, code, card))
	w.must(a.Openings.SetRole(ctx, w.owner, v.Opening.ID, w.rosa.ID, opening.Reviewer, true))
	w.must(a.Reviews.Third(ctx, w.owner, code))
	w.must(a.Reviews.Settle(ctx, w.rosa, code, map[string]review.Ruled{"clear": {Level: 2, Reason: "between, says " + p.word}}))
	reference := map[string]review.Ruled{}
	for _, key := range []string{"clear", "right", attempt.Owns} {
		reference[key] = review.Ruled{Level: 2, Reason: "a reference of " + p.word}
	}
	w.must(a.Reviews.MakeGold(ctx, w.rosa, code, reference))
	w.must(a.Openings.SetRole(ctx, w.owner, v.Opening.ID, w.rosa.ID, opening.Reviewer, false))
	w.drain()
	w.questioned(p, code)
}

// takeOf is everybody's take: the device makes its id.
const takeOf = "rec_aaaaaaaaaaaaaaaaaaaaaaaaaa"

// film agrees to be recorded and announces a take, which stops.
func (w *world) film(p person, v *attempt.View) {
	w.t.Helper()
	it, _, _ := v.Version.Item("film")
	ref := item.Ref{Org: w.org, Owner: string(v.Attempt.ID), Version: string(v.Attempt.Version), Item: "film"}
	w.must(w.app.DB.Write(ctx, w.org, func(tx db.Tx) error {
		err := it.Kind.(item.Recorder).Agree(ctx, tx, ref, "Mina may watch "+p.word, "en")
		for _, action := range []string{"begin", "stop"} {
			if err == nil {
				_, err = it.Kind.(item.Doer).Do(ctx, tx, p.who, ref, it.Spec, action, nil, url.Values{"_take": {takeOf}, "_way": {"video"}, "_ms": {"9000"}})
			}
		}
		return err
	}))
}

// explain answers what they are asked about their own work, and says that one of it is unclear.
func (w *world) explain(p person) {
	w.t.Helper()
	a := w.app.Attempts
	s, err := a.Begin(ctx, p.who, attempt.ExplainPart)
	w.must(err)
	for n := range 4 {
		_, err := a.Save(ctx, p.who, attempt.SaveRequest{Sitting: s.ID, Epoch: 1, Received: w.app.DB.Now(),
			Saves: []response.Save{{Item: attempt.Question{N: n + 1}.Key(), Client: "c1", Seq: int64(n + 1), Body: []byte(`{"text":["I did, ` + p.word + `"]}`)}}})
		w.must(err)
	}
	w.must(a.NotClear(ctx, p.who, "question_2", "Not of "+p.word))
	_, err = a.Send(ctx, p.who, attempt.ExplainPart)
	w.must(err)
	w.drain()
}

// questioned goes through a case about somebody's program with everything that is written in it.
func (w *world) questioned(p person, code review.Code) {
	w.t.Helper()
	in := w.app.Integrity
	f, err := in.Of(ctx, w.mina, code)
	w.must(err)
	ask := integrity.Ask{Question: "How did you come to it, " + p.word, Contact: w.owner.ID, Decider: w.sol.ID, Days: integrity.AnswerDays}
	for _, i := range f.Items {
		for _, l := range i.Alike {
			if l.Source != "" { // what is noted of another person goes with them: it would not stay the same
				ask.Facts = append(ask.Facts, integrity.FactKey{Item: i.Item, Source: l.Source})
			}
		}
	}
	if len(ask.Facts) == 0 { // by the third it is known to all
		return
	}
	id, err := in.Open(ctx, w.mina, code, ask)
	w.must(err, f)
	w.must(in.Extend(ctx, w.mina, id, integrity.AnswerDays+1))
	w.must(in.Answer(ctx, p.who, id, "A book, "+p.word))
	w.must(in.Settle(ctx, w.sol, id, integrity.Found, "No such book, "+p.word))
	w.must(in.Appeal(ctx, p.who, id, "Here it is, "+p.word))
	w.must(in.Hand(ctx, w.rosa, id, "", "", w.tam.ID))
	w.must(in.Rule(ctx, w.tam, id, integrity.Lifted, "It is there, "+p.word))
	w.must(in.Save(ctx, p.who, id, "c1", 1, "Thank you, "+p.word))
	w.drain()
}

// push works in a repository, on a branch of a person's own name.
func (w *world) push(p person, owner string) {
	w.t.Helper()
	a := w.app
	template, err := a.Repos.Import(ctx, w.org, repo.Template{Owner: "template", Item: "ferry", Name: "ferry"}, repo.Folder(fstest.MapFS{"README.md": {Data: []byte("# Ferry\n")}}))
	w.must(err)
	var r repo.Repository
	w.must(a.DB.Write(ctx, w.org, func(tx db.Tx) (err error) {
		r, err = a.Repos.Create(ctx, tx, template.ID, owner, "ferry")
		return err
	}))
	_, err = a.Repos.Commit(ctx, r, repo.CommitAsk{Branch: strings.ReplaceAll(p.word, " ", "_"), Expected: r.Base, Message: "By " + p.word, Author: git.Signature{Name: p.word, Email: "x@mail.example"},
		Changes: []repo.Change{{Path: "NOTES.md", Data: []byte(p.word)}}, Received: a.DB.Now()})
	w.must(err)
	w.must(a.DB.Write(ctx, w.org, func(tx db.Tx) error {
		_, err := a.Repos.Submit(ctx, tx, r.ID, a.DB.Now())
		return err
	}))
}

// sent is an upload of somebody's, whole.
func (w *world) sent(who actor.Actor, s upload.Subject, data string) upload.Upload {
	w.t.Helper()
	us := w.app.Uploads
	us.Accepts = uploadtest.Recordings
	u, err := us.Create(ctx, who, s, -1)
	w.must(err)
	_, err = us.Append(ctx, who, u.ID, 0, strings.NewReader(data))
	w.must(err)
	u, err = us.Finish(ctx, who, u.ID, upload.Claim{Hash: secret.Hash(data), Length: int64(len(data))})
	w.must(err)
	return u
}

// record sends a recording with captions, and begins another that is never finished.
func (w *world) record(p person, owner string) {
	w.t.Helper()
	us := w.app.Uploads
	us.Accepts = uploadtest.Recordings
	data := "\x1a\x45\xdf\xa3 webm " + p.word
	var last upload.Upload
	for _, purpose := range []string{"whole", "begun"} {
		u, err := us.Create(ctx, p.who, upload.Subject{Owner: owner, Item: p.word[:1], Purpose: purpose}, -1)
		w.must(err)
		_, err = us.Append(ctx, p.who, u.ID, 0, strings.NewReader(data))
		w.must(err)
		if purpose == "whole" {
			last = u
		}
	}
	_, err := us.Finish(ctx, p.who, last.ID, upload.Claim{Hash: secret.Hash(data), Length: int64(len(data))})
	w.must(err)
	_, err = us.Put(ctx, p.who, upload.Subject{Owner: owner, Item: "designed", Purpose: "s0.pdf"}, func(context.Context, db.Tx) (upload.Accept, error) {
		return upload.Accept{Types: []string{media.PDF}, Most: 1 << 20}, nil
	}, []byte(pdfOf(p.word)))
	w.must(err)
	w.must(w.app.DB.Write(ctx, w.org, func(tx db.Tx) error {
		return us.Caption(ctx, tx, p.who, last.ID, upload.Captions{Source: upload.Typed, Cues: vtt.Plain("I am "+p.word+".", time.Second)})
	}))
}

// pdfOf is a file that a candidate added to an answer.
func pdfOf(word string) string { return "%PDF-1.7 drawn by " + word }

func (w *world) code(a attempt.ID) (c review.Code) {
	w.t.Helper()
	w.read(func(tx db.Tx) error {
		n, err := w.app.Reviews.RoundOf(ctx, tx, string(a))
		c = n.Code
		return err
	})
	return c
}

// decline sends the reply.
func (w *world) decline(p person) {
	w.t.Helper()
	w.together(p)
	d := feedback.Draft{Outcome: review.Reject, Reason: "Others went further than " + p.word, Body: "Dear " + p.word, Lines: []feedback.Line{{Key: "clear", Title: "Clear", Level: "Solid", Text: "as " + p.word}}}
	_, at, err := w.app.Feedbacks.Decide(ctx, w.rosa, p.app, d, false)
	w.must(err)
	if at.After(w.tick.Now()) {
		w.t.Fatalf("the reply waits until %v; the test wants it out at %v", at, w.tick.Now())
	}
	w.drain()
	w.again(p)
}

// together is what somebody who worked with a person says of it.
func (w *world) together(p person) {
	w.t.Helper()
	system := actor.ForSystem(w.org, "test")
	app, err := w.app.Openings.LoadApplication(ctx, system, p.app)
	w.must(err)
	w.must(w.app.Openings.SetRole(ctx, system, app.Opening.ID, w.tam.ID, opening.Facilitator, true))
	w.must(w.app.Reviews.FileTogether(ctx, w.tam, p.app, review.Card{Private: "Easy with " + p.word, Ratings: map[string]review.Rating{"asks": {Level: 2, Note: "Asked, " + p.word}}}))
	w.must(w.app.Openings.SetRole(ctx, system, app.Opening.ID, w.tam.ID, opening.Facilitator, false))
}

// again takes a declined person's wish for a second look to its answer, and begins a draft that is not sent.
func (w *world) again(p person) {
	w.t.Helper()
	a := w.app
	system := actor.ForSystem(w.org, "test")
	app, err := a.Openings.LoadApplication(ctx, system, p.app)
	w.must(err)
	w.must(a.Openings.SetRole(ctx, system, app.Opening.ID, w.sol.ID, opening.Reviewer, true))
	w.must(a.Appeals.Ask(ctx, p.who, "Misread, says "+p.word))
	list, err := a.Reviews.ToLookAgain(ctx, w.sol)
	w.must(err)
	if len(list) != 1 {
		w.t.Fatalf("to look at again: %+v; want the one", list)
	}
	w.must(a.Reviews.FileLook(ctx, w.sol, list[0].Code, review.Card{Private: "again " + p.word, Ratings: map[string]review.Rating{
		"clear": {Level: 2, Note: "again, " + p.word}, "right": {Level: review.CannotRate, Reason: "no facts of " + p.word}, attempt.Owns: {Level: 2}}}))
	w.must(a.Openings.SetRole(ctx, system, app.Opening.ID, w.sol.ID, opening.Reviewer, false))
	_, err = a.Appeals.Decide(ctx, w.rosa, p.app, appeal.Draft{Outcome: appeal.Uphold, Why: "The same for " + p.word, Answer: "Dear " + p.word})
	w.must(err)
	w.drain()
}

// hesitate decides nothing: a reason is kept, a reply is begun, and a claim was settled.
func (w *world) hesitate(p person) {
	w.t.Helper()
	d := feedback.Draft{Outcome: review.Hold, Reason: "Let us see whoever comes after " + p.word, Body: "Dear " + p.word, Lines: []feedback.Line{{Key: "clear", Text: p.word}}}
	_, _, err := w.app.Feedbacks.Decide(ctx, w.rosa, p.app, d, false)
	w.must(err)
	w.must(w.app.Talks.Offer(ctx, w.rosa, p.app, []time.Time{w.tick.Now().Add(2 * day).Truncate(time.Minute)}, "https://meet.example/"+strings.ReplaceAll(p.word, " ", "-")))
	w.must(w.app.Privacy.Hold(ctx, w.owner, p.app, "A claim by "+p.word))
	w.must(w.app.Privacy.Lift(ctx, w.owner, p.app))
	w.drain()
}

func (w *world) night() error {
	w.t.Helper()
	return w.app.Privacy.Night(ctx, w.org)
}

// dump is every row of every table as text, River's and goose's too; on PostgreSQL by whoever no row level security holds.
func (w *world) dump() map[string][]string {
	w.t.Helper()
	out := map[string][]string{}
	for _, table := range w.tables() {
		rows, err := w.query(table)
		w.must(err)
		out[table] = rows
	}
	return out
}

func (w *world) tables() []string {
	w.t.Helper()
	q := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1`
	if w.app.DB.Engine == db.PostgreSQL {
		q = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`
	}
	rows, err := w.app.DB.Writer().QueryContext(ctx, q)
	w.must(err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		w.must(rows.Scan(&s))
		out = append(out, s)
	}
	w.must(rows.Err())
	return out
}

func (w *world) query(table string) ([]string, error) {
	rows, err := w.app.DB.Writer().QueryContext(ctx, `SELECT * FROM "`+table+`"`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out []string
	for rows.Next() {
		cells, to := make([]any, len(cols)), make([]any, len(cols))
		for i := range cells {
			to[i] = &cells[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		var b strings.Builder
		for i, c := range cells {
			if raw, ok := c.([]byte); ok {
				c = string(raw)
			}
			fmt.Fprintf(&b, "%s=%v ", cols[i], c)
		}
		out = append(out, b.String())
	}
	slices.Sort(out)
	return out, rows.Err()
}

// count is how often a word stands in the rows.
func count(dump map[string][]string, word string) (n int) {
	for _, rows := range dump {
		for _, r := range rows {
			n += strings.Count(r, word)
		}
	}
	return n
}

// traces says in which tables and files a word stands, in clear or in hex. Files are read byte by byte: also what SQLite deleted.
func (w *world) traces(word string) []string {
	w.t.Helper()
	var out []string
	for table, rows := range w.dump() {
		if n := count(map[string][]string{table: rows}, word); n > 0 {
			out = append(out, fmt.Sprintf("table %s: %d", table, n))
		}
	}
	err := filepath.WalkDir(w.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if n := bytes.Count(b, []byte(word)) + bytes.Count(b, []byte(hex.EncodeToString([]byte(word)))); n > 0 {
			out = append(out, fmt.Sprintf("file %s: %d", filepath.Base(path), n))
		}
		return err
	})
	w.must(err)
	slices.Sort(out)
	return out
}
