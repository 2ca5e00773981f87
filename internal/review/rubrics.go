package review

import (
	"cmp"
	"context"
	"errors"
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
	"candor/internal/review/internal/query"
)

// Rubrics are by which rubrics an opening's work is read: what a newer version would change, and the log of what was changed.
type Rubrics struct {
	Opening opening.Opening
	Plans   []Plan
	Log     []RubricChange // the newest first
	Closed  bool           // the levels in the log open when the asker's own scorecards of this opening are sent
}

// Plan is what happens to the work that is read by one version's rubric when it is read by the newest's.
type Plan struct {
	From, To *assessment.Version
	Touched  []Touched
	Works    int // that go over
	Decided  int // that stay: decided, or whose person is not in the process any more
	Cards    int // sent scorecards that open again
	Ratings  int // ratings on them that open again
	Drafts   int // chosen levels of drafts that are chosen anew
	Readers  int // whose cards those are
}

// RubricChange is one change, with what it opened.
type RubricChange struct {
	To      *assessment.Version
	By      org.Member
	Reason  string
	At      time.Time
	Ratings []ReopenedRating
	Open    int // of them are not scored again yet
}

// ReopenedRating is how often a reader's rating of a criterion was opened by a change, and what it became.
type ReopenedRating struct {
	Member   org.Member
	From, To assessment.Criterion // From is zero where the criterion is new
	Was, Now int                  // levels: of From, and of To
	Done     bool
	Draft    bool // it had not been sent
	N        int
}

// Rubrics reads them for those who run or decide the opening: counts and readers, no work. ErrMissing, ErrRole.
func (rs *Reviews) Rubrics(ctx context.Context, who actor.Actor, o opening.ID) (*Rubrics, error) {
	out := &Rubrics{}
	var rated []query.RatedGroupsRow
	plans, err := rs.plans(ctx, who.Org, o)
	if err != nil {
		return nil, err
	}
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if err := rs.run(ctx, tx, who, Round{Opening: o}); err != nil {
			return err
		}
		if out.Opening, err = rs.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		if len(plans) > 0 {
			if rated, err = query.New(tx).RatedGroups(ctx, tx.Org, string(o)); err != nil {
				return err
			}
		}
		if out.Log, err = rs.rubricLog(ctx, tx, o); err != nil {
			return err
		}
		open, err := rs.OpenIn(ctx, tx, o)
		if out.Closed = open[org.MemberID(who.ID)] > 0; out.Closed {
			for _, c := range out.Log {
				for i := range c.Ratings {
					c.Ratings[i].Was, c.Ratings[i].Now = Unrated, Unrated
				}
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		p.count(rated)
		out.Plans = append(out.Plans, p)
	}
	return out, nil
}

// plans are what the newest published versions would change for an opening's work, by title, without counts of cards.
func (rs *Reviews) plans(ctx context.Context, org string, o opening.ID) (out []Plan, err error) {
	var groups []query.RubricGroupsRow
	err = rs.DB.Read(ctx, org, func(tx db.Tx) (err error) {
		groups, err = query.New(tx).RubricGroups(ctx, tx.Org, string(o))
		return err
	})
	for _, g := range groups {
		from, err := rs.Assessments.Version(ctx, org, assessment.VersionID(g.ByVersion))
		if err != nil {
			return nil, err
		}
		to, err := rs.Assessments.Newest(ctx, org, from.Assessment)
		if err != nil {
			return nil, err
		}
		p := Plan{From: from, To: to, Touched: Touches(from.Rubric, to.Rubric), Works: int(g.Live), Decided: int(g.Rounds - g.Live)}
		if to.Number > from.Number && g.Live > 0 && len(p.Touched) > 0 {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Plan) int {
		return cmp.Or(cmp.Compare(a.To.Title, b.To.Title), cmp.Compare(a.To.ID, b.To.ID), cmp.Compare(a.From.Number, b.From.Number))
	})
	return out, err
}

// Scored are the criteria that an attempt's work is, or will be, read by where they are others than those of its version as the person was shown it, and
// since when; none otherwise. For the person themselves.
func (rs *Reviews) Scored(ctx context.Context, who actor.Actor, a attempt.Attempt, o opening.ID, v *assessment.Version) (list []assessment.Criterion, since time.Time, err error) {
	var by assessment.VersionID
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		n, err := rs.RoundOf(ctx, tx, string(a.ID))
		if by = n.Rubric; errors.Is(err, ErrMissing) {
			by, err = rs.inForce(ctx, tx, o, a.Version)
		}
		if err != nil || by == "" || by == a.Version {
			return err
		}
		at, err := query.New(tx).RubricSince(ctx, tx.Org, string(o), string(by))
		since = clock.Time(at.At)
		return err
	})
	if err != nil || since.IsZero() {
		return nil, since, err
	}
	to, err := rs.Assessments.Version(ctx, who.Org, by)
	if err != nil {
		return nil, since, err
	}
	return readBy(v, to.Rubric).Rubric, since, nil
}

// count adds up what goes over; a card has one row for each criterion, at least one.
func (p *Plan) count(rated []query.RatedGroupsRow) {
	readers := map[string]bool{}
	sent := map[string]int{} // by reader, cards: no criterion is on more of them than there are
	for _, r := range rated {
		if r.ByVersion == string(p.From.ID) {
			sent[r.MemberID] = max(sent[r.MemberID], int(r.Sent))
		}
	}
	for _, t := range p.Touched {
		if !t.Differs.Opens() {
			continue
		}
		for member, n := range sent {
			if n > 0 {
				readers[member] = true
			}
			p.Ratings += n
		}
		for _, r := range rated {
			if r.ByVersion == string(p.From.ID) && r.Criterion == t.Key {
				p.Drafts += int(r.N - r.Sent)
			}
		}
	}
	p.Readers = len(readers)
	for member := range readers {
		p.Cards += sent[member]
	}
}

// rubricLog reads an opening's.
func (rs *Reviews) rubricLog(ctx context.Context, tx db.Tx, o opening.ID) ([]RubricChange, error) {
	q := query.New(tx)
	rows, err := q.RubricChanges(ctx, tx.Org, string(o))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	opened, err := q.ReopenedIn(ctx, tx.Org, string(o))
	if err != nil {
		return nil, err
	}
	members, err := rs.Orgs.MembersIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	member := func(id string) org.Member {
		if i := slices.IndexFunc(members, func(m org.Member) bool { return m.ID == id }); i >= 0 {
			return members[i]
		}
		return org.Member{ID: id}
	}
	var out []RubricChange
	for _, r := range rows {
		c := RubricChange{By: member(r.MemberID), At: clock.Time(r.At)}
		if c.To, err = rs.Assessments.Version(ctx, tx.Org, assessment.VersionID(r.VersionID)); err != nil {
			return nil, err
		}
		if c.Reason, err = audit.ReasonText(ctx, tx, r.ReasonID); err != nil {
			return nil, err
		}
		for _, x := range opened {
			if x.ChangeID != r.ID {
				continue
			}
			from, err := rs.Assessments.Version(ctx, tx.Org, assessment.VersionID(x.FromVersion))
			if err != nil {
				return nil, err
			}
			l := ReopenedRating{Member: member(x.MemberID), From: criterion(from.Rubric, x.Criterion), To: criterion(c.To.Rubric, x.Criterion), Was: int(x.Was), Now: int(x.Level),
				Done: x.Done > 0, Draft: !x.Sent, N: int(x.N)}
			if !l.Done {
				c.Open += l.N
			}
			c.Ratings = append(c.Ratings, l)
		}
		out = append(out, c)
	}
	return out, nil
}

// criterion finds one by its key; zero where the rubric has none.
func criterion(rubric []assessment.Criterion, key string) (c assessment.Criterion) {
	if i := slices.IndexFunc(rubric, func(c assessment.Criterion) bool { return c.Key == key }); i >= 0 {
		c = rubric[i]
	}
	return c
}
