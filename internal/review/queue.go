package review

import (
	"context"
	"math"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/review/internal/query"
)

// Waiting is a line of a reviewer's queue: a code, never a name, and no time of day.
type Waiting struct {
	Code    Code
	Opening string
	Stage   string
	Due     time.Time // the end of a working day
	Begun   bool
	Rated   int  // criteria with a level or a reason
	Rest    bool // all is sent but the criterion that waits for answers about the work
	Waits   bool // those answers are not in
	Again   bool // a change of the rubric opened some of what was sent
	at      cursor
}

// cursor is where a line stands in the queue.
type cursor struct {
	due, shuffle int64
	id           string
}

// PageSize is how many lines of the queue a page has.
const PageSize = 50

// Queue is what waits for the asker: by due day, in an order of their own within the day. after is the last code of the page
// before, "" for the first; more says whether there is another page.
func (rs *Reviews) Queue(ctx context.Context, who actor.Actor, after Code) (list []Waiting, total int, more bool, err error) {
	if err := org.Need(who, "review.queue"); err != nil {
		return nil, 0, false, err
	}
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		at := cursor{due: math.MinInt64}
		if after != "" {
			n, err := roundIn(ctx, tx, after)
			if err != nil {
				return err
			}
			r, shuffle, err := mine(ctx, tx, who, n)
			if err != nil {
				return err
			}
			at = cursor{clock.Milli(r.Due), shuffle, string(r.ID)}
		}
		n, err := query.New(tx).QueueCount(ctx, tx.Org, who.ID)
		if err != nil {
			return err
		}
		total = int(n)
		list, err = queue(ctx, tx, who, at, PageSize+1)
		return err
	})
	if len(list) > PageSize {
		return list[:PageSize], total, true, err
	}
	return list, total, false, err
}

func queue(ctx context.Context, tx db.Tx, who actor.Actor, at cursor, most int) ([]Waiting, error) {
	rows, err := query.New(tx).Queue(ctx, query.QueueParams{OrgID: tx.Org, MemberID: who.ID, AfterDue: at.due, AfterShuffle: at.shuffle, AfterID: at.id, Most: int32(most)})
	var out []Waiting
	for _, r := range rows {
		out = append(out, Waiting{Code(r.Code), r.OpeningTitle, r.StageTitle, clock.Time(r.DueAt), r.SavedAt > 0, int(r.Rated), r.RestAt > 0, r.Waits > 0, r.ReopenedAt > 0, cursor{r.DueAt, r.Shuffle, r.ID}})
	}
	return out, err
}

// Count is how many wait for the asker, for the number in the navigation.
func (rs *Reviews) Count(ctx context.Context, who actor.Actor) (int, error) {
	var n int64
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		n, err = query.New(tx).QueueCount(ctx, tx.Org, who.ID)
		return err
	})
	return int(n), err
}

// place is the position of a review in its member's queue: 1 of total, and its neighbours.
func place(ctx context.Context, tx db.Tx, who actor.Actor, s *Sheet, at cursor) error {
	q := query.New(tx)
	total, err := q.QueueCount(ctx, tx.Org, who.ID)
	if err != nil {
		return err
	}
	rank, err := q.QueueRank(ctx, query.QueueRankParams{OrgID: tx.Org, MemberID: who.ID, Due: at.due, Shuffle: at.shuffle, ID: at.id})
	if err != nil {
		return err
	}
	s.Total, s.Position = int(total), int(rank)+1
	before, err := q.QueueBefore(ctx, query.QueueBeforeParams{OrgID: tx.Org, MemberID: who.ID, Due: at.due, Shuffle: at.shuffle, ID: at.id})
	if err != nil {
		return err
	}
	if len(before) > 0 {
		s.Previous = Code(before[0].Code)
	}
	after, err := queue(ctx, tx, who, at, 1)
	if err != nil {
		return err
	}
	if len(after) > 0 {
		s.Next = after[0].Code
	}
	return nil
}

// Across are the codes of the asker's open cards for the same work of the same opening as one of theirs, in the order of their queue, at most 500:
// one item is read over all of them, each as blind as ever. ErrMissing where the asker has no open card.
func (rs *Reviews) Across(ctx context.Context, who actor.Actor, c Code) (list []Code, err error) {
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		n, err := roundIn(ctx, tx, c)
		if err != nil {
			return err
		}
		r, _, err := mine(ctx, tx, who, n)
		if err == nil && r.State != Assigned {
			err = ErrMissing
		}
		if err != nil {
			return err
		}
		codes, err := query.New(tx).Across(ctx, query.AcrossParams{OrgID: tx.Org, MemberID: who.ID, OpeningID: string(n.Opening), VersionID: string(n.Version)})
		for _, x := range codes {
			list = append(list, Code(x))
		}
		return err
	})
	return list, err
}

// Done is a card the asker filed.
type Done struct {
	Code    Code
	Opening string
	Stage   string
}

// FiledBy are the asker's latest filed cards, at most 20.
func (rs *Reviews) FiledBy(ctx context.Context, who actor.Actor) ([]Done, error) {
	var out []Done
	err := rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).FiledBy(ctx, who.Org, who.ID, 20)
		for _, r := range rows {
			out = append(out, Done{Code(r.Code), r.OpeningTitle, r.StageTitle})
		}
		return err
	})
	return out, err
}

// Undecided is a round that waits for the asker's decision.
type Undecided struct {
	Code        Code
	Application opening.ApplicationID
	Opening     opening.ID
	Name        string // "Candidate 7F3K" where the asker is blind
	Title       string // of the opening
	Stage       string
	Due         time.Time // of the promised reply
	Waits       time.Time // until when the candidate has the turn; zero or over: nobody but us
}

// ToDecide are the closed rounds of openings the asker manages that have no decision, the earliest due first, 50 at a time; after is
// the last code of the page before, "" for the first; total counts all pages. ErrMissing for a code that is none.
func (rs *Reviews) ToDecide(ctx context.Context, who actor.Actor, after Code) (list []Undecided, total int, more bool, err error) {
	err = rs.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		p := query.ToDecideParams{OrgID: tx.Org, MemberID: who.ID, AfterDue: math.MinInt64, Most: PageSize + 1}
		if after != "" {
			n, err := roundIn(ctx, tx, after)
			if err != nil {
				return err
			}
			p.AfterDue, p.AfterID = clock.Milli(n.Due), n.Attempt
		}
		n, err := q.ToDecideCount(ctx, tx.Org, who.ID)
		if err != nil {
			return err
		}
		total = int(n)
		rows, err := q.ToDecide(ctx, p)
		if err != nil {
			return err
		}
		apps := make([]opening.ApplicationID, len(rows))
		for i, r := range rows {
			apps[i] = opening.ApplicationID(r.ApplicationID)
		}
		hidden, err := rs.Hidden(ctx, tx, who, apps)
		for i, r := range rows {
			u := Undecided{Code(r.Code), apps[i], opening.ID(r.OpeningID), r.Name, r.OpeningTitle, r.StageTitle, clock.Time(r.DueAt), clock.Time(r.WaitsUntil)}
			_, blind := hidden[apps[i]]
			if blind || u.Name == "" {
				u.Name = "Candidate " + r.Code
			}
			if blind { // whoever still has to score another part learns of no case
				u.Waits = time.Time{}
			}
			list = append(list, u)
		}
		return err
	})
	if len(list) > PageSize {
		list, more = list[:PageSize], true
	}
	return list, total, more, err
}
