package opening

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
)

// Row is one line of an opening's board, from the tables of this noun and of promise.
type Row struct {
	ID         ApplicationID
	Candidate  string
	Name       string // "" when erased
	Email      string
	Stage      StageID
	Status     Status
	Moved      time.Time // to this stage, or out
	Invitation InvitationID
	Opened     time.Time // zero: not yet
	FinishBy   time.Time
	Revoked    bool
	Sent       time.Time // last submission; zero: none
	Replied    time.Time // last reply; zero: none
	Due        time.Time // of the reply that is owed; zero: nothing is owed
	Waits      time.Time // until when the candidate has the turn meanwhile; zero: nobody had

	cursor string
}

// Owed says that a reply is owed: it is the company's turn.
func (r Row) Owed() bool { return !r.Due.IsZero() }

// SentHere says that the work of the stage they stand at was sent.
func (r Row) SentHere() bool { return !r.Sent.IsZero() && !r.Sent.Before(r.Moved) }

// View is which rows a board lists.
type View string

const (
	UnderWay   View = ""          // who waits for us first, by the day we promised; then the others, longest first
	Us         View = "us"        // a reply is owed
	Stuck      View = "stuck"     // the link is revoked, or its window closed with nothing sent
	Invitees   View = "invited"   // everybody ever; like the next four whatever became of them
	Openers    View = "opened"    // opened one of their links
	Senders    View = "sent"      // sent something
	Answered   View = "answered"  // got a reply
	Hires      View = "hired"     //
	Declines   View = "declined"  //
	Withdrawal View = "withdrawn" //
)

// Filter is what a board shows.
type Filter struct {
	View   View
	Stage  StageID // "" is every stage
	Search string  // beginning of the name, the family name or the address
	After  string  // Board.Next of the page before
	Most   int     // rows, 1..200; 0 is 50
}

// Board is one page.
type Board struct {
	Rows []Row
	Next string // for Filter.After; "" at the end
}

const boardColumns = `SELECT a.id, a.candidate_id, a.stage_id, a.status, a.moved_at, c.name, c.email,
	COALESCE(i.id, ''), COALESCE(i.opened_at, 0), COALESCE(i.finish_by, 0), COALESCE(i.revoked_at, 0),
	COALESCE((SELECT MAX(s.made_at) FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id), 0),
	COALESCE((SELECT MAX(s.kept_at) FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id), 0),
	COALESCE(p.due_at, 0), COALESCE(p.waits_until, 0)
`

const boardJoins = `
JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
LEFT JOIN invitations i ON i.org_id = a.org_id AND i.application_id = a.id AND i.stage_id = a.stage_id
`

// openPromise is the promise that is owed, at most one per application.
const openPromise = `LEFT JOIN promises p ON p.org_id = a.org_id AND p.application_id = a.id AND p.kept_at = 0 `

const (
	isOpened   = `EXISTS (SELECT 1 FROM invitations s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.opened_at > 0)`
	isSent     = `EXISTS (SELECT 1 FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id)`
	isAnswered = `EXISTS (SELECT 1 FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.kept_at > 0)`
	isStuck    = `(i.revoked_at > 0 OR i.finish_by < $3) AND NOT EXISTS (SELECT 1 FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND (s.kept_at = 0 OR s.made_at >= a.moved_at))`
)

// Page lists the applications of an opening, at most two queries. Rows carry names: the caller drops what a blind member must
// not see.
func (os *Openings) Page(ctx context.Context, tx db.Tx, o ID, f Filter) (Board, error) {
	most := f.Most
	if most < 1 || most > 200 {
		most = 50
	}
	segment, at, after, err := readCursor(f.After)
	if err != nil {
		return Board{}, ErrMissing
	}
	var b Board
	if segment == 0 && (f.View == UnderWay || f.View == Us) {
		if b.Rows, err = os.owed(ctx, tx, o, f, at, after, most+1); err != nil {
			return Board{}, err
		}
		at, after = -1, ""
	}
	if f.View != Us && len(b.Rows) <= most {
		rest, err := os.others(ctx, tx, o, f, at, after, most+1-len(b.Rows))
		if err != nil {
			return Board{}, err
		}
		b.Rows = append(b.Rows, rest...)
	}
	if len(b.Rows) > most {
		b.Rows = b.Rows[:most]
		b.Next = b.Rows[most-1].cursor
	}
	return b, nil
}

// owed are those who wait for a reply, the soonest promise first: the walk is over open promises, which are few.
func (os *Openings) owed(ctx context.Context, tx db.Tx, o ID, f Filter, at int64, after string, most int) ([]Row, error) {
	return os.rows(ctx, tx, owedQuery(f), 0, o, f, at, after, most)
}

func owedQuery(f Filter) string {
	return boardColumns + `, p.due_at, p.id FROM promises p JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id ` + boardJoins + `
		WHERE p.org_id = $1 AND p.kept_at = 0 AND a.opening_id = $2 AND a.status = 'active' AND (p.due_at > $4 OR p.due_at = $4 AND p.id > $5)
			AND $3 > CAST(0 AS BIGINT)` + narrowed(f) + ` ORDER BY p.due_at, p.id LIMIT $8`
}

// others are the rest, by when they came to where they are.
func (os *Openings) others(ctx context.Context, tx db.Tx, o ID, f Filter, at int64, after string, most int) ([]Row, error) {
	return os.rows(ctx, tx, othersQuery(f), 1, o, f, at, after, most)
}

func othersQuery(f Filter) string {
	where := ""
	switch f.View {
	case UnderWay:
		where = ` AND a.status = 'active' AND p.id IS NULL`
	case Stuck:
		where = ` AND a.status = 'active' AND p.id IS NULL AND ` + isStuck
	case Openers:
		where = ` AND ` + isOpened
	case Senders:
		where = ` AND ` + isSent
	case Answered:
		where = ` AND ` + isAnswered
	case Hires, Declines, Withdrawal:
		where = ` AND a.status = '` + string(f.View) + `'`
	}
	return boardColumns + `, a.moved_at, a.id FROM applications a ` + boardJoins + openPromise + `
		WHERE a.org_id = $1 AND a.opening_id = $2 AND (a.moved_at > $4 OR a.moved_at = $4 AND a.id > $5) AND $3 > CAST(0 AS BIGINT)` + where + narrowed(f) + `
		ORDER BY a.moved_at, a.id LIMIT $8`
}

// narrowed adds what was typed and the stage; the parameters are always there, so that they keep their numbers.
func narrowed(f Filter) string {
	s := ` AND ($6 = '' OR a.stage_id = $6)`
	if strings.TrimSpace(f.Search) == "" {
		return s + ` AND $7 <> ''`
	}
	return s + ` AND (c.name_key LIKE $7 ESCAPE '!' OR c.family_key LIKE $7 ESCAPE '!' OR c.email_key LIKE $7 ESCAPE '!')`
}

func (os *Openings) rows(ctx context.Context, tx db.Tx, q string, segment int, o ID, f Filter, at int64, after string, most int) ([]Row, error) {
	found, err := tx.QueryContext(ctx, q, tx.Org, string(o), clock.Milli(os.DB.Now()), at, after, string(f.Stage), candidate.Like(f.Search), most)
	if err != nil {
		return nil, fmt.Errorf("board: %w", err)
	}
	defer found.Close()
	var out []Row
	for found.Next() {
		var r Row
		var moved, opened, by, revoked, sent, replied, due, waits, key int64
		var id string
		if err := found.Scan(&r.ID, &r.Candidate, &r.Stage, &r.Status, &moved, &r.Name, &r.Email, &r.Invitation, &opened, &by, &revoked,
			&sent, &replied, &due, &waits, &key, &id); err != nil {
			return nil, err
		}
		r.Moved, r.Opened, r.FinishBy, r.Revoked = clock.Time(moved), clock.Time(opened), clock.Time(by), revoked != 0
		r.Sent, r.Replied, r.Due, r.Waits = clock.Time(sent), clock.Time(replied), clock.Time(due), clock.Time(waits)
		r.cursor = fmt.Sprintf("%d.%d.%s", segment, key, id)
		out = append(out, r)
	}
	return out, found.Err()
}

func readCursor(s string) (segment int, at int64, after string, err error) {
	if s == "" {
		return 0, -1, "", nil
	}
	parts := strings.SplitN(s, ".", 3)
	if len(parts) != 3 {
		return 0, 0, "", ErrMissing
	}
	if segment, err = strconv.Atoi(parts[0]); err != nil {
		return 0, 0, "", err
	}
	at, err = strconv.ParseInt(parts[1], 10, 64)
	return segment, at, parts[2], err
}

// Figures are an opening's counts.
type Figures struct {
	Invited, Opened, Sent, Answered, Hired, Declined, Withdrawn int // whatever became of them after

	Active   int
	Us       int // wait for our reply
	Overdue  int // of them, past the day we promised
	DueSoon  int // of them, due within 24 h
	Stuck    int //
	ByStage  map[StageID]int
	Kept     int // replies given
	KeptLate int // of them, after their day
}

const (
	countStatus = `SELECT stage_id, status, COUNT(*) FROM applications WHERE org_id = $1 AND opening_id = $2 GROUP BY stage_id, status`
	countOwed   = `SELECT COUNT(*), SUM(CASE WHEN p.due_at < $3 THEN 1 ELSE 0 END), SUM(CASE WHEN p.due_at >= $3 AND p.due_at < $4 THEN 1 ELSE 0 END)
		FROM promises p JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id
		WHERE p.org_id = $1 AND p.kept_at = 0 AND a.opening_id = $2 AND a.status = 'active'`
	countSent = `SELECT COUNT(DISTINCT p.application_id), COUNT(DISTINCT CASE WHEN p.kept_at > 0 THEN p.application_id END),
		SUM(CASE WHEN p.kept_at > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN p.kept_at > p.due_at THEN 1 ELSE 0 END)
		FROM promises p JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id WHERE p.org_id = $1 AND a.opening_id = $2`
	countOpened = `SELECT COUNT(DISTINCT application_id) FROM invitations WHERE org_id = $1 AND opening_id = $2 AND opened_at > 0`
	countStuck  = `SELECT COUNT(*) FROM applications a JOIN invitations i ON i.org_id = a.org_id AND i.application_id = a.id AND i.stage_id = a.stage_id
		WHERE a.org_id = $1 AND a.opening_id = $2 AND a.status = 'active' AND ` + isStuck
)

// Figures counts, in five queries however many applications there are.
func (os *Openings) Figures(ctx context.Context, tx db.Tx, o ID) (Figures, error) {
	f := Figures{ByStage: map[StageID]int{}}
	now := os.DB.Now()
	rows, err := tx.QueryContext(ctx, countStatus, tx.Org, string(o))
	if err != nil {
		return f, err
	}
	if err := f.byStatus(rows); err != nil {
		return f, err
	}
	var overdue, soon sql.NullInt64
	err = tx.QueryRowContext(ctx, countOwed, tx.Org, string(o), clock.Milli(now), clock.Milli(now.Add(24*time.Hour))).Scan(&f.Us, &overdue, &soon)
	if err != nil {
		return f, err
	}
	f.Overdue, f.DueSoon = int(overdue.Int64), int(soon.Int64)
	var sent, answered, kept, late sql.NullInt64
	err = tx.QueryRowContext(ctx, countSent, tx.Org, string(o)).Scan(&sent, &answered, &kept, &late)
	if err != nil {
		return f, err
	}
	f.Sent, f.Answered, f.Kept, f.KeptLate = int(sent.Int64), int(answered.Int64), int(kept.Int64), int(late.Int64)
	if err := tx.QueryRowContext(ctx, countOpened, tx.Org, string(o)).Scan(&f.Opened); err != nil {
		return f, err
	}
	err = tx.QueryRowContext(ctx, countStuck, tx.Org, string(o), clock.Milli(now)).Scan(&f.Stuck)
	return f, err
}

func (f *Figures) byStatus(rows *sql.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var stage, status string
		var n int
		if err := rows.Scan(&stage, &status, &n); err != nil {
			return err
		}
		f.Invited += n
		switch Status(status) {
		case Active:
			f.Active += n
			f.ByStage[StageID(stage)] += n
		case Hired:
			f.Hired += n
		case Declined:
			f.Declined += n
		case Withdrawn:
			f.Withdrawn += n
		}
	}
	return rows.Err()
}

const (
	weeklySent = `SELECT (p.made_at - CAST($3 AS BIGINT)) / 604800000, COUNT(*) FROM promises p JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id
		WHERE p.org_id = $1 AND a.opening_id = $2 AND p.made_at >= CAST($3 AS BIGINT) GROUP BY 1`
	weeklyOpened = `SELECT (opened_at - CAST($3 AS BIGINT)) / 604800000, COUNT(*) FROM invitations
		WHERE org_id = $1 AND opening_id = $2 AND opened_at >= CAST($3 AS BIGINT) GROUP BY 1`
)

// Weekly counts the submissions and the opened links of n weeks from an instant.
func (os *Openings) Weekly(ctx context.Context, tx db.Tx, o ID, from time.Time, n int) (sent, opened []int, err error) {
	if sent, err = weekly(ctx, tx, weeklySent, o, from, n); err != nil {
		return nil, nil, err
	}
	opened, err = weekly(ctx, tx, weeklyOpened, o, from, n)
	return sent, opened, err
}

func weekly(ctx context.Context, tx db.Tx, q string, o ID, from time.Time, n int) ([]int, error) {
	rows, err := tx.QueryContext(ctx, q, tx.Org, string(o), clock.Milli(from))
	if err != nil {
		return nil, fmt.Errorf("weekly: %w", err)
	}
	defer rows.Close()
	out := make([]int, n)
	for rows.Next() {
		var w, count int
		if err := rows.Scan(&w, &count); err != nil {
			return nil, err
		}
		if w >= 0 && w < n {
			out[w] = count
		}
	}
	return out, rows.Err()
}
