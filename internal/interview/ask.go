package interview

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview/internal/query"
	"candor/internal/item"
	"candor/internal/problem"
	"candor/internal/promise"
)

// Ask asks the next question, by whoever was named: from now on the candidate has the turn, until the end of their last day in their own zone. turn is how
// many questions the asker's page knew of, so that a second press asks nothing. ErrMissing, ErrRole, ErrTheirs, ErrClosed, ErrMoved, ErrInvalid.
func (is *Interviews) Ask(ctx context.Context, who actor.Actor, c Code, turn int, x Question) error {
	x.Text = strings.TrimSpace(x.Text)
	switch {
	case x.Text == "":
		return problem.Field("text", "Write a question first.")
	case len([]rune(x.Text)) > MaxText:
		return problem.Field("text", "This is longer than 4,000 characters.")
	}
	if _, ok := is.ways()[x.Kind]; !ok {
		return problem.Field("kind", "Choose how this is answered.")
	}
	about, err := is.about(ctx, who, c, &x)
	if err != nil {
		return err
	}
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		v, _, err := is.loadIn(ctx, tx, who, c)
		if err != nil {
			return err
		}
		if v.Member != who.ID {
			return ErrRole
		}
		a, err := is.Attempts.In(ctx, tx, v.Attempt)
		if err != nil {
			return err
		}
		now := is.DB.Now()
		by, err := is.days(ctx, tx, a, v.AnswerDays, now)
		if err != nil {
			return err
		}
		q := query.New(tx)
		n, err := q.Ask(ctx, query.AskParams{Now: clock.Milli(now), Due: clock.Milli(by), OrgID: tx.Org, ID: string(v.ID), Turn: int64(turn), MemberID: v.Member})
		if err != nil {
			return err
		}
		if n == 0 {
			return is.whyNot(ctx, tx, v.ID)
		}
		said, err := is.say(ctx, tx, who, v, x)
		if err != nil {
			return err
		}
		v.Turn = turn + 1
		if err := q.AddTurn(ctx, query.AddTurnParams{OrgID: tx.Org, InterviewID: string(v.ID), N: int64(v.Turn), MemberID: who.ID, Kind: x.Kind, Text: x.Text, Item: x.Item, Anchor: x.Anchor,
			File: x.File, Line: int64(x.From), Code: about.Text, Recording: string(said), AskedAt: clock.Milli(now), Label: about.Label}); err != nil {
			return err
		}
		if _, err := q.DropDraft(ctx, tx.Org, string(v.ID), who.ID); err != nil {
			return err
		}
		if err := is.Attempts.AskTurn(ctx, tx, who, a, v.Turn, by); err != nil {
			return err
		}
		if err := is.Promises.KeepFor(ctx, tx, promise.Question, string(v.Application), string(v.ID), now); err != nil {
			return err
		}
		cal, err := is.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		if err := is.Promises.Wait(ctx, tx, string(v.Application), now, by, cal); err != nil {
			return err
		}
		if err := is.tell(ctx, tx, v, now); err != nil {
			return err
		}
		return Asked.Announce(ctx, is.Jobs, tx, v.note(tx.Org, now))
	})
}

// whyNot says why the turn was not the asker's.
func (is *Interviews) whyNot(ctx context.Context, tx db.Tx, i ID) error {
	v, err := is.in(ctx, tx, i)
	switch {
	case err != nil:
		return err
	case v.State == Theirs:
		return ErrTheirs
	case v.State == Closed:
		return ErrClosed
	}
	return ErrMoved
}

// days is the end of the candidate's n-th day from now, in their zone: the last moment before midnight, as people read it.
func (is *Interviews) days(ctx context.Context, tx db.Tx, a attempt.Attempt, n int, now time.Time) (time.Time, error) {
	zone, err := is.theirZone(ctx, tx, a)
	if err != nil {
		return time.Time{}, err
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+n+1, 0, 0, 0, 0, zone).Add(-time.Minute).UTC(), nil
}

// theirZone is the candidate's: of the invitation, else of the person, else the organisation's.
func (is *Interviews) theirZone(ctx context.Context, tx db.Tx, a attempt.Attempt) (*time.Location, error) {
	inv, err := is.Openings.InvitationIn(ctx, tx, a.Invitation)
	if err != nil {
		return nil, err
	}
	person, err := is.Candidates.In(ctx, tx, candidate.ID(inv.Candidate))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{inv.Zone, person.Zone} {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone, nil
		}
	}
	return is.zone(ctx, tx)
}

// ways are the kinds in which a question can be answered.
func (is *Interviews) ways() map[string]item.Turner {
	out := map[string]item.Turner{}
	for _, k := range is.Kinds {
		if t, ok := k.(item.Turner); ok {
			out[k.Name()] = t
		}
	}
	return out
}

// Ways are the kinds in which a question can be answered, in the order of their list, with their words for whoever asks.
func (is *Interviews) Ways() (out []Way) {
	ways := is.ways()
	for _, k := range is.Kinds {
		if t, ok := ways[k.Name()]; ok {
			out = append(out, Way{k.Name(), t.Turn().Way})
		}
	}
	return out
}

// Way is a kind in which a question can be answered.
type Way struct{ Kind, Title string }

// about is the place of the work that a question shows: its lines, or what is said there. It completes x: To is From where only that is given, and lines have
// their place, places of lines their file. ErrMissing, ErrInvalid.
func (is *Interviews) about(ctx context.Context, who actor.Actor, c Code, x *Question) (item.Quote, error) {
	t, err := is.Load(ctx, who, c)
	if err != nil {
		return item.Quote{}, err
	}
	q, err := t.about(x)
	if err == nil {
		t.asIs(x, &q)
	}
	return q, err
}

func (t *Talk) about(x *Question) (q item.Quote, err error) {
	if x.File == "" {
		if q, err = t.Quote(x.Item, x.Anchor); err != nil || q.File == "" {
			x.From, x.To, x.Anchor = 0, 0, q.Place
			return q, err
		}
		x.File, x.From, x.To = q.File, q.From, q.To
	}
	if x.Item == "" {
		return q, problem.Field("item", "Choose the answer that the file is in.")
	}
	text, ok := t.Files[x.Item][x.File]
	if !ok && q.File == "" {
		return q, problem.Field("file", "There is no such file in their answer.")
	}
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if x.To == 0 {
		x.To = x.From
	}
	switch {
	case q.File == "" && (x.From < 1 || x.To < x.From || x.To > len(all)):
		return q, problem.Field("from", fmt.Sprintf("Choose lines from 1 to %d.", len(all)))
	case x.To-x.From >= MaxLines:
		return q, problem.Field("to", fmt.Sprintf("Show up to %d lines. A question about fewer is easier to answer.", MaxLines))
	case q.File == "":
		q = item.Quote{Text: strings.Join(t.raw[x.Item][x.File][x.From-1:x.To], "\n")}
		x.Anchor = item.LinesPlace(x.File, x.From, x.To)
	}
	q.Label, x.Anchor = "", cmp.Or(q.Place, x.Anchor)
	return q, nil
}

// files are the texts of what was sent by item and name: what an item's kind would compare, which is what its candidate wrote.
func (t *Talk) files() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, p := range t.Version.Parts {
		for _, it := range p.Items {
			k, ok := it.Kind.(item.Fingerprinter)
			if !ok || attempt.IsTurn(p.Key) || t.bodies[it.Key] == nil {
				continue
			}
			if docs := k.Documents(it.Spec, t.bodies[it.Key]); len(docs) > 0 {
				out[it.Key] = docs
			}
		}
	}
	return out
}

// Names are the files of one answer in order.
func Names(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }

// Save keeps a question that is being written, of the asker's own; the newest counts. turn is how many questions the page knew of: what a page still
// saves while its question is asked must not stand in the next one's place. ErrMissing, ErrRole, ErrMoved.
func (is *Interviews) Save(ctx context.Context, who actor.Actor, c Code, turn int, x Question) error {
	if len([]rune(x.Text)) > MaxText*2 {
		return problem.Field("text", "This is longer than 4,000 characters.")
	}
	if len([]rune(x.Said)) > MaxSaid {
		return problem.Field("said", "This is longer than 20,000 characters.")
	}
	raw, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return is.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		v, _, err := is.loadIn(ctx, tx, who, c)
		if err != nil {
			return err
		}
		if v.Member != who.ID {
			return ErrRole
		}
		if _, err := query.New(tx).Hold(ctx, tx.Org, string(v.ID)); err != nil {
			return err
		}
		if v, err = is.in(ctx, tx, v.ID); err != nil || v.Turn != turn {
			return errors.Join(err, ErrMoved)
		}
		return query.New(tx).SaveDraft(ctx, query.SaveDraftParams{OrgID: tx.Org, InterviewID: string(v.ID), MemberID: who.ID, Turn: int64(v.Turn), Body: string(raw), At: clock.Milli(is.DB.Now())})
	})
}

// Check says whether a question shows lines that are there. ErrMissing, ErrInvalid.
func (is *Interviews) Check(ctx context.Context, who actor.Actor, c Code, x Question) error {
	_, err := is.about(ctx, who, c, &x)
	return err
}

// Shown is a question that passed [Interviews.Check] as the candidate would read it, in Markdown, for whoever writes it.
func (is *Interviews) Shown(t *Talk, x Question) string {
	q, _ := t.about(&x) // it passed
	if lines := strings.Split(t.Files[x.Item][x.File], "\n"); x.File != "" && x.From >= 1 && x.To <= len(lines) {
		q.Text = strings.Join(lines[x.From-1:x.To], "\n")
	}
	q.Text = item.Strike(q.Text, t.names)
	return statement(t.Version, Turn{Question: x, Label: q.Label, Code: q.Text})
}
