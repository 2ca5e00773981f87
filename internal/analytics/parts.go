package analytics

import (
	"context"
	"errors"
	"slices"

	"candor/internal/assessment"
	"candor/internal/db"
	"candor/internal/opening"
)

// sitting is somebody's first time at a part, without whose.
type sitting struct {
	version, part     string
	began, ended      bool
	timed, took, more int64 // seconds; more is what they had beyond the usual time
}

func sittings(ctx context.Context, tx db.Tx, o opening.ID) ([]sitting, error) {
	rows, err := tx.QueryContext(ctx, `SELECT t.version_id, s.part, s.started_at, s.finished_at, s.ended_by, s.timed_seconds, s.added_seconds, s.factor_permille
		FROM applications a JOIN attempts t ON t.org_id = a.org_id AND t.application_id = a.id JOIN sittings s ON s.org_id = t.org_id AND s.attempt_id = t.id
		WHERE a.org_id = $1 AND a.opening_id = $2 AND s.epoch = 1 AND t.state <> 'voided'`, tx.Org, string(o))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []sitting
	for rows.Next() {
		var s sitting
		var started, finished, added, factor int64
		var by string
		if err := rows.Scan(&s.version, &s.part, &started, &finished, &by, &s.timed, &added, &factor); err != nil {
			return nil, err
		}
		s.began, s.ended = started > 0, started > 0 && (by == "candidate" || by == "time")
		s.took, s.more = (finished-started)/1000, added+s.timed*(factor-1000)/1000
		out = append(out, s)
	}
	return out, rows.Err()
}

// parts are those of the versions that candidates got, in the order of the versions' ids and of their parts. Who had more than the
// usual time, for whatever reason, is in no median of minutes: advertised is what the usual time is.
func (an *Analytics) parts(ctx context.Context, org string, list []sitting) ([]Part, error) {
	type key struct{ version, part string }
	found, took := map[key]*Part{}, map[key][]float64{}
	var versions []string
	for _, s := range list {
		k := key{s.version, s.part}
		if found[k] == nil {
			found[k] = &Part{}
			versions = append(versions, s.version)
		}
		if s.began {
			found[k].Began++
		}
		if s.ended {
			found[k].Finished++
		}
		if s.ended && s.timed > 0 && s.more == 0 {
			took[k] = append(took[k], float64(s.took)/60)
		}
	}
	slices.Sort(versions)
	var out []Part
	for _, v := range slices.Compact(versions) {
		whole, err := an.Assessments.Version(ctx, org, assessment.VersionID(v))
		if errors.Is(err, assessment.ErrMissing) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, p := range whole.Parts {
			if x := found[key{v, p.Key}]; x != nil {
				x.Assessment, x.Title, x.Advertised, x.Real = whole.Title, p.Title, p.Minutes, median(took[key{v, p.Key}])
				out = append(out, *x)
			}
		}
	}
	return out, nil
}
