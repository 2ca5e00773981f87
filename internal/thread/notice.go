package thread

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/live"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/thread/internal/query"
)

// Source is the message that an answer to everybody begins with.
type Source struct {
	App     opening.Application
	Message Message
	Title   string // of its task
	Part    string // key of the part that the task is in
	Notices []Notice
}

// Source loads a candidate's message about a task for whoever answers it. ErrMissing, ErrRole, ErrBlind, ErrNoTask.
func (th *Threads) Source(ctx context.Context, who actor.Actor, a opening.ApplicationID, message string) (Source, error) {
	t, err := th.Load(ctx, who, a)
	switch {
	case err != nil:
		return Source{}, err
	case t.App.Blind:
		return Source{}, ErrBlind
	case !t.Answers:
		return Source{}, ErrRole
	}
	i := slices.IndexFunc(t.Messages, func(m Message) bool { return m.ID == message && m.Member == "" })
	if i < 0 {
		return Source{}, ErrMissing
	}
	s := Source{App: t.App, Message: t.Messages[i]}
	if s.Message.Item == "" {
		return s, ErrNoTask
	}
	v, err := th.Assessments.Version(ctx, who.Org, assessment.VersionID(s.Message.Version))
	if err != nil {
		return s, err
	}
	it, part, ok := v.Item(s.Message.Item)
	if !ok { // a question about their own work: nobody else has it
		return s, ErrNoTask
	}
	s.Title, s.Part = it.Head.Title, part.Key
	s.Notices, err = th.Notices(ctx, who.Org, s.Message.Version, s.Message.Item)
	return s, err
}

// CheckNotice says what is wrong with the two wordings of an answer to everybody: one is missing or too long, or holds a word of the name or the
// address of who asked. ErrInvalid on question or answer.
func (s Source) CheckNotice(question, answer string) error {
	names := append(strings.Fields(s.App.Name), s.App.Name, s.App.Email)
	for _, f := range []struct{ name, text string }{{"question", question}, {"answer", answer}} {
		body, err := text(f.name, f.text)
		if err != nil {
			return err
		}
		for _, n := range names {
			if len([]rune(n)) > 2 && holds(body, n) {
				return problem.Field(f.name, "This names who asked (“"+n+"”). Say it without.")
			}
		}
	}
	return nil
}

// holds says whether a text has a word in it, as it is written.
func holds(text, word string) bool {
	for rest := text; ; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		before, after := []rune(rest[:i]), []rune(rest[i+len(word):])
		if (len(before) == 0 || !unicode.IsLetter(before[len(before)-1])) && (len(after) == 0 || !unicode.IsLetter(after[0])) {
			return true
		}
		rest = rest[i+len(word):]
	}
}

// AnswerAll answers a message to everybody who works on its task, and whoever asked: the question and the answer, both in the asker's words,
// stand beside the task at once, and for those who begin later. It is in the audit. ErrMissing, ErrRole, ErrBlind, ErrNoTask, ErrGone, ErrInvalid.
func (th *Threads) AnswerAll(ctx context.Context, who actor.Actor, a opening.ApplicationID, to, question, answer string) error {
	s, err := th.Source(ctx, who, a, to)
	if err != nil {
		return err
	}
	if err := s.CheckNotice(question, answer); err != nil {
		return err
	}
	question, answer = strings.TrimSpace(question), strings.TrimSpace(answer)
	return th.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		app, now, err := th.hold(ctx, tx, who, a)
		if err != nil {
			return err
		}
		n := id.New("ntc", now)
		if err := query.New(tx).AddNotice(ctx, query.AddNoticeParams{OrgID: tx.Org, ID: n, VersionID: s.Message.Version, Item: s.Message.Item, Question: question, Answer: answer,
			MemberID: who.ID, At: clock.Milli(now)}); err != nil {
			return err
		}
		key, err := th.answer(ctx, tx, app, message{kind: "said", member: who.ID, version: s.Message.Version, item: s.Message.Item, notice: n, body: answer}, now)
		if err != nil {
			return err
		}
		if err := live.Tell(ctx, tx, now, Told, s.Message.Version); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "thread.answer_all", string(a), audit.Facts{"notice": n, "message": key, "item": s.Message.Item})
	})
}
