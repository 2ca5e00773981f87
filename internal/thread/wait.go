package thread

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/thread/internal/query"
)

// Wait is a conversation in which the candidate waits.
type Wait struct {
	App   opening.ApplicationID
	Since time.Time
	Due   time.Time
}

// Waits are an organisation's, the longest 500, in the caller's transaction.
func (th *Threads) Waits(ctx context.Context, tx db.Tx) ([]Wait, error) {
	rows, err := query.New(tx).Waits(ctx, tx.Org)
	if err != nil {
		return nil, err
	}
	var out []Wait
	for _, r := range rows {
		w := Wait{App: opening.ApplicationID(r.ApplicationID), Since: clock.Time(r.WaitsSince)}
		if w.Due, err = th.due(ctx, tx, w.Since); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

// Waiting is when the candidate of an application began to wait; zero when nothing waits.
func (th *Threads) Waiting(ctx context.Context, tx db.Tx, a opening.ApplicationID) (time.Time, error) {
	r, err := query.New(tx).Thread(ctx, tx.Org, string(a))
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return clock.Time(r.WaitsSince), err
}

// Answerers are the members who are told when a candidate writes: the opening's contact, and where they are away or have to score the work,
// those who run the opening.
func (th *Threads) Answerers(ctx context.Context, tx db.Tx, a opening.ApplicationID) ([]org.Member, error) {
	app, err := th.Openings.ApplicationIn(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	members, err := th.Orgs.MembersIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []org.Member
	for _, m := range members {
		if m.State != org.Active || m.Away(th.DB.Now()) {
			continue
		}
		if _, answers, err := th.may(ctx, tx, actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org, Roles: m.Roles}, a); err != nil || !answers {
			if _, known := problem.As(err); err != nil && !known {
				return nil, err
			}
			continue
		}
		if m.ID == app.Opening.Contact {
			return []org.Member{m}, nil
		}
		out = append(out, m)
	}
	return out, nil
}

// Hours are when members who chose so hear of messages: hours of the organisation's day, in order. Whoever is not in it hears at once.
func (th *Threads) Hours(ctx context.Context, tx db.Tx) (map[org.MemberID][]int, error) {
	rows, err := query.New(tx).Hours(ctx, tx.Org)
	out := map[org.MemberID][]int{}
	for _, r := range rows {
		for _, h := range strings.Fields(r.Hours) {
			n, err := strconv.Atoi(h)
			if err != nil {
				return nil, err
			}
			out[r.MemberID] = append(out[r.MemberID], n)
		}
	}
	return out, err
}

// SetHours makes the asker hear of messages at hours of the organisation's day, 0 to 23, or at once when there are none. ErrInvalid.
func (th *Threads) SetHours(ctx context.Context, who actor.Actor, hours []int) error {
	hours = slices.Compact(slices.Sorted(slices.Values(hours)))
	words := make([]string, len(hours))
	for i, h := range hours {
		if h < 0 || h > 23 {
			return problem.Field("hours", "An hour is 0 to 23.")
		}
		words[i] = strconv.Itoa(h)
	}
	return th.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if len(hours) == 0 {
			_, err := q.DropHours(ctx, tx.Org, who.ID)
			return err
		}
		return q.SetHours(ctx, tx.Org, who.ID, strings.Join(words, " "))
	})
}
