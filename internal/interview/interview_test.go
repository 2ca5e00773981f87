package interview_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/attempt/attempttest"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/db/dbtest"
	"candor/internal/interview"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
	"candor/internal/secret"
	"candor/internal/upload"
	"candor/internal/upload/uploadtest"
)

var ctx = context.Background()

// world is reviewtest's with interviews. Ines and Otto are facilitators: around the opening, without a card and without names.
type world struct {
	*reviewtest.World
	*interview.Interviews
	ines, otto actor.Actor
	heard      *[]string
}

func each(t *testing.T, fn func(t *testing.T, w world)) {
	dbtest.Each(t, append(slices.Clone(reviewtest.Schemas), fs.FS(interview.Schema), fs.FS(upload.Schema)), func(t *testing.T, d *db.DB, tick *dbtest.Clock) {
		w := world{World: reviewtest.Make(t, d, tick), heard: &[]string{}}
		w.Interviews = &interview.Interviews{DB: d, Jobs: w.World.Jobs, Orgs: w.World.Orgs, Assessments: w.World.Assessments, Candidates: w.World.Candidates, Promises: w.World.Promises,
			Openings: w.World.Openings, Attempts: w.World.Attempts, Kinds: attempttest.Kinds()}
		w.World.Attempts.Turns, w.Reviews.Interviews = w.Parts, w.Interviews
		w.World.Openings.Formats = append(w.World.Openings.Formats, interview.Format{Interviews: w.Interviews})
		w.Listen()
		job.Listen(w.World.Jobs, interview.Ended, "review.talked", job.Housekeeping, w.Reviews.Talked)
		for _, topic := range []job.Topic[interview.Note]{interview.Begun, interview.Asked, interview.Answered, interview.Replaced, interview.Ended} {
			job.Listen(w.World.Jobs, topic, "test."+string(topic), job.Mail, func(context.Context, interview.Note) error {
				*w.heard = append(*w.heard, strings.TrimPrefix(string(topic), "interview."))
				return nil
			})
		}
		w.ines = w.Member("Ines Duarte", "ines@tideway.example", []string{"reviewer"}, opening.Facilitator)
		w.otto = w.Member("Otto Weiss", "otto@tideway.example", []string{"reviewer"}, opening.Facilitator)
		fn(t, w)
	})
}

func (w world) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w world) load(who actor.Actor, c interview.Code) *interview.Talk {
	w.T.Helper()
	t, err := w.Load(ctx, who, c)
	w.must(err)
	return t
}

// open opens one of three questions about a submission, asked by Ines.
func (w world) open(a attempt.Attempt) interview.Interview {
	w.T.Helper()
	v, err := w.Open(ctx, w.Rosa, a.Application, interview.Agreed{Member: w.ines.ID, Rounds: 3, AnswerDays: 3, AskDays: 2}, "tell-us", "")
	w.must(err)
	return v
}

// answer writes and sends the n-th answer.
func (w world) answer(who actor.Actor, n int, text string) {
	w.T.Helper()
	key := attempt.TurnKey(n)
	s := w.Begin(who, key)
	if k := w.World.Save(who, s, 1, key, `{"text":["`+text+`"]}`); k.Standing != "on_time" {
		w.T.Fatalf("answer %d is %s", n, k.Standing)
	}
	_, err := w.World.Attempts.Send(ctx, who, key)
	w.must(err)
	w.Drain()
}

// acts are the verbs of the record about a subject.
func (w world) acts(subject string) (out []string) {
	w.T.Helper()
	w.must(w.DB.Read(ctx, w.World.Org.ID, func(tx db.Tx) error {
		lines, err := audit.Of(ctx, tx, subject, 100)
		for _, l := range lines {
			out = append(out, l.Verb)
		}
		return err
	}))
	return out
}

func (w world) promises(a opening.ApplicationID) (out []promise.Promise) {
	w.T.Helper()
	w.must(w.DB.Read(ctx, w.World.Org.ID, func(tx db.Tx) (err error) {
		all, err := w.World.Promises.Of(ctx, tx, string(a))
		for _, p := range all {
			if p.Kind == promise.Question {
				out = append(out, p)
			}
		}
		return err
	}))
	return out
}

// Three turns, a silent interviewer, and somebody else in their place; then all of it is evidence.
func TestThreeTurns(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		w.Tick.Add(time.Second)
		v := w.open(a)
		w.Drain()
		if _, err := w.Open(ctx, w.Rosa, a.Application, v.Agreed, "", ""); !errors.Is(err, interview.ErrThere) {
			t.Errorf("a second one about the same work: %v", err)
		}
		own, err := w.Own(ctx, amara)
		if err != nil || own.State != interview.Ours || own.Name != "Ines Duarte" || own.Left() != 3 {
			t.Fatalf("the candidate sees %+v, %v; want Ines's turn and three questions", own, err)
		}

		// Ines is no reader of this work, and knows a code; what she reads and asks about names nobody.
		seen := w.load(w.ines, v.Code)
		if !seen.App.Blind || seen.App.Name != "" || seen.App.Title() != "Candidate "+string(v.Code) || !seen.Asks || seen.Runs {
			t.Errorf("who asks sees %+v", seen.App)
		}
		file := seen.Files["tell-us"]["answer.md"]
		if !strings.HasPrefix(file, "The queue delivered again") {
			t.Fatalf("the work to ask about is %q", file)
		}
		first := interview.Question{Text: "Why twice, Amara?", Kind: "freetext", Item: "tell-us", File: "answer.md", From: 1}
		w.must(w.Interviews.Save(ctx, w.ines, v.Code, 0, first))
		if d := w.load(w.ines, v.Code).Draft; d != first {
			t.Errorf("the draft is %+v", d)
		}
		w.must(w.Ask(ctx, w.ines, v.Code, 0, first))
		if err := w.Ask(ctx, w.ines, v.Code, 0, first); !errors.Is(err, interview.ErrTheirs) {
			t.Errorf("a second press: %v", err)
		}
		if err := w.Interviews.Save(ctx, w.ines, v.Code, 0, first); !errors.Is(err, interview.ErrMoved) || w.load(w.ines, v.Code).Draft != (interview.Question{}) {
			t.Errorf("a page that saved what was asked meanwhile: %v; want nothing in the next question's place", err)
		}
		if err := w.Close(ctx, w.Rosa, v.Code, 1); !errors.Is(err, interview.ErrTheirs) {
			t.Errorf("ending it in the candidate's turn: %v", err)
		}
		own, err = w.Own(ctx, amara)
		lagos, _ := time.LoadLocation("Africa/Lagos")
		if by := own.Until().In(lagos); err != nil || by.Format("15:04") != "23:59" || by.Sub(w.DB.Now()) < 3*24*time.Hour {
			t.Errorf("the candidate has until %v, %v; want the end of their third day", by, err)
		}
		if st := own.Turns[0].Part.Items[0].Head.Statement; !strings.Contains(st, "1  The queue delivered again") || !strings.Contains(st, "Why twice, Amara?") {
			t.Errorf("the candidate is asked %q", st)
		}
		if ps := w.promises(v.Application); len(ps) != 1 || ps[0].Kept.IsZero() {
			t.Errorf("the promise of the first question: %+v", ps)
		}
		w.answer(amara, 1, "I am Amara, and the provider was slow.")
		if s := w.load(w.ines, v.Code); s.State != interview.Ours || strings.Contains(string(s.Turns[0].Body)+s.Turns[0].Text, "Amara") || !strings.Contains(string(s.Turns[0].Body), "provider was slow") {
			t.Errorf("who asks reads %s in %s of %q", s.Turns[0].Body, s.State, s.Turns[0].Text)
		}
		if s := w.load(w.Rosa, v.Code); !strings.Contains(string(s.Turns[0].Body), "Amara") || s.Asks || !s.Runs {
			t.Errorf("who runs it reads %s", s.Turns[0].Body)
		}

		// Ines is silent: her promise breaks, and only whoever runs the opening hands it over.
		w.Tick.Add(6 * 24 * time.Hour)
		w.must(w.World.Promises.Sweep(ctx, w.World.Org.ID))
		if ps := w.promises(v.Application); ps[0].Broken.IsZero() {
			t.Error("a silent interviewer broke no promise")
		}
		if own, _ := w.Own(ctx, amara); !own.Late(w.DB.Now()) {
			t.Error("the candidate is not told that it is late")
		}
		if err := w.Replace(ctx, w.ines, v.Code, w.ines.ID, w.otto.ID, "I am away."); !errors.Is(err, interview.ErrRole) {
			t.Errorf("handing it over oneself: %v", err)
		}
		w.must(w.Replace(ctx, w.Rosa, v.Code, w.ines.ID, w.otto.ID, "Ines is ill."))
		if err := w.Replace(ctx, w.Rosa, v.Code, w.ines.ID, w.Mina.ID, "Again."); !errors.Is(err, interview.ErrMoved) {
			t.Errorf("handing over what was handed over: %v", err)
		}
		if _, err := w.Load(ctx, w.ines, v.Code); !errors.Is(err, interview.ErrMissing) {
			t.Errorf("who asked before still reads it: %v", err)
		}
		own, err = w.Own(ctx, amara)
		if err != nil || own.Name != "Otto Weiss" || own.Late(w.DB.Now()) || len(own.Handovers) != 1 || own.Handovers[0].Was != "Ines Duarte" || !own.Handovers[0].Late {
			t.Errorf("the candidate is told %+v, %v", own.Handovers, err)
		}
		if ps := w.promises(v.Application); ps[0].Broken.IsZero() {
			t.Error("what was broken is forgotten")
		}

		// Nobody scores while it goes on, and nothing of it is seen before its end.
		var n review.Round
		w.must(w.DB.Read(ctx, w.World.Org.ID, func(tx db.Tx) (err error) {
			n, err = w.Reviews.RoundOf(ctx, tx, string(a.ID))
			return err
		}))
		card := review.Card{Ratings: map[string]review.Rating{"clear": {Level: 3}, "right": {Level: 2}}}
		sheet, err := w.Reviews.Load(ctx, w.Mina, n.Code)
		if _, _, there := sheet.Rubric.Item(attempt.TurnKey(1)); err != nil || there || !sheet.Talking {
			t.Errorf("a reader sees the turns before the end: %v", err)
		}
		if err := w.Reviews.File(ctx, w.Mina, n.Code, card); !errors.Is(err, review.ErrTalking) {
			t.Errorf("filing a card while it goes on: %v", err)
		}

		w.must(w.Ask(ctx, w.otto, v.Code, 1, interview.Question{Text: "What would you log?", Kind: "freetext"}))
		w.answer(amara, 2, "The key of each delivery.")
		w.must(w.Ask(ctx, w.otto, v.Code, 2, interview.Question{Text: "And how would you see it in a week?", Kind: "freetext"}))
		// The last answer is on its way when its days are over: what was saved is sent.
		s := w.Begin(amara, attempt.TurnKey(3))
		w.World.Save(amara, s, 1, attempt.TurnKey(3), `{"text":["I would count them, says Okafor."]}`)
		w.Tick.Add(4 * 24 * time.Hour)
		w.must(w.World.Attempts.CloseOverdue(ctx, w.World.Org.ID))
		w.Drain()
		own, err = w.Own(ctx, amara)
		if err != nil || own.State != interview.Closed || own.By != interview.ByRounds || own.Left() != 0 {
			t.Fatalf("after the last answer it is %s by %s, %v", own.State, own.By, err)
		}
		if err := w.Ask(ctx, w.otto, v.Code, 3, interview.Question{Text: "One more?", Kind: "freetext"}); !errors.Is(err, interview.ErrClosed) {
			t.Errorf("a fourth question: %v", err)
		}
		if got := strings.Join(*w.heard, " "); got != "begun asked answered replaced asked answered asked ended" {
			t.Errorf("announced: %s", got)
		}

		// Now it is evidence, without the name.
		if sheet, err = w.Reviews.Load(ctx, w.Mina, n.Code); err != nil || sheet.Talking {
			t.Fatal(err)
		}
		it, _, there := sheet.Rubric.Item(attempt.TurnKey(3))
		body := string(sheet.Work.Answers[attempt.TurnKey(3)].Body)
		first3, _, _ := sheet.Rubric.Item(attempt.TurnKey(1))
		if !there || !strings.Contains(it.Head.Statement, "in a week") || !strings.Contains(body, "count them") || strings.Contains(body+first3.Head.Statement, "Okafor") || strings.Contains(first3.Head.Statement, "Amara") {
			t.Errorf("a reader reads %q to %q and %q", body, it.Head.Statement, first3.Head.Statement)
		}
		card.Ratings["right"] = review.Rating{Level: 2, Evidence: []review.Place{{Item: attempt.TurnKey(2)}}}
		w.must(w.Reviews.File(ctx, w.Mina, n.Code, card))

		w.must(audit.Seal(ctx, w.DB, w.World.Org.ID))
		acts := w.acts(string(a.Application))
		for _, verb := range []string{"interview.open", "interview.ask", "interview.replace", "interview.close"} {
			if !slices.Contains(acts, verb) {
				t.Errorf("the record of %v lacks %s", acts, verb)
			}
		}
	})
}

// A question said aloud: only whoever asks records it, for the question of the moment; it is asked when all of it is here and its words are written, what was
// not asked goes, nobody who must not know the name hears it, and it goes with the candidate's data.
func TestAQuestionSaidAloud(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		us := uploadtest.New(t, w.DB, t.TempDir())
		us.Jobs, us.Accepts = w.World.Jobs, func(_ context.Context, who actor.Actor, s upload.Subject) (upload.Accepting, error) {
			return w.Accepts(who, s), nil
		}
		us.Listen()
		w.Interviews.Uploads = us
		amara, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		v := w.open(a)
		w.Drain()
		first := upload.Subject{Owner: interview.Owner(v.Code), Item: interview.QuestionKey(1), Purpose: "rec_one"}
		for name, c := range map[string]struct {
			who actor.Actor
			s   upload.Subject
		}{"somebody else": {w.otto, first}, "whoever runs it": {w.Rosa, first}, "the candidate": {amara, first}, "the next question": {w.ines, upload.Subject{Owner: first.Owner, Item: interview.QuestionKey(2), Purpose: "rec_one"}},
			"an attempt": {w.ines, upload.Subject{Owner: string(a.ID), Item: first.Item, Purpose: "rec_one"}}} {
			if _, err := us.Create(ctx, c.who, c.s, -1); !errors.Is(err, upload.ErrMissing) {
				t.Errorf("%s: %v; want upload.ErrMissing", name, err)
			}
		}
		send := func(purpose string, whole bool) upload.Upload {
			t.Helper()
			data := "\x1a\x45\xdf\xa3 webm " + purpose
			u, err := us.Create(ctx, w.ines, upload.Subject{Owner: first.Owner, Item: first.Item, Purpose: purpose}, -1)
			w.must(err)
			_, err = us.Append(ctx, w.ines, u.ID, 0, strings.NewReader(data))
			w.must(err)
			if whole {
				u, err = us.Finish(ctx, w.ines, u.ID, upload.Claim{Hash: secret.Hash(data), Length: int64(len(data))})
				w.must(err)
			}
			return u
		}
		said, half := send("rec_one", true), send("rec_two", false)
		if takes := w.load(w.ines, v.Code).Takes; len(takes) != 2 || takes[0].Upload.ID != half.ID {
			t.Errorf("who asks sees %+v; want both, the newest first", takes)
		}
		x := interview.Question{Text: "Why twice?", Kind: "freetext", Recording: said.ID}
		for field, wrong := range map[string]interview.Question{"recording": {Recording: half.ID, Said: "Why?"}, "said": {Recording: said.ID, Said: " "}} {
			wrong.Text, wrong.Kind = x.Text, x.Kind
			if p, ok := problem.As(w.Ask(ctx, w.ines, v.Code, 0, wrong)); !ok || p.Fields[field] == "" {
				t.Errorf("%+v is asked: %v; want a problem of %s", wrong, p, field)
			}
		}
		x.Said = "WEBVTT\n\n00:00.000 --> 00:01.000\n<script>x</script>Why did it, Amara\n\n00:01.000 --> 00:02.000\ncome twice?\n"
		w.must(w.Ask(ctx, w.ines, v.Code, 0, x))
		own, err := w.Own(ctx, amara)
		if w.must(err); own.Turns[0].Aloud.Upload.ID != said.ID || len(own.Turns[0].Aloud.Words) != 2 || own.Turns[0].Aloud.Words[0].Text != "xWhy did it, Amara" || own.Turns[0].Part.Items[0].Head.Aloud != said.ID {
			t.Errorf("the candidate gets %+v", own.Turns[0].Aloud)
		}
		if _, err := us.Load(ctx, w.ines, half.ID); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("what was not asked is still here: %v", err)
		}
		w.answer(amara, 1, "The provider was slow.")
		other := upload.Subject{Owner: first.Owner, Item: interview.QuestionKey(2), Purpose: "rec_three"}
		_, err = us.Create(ctx, w.ines, other, -1)
		w.must(err)
		w.must(w.Replace(ctx, w.Rosa, v.Code, w.ines.ID, w.otto.ID, "Ines is ill."))
		if t2 := w.load(w.otto, v.Code); !t2.App.Blind || t2.Turns[0].Aloud.Upload.ID != "" || len(t2.Takes) != 0 {
			t.Errorf("whoever asks next, without the name, hears %+v and has %+v", t2.Turns[0].Aloud, t2.Takes)
		}
		if heard := w.load(w.Rosa, v.Code).Turns[0].Aloud; heard.Upload.ID != said.ID {
			t.Errorf("whoever runs it hears %+v", heard)
		}
		w.must(w.DB.Write(ctx, w.World.Org.ID, func(tx db.Tx) error {
			_, err := w.Erase(ctx, tx, db.Person{Attempts: []string{string(a.ID)}})
			return err
		}))
		if _, err := us.Load(ctx, w.ines, said.ID); !errors.Is(err, upload.ErrMissing) {
			t.Errorf("after the data was erased the recording is here: %v", err)
		}
	})
}

// An interview as a stage: what is sent first is read when the talk about it is over.
func TestAStage(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		plan, err := w.AddPlan(ctx, w.Owner, w.Version, interview.Agreed{Member: w.ines.ID, Rounds: 2, AnswerDays: 2, AskDays: 1})
		w.must(err)
		w.World.Opening, err = w.World.Openings.Create(ctx, w.Owner, opening.Opening{Title: "Platform engineer", ReplyDays: 5},
			[]opening.Stage{{Title: "Talk", Reviewers: 1, Window: 7, Format: "interview", Ref: string(plan)}})
		w.must(err)
		for m, r := range map[string]opening.Role{w.ines.ID: opening.Facilitator, w.Mina.ID: opening.Reviewer, w.Rosa.ID: opening.Manager} {
			w.must(w.World.Openings.SetRole(ctx, w.Owner, w.World.Opening, m, r, true))
		}
		amara, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		own, err := w.Own(ctx, amara)
		if err != nil || own.State != interview.Ours || own.Rounds != 2 {
			t.Fatalf("after the work was sent: %+v, %v", own, err)
		}
		rounds := func() (out []review.Round) {
			w.must(w.DB.Read(ctx, w.World.Org.ID, func(tx db.Tx) (err error) {
				out, err = w.Reviews.RoundsOf(ctx, tx, a.Application)
				return err
			}))
			return out
		}
		if n := rounds(); len(n) != 0 {
			t.Error("it is read before the interview is over")
		}
		w.must(w.Ask(ctx, w.ines, own.Code, 0, interview.Question{Text: "Why?", Kind: "freetext"}))
		w.answer(amara, 1, "Because.")
		w.must(w.Close(ctx, w.ines, own.Code, 1))
		w.Drain()
		if n := rounds(); len(n) != 1 || !n[0].Due.After(w.DB.Now().Add(3*24*time.Hour)) {
			t.Errorf("after its end: %+v; want it read within the days from now", n)
		}
	})
}

// An interview can be chosen instead of the same in writing, and the other way round until something is started.
func TestAnInterviewIsAChoice(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		plan, err := w.AddPlan(ctx, w.Owner, w.Version, interview.Agreed{Member: w.ines.ID, Rounds: 2, AnswerDays: 2, AskDays: 1})
		w.must(err)
		written, talk := opening.Offer{Format: "assessment", Ref: string(w.Version)}, opening.Offer{Format: "interview", Ref: string(plan)}
		w.World.Opening, err = w.World.Openings.Create(ctx, w.Owner, opening.Opening{Title: "Platform engineer", ReplyDays: 5},
			[]opening.Stage{{Title: "Talk", Reviewers: 1, Window: 7, Format: "assessment", Ref: string(w.Version), Others: []opening.Offer{talk}}})
		w.must(err)
		amara := w.Enter(w.Invite("Amara Okafor", "amara@mail.example"))
		for _, x := range []opening.Offer{talk, written, talk, written} {
			w.must(w.World.Openings.Choose(ctx, amara, x))
			if _, err := w.Own(ctx, amara); (err == nil) != (x == talk) {
				t.Errorf("after choosing %v: %v", x, err)
			}
		}
		w.must(w.World.Openings.Choose(ctx, amara, talk))
		w.Finish(amara)
		w.Drain()
		if own, err := w.Own(ctx, amara); err != nil || own.State != interview.Ours {
			t.Errorf("after what is sent first: %+v, %v", own, err)
		}
		if err := w.World.Openings.Choose(ctx, amara, written); !errors.Is(err, opening.ErrBegan) {
			t.Errorf("after the start = %v; want ErrBegan", err)
		}
	})
}

// Somebody who leaves ends it, and what is asked wrongly is refused by its field.
func TestEdges(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		amara, a := w.Submit("Amara Okafor", "amara@mail.example")
		w.Drain()
		for field, g := range map[string]interview.Agreed{"rounds": {w.ines.ID, 7, 3, 2}, "answer_days": {w.ines.ID, 3, 0, 2}, "ask_days": {w.ines.ID, 3, 3, 11}, "member": {"mem_nobody", 3, 3, 2}} {
			_, err := w.Open(ctx, w.Rosa, a.Application, g, "", "")
			if p, ok := problem.As(err); !ok || p.Fields[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.Open(ctx, w.Mina, a.Application, interview.Agreed{Member: w.ines.ID, Rounds: 3, AnswerDays: 3, AskDays: 2}, "", ""); !errors.Is(err, interview.ErrRole) {
			t.Errorf("a blind reader opens one: %v", err)
		}
		v := w.open(a)
		for field, x := range map[string]interview.Question{"text": {Kind: "freetext"}, "kind": {Text: "Why?", Kind: "choice"}, "file": {Text: "Why?", Kind: "freetext", Item: "tell-us", File: "other.md", From: 1},
			"from": {Text: "Why?", Kind: "freetext", Item: "tell-us", File: "answer.md", From: 99}, "item": {Text: "Why?", Kind: "freetext", Item: "nowhere"}} {
			err := w.Ask(ctx, w.ines, v.Code, 0, x)
			if p, ok := problem.As(err); !ok || p.Fields[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := w.Ask(ctx, w.Rosa, v.Code, 0, interview.Question{Text: "Why?", Kind: "freetext"}); !errors.Is(err, interview.ErrRole) {
			t.Errorf("somebody else asks: %v", err)
		}
		if _, err := w.Load(ctx, w.Mina, v.Code); !errors.Is(err, interview.ErrMissing) {
			t.Errorf("a blind reader sees the talk: %v", err)
		}
		w.must(w.World.Attempts.Withdraw(ctx, amara))
		w.must(w.Sweep(ctx, w.World.Org.ID))
		own, err := w.Own(ctx, amara)
		if err != nil || own.State != interview.Closed || own.By != interview.ByLeft {
			t.Errorf("after they left it is %s by %s, %v", own.State, own.By, err)
		}
		if _, err := w.Open(ctx, w.Rosa, a.Application, v.Agreed, "", ""); !errors.Is(err, interview.ErrNoWork) {
			t.Errorf("one with somebody who left: %v", err)
		}
	})
}

// Every line of the table of states is one that something makes, and nothing leaves closed.
func TestStates(t *testing.T) {
	for _, x := range interview.Transitions {
		if x.From == interview.Closed {
			t.Errorf("%s leaves closed", x.Act)
		}
		if to, ok := x.From.Next(x.Act); !ok || to != x.To {
			t.Errorf("%s from %s leads to %s", x.Act, x.From, to)
		}
	}
	if _, ok := interview.Theirs.Next(interview.Enough); ok {
		t.Error("the turn is taken from the candidate")
	}
}
