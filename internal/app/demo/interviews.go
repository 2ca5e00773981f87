package demo

import (
	"encoding/json"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/interview"
	"candor/internal/opening"
	"candor/internal/recording"
	"candor/internal/response"
	"candor/internal/upload"
)

// turn is a question of an interview and what the candidate answers, each after a while.
type turn struct {
	by       string // who asks; somebody else than before takes over first
	asks     interview.Question
	after    time.Duration
	answer   string // what is written, or said in the recording
	answered time.Duration
	aloud    string // the recordings of the question and the answer, in _answers/recordings; "" is none
	recorded string
}

// interviews are the talks about what somebody sent, by name.
var interviews = map[string][]turn{
	"Lena Fischer": {
		{by: "reviewer3", after: 2 * time.Hour, asks: interview.Question{Item: "explain-the-incident", File: "answer.md", From: 9,
			Text: "I like that you say what would prove you wrong. Suppose the waits turn out to be short, all under half a second: what is the “something else” that you would look at first, and why that?"},
			answered: 15 * time.Hour, answer: "First whether the same job stood in the queue twice. If the waits were short, the provider answered, and then the second mail is not a retry of the first: somebody put it there. I would take one booking with nine mails and look whether its nine jobs have one id or nine. One id means the queue gave it out again, for a reason that I do not know yet; nine mean that whoever makes the job ran nine times, and then the payments page is where I would read next, not the mail service."},
		{by: "manager", after: 24 * time.Hour, asks: interview.Question{Item: "explain-the-incident", File: "answer.md", From: 10,
			Text: "Hello Lena, Adaeze is away this week, so it is me from here on. You would take the new version back on the test system. Imagine that takes until the afternoon, and it starts again at lunch. What do you do in those hours with what you know at noon?"},
			answered: 9 * time.Hour, recorded: "answer", answer: "0:00 Then I would not wait for the proof. At noon I know two things for sure.\n0:04 It began with the version of today, and taking it back hurts nobody.\n0:08 So back to the version of yesterday, and say so in the same note to Ines."},
		{by: "manager", after: 15 * time.Hour, aloud: "question", asks: interview.Question{
			Said: "0:00 In your note you promise Ines to write again at lunch.\n0:03 It is lunch, and you have nothing new. What do you write?",
			Text: "That is how I would want it. Last one: in your note you promise Ines to write again at lunch. It is lunch, and you have nothing new. What do you write?"},
			answered: 5 * time.Hour, answer: "That I have nothing new, and when I write next.\n\n> Nothing has changed since ten thirty, and we do not know the reason yet. The version of this morning is taken back, so it should stay quiet. I write again at three, also if there is nothing. If a customer rings with something other than a double mail, send them to me.\n\nShe asked for something to tell people at the counter, and “still quiet, we are on it” is something. Silence is what makes them ring the harbour master."},
	},
}

// interview has somebody ask about what was sent, in turns, to the end.
func (f *filler) interview(who actor.Actor, app opening.ApplicationID, name string) error {
	list := interviews[name]
	if len(list) == 0 {
		return nil
	}
	asks := list[0].by
	v, err := f.Interviews.Open(f.ctx, f.who["manager"], app, interview.Agreed{Member: f.who[asks].ID, Rounds: len(list), AnswerDays: 3, AskDays: 2}, list[0].asks.Item, "")
	if err != nil {
		return err
	}
	for n, t := range list {
		f.pass(t.after)
		if t.by != asks {
			if err := f.Interviews.Replace(f.ctx, f.who["manager"], v.Code, f.who[asks].ID, f.who[t.by].ID, "Away at the harbour of Faro until Friday."); err != nil {
				return err
			}
			asks = t.by
			f.pass(time.Hour)
		}
		t.asks.Kind = f.Attempts.Written.Name()
		if t.recorded != "" {
			t.asks.Kind = "video"
		}
		if t.aloud != "" {
			if t.asks.Recording, err = f.sends(f.who[asks], upload.Subject{Owner: interview.Owner(v.Code), Item: interview.QuestionKey(n + 1), Purpose: takeID(name, n)}, t.aloud); err != nil {
				return err
			}
		}
		if err := f.Interviews.Ask(f.ctx, f.who[asks], v.Code, n, t.asks); err != nil {
			return err
		}
		if err := f.Jobs.Drain(f.ctx); err != nil {
			return err
		}
		f.pass(t.answered)
		key := attempt.TurnKey(n + 1)
		sit, err := f.Attempts.Begin(f.ctx, who, key)
		if err != nil {
			return err
		}
		f.pass(10 * time.Minute)
		body, err := json.Marshal(map[string][]string{"text": {t.answer}})
		if t.recorded != "" {
			body, err = f.records(who, v.Attempt, key, recording.ID(takeID(name, n)), t)
		}
		if err != nil {
			return err
		}
		if _, err := f.Attempts.Save(f.ctx, who, attempt.SaveRequest{Sitting: sit.ID, Epoch: 1, Received: f.DB.Now(),
			Saves: []response.Save{{Item: key, Client: "c_demo", Seq: 1, Body: body}}}); err != nil {
			return err
		}
		if _, err := f.Attempts.Send(f.ctx, who, key); err != nil {
			return err
		}
		if err := f.Jobs.Drain(f.ctx); err != nil {
			return err
		}
	}
	return nil
}
