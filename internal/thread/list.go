package thread

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
)

// Row is one conversation in a member's list.
type Row struct {
	App      opening.ApplicationID
	Name     string // of the candidate
	Opening  string // its title
	Waits    time.Time
	Due      time.Time // zero: nobody waits
	Last     time.Time
	Body     string // the newest message's
	Ours     bool   // it is the team's
	cursorAt int64
}

// Filter is what a list shows.
type Filter struct {
	All    bool   // all of them, the newest first; otherwise those that wait for the team, the longest first
	Search string // in the candidate's name, the opening's title and the messages, whatever the case of its ASCII letters
	After  string // List.Next of the page before
	Most   int    // rows, 1..100; 0 is 30
}

// List is one page.
type List struct {
	Rows []Row
	Next string // for Filter.After; "" at the end
}

// List are the conversations in which the asker writes to candidates; one whose candidate's work they still have to score is left out. ErrMissing
// when After is no cursor.
func (th *Threads) List(ctx context.Context, who actor.Actor, f Filter) (List, error) {
	if f.Most < 1 || f.Most > 100 {
		f.Most = 30
	}
	var out List
	err := th.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out = List{}
		rows, err := th.rows(ctx, tx, who, f)
		if err != nil {
			return err
		}
		if len(rows) > f.Most {
			rows = rows[:f.Most]
			last := rows[f.Most-1]
			out.Next = strconv.FormatInt(last.cursorAt, 10) + " " + string(last.App)
		}
		hidden, err := th.hidden(ctx, tx, who, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, blind := hidden[r.App]; blind {
				continue
			}
			if !r.Waits.IsZero() {
				if r.Due, err = th.due(ctx, tx, r.Waits); err != nil {
					return err
				}
			}
			out.Rows = append(out.Rows, r)
		}
		return nil
	})
	return out, err
}

func (th *Threads) hidden(ctx context.Context, tx db.Tx, who actor.Actor, rows []Row) (map[opening.ApplicationID]string, error) {
	ids := make([]opening.ApplicationID, len(rows))
	for i, r := range rows {
		ids[i] = r.App
	}
	return th.Openings.HiddenFrom(ctx, tx, who, ids)
}

// rows reads one more than f.Most.
func (th *Threads) rows(ctx context.Context, tx db.Tx, who actor.Actor, f Filter) ([]Row, error) {
	args := []any{tx.Org, who.ID}
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	by, way, less := "t.waits_since", "", ">"
	where := ` AND t.waits_since > 0`
	if f.All {
		by, way, less, where = "t.last_at", " DESC", "<", ""
	}
	if f.After != "" {
		at, app, ok := strings.Cut(f.After, " ")
		ms, err := strconv.ParseInt(at, 10, 64)
		if !ok || err != nil {
			return nil, ErrMissing
		}
		a, b := arg(ms), arg(app)
		where += fmt.Sprintf(` AND (%[1]s %[2]s %[3]s OR %[1]s = %[3]s AND t.application_id %[2]s %[4]s)`, by, less, a, b)
	}
	if s := strings.TrimSpace(f.Search); s != "" {
		name, text := arg("%"+candidate.Like(s)), arg("%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(s))+"%")
		where += ` AND (c.name_key LIKE ` + name + ` ESCAPE '!' OR LOWER(o.title) LIKE ` + text + ` ESCAPE '!' OR EXISTS (SELECT 1 FROM messages m
			WHERE m.org_id = t.org_id AND m.application_id = t.application_id AND LOWER(m.body) LIKE ` + text + ` ESCAPE '!'))`
	}
	mine := `o.contact_id = $2 OR EXISTS (SELECT 1 FROM opening_members x WHERE x.org_id = o.org_id AND x.opening_id = o.id AND x.member_id = $2 AND x.role = 'recruiter')`
	if org.May(who, "opening.change") {
		mine += ` OR NOT o.confidential`
	}
	found, err := tx.QueryContext(ctx, `SELECT t.application_id, c.name, o.title, t.waits_since, t.last_at, n.body, n.member_id, `+by+`
		FROM threads t JOIN openings o ON o.org_id = t.org_id AND o.id = t.opening_id JOIN applications a ON a.org_id = t.org_id AND a.id = t.application_id
		JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
		JOIN messages n ON n.org_id = t.org_id AND n.id = (SELECT m.id FROM messages m WHERE m.org_id = t.org_id AND m.application_id = t.application_id ORDER BY m.at DESC, m.id DESC LIMIT 1)
		WHERE t.org_id = $1 AND (`+mine+`)`+where+` ORDER BY `+by+way+`, t.application_id`+way+` LIMIT `+arg(f.Most+1), args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []Row
	for found.Next() {
		var r Row
		var waits, last int64
		var writer string
		if err := found.Scan(&r.App, &r.Name, &r.Opening, &waits, &last, &r.Body, &writer, &r.cursorAt); err != nil {
			return nil, err
		}
		r.Waits, r.Last, r.Ours = clock.Time(waits), clock.Time(last), writer != ""
		out = append(out, r)
	}
	return out, found.Err()
}
