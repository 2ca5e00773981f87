package thread

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/live"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/thread/internal/query"
)

// Live topics. A candidate's pages hear Said of their application and Told of the version they work on, members' pages Talked of their organisation.
const (
	Said   = "thread"
	Told   = "notice"
	Talked = "threads"
)

// mostDrafts is how many pages somebody may write in at once; of more the newest stay.
const mostDrafts = 5

// Say sends a message of the asking candidate, or keeps a note of what they assume. No clock changes by it. What cannot be sent stays a draft.
// ErrMissing, ErrMany, ErrNotWorking, ErrGone, ErrInvalid.
func (th *Threads) Say(ctx context.Context, who actor.Actor, w Words) error {
	m := message{kind: "said", item: w.Item}
	var err error
	if m.body, err = text("body", w.Body); err != nil {
		return err
	}
	if err := th.Save(ctx, who, "", Draft{Text: w.Body}, w.Item, "form", clock.Milli(th.DB.Now())); err != nil {
		return err
	}
	works := false
	if w.Item != "" {
		var v string
		if v, works, err = th.task(ctx, who, w.Item); err != nil {
			return err
		}
		m.version = v
	}
	if w.Assumed {
		m.kind = "assumed"
		if !works {
			return ErrNotWorking
		}
	}
	return th.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := th.ofCandidate(ctx, tx, who)
		if err != nil {
			return err
		}
		app, now, err := th.hold(ctx, tx, who, a)
		if err != nil {
			return err
		}
		q := query.New(tx)
		n, err := q.CountSince(ctx, tx.Org, string(a), clock.Milli(now.AddDate(0, 0, -1)))
		if err != nil {
			return err
		}
		if n >= MostADay {
			return ErrMany
		}
		if _, err := th.add(ctx, tx, app, m, now); err != nil || w.Assumed {
			return err
		}
		began, err := q.Wait(ctx, tx.Org, string(a), clock.Milli(now))
		if err != nil || began == 0 {
			return err
		}
		return Asked.Announce(ctx, th.Jobs, tx, Note{tx.Org, string(a), clock.Milli(now), true})
	})
}

// task asks whose task it is. ErrMissing.
func (th *Threads) task(ctx context.Context, who actor.Actor, item string) (version string, works bool, err error) {
	v, works, err := th.Task(ctx, who, item)
	if p, ok := problem.As(err); ok && p.Kind == problem.Missing {
		err = ErrMissing
	}
	return string(v), works, err
}

// Answer sends a message to the candidate of an application, under the asker's name; it is about the task that the candidate's last unanswered
// message is about. ErrMissing, ErrRole, ErrBlind, ErrGone, ErrInvalid.
func (th *Threads) Answer(ctx context.Context, who actor.Actor, a opening.ApplicationID, body string) error {
	return th.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		_, err := th.AnswerIn(ctx, tx, who, a, body)
		return err
	})
}

// AnswerIn is Answer within a transaction, and gives the message. Holding the conversation is the guarding write.
func (th *Threads) AnswerIn(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID, body string) (string, error) {
	body, err := text("body", body)
	if err != nil {
		return "", err
	}
	app, now, err := th.hold(ctx, tx, who, a)
	if err != nil {
		return "", err
	}
	m := message{kind: "said", member: who.ID, body: body}
	if m.version, m.item, err = asked(ctx, tx, a); err != nil {
		return "", err
	}
	return th.answer(ctx, tx, app, m, now)
}

// asked is the task of the candidate's newest message, "" when it is about none: an answer is about the same.
func asked(ctx context.Context, tx db.Tx, a opening.ApplicationID) (version, item string, err error) {
	rows, err := query.New(tx).Messages(ctx, tx.Org, string(a))
	for _, r := range rows { // the newest first
		if r.MemberID == "" && r.Kind == "said" {
			return r.VersionID, r.Item, err
		}
	}
	return "", "", err
}

// answer adds a member's message: nothing waits for the team any more, and something does for the candidate.
func (th *Threads) answer(ctx context.Context, tx db.Tx, app opening.Application, m message, now time.Time) (string, error) {
	q := query.New(tx)
	r, err := q.Thread(ctx, tx.Org, string(app.ID))
	if err != nil {
		return "", err
	}
	if r.WaitsSince > 0 {
		m.waited = max(1, clock.Milli(now)-r.WaitsSince)
	}
	key, err := th.add(ctx, tx, app, m, now)
	if err != nil {
		return "", err
	}
	if _, err := q.Answered(ctx, tx.Org, string(app.ID)); err != nil {
		return "", err
	}
	if _, err := q.Unread(ctx, tx.Org, string(app.ID), clock.Milli(now)); err != nil {
		return "", err
	}
	return key, Answered.Announce(ctx, th.Jobs, tx, Note{tx.Org, string(app.ID), clock.Milli(now), m.waited > 0})
}

// hold loads an application that the asker writes about and holds its conversation: the guarding write. ErrMissing, ErrRole, ErrBlind, ErrGone.
func (th *Threads) hold(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) (app opening.Application, now time.Time, err error) {
	now = th.DB.Now()
	app, answers, err := th.may(ctx, tx, who, a)
	switch {
	case err != nil:
		return app, now, err
	case app.Blind:
		return app, now, ErrBlind
	case !answers:
		return app, now, ErrRole
	}
	err = th.Candidates.Hold(ctx, tx, candidate.ID(app.Candidate))
	if errors.Is(err, candidate.ErrMissing) {
		return app, now, ErrGone
	}
	if err == nil {
		_, err = query.New(tx).Open(ctx, query.OpenParams{OrgID: tx.Org, ApplicationID: string(a), OpeningID: string(app.Opening.ID), LastAt: clock.Milli(now)})
	}
	return app, now, err
}

// message is one to be added.
type message struct {
	member, kind, version, item, notice, body string
	waited                                    int64 // milliseconds
}

// add keeps a message of a held conversation, drops its writer's drafts and tells the pages.
func (th *Threads) add(ctx context.Context, tx db.Tx, app opening.Application, m message, now time.Time) (string, error) {
	q, key, a := query.New(tx), id.New("msg", now), string(app.ID)
	if err := q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: key, ApplicationID: a, MemberID: m.member, Kind: m.kind, VersionID: m.version, Item: m.item, NoticeID: m.notice,
		Body: m.body, At: clock.Milli(now), Waited: m.waited}); err != nil {
		return "", err
	}
	about := m.item
	if m.member != "" {
		about = ""
	}
	if err := send(ctx, tx, a, m.member, about, key); err != nil {
		return "", err
	}
	if _, err := q.DropDrafts(ctx, query.DropDraftsParams{OrgID: tx.Org, ApplicationID: a, Writer: m.member, Item: about}); err != nil {
		return "", err
	}
	if err := live.Tell(ctx, tx, now, Said, a); err != nil {
		return "", err
	}
	if err := Added.Announce(ctx, th.Jobs, tx, AddedNote{tx.Org, a, key}); err != nil {
		return "", err
	}
	return key, live.Tell(ctx, tx, now, Talked, tx.Org)
}

// text is a text that can be sent, or ErrInvalid on its field.
func text(field, body string) (string, error) {
	switch body = strings.TrimSpace(body); {
	case body == "":
		return "", problem.Field(field, "Write something first.")
	case len([]rune(body)) > Max:
		return "", problem.Field(field, "This is longer than 10,000 characters.")
	}
	return body, nil
}

// Save keeps what the asker is writing on one page (client): a newer seq of that page takes the older one's place, and what another page has
// stays beside it. A candidate writes about one of their tasks, or about none, in their own conversation, whatever a says. It may be said twice.
// ErrMissing, ErrRole, ErrBlind, ErrInvalid.
func (th *Threads) Save(ctx context.Context, who actor.Actor, a opening.ApplicationID, d Draft, item, client string, seq int64) error {
	switch {
	case len([]rune(d.Text)) > Max:
		return problem.Field("body", "This is longer than 10,000 characters.")
	case client == "" || len(client) > 40 || len(item) > 64 || seq < 1:
		return problem.ErrInvalid
	}
	if item != "" {
		if _, _, err := th.task(ctx, who, item); err != nil {
			return err
		}
	}
	return th.DB.Write(ctx, who.Org, func(tx db.Tx) (err error) {
		if who.Kind == actor.Candidate {
			if a, err = th.ofCandidate(ctx, tx, who); err != nil {
				return err
			}
		}
		app, answers, err := th.may(ctx, tx, who, a)
		switch {
		case err != nil:
			return err
		case app.Blind:
			return ErrBlind
		case !answers:
			return ErrRole
		}
		if err := th.Candidates.Hold(ctx, tx, candidate.ID(app.Candidate)); err != nil {
			return ErrGone
		}
		q := query.New(tx)
		if _, err := q.SaveDraft(ctx, query.SaveDraftParams{OrgID: tx.Org, ApplicationID: string(a), Writer: writer(who), Item: item, Client: client, Seq: seq, Body: d.Text,
			At: clock.Milli(th.DB.Now())}); err != nil {
			return err
		}
		all, err := q.Drafts(ctx, query.DraftsParams{OrgID: tx.Org, ApplicationID: string(a), Writer: writer(who), Item: item})
		for _, old := range all[min(mostDrafts, len(all)):] {
			if _, err := q.DropDraft(ctx, query.DropDraftParams{OrgID: tx.Org, ApplicationID: string(a), Writer: writer(who), Item: item, Client: old.Client}); err != nil {
				return err
			}
		}
		return err
	})
}

// Seen says that the asking candidate has their conversation open; only mails about it stop by that, and nobody is told. ErrMissing.
func (th *Threads) Seen(ctx context.Context, who actor.Actor) error {
	return th.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		a, err := th.ofCandidate(ctx, tx, who)
		if err == nil {
			_, err = query.New(tx).Read(ctx, tx.Org, string(a))
		}
		return err
	})
}

// Unread says whether the team has written to an application's candidate since they last looked, for mails.
func (th *Threads) Unread(ctx context.Context, tx db.Tx, a opening.ApplicationID) (bool, error) {
	r, err := query.New(tx).Thread(ctx, tx.Org, string(a))
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return r.UnreadSince > 0, err
}
