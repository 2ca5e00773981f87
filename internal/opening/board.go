package opening

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
	Mark       int       // mean of the automatic marks of the work at this stage, percent; -1: nothing is marked
	Invitation InvitationID
	Opened     time.Time // zero: not yet
	FinishBy   time.Time
	Revoked    bool
	Chosen     Offer     // of what the stage offered; zero where there was no choice, or none was made
	Choosing   bool      // there is a choice, and none was made
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
	Fresh      View = "fresh"     // it is their turn, and they have not opened their link
	Begun      View = "begun"     // it is their turn, and they have opened it
	Stuck      View = "stuck"     // the link is revoked, or its window closed with nothing sent
	Invitees   View = "invited"   // everybody ever; like the next four whatever became of them
	Openers    View = "opened"    // opened one of their links
	Senders    View = "sent"      // sent something
	Answered   View = "answered"  // got a reply
	Hires      View = "hired"     //
	Declines   View = "declined"  //
	Withdrawal View = "withdrawn" //
)

// Sort is the order of a board.
type Sort string

const (
	ByTurn  Sort = ""     // as the View says
	ByMark  Sort = "mark" // the highest automatic mark first, without one last
	Longest Sort = "long" // who came to where they are longest ago
	Newest  Sort = "new"
)

// Filter is what a board shows.
type Filter struct {
	View   View
	Stage  StageID       // "" is every stage
	Search string        // beginning of the name, the family name or the address
	Coded  ApplicationID // whose code was typed; "" is nobody's
	Tag    string        // "" is every tag and none
	Least  int           // automatic mark in percent, 0..100; 0 includes those without one
	Below  int           // automatic mark under so many percent, 0..100; 0 is no limit, and leaves out those without one otherwise
	Waited int           // days since their work was sent, or else since they came to where they are; 0 is any
	Sort   Sort
	After  string          // Board.Next of the page before
	Most   int             // rows, 1..MostRows; 0 is 50
	First  []ApplicationID // who is listed before all others where the order is ByTurn, beyond Most: they asked for more time
}

// MostRows is how long a page may be.
const MostRows = 500

// Names says that the filter finds or orders by what whoever is blind must not learn.
func (f Filter) Names() bool {
	return strings.TrimSpace(f.Search) != "" || f.Tag != "" || f.Least > 0 || f.Below > 0 || f.Sort == ByMark
}

// Board is one page.
type Board struct {
	Rows []Row
	Next string // for Filter.After; "" at the end
}

const boardColumns = `SELECT a.id, a.candidate_id, a.stage_id, a.status, a.moved_at, a.mark_ppm, c.name, c.email,
	COALESCE(i.id, ''), COALESCE(i.opened_at, 0), COALESCE(i.finish_by, 0), COALESCE(i.revoked_at, 0), COALESCE(i.offers, 0), COALESCE(i.chosen_at, 0), COALESCE(i.format, ''), COALESCE(i.ref_id, ''),
	COALESCE((SELECT MAX(s.made_at) FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.kind = 'reply'), 0),
	COALESCE((SELECT MAX(s.kept_at) FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.kind = 'reply'), 0),
	COALESCE(p.due_at, 0), COALESCE(p.waits_until, 0)
`

const boardJoins = `
JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
LEFT JOIN invitations i ON i.org_id = a.org_id AND i.application_id = a.id AND i.stage_id = a.stage_id AND i.replaced_by = ''
`

// openPromise is the promise that is owed, at most one per application.
const openPromise = `LEFT JOIN promises p ON p.org_id = a.org_id AND p.application_id = a.id AND p.kind = 'reply' AND p.kept_at = 0 `

const (
	isOpened   = `EXISTS (SELECT 1 FROM invitations s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.opened_at > 0)`
	isSent     = `EXISTS (SELECT 1 FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.kind = 'reply')`
	isAnswered = `EXISTS (SELECT 1 FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.kind = 'reply' AND s.kept_at > 0)`
	isSentHere = `EXISTS (SELECT 1 FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.kind = 'reply' AND (s.kept_at = 0 OR s.made_at >= a.moved_at))`
	isStuck    = `(i.revoked_at > 0 OR i.finish_by < $3) AND NOT ` + isSentHere
	isTheirs   = `i.revoked_at = 0 AND i.finish_by >= $3 AND NOT ` + isSentHere
)

// statement is SQL with its parameters; $1 is the organisation, $2 the opening, $3 the present.
type statement struct {
	text string
	args []any
}

// arg adds a parameter and gives its place.
func (s *statement) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

// Page lists the applications of an opening, at most two queries. Rows carry names and marks: the caller drops what a blind member
// must not see. ErrMissing for a cursor that is none.
func (os *Openings) Page(ctx context.Context, tx db.Tx, o ID, f Filter) (Board, error) {
	most := f.Most
	if most < 1 || most > MostRows {
		most = 50
	}
	at, err := readCursor(f.After)
	if err != nil {
		return Board{}, ErrMissing
	}
	var b Board
	if f.Sort != ByTurn || f.View != UnderWay && f.View != Us {
		f.First = nil
	}
	if len(f.First) > 0 && f.After == "" {
		if b.Rows, err = os.rows(ctx, tx, firstQuery(f), o, 0); err != nil {
			return Board{}, err
		}
		slices.SortFunc(b.Rows, func(x, y Row) int { return cmp.Compare(slices.Index(f.First, x.ID), slices.Index(f.First, y.ID)) })
		rest, err := os.Page(ctx, tx, o, f.behind())
		return Board{append(b.Rows, rest.Rows...), rest.Next}, err
	}
	turns := f.Sort == ByTurn && (f.View == UnderWay || f.View == Us)
	if turns && at.segment == 0 {
		if b.Rows, err = os.rows(ctx, tx, owedQuery(f, at, most+1), o, 0); err != nil {
			return Board{}, err
		}
		at = cursor{}
	}
	if len(b.Rows) <= most && !(turns && f.View == Us) {
		rest, err := os.rows(ctx, tx, othersQuery(f, at, most+1-len(b.Rows)), o, 1)
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

// behind is a filter for those who come after First.
func (f Filter) behind() Filter {
	f.After = afterFirst
	return f
}

// afterFirst is the cursor behind those of First.
const afterFirst = "0.0."

// firstQuery finds those of First.
func firstQuery(f Filter) statement {
	s := statement{args: make([]any, 3)}
	s.text = boardColumns + `, a.moved_at, a.id FROM applications a ` + boardJoins + openPromise + `
		WHERE a.org_id = $1 AND a.opening_id = $2 AND a.status = 'active' AND $3 > CAST(0 AS BIGINT) AND a.id IN (` + s.list(f.First) + `)`
	f.First = nil
	s.text += s.narrowed(f)
	return s
}

// list adds parameters and gives their places.
func (s *statement) list(ids []ApplicationID) string {
	out := make([]string, len(ids))
	for i, x := range ids {
		out[i] = s.arg(string(x))
	}
	return strings.Join(out, ", ")
}

// owedQuery finds those who wait for a reply, the soonest promise first: the walk is over open promises, which are few.
func owedQuery(f Filter, at cursor, most int) statement {
	s := statement{args: make([]any, 3)}
	s.text = boardColumns + `, p.due_at, p.id FROM promises p JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id ` + boardJoins + `
		WHERE p.org_id = $1 AND p.kind = 'reply' AND p.kept_at = 0 AND a.opening_id = $2 AND a.status = 'active' AND $3 > CAST(0 AS BIGINT)` + s.narrowed(f)
	if at.id != "" {
		s.text += s.after("p.due_at", "p.id", ">", at)
	}
	s.text += ` ORDER BY p.due_at, p.id LIMIT ` + s.arg(most)
	return s
}

// othersQuery finds the rest, by when they came to where they are; with an order of one's own, everybody of the view.
func othersQuery(f Filter, at cursor, most int) statement {
	where := ""
	switch f.View {
	case UnderWay:
		where = ` AND a.status = 'active'`
		if f.Sort == ByTurn {
			where += ` AND p.id IS NULL`
		}
	case Us:
		where = ` AND a.status = 'active' AND p.id IS NOT NULL`
	case Stuck:
		where = ` AND a.status = 'active' AND p.id IS NULL AND ` + isStuck
	case Fresh:
		where = ` AND a.status = 'active' AND p.id IS NULL AND i.opened_at = 0 AND ` + isTheirs
	case Begun:
		where = ` AND a.status = 'active' AND p.id IS NULL AND i.opened_at > 0 AND ` + isTheirs
	case Openers:
		where = ` AND ` + isOpened
	case Senders:
		where = ` AND ` + isSent
	case Answered:
		where = ` AND ` + isAnswered
	case Hires, Declines, Withdrawal:
		where = ` AND a.status = '` + string(f.View) + `'`
	}
	key, beyond, down := "a.moved_at", ">", ""
	if f.Sort == ByMark || f.Sort == Newest {
		beyond, down = "<", " DESC"
	}
	if f.Sort == ByMark {
		key = "a.mark_ppm"
	}
	s := statement{args: make([]any, 3)}
	s.text = boardColumns + `, ` + key + `, a.id FROM applications a ` + boardJoins + openPromise + `
		WHERE a.org_id = $1 AND a.opening_id = $2 AND $3 > CAST(0 AS BIGINT)` + where + s.narrowed(f)
	if at.id != "" {
		s.text += s.after(key, "a.id", beyond, at)
	}
	s.text += ` ORDER BY ` + key + down + `, a.id` + down + ` LIMIT ` + s.arg(most)
	return s
}

// after begins behind a row.
func (s *statement) after(key, id, beyond string, at cursor) string {
	k := s.arg(at.key)
	return ` AND (` + key + ` ` + beyond + ` ` + k + ` OR ` + key + ` = ` + k + ` AND ` + id + ` ` + beyond + ` ` + s.arg(at.id) + `)`
}

// narrowed adds what a filter asks of a row.
func (s *statement) narrowed(f Filter) string {
	out := ""
	if len(f.First) > 0 {
		out += ` AND a.id NOT IN (` + s.list(f.First) + `)`
	}
	if f.Stage != "" {
		out += ` AND a.stage_id = ` + s.arg(string(f.Stage))
	}
	if strings.TrimSpace(f.Search) != "" {
		like := s.arg(candidate.Like(f.Search))
		out += ` AND (c.name_key LIKE ` + like + ` ESCAPE '!' OR c.family_key LIKE ` + like + ` ESCAPE '!' OR c.email_key LIKE ` + like + ` ESCAPE '!' OR a.id = ` + s.arg(string(f.Coded)) + `)`
	}
	if f.Tag != "" {
		out += ` AND EXISTS (SELECT 1 FROM application_tags t WHERE t.org_id = a.org_id AND t.application_id = a.id AND t.tag = ` + s.arg(f.Tag) + `)`
	}
	if f.Least > 0 {
		out += ` AND a.mark_ppm >= ` + s.arg(f.Least*10_000)
	}
	if f.Below > 0 {
		out += ` AND a.mark_ppm >= 0 AND a.mark_ppm < ` + s.arg(f.Below*10_000)
	}
	if f.Waited > 0 {
		out += ` AND COALESCE(p.made_at, a.moved_at) <= $3 - ` + s.arg((time.Duration(f.Waited) * 24 * time.Hour).Milliseconds())
	}
	return out
}

func (os *Openings) rows(ctx context.Context, tx db.Tx, s statement, o ID, segment int) ([]Row, error) {
	s.args[0], s.args[1], s.args[2] = tx.Org, string(o), clock.Milli(os.DB.Now())
	found, err := tx.QueryContext(ctx, s.text, s.args...)
	if err != nil {
		return nil, fmt.Errorf("board: %w", err)
	}
	defer found.Close()
	var out []Row
	for found.Next() {
		r := Row{Mark: -1}
		var moved, mark, opened, by, revoked, offers, chose, sent, replied, due, waits, key int64
		var x Offer
		var id string
		if err := found.Scan(&r.ID, &r.Candidate, &r.Stage, &r.Status, &moved, &mark, &r.Name, &r.Email, &r.Invitation, &opened, &by, &revoked, &offers, &chose, &x.Format, &x.Ref,
			&sent, &replied, &due, &waits, &key, &id); err != nil {
			return nil, err
		}
		if mark >= 0 {
			r.Mark = int(mark+5_000) / 10_000
		}
		if r.Choosing = offers > 0 && chose == 0; offers > 0 && chose > 0 {
			r.Chosen = x
		}
		r.Moved, r.Opened, r.FinishBy, r.Revoked = clock.Time(moved), clock.Time(opened), clock.Time(by), revoked != 0
		r.Sent, r.Replied, r.Due, r.Waits = clock.Time(sent), clock.Time(replied), clock.Time(due), clock.Time(waits)
		r.cursor = fmt.Sprintf("%d.%d.%s", segment, key, id)
		out = append(out, r)
	}
	return out, found.Err()
}

// cursor is the row that a page begins behind; the zero value is the beginning. Segment 1 is behind those who wait for us.
type cursor struct {
	segment int
	key     int64
	id      string
}

func readCursor(s string) (cursor, error) {
	if s == "" || s == afterFirst {
		return cursor{}, nil
	}
	parts := strings.SplitN(s, ".", 3)
	if len(parts) != 3 || parts[2] == "" {
		return cursor{}, ErrMissing
	}
	segment, err := strconv.Atoi(parts[0])
	if err != nil {
		return cursor{}, err
	}
	key, err := strconv.ParseInt(parts[1], 10, 64)
	return cursor{segment, key, parts[2]}, err
}
