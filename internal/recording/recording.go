// Package recording keeps what candidates record for an answer: what they agreed to before it, and their takes.
//
// A recording without consent cannot exist: the database refuses a take that names no consent of the same person to the same question. The
// device makes a take's id and keeps its slices until they have arrived, so that an announcement that is repeated changes nothing. A take that
// failed, and one that was cut off in the middle, uses up none of those that a candidate may make. When a take was recorded is what is judged;
// its bytes may arrive days later. Which take is the answer stands in the answer itself.
package recording

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"regexp"
	"time"

	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/problem"
	"candor/internal/recording/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a take's, made by the device: "rec_" and 26 letters of base32.
type ID string

var idShape = regexp.MustCompile(`^rec_[a-z2-7]{26}$`)

// Way is what is recorded.
type Way string

const (
	Video  Way = "video"
	Sound  Way = "sound"
	Screen Way = "screen" // with the voice, where the device has it
)

// most is how many takes of an item are kept, failed and cut ones included.
const most = 40

var (
	// ErrConsent: nobody agreed to it.
	ErrConsent = problem.New(problem.Conflict, "recording_consent", "Nothing is recorded before you say yes to it. Read what happens with a recording, and decide.")
	// ErrTakes: all takes are used.
	ErrTakes = problem.New(problem.Conflict, "recording_takes", "All your takes are used. Choose one of them; nothing you recorded is lost.")
	// ErrMissing: no such take.
	ErrMissing = problem.New(problem.Missing, "recording_missing", "There is no such recording.")
)

// Of is whose recordings: the owner of an answer, and its item.
type Of struct{ Owner, Item string }

// Consent is what somebody agreed to.
type Consent struct {
	ID   string
	Text string // as they read it
	Lang string
	At   time.Time
}

// Take is one recording.
type Take struct {
	ID      ID
	Of      Of
	Number  int // 1-based
	Way     Way
	State   State
	Cut     bool          // the page or the device went away in the middle
	Late    bool          // recorded after its part was over
	Length  time.Duration // what the device measured, without pauses
	Reason  string        // of a failed one: a code that pages have words for
	Started time.Time
}

// Recordings keeps them.
type Recordings struct{ DB *db.DB }

// Agree keeps that the owner agreed, with the words they read. The caller's guarded write says that the owner may.
func (rs *Recordings) Agree(ctx context.Context, tx db.Tx, of Of, text, lang string) error {
	now := rs.DB.Now()
	return query.New(tx).Agree(ctx, query.AgreeParams{OrgID: tx.Org, ID: id.New("con", now), Owner: of.Owner, Item: of.Item, Text: text, Lang: lang, GivenAt: clock.Milli(now)})
}

// Consent is what the owner agreed to and did not take back. ErrConsent.
func (rs *Recordings) Consent(ctx context.Context, tx db.Tx, of Of) (Consent, error) {
	row, err := query.New(tx).Consent(ctx, tx.Org, of.Owner, of.Item)
	if errors.Is(err, sql.ErrNoRows) {
		return Consent{}, ErrConsent
	}
	return Consent{row.ID, row.Text, row.Lang, clock.Time(row.GivenAt)}, err
}

// Withdraw takes the consent back and deletes the takes; it gives what was deleted. Taking it back again changes nothing.
func (rs *Recordings) Withdraw(ctx context.Context, tx db.Tx, of Of) ([]Take, error) {
	q := query.New(tx)
	if _, err := q.Withdraw(ctx, query.WithdrawParams{Now: clock.Milli(rs.DB.Now()), OrgID: tx.Org, Owner: of.Owner, Item: of.Item}); err != nil {
		return nil, err
	}
	list, err := rs.List(ctx, tx, of)
	if err != nil {
		return nil, err
	}
	var out []Take
	for _, t := range list {
		if _, ok := t.State.Next(Drop); !ok {
			continue
		}
		if _, err := rs.move(ctx, tx, t, Drop, Take{}); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// List are the takes of an item, oldest first.
func (rs *Recordings) List(ctx context.Context, tx db.Tx, of Of) ([]Take, error) {
	rows, err := query.New(tx).Of(ctx, tx.Org, of.Owner, of.Item)
	var out []Take
	for _, r := range rows {
		out = append(out, takeOf(r))
	}
	return out, err
}

func takeOf(r query.OfRow) Take {
	return Take{ID: ID(r.ID), Of: Of{r.Owner, r.Item}, Number: int(r.Number), Way: Way(r.Way), State: State(r.State), Cut: r.Cut == 1, Late: r.Late == 1,
		Length: time.Duration(r.LengthMs) * time.Millisecond, Reason: r.Reason, Started: clock.Time(r.StartedAt)}
}

// Begin announces a take. allowed is how many a candidate may make; late says that the part is over. The same id again gives the same take. One
// that still ran on this or another device is cut off by it. Holding the consent is the guarding write. Problems: ErrConsent, ErrTakes (never of
// a late one: it is kept and marked), ErrInvalid for an id no device makes.
func (rs *Recordings) Begin(ctx context.Context, tx db.Tx, of Of, take ID, way Way, allowed int, late bool) (Take, error) {
	if !idShape.MatchString(string(take)) || way != Video && way != Sound && way != Screen {
		return Take{}, problem.ErrInvalid
	}
	agreed, err := rs.Consent(ctx, tx, of)
	if err != nil {
		return Take{}, err
	}
	q := query.New(tx)
	if n, err := q.HoldConsent(ctx, tx.Org, agreed.ID); err != nil {
		return Take{}, err
	} else if n == 0 {
		return Take{}, ErrConsent
	}
	list, err := rs.List(ctx, tx, of)
	if err != nil {
		return Take{}, err
	}
	used := 0
	for _, t := range list {
		if t.ID == take {
			return t, nil
		}
		if t.State == Running {
			if t, err = rs.move(ctx, tx, t, Cut, Take{}); err != nil {
				return Take{}, err
			}
		}
		if t.Uses() {
			used++
		}
	}
	if used >= allowed && !late || len(list) >= most {
		return Take{}, ErrTakes
	}
	now := rs.DB.Now()
	out := Take{ID: take, Of: of, Number: len(list) + 1, Way: way, State: Running, Late: late, Started: now}
	return out, q.Add(ctx, query.AddParams{OrgID: tx.Org, ID: string(take), Owner: of.Owner, Item: of.Item, ConsentID: agreed.ID, Number: int64(out.Number), Way: string(way),
		Late: bit(late), StartedAt: clock.Milli(now)})
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Take is one of an item's takes. ErrMissing.
func (rs *Recordings) Take(ctx context.Context, tx db.Tx, of Of, take ID) (Take, error) {
	list, err := rs.List(ctx, tx, of)
	if err != nil {
		return Take{}, err
	}
	for _, t := range list {
		if t.ID == take {
			return t, nil
		}
	}
	return Take{}, ErrMissing
}

// Move does what happens to a take; told holds what comes with it: the length, the reason, whether it came too late. An event that comes again or too late changes
// nothing: the take comes back as it is. The row's state is the guard. ErrMissing.
func (rs *Recordings) Move(ctx context.Context, tx db.Tx, of Of, take ID, e Event, told Take) (Take, error) {
	t, err := rs.Take(ctx, tx, of, take)
	if err != nil {
		return t, err
	}
	return rs.move(ctx, tx, t, e, told)
}

// move is Move of a take that was read in this transaction.
func (rs *Recordings) move(ctx context.Context, tx db.Tx, t Take, e Event, told Take) (Take, error) {
	to, ok := t.State.Next(e)
	if !ok {
		return t, nil
	}
	after := t
	after.State, after.Cut, after.Late = to, t.Cut || e == Cut, t.Late || told.Late
	if told.Length > 0 {
		after.Length = told.Length
	}
	if e == Fail {
		after.Reason = told.Reason
	}
	n, err := query.New(tx).Move(ctx, query.MoveParams{State: string(to), Cut: bit(after.Cut), Late: bit(after.Late), LengthMs: after.Length.Milliseconds(), Reason: after.Reason,
		Now: clock.Milli(rs.DB.Now()), OrgID: tx.Org, Owner: t.Of.Owner, Item: t.Of.Item, ID: string(t.ID), Was: string(t.State)})
	if err != nil || n == 0 {
		return t, err
	}
	return after, nil
}

// Preview counts what Erase would remove.
func (rs *Recordings) Preview(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	var n int64
	for _, a := range p.Attempts {
		k, err := query.New(tx).Count(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		n += k
	}
	return map[string]int{"recordings": int(n)}, nil
}

// Erase removes a person's takes and what they agreed to; the bytes are the uploads' to remove.
func (rs *Recordings) Erase(ctx context.Context, tx db.Tx, p db.Person) (map[string]int, error) {
	var n int64
	for _, a := range p.Attempts {
		k, err := query.New(tx).EraseRecordings(ctx, tx.Org, a)
		if err != nil {
			return nil, err
		}
		if _, err := query.New(tx).EraseConsents(ctx, tx.Org, a); err != nil {
			return nil, err
		}
		n += k
	}
	return map[string]int{"recordings": int(n)}, nil
}
