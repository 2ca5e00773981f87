package privacy

import (
	"context"
	"time"

	"candor/internal/actor"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/privacy/internal/query"
)

// Line is what will be removed of one sort.
type Line struct {
	What string
	Keep Period
	N    int       // kept now
	Next time.Time // when the first of them goes; zero when there is none
	Then int       // how many have gone by the end of that day
}

// Plan is what the nights to come will remove.
type Plan struct {
	Lines []Line // applications first: their words, then their numbers
	Holds []Hold // in openings that the asker may see, without reasons
	Held  int    // all of them
}

// Empty says that no application is kept, nor anything of one.
func (p Plan) Empty() bool { return p.Lines[0].N+p.Lines[1].N+p.Held == 0 }

// always is after everything.
var always = time.UnixMilli(1 << 52)

// Plan tells an owner what will be removed when, with numbers and no names; zone says where days end. org.ErrRole.
func (ps *Privacy) Plan(ctx context.Context, who actor.Actor, zone *time.Location) (Plan, error) {
	if err := org.Need(who, "organisation.change"); err != nil {
		return Plan{}, err
	}
	var out Plan
	err := ps.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		out = Plan{}
		o, err := ps.Openings.Orgs.In(ctx, tx)
		if err != nil {
			return err
		}
		rules := append([]Rule{
			{What: "Applications: answers, runs, scorecards, replies and mails", Keep: Words, Count: countWords},
			{What: "Applications: ids and numbers", Keep: Numbers, Count: countNumbers},
		}, ps.Rules...)
		for _, r := range rules {
			l, err := line(ctx, tx, r, o, zone)
			if err != nil {
				return err
			}
			out.Lines = append(out.Lines, l)
		}
		rows, err := query.New(tx).Holds(ctx, tx.Org)
		if err != nil {
			return err
		}
		out.Held = len(rows)
		for _, h := range rows {
			if _, err := ps.Openings.LoadApplicationIn(ctx, tx, who, opening.ApplicationID(h.ApplicationID)); err != nil {
				continue // not the asker's to see
			}
			out.Holds = append(out.Holds, Hold{Application: opening.ApplicationID(h.ApplicationID), By: h.ByMember, At: clock.Time(h.At)})
		}
		return nil
	})
	return out, err
}

func line(ctx context.Context, tx db.Tx, r Rule, o org.Org, zone *time.Location) (Line, error) {
	keep := r.Keep(o)
	n, oldest, err := r.Count(ctx, tx, always)
	l := Line{What: r.What, Keep: keep, N: n}
	if err != nil || n == 0 {
		return l, err
	}
	l.Next = keep.After(oldest)
	next := l.Next.In(zone)
	tomorrow := time.Date(next.Year(), next.Month(), next.Day()+1, 0, 0, 0, 0, zone)
	l.Then, _, err = r.Count(ctx, tx, keep.Cutoff(tomorrow))
	return l, err
}

func countWords(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	rows, err := lasts(ctx, tx, before, "")
	if len(rows) > 0 {
		oldest = clock.Time(rows[0].Last)
	}
	return len(rows), oldest, err
}

func countNumbers(ctx context.Context, tx db.Tx, before time.Time) (n int, oldest time.Time, err error) {
	rows, err := query.New(tx).Spent(ctx, tx.Org, clock.Milli(before), "")
	if len(rows) > 0 {
		oldest = clock.Time(rows[0].MovedAt)
	}
	return len(rows), oldest, err
}
