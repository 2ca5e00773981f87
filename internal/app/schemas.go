package app

import (
	"io/fs"

	"candor/internal/account"
	"candor/internal/analytics"
	"candor/internal/appeal"
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/batch"
	"candor/internal/bridge"
	"candor/internal/candidate"
	"candor/internal/db"
	"candor/internal/feedback"
	"candor/internal/greenhouse"
	"candor/internal/hook"
	"candor/internal/integrity"
	"candor/internal/interview"
	"candor/internal/issuer"
	"candor/internal/live"
	"candor/internal/notify"
	"candor/internal/opening"
	"candor/internal/org"
	"candor/internal/payment"
	"candor/internal/privacy"
	"candor/internal/promise"
	"candor/internal/recording"
	"candor/internal/repo"
	"candor/internal/response"
	"candor/internal/review"
	"candor/internal/run"
	"candor/internal/survey"
	"candor/internal/talk"
	"candor/internal/thread"
	"candor/internal/token"
	"candor/internal/trial"
	"candor/internal/upload"
)

// Schemas are the schema steps of all nouns.
func Schemas() []fs.FS {
	return []fs.FS{live.Schema, audit.Schema, account.Schema, org.Schema, issuer.Schema, token.Schema, run.Schema, repo.Schema, upload.Schema, recording.Schema, assessment.Schema, candidate.Schema, promise.Schema, opening.Schema, batch.Schema,
		thread.Schema, response.Schema, attempt.Schema, interview.Schema, review.Schema, feedback.Schema, appeal.Schema, talk.Schema, payment.Schema, trial.Schema, survey.Schema, integrity.Schema, privacy.Schema, analytics.Schema, hook.Schema, greenhouse.Schema, notify.Schema, bridge.Schema}
}

// Columns are the inventories of all nouns: whose data each column holds and how long it is kept.
func Columns() []db.Columns {
	return []db.Columns{live.Columns, audit.Columns, account.Columns, org.Columns, issuer.Columns, token.Columns, run.Columns, repo.Columns, upload.Columns, recording.Columns, assessment.Columns, candidate.Columns, promise.Columns, opening.Columns, batch.Columns,
		thread.Columns, response.Columns, attempt.Columns, interview.Columns, review.Columns, feedback.Columns, appeal.Columns, talk.Columns, payment.Columns, trial.Columns, survey.Columns, integrity.Columns, privacy.Columns, analytics.Columns, hook.Columns, greenhouse.Columns, notify.Columns, bridge.Columns}
}
