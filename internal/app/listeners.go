package app

import (
	"context"
	"errors"
	"time"

	"candor/internal/attempt"
	"candor/internal/audit"
	"candor/internal/clock"
	"candor/internal/db"
	"candor/internal/interview"
	"candor/internal/job"
	"candor/internal/live"
	"candor/internal/org"
	"candor/internal/repo"
	"candor/internal/review"
	"candor/internal/run"
	"candor/internal/upload"
)

// listen says who cares about what is announced, and what is done again and again.
func (a *App) listen() {
	job.Listen(a.Jobs, org.Left, "opening.member_left", job.Housekeeping, a.Openings.Left)
	job.Listen(a.Jobs, attempt.Submitted, "review.assign", job.Housekeeping, a.Reviews.Assign)
	a.Assessments.Listen()
	a.Runs.Listen()
	a.Repos.Listen()
	a.Uploads.Listen()
	job.Listen(a.Jobs, upload.Finished, "upload.told_finished", job.Housekeeping, a.uploaded)
	job.Listen(a.Jobs, upload.Settled, "upload.told_settled", job.Housekeeping, a.uploaded)
	job.Listen(a.Jobs, repo.Pushed, "repository.check", job.Housekeeping, a.pushed)
	job.Listen(a.Jobs, run.Finished, "attempt.marked", job.Housekeeping, a.marked)
	a.Explain.Listen()
	a.Interviews.Listen()
	job.Listen(a.Jobs, review.RubricChanged, "review.rescore", job.Housekeeping, a.Reviews.Rescore)
	job.Listen(a.Jobs, interview.Ended, "review.talked", job.Housekeeping, a.Reviews.Talked)
	a.Feedbacks.Listen(a.Jobs)
	a.Appeals.Listen()
	a.Payments.Listen()
	a.Talks.Listen()
	a.Trials.Listen()
	a.Integrity.Listen()
	a.Analytics.Listen()
	a.Notify.Listen()
	a.Hooks.Listen()
	a.Bridges.Listen()
	a.Greenhouse.Listen()
	a.Batches.Listen()
	a.keep()

	job.Every(a.Jobs, "audit.seal", audit.Often, job.Housekeeping, a.everywhere(a.seal))
	job.Every(a.Jobs, "attempt.close", 15*time.Second, job.Housekeeping, a.everywhere(a.Attempts.CloseOverdue))
	job.Every(a.Jobs, "attempt.stand", time.Minute, job.Housekeeping, a.everywhere(a.Attempts.Stand))
	job.Every(a.Jobs, "interview.sweep", 5*time.Minute, job.Housekeeping, a.everywhere(a.Interviews.Sweep))
	job.Every(a.Jobs, "notify.interviews", 5*time.Minute, job.Housekeeping, a.everywhere(a.Notify.Turns))
	job.Every(a.Jobs, "review.fill", 5*time.Minute, job.Housekeeping, a.everywhere(a.Reviews.Fill))
	job.Every(a.Jobs, "appeal.fill", 5*time.Minute, job.Housekeeping, a.everywhere(a.Appeals.Fill))
	job.Every(a.Jobs, "repo.collect_all", time.Hour, job.Housekeeping, a.everywhere(a.Repos.Collect))
	job.Every(a.Jobs, "repo.consolidate_all", 10*time.Minute, job.Housekeeping, a.everywhere(a.Repos.Consolidate))
	job.Every(a.Jobs, "upload.sweep_all", time.Hour, job.Housekeeping, a.everywhere(a.Uploads.Sweep))
	job.Every(a.Jobs, "assessment.sweep", time.Hour, job.Housekeeping, a.everywhere(a.Assessments.Sweep))
	job.Every(a.Jobs, "notify.remind", 5*time.Minute, job.Housekeeping, a.everywhere(a.Notify.Remind))
	job.Every(a.Jobs, "notify.conversations", 5*time.Minute, job.Housekeeping, a.everywhere(a.Notify.Conversations))
	job.Every(a.Jobs, "notify.reading", 5*time.Minute, job.Housekeeping, a.everywhere(a.Notify.Reading))
	if a.Notify.Inbox != nil {
		job.Every(a.Jobs, "notify.bounces", 2*time.Minute, job.Mail, a.Notify.Bounces)
	}
	job.Every(a.Jobs, "bridge.sweep", time.Hour, job.Housekeeping, a.everywhere(a.Bridges.Sweep))
	job.Every(a.Jobs, "batch.sweep", 10*time.Minute, job.Housekeeping, a.everywhere(a.Batches.Sweep))
	job.Every(a.Jobs, "promise.sweep", 10*time.Minute, job.Housekeeping, a.everywhere(a.Promises.Sweep))
	job.Every(a.Jobs, "trial.sweep", 5*time.Minute, job.Housekeeping, a.everywhere(a.Trials.Sweep))
	job.Every(a.Jobs, "talk.soon", 10*time.Minute, job.Housekeeping, a.everywhere(a.Talks.Sweep))
	job.Every(a.Jobs, "live.forget", time.Hour, job.Housekeeping, a.everywhere(func(ctx context.Context, org string) error {
		return a.DB.Write(ctx, org, func(tx db.Tx) error {
			_, err := live.Forget(ctx, tx, a.DB.Now())
			return err
		})
	}))
}

func (a *App) seal(ctx context.Context, org string) error { return audit.Seal(ctx, a.DB, org) }

// pushed checks what was pushed. One that came late is kept beside what was submitted. A push that arrived before the end of a part and was finished after it changes what counts: it is marked anew.
func (a *App) pushed(ctx context.Context, n repo.PushedNote) error {
	if n.Submission > 0 {
		return a.Attempts.MarkAgain(ctx, n.Org, attempt.ID(n.Owner), n.Item)
	}
	if n.Main && n.Standing == repo.Late {
		return a.Attempts.KeepPush(ctx, n.Org, attempt.ID(n.Owner), n.Item, string(n.Commit), clock.Time(n.Received))
	}
	return a.takeHomes.Pushed(ctx, n)
}

// everywhere goes from one organisation to the next; what fails in one does not keep the others waiting.
func (a *App) everywhere(fn func(ctx context.Context, org string) error) func(context.Context) error {
	return func(ctx context.Context) error {
		all, err := a.Orgs.All(ctx)
		errs := []error{err}
		for _, o := range all {
			errs = append(errs, fn(ctx, o))
		}
		return errors.Join(errs...)
	}
}
