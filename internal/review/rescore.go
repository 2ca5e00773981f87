package review

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/problem"
	"candor/internal/promise"
	"candor/internal/review/internal/query"
)

// ErrRubric: the version is not the newest published one of an assessment that the opening reads, or changes nothing.
var ErrRubric = problem.New(problem.Conflict, "rubric_current", "There is no newer rubric than the one this work is read by, or a newer version was published meanwhile. Look at the changes again.")

// Topics.
const (
	// RubricChanged is announced when an opening goes over to another rubric; the ratings that it touches are opened by whoever hears it.
	RubricChanged = job.Topic[ChangeNote]("review.rubric_changed")
	// Reopened is announced once for each reader of a change.
	Reopened = job.Topic[ReopenedNote]("review.reopened")
)

// ChangeNote names a change of an opening's rubric.
type ChangeNote struct{ Org, Change string }

// ReopenedNote names a reader, and says how many of their cards are open again.
type ReopenedNote struct {
	Org, Change, Member string
	Cards               int
}

// ChangeRubric lets an opening read the work on an assessment by the rubric of its newest published version: of everybody who is not decided yet, and
// of all who send from now on. Exactly the ratings that the change touches are opened again, by a job, each with a line in the log; what was decided
// stays as it was read. Pressing again changes nothing. For those who run or decide the opening. ErrMissing, ErrRole, ErrReason, ErrRubric.
func (rs *Reviews) ChangeRubric(ctx context.Context, who actor.Actor, o opening.ID, to assessment.VersionID, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	plans, err := rs.plans(ctx, who.Org, o)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
			return err
		}
		i := slices.IndexFunc(plans, func(p Plan) bool { return p.To.ID == to })
		if i < 0 {
			return ErrRubric
		}
		v := plans[i].To
		now := rs.DB.Now()
		change := id.New("rub", now)
		why, err := audit.Reason(ctx, tx, now, string(o), reason)
		if err != nil {
			return err
		}
		added, err := query.New(tx).AddRubricChange(ctx, query.AddRubricChangeParams{OrgID: tx.Org, ID: change, OpeningID: string(o), AssessmentID: string(v.Assessment),
			VersionID: string(v.ID), Number: int64(v.Number), ReasonID: why, MemberID: who.ID, At: clock.Milli(now)})
		if err != nil || added == 0 {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "review.rubric", string(o), audit.Facts{"version": string(v.ID), "reason": why, "change": change}); err != nil {
			return err
		}
		return RubricChanged.Announce(ctx, rs.Jobs, tx, ChangeNote{tx.Org, change})
	})
}

// Rescore listens to RubricChanged: it opens the ratings that a change touches, one round after another, and then tells their readers. Hearing it
// twice, or after a crash in the middle, ends in the same.
func (rs *Reviews) Rescore(ctx context.Context, note ChangeNote) error {
	var c query.RubricChangeRow
	err := rs.DB.Read(ctx, note.Org, func(tx db.Tx) (err error) {
		c, err = query.New(tx).RubricChange(ctx, tx.Org, note.Change)
		return err
	})
	if err != nil {
		return err
	}
	for after := ""; ; {
		var list []string
		err := rs.DB.Read(ctx, note.Org, func(tx db.Tx) (err error) {
			list, err = query.New(tx).BehindRubric(ctx, query.BehindRubricParams{OrgID: tx.Org, OpeningID: c.OpeningID, RubricID: c.VersionID, After: after,
				AssessmentID: c.AssessmentID, Number: c.Number})
			return err
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		for _, a := range list {
			if err := rs.rescore(ctx, note.Org, a); err != nil {
				return fmt.Errorf("review: the rubric of attempt %s: %w", a, err)
			}
			after = a
		}
	}
	return rs.tellReaders(ctx, note)
}

// tellReaders announces, once, whose cards a change opened.
func (rs *Reviews) tellReaders(ctx context.Context, note ChangeNote) error {
	return rs.DB.Write(ctx, note.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if n, err := q.ToldOfRubric(ctx, tx.Org, note.Change, clock.Milli(rs.DB.Now())); err != nil || n == 0 {
			return err
		}
		list, err := q.ReopenedCards(ctx, tx.Org, note.Change)
		if err != nil {
			return err
		}
		for _, m := range list {
			if err := Reopened.Announce(ctx, rs.Jobs, tx, ReopenedNote{tx.Org, note.Change, m.MemberID, int(m.N)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// catchUp is done every few minutes: what was sent while a rubric changed, or whose decision was taken back, is read by the rubric in force too.
func (rs *Reviews) catchUp(ctx context.Context, org string) error {
	var list []string
	err := rs.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		list, err = query.New(tx).RubricsInForce(ctx, tx.Org)
		return err
	})
	for _, c := range list {
		if err := rs.Rescore(ctx, ChangeNote{org, c}); err != nil {
			return err
		}
	}
	return err
}

// rescore brings one round to the rubric in force.
func (rs *Reviews) rescore(ctx context.Context, org, a string) error {
	return rs.DB.Write(ctx, org, func(tx db.Tx) error {
		q := query.New(tx)
		// Cards, decisions and this pass through the round's row.
		if _, err := q.HoldRound(ctx, tx.Org, a, clock.Milli(rs.DB.Now())); err != nil {
			return err
		}
		n, err := rs.RoundOf(ctx, tx, a)
		if err != nil {
			return err
		}
		v, err := rs.Assessments.Version(ctx, org, n.Version)
		if err != nil {
			return err
		}
		c, err := q.RubricInForce(ctx, tx.Org, string(n.Opening), string(v.Assessment))
		if err != nil {
			return err
		}
		m := mending{rs: rs, n: n, change: c.ID}
		if m.from, err = rs.Assessments.Version(ctx, org, n.Rubric); err != nil {
			return err
		}
		if m.to, err = rs.Assessments.Version(ctx, org, assessment.VersionID(c.VersionID)); err != nil {
			return err
		}
		if m.to.Number <= m.from.Number { // somebody was faster, or it was made for an older one
			return nil
		}
		return m.do(ctx, tx)
	})
}

// mending takes one round from a rubric to another.
type mending struct {
	rs       *Reviews
	n        Round
	change   string
	from, to *assessment.Version
	touched  []Touched
	opened   int // ratings that had been sent
	cards    int // sent cards that are open again
}

func (m *mending) do(ctx context.Context, tx db.Tx) error {
	q := query.New(tx)
	m.touched = Touches(m.from.Rubric, m.to.Rubric)
	list, err := m.rs.ReviewsIn(ctx, tx, m.n.Attempt)
	if err != nil {
		return err
	}
	opens := slices.ContainsFunc(m.touched, func(t Touched) bool { return t.Differs.Opens() })
	had := string(m.n.Rubric)
	if m.n.Rubric == m.n.Version {
		had = ""
	}
	sent := slices.ContainsFunc(list, func(r Review) bool { return r.State == Filed })
	set := query.SetRubricParams{RubricID: string(m.to.ID), OrgID: tx.Org, AttemptID: m.n.Attempt, FromRubric: had}
	if opens && sent {
		set.Opens = 1
	}
	if n, err := q.SetRubric(ctx, set); err != nil || n == 0 { // decided meanwhile: it stays as it was read
		return err
	}
	m.n.Rubric = m.to.ID
	for _, r := range list {
		if r.State == Assigned || r.State == Filed {
			if err := m.card(ctx, tx, r); err != nil {
				return err
			}
		}
	}
	if err := m.settled(ctx, tx); err != nil {
		return err
	}
	gold, err := isGold(ctx, tx, m.n)
	if err == nil && gold && opens { // its reference is of the old wording
		err = m.rs.dropGolds(ctx, tx, string(m.n.Application))
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, m.rs.DB.Now(), actor.ForSystem(tx.Org, "review.rubric"), "review.rescore", m.n.Attempt,
		audit.Facts{"change": m.change, "version": string(m.to.ID), "ratings": fmt.Sprint(m.opened), "cards": fmt.Sprint(m.cards)})
}

// card opens what is touched of one card; a card of which nothing is open counts by the new weights.
func (m *mending) card(ctx context.Context, tx db.Tx, r Review) error {
	q := query.New(tx)
	if err := ratings(ctx, tx, &r); err != nil {
		return err
	}
	now := m.rs.DB.Now()
	sent := r.State == Filed || !r.Rest.IsZero() || !r.Reopened.IsZero()
	open := 0
	for _, t := range m.touched {
		was := r.Card.Ratings[t.Key].Level
		if !t.Differs.Opens() || !sent && was == Unrated {
			continue
		}
		err := q.AddReopened(ctx, query.AddReopenedParams{OrgID: tx.Org, ChangeID: m.change, ReviewID: string(r.ID), ApplicationID: string(m.n.Application), MemberID: r.Member,
			Criterion: t.Key, FromVersion: string(m.from.ID), Sent: sent, Was: int64(was), At: clock.Milli(now)})
		if err == nil {
			err = q.ClearLevel(ctx, query.ClearLevelParams{At: clock.Milli(now), OrgID: tx.Org, ReviewID: string(r.ID), Criterion: t.Key})
		}
		if err != nil {
			return err
		}
		open++
	}
	switch {
	case !sent:
		return nil
	case open == 0 && r.State == Filed:
		return m.rs.weighAgain(ctx, tx, m.n, r)
	case open == 0:
		return nil
	}
	m.opened, m.cards = m.opened+open, m.cards+1
	cal, err := m.rs.Orgs.CalendarIn(ctx, tx)
	if err != nil {
		return err
	}
	app, err := m.rs.Openings.ApplicationIn(ctx, tx, m.n.Application)
	if err != nil {
		return err
	}
	_, err = q.ReopenReview(ctx, query.ReopenReviewParams{At: clock.Milli(now), Due: clock.Milli(promise.Due(now, app.Opening.ReadDays(), cal)), OrgID: tx.Org, ID: string(r.ID)})
	return err
}

// settled takes back what a third reader decided of criteria that are touched; they are asked again when the cards are in and differ again.
func (m *mending) settled(ctx context.Context, tx db.Tx) error {
	q := query.New(tx)
	a, err := m.rs.AdjudicationOf(ctx, tx, m.n)
	if err != nil || a.ID == "" {
		return err
	}
	for _, t := range m.touched {
		if _, ok := a.Ruled[t.Key]; !ok || t.Differs == Weighed {
			continue
		}
		if _, err := q.DropSettlement(ctx, tx.Org, a.ID, t.Key); err != nil {
			return err
		}
		delete(a.Ruled, t.Key)
	}
	switch {
	case len(a.Ruled) == 0:
		_, err = q.UndoAdjudication(ctx, tx.Org, a.ID)
	case !slices.ContainsFunc(slices.Collect(maps.Values(a.Ruled)), func(r Ruled) bool { return r.Level == 0 }): // nothing of what was asked is left
		_, err = q.EndAdjudication(ctx, query.EndAdjudicationParams{State: Settled, At: clock.Milli(m.rs.DB.Now()), OrgID: tx.Org, ID: a.ID})
	}
	return err
}

// weighAgain keeps what a filed card comes to by the rubric that its round is read by. The card's ratings are read.
func (rs *Reviews) weighAgain(ctx context.Context, tx db.Tx, n Round, r Review) error {
	points, step, err := rs.worth(ctx, tx, n, r)
	if err != nil {
		return err
	}
	return query.New(tx).SetPoints(ctx, query.SetPointsParams{OrgID: tx.Org, ID: string(r.ID), Points: points, Step: step})
}

func (rs *Reviews) worth(ctx context.Context, tx db.Tx, n Round, r Review) (points, step int64, err error) {
	rubric, err := rs.rubricOf(ctx, tx.Org, n)
	if err != nil {
		return 0, 0, err
	}
	if r.Card.Ratings[attempt.Owns].Level != Unrated {
		rubric = append(slices.Clip(rubric), attempt.Owning)
	}
	points, step = weigh(rubric, r.Card)
	return points, step, nil
}

// leaveOpen ends a card that was opened again without its reader: what they had sent stays sent, and what was open stays without a score. done is false for
// every other card. The caller holds the round.
func (rs *Reviews) leaveOpen(ctx context.Context, tx db.Tx, n Round, r Review) (done bool, err error) {
	if r.State != Assigned || r.Reopened.IsZero() || r.Filed.IsZero() {
		return false, nil
	}
	q := query.New(tx)
	open, err := q.ReopenedOf(ctx, tx.Org, string(r.ID))
	if err != nil {
		return false, err
	}
	for _, x := range open { // a draft of them was not sent
		err := q.ClearLevel(ctx, query.ClearLevelParams{At: clock.Milli(rs.DB.Now()), OrgID: tx.Org, ReviewID: string(r.ID), Criterion: x.Criterion})
		if err != nil {
			return false, err
		}
	}
	if err := ratings(ctx, tx, &r); err != nil {
		return false, err
	}
	points, step, err := rs.worth(ctx, tx, n, r)
	if err != nil {
		return false, err
	}
	filed, err := q.RefileReview(ctx, query.RefileReviewParams{OrgID: tx.Org, ID: string(r.ID), Points: points, Step: step})
	if err != nil || filed == 0 {
		return false, err
	}
	_, err = q.CloseReopened(ctx, tx.Org, string(r.ID), clock.Milli(rs.DB.Now()))
	return true, err
}
