package attempt

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/opening"
)

// Format is the format "assessment" of a stage: opening.Format.
type Format struct{ Attempts *Attempts }

// Name is the word.
func (Format) Name() string { return "assessment" }

// Describe says what a published version asks for. ErrMissing of assessment when there is none.
func (f Format) Describe(ctx context.Context, org, ref string) (opening.Described, error) {
	v, err := f.Attempts.Assessments.Version(ctx, org, assessment.VersionID(ref))
	if err != nil {
		return opening.Described{}, err
	}
	if !v.Published {
		return opening.Described{}, assessment.ErrMissing
	}
	d := opening.Described{Title: v.Title, About: v.About, Minutes: v.Minutes, Parts: len(v.Parts)}
	for _, c := range v.Rubric {
		d.Criteria = append(d.Criteria, opening.Criterion{Key: c.Key, Title: c.Title, About: c.About})
	}
	for _, p := range v.Parts {
		d.Computer = d.Computer || p.Device == "computer"
		d.Timed = d.Timed || p.Timed > 0
		d.Untimed = d.Untimed || p.Timed == 0
	}
	return d, nil
}

// Start makes the attempt with a sitting per part, once; no clock runs yet.
func (f Format) Start(ctx context.Context, tx db.Tx, inv opening.Invitation) error {
	a, made, err := f.Attempts.Make(ctx, tx, inv)
	if err != nil || !made {
		return err
	}
	return f.Attempts.Seat(ctx, tx, a, inv.FinishBy)
}

// Make makes the attempt of an invitation, once, without anything that could be started: [Attempts.Seat] adds that.
func (as *Attempts) Make(ctx context.Context, tx db.Tx, inv opening.Invitation) (a ID, made bool, err error) {
	questions, err := as.announced(ctx, tx, inv)
	if err != nil {
		return "", false, err
	}
	now := as.DB.Now()
	at := id.New("att", now)
	n, err := query.New(tx).AddAttempt(ctx, query.AddAttemptParams{OrgID: tx.Org, ID: at, ApplicationID: string(inv.Application), InvitationID: string(inv.ID),
		CandidateID: inv.Candidate, VersionID: inv.Ref, Seed: strings.TrimPrefix(id.New("s", now), "s_")[12:], CreatedAt: clock.Milli(now),
		Questions: int64(questions)})
	return ID(at), n > 0, err
}

// Seat adds a sitting for each part of an attempt's version, open until an instant; those that it has stay as they are.
func (as *Attempts) Seat(ctx context.Context, tx db.Tx, a ID, until time.Time) error {
	at, err := as.In(ctx, tx, a)
	if err != nil {
		return err
	}
	v, err := as.Assessments.Version(ctx, tx.Org, at.Version)
	if err != nil {
		return err
	}
	adjusted, err := as.Candidates.AccommodationIn(ctx, tx, at.Candidate)
	if err != nil {
		return err
	}
	q := query.New(tx)
	for _, p := range v.Parts {
		_, err := q.AddSitting(ctx, query.AddSittingParams{OrgID: tx.Org, ID: id.New("sit", as.DB.Now()), AttemptID: string(a), Part: p.Key, Epoch: 1,
			TimedSeconds: int64(p.Timed.Seconds()), FactorPermille: int64(adjusted.Factor), FinishBy: clock.Milli(until)})
		if err != nil {
			return err
		}
	}
	return nil
}

// announced is how many questions about their own work somebody is told of who begins now.
func (as *Attempts) announced(ctx context.Context, tx db.Tx, inv opening.Invitation) (int, error) {
	stages, err := as.Openings.Stages(ctx, tx, inv.Opening)
	for _, s := range stages {
		if s.ID == inv.Stage {
			return s.Questions, err
		}
	}
	return 0, err
}

// Running says whether a part was started.
func (f Format) Running(ctx context.Context, tx db.Tx, inv opening.Invitation) (bool, error) {
	_, parts, err := partsOf(ctx, tx, inv)
	return slices.ContainsFunc(parts, func(r query.SittingsRow) bool { return r.State == string(Running) || r.State == string(Paused) }), notThere(err)
}

// partsOf are the attempt of an invitation and its sittings; sql.ErrNoRows.
func partsOf(ctx context.Context, tx db.Tx, inv opening.Invitation) (query.AttemptOfRow, []query.SittingsRow, error) {
	q := query.New(tx)
	a, err := q.AttemptOf(ctx, tx.Org, string(inv.ID))
	if err != nil {
		return a, nil, err
	}
	parts, err := q.Sittings(ctx, tx.Org, a.ID)
	return a, parts, err
}

// Waited gives the parts that run the time back for which somebody waited for digits by mail, once per part: opening.Waiter.
func (f Format) Waited(ctx context.Context, tx db.Tx, inv opening.Invitation, d time.Duration) error {
	as := f.Attempts
	r, err := query.New(tx).AttemptOf(ctx, tx.Org, string(inv.ID))
	if err != nil {
		return notThere(err)
	}
	all, err := as.Sittings(ctx, tx, ID(r.ID))
	if err != nil {
		return err
	}
	who := actor.Actor{Kind: actor.Candidate, ID: string(inv.ID), Org: tx.Org, Subject: inv.Candidate}
	for _, part := range slices.Sorted(maps.Keys(all)) {
		if err := as.waitedFor(ctx, tx, who, all[part].ID, d); err != nil {
			return err
		}
	}
	return nil
}

// waitedFor is Waited of one part; a clock that stands or does not run lost nothing.
func (as *Attempts) waitedFor(ctx context.Context, tx db.Tx, who actor.Actor, i SittingID, d time.Duration) error {
	if _, err := query.New(tx).Hold(ctx, tx.Org, string(i)); err != nil {
		return err
	}
	s, err := as.sitting(ctx, tx, i)
	now := as.DB.Now()
	if err != nil || s.State != Running && s.State != Paused || s.Clock.Stands(now) {
		return err
	}
	if ran := now.Sub(s.Clock.Started); ran < d {
		d = ran
	}
	d = (d + time.Second - 1).Truncate(time.Second)
	switch err := as.write(ctx, tx, who, s.ID, "code", "once", int64(d/time.Second), ""); {
	case errors.Is(err, ErrOnce):
		return nil
	case err != nil:
		return err
	}
	c := s.Clock
	c.Added += d
	if err := as.retime(ctx, tx, s, c); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, who, "time.code", string(s.ID), audit.Facts{"seconds": fmt.Sprint(int64(d / time.Second))})
}

// notThere makes "no row" no error.
func notThere(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// Standing is how an application's attempt stands, for boards.
type Standing struct {
	State   string // open, submitted, withdrawn, voided
	Parts   int
	Ended   int
	Started int
}

// Standings are those of applications, by application: one query for a page of a board.
func (as *Attempts) Standings(ctx context.Context, tx db.Tx, apps []opening.ApplicationID) (map[opening.ApplicationID]Standing, error) {
	out := map[opening.ApplicationID]Standing{}
	if len(apps) == 0 {
		return out, nil
	}
	list, args := db.List([]any{tx.Org}, apps)
	newest := `(SELECT COUNT(*) FROM sittings s WHERE s.org_id = a.org_id AND s.attempt_id = a.id AND s.epoch = (SELECT MAX(e.epoch) FROM sittings e WHERE e.org_id = s.org_id AND e.attempt_id = s.attempt_id AND e.part = s.part)`
	rows, err := tx.QueryContext(ctx, `SELECT a.application_id, a.state, `+newest+`), `+newest+` AND s.state = 'ended'), `+newest+` AND s.started_at > 0)
		FROM attempts a WHERE a.org_id = $1 AND a.application_id IN (`+list+`) ORDER BY a.created_at`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() { // the newest attempt of an application comes last
		var app opening.ApplicationID
		var s Standing
		if err := rows.Scan(&app, &s.State, &s.Parts, &s.Ended, &s.Started); err != nil {
			return nil, err
		}
		out[app] = s
	}
	return out, rows.Err()
}
