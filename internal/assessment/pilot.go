package assessment

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"candor/internal/actor"
	"candor/internal/assessment/internal/query"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/org"
	"candor/internal/problem"
)

var (
	// ErrPilot: a clock that does not run, or a task that was not begun.
	ErrPilot = problem.New(problem.Conflict, "pilot_not_begun", "The clock of this task is not running. Begin it first, here or in the other tab.")
	// ErrPilotEmpty: nothing was measured that could be advertised.
	ErrPilotEmpty = problem.New(problem.Conflict, "times_unmeasured", "There is no measured time of a whole part yet, so nothing was changed.")
)

// MostPilot is the longest that somebody may say a task took, in minutes: as much as a part may advertise.
const MostPilot = 2400

// Pilot is one colleague's try of one task. They take it as a candidate would; only how long it took is counted, without their name.
type Pilot struct {
	State   PilotState
	Own     bool // they made this version: it counts for nothing
	Seconds int  // of work so far, without what runs now
	Since   time.Time
	Body    []byte // what they did so far; nil before anything was kept
}

// PilotState is how a try stands.
type PilotState string

const (
	NotBegun PilotState = ""
	Running  PilotState = "running"
	Resting  PilotState = "resting"
	Done     PilotState = "done"
)

// Took is the work so far.
func (p Pilot) Took(now time.Time) time.Duration {
	d := time.Duration(p.Seconds) * time.Second
	if p.State == Running {
		d += now.Sub(p.Since)
	}
	return d
}

// Pilots are the asker's tries of a version's tasks, by item. ErrRole.
func (as *Assessments) Pilots(ctx context.Context, who actor.Actor, v VersionID) (map[string]Pilot, error) {
	if err := org.Need(who, "assessment.pilot"); err != nil {
		return nil, err
	}
	out := map[string]Pilot{}
	err := as.DB.Read(ctx, who.Org, func(tx db.Tx) error {
		rows, err := query.New(tx).PilotsOf(ctx, who.Org, string(v), who.ID)
		for _, r := range rows {
			p := Pilot{PilotState(r.State), r.Own, int(r.Seconds), clock.Time(r.Since), nil}
			if r.Body != "" {
				p.Body = []byte(r.Body)
			}
			out[r.Item] = p
		}
		return err
	})
	return out, err
}

// piloted finds the task that the asker tries. ErrRole, ErrMissing.
func (as *Assessments) piloted(ctx context.Context, who actor.Actor, v VersionID, key string) (PartItem, error) {
	if err := org.Need(who, "assessment.pilot"); err != nil {
		return PartItem{}, err
	}
	ver, err := as.Version(ctx, who.Org, v)
	if err != nil {
		return PartItem{}, err
	}
	it, _, ok := ver.Item(key)
	if !ok {
		return PartItem{}, ErrMissing
	}
	return it, nil
}

// BeginPilot starts the asker's clock of a task, or lets it go on; any other of theirs rests from then on. One that was done begins anew. Pressing
// again changes nothing: the insert decides. ErrRole, ErrMissing.
func (as *Assessments) BeginPilot(ctx context.Context, who actor.Actor, v VersionID, key string) error {
	it, err := as.piloted(ctx, who, v, key)
	if err != nil {
		return err
	}
	now := clock.Milli(as.DB.Now())
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		q := query.New(tx)
		if _, err := q.RestOthers(ctx, query.RestOthersParams{Now: now, OrgID: tx.Org, MemberID: who.ID, VersionID: string(v), Item: key}); err != nil {
			return err
		}
		by, err := q.MadeBy(ctx, tx.Org, string(v))
		if err != nil {
			return err
		}
		_, err = q.BeginPilot(ctx, query.BeginPilotParams{OrgID: tx.Org, VersionID: string(v), Item: key, MemberID: who.ID, Work: it.Work, Own: by == who.ID, Now: now})
		return err
	})
}

// RestPilot stops the asker's clock for a while. ErrRole, ErrMissing, ErrPilot.
func (as *Assessments) RestPilot(ctx context.Context, who actor.Actor, v VersionID, key string) error {
	if _, err := as.piloted(ctx, who, v, key); err != nil {
		return err
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).RestPilot(ctx, query.RestPilotParams{Now: clock.Milli(as.DB.Now()), OrgID: tx.Org, VersionID: string(v), Item: key, MemberID: who.ID})
		if err == nil && n == 0 {
			return ErrPilot
		}
		return err
	})
}

// EndPilot ends the asker's try. minutes corrects what the clock says, as when it ran over lunch; 0 leaves it. ErrRole, ErrMissing, ErrPilot, ErrInvalid.
func (as *Assessments) EndPilot(ctx context.Context, who actor.Actor, v VersionID, key string, minutes int) error {
	if minutes < 0 || minutes > MostPilot {
		return problem.Field("minutes", fmt.Sprintf("Say how long it took in minutes, at most %d.", MostPilot))
	}
	if _, err := as.piloted(ctx, who, v, key); err != nil {
		return err
	}
	now := as.DB.Now()
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).EndPilot(ctx, query.EndPilotParams{Now: clock.Milli(now), Typed: int64(minutes) * 60, OrgID: tx.Org, VersionID: string(v), Item: key, MemberID: who.ID})
		if err == nil && n == 0 {
			return ErrPilot
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, who, "assessment.pilot", string(v), audit.Facts{"item": key})
	})
}

// KeepPilot keeps what the asker did so far on a task that they began. ErrRole, ErrMissing, ErrPilot.
func (as *Assessments) KeepPilot(ctx context.Context, who actor.Actor, v VersionID, key string, body []byte) error {
	if _, err := as.piloted(ctx, who, v, key); err != nil {
		return err
	}
	return as.DB.Write(ctx, who.Org, func(tx db.Tx) error {
		n, err := query.New(tx).KeepPilot(ctx, query.KeepPilotParams{Body: string(body), OrgID: tx.Org, VersionID: string(v), Item: key, MemberID: who.ID})
		if err == nil && n == 0 {
			return ErrPilot
		}
		return err
	})
}

// PilotTimes are how many seconds colleagues took for a task, the least first; work is its PartItem.Work. Whoever made the version that they took is not
// among them. Who may see them is the caller's business.
func (as *Assessments) PilotTimes(ctx context.Context, tx db.Tx, work string) ([]float64, error) {
	rows, err := query.New(tx).PilotTimes(ctx, tx.Org, work)
	var out []float64
	for _, s := range rows {
		out = append(out, float64(s))
	}
	return out, err
}

// Advertise makes the next draft of a version with other advertised minutes: of parts by their keys, and of items where their file says minutes. A clock that
// would be shorter than its part is made as long. newest as of Edit. Problems as of Edit, ErrField, ErrPilotEmpty when nothing is to be changed.
func (as *Assessments) Advertise(ctx context.Context, who actor.Actor, v VersionID, newest int, parts, items map[string]int) (VersionID, error) {
	if err := org.Need(who, "assessment.import"); err != nil {
		return "", err
	}
	if len(parts) == 0 {
		return "", ErrPilotEmpty
	}
	ver, err := as.Version(ctx, who.Org, v)
	if err != nil {
		return "", err
	}
	tree, err := as.Tree(ctx, who.Org, v)
	if err != nil {
		return "", err
	}
	edits, err := advertise(tree, ver, parts, items)
	if err != nil {
		return "", err
	}
	next, _, err := as.Edit(ctx, who, v, newest, edits)
	return next, err
}

// advertise puts minutes into the files of a version.
func advertise(tree fs.FS, v *Version, parts, items map[string]int) (Edits, error) {
	out := Edits{}
	put := func(path string, values map[string]int, must bool) error {
		raw, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		fields, err := Fields(raw)
		if err != nil {
			return err
		}
		fill := map[int]string{}
		for place, n := range values {
			i := slices.IndexFunc(fields, func(f Field) bool { return f.Kind == "number" && strings.Join(f.Path, ".") == place })
			if i < 0 && must {
				return ErrField
			}
			if i >= 0 {
				fill[i] = strconv.Itoa(n)
			}
		}
		raw, err = Fill(raw, fill)
		out[path] = raw
		return err
	}
	whole := map[string]int{}
	for i, p := range v.Parts {
		n, ok := parts[p.Key]
		if !ok {
			continue
		}
		place := fmt.Sprintf("parts.%d.", i+1)
		whole[place+"minutes"] = n
		if p.Timed > 0 && p.Timed < time.Duration(n)*time.Minute {
			whole[place+"timed"] = n
		}
		for _, it := range p.Items {
			if n, ok := items[it.Key]; ok {
				if err := put("items/"+it.Key+"/item.yaml", map[string]int{"minutes": n}, false); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, put("assessment.yaml", whole, true)
}
