// Package talk keeps promised talks with the team: times are offered, the candidate chooses one, calendars are told.
//
// Where an opening promises a talk, it is owed to everybody who sends work there, once, whatever is decided. Somebody who runs or decides the opening and does not read the work without
// its name offers times and a link for the meeting; while times are offered and until the chosen one is over the candidate has the turn and the promise stands
// still. The candidate may choose another of the times, or cancel; so may the host. Each change has the next sequence number, so that calendars update
// or take away the one event they have. That it took place is said by a person; only then the promise is kept.
package talk

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"candor/internal/actor"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/talk/internal/query"
)

//go:embed schema/*.sql
var Schema embed.FS

// ID is a talk's.
type ID string

// Terms are what an opening promises.
type Terms struct {
	Days    int // working days after the work was sent; 0 promises no talk
	Minutes int
}

// State of a talk.
type State string

const (
	Owed     State = "owed" // nobody has offered a time
	Offered  State = "offered"
	Booked   State = "booked"
	Held     State = "held"
	Declined State = "declined" // the candidate does not want it
)

// Talk is one with one person.
type Talk struct {
	ID          ID
	Application opening.ApplicationID
	Opening     opening.ID
	State       State
	Minutes     int
	Host        org.MemberID // who offered the times; "" nobody yet
	Link        string       // of the meeting; "" none yet
	Starts      time.Time    // the chosen time; zero: none
	Sequence    int          // of what calendars were told
	Slots       []time.Time  // in order
}

// Ends is when the chosen time is over.
func (t Talk) Ends() time.Time { return t.Starts.Add(time.Duration(t.Minutes) * time.Minute) }

// Free are the offered times that are ahead and not chosen.
func (t Talk) Free(now time.Time) (out []time.Time) {
	for _, s := range t.Slots {
		if s.After(now) && !s.Equal(t.Starts) {
			out = append(out, s)
		}
	}
	return out
}

// Limits.
const (
	MostSlots = 20
	Farthest  = 90 * 24 * time.Hour
	mostLink  = 500
	dayBefore = 24 * time.Hour // when both are reminded
)

var (
	// ErrMissing: no such talk for the asker.
	ErrMissing = problem.New(problem.Missing, "talk_missing", "There is nothing here, or it is not yours to see.")
	// ErrNone: the asking candidate is owed no talk.
	ErrNone = problem.New(problem.Conflict, "talk_none", "No talk is owed to you at this step, so there is nothing to choose.")
	// ErrSlot: not offered, taken back, or over.
	ErrSlot = problem.New(problem.Conflict, "talk_slot", "This time is not offered any more. Choose another one, or write to us.")
	// ErrState: somebody else was faster.
	ErrState = problem.New(problem.Conflict, "talk_moved", "This talk has changed meanwhile. Nothing was changed; look at it again.")
	// ErrAhead: it cannot have taken place yet.
	ErrAhead = problem.New(problem.Conflict, "talk_ahead", "The time of this talk has not come yet.")
	// ErrBlind: whoever reads the work without the name does not talk with the person before.
	ErrBlind = problem.New(problem.Forbidden, "talk_blind", "You read this person’s work without the name, so somebody else arranges the talk until your scorecard is sent.")
)

// Topics. Each note names the talk and the sequence that it is about.
const (
	SlotsOffered = job.Topic[Note]("talk.offered")
	Changed      = job.Topic[Note]("talk.booked") // booked, moved, or another link
	Cancelled    = job.Topic[Note]("talk.cancelled")
	Soon         = job.Topic[Note]("talk.soon") // a day is left
)

// Note names a talk. At is the cancelled time, in milliseconds.
type Note struct {
	Org, Talk, Application string
	Sequence               int
	At                     int64
}

// Talks keeps them.
type Talks struct {
	DB       *db.DB
	Jobs     *job.Jobs
	Orgs     *org.Orgs
	Openings *opening.Openings
	Promises *promise.Promises
}

// Listen wires what makes a talk owed.
func (ts *Talks) Listen() {
	job.Listen(ts.Jobs, attempt.Submitted, "talk.owe", job.Housekeeping, ts.owe)
}

// TermsIn are an opening's; the zero value where no talk is promised.
func (ts *Talks) TermsIn(ctx context.Context, tx db.Tx, o opening.ID) (Terms, error) {
	r, err := query.New(tx).Terms(ctx, tx.Org, string(o))
	if errors.Is(err, sql.ErrNoRows) {
		return Terms{}, nil
	}
	return Terms{int(r.Days), int(r.Minutes)}, err
}

// SetTerms promises a talk to everybody who sends work from now on, or none with Days 0. ErrRole and ErrMissing of opening, opening.ErrNobody where nobody who decides is present, ErrInvalid.
func (ts *Talks) SetTerms(ctx context.Context, who actor.Actor, o opening.ID, t Terms) error {
	switch {
	case t.Days < 0 || t.Days > 60:
		return problem.Field("days", "Promise a talk within 1 to 60 working days, or choose 0.")
	case t.Days > 0 && (t.Minutes < 10 || t.Minutes > 240):
		return problem.Field("minutes", "A talk takes 10 to 240 minutes.")
	}
	return ts.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := ts.Openings.ManageIn(ctx, tx, who, o); err != nil {
			return err
		}
		q := query.New(tx)
		if t.Days == 0 {
			if _, err := q.DropTerms(ctx, tx.Org, string(o)); err != nil {
				return err
			}
		} else {
			hosts, err := ts.Openings.Present(ctx, tx, o, opening.Manager)
			if err != nil {
				return err
			}
			if hosts == 0 {
				return opening.ErrNobody.Saying("Nobody who decides in this opening is present, so nobody could hold these talks. Add a manager under People first.").On("days", "There is no manager who could hold it.")
			}
			if err := q.SetTerms(ctx, query.SetTermsParams{OrgID: tx.Org, OpeningID: string(o), Days: int64(t.Days), Minutes: int64(t.Minutes)}); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, ts.DB.Now(), who, "talk.terms", string(o), audit.Facts{"days": fmt.Sprint(t.Days), "minutes": fmt.Sprint(t.Minutes)})
	})
}

// owe makes the talk of somebody who sent work, once: the table's key decides.
func (ts *Talks) owe(ctx context.Context, n attempt.SubmittedNote) error {
	err := ts.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		app, err := ts.Openings.ApplicationIn(ctx, tx, opening.ApplicationID(n.Application))
		if err != nil {
			return err
		}
		t, err := ts.TermsIn(ctx, tx, app.Opening.ID)
		if err != nil || t.Days == 0 {
			return err
		}
		var ms int64
		if err := tx.QueryRowContext(ctx, `SELECT submitted_at FROM attempts WHERE org_id = $1 AND id = $2`, tx.Org, n.Attempt).Scan(&ms); err != nil {
			return err
		}
		now := ts.DB.Now()
		k, err := query.New(tx).Add(ctx, query.AddParams{OrgID: tx.Org, ID: id.New("tlk", now), ApplicationID: n.Application, OpeningID: string(app.Opening.ID), Minutes: int64(t.Minutes), ChangedAt: clock.Milli(now)})
		if err != nil || k == 0 {
			return err
		}
		cal, err := ts.Orgs.CalendarIn(ctx, tx)
		if err != nil {
			return err
		}
		return ts.Promises.Owe(ctx, tx, promise.Talk, n.Application, t.Days, clock.Time(ms), cal)
	})
	if errors.Is(err, opening.ErrMissing) {
		return nil
	}
	return err
}

// Of is an application's talk; who may see it is the caller's loader's business. ErrMissing where none is owed.
func (ts *Talks) Of(ctx context.Context, tx db.Tx, a opening.ApplicationID) (Talk, error) {
	r, err := query.New(tx).OfApplication(ctx, tx.Org, string(a))
	return ts.whole(ctx, tx, query.TalkRow(r), err)
}

// In reads one without asking who may see it, for notify. ErrMissing.
func (ts *Talks) In(ctx context.Context, tx db.Tx, t ID) (Talk, error) {
	r, err := query.New(tx).Talk(ctx, tx.Org, string(t))
	return ts.whole(ctx, tx, r, err)
}

func (ts *Talks) whole(ctx context.Context, tx db.Tx, r query.TalkRow, err error) (Talk, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Talk{}, ErrMissing
	}
	if err != nil {
		return Talk{}, err
	}
	t := Talk{ID: ID(r.ID), Application: opening.ApplicationID(r.ApplicationID), Opening: opening.ID(r.OpeningID), State: State(r.State), Minutes: int(r.Minutes), Host: r.HostID, Link: r.Link,
		Starts: clock.Time(r.StartsAt), Sequence: int(r.Sequence)}
	slots, err := query.New(tx).Slots(ctx, tx.Org, r.ID)
	for _, s := range slots {
		t.Slots = append(t.Slots, clock.Time(s))
	}
	return t, err
}

// Own is the asking candidate's. ErrMissing, ErrNone.
func (ts *Talks) Own(ctx context.Context, who actor.Actor) (t Talk, err error) {
	err = ts.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		t, err = ts.own(ctx, tx, who)
		return err
	})
	return t, err
}

func (ts *Talks) own(ctx context.Context, tx db.Tx, who actor.Actor) (Talk, error) {
	if who.Kind != actor.Candidate {
		return Talk{}, ErrMissing
	}
	inv, err := ts.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
	if err != nil {
		return Talk{}, err
	}
	if inv.Candidate != who.Subject {
		return Talk{}, ErrMissing
	}
	t, err := ts.Of(ctx, tx, inv.Application)
	if errors.Is(err, ErrMissing) {
		err = ErrNone
	}
	return t, err
}

// Load is a talk for a member who arranges it, with the application. ErrMissing, opening.ErrRole, ErrBlind.
func (ts *Talks) Load(ctx context.Context, who actor.Actor, a opening.ApplicationID) (t Talk, app opening.Application, err error) {
	err = ts.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		t, app, err = ts.load(ctx, tx, who, a)
		return err
	})
	return t, app, err
}

func (ts *Talks) load(ctx context.Context, tx db.Tx, who actor.Actor, a opening.ApplicationID) (Talk, opening.Application, error) {
	app, err := ts.Openings.LoadApplicationIn(ctx, tx, who, a)
	if err != nil {
		return Talk{}, app, err
	}
	if app.Blind {
		return Talk{}, app, ErrBlind
	}
	if !app.Opening.MayManage(who) && !app.Opening.MayDecide(who) {
		return Talk{}, app, opening.ErrRole
	}
	t, err := ts.Of(ctx, tx, a)
	return t, app, err
}
