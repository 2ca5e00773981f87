package interview

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
)

// Row is an interview in a member's list.
type Row struct {
	Interview
	Title   string // the candidate's name, or the code
	Opening string // its title
	Name    string // of who asks
	Until   time.Time
	Blind   bool // the asker must not know the name
}

// List is one page of a list, whoever is due first first.
type List struct {
	Rows []Row
	Next string // the cursor of the next page; "" at the end
}

// PageRows is how many rows a page of a list has at most.
const PageRows = 50

// Mine are the open interviews in which the asker asks. after is the Next of the page before, "" for the first. ErrMissing: it is no cursor.
func (is *Interviews) Mine(ctx context.Context, who actor.Actor, after string) (List, error) {
	return is.list(ctx, who, after, `v.state <> 'closed' AND v.member_id = $2`)
}

// Watched are the open interviews in which somebody else asks, in openings that the asker runs or decides. After as in Mine. ErrMissing.
func (is *Interviews) Watched(ctx context.Context, who actor.Actor, after string) (List, error) {
	return is.list(ctx, who, after, `v.state <> 'closed' AND v.member_id <> $2 AND EXISTS (SELECT 1 FROM opening_members r
		WHERE r.org_id = v.org_id AND r.opening_id = v.opening_id AND r.member_id = $2 AND r.role IN ('manager', 'recruiter'))`)
}

// InOpening are all interviews of an opening that the asker may see, closed ones too. After as in Mine. ErrMissing.
func (is *Interviews) InOpening(ctx context.Context, who actor.Actor, o opening.ID, after string) (List, error) {
	if _, err := is.Openings.Load(ctx, who, o); err != nil {
		if errors.Is(err, opening.ErrMissing) {
			err = ErrMissing
		}
		return List{}, err
	}
	return is.list(ctx, who, after, `v.opening_id = $5 AND $2 = $2`, string(o))
}

// About are all interviews of an application that the asker may see; there are never many. ErrMissing: they see neither it nor any.
func (is *Interviews) About(ctx context.Context, who actor.Actor, a opening.ApplicationID) (List, error) {
	l, err := is.list(ctx, who, "", `v.application_id = $5 AND $2 = $2`, string(a))
	if err != nil || len(l.Rows) > 0 {
		return l, err
	}
	if _, err := is.Openings.LoadApplication(ctx, who, a); errors.Is(err, opening.ErrMissing) {
		return l, ErrMissing
	} else if err != nil {
		return l, err
	}
	return l, nil
}

// list is a page of those for which a condition holds, without those that the asker may not see; a bounded number of queries.
func (is *Interviews) list(ctx context.Context, who actor.Actor, after, where string, more ...any) (List, error) {
	if who.Kind != actor.Member {
		return List{}, ErrMissing
	}
	var out List
	err := is.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out = List{}
		rows, err := is.rows(ctx, tx, who, after, where, more...)
		if err != nil {
			return err
		}
		if len(rows) > PageRows {
			rows = rows[:PageRows]
			out.Next = strconv.FormatInt(clock.Milli(rows[PageRows-1].Due), 10) + " " + string(rows[PageRows-1].ID)
		}
		ids := make([]opening.ApplicationID, len(rows))
		for i, r := range rows {
			ids[i] = r.Application
		}
		apps, around, err := is.Openings.LoadApplications(ctx, tx, who, ids)
		if err != nil {
			return err
		}
		for _, r := range rows {
			app, seen := apps[r.Application]
			op, knows := around[r.Interview.Opening]
			m, err := r.may(who, app, seen, op, knows)
			if errors.Is(err, ErrMissing) {
				continue
			}
			if err != nil {
				return err
			}
			r.Title, r.Opening, r.Blind = m.App.Title(), m.App.Opening.Title, m.App.Blind
			out.Rows = append(out.Rows, r)
		}
		return nil
	})
	return out, err
}

// rows reads one more than a page has. $2 is the asker, $5 and on are more.
func (is *Interviews) rows(ctx context.Context, tx db.Tx, who actor.Actor, after, where string, more ...any) ([]Row, error) {
	args := append([]any{tx.Org, who.ID, strings.TrimSuffix(attempt.TurnKey(0), "0"), PageRows + 1}, more...)
	if after != "" {
		at, i, ok := strings.Cut(after, " ")
		ms, err := strconv.ParseInt(at, 10, 64)
		if !ok || err != nil {
			return nil, ErrMissing
		}
		args = append(args, ms, i)
		where += fmt.Sprintf(` AND (v.due_at > $%d OR v.due_at = $%[1]d AND v.id > $%d)`, len(args)-1, len(args))
	}
	found, err := tx.QueryContext(ctx, `SELECT v.id, v.code, v.attempt_id, v.application_id, v.opening_id, v.member_id, v.rounds, v.answer_days, v.ask_days, v.state, v.turn, v.due_at, v.opened_at, v.closed_at, m.name,
			COALESCE((SELECT s.entitled_end FROM sittings s WHERE s.org_id = v.org_id AND s.attempt_id = v.attempt_id AND s.part = CAST($3 AS TEXT) || CAST(v.turn AS TEXT) ORDER BY s.epoch DESC LIMIT 1), 0)
		FROM interviews v JOIN members m ON m.org_id = v.org_id AND m.id = v.member_id
		WHERE v.org_id = $1 AND `+where+` ORDER BY v.due_at, v.id LIMIT $4`, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []Row
	for found.Next() {
		var r Row
		var due, end, opened, closed int64
		if err := found.Scan(&r.ID, &r.Code, &r.Attempt, &r.Application, &r.Interview.Opening, &r.Member, &r.Rounds, &r.AnswerDays, &r.AskDays, &r.State, &r.Turn, &due, &opened, &closed, &r.Name, &end); err != nil {
			return nil, err
		}
		r.Due, r.Interview.Opened, r.Closed = clock.Time(due), clock.Time(opened), clock.Time(closed)
		r.Until = r.Due
		if r.State == Theirs && end > 0 { // with all the time they were given
			r.Until = clock.Time(end)
		}
		out = append(out, r)
	}
	return out, found.Err()
}
