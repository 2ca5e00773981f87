package review

import (
	"context"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/id"
	"candor/internal/job"
	"candor/internal/org"
	"candor/internal/problem"
	"candor/internal/review/internal/query"
)

// Second is a second look at a closed round's work, after an appeal: the card of somebody who has not seen the first scores and could not have. It
// stands beside the round's cards and is in no score of theirs. ID is "" where nobody has it.
type Second struct {
	ID     string
	Member string
	State  string // Asked, Looked or Back
	Due    time.Time
	Saved  time.Time
	Filed  time.Time
	Card   Card // Private is the note for the team; nothing of it is for the candidate
}

// Looked is a second look that was filed.
const Looked = "filed"

// LookedAgain is announced when a second look was filed: the appeal can be answered.
const LookedAgain = job.Topic[RoundNote]("review.looked_again")

// ErrLooked: it was filed, or given back.
var ErrLooked = problem.New(problem.Conflict, "second_over", "This second look was sent or given back already and stays as it is.")

// SecondOf is the second look of a round that was not given back, with its card; who may see it is the caller's business.
func (rs *Reviews) SecondOf(ctx context.Context, tx db.Tx, n Round) (s Second, err error) {
	q := query.New(tx)
	rows, err := q.SecondsOf(ctx, tx.Org, n.Attempt)
	i := slices.IndexFunc(rows, func(r query.SecondsOfRow) bool { return r.State != Back })
	if err != nil || i < 0 {
		return s, err
	}
	r := rows[i]
	s = Second{r.ID, r.MemberID, r.State, clock.Time(r.DueAt), clock.Time(r.SavedAt), clock.Time(r.FiledAt), Card{Ratings: map[string]Rating{}, Private: r.Note}}
	levels, err := q.SecondLevels(ctx, tx.Org, r.ID)
	for _, l := range levels {
		s.Card.Ratings[l.Criterion] = Rating{Level: int(l.Level), Reason: l.Reason, Note: l.Note}
	}
	return s, err
}

// looks is the asker's own second look at a round. ErrMissing.
func (rs *Reviews) looks(ctx context.Context, tx db.Tx, who actor.Actor, n Round) (Second, error) {
	s, err := rs.SecondOf(ctx, tx, n)
	if err == nil && (s.ID == "" || who.Kind != actor.Member || s.Member != who.ID) {
		err = ErrMissing
	}
	return s, err
}

// Unseen are the members who could look a second time: of the opening's reviewers who are here, those who have had nothing to do with any work of the
// application, never opened its name, and could not have opened the first cards as one who runs, decides or observes the opening. Who has
// least open first.
func (rs *Reviews) Unseen(ctx context.Context, tx db.Tx, n Round) ([]org.Member, error) {
	pool, err := rs.pool(ctx, tx, n)
	if err != nil {
		return nil, err
	}
	know, err := query.New(tx).KnowWork(ctx, tx.Org, string(n.Application))
	if err != nil {
		return nil, err
	}
	var out []org.Member
	for _, m := range pool {
		if slices.Contains(know, m.ID) {
			continue
		}
		as := actor.Actor{Kind: actor.Member, ID: m.ID, Org: tx.Org, Roles: m.Roles}
		o, err := rs.Openings.LoadIn(ctx, tx, as, n.Opening)
		if err != nil {
			return nil, err
		}
		if !o.SeesBoard(as) {
			out = append(out, m)
		}
	}
	return out, nil
}

// LookAgain asks somebody of Unseen for a second look by a day, in the caller's transaction; the one index over looks that were not given back
// guards it. ErrAsked, ErrNobody.
func (rs *Reviews) LookAgain(ctx context.Context, tx db.Tx, who actor.Actor, n Round, due time.Time) error {
	if s, err := rs.SecondOf(ctx, tx, n); err != nil || s.ID != "" {
		return orAsked(err)
	}
	list, err := rs.Unseen(ctx, tx, n)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ErrNobody
	}
	now := rs.DB.Now()
	look := id.New("sec", now)
	added, err := query.New(tx).AddSecond(ctx, query.AddSecondParams{OrgID: tx.Org, ID: look, AttemptID: n.Attempt, ApplicationID: string(n.Application), MemberID: list[0].ID,
		DueAt: clock.Milli(due), AskedAt: clock.Milli(now)})
	if err != nil || added == 0 {
		return orAsked(err)
	}
	if err := audit.Record(ctx, tx, now, who, "review.second", look, audit.Facts{"member": list[0].ID, "attempt": n.Attempt}); err != nil {
		return err
	}
	return Taken.Announce(ctx, rs.Jobs, tx, TakenNote{tx.Org, look, n.Attempt, list[0].ID})
}

func orAsked(err error) error {
	if err != nil {
		return err
	}
	return ErrAsked
}

// LookNoMore takes back a second look that was not filed, in the caller's transaction. Nothing to take back: nothing changes.
func (rs *Reviews) LookNoMore(ctx context.Context, tx db.Tx, n Round) error {
	s, err := rs.SecondOf(ctx, tx, n)
	if err != nil || s.ID == "" {
		return err
	}
	_, err = query.New(tx).BackSecond(ctx, tx.Org, s.ID)
	return err
}

// orphaned takes back what members were to look at who are disabled or read in the opening no more; the appeal asks somebody else.
func (rs *Reviews) orphaned(ctx context.Context, tx db.Tx, who actor.Actor) error {
	list, err := query.New(tx).OrphanedSeconds(ctx, tx.Org)
	if err != nil {
		return err
	}
	for _, look := range list {
		if err := rs.handOver(ctx, tx, who, look, ""); err != nil {
			return err
		}
	}
	return nil
}

func (rs *Reviews) handOver(ctx context.Context, tx db.Tx, who actor.Actor, look, why string) error {
	n, err := query.New(tx).BackSecond(ctx, tx.Org, look)
	if err == nil && n == 0 {
		err = ErrLooked
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, rs.DB.Now(), who, "review.second_back", look, audit.Facts{"reason": why})
}

// Looking is the page of a second look: the work and the asker's own card. The first cards open with it.
type Looking struct {
	*Sheet
	Second
	First []Other // empty before the own card is filed
}

// Looking loads it. ErrMissing for everybody who was not asked.
func (rs *Reviews) Looking(ctx context.Context, who actor.Actor, c Code) (*Looking, error) {
	l := &Looking{Sheet: &Sheet{}}
	var names []string
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if l.Round, err = roundIn(ctx, tx, c); err != nil {
			return err
		}
		if l.Second, err = rs.looks(ctx, tx, who, l.Round); err != nil {
			return err
		}
		if names, err = rs.around(ctx, tx, who, l.Sheet, l.State == Asked); err != nil || l.State == Asked {
			return err
		}
		l.First, _, err = rs.cards(ctx, tx, l.Round, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	return l, rs.draw(ctx, who, l.Sheet, names)
}

// Look keeps the draft of a second look. ErrMissing, ErrCard, ErrLooked.
func (rs *Reviews) Look(ctx context.Context, who actor.Actor, c Code, card Card) error {
	return rs.looked(ctx, who, c, card, nil)
}

// FileLook sends it, for good: every criterion with a level, or a reason why it cannot be scored. The draft is kept first. ErrMissing, ErrCard,
// ErrIncomplete, ErrLooked.
func (rs *Reviews) FileLook(ctx context.Context, who actor.Actor, c Code, card Card) error {
	if err := rs.Look(ctx, who, c, card); err != nil {
		return err
	}
	return rs.looked(ctx, who, c, card, func(tx db.Tx, v *assessment.Version, n Round, s Second) error {
		if err := complete(v, s.Card, ""); err != nil {
			return err
		}
		now := rs.DB.Now()
		filed, err := query.New(tx).FileSecond(ctx, tx.Org, s.ID, clock.Milli(now))
		if err == nil && filed == 0 {
			err = ErrLooked
		}
		if err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, who, "review.looked_again", s.ID, audit.Facts{"attempt": n.Attempt}); err != nil {
			return err
		}
		return LookedAgain.Announce(ctx, rs.Jobs, tx, RoundNote{tx.Org, n.Attempt, string(n.Application)})
	})
}

// looked keeps a card's draft, and does what follows with the card as it then stands.
func (rs *Reviews) looked(ctx context.Context, who actor.Actor, c Code, card Card, then func(tx db.Tx, v *assessment.Version, n Round, s Second) error) error {
	v, err := rs.version(ctx, who, c)
	if err != nil {
		return err
	}
	if err := check(v, card); err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		s, err := rs.looks(ctx, tx, who, n)
		if err != nil {
			return err
		}
		q := query.New(tx)
		saved, err := q.SaveSecond(ctx, query.SaveSecondParams{Note: card.Private, At: clock.Milli(rs.DB.Now()), OrgID: tx.Org, ID: s.ID})
		if err == nil && saved == 0 {
			err = ErrLooked
		}
		if err != nil {
			return err
		}
		for key, r := range card.Ratings {
			if err := q.SaveSecondLevel(ctx, query.SaveSecondLevelParams{OrgID: tx.Org, SecondID: s.ID, Criterion: key, Level: int64(r.Level), Reason: r.Reason, Note: r.Note}); err != nil {
				return err
			}
		}
		if then == nil {
			return nil
		}
		if s, err = rs.SecondOf(ctx, tx, n); err != nil {
			return err
		}
		return then(tx, v, n, s)
	})
}

// LookBack gives a second look back with a reason (conflict of interest, no time). ErrMissing, ErrReason, ErrLooked.
func (rs *Reviews) LookBack(ctx context.Context, who actor.Actor, c Code, reason string) error {
	reason, err := because(reason)
	if err != nil {
		return err
	}
	return rs.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		s, err := rs.looks(ctx, tx, who, n)
		if err != nil {
			return err
		}
		why, err := audit.Reason(ctx, tx, rs.DB.Now(), string(n.Application), reason)
		if err != nil {
			return err
		}
		if err := rs.handOver(ctx, tx, who, s.ID, why); err != nil {
			return err
		}
		if err := rs.LookAgain(ctx, tx, actor.ForSystem(tx.Org, "review.second"), n, s.Due); err != nil {
			if _, nobody := problem.As(err); !nobody {
				return err
			}
		}
		return nil
	})
}

// ToLookAgain is a line of what waits for a second look of the asker.
type ToLookAgain struct {
	Code    Code
	Opening string
	Stage   string
	Due     time.Time
	Begun   bool
}

// ToLookAgain are they, the soonest due first, at most 50.
func (rs *Reviews) ToLookAgain(ctx context.Context, who actor.Actor) (out []ToLookAgain, err error) {
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).ToLookAgain(ctx, tx.Org, who.ID)
		for _, r := range rows {
			out = append(out, ToLookAgain{Code(r.Code), r.OpeningTitle, r.StageTitle, clock.Time(r.DueAt), r.SavedAt > 0})
		}
		return err
	})
	return out, err
}

// Points is what a second look's card comes to by its rubric's weights, 0 to 100; ok is false where nothing could be scored.
func (s Second) Points(rubric []assessment.Criterion) (points float64, ok bool) {
	return total(rubric, func(key string) float64 { return float64(max(0, s.Card.Ratings[key].Level)) })
}

// OverturnIn takes back, in the caller's transaction, a no that its candidate was told: the application can be decided anew. The update of the
// decision guards it. ErrMissing where it is none.
func (rs *Reviews) OverturnIn(ctx context.Context, tx db.Tx, who actor.Actor, decision string) error {
	d, err := rs.DecisionIn(ctx, tx, decision)
	if err != nil {
		return err
	}
	n, err := query.New(tx).OverturnDecision(ctx, tx.Org, decision, clock.Milli(rs.DB.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrMissing
	}
	if err := rs.mark(ctx, tx, d, 0); err != nil {
		return err
	}
	return audit.Record(ctx, tx, rs.DB.Now(), who, "decision.overturn", string(d.Application), audit.Facts{"decision": decision})
}
