package review

import (
	"context"
	"slices"

	"candor/internal/db"
	"candor/internal/opening"
)

// Pace is how fast work is read in an opening.
type Pace struct {
	Minutes int // median of a card, whole; Guess where Cards is 0
	Cards   int // how many filed cards that is measured over, the newest 200
}

// Guess is how many minutes a card is thought to take before Few are filed; HoursAWeek how much of a week reading is thought to get. Both are said
// beside every number that is made of them.
const (
	Guess      = 30
	Few        = 10
	HoursAWeek = 3
)

// PaceOf measures an opening's.
func (rs *Reviews) PaceOf(ctx context.Context, tx db.Tx, o opening.ID) (Pace, error) {
	rows, err := tx.QueryContext(ctx, `SELECT r.seconds + r.adjusted FROM review_rounds n JOIN reviews r ON r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'filed'
		WHERE n.org_id = $1 AND n.opening_id = $2 AND r.seconds + r.adjusted > 0 ORDER BY r.filed_at DESC, r.id DESC LIMIT 200`, tx.Org, string(o))
	if err != nil {
		return Pace{}, err
	}
	defer rows.Close()
	var all []int
	for rows.Next() {
		var s int
		if err := rows.Scan(&s); err != nil {
			return Pace{}, err
		}
		all = append(all, s)
	}
	if len(all) < Few {
		return Pace{Minutes: Guess}, rows.Err()
	}
	slices.Sort(all)
	return Pace{max(1, (all[len(all)/2]+59)/60), len(all)}, rows.Err()
}

// AWeek is how many submissions of so many cards each some readers can read in a week; 0 cards need nobody and have no limit: -1.
func (p Pace) AWeek(readers, cards int) int {
	if cards == 0 {
		return -1
	}
	return readers * HoursAWeek * 60 / (p.Minutes * cards)
}

// Spent is what people gave to reading somebody's work, pauses over two minutes left out.
type Spent struct {
	People  int
	Minutes int // each reader's begun minute counted
}

// SpentOn is Spent on an application's work, also by those who have not filed yet.
func (rs *Reviews) SpentOn(ctx context.Context, tx db.Tx, a opening.ApplicationID) (s Spent, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(x.minutes), 0) FROM (SELECT y.member_id, SUM((y.seconds + 59) / 60) AS minutes FROM (
		SELECT member_id, seconds + adjusted AS seconds FROM reviews WHERE org_id = $1 AND application_id = $2 AND seconds + adjusted > 0
		UNION ALL SELECT member_id, seconds FROM second_looks WHERE org_id = $1 AND application_id = $2 AND seconds > 0) y GROUP BY y.member_id) x`, tx.Org, string(a)).Scan(&s.People, &s.Minutes)
	return s, err
}
