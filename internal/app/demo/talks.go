package demo

import (
	"time"

	"candor/internal/actor"
	"candor/internal/opening"
	"candor/internal/thread"
)

// line is one message of a candidate's, and what the recruiter answers after a while.
type line struct {
	says   string
	item   string        // the task it is about; "" none
	takes  time.Duration // until the answer; 0: nobody has answered yet
	answer string
	all    string // the question as everybody with the task is told it, with the answer; "" they are not told
}

// talks are what candidates ask when they have opened their link, by name.
var talks = map[string][]line{
	"Tomas Herrera": {{says: "Good morning. I travel until Thursday and only have a phone with me. Is the quiz all right on that, or should I wait for my laptop?", takes: 50 * time.Minute,
		answer: "Good morning Tomas. The quiz is made for phones too; for the written part most people like a keyboard. You have until next week for both, and can do them on different days."},
		{says: "Perfect, then the quiz in the airport and the text at home. One more thing: does somebody call me afterwards, or is the reply only here?"}},
	"Mateo Rossi": {{item: "explain-the-incident", says: "In the timeline, are the times those of the servers or of the harbour? At 02:10 the two differ by an hour that night.", takes: 35 * time.Minute,
		answer: "All times are UTC, as the servers write them.", all: "Which clock does the timeline use?"}},
	"Priya Raman": {{says: "Hello Noor, may I mention a system of my former employer in the note if I leave out its name?", takes: 95 * time.Minute,
		answer: "Hello Priya, yes, as long as nothing in it is confidential. Nobody here needs to know whose it was."}},
	"Lena Fischer": {{item: "retry-safely", says: "Is “the payment service” the one that was described in question one, or any service? It changes what I would retry:\n\n```go\nif errors.Is(err, ErrTimeout) {\n\treturn queue.Again(job)\n}\n```",
		takes: 2 * time.Hour, answer: "The one of question one. Nothing else about it is meant to be known."}},
	"Samuel Adeyemi": {{says: "My train has no network for an hour in the tunnel. Do I lose what I typed?", takes: 20 * time.Minute,
		answer: "No: what you type is kept on your device and sent when you are back. The quiz has no clock at all. Have a good journey."}},
	"Grace Mwangi": {{says: "I have one question before I begin. Who will read my text, engineers or the people team?", takes: 70 * time.Minute,
		answer: "Two engineers of the bookings team, and they see it without your name. I only look after the process."}},
	"Sofia Almeida": {{item: "review-the-form", says: "May I also say what is good about the form, or only what I would change?", takes: 25 * time.Minute,
		answer: "Both. A review that a colleague can use says what should stay, too.", all: "Should the review say only what is wrong?"}},
	"Marek Novotny": {{says: "Is there a dress code for this kind of interview? (I am joking. But thank you for not making me sit in a call.)", takes: 15 * time.Minute,
		answer: "Slippers are encouraged. Take your time, and write to me if anything is unclear."}},
	"Julia Santos": {{says: "I noticed that I am in Brazil and the last day is given in my own time, so is 23:59 here fine?", takes: 3 * time.Hour,
		answer: "Yes, 23:59 on your clock in São Paulo."}},
	"Ravi Menon":   {{item: "jumping-page", says: "Does “first paint” in this question mean with or without the web font?"}},
	"Emeka Nwosu":  {{says: "I will be reviewing in the evenings only, two or three of them. Does it matter that I come back several times?", takes: 40 * time.Minute, answer: "Not at all. There is no clock on it, and nobody sees when you worked."}},
	"Anika Rao":    {{says: "The link works, thank you. If I find something that is not in the pull request but in the file beside it, shall I write it down as well?", takes: 55 * time.Minute, answer: "Please do. A comment can stand on any line that you see."}},
	"Nadia Karim":  {{says: "Could I get the two questions after the review in writing before I start? I like to know what comes.", takes: 2 * time.Hour, answer: "They are made from what you send, so they do not exist yet. Each says why it is asked, and you have three days for them."}},
	"Chloe Martin": {{says: "Bonjour, is it a problem if my English is not perfect in the long text?", takes: 30 * time.Minute, answer: "Bonjour Chloe, no. What is scored stands on your page, and language is not in it."}},
}

// talk has a candidate ask and the recruiter, who is the contact, answer.
func (f *filler) talk(who actor.Actor, app opening.ApplicationID, name string) error {
	contact := f.who["recruiter"]
	for _, l := range talks[name] {
		if err := f.Threads.Say(f.ctx, who, thread.Words{Item: l.item, Body: l.says}); err != nil {
			return err
		}
		if l.takes == 0 {
			continue
		}
		f.pass(l.takes)
		err := f.reply(contact, app, l)
		if err == nil {
			err = f.Threads.Seen(f.ctx, who)
		}
		if err != nil {
			return err
		}
		f.pass(time.Minute)
	}
	return nil
}

// reply answers the newest message of a conversation, to everybody where the line says so.
func (f *filler) reply(contact actor.Actor, app opening.ApplicationID, l line) error {
	if l.all == "" {
		return f.Threads.Answer(f.ctx, contact, app, l.answer)
	}
	t, err := f.Threads.Load(f.ctx, contact, app)
	if err != nil {
		return err
	}
	return f.Threads.AnswerAll(f.ctx, contact, app, t.Messages[len(t.Messages)-1].ID, l.all, l.answer)
}
