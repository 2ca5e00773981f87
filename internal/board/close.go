package board

import (
	"context"
	"slices"
	"strings"

	"candor/internal/actor"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/review"
)

// Closing is everybody who is under way in an opening, by what closing it owes them.
type Closing struct {
	Opening opening.Opening
	Fresh   []Line // have begun nothing: the opening's end is their reply
	Working []Line // have begun: they may finish, and are answered
	Owed    []Line // sent their work: each is answered with their own words
	Decided []Line // will hear of a decision
	Left    int    // under way, and not to be known by name
	More    bool   // there are more than MostClosing
}

// MostClosing is how many people under way are looked at; when those are answered come the next.
const MostClosing = 500

// underWay is where everybody stands who is under way: 3 a decision is not told, 2 their work is read, 1 they have begun, 0 nothing.
const underWay = `SELECT a.id,
	CASE WHEN EXISTS (SELECT 1 FROM decisions d WHERE d.org_id = a.org_id AND d.application_id = a.id AND d.stage_id = a.stage_id AND d.undone_at = 0 AND d.settled_at = 0 AND d.outcome <> 'hold') THEN 3
	WHEN EXISTS (SELECT 1 FROM review_rounds n WHERE n.org_id = a.org_id AND n.application_id = a.id AND n.stage_id = a.stage_id) THEN 2
	WHEN EXISTS (SELECT 1 FROM invitations i JOIN attempts t ON t.org_id = i.org_id AND t.invitation_id = i.id
		WHERE i.org_id = a.org_id AND i.application_id = a.id AND i.stage_id = a.stage_id AND (t.state = 'submitted'
			OR i.replaced_by = '' AND EXISTS (SELECT 1 FROM sittings s WHERE s.org_id = t.org_id AND s.attempt_id = t.id AND s.started_at > 0))) THEN 1
	ELSE 0 END
	FROM applications a WHERE a.org_id = $1 AND a.opening_id = $2 AND a.status = 'active' ORDER BY a.moved_at, a.id LIMIT $3`

// Closing reads them for those who run or decide the opening. opening.ErrMissing, opening.ErrRole.
func (b *Boards) Closing(ctx context.Context, who actor.Actor, o opening.ID) (c Closing, err error) {
	err = b.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		c, err = b.closing(ctx, tx, who, o)
		return err
	})
	return c, err
}

func (b *Boards) closing(ctx context.Context, tx db.Tx, who actor.Actor, o opening.ID) (c Closing, err error) {
	if c.Opening, err = b.Openings.LoadIn(ctx, tx, who, o); err != nil {
		return c, err
	}
	if !c.Opening.MayManage(who) && !c.Opening.MayDecide(who) {
		return c, opening.ErrRole
	}
	type one struct {
		id    opening.ApplicationID
		where int
	}
	var all []one
	rows, err := tx.QueryContext(ctx, underWay, tx.Org, string(o), MostClosing+1)
	if err != nil {
		return c, err
	}
	defer rows.Close()
	for rows.Next() {
		var x one
		if err := rows.Scan(&x.id, &x.where); err != nil {
			return c, err
		}
		all = append(all, x)
	}
	if err := rows.Err(); err != nil {
		return c, err
	}
	if c.More = len(all) > MostClosing; c.More {
		all = all[:MostClosing]
	}
	ids := make([]opening.ApplicationID, len(all))
	for i, x := range all {
		ids[i] = x.id
	}
	known, _, err := b.Openings.LoadApplications(ctx, tx, who, ids)
	lists := []*[]Line{&c.Fresh, &c.Working, &c.Owed, &c.Decided}
	for _, x := range all {
		a, ok := known[x.id]
		if !ok || a.Blind {
			c.Left++
			continue
		}
		*lists[x.where] = append(*lists[x.where], Line{x.id, a.Title(), a.Stage, a.Status})
	}
	return c, err
}

// Farewell is what closing an opening says.
type Farewell struct {
	Key     string                  // of the press: the same one twice writes to nobody twice
	Reason  string                  // for the team
	Fresh   string                  // to whoever has begun nothing: their reply
	Working string                  // to whoever has begun
	Picks   []opening.ApplicationID // who was shown on the page
}

// Close ends an opening kindly: nobody new is invited, whoever has begun nothing is declined with these words, and whoever has begun reads that they
// may finish. Those who sent their work stay owed a reply of their own. Each is done by itself, and can be taken back until it is told. Whoever runs
// the opening closes it; only its managers write to people. ErrPerson, ErrInvalid, opening.ErrMissing, opening.ErrRole.
func (b *Boards) Close(ctx context.Context, who actor.Actor, o opening.ID, f Farewell) ([]Result, error) {
	if who.Kind != actor.Member {
		return nil, ErrPerson
	}
	c, err := b.Closing(ctx, who, o)
	if err != nil {
		return nil, err
	}
	shown := func(l Line) bool { return slices.Contains(f.Picks, l.Application) }
	fresh, working := filter(c.Fresh, shown), filter(c.Working, shown)
	tells := c.Opening.MayDecide(who)
	if tells {
		if err := f.check(len(fresh), len(working)); err != nil {
			return nil, err
		}
	}
	if c.Opening.Open && c.Opening.MayManage(who) {
		c.Opening.Open = false
		if err := b.Openings.Change(ctx, who, c.Opening); err != nil {
			return nil, err
		}
	}
	if !tells {
		return nil, nil
	}
	out, err := each(fresh, func(l Line) (Result, error) { return b.sendOff(ctx, who, l, f) })
	if err != nil {
		return out, err
	}
	told, err := each(working, func(l Line) (Result, error) {
		mail, err := b.Notify.Message(ctx, who, l.Application, f.Key, "About "+c.Opening.Title, f.Working)
		return Result{Undo: mail}, err
	})
	return append(out, told...), err
}

// sendOff declines somebody who has still begun nothing.
func (b *Boards) sendOff(ctx context.Context, who actor.Actor, l Line, f Farewell) (Result, error) {
	d := feedback.Draft{Outcome: review.Reject, Reason: strings.TrimSpace(f.Reason), Body: strings.TrimSpace(f.Fresh)}
	made, at, err := b.Feedbacks.Decide(ctx, who, l.Application, d, true)
	return Result{Undo: made.ID, When: at}, err
}

func (f Farewell) check(fresh, working int) error {
	switch {
	case fresh+working > 0 && strings.TrimSpace(f.Reason) == "":
		return problem.Field("reason", "Say why it closes, in a sentence. The team reads it, the candidates do not.")
	case len([]rune(f.Reason)) > 500:
		return problem.Field("reason", "Please say it in up to 500 characters.")
	case fresh > 0 && strings.TrimSpace(f.Fresh) == "":
		return problem.Field("fresh", "Write what they are to know. Nobody is left with silence.")
	case working > 0 && strings.TrimSpace(f.Working) == "":
		return problem.Field("working", "Write what they are to know. Nobody is left with silence.")
	case len([]rune(f.Fresh)) > notify.MaxMessage:
		return problem.Field("fresh", "This is longer than 4,000 characters.")
	case len([]rune(f.Working)) > notify.MaxMessage:
		return problem.Field("working", "This is longer than 4,000 characters.")
	}
	return nil
}

func filter(list []Line, keep func(Line) bool) []Line {
	return slices.DeleteFunc(slices.Clone(list), func(l Line) bool { return !keep(l) })
}
