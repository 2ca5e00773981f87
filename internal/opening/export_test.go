package opening

import (
	"strings"
	"time"
)

// BoardQueries are the statements of one page with their parameters, for the plan.
func BoardQueries(f Filter) map[string][]any {
	out := map[string][]any{}
	at := cursor{1, 1, "x"}
	for _, s := range []statement{owedQuery(f, at, 50), othersQuery(f, at, 50)} {
		out[s.text] = s.args
	}
	return out
}

// FigureQueries are the statements of the counts, with the parameters they lack.
func FigureQueries() []string {
	var out []string
	for _, q := range []string{countStatus, countPromised, countOpened, countStuck, weeklySent, weeklyOpened} {
		out = append(out, strings.NewReplacer("$3", "0", "$4", "0").Replace(q))
	}
	return out
}

// SealAt is what the mail to an applicant holds.
func (os *Openings) SealAt(o ID, a Applicant, org string, at time.Time) (string, error) {
	return os.seal(org, o, a, at)
}
