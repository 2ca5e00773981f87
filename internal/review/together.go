package review

import (
	"context"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Together is how a facilitator, who works with a candidate and is not blind, rates how they worked together. It stands beside the scorecards and is in no
// score of theirs.
type Together struct {
	Member org.Member
	Card   Card // Ratings by the criteria of Version.Collaboration, and Private
	Saved  time.Time
	Filed  time.Time // zero: a draft
}

// Partner is a facilitator's page about one candidate.
type Partner struct {
	Application opening.ApplicationID
	Name        string
	Opening     opening.Opening
	Version     *assessment.Version
	Sent        bool // the candidate has sent their work
	Mine        Together
	attempt     attempt.ID
}

var (
	// ErrWorks: it can be sent when the work is.
	ErrWorks = problem.New(problem.Conflict, "together_works", "The work goes on. What you wrote is kept; send it when the candidate has sent theirs.")
	// ErrTogether: a level or note that the criteria do not have room for.
	ErrTogether = problem.New(problem.Invalid, "together", "Some of this does not fit the criteria. Reload the page; your saved draft is kept.")
)

// Partner reads it, for the facilitators of the opening who do not read the work without the name. ErrMissing, also where the candidate's assessment says
// nothing of working together; ErrBlind.
func (rs *Reviews) Partner(ctx context.Context, who actor.Actor, a opening.ApplicationID) (*Partner, error) {
	p := &Partner{Application: a}
	var list []attempt.Attempt
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		list, err = rs.partner(ctx, tx, who, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, at := range list { // the newest first; before it one that was sent and waits for the asker
		v, err := rs.Assessments.Version(ctx, who.Org, at.Version)
		if err != nil {
			return nil, err
		}
		if len(v.Collaboration) == 0 {
			continue
		}
		mine, err := rs.ratedBy(ctx, who, at.ID)
		if err != nil {
			return nil, err
		}
		sent := at.State == "submitted"
		if waits := sent && mine.Filed.IsZero(); p.Version == nil || waits {
			p.Version, p.attempt, p.Sent, p.Mine = v, at.ID, sent, mine
			if waits {
				break
			}
		}
	}
	if p.Version == nil {
		return nil, ErrMissing
	}
	return p, nil
}

// ratedBy is what the asker has written of working with somebody on an attempt.
func (rs *Reviews) ratedBy(ctx context.Context, who actor.Actor, a attempt.ID) (mine Together, err error) {
	mine.Card.Ratings = map[string]Rating{}
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		all, err := rs.togethers(ctx, tx, string(a))
		if i := slices.IndexFunc(all, func(t Together) bool { return t.Member.ID == who.ID }); i >= 0 {
			mine = all[i]
		}
		return err
	})
	return mine, err
}

// partner refuses whoever does not facilitate, and reads the candidate's attempts, the newest first.
func (rs *Reviews) partner(ctx context.Context, tx db.Tx, who actor.Actor, p *Partner) ([]attempt.Attempt, error) {
	if who.Kind != actor.Member {
		return nil, ErrMissing
	}
	app, err := rs.Openings.ApplicationIn(ctx, tx, p.Application)
	if err != nil {
		return nil, err
	}
	if p.Opening, err = rs.Openings.LoadIn(ctx, tx, who, app.Opening.ID); err != nil {
		return nil, err
	}
	if !p.Opening.Is(opening.Facilitator) {
		return nil, ErrMissing
	}
	blind, _, err := rs.Blind(ctx, tx, who, p.Application)
	if err == nil && blind {
		err = ErrBlind
	}
	if err != nil {
		return nil, err
	}
	p.Name = app.Name
	list, err := rs.Attempts.Of(ctx, tx, p.Application)
	slices.SortStableFunc(list, func(a, b attempt.Attempt) int { return b.Created.Compare(a.Created) })
	return list, err
}

// togethers are those of an attempt, with drafts.
func (rs *Reviews) togethers(ctx context.Context, tx db.Tx, a string) ([]Together, error) {
	q := query.New(tx)
	rows, err := q.Collaborations(ctx, tx.Org, a)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	rated, err := q.CollaborationRatings(ctx, tx.Org, a)
	if err != nil {
		return nil, err
	}
	var out []Together
	for _, r := range rows {
		t := Together{Card: Card{Ratings: map[string]Rating{}, Private: r.Note}, Saved: clock.Time(r.SavedAt), Filed: clock.Time(r.FiledAt)}
		if t.Member, err = rs.Orgs.Member(ctx, tx, r.MemberID); err != nil {
			return nil, err
		}
		for _, x := range rated {
			if x.MemberID == r.MemberID {
				t.Card.Ratings[x.Criterion] = Rating{Level: int(x.Level), Reason: x.Reason, Note: x.Note}
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// RateTogether keeps the draft of the asker's ratings of a candidate they work with. From then on they are given no work of that candidate to read without
// the name. ErrMissing, ErrBlind, ErrFiled, ErrCard, ErrTogether.
func (rs *Reviews) RateTogether(ctx context.Context, who actor.Actor, a opening.ApplicationID, card Card) error {
	p, err := rs.Partner(ctx, who, a)
	if err != nil {
		return err
	}
	if err := check(p.criteria(), card); err != nil {
		return err
	}
	for _, r := range card.Ratings {
		if len(r.Evidence) > 0 {
			return ErrTogether
		}
	}
	return rs.asPartner(ctx, who, p, func(tx db.Tx) error { return rs.saveTogether(ctx, tx, who, p, card) })
}

// FileTogether sends them, for good. The draft is kept first. Pressing again is ErrFiled and changes nothing. ErrMissing, ErrBlind, ErrCard, ErrTogether,
// ErrIncomplete, ErrWorks.
func (rs *Reviews) FileTogether(ctx context.Context, who actor.Actor, a opening.ApplicationID, card Card) error {
	if err := rs.RateTogether(ctx, who, a, card); err != nil {
		return err
	}
	p, err := rs.Partner(ctx, who, a)
	if err != nil {
		return err
	}
	if err := complete(p.criteria(), p.Mine.Card, ""); err != nil {
		return err
	}
	if !p.Sent {
		return ErrWorks
	}
	return rs.asPartner(ctx, who, p, func(tx db.Tx) error {
		now := rs.DB.Now()
		n, err := query.New(tx).FileCollaboration(ctx, query.FileCollaborationParams{OrgID: tx.Org, AttemptID: string(p.attempt), MemberID: who.ID, FiledAt: clock.Milli(now)})
		if err == nil && n == 0 {
			err = ErrFiled
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "review.together", string(p.attempt), nil)
	})
}

// criteria are what a facilitator rates, as the rubric of a card.
func (p *Partner) criteria() *assessment.Version {
	return &assessment.Version{Rubric: p.Version.Collaboration}
}

// asPartner does something as whoever works with a candidate, who knows the name from then on.
func (rs *Reviews) asPartner(ctx context.Context, who actor.Actor, p *Partner, fn func(tx db.Tx) error) error {
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		if _, err := rs.partner(ctx, tx, who, p); err != nil {
			return err
		}
		if err := rs.Know(ctx, tx, who, p.Application, who.ID); err != nil {
			return err
		}
		return fn(tx)
	})
}

// saveTogether writes a draft; the guarded write is the row of its person. ErrFiled.
func (rs *Reviews) saveTogether(ctx context.Context, tx db.Tx, who actor.Actor, p *Partner, card Card) error {
	q := query.New(tx)
	n, err := q.SaveCollaboration(ctx, query.SaveCollaborationParams{OrgID: tx.Org, AttemptID: string(p.attempt), MemberID: who.ID, ApplicationID: string(p.Application),
		OpeningID: string(p.Opening.ID), Note: card.Private, SavedAt: clock.Milli(rs.DB.Now())})
	if err == nil && n == 0 {
		err = ErrFiled
	}
	if err != nil {
		return err
	}
	for key, r := range card.Ratings {
		err := q.SaveCollaborationRating(ctx, query.SaveCollaborationRatingParams{OrgID: tx.Org, AttemptID: string(p.attempt), MemberID: who.ID, Criterion: key,
			Level: int64(r.Level), Reason: r.Reason, Note: r.Note})
		if err != nil {
			return err
		}
	}
	return nil
}

// ToRate is a candidate whom a facilitator worked with and has not rated.
type ToRate struct {
	Application    opening.ApplicationID
	Name           string
	Opening, Stage string
}

// ToRate are those of the asker, who sent first first, at most 50.
func (rs *Reviews) ToRate(ctx context.Context, who actor.Actor) (out []ToRate, err error) {
	var rows []query.ToCollaborateRow
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		if rows, err = query.New(tx).ToCollaborate(ctx, tx.Org, who.ID); err != nil || len(rows) == 0 {
			return err
		}
		var apps []opening.ApplicationID
		for _, r := range rows {
			apps = append(apps, opening.ApplicationID(r.ApplicationID))
		}
		hidden, err := rs.Hidden(ctx, tx, who, apps)
		rows = slices.DeleteFunc(rows, func(r query.ToCollaborateRow) bool {
			_, blind := hidden[opening.ApplicationID(r.ApplicationID)]
			return blind
		})
		return err
	})
	for _, r := range rows {
		v, verr := rs.Assessments.Version(ctx, who.Org, assessment.VersionID(r.VersionID))
		if verr != nil {
			return nil, verr
		}
		if len(v.Collaboration) > 0 && len(out) < PageSize {
			out = append(out, ToRate{opening.ApplicationID(r.ApplicationID), r.Name, r.OpeningTitle, r.StageTitle})
		}
	}
	return out, err
}
