package analytics

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"math"
	"slices"
	"time"

	"candor/internal/actor"
	"candor/internal/analytics/internal/query"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/item"
	"candor/internal/job"
	"candor/internal/org"
)

//go:embed schema/*.sql
var Schema embed.FS

// How work is measured: the time between what was kept of it (saves, runs, pushes, recordings), where a longer pause counts as Idle. Where the
// work is done with people's own tools and comes in pushes, a pause counts up to Elsewhere.
const (
	Idle      = 10 * time.Minute
	Elsewhere = time.Hour
)

// Moves is how many more people it takes until the figures of a work move. Enough is how many a real time needs before it is held against what is advertised, Over how far the time within which three in four are done may
// lie above it.
const (
	Moves  = 4
	Enough = 2 * Moves
	Over   = 1.25
)

// Drifted is announced once for each part and advertised time that turned out too short.
const Drifted = job.Topic[DriftNote]("analytics.drifted")

// DriftNote names the part's work and the advertised minutes.
type DriftNote struct {
	Org, Work string
	Minutes   int
}

// Drift is a part that takes longer than is advertised, as it was found.
type Drift struct {
	Version    assessment.VersionID
	Title      string // of the version
	Author     org.MemberID
	Part       string
	Minutes    int // advertised
	People     int
	Half, Most int // minutes within which one in two, three in four were done
}

// Listen wires what is measured when work was sent.
func (an *Analytics) Listen() {
	job.Listen(an.Jobs, attempt.Submitted, "analytics.measure", job.Housekeeping, an.Measure)
}

type event struct {
	item string
	at   int64 // milliseconds
}

// Measure keeps how long the parts of an attempt took that was sent, once, and says when a part takes longer than advertised. Whoever had more than the
// usual time is measured like everybody: a count that leaves them out would tell of them. What was done after a part was opened again is not measured.
func (an *Analytics) Measure(ctx context.Context, n attempt.SubmittedNote) error {
	var version string
	err := an.DB.Read(ctx, n.Org, func(tx db.Tx) error {
		row, err := query.New(tx).Measured(ctx, tx.Org, n.Attempt)
		version = row.VersionID
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil // withdrawn or erased meanwhile
	}
	if err != nil {
		return err
	}
	v, err := an.Assessments.Version(ctx, n.Org, assessment.VersionID(version))
	if err != nil {
		return err
	}
	return an.DB.Write(ctx, n.Org, func(tx db.Tx) error {
		parts, err := an.keep(ctx, tx, n.Attempt, v)
		for _, p := range parts {
			if err == nil {
				err = an.drift(ctx, tx, v, p)
			}
		}
		return err
	})
}

// keep writes the efforts of an attempt and gives the parts that have new ones. The attempt's row has to be there: that is its foreign key.
func (an *Analytics) keep(ctx context.Context, tx db.Tx, a string, v *assessment.Version) (out []assessment.Part, err error) {
	q := query.New(tx)
	row, err := q.Measured(ctx, tx.Org, a)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := q.Events(ctx, tx.Org, a)
	if err != nil {
		return nil, err
	}
	var events []event
	for _, r := range rows {
		events = append(events, event{attempt.AboutItem(r.Item), r.At})
	}
	slices.SortFunc(events, func(a, b event) int { return int(min(1, max(-1, a.at-b.at))) })
	sat, err := q.Sat(ctx, tx.Org, a)
	if err != nil {
		return nil, err
	}
	for _, s := range sat {
		p, ok := v.Part(s.Part)
		if !ok {
			continue // a question about their own work, or of an interview
		}
		took := worked(p, events, s.StartedAt, s.FinishedAt, s.EndedBy == "candidate")
		works := map[string]string{"": p.Work}
		for _, it := range p.Items {
			works[it.Key] = it.Work
		}
		fresh := int64(0)
		for key, ms := range took {
			n, err := q.AddEffort(ctx, query.AddEffortParams{OrgID: tx.Org, AttemptID: a, Part: p.Key, Item: key, Work: works[key], Seconds: (ms + 999) / 1000, At: row.SubmittedAt})
			if err != nil {
				return nil, err
			}
			fresh += n
		}
		if fresh > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// worked is how many milliseconds each item of a part took between two instants, and under "" all of them; nothing where nobody did anything. The time
// before something was kept belongs to it; what came after the last thing counts only where a press ended the part.
func worked(p assessment.Part, events []event, from, until int64, pressed bool) map[string]int64 {
	pause := map[string]int64{}
	for _, it := range p.Items {
		pause[it.Key] = Idle.Milliseconds()
		if _, ok := it.Kind.(item.Hoster); ok {
			pause[it.Key] = Elsewhere.Milliseconds()
		}
	}
	out := map[string]int64{}
	last, at := "", from
	for _, e := range events {
		most, ok := pause[e.item]
		if !ok || e.at <= at || e.at > until {
			continue
		}
		out[e.item] += min(e.at-at, most)
		last, at = e.item, e.at
	}
	if last != "" && pressed && until > at {
		out[last] += min(until-at, Idle.Milliseconds())
	}
	all := int64(0)
	for _, ms := range out {
		all += ms
	}
	if all > 0 {
		out[""] = all
	}
	return out
}

// drift keeps and announces that a part takes longer than advertised, once: the row's key decides.
func (an *Analytics) drift(ctx context.Context, tx db.Tx, v *assessment.Version, p assessment.Part) error {
	real, err := an.real(ctx, tx, p.Work)
	if err != nil || !real.Exceeds(p.Minutes) {
		return err
	}
	n, err := query.New(tx).AddDrift(ctx, query.AddDriftParams{OrgID: tx.Org, Work: p.Work, Minutes: int64(p.Minutes), VersionID: string(v.ID), Part: p.Key, People: int64(real.N),
		Half: int64(math.Ceil(real.Half)), Most: int64(math.Ceil(real.Most)), At: clock.Milli(an.DB.Now())})
	if err != nil || n == 0 {
		return err
	}
	return Drifted.Announce(ctx, an.Jobs, tx, DriftNote{tx.Org, p.Work, p.Minutes})
}

// DriftOf is what a note names; for notify. sql.ErrNoRows when it is not there.
func (an *Analytics) DriftOf(ctx context.Context, tx db.Tx, n DriftNote) (Drift, error) {
	r, err := query.New(tx).Drift(ctx, tx.Org, n.Work, int64(n.Minutes))
	return Drift{assessment.VersionID(r.VersionID), r.Title, r.CreatedBy, r.Part, n.Minutes, int(r.People), int(r.Half), int(r.Most)}, err
}

// Real is how long N people worked on something, in minutes: one in two was done within Half, three in four within Most.
type Real struct {
	N          int
	Half, Most float64
}

// Known says that enough people stand behind it to show it at all.
func (r Real) Known() bool { return r.N >= Enough }

// Exceeds says that it takes longer than these advertised minutes: from Enough people on, and by more than Over.
func (r Real) Exceeds(minutes int) bool { return r.N >= Enough && r.Most > Over*float64(minutes) }

// Rounded are Half and Most as people read them: up to whole five minutes.
func (r Real) Rounded() (half, most int) { return fives(r.Half), fives(r.Most) }

func fives(minutes float64) int { return max(5, 5*int(math.Ceil(minutes/5))) }

// quantile is the value below which a share of a sorted list lies, between two of them where it falls there (definition 7 of Hyndman and Fan 1996).
func quantile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// times sorts seconds and gives their figures in minutes.
func times(seconds []float64) Real {
	if len(seconds) == 0 {
		return Real{}
	}
	slices.Sort(seconds)
	return Real{len(seconds), quantile(seconds, .5) / 60, quantile(seconds, .75) / 60}
}

// real is how long people worked on something, the newest of them left out until there are Moves more: who saw the figures before and after one
// person's work could tell what that person took, and who had more time than others.
func (an *Analytics) real(ctx context.Context, tx db.Tx, work string) (Real, error) {
	q := query.New(tx)
	n, err := q.CountEfforts(ctx, tx.Org, work)
	if err != nil {
		return Real{}, err
	}
	rows, err := q.Efforts(ctx, tx.Org, work, int32(n%Moves))
	var list []float64
	for _, s := range rows {
		list = append(list, float64(s))
	}
	return times(list), err
}

// Time is what a part, or one of its tasks, is said to take and takes.
type Time struct {
	Part, Item string // keys; Item is "" for the whole part
	Title      string
	Advertised int  // minutes; 0 where a task's file says none
	Piloted    Real // by colleagues who took it first; of a part, the sum over its tasks where each has one
	Real       Real // by candidates
}

// Longer says that candidates need longer than advertised.
func (t Time) Longer() bool { return t.Real.Exceeds(t.Advertised) }

// Times are those of a version's parts, each before its tasks: middle values of many, never one person's. ErrRole, ErrMissing.
func (an *Analytics) Times(ctx context.Context, who actor.Actor, version assessment.VersionID) (v *assessment.Version, out []Time, err error) {
	if err := org.Need(who, "assessment.solutions"); err != nil {
		return nil, nil, err
	}
	if v, err = an.Assessments.Version(ctx, who.Org, version); err != nil {
		return nil, nil, err
	}
	err = an.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		for _, p := range v.Parts {
			part := Time{Part: p.Key, Title: p.Title, Advertised: p.Minutes}
			var tasks []Time
			for i, it := range p.Items {
				t := Time{Part: p.Key, Item: it.Key, Title: it.Head.Title, Advertised: it.Head.Minutes}
				list, err := an.Assessments.PilotTimes(ctx, tx, it.Work)
				if err != nil {
					return err
				}
				if t.Piloted = times(list); i == 0 {
					part.Piloted = t.Piloted
				} else {
					part.Piloted = Real{min(part.Piloted.N, t.Piloted.N), part.Piloted.Half + t.Piloted.Half, part.Piloted.Most + t.Piloted.Most}
				}
				if t.Real, err = an.real(ctx, tx, it.Work); err != nil {
					return err
				}
				tasks = append(tasks, t)
			}
			if part.Real, err = an.real(ctx, tx, p.Work); err != nil {
				return err
			}
			out = append(append(out, part), tasks...)
		}
		return nil
	})
	return v, out, err
}

// Source says which measured time becomes the advertised one: what colleagues took in the middle, or what three in four candidates were done within.
type Source string

const (
	FromPilots Source = "pilots"
	FromReal   Source = "real"
)

// Proposed are the minutes that a source would have advertised, of parts by their keys and of tasks by theirs; only where they differ from what is.
func Proposed(list []Time, s Source) (parts, items map[string]int) {
	parts, items = map[string]int{}, map[string]int{}
	for _, t := range list {
		n, ok := 0, false
		switch s {
		case FromPilots:
			n, ok = int(math.Ceil(t.Piloted.Half)), t.Piloted.N > 0
		case FromReal:
			n, ok = int(math.Ceil(t.Real.Most)), t.Real.N >= Enough
		}
		switch {
		case !ok:
		case t.Item == "":
			if n = fives(float64(n)); n != t.Advertised {
				parts[t.Part] = n
			}
		case parts[t.Part] > 0:
			items[t.Item] = max(1, n)
		}
	}
	return parts, items
}

// Advertise makes the next draft of a version with what was measured as its advertised time. newest as of assessment.Edit. Problems as of Times and
// assessment.Advertise.
func (an *Analytics) Advertise(ctx context.Context, who actor.Actor, version assessment.VersionID, newest int, s Source) (assessment.VersionID, error) {
	_, list, err := an.Times(ctx, who, version)
	if err != nil {
		return "", err
	}
	parts, items := Proposed(list, s)
	return an.Assessments.Advertise(ctx, who, version, newest, parts, items)
}

// Longer are the parts of a version that take longer than it advertises, by key, for whoever may see the version: its candidates too.
func (an *Analytics) Longer(ctx context.Context, o string, v *assessment.Version) (map[string]Real, error) {
	out := map[string]Real{}
	err := an.DB.Read(ctx, o, func(tx db.Tx) error {
		for _, p := range v.Parts {
			if p.Work == "" {
				continue
			}
			real, err := an.real(ctx, tx, p.Work)
			if err != nil {
				return err
			}
			if real.Exceeds(p.Minutes) {
				out[p.Key] = real
			}
		}
		return nil
	})
	return out, err
}
