// Package analytics counts what became of an opening's candidates, and how well the company kept its word: only sums and medians, never
// a person. What fewer than Fewest people stand behind is not said, for a median of three tells of each of them.
package analytics

import (
	"context"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
)

// Fewest is how many people a median needs.
const Fewest = 5

// Analytics reads them.
type Analytics struct {
	DB          *db.DB
	Jobs        *job.Jobs
	Openings    *opening.Openings
	Assessments *assessment.Assessments
}

// Median is a middle value of N; it says something from Fewest on.
type Median struct {
	N     int
	Value float64 // days, or minutes
}

// Known says that enough people stand behind it.
func (m Median) Known() bool { return m.N >= Fewest }

func median(list []float64) Median {
	n := len(list)
	if n == 0 {
		return Median{}
	}
	slices.Sort(list)
	return Median{n, (list[(n-1)/2] + list[n/2]) / 2}
}

// Step is one that applications took, with the days since the step before.
type Step struct {
	Name  string
	Count int
	Days  Median
}

// Part is one part of an assessment: how many began and finished it, and what it takes beside what is advertised.
type Part struct {
	Assessment, Title string
	Began, Finished   int
	Advertised        int    // minutes
	Real              Median // minutes by the clock of a timed part; N 0 where no clock runs
}

// Figures are those of an opening.
type Figures struct {
	Opening opening.Opening
	Steps   []Step // invited, started, sent, reviewed, decided
	Reply   Median // days from work sent to our reply
	Replies []int  // how many replies took 0, 1, ... and ReplyDays or more days
	Kept    int    // replies on time
	Late    int    // replies after their day
	Overdue int    // owed, and their day is over
	Parts   []Part
	Ratio   Ratio
}

// ReplyDays is the last of Figures.Replies.
const ReplyDays = 10

// Of counts for somebody who reads the opening's list, in a few queries however many applications there are. opening.ErrMissing,
// opening.ErrRole.
func (an *Analytics) Of(ctx context.Context, who actor.Actor, o opening.ID) (Figures, error) {
	var f Figures
	var parts []sitting
	err := an.DB.Read(ctx, who.Org, func(tx db.Tx) (err error) {
		if f.Opening, err = an.Openings.LoadIn(ctx, tx, who, o); err != nil {
			return err
		}
		if !f.Opening.SeesBoard(who) {
			return opening.ErrRole
		}
		if f.Steps, err = steps(ctx, tx, o); err != nil {
			return err
		}
		if err := f.replies(ctx, tx, an.DB.Now()); err != nil {
			return err
		}
		if f.Ratio, err = ratio(ctx, tx, o); err != nil {
			return err
		}
		parts, err = sittings(ctx, tx, o)
		return err
	})
	if err != nil {
		return f, err
	}
	f.Parts, err = an.parts(ctx, who.Org, parts)
	return f, err
}

// firsts are when each application of an opening took each step first; 0 is not yet.
const firsts = `SELECT COALESCE(i.at, 0), COALESCE(t.started, 0), COALESCE(t.sent, 0), COALESCE(r.at, 0), COALESCE(d.at, 0) FROM applications a
LEFT JOIN (SELECT application_id, MIN(created_at) AS at FROM invitations WHERE org_id = $1 AND opening_id = $2 GROUP BY application_id) i ON i.application_id = a.id
LEFT JOIN (SELECT t.application_id, MIN(CASE WHEN s.started_at > 0 THEN s.started_at END) AS started, MIN(CASE WHEN t.submitted_at > 0 THEN t.submitted_at END) AS sent
	FROM applications b JOIN attempts t ON t.org_id = b.org_id AND t.application_id = b.id LEFT JOIN sittings s ON s.org_id = t.org_id AND s.attempt_id = t.id
	WHERE b.org_id = $1 AND b.opening_id = $2 GROUP BY t.application_id) t ON t.application_id = a.id
LEFT JOIN (SELECT application_id, MIN(closed_at) AS at FROM review_rounds WHERE org_id = $1 AND opening_id = $2 AND closed_at > 0 GROUP BY application_id) r ON r.application_id = a.id
LEFT JOIN (SELECT d.application_id, MIN(d.at) AS at FROM applications b JOIN decisions d ON d.org_id = b.org_id AND d.application_id = b.id
	WHERE b.org_id = $1 AND b.opening_id = $2 AND d.undone_at = 0 AND d.outcome <> 'hold' GROUP BY d.application_id) d ON d.application_id = a.id
WHERE a.org_id = $1 AND a.opening_id = $2`

func steps(ctx context.Context, tx db.Tx, o opening.ID) ([]Step, error) {
	rows, err := tx.QueryContext(ctx, firsts, tx.Org, string(o))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Step{{Name: "Invited"}, {Name: "Started"}, {Name: "Sent"}, {Name: "Reviewed"}, {Name: "Decided"}}
	took := make([][]float64, len(out))
	for rows.Next() {
		var at [5]int64
		if err := rows.Scan(&at[0], &at[1], &at[2], &at[3], &at[4]); err != nil {
			return nil, err
		}
		for i := range out {
			if at[i] == 0 {
				continue
			}
			out[i].Count++
			if i > 0 && at[i-1] > 0 && at[i] >= at[i-1] {
				took[i] = append(took[i], days(at[i]-at[i-1]))
			}
		}
	}
	for i := range out {
		out[i].Days = median(took[i])
	}
	return out, rows.Err()
}

func days(ms int64) float64 { return float64(ms) / float64(24*time.Hour/time.Millisecond) }

// replies counts what was promised. A promise that stands still while the candidate has the turn is due later already.
func (f *Figures) replies(ctx context.Context, tx db.Tx, now time.Time) error {
	rows, err := tx.QueryContext(ctx, `SELECT p.made_at, p.due_at, p.kept_at FROM promises p JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id
		WHERE p.org_id = $1 AND p.kind = 'reply' AND a.opening_id = $2 AND a.status <> 'withdrawn'`, tx.Org, string(f.Opening.ID))
	if err != nil {
		return err
	}
	defer rows.Close()
	f.Replies = make([]int, ReplyDays+1)
	var took []float64
	for rows.Next() {
		var made, due, kept int64
		if err := rows.Scan(&made, &due, &kept); err != nil {
			return err
		}
		switch {
		case kept == 0 && due < clock.Milli(now):
			f.Overdue++
		case kept > due:
			f.Late++
		case kept > 0:
			f.Kept++
		}
		if kept > 0 {
			d := days(kept - made)
			took = append(took, d)
			f.Replies[min(ReplyDays, int(d))]++
		}
	}
	f.Reply = median(took)
	return rows.Err()
}
