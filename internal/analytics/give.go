package analytics

import (
	"context"
	"errors"
	"math"

	"candor/internal/analytics/internal/query"
	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/problem"
)

// Ratio is the time that candidates gave to an opening beside the time that its people gave to their work. It moves by Fewest works, in the order in
// which they were sent: from the sums before and after one work anybody could tell what its writer took.
type Ratio struct {
	Sent   int // works that were sent and measured, a multiple of Fewest; one for each stage that somebody did
	Theirs int // minutes of work, as Measure measures it
	Ours   int // minutes that readers gave to these, each reader's begun minute counted, as candidates read it of their own work
}

// Known says that enough people stand behind it.
func (r Ratio) Known() bool { return r.Sent >= Fewest }

// Times is how many minutes of theirs come to one of ours; 0 where we gave none.
func (r Ratio) Times() float64 {
	if r.Ours == 0 {
		return 0
	}
	return float64(r.Theirs) / float64(r.Ours)
}

func ratio(ctx context.Context, tx db.Tx, o opening.ID) (Ratio, error) {
	rows, err := query.New(tx).Given(ctx, tx.Org, string(o))
	out, seconds := Ratio{Sent: len(rows) / Fewest * Fewest}, int64(0)
	for _, r := range rows[:out.Sent] {
		seconds += r.Theirs
		out.Ours += int(r.Ours)
	}
	out.Theirs = int((seconds + 59) / 60)
	return out, err
}

// Ask is what an opening may ask of one person: all its stages, and the talk it promises.
type Ask struct {
	Stages  int
	Planned int // minutes that are advertised
	Takes   int // with what three in four people need of the parts that take longer than advertised; at least Planned
	Talk    int // minutes of it that are a talk
	Limit   int // minutes above which the page of the opening warns; the organisation sets it
}

// Over says that it is more than the organisation's limit.
func (a Ask) Over() bool { return a.Takes > a.Limit }

// Asks adds up an opening's stages. Who may know is the caller's business: candidates read the sum. A stage whose content is gone asks nothing.
func (an *Analytics) Asks(ctx context.Context, org string, o opening.ID) (out Ask, err error) {
	var stages []opening.Stage
	err = an.DB.Read(ctx, org, func(tx db.Tx) error {
		whole, err := an.Openings.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		out.Limit = 60 * whole.AskHours
		if stages, err = an.Openings.Stages(ctx, tx, o); err != nil {
			return err
		}
		talk, err := query.New(tx).TalkMinutes(ctx, tx.Org, string(o))
		for _, n := range talk {
			out.Talk += int(n)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	out.Stages, out.Planned = len(stages), out.Talk
	more := 0
	for _, s := range stages {
		planned, beyond := 0, 0
		for _, x := range s.Offers() { // where there is a choice, the longest of it
			d, err := an.Openings.Describe(ctx, org, x)
			if _, gone := problem.As(err); gone {
				continue
			}
			if err != nil {
				return out, err
			}
			n, err := an.Beyond(ctx, org, x.Ref)
			if err != nil {
				return out, err
			}
			if m := d.With(s).Minutes; m+n >= planned+beyond {
				planned, beyond = m, n
			}
		}
		out.Planned += planned
		more += beyond
	}
	out.Takes = out.Planned + more
	return out, nil
}

// Beyond is how many minutes more than advertised three in four people need of what a stage refers to; 0 where that is no assessment, or nobody
// measures: an is nil. Whoever says to a candidate how long a stage takes adds it.
func (an *Analytics) Beyond(ctx context.Context, org, ref string) (more int, err error) {
	if an == nil {
		return 0, nil
	}
	v, err := an.Assessments.Version(ctx, org, assessment.VersionID(ref))
	if errors.Is(err, assessment.ErrMissing) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	longer, err := an.Longer(ctx, org, v)
	for _, p := range v.Parts {
		if real, ok := longer[p.Key]; ok {
			more += int(math.Ceil(real.Most)) - p.Minutes
		}
	}
	return more, err
}
