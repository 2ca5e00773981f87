// Package batch keeps lists of people who are to be invited to an opening at once.
//
// A list is read from a table, checked row by row against itself and what the organisation knows, and corrected by its maker, who
// alone sees it until it is confirmed. Then a job makes the invitations by the opening's own rules, so many an hour, in bounded
// transactions: whoever is in the opening already is not invited again, whatever was pressed, in how many tabs, and whatever failed in
// between. A row forgets the person as soon as they are invited or found to be in the opening; the rest of a list goes [Life] days after
// it was last used.
package batch

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/batch/internal/query"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/sheet"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a batch's.
type ID string

// State is where a batch stands.
type State string

const (
	Draft   State = "draft"
	Running State = "running" // confirmed; invitations are made one after the other
	Done    State = "done"
	Stopped State = "stopped" // by a person, or by itself: see Why
)

// Why a batch stopped.
type Why string

const (
	ByPerson  Why = "person"
	OfClosing Why = "closed" // the opening was closed
	OfRights  Why = "rights" // who confirmed it may not invite any more
	OfTime    Why = "late"   // finish_by passed before everybody was invited
)

// Verdict is what was found of a row.
type Verdict string

const (
	Head    Verdict = "head"    // the names of the columns
	New     Verdict = "new"     // will be invited
	Earlier Verdict = "earlier" // will be invited, and applied to another opening before
	Twice   Verdict = "twice"   // the same address stands in an earlier row
	Here    Verdict = "here"    // in this opening already
	Bad     Verdict = "bad"     // Reason says what is wrong
	Left    Verdict = "left"    // left out by hand
	Invited Verdict = "invited"
)

// Batch is a list.
type Batch struct {
	ID       ID
	Opening  opening.ID
	State    State
	Why      Why
	Charset  string    // in which the file was written
	Head     bool      // the first row names the columns
	Meanings []Meaning // by column; none once it is confirmed
	Plan     Plan
	Next     time.Time // when the next mails are due, while it runs
	Created  time.Time
	By       string // member
	Touched  time.Time
	Counts   map[Verdict]int // not in lists
	People   int             // rows but the head
	Invited  int
}

// ToInvite is how many people are, or still will be, invited.
func (b Batch) ToInvite() int { return b.Counts[New] + b.Counts[Earlier] }

// Row is one row.
type Row struct {
	Position    int    // 1, 2, ...
	Line        int    // in the file
	Cells       string // as JSON; "" once it is confirmed
	Name        string // "" once confirmed, but of whom is still to be invited or is bad
	Email       string // likewise
	Zone        string // IANA name; "" is the batch's
	Guessed     bool   // the name is made from the address
	ByHand      bool   // corrected or left out by hand
	Verdict     Verdict
	Reason      string                // of Bad, a sentence
	First       int                   // of Twice, the line of the first
	Application opening.ApplicationID // of Here, Earlier and Invited
	Invitation  opening.InvitationID  // of Invited
}

// Batches keeps them.
type Batches struct {
	DB       *db.DB
	Jobs     *job.Jobs
	Openings *opening.Openings
}

var (
	// ErrMissing: no such batch for the asker.
	ErrMissing = problem.New(problem.Missing, "batch_missing", "There is no such list, or it is not yours to see.")
	// ErrSent: it is confirmed, so it is not changed any more.
	ErrSent = problem.New(problem.Conflict, "batch_sent", "This list has been confirmed already. Nobody is invited twice; look at how far it is.")
	// ErrChanged: what was confirmed is not what is there now.
	ErrChanged = problem.New(problem.Conflict, "batch_changed", "This list has changed since you looked at it. Nobody was invited; look at it again.")
	// ErrNobody: nobody in it is to be invited.
	ErrNobody = problem.New(problem.Conflict, "batch_nobody", "Nobody in this list is to be invited: everybody is in this opening already, or their row needs a look.")
	// ErrIdle: there is nothing to stop.
	ErrIdle = problem.New(problem.Conflict, "batch_idle", "This list is not under way any more.")
)

// Create reads a table into a draft. ErrMissing, ErrRole and ErrClosed of opening.
func (bs *Batches) Create(ctx context.Context, who actor.Actor, o opening.ID, s sheet.Sheet) (ID, error) {
	s = loose(s)
	meanings, head := guess(s)
	rows := rowsOf(s)
	var plan Plan
	err := bs.DB.Read(ctx, who.Org, func(tx db.Tx) error { // what takes long is not done while others wait to write
		op, err := bs.Openings.ManageIn(ctx, tx, who, o)
		if err != nil {
			return err
		}
		if !op.Open {
			return opening.ErrClosed
		}
		if plan, err = bs.usual(ctx, tx, o); err != nil {
			return err
		}
		interpret(rows, meanings, head)
		return bs.check(ctx, tx, who, o, rows)
	})
	if err != nil {
		return "", err
	}
	now := bs.DB.Now()
	b := id.New("bat", now)
	err = bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		err := query.New(tx).Add(ctx, query.AddParams{OrgID: tx.Org, ID: b, OpeningID: string(o), Charset: s.Charset, Head: head, Meanings: join(meanings),
			Zone: plan.Zone, FinishBy: clock.Milli(plan.FinishBy), PerHour: int64(plan.PerHour), CreatedAt: clock.Milli(now), CreatedBy: who.ID})
		if err != nil {
			return err
		}
		return insert(ctx, tx, ID(b), rows)
	})
	return ID(b), err
}

// Load reads one of an opening that the asker runs; a draft is its maker's alone. ErrMissing, and ErrMissing and ErrRole of opening.
func (bs *Batches) Load(ctx context.Context, who actor.Actor, o opening.ID, b ID) (Batch, error) {
	var out Batch
	err := bs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		out, err = bs.LoadIn(ctx, tx, who, o, b)
		return err
	})
	return out, err
}

// LoadIn is Load in a transaction.
func (bs *Batches) LoadIn(ctx context.Context, tx db.Tx, who actor.Actor, o opening.ID, b ID) (Batch, error) {
	if _, err := bs.Openings.ManageIn(ctx, tx, who, o); err != nil {
		return Batch{}, err
	}
	out, err := in(ctx, tx, b)
	if err == nil && (out.Opening != o || out.State == Draft && out.By != who.ID) {
		err = ErrMissing
	}
	if err != nil {
		return Batch{}, err
	}
	counts, err := query.New(tx).Counts(ctx, tx.Org, string(b))
	out.Counts = map[Verdict]int{}
	for _, c := range counts {
		out.Counts[Verdict(c.Verdict)] = int(c.N)
		if Verdict(c.Verdict) != Head {
			out.People += int(c.N)
		}
	}
	out.Invited = out.Counts[Invited]
	return out, err
}

// in reads one without its counts and without asking who may see it. ErrMissing.
func in(ctx context.Context, tx db.Tx, b ID) (Batch, error) {
	r, err := query.New(tx).One(ctx, tx.Org, string(b))
	if errors.Is(err, sql.ErrNoRows) {
		return Batch{}, ErrMissing
	}
	return batch(r), err
}

func batch(r query.OneRow) Batch {
	b := Batch{ID: ID(r.ID), Opening: opening.ID(r.OpeningID), State: State(r.State), Why: Why(r.Why), Charset: r.Charset, Head: r.Head, Created: clock.Time(r.CreatedAt),
		By: r.CreatedBy, Touched: clock.Time(r.TouchedAt), Next: clock.Time(r.NextAt)}
	for _, m := range strings.Fields(r.Meanings) {
		b.Meanings = append(b.Meanings, Meaning(m))
	}
	b.Plan = Plan{Note: r.Note, Zone: r.Zone, FinishBy: clock.Time(r.FinishBy), PerHour: int(r.PerHour)}
	if b.State == Draft {
		b.Plan.Start, b.Next = b.Next, time.Time{}
	}
	return b
}

// List are the newest 100 of an opening that the asker runs, drafts of their own only. ErrMissing and ErrRole of opening.
func (bs *Batches) List(ctx context.Context, who actor.Actor, o opening.ID) ([]Batch, error) {
	var out []Batch
	err := bs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if _, err := bs.Openings.ManageIn(ctx, tx, who, o); err != nil {
			return err
		}
		rows, err := query.New(tx).OfOpening(ctx, tx.Org, string(o), who.ID)
		for _, r := range rows {
			b := batch(query.OneRow{ID: r.ID, OpeningID: r.OpeningID, State: r.State, Why: r.Why, Charset: r.Charset, Head: r.Head, Meanings: r.Meanings, Note: r.Note, Zone: r.Zone,
				FinishBy: r.FinishBy, PerHour: r.PerHour, NextAt: r.NextAt, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, TouchedAt: r.TouchedAt})
			b.People, b.Invited = int(r.People), int(r.Invited)
			out = append(out, b)
		}
		return err
	})
	return out, err
}

// Which rows of a batch.
type Which string

const (
	All        Which = ""
	Go         Which = "go"   // to be invited
	Look       Which = "look" // bad ones
	Out        Which = "left" // twice, in the opening already, left out
	OnTheirWay Which = "invited"
)

// Rows are some rows after a position, in the order of the file; whoever may see the batch is its loader's business.
func (bs *Batches) Rows(ctx context.Context, tx db.Tx, b ID, w Which, after, most int) ([]Row, error) {
	rows, err := query.New(tx).Rows(ctx, query.RowsParams{OrgID: tx.Org, BatchID: string(b), After: int64(after), Which: string(w), Most: int32(most)})
	var out []Row
	for _, r := range rows {
		out = append(out, row(query.AllRow(r)))
	}
	return out, err
}

// First are the first rows as they stand in the file, the head too.
func (bs *Batches) First(ctx context.Context, tx db.Tx, b ID, most int) ([]Row, error) {
	rows, err := query.New(tx).First(ctx, tx.Org, string(b), int32(most))
	var out []Row
	for _, r := range rows {
		out = append(out, row(query.AllRow(r)))
	}
	return out, err
}

func row(r query.AllRow) Row {
	return Row{int(r.Position), int(r.Line), r.Cells, r.Name, r.Email, r.Zone, r.Guessed, r.ByHand, Verdict(r.Verdict), r.Why, int(r.FirstLine),
		opening.ApplicationID(r.ApplicationID), opening.InvitationID(r.InvitationID)}
}

// hold is the guarding write of whatever changes a draft: until the transaction ends nobody else does, and it is the asker's own.
// ErrMissing, ErrSent, and ErrMissing and ErrRole of opening.
func (bs *Batches) hold(ctx context.Context, tx db.Tx, who actor.Actor, o opening.ID, b ID) (Batch, error) {
	n, err := query.New(tx).Hold(ctx, query.HoldParams{At: clock.Milli(bs.DB.Now()), OrgID: tx.Org, ID: string(b), OpeningID: string(o), Member: who.ID})
	if err != nil {
		return Batch{}, err
	}
	out, err := bs.LoadIn(ctx, tx, who, o, b)
	if err == nil && n == 0 {
		err = ErrSent
	}
	return out, err
}

// Discard removes a draft with everybody in it. ErrMissing, ErrSent, and ErrMissing and ErrRole of opening.
func (bs *Batches) Discard(ctx context.Context, who actor.Actor, o opening.ID, b ID) error {
	return bs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := bs.hold(ctx, tx, who, o, b); err != nil {
			return err
		}
		return drop(ctx, tx, b)
	})
}

func drop(ctx context.Context, tx db.Tx, b ID) error {
	q := query.New(tx)
	if _, err := q.DropRows(ctx, tx.Org, string(b)); err != nil {
		return err
	}
	if _, err := q.Drop(ctx, tx.Org, string(b)); err != nil {
		return err
	}
	return tx.Erased(ctx)
}
