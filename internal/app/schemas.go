package app

import (
	"io/fs"

	"candor/internal/account"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/batch"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/integrity"
	"candor/internal/live"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/privacy"
	"candor/internal/promise"
	"candor/internal/recording"
	"candor/internal/repo"
	"candor/internal/response"
	"candor/internal/review"
	"candor/internal/run"
	"candor/internal/upload"
)

// Schemas are the schema steps of all nouns.
func Schemas() []fs.FS {
	return []fs.FS{live.Schema, audit.Schema, account.Schema, org.Schema, run.Schema, repo.Schema, upload.Schema, recording.Schema, assessment.Schema, candidate.Schema, promise.Schema, opening.Schema, batch.Schema,
		response.Schema, attempt.Schema, review.Schema, feedback.Schema, integrity.Schema, privacy.Schema, notify.Schema}
}

// Columns are the inventories of all nouns: whose data each column holds and how long it is kept.
func Columns() []db.Columns {
	return []db.Columns{live.Columns, audit.Columns, account.Columns, org.Columns, run.Columns, repo.Columns, upload.Columns, recording.Columns, assessment.Columns, candidate.Columns, promise.Columns, opening.Columns, batch.Columns,
		response.Columns, attempt.Columns, review.Columns, feedback.Columns, integrity.Columns, privacy.Columns, notify.Columns}
}
