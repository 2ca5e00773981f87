package thread

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/promise"
	"candor/internal/thread/internal/query"
)

// Load reads the conversation of an application for a member who reads it: all of it for those who answer; what was said about tasks, without
// times, names and addresses, for everybody else. item is whose draft comes with it, of a member "". ErrMissing.
func (th *Threads) Load(ctx context.Context, who actor.Actor, a opening.ApplicationID) (Thread, error) {
	var out Thread
	err := th.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = th.loadIn(ctx, tx, who, a, "")
		return err
	})
	return out, err
}

// Own reads the asking candidate's conversation; the drafts are those about one of their tasks, or about none when item is "". ErrMissing.
func (th *Threads) Own(ctx context.Context, who actor.Actor, item string) (Thread, error) {
	var out Thread
	err := th.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		a, err := th.ofCandidate(ctx, tx, who)
		if err != nil {
			return err
		}
		out, err = th.loadIn(ctx, tx, who, a, item)
		return err
	})
	return out, err
}

// ofCandidate is the application of the asking candidate's invitation. ErrMissing.
func (th *Threads) ofCandidate(ctx context.Context, tx db.Tx, who actor.Actor) (opening.ApplicationID, error) {
	if who.Kind != actor.Candidate {
		return "", ErrMissing
	}
	inv, err := th.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
	return inv.Application, missing(err)
}

func missing(err error) error {
	if errors.Is(err, opening.ErrMissing) {
		return ErrMissing
	}
	return err
}

// may loads an application for whoever reads its conversation; answers says that they write to the candidate. ErrMissing.
func (th *Threads) may(ctx context.Context, tx db.Tx, who actor.Actor, id opening.ApplicationID) (a opening.Application, answers bool, err error) {
	a, err = th.Openings.LoadApplicationIn(ctx, tx, who, id)
	if errors.Is(err, opening.ErrMissing) && who.Kind == actor.Member {
		a, err = th.asContact(ctx, tx, who, id)
	}
	if err != nil || who.Kind == actor.Candidate {
		return a, err == nil, missing(err)
	}
	return a, !a.Blind && (a.Opening.Contact == who.ID || a.Opening.MayManage(who)), nil
}

// asContact is for a contact without a role in the opening, who has never had to score the application. ErrMissing of opening.
func (th *Threads) asContact(ctx context.Context, tx db.Tx, who actor.Actor, id opening.ApplicationID) (opening.Application, error) {
	a, err := th.Openings.ApplicationIn(ctx, tx, id)
	if err != nil {
		return a, err
	}
	code := ""
	if th.Openings.Blind != nil {
		if _, code, err = th.Openings.Blind(ctx, tx, who, id); err != nil {
			return a, err
		}
	}
	if a.Opening.Contact != who.ID || code != "" {
		return opening.Application{}, opening.ErrMissing
	}
	a.Email = ""
	return a, nil
}

func (th *Threads) loadIn(ctx context.Context, tx db.Tx, who actor.Actor, id opening.ApplicationID, item string) (t Thread, err error) {
	if t.App, t.Answers, err = th.may(ctx, tx, who, id); err != nil {
		return t, err
	}
	if t.Contact, t.Scores, err = th.contact(ctx, tx, t.App.Opening); err != nil {
		return t, err
	}
	if t.Messages, err = th.messages(ctx, tx, t, id); err != nil {
		return t, err
	}
	by, mine, err := th.attached(ctx, tx, id, t.Answers, writer(who), item)
	if err != nil {
		return t, err
	}
	for i := range t.Messages {
		t.Messages[i].Files = by[t.Messages[i].ID]
	}
	if t.Files = mine; !t.Answers {
		return t, nil
	}
	r, err := query.New(tx).Thread(ctx, tx.Org, string(id))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return t, err
	}
	if t.Waits = clock.Time(r.WaitsSince); r.WaitsSince > 0 {
		if t.Due, err = th.due(ctx, tx, t.Waits); err != nil {
			return t, err
		}
	}
	t.Unread = who.Kind == actor.Candidate && r.UnreadSince > 0
	t.Drafts, err = drafts(ctx, tx, id, writer(who), item, t.Messages)
	return t, err
}

// messages are those of an application as its reader may see them.
func (th *Threads) messages(ctx context.Context, tx db.Tx, t Thread, id opening.ApplicationID) ([]Message, error) {
	rows, err := query.New(tx).Messages(ctx, tx.Org, string(id))
	if err != nil {
		return nil, err
	}
	whole, err := th.Openings.ApplicationIn(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var out []Message
	for _, r := range slices.Backward(rows) {
		if !t.Answers && r.Item == "" {
			continue
		}
		m := Message{ID: r.ID, Member: r.MemberID, Assumed: r.Kind == "assumed", Version: r.VersionID, Item: r.Item, Notice: r.NoticeID, Body: r.Body}
		if t.Answers {
			m.At = clock.Time(r.At)
		} else {
			m.Body = item.Strike(m.Body, []string{whole.Name, whole.Email})
		}
		if m.Name, err = th.name(ctx, tx, names, m.Member); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// name is a member's, looked up once.
func (th *Threads) name(ctx context.Context, tx db.Tx, known map[string]string, m org.MemberID) (string, error) {
	if name, ok := known[m]; ok || m == "" {
		return name, nil
	}
	who, err := th.Orgs.Member(ctx, tx, m)
	if err != nil && !errors.Is(err, org.ErrMissing) {
		return "", err
	}
	known[m] = who.Name
	return who.Name, nil
}

// contact is who answers the candidates of an opening, the zero Member when they are not there any more, and whether they may score there.
func (th *Threads) contact(ctx context.Context, tx db.Tx, o opening.Opening) (m org.Member, scores bool, err error) {
	m, err = th.Orgs.Member(ctx, tx, o.Contact)
	if errors.Is(err, org.ErrMissing) || err == nil && m.State != org.Active {
		return org.Member{}, false, nil
	}
	if err != nil {
		return m, false, err
	}
	team, err := th.Openings.Team(ctx, tx, o.ID)
	return m, slices.ContainsFunc(team, func(x opening.TeamMember) bool { return x.Member == m.ID && x.Role == opening.Reviewer }), err
}

// due is the end of the working day by which somebody who waits was told to have an answer, in the organisation's zone.
func (th *Threads) due(ctx context.Context, tx db.Tx, since time.Time) (time.Time, error) {
	cal, err := th.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return time.Time{}, err
	}
	return promise.Due(since, AnswerDays, cal).In(cal.Zone), nil
}

// About are the messages about one task of an application, for a member who reads it; the same rules as Load's. ErrMissing.
func (th *Threads) About(ctx context.Context, who actor.Actor, a opening.ApplicationID, version, item string) ([]Message, error) {
	t, err := th.Load(ctx, who, a)
	return slices.DeleteFunc(t.Messages, func(m Message) bool { return m.Version != version || m.Item != item }), err
}

// Notices are what was answered to everybody who works on a task, oldest first; who has the task is the caller's business.
func (th *Threads) Notices(ctx context.Context, o, version, item string) (out []Notice, err error) {
	err = th.DB.Read(ctx, o, func(tx db.Tx) error {
		rows, err := query.New(tx).Notices(ctx, tx.Org, version, item)
		for _, r := range rows {
			out = append(out, Notice{r.ID, r.Item, r.Question, r.Answer, clock.Time(r.At)})
		}
		return err
	})
	return out, err
}

// writer is whose drafts they are: "" is the candidate.
func writer(who actor.Actor) string {
	if who.Kind == actor.Candidate {
		return ""
	}
	return who.ID
}

// drafts are what a writer has not sent; a page may have saved once more while its text was sent.
func drafts(ctx context.Context, tx db.Tx, a opening.ApplicationID, writer, item string, sent []Message) ([]Draft, error) {
	rows, err := query.New(tx).Drafts(ctx, query.DraftsParams{OrgID: tx.Org, ApplicationID: string(a), Writer: writer, Item: item})
	var out []Draft
	seen := map[string]bool{"": true}
	for _, m := range sent {
		seen[m.Body] = true
	}
	for _, r := range rows {
		if text := strings.TrimSpace(r.Body); !seen[text] {
			seen[text] = true
			out = append(out, Draft{r.Body, clock.Time(r.At)})
		}
	}
	return out, err
}

// Struck is a message as somebody reads it who must not know the candidate's name, and who may be anybody of the team: without the name and the time, and without its
// words where it is about no task. Its files are counted. ErrMissing.
func (th *Threads) Struck(ctx context.Context, tx db.Tx, a opening.ApplicationID, message string) (Message, error) {
	whole, err := th.Openings.ApplicationIn(ctx, tx, a)
	if err != nil {
		return Message{}, missing(err)
	}
	rows, err := query.New(tx).Messages(ctx, tx.Org, string(a))
	if err != nil {
		return Message{}, err
	}
	i := slices.IndexFunc(rows, func(r query.MessagesRow) bool { return r.ID == message })
	if i < 0 {
		return Message{}, ErrMissing
	}
	r := rows[i]
	m := Message{ID: r.ID, Member: r.MemberID, Assumed: r.Kind == "assumed", Version: r.VersionID, Item: r.Item, Notice: r.NoticeID}
	if r.Item != "" {
		m.Body = item.Strike(r.Body, []string{whole.Name, whole.Email})
	}
	if m.Name, err = th.name(ctx, tx, map[string]string{}, m.Member); err != nil {
		return m, err
	}
	by, _, err := th.attached(ctx, tx, a, false, "", "")
	m.Files = by[m.ID]
	return m, err
}
