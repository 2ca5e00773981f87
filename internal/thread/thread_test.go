package thread_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review/reviewtest"
	"candor/internal/thread"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
)

var ctx = context.Background()

// world is reviewtest's with conversations. Cleo is the opening's contact without a role in it; Ada, the owner, runs it.
type world struct {
	*reviewtest.World
	*thread.Threads
	cleo  actor.Actor
	asked *[]thread.Note
	told  *[]thread.Note
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone(reviewtest.Schemas), fs.FS(upload.Schema)), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick), asked: &[]thread.Note{}, told: &[]thread.Note{}}
		w.Threads = &thread.Threads{DB: d, Jobs: w.World.Jobs, Orgs: w.World.Orgs, Assessments: w.World.Assessments, Candidates: w.World.Candidates, Openings: w.World.Openings, Task: w.Attempts.Task, Uploads: uploadtest.New(t, d, t.TempDir())}
		w.Uploads.Jobs = w.World.Jobs
		w.Uploads.Listen()
		w.Uploads.Accepts = func(_ context.Context, who actor.Actor, s upload.Subject) (upload.Accepting, error) {
			return w.Accepts(who, s), nil
		}
		for topic, into := range map[job.Topic[thread.Note]]*[]thread.Note{thread.Asked: w.asked, thread.Answered: w.told} {
			job.Listen(w.World.Jobs, topic, "test."+string(topic), job.Mail, func(_ context.Context, n thread.Note) error {
				*into = append(*into, n)
				return nil
			})
		}
		w.cleo = w.Member("Cleo Brandt", "cleo@tideway.example", nil)
		o, err := w.World.Openings.Load(ctx, w.Owner, w.Opening)
		w.must(err)
		o.Contact = w.cleo.ID
		w.must(w.World.Openings.Change(ctx, w.Owner, o))
		fn(t, w)
	})
}

func (w world) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// enter invites somebody and lets them in.
func (w world) enter(name string) (actor.Actor, opening.ApplicationID) {
	w.T.Helper()
	inv := w.Invite(name, strings.ReplaceAll(strings.ToLower(name), " ", ".")+"@mail.example")
	return w.Enter(inv), inv.Application
}

func (w world) load(who actor.Actor, a opening.ApplicationID) thread.Thread {
	w.T.Helper()
	t, err := w.Load(ctx, who, a)
	w.must(err)
	return t
}

func bodies(list []thread.Message) (out []string) {
	for _, m := range list {
		out = append(out, m.Name+": "+m.Body)
	}
	return out
}

func TestAQuestionIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, app := w.enter("Amara Okafor")
		if own, err := w.Own(ctx, amara, ""); err != nil || own.Scores {
			t.Errorf("before anything: %+v, %v; want a contact who does not score", own, err)
		}
		w.must(w.World.Openings.SetRole(ctx, w.Owner, w.Opening, w.cleo.ID, opening.Reviewer, true))
		if own, err := w.Own(ctx, amara, ""); err != nil || !own.Scores {
			t.Errorf("with the contact among the readers: %+v, %v; want that to be told", own, err)
		}
		w.must(w.World.Openings.SetRole(ctx, w.Owner, w.Opening, w.cleo.ID, opening.Reviewer, false))
		w.must(w.Say(ctx, amara, thread.Words{Body: " Before I start: is there a break? "}))
		w.Tick.Add(time.Hour)
		w.must(w.Say(ctx, amara, thread.Words{Body: "And where?"}))
		w.Drain()
		if len(*w.asked) != 1 {
			t.Errorf("the team was told %d times that somebody waits; want once", len(*w.asked))
		}
		got := w.load(w.cleo, app)
		if since := w.DB.Now().Add(-time.Hour); !got.Waits.Equal(since.Truncate(time.Millisecond)) || got.Due.Format("15:04 MST") != "00:00 WET" {
			t.Errorf("waits since %v, due %v; want since the first message", got.Waits, got.Due)
		}
		if got.App.Email != "" {
			t.Error("a contact without a role reads the address")
		}
		w.must(w.Answer(ctx, w.cleo, app, "Any time you like."))
		w.Drain()
		own, err := w.Own(ctx, amara, "")
		w.must(err)
		if want := []string{": Before I start: is there a break?", ": And where?", "Cleo Brandt: Any time you like."}; !slices.Equal(bodies(own.Messages), want) {
			t.Errorf("the candidate reads %q; want %q", bodies(own.Messages), want)
		}
		if !own.Waits.IsZero() || !own.Unread || own.Contact.Name != "Cleo Brandt" || len(*w.told) != 1 {
			t.Errorf("after the answer: %+v, told %v", own, *w.told)
		}
		w.must(w.Seen(ctx, amara))
		if own, err = w.Own(ctx, amara, ""); err != nil || own.Unread {
			t.Errorf("after they looked: unread %v, %v", own.Unread, err)
		}
	})
}

func TestWhoWritesToACandidate(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		other, _ := w.enter("Bela Other")
		app := a.Application
		stranger := w.Member("Sol Marsh", "sol@tideway.example", []string{"author"})
		elsewhere := w.Owner
		elsewhere.Org = "org_elsewhere"
		for name, c := range map[string]struct {
			who  actor.Actor
			want error
		}{
			"the contact":           {w.cleo, nil},
			"whoever runs it":       {w.Owner, nil},
			"the decider":           {w.Rosa, thread.ErrRole},
			"a blind reviewer":      {w.Mina, thread.ErrBlind},
			"a member of elsewhere": {elsewhere, thread.ErrMissing},
			"a stranger":            {stranger, thread.ErrMissing},
			"another candidate":     {other, thread.ErrMissing},
		} {
			if err := w.Answer(ctx, c.who, app, "Hello"); !errors.Is(err, c.want) {
				t.Errorf("%s writes: %v; want %v", name, err, c.want)
			}
			err := w.Save(ctx, c.who, app, thread.Draft{Text: "Hel"}, "", "c1", 1)
			if name == "another candidate" {
				c.want = nil // in their own conversation, whatever the address says
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%s keeps a draft: %v; want %v", name, err, c.want)
			}
		}
		if own, err := w.Own(ctx, amara, ""); err != nil || len(own.Messages) != 2 || len(own.Drafts) != 0 {
			t.Errorf("the candidate has %+v, %v; want two messages and nobody's drafts", own, err)
		}
		w.must(w.DB.Write(ctx, w.Org.ID, func(tx db.Tx) error {
			_, err := w.World.Candidates.Erase(ctx, tx, db.Person{Org: tx.Org, Candidate: amara.Subject})
			return err
		}))
		if err := w.Answer(ctx, w.Owner, app, "Hello"); !errors.Is(err, thread.ErrGone) {
			t.Errorf("writing to an erased person = %v; want ErrGone", err)
		}
	})
}

// Whoever scores reads what is about a task under the code; a message about no task, which may tell of an adjustment, stays with those who answer.
func TestReadersAreBlind(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, app := w.enter("Amara Okafor")
		w.Begin(amara, "writing")
		w.must(w.Say(ctx, amara, thread.Words{Body: "I am Amara Okafor (amara.okafor@mail.example). How long may it be?", Item: "tell-us"}))
		w.must(w.Answer(ctx, w.cleo, app, "Amara, 80 words."))
		w.must(w.Say(ctx, amara, thread.Words{Body: "I took UTC for the times. Okafor", Item: "tell-us", Assumed: true}))
		w.must(w.Say(ctx, amara, thread.Words{Body: "My extra time is not shown to readers, is it?"}))
		w.must(w.Answer(ctx, w.cleo, app, "Never."))
		w.Begin(amara, "quiz")
		for _, part := range []string{"quiz", "writing"} {
			if _, err := w.Attempts.Send(ctx, amara, part); err != nil {
				t.Fatal(err)
			}
		}
		w.Drain()
		got := w.load(w.Mina, app)
		want := []string{": I am [name] [name] ([name].[name]@[name].example). How long may it be?", "Cleo Brandt: [name], 80 words.", ": I took UTC for the times. [name]"}
		if all := strings.ToLower(fmt.Sprintf("%+v", got)); strings.Contains(all, "amara") || strings.Contains(all, "okafor") || len(got.Messages) != 3 {
			t.Errorf("a blind reader is given %q; want something like %q", bodies(got.Messages), want)
		}
		if got.App.Code == "" || got.Answers || !got.Messages[2].Assumed || got.Messages[0].Assumed {
			t.Errorf("a blind reader is given %+v", got)
		}
		for name, who := range map[string]actor.Actor{"a blind reader": w.Mina, "the decider": w.Rosa} {
			for _, m := range w.load(who, app).Messages {
				if !m.At.IsZero() || m.Item == "" {
					t.Errorf("%s is given %+v; want no time, and nothing about no task", name, m)
				}
			}
		}
		about, err := w.About(ctx, w.Mina, app, string(w.Version), "tell-us")
		if err != nil || len(about) != 3 {
			t.Errorf("about the task = %+v, %v; want three", about, err)
		}
		if about, err = w.About(ctx, w.Mina, app, string(w.Version), "pick"); err != nil || len(about) != 0 {
			t.Errorf("about another task = %+v, %v; want none", about, err)
		}
		if len(w.load(w.Owner, app).Messages) != 5 {
			t.Error("whoever runs the opening does not read all")
		}
	})
}

func TestWhatIsAssumedBelongsToWorkUnderWay(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, app := w.enter("Amara Okafor")
		note := thread.Words{Body: "I took UTC.", Item: "tell-us", Assumed: true}
		if err := w.Say(ctx, amara, note); !errors.Is(err, thread.ErrNotWorking) {
			t.Errorf("before the start = %v; want ErrNotWorking", err)
		}
		if own, err := w.Own(ctx, amara, "tell-us"); err != nil || len(own.Drafts) != 1 || own.Drafts[0].Text != note.Body {
			t.Errorf("after a refusal the drafts are %+v, %v; want the text", own.Drafts, err)
		}
		s := w.Begin(amara, "writing")
		w.must(w.Say(ctx, amara, note))
		view, err := w.Attempts.View(ctx, amara)
		w.must(err)
		if now := view.Sittings["writing"]; !now.End().Equal(s.End()) || now.Clock != s.Clock {
			t.Errorf("the clock went from %+v to %+v", s.Clock, now.Clock)
		}
		w.Drain()
		if len(*w.asked) != 0 || !w.load(w.cleo, app).Waits.IsZero() {
			t.Error("a note of what is assumed waits for an answer")
		}
		w.Tick.Add(time.Hour)
		if err := w.Say(ctx, amara, note); !errors.Is(err, thread.ErrNotWorking) {
			t.Errorf("after the end = %v; want ErrNotWorking", err)
		}
		for _, item := range []string{"nothing", "q1"} {
			if err := w.Say(ctx, amara, thread.Words{Body: "What?", Item: item}); !errors.Is(err, thread.ErrMissing) {
				t.Errorf("about a task that is not theirs = %v; want ErrMissing", err)
			}
		}
	})
}

func TestDraftsAreKept(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, app := w.enter("Amara Okafor")
		save := func(item, client string, seq int64, text string) {
			t.Helper()
			w.must(w.Save(ctx, amara, "", thread.Draft{Text: text}, item, client, seq))
			w.Tick.Add(time.Second)
		}
		save("", "one", 2, "Newer")
		save("", "one", 1, "Older")
		save("", "two", 1, "Another page")
		save("tell-us", "one", 1, "About the task")
		own, err := w.Own(ctx, amara, "")
		w.must(err)
		if len(own.Drafts) != 2 || own.Drafts[0].Text != "Another page" || own.Drafts[1].Text != "Newer" {
			t.Errorf("drafts = %+v; want both pages', each its newest", own.Drafts)
		}
		w.must(w.Say(ctx, amara, thread.Words{Body: "Newer"}))
		save("", "one", 3, " Newer ") // the page saved once more while it was sent
		if own, err = w.Own(ctx, amara, ""); err != nil || len(own.Drafts) != 0 {
			t.Errorf("after sending: %+v, %v; want none", own.Drafts, err)
		}
		if own, err = w.Own(ctx, amara, "tell-us"); err != nil || len(own.Drafts) != 1 {
			t.Errorf("the other draft: %+v, %v; want it to be there", own.Drafts, err)
		}
		for i := range 9 {
			save("", fmt.Sprint("page", i), 1, fmt.Sprint("Text ", i))
		}
		if own, err = w.Own(ctx, amara, ""); err != nil || len(own.Drafts) != 5 || own.Drafts[0].Text != "Text 8" {
			t.Errorf("of nine pages: %+v, %v; want the newest five", own.Drafts, err)
		}
		w.must(w.Save(ctx, w.cleo, app, thread.Draft{Text: "Hello Am"}, "", "form", 1))
		if got := w.load(w.cleo, app); len(got.Drafts) != 1 || len(w.load(w.Owner, app).Drafts) != 0 {
			t.Error("a member's draft is not theirs alone")
		}
		long := strings.Repeat("ä", thread.Max+1)
		for _, err := range []error{w.Say(ctx, amara, thread.Words{Body: long}), w.Say(ctx, amara, thread.Words{Body: " \n"}), w.Answer(ctx, w.cleo, app, ""),
			w.Save(ctx, amara, "", thread.Draft{Text: long}, "", "c", 1), w.Save(ctx, amara, "", thread.Draft{}, "", "", 1)} {
			if !errors.Is(err, problem.ErrInvalid) {
				t.Errorf("too long, empty or without a page = %v; want ErrInvalid", err)
			}
		}
	})
}

func TestNothingIsLostByTheHundredthMessage(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, _ := w.enter("Amara Okafor")
		for i := range thread.MostADay {
			w.must(w.Say(ctx, amara, thread.Words{Body: fmt.Sprint("Message ", i)}))
			w.Tick.Add(time.Second)
		}
		if err := w.Say(ctx, amara, thread.Words{Body: "One more"}); !errors.Is(err, thread.ErrMany) {
			t.Fatalf("one more = %v; want ErrMany", err)
		}
		own, err := w.Own(ctx, amara, "")
		if err != nil || len(own.Drafts) != 1 {
			t.Fatalf("drafts = %+v, %v; want what was not sent", own.Drafts, err)
		}
		w.Tick.Add(24 * time.Hour)
		w.must(w.Say(ctx, amara, thread.Words{Body: own.Drafts[0].Text}))
	})
}

func TestAnAnswerToEverybody(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, app := w.enter("Amara May")
		w.must(w.Say(ctx, amara, thread.Words{Body: "I am Amara. Is the limit per client?", Item: "tell-us"}))
		w.must(w.Say(ctx, amara, thread.Words{Body: "About nothing"}))
		list := w.load(w.cleo, app).Messages
		all := func(who actor.Actor, to, q, a string) error { return w.AnswerAll(ctx, who, app, to, q, a) }
		for name, c := range map[string]struct {
			err, want error
		}{
			"about no task":       {all(w.cleo, list[1].ID, "Q?", "A."), thread.ErrNoTask},
			"by the decider":      {all(w.Rosa, list[0].ID, "Q?", "A."), thread.ErrRole},
			"of no message":       {all(w.cleo, "msg_none", "Q?", "A."), thread.ErrMissing},
			"without an answer":   {all(w.cleo, list[0].ID, "Q?", " "), problem.ErrInvalid},
			"with the name":       {all(w.cleo, list[0].ID, "Amara asks: per client?", "Yes."), problem.ErrInvalid},
			"with the name after": {all(w.cleo, list[0].ID, "Per client?", "Yes, (May)."), problem.ErrInvalid},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("an answer to everybody %s = %v; want %v", name, c.err, c.want)
			}
		}
		if n, err := w.Notices(ctx, w.Org.ID, string(w.Version), "tell-us"); err != nil || len(n) != 0 {
			t.Fatalf("after refusals: %+v, %v", n, err)
		}
		w.must(all(w.cleo, list[0].ID, "Is the limit per client, or may it be global?", "Per client."))
		n, err := w.Notices(ctx, w.Org.ID, string(w.Version), "tell-us")
		if err != nil || len(n) != 1 || n[0].Answer != "Per client." {
			t.Errorf("notices = %+v, %v", n, err)
		}
		if n, err := w.Notices(ctx, w.Org.ID, string(w.Version), "pick"); err != nil || len(n) != 0 {
			t.Errorf("another task's notices = %+v, %v", n, err)
		}
		got := w.load(w.cleo, app)
		if m := got.Messages[2]; m.Notice != n[0].ID || m.Body != "Per client." || !got.Waits.IsZero() {
			t.Errorf("whoever asked reads %+v", m)
		}
		w.must(w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			lines, err := audit.Of(ctx, tx, string(app), 20)
			if !slices.ContainsFunc(lines, func(l audit.Line) bool { return l.Verb == "thread.answer_all" && l.Facts["notice"] == n[0].ID }) {
				t.Errorf("the audit has %+v", lines)
			}
			return err
		}))
	})
}

func TestTheListHasTheLongestWaitFirst(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		var apps []opening.ApplicationID
		for i := range 7 {
			who, app := w.enter(fmt.Sprintf("Person Number%c", 'A'+i))
			w.must(w.Say(ctx, who, thread.Words{Body: fmt.Sprintf("Question %d about 100%%", i)}))
			w.Tick.Add(time.Minute)
			apps = append(apps, app)
		}
		w.must(w.Answer(ctx, w.cleo, apps[2], "Yes."))
		walk := func(who actor.Actor, f thread.Filter) (out []opening.ApplicationID) {
			t.Helper()
			f.Most = 2
			for {
				l, err := w.List(ctx, who, f)
				w.must(err)
				for _, r := range l.Rows {
					out = append(out, r.App)
				}
				if f.After = l.Next; f.After == "" {
					return out
				}
			}
		}
		wait := slices.Delete(slices.Clone(apps), 2, 3)
		newest := slices.Clone(apps)
		slices.Reverse(newest)
		newest = append([]opening.ApplicationID{apps[2]}, slices.DeleteFunc(newest, func(a opening.ApplicationID) bool { return a == apps[2] })...)
		for name, c := range map[string]struct {
			got, want []opening.ApplicationID
		}{
			"waiting, for the contact": {walk(w.cleo, thread.Filter{}), wait},
			"waiting, for the owner":   {walk(w.Owner, thread.Filter{}), wait},
			"all":                      {walk(w.cleo, thread.Filter{All: true}), newest},
			"by name":                  {walk(w.cleo, thread.Filter{Search: "person numberb"}), apps[1:2]},
			"by a message":             {walk(w.cleo, thread.Filter{Search: "QUESTION 4"}), apps[4:5]},
			"a sign of patterns":       {walk(w.cleo, thread.Filter{Search: "0%"}), wait},
			"nothing by a pattern":     {walk(w.cleo, thread.Filter{Search: "question_4"}), nil},
			"for a reviewer":           {walk(w.Mina, thread.Filter{All: true}), nil},
			"for the decider":          {walk(w.Rosa, thread.Filter{All: true}), nil},
		} {
			if !slices.Equal(c.got, c.want) {
				t.Errorf("%s: %v; want %v", name, c.got, c.want)
			}
		}
		nowhere := "nonsense"
		if _, err := w.List(ctx, w.cleo, thread.Filter{After: nowhere}); !errors.Is(err, thread.ErrMissing) {
			t.Errorf("a cursor that is none = %v; want ErrMissing", err)
		}
	})
}

// An owner who has to score a work does not find its candidate in the list, by no search.
func TestTheListHidesWhomOneScores(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		w.must(w.World.Openings.SetRole(ctx, w.Owner, w.Opening, w.Owner.ID, opening.Reviewer, true))
		w.must(w.World.Openings.SetRole(ctx, w.Owner, w.Opening, w.Jun.ID, opening.Reviewer, false))
		amara, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		w.must(w.Say(ctx, amara, thread.Words{Body: "Thank you."}))
		for _, f := range []thread.Filter{{}, {All: true}, {Search: "amara"}, {Search: "thank"}} {
			l, err := w.List(ctx, w.Owner, f)
			if err != nil || len(l.Rows) != 0 {
				t.Errorf("list %+v = %+v, %v; want nothing", f, l, err)
			}
		}
		if l, err := w.List(ctx, w.cleo, thread.Filter{}); err != nil || len(l.Rows) != 1 {
			t.Errorf("the contact's list = %+v, %v; want one", l, err)
		}
		w.must(w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) error {
			to, err := w.Answerers(ctx, tx, a.Application)
			if len(to) != 1 || to[0].ID != w.cleo.ID {
				t.Errorf("told is %+v; want the contact", to)
			}
			return err
		}))
	})
}

func TestUsualIsWhatTheyReallyWaited(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		usual := func() time.Duration {
			t.Helper()
			d, err := w.Usual(ctx, w.Org.ID)
			w.must(err)
			return d
		}
		for i, wait := range []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 30 * time.Hour} {
			if usual() != 0 {
				t.Fatalf("after %d answers a time is told; want none before five", i)
			}
			who, app := w.enter(fmt.Sprintf("Person Number%c", 'A'+i))
			w.must(w.Say(ctx, who, thread.Words{Body: "When?"}))
			w.Tick.Add(wait)
			w.must(w.Answer(ctx, w.cleo, app, "Now."))
			w.must(w.Answer(ctx, w.cleo, app, "And one more thing."))
		}
		if got := usual(); got != 4*time.Hour {
			t.Errorf("usual = %v; want four of five", got)
		}
		late, _ := w.enter("Late Person")
		w.must(w.Say(ctx, late, thread.Words{Body: "Hello?"}))
		w.Tick.Add(72 * time.Hour)
		if got := usual(); got != 30*time.Hour {
			t.Errorf("usual with somebody who waits three days = %v; want 30 h: who waits counts", got)
		}
		w.Tick.Add(91 * 24 * time.Hour)
		if got := usual(); got != 0 {
			t.Errorf("usual of answers that are older than 90 days = %v; want none", got)
		}
	})
}

func TestHours(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		hours := func() (out map[string][]int) {
			w.must(w.DB.Read(ctx, w.Org.ID, func(tx db.Tx) (err error) {
				out, err = w.Hours(ctx, tx)
				return err
			}))
			return out
		}
		w.must(w.SetHours(ctx, w.cleo, []int{14, 9, 14}))
		if got := hours(); len(got) != 1 || !slices.Equal(got[w.cleo.ID], []int{9, 14}) {
			t.Errorf("hours = %v", got)
		}
		if err := w.SetHours(ctx, w.cleo, []int{24}); !errors.Is(err, problem.ErrInvalid) {
			t.Errorf("at 24 o'clock = %v; want ErrInvalid", err)
		}
		w.must(w.SetHours(ctx, w.cleo, nil))
		if got := hours(); len(got) != 0 {
			t.Errorf("hours = %v; want at once", got)
		}
	})
}

// Files go with a message: what is attached stays with the draft until it is sent, only what may be attached is, whoever scores learns that there is a file
// and nothing else of it, and all of them go with the conversation.
func TestFiles(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		kemi, app := w.enter("Kemi Adeola")
		own := func(item string) thread.Thread {
			t.Helper()
			th, err := w.Own(ctx, kemi, item)
			w.must(err)
			return th
		}
		png := []byte("\x89PNG\r\n\x1a\n....")
		for name, c := range map[string]struct {
			who  actor.Actor
			item string
			data []byte
			want error
		}{
			"a program":        {kemi, "", []byte("\x7fELF\x02\x01\x01\x00\x00"), thread.ErrFileType},
			"nothing":          {kemi, "", nil, thread.ErrFileSize},
			"too much":         {kemi, "", make([]byte, thread.MaxFile+1), thread.ErrFileSize},
			"a foreign task":   {kemi, "nowhere", png, thread.ErrMissing},
			"a blind reader's": {w.Mina, "", png, thread.ErrMissing},
		} {
			if err := w.Attach(ctx, c.who, app, c.item, "a.png", c.data); !errors.Is(err, c.want) {
				t.Errorf("%s: Attach = %v; want %v", name, err, c.want)
			}
		}
		w.must(w.Attach(ctx, kemi, "", "", `C:\evil\..\<b>plan</b>.png`, png))
		w.must(w.Attach(ctx, kemi, "", "", "x.html", []byte("<script>alert(1)</script>")))
		draft := own("").Files
		if len(draft) != 2 || draft[0].Name != "b.png" || draft[1].Type != "text/plain" || draft[1].Upload.Name != "x.html" {
			t.Fatalf("attached: %+v", draft)
		}
		if err := w.Detach(ctx, w.Owner, app, draft[1].ID); !errors.Is(err, thread.ErrMissing) {
			t.Errorf("somebody else takes it away: %v", err)
		}
		w.must(w.Detach(ctx, kemi, "", draft[1].ID))
		if _, err := w.Uploads.Load(ctx, kemi, draft[1].Upload.ID); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("what was taken away is here: %v", err)
		}
		w.must(w.Attach(ctx, kemi, "", "", "photo.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>`)))
		script := own("").Files[1]
		if script.Type != "text/plain" {
			t.Errorf("an image that is a script is attached as %s; want text", script.Type)
		}
		w.must(w.Detach(ctx, kemi, "", script.ID))
		for range thread.MostFiles - 1 {
			w.must(w.Attach(ctx, kemi, "", "", "b.png", png))
		}
		if err := w.Attach(ctx, kemi, "", "", "c.png", png); !errors.Is(err, thread.ErrFiles) {
			t.Errorf("a sixth file: %v", err)
		}
		w.must(w.Say(ctx, kemi, thread.Words{Body: "The plan is attached."}))
		if th := own(""); len(th.Files) != 0 || len(th.Messages) != 1 || len(th.Messages[0].Files) != 5 || th.Messages[0].Files[0].Name != "b.png" {
			t.Errorf("sent: %+v, left %+v", th.Messages, th.Files)
		}
		if err := w.Detach(ctx, kemi, "", draft[0].ID); !errors.Is(err, thread.ErrMissing) {
			t.Errorf("what was sent is taken away: %v", err)
		}
		w.must(w.Attach(ctx, w.cleo, app, "", "answer.pdf", []byte("%PDF-1.7 x")))
		if th, err := w.Load(ctx, w.Owner, app); err != nil || len(th.Files) != 0 || len(th.Messages[0].Files) != 5 || th.Messages[0].Files[0].Upload.ID == "" {
			t.Errorf("whoever runs it sees %+v, %v; want the candidate's files and not Cleo's draft", th, err)
		}
		w.must(w.Answer(ctx, w.cleo, app, "Thank you."))
		if th := own(""); len(th.Messages[1].Files) != 1 || th.Messages[1].Files[0].Name != "answer.pdf" {
			t.Errorf("the candidate gets %+v", th.Messages[1].Files)
		}
		w.must(w.DB.Write(ctx, w.World.Org.ID, func(tx db.Tx) error {
			n, err := w.Erase(ctx, tx, db.Person{Applications: []string{string(app)}})
			if n["files of messages"] != 6 {
				t.Errorf("Erase = %v; want six files", n)
			}
			return err
		}))
		if _, err := w.Uploads.Load(ctx, kemi, draft[0].Upload.ID); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("after the data was erased a file is here: %v", err)
		}
	})
}
