package trial

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/trial/internal/query"
)

// View is a trial as one asker sees it.
type View struct {
	Trial
	Terms
	App         opening.Application
	By          time.Time // until when an offer can be accepted
	First       []time.Time
	Hosts       bool   // the asker hosts it
	Runs        bool   // the asker runs or decides the opening
	HostName    string // "" when they are not there any more
	Away        bool   // the host is not there any more, or reads the work without the name
	Days        []Day
	Mine, Other *Evaluation // the asker's side; the other's once it opens
	Work        attempt.Attempt
	Now         time.Time
}

// Worked are the minutes that were reported.
func (v *View) Worked() int { return Worked(v.Days) }

// Over says whether as many hours are reported as were agreed, or more.
func (v *View) Over() bool { return v.Worked() >= v.Hours*60 }

// in reads one. ErrMissing.
func (ts *Trials) in(ctx context.Context, tx db.Tx, id ID) (Trial, error) {
	r, err := query.New(tx).ByID(ctx, tx.Org, string(id))
	return found(r, err)
}

// In reads one, for mails; who may know of it is the caller's business. ErrMissing.
func (ts *Trials) In(ctx context.Context, tx db.Tx, id ID) (Trial, error) { return ts.in(ctx, tx, id) }

// Of are an application's, newest first; who may see them is the caller's loader's business.
func (ts *Trials) Of(ctx context.Context, tx db.Tx, a opening.ApplicationID) (out []Trial, err error) {
	rows, err := query.New(tx).OfApplication(ctx, tx.Org, string(a))
	for _, r := range rows {
		out = append(out, of(query.ByIDRow(r)))
	}
	return out, err
}

func found(r query.ByIDRow, err error) (Trial, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Trial{}, ErrMissing
	}
	return of(r), err
}

// days are a trial's, without what came of them.
func (ts *Trials) days(ctx context.Context, tx db.Tx, id ID) (out []Day, err error) {
	rows, err := query.New(tx).Days(ctx, tx.Org, string(id))
	for _, r := range rows {
		out = append(out, dayOf(r))
	}
	return out, err
}

// loadIn is the one place that decides which member sees a trial: its host, and whoever runs or decides its opening; nobody who reads the person's work
// without the name. ErrMissing.
func (ts *Trials) loadIn(ctx context.Context, tx db.Tx, who actor.Actor, id ID) (t Trial, runs bool, err error) {
	if who.Kind != actor.Member {
		return Trial{}, false, ErrMissing
	}
	if t, err = ts.in(ctx, tx, id); err != nil {
		return t, false, err
	}
	runs, err = ts.sees(ctx, tx, who, t)
	return t, runs, err
}

func (ts *Trials) sees(ctx context.Context, tx db.Tx, who actor.Actor, t Trial) (runs bool, err error) {
	op, err := ts.Openings.LoadIn(ctx, tx, who, t.Opening)
	if errors.Is(err, opening.ErrMissing) {
		err = ErrMissing
	}
	if err != nil {
		return false, err
	}
	blind, _, err := ts.Reviews.Blind(ctx, tx, who, t.Application)
	if err != nil {
		return false, err
	}
	runs = op.MayManage(who) || op.MayDecide(who)
	if blind || !runs && t.Host != who.ID {
		return false, ErrMissing
	}
	return runs, nil
}

// Load reads a trial for a member. ErrMissing.
func (ts *Trials) Load(ctx context.Context, who actor.Actor, id ID) (*View, error) {
	v := &View{Now: ts.DB.Now()}
	err := ts.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		t, runs, err := ts.loadIn(ctx, tx, who, id)
		if err != nil {
			return err
		}
		v.Trial, v.Runs, v.Hosts = t, runs, t.Host == who.ID
		if v.App, err = ts.Openings.ApplicationIn(ctx, tx, t.Application); err != nil {
			return err
		}
		if v.App.Opening, err = ts.Openings.LoadIn(ctx, tx, who, t.Opening); err != nil {
			return err
		}
		if !v.App.Opening.SeesAddresses(who) {
			v.App.Email = ""
		}
		return ts.around(ctx, tx, v, ByHost)
	})
	if err != nil {
		return nil, err
	}
	return v, ts.draw(ctx, who.Org, v)
}

// own is the trial of the asking candidate's invitation. ErrMissing.
func (ts *Trials) own(ctx context.Context, tx db.Tx, who actor.Actor) (Trial, opening.Invitation, error) {
	if who.Kind != actor.Candidate {
		return Trial{}, opening.Invitation{}, ErrMissing
	}
	inv, err := ts.Openings.InvitationIn(ctx, tx, opening.InvitationID(who.ID))
	if errors.Is(err, opening.ErrMissing) || err == nil && inv.Candidate != who.Subject {
		err = ErrMissing
	}
	if err != nil {
		return Trial{}, inv, err
	}
	r, err := query.New(tx).OfInvitation(ctx, tx.Org, string(inv.ID))
	t, err := found(query.ByIDRow(r), err)
	return t, inv, err
}

// Own reads the trial of the asking candidate's invitation. ErrMissing.
func (ts *Trials) Own(ctx context.Context, who actor.Actor) (*View, error) {
	v := &View{Now: ts.DB.Now()}
	err := ts.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		t, inv, err := ts.own(ctx, tx, who)
		if err != nil {
			return err
		}
		v.Trial, v.By = t, inv.FinishBy
		if v.App, err = ts.Openings.ApplicationIn(ctx, tx, t.Application); err != nil {
			return err
		}
		if t.State == Offer {
			cal, err := ts.Orgs.CalendarIn(ctx, tx)
			if err != nil {
				return err
			}
			zone, err := ts.zoneOf(ctx, tx, inv)
			if err != nil {
				return err
			}
			v.First = FirstDays(v.Now, cal, zone)
		}
		return ts.around(ctx, tx, v, ByGuest)
	})
	if err != nil {
		return nil, err
	}
	return v, ts.draw(ctx, who.Org, v)
}

// around reads the terms, the host, the days with their sittings, and what a side may read of the evaluations.
func (ts *Trials) around(ctx context.Context, tx db.Tx, v *View, side Side) error {
	p, err := ts.PlanIn(ctx, tx, v.Plan)
	if err != nil {
		return err
	}
	v.Terms = p.Terms
	m, err := ts.Orgs.Member(ctx, tx, v.Trial.Host)
	if err != nil && !errors.Is(err, org.ErrMissing) {
		return err
	}
	blind, _, err := ts.Reviews.Blind(ctx, tx, actor.Actor{Kind: actor.Member, Org: tx.Org, ID: v.Trial.Host}, v.Application)
	if err != nil {
		return err
	}
	v.HostName, v.Away = m.Name, m.State != org.Active || blind
	if v.Days, err = ts.days(ctx, tx, v.ID); err != nil {
		return err
	}
	if err := ts.evaluations(ctx, tx, v, side); err != nil || v.Attempt == "" {
		return err
	}
	if v.Work, err = ts.Attempts.In(ctx, tx, v.Attempt); err != nil {
		return err
	}
	sittings, err := ts.Attempts.Sittings(ctx, tx, v.Attempt)
	if err != nil {
		return err
	}
	handed, err := ts.Attempts.Handed(ctx, tx, v.Work)
	if err != nil {
		return err
	}
	for i := range v.Days {
		d := &v.Days[i]
		d.Sitting, d.Body = sittings[attempt.DayKey(d.N)], handed[attempt.DayKey(d.N)].Body
	}
	return nil
}

// draw adds the parts of the days that were asked.
func (ts *Trials) draw(ctx context.Context, o string, v *View) error {
	for i := range v.Days {
		d := &v.Days[i]
		if d.Asked.IsZero() {
			continue
		}
		var err error
		if d.Part, err = ts.part(v.Trial, *d); err != nil {
			return err
		}
	}
	return nil
}

// zoneOf is the candidate's: of the invitation, else of the person, else the organisation's.
func (ts *Trials) zoneOf(ctx context.Context, tx db.Tx, inv opening.Invitation) (*time.Location, error) {
	person, err := ts.Candidates.In(ctx, tx, candidate.ID(inv.Candidate))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{inv.Zone, person.Zone} {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone, nil
		}
	}
	o, err := ts.Orgs.In(ctx, tx)
	return o.Location(), err
}

// Row is a trial in a member's list.
type Row struct {
	Trial
	Title   string // of its terms
	Name    string // the candidate's
	Opening string // its title
	Host    string // their name
	Mine    bool   // the asker hosts it
}

// page is how many trials a list has.
const page = 50

// List are the open trials that the asker hosts or whose opening they run or decide, in the order in which they were offered, 50 at a time after one;
// without those of people whose work the asker reads without the name. Two queries, however many there are.
func (ts *Trials) List(ctx context.Context, who actor.Actor, after ID) (out []Row, next ID, err error) {
	err = ts.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out, next = nil, ""
		rows, err := query.New(tx).Seen(ctx, query.SeenParams{OrgID: tx.Org, After: string(after), Wide: org.May(who, "opening.change"), MemberID: who.ID, Most: page + 1})
		if err != nil {
			return err
		}
		if len(rows) > page {
			rows = rows[:page]
			next = ID(rows[page-1].ID)
		}
		var apps []opening.ApplicationID
		for _, r := range rows {
			apps = append(apps, opening.ApplicationID(r.ApplicationID))
		}
		hidden, err := ts.Reviews.Hidden(ctx, tx, who, apps)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, blind := hidden[opening.ApplicationID(r.ApplicationID)]; blind {
				continue
			}
			t := of(query.ByIDRow{ID: r.ID, PlanID: r.PlanID, ApplicationID: r.ApplicationID, OpeningID: r.OpeningID, StageID: r.StageID, InvitationID: r.InvitationID, AttemptID: r.AttemptID, HostID: r.HostID,
				State: r.State, Zone: r.Zone, StartsAt: r.StartsAt, EndsAt: r.EndsAt, OfferedAt: r.OfferedAt, AnsweredAt: r.AnsweredAt, EndedAt: r.EndedAt, EvaluateBy: r.EvaluateBy, CancelledBy: r.CancelledBy,
				Reason: r.Reason, PaidMinor: r.PaidMinor})
			out = append(out, Row{t, r.Title, cmp.Or(r.Name, "Erased candidate"), r.Opening, r.Host, t.Host == who.ID})
		}
		return nil
	})
	return out, next, err
}

// Parts are the days of the trial of an attempt as parts of it, for [attempt.Attempts].
func (ts *Trials) Parts(ctx context.Context, tx db.Tx, a attempt.Attempt) ([]assessment.Part, error) {
	if !a.Diary {
		return nil, nil
	}
	r, err := query.New(tx).OfAttempt(ctx, tx.Org, string(a.ID))
	t, err := found(query.ByIDRow(r), err)
	if errors.Is(err, ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	days, err := ts.days(ctx, tx, t.ID)
	var out []assessment.Part
	for _, d := range days {
		if d.Asked.IsZero() {
			continue
		}
		p, err := ts.part(t, d)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, err
}

// Waits says whether a day's check-in was asked and can still come.
func (ts *Trials) Waits(ctx context.Context, tx db.Tx, id ID, n int) (bool, error) {
	t, err := ts.in(ctx, tx, id)
	if errors.Is(err, ErrMissing) || err == nil && t.State != Running && t.State != Over {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	days, err := ts.days(ctx, tx, id)
	for _, d := range days {
		if d.N == n {
			return d.Sent.IsZero() && !ts.DB.Now().After(d.By), err
		}
	}
	return false, err
}

// nowMilli is the present as it is stored.
func (ts *Trials) nowMilli() int64 { return clock.Milli(ts.DB.Now()) }
