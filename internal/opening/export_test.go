package opening

import (
	"strings"
	"time"
)

// BoardQueries are the statements of one page, for the plan.
func BoardQueries(f Filter) []string { return []string{owedQuery(f), othersQuery(f)} }

// FigureQueries are the statements of the counts, with the parameters they lack.
func FigureQueries() []string {
	var out []string
	for _, q := range []string{countStatus, countOwed, countSent, countOpened, countStuck, weeklySent, weeklyOpened} {
		out = append(out, strings.NewReplacer("$3", "0", "$4", "0").Replace(q))
	}
	return out
}

// SealAt is what the mail to an applicant holds.
func (os *Openings) SealAt(o ID, a Applicant, org string, at time.Time) (string, error) {
	return os.seal(org, o, a, at)
}
