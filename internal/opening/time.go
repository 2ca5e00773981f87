package opening

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening/internal/query"
	"candor/internal/problem"
)

// TimeAsk is that a candidate asks for a later end of their window.
type TimeAsk struct {
	ID          string
	Application ApplicationID
	Opening     ID
	Invitation  InvitationID
	Words       string // the candidate's
	Asked       time.Time
	Answered    time.Time // zero: it waits for us
	Until       time.Time // the new end; zero: it was a no, or it waits
	Reply       string    // of a no: why, in words to the candidate
}

// Waits says that it has no answer.
func (t TimeAsk) Waits() bool { return t.ID != "" && t.Answered.IsZero() }

// TimeAsked and TimeAnswered are announced when somebody asks for more time, and when they have an answer.
const (
	TimeAsked    = job.Topic[TimeNote]("opening.time_asked")
	TimeAnswered = job.Topic[TimeNote]("opening.time_answered")
)

// TimeNote names what was asked.
type TimeNote struct{ Org, Ask, Application string }

// MostTimeWords is how long a candidate's words may be, in characters; MostTimeHours how much one answer gives.
const (
	MostTimeWords = 1000
	MostTimeHours = 30 * 24
)

var (
	// ErrAsked: one waits for an answer already.
	ErrAsked = problem.New(problem.Conflict, "time_asked", "You have asked for more time already. You hear from us; until then nothing ends.")
	// ErrTimeAnswered: somebody answered first.
	ErrTimeAnswered = problem.New(problem.Conflict, "time_answered", "Somebody has answered this already. Nothing was changed.")
)

func timeAsk(r query.TimeAskRow) TimeAsk {
	return TimeAsk{r.ID, ApplicationID(r.ApplicationID), ID(r.OpeningID), InvitationID(r.InvitationID), r.Words, clock.Time(r.AskedAt), clock.Time(r.AnsweredAt), clock.Time(r.UntilAt), r.Reply}
}

// AskTimeIn keeps that the asking candidate wants more time, in the caller's transaction; the unique index, one open of an application, is the guard.
// ErrMissing, ErrMoved, ErrAsked, ErrInvalid.
func (os *Openings) AskTimeIn(ctx context.Context, tx db.Tx, who actor.Actor, words string) (Invitation, error) {
	if who.Kind != actor.Candidate {
		return Invitation{}, ErrMissing
	}
	switch words = strings.TrimSpace(words); {
	case words == "":
		return Invitation{}, problem.Field("words", "Say in a sentence how much you need. You need no reason.")
	case len([]rune(words)) > MostTimeWords:
		return Invitation{}, problem.Field("words", "This is longer than 1,000 characters.")
	}
	inv, err := os.InvitationIn(ctx, tx, InvitationID(who.ID))
	switch {
	case err != nil:
		return inv, err
	case inv.Status != Active || inv.Revoked || inv.Replaced != "":
		return inv, ErrMoved.Saying("This step is over, so there is no time to give. Write to us if that surprises you.")
	}
	now := os.DB.Now()
	key := id.New("tas", now)
	n, err := query.New(tx).AddTimeAsk(ctx, query.AddTimeAskParams{OrgID: tx.Org, ID: key, ApplicationID: string(inv.Application), OpeningID: string(inv.Opening), InvitationID: string(inv.ID), Words: words, AskedAt: clock.Milli(now)})
	if err != nil {
		return inv, err
	}
	if n == 0 {
		return inv, ErrAsked
	}
	if err := audit.Record(ctx, tx, now, who, "time.ask", string(inv.Application), audit.Facts{"invitation": string(inv.ID), "ask": key}); err != nil {
		return inv, err
	}
	return inv, TimeAsked.Announce(ctx, os.Jobs, tx, TimeNote{tx.Org, key, string(inv.Application)})
}

// AnswerTimeIn settles it in the caller's transaction, who then moves the window to until; zero is a no, and reply says why. The guarded update makes it
// once. For those who run the opening and know the name. ErrMissing, ErrRole, ErrTimeAnswered, ErrInvalid.
func (os *Openings) AnswerTimeIn(ctx context.Context, tx db.Tx, who actor.Actor, ask string, hours int, reply string) (t TimeAsk, until time.Time, err error) {
	r, err := query.New(tx).TimeAsk(ctx, tx.Org, ask)
	if errors.Is(err, sql.ErrNoRows) {
		return t, until, ErrMissing
	}
	if err != nil {
		return t, until, err
	}
	t = timeAsk(r)
	app, err := os.LoadApplicationIn(ctx, tx, who, t.Application)
	switch {
	case err != nil:
		return t, until, err
	case app.Blind || !app.Opening.MayManage(who):
		return t, until, ErrRole
	}
	now := os.DB.Now()
	switch reply = strings.TrimSpace(reply); {
	case hours < 0 || hours > MostTimeHours:
		return t, until, problem.Field("hours", "Give up to 30 days at once.")
	case hours == 0 && reply == "":
		return t, until, problem.Field("reply", "Say why not. The candidate reads it.")
	case len([]rune(reply)) > 500:
		return t, until, problem.Field("reply", "Please say it in up to 500 characters.")
	}
	facts := audit.Facts{"ask": ask, "given": fmt.Sprint(hours > 0)}
	if hours > 0 {
		inv, err := os.InvitationIn(ctx, tx, t.Invitation)
		if err != nil {
			return t, until, err
		}
		until, reply = later(inv.FinishBy, now).Add(time.Duration(hours)*time.Hour), ""
		facts["finish_by"] = fmt.Sprint(clock.Milli(until))
	}
	n, err := query.New(tx).AnswerTimeAsk(ctx, query.AnswerTimeAskParams{At: clock.Milli(now), By: who.ID, UntilAt: clock.Milli(until), Reply: reply, OrgID: tx.Org, ID: ask})
	if err != nil {
		return t, until, err
	}
	if n == 0 {
		return t, until, ErrTimeAnswered
	}
	if err := audit.Record(ctx, tx, now, who, "time.answer", string(t.Application), facts); err != nil {
		return t, until, err
	}
	return t, until, TimeAnswered.Announce(ctx, os.Jobs, tx, TimeNote{tx.Org, ask, string(t.Application)})
}

// TimeAskIn reads one. ErrMissing.
func (os *Openings) TimeAskIn(ctx context.Context, tx db.Tx, ask string) (TimeAsk, error) {
	r, err := query.New(tx).TimeAsk(ctx, tx.Org, ask)
	if errors.Is(err, sql.ErrNoRows) {
		return TimeAsk{}, ErrMissing
	}
	return timeAsk(r), err
}

// TimeAskOf is the newest of an application; the zero value where there was none.
func (os *Openings) TimeAskOf(ctx context.Context, tx db.Tx, a ApplicationID) (TimeAsk, error) {
	r, err := query.New(tx).TimeAskOf(ctx, tx.Org, string(a))
	if errors.Is(err, sql.ErrNoRows) {
		return TimeAsk{}, nil
	}
	return timeAsk(query.TimeAskRow(r)), err
}

// OwnTimeAsk is the asking candidate's newest with their invitation. ErrMissing.
func (os *Openings) OwnTimeAsk(ctx context.Context, who actor.Actor) (t TimeAsk, inv Invitation, err error) {
	if who.Kind != actor.Candidate {
		return t, inv, ErrMissing
	}
	err = os.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if inv, err = os.InvitationIn(ctx, tx, InvitationID(who.ID)); err != nil {
			return err
		}
		t, err = os.TimeAskOf(ctx, tx, inv.Application)
		return err
	})
	if t.Invitation != inv.ID {
		t = TimeAsk{}
	}
	return t, inv, err
}

// OpenTimeAsks are those of an opening that wait for an answer and whose name the asker may know, by application, the oldest first; nobody's where
// they do not run it.
func (os *Openings) OpenTimeAsks(ctx context.Context, tx db.Tx, who actor.Actor, o Opening) ([]TimeAsk, error) {
	if !o.MayManage(who) {
		return nil, nil
	}
	rows, err := query.New(tx).OpenTimeAsks(ctx, tx.Org, string(o.ID))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]ApplicationID, len(rows))
	for i, r := range rows {
		ids[i] = ApplicationID(r.ApplicationID)
	}
	hidden, err := os.HiddenFrom(ctx, tx, who, ids)
	var out []TimeAsk
	for _, r := range rows {
		if _, blind := hidden[ApplicationID(r.ApplicationID)]; !blind {
			out = append(out, timeAsk(query.TimeAskRow(r)))
		}
	}
	return out, err
}
