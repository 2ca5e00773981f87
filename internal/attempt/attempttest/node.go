package attempttest

import (
	"testing"
	"time"

	"candor/internal/account"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/promise"
)

// Node are the attempts of another process that answers on the same database, which d is its own connection to. It shares nothing with w
// but the files and the key.
func (w *World) Node(t testing.TB, d *db.DB) *attempt.Attempts {
	t.Helper()
	jobs, err := job.New(d, job.Options{Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	key := w.Openings.Key
	orgs := &org.Orgs{DB: d, Jobs: jobs, Accounts: &account.Accounts{DB: d, Jobs: jobs, Key: key}}
	candidates, promises := &candidate.Candidates{DB: d}, &promise.Promises{DB: d, Jobs: jobs}
	openings := &opening.Openings{DB: d, Jobs: jobs, Key: key, Orgs: orgs, Candidates: candidates, Promises: promises}
	as := &attempt.Attempts{DB: d, Jobs: jobs, Orgs: orgs, Openings: openings, Candidates: candidates, Promises: promises,
		Assessments: &assessment.Assessments{DB: d, Blobs: w.Assessments.Blobs, Kinds: Kinds()}}
	openings.Formats = []opening.Format{attempt.Format{Attempts: as}}
	return as
}
