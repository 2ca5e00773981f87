package app

import (
	"context"
	"errors"
	"time"

	"candor/internal/actor"
	"candor/internal/audit"
	"candor/internal/db"
	"candor/internal/job"
	"candor/internal/opening"
	"candor/internal/opening/openingweb"
	"candor/internal/org"
	"candor/internal/privacy"
	"candor/internal/privacy/privacyweb"
	"candor/internal/response"
)

// keep is done at night: see privacy.
func (a *App) keep() {
	a.Privacy.Rules = a.rules()
	job.Every(a.Jobs, "privacy.night", 24*time.Hour, job.Housekeeping, func(ctx context.Context) error {
		ended := privacy.Times(org.Org{}).Cutoff(a.DB.Now())
		return errors.Join(a.everywhere(a.Privacy.Night)(ctx), a.Accounts.Forget(ctx, ended), a.DB.Rewrite(ctx))
	})
}

// rules are what goes by its own age.
func (a *App) rules() []privacy.Rule {
	return []privacy.Rule{
		{What: "Times of saved versions of answers", Keep: privacy.Times, Count: response.Timed, Remove: a.Attempts.Untime},
		{What: "Recordings: pictures and sound", Keep: privacy.Pictures, Count: privacy.Recorded, Remove: a.Privacy.Unrecord},
		{What: "Candidates' sessions that have ended", Keep: privacy.Times, Count: a.Openings.EndedSessions, Remove: a.Openings.ForgetSessions},
		{What: "People in lists who were not invited", Keep: privacy.Lists, Count: a.Batches.Older, Remove: a.Batches.Forget},
		{What: "Keys of programs' requests", Keep: privacy.Day, Count: a.Tokens.Older, Remove: a.Tokens.Forget},
		{What: "What programs were told", Keep: privacy.Times, Count: a.Hooks.Older, Remove: a.Hooks.Forget},
		{What: "What Greenhouse could not read", Keep: privacy.Times, Count: a.Greenhouse.Older, Remove: a.Greenhouse.Forget},
		{What: "Mails about no application", Keep: privacy.Words, Count: a.Notify.Older, Remove: a.Notify.Forget},
		{What: "The record of what people did", Keep: privacy.Trail, Count: audit.Older, Remove: func(ctx context.Context, tx db.Tx, before time.Time) (int, error) {
			return audit.Cut(ctx, tx, a.DB.Now(), before)
		}},
	}
}

// keeping is how long an application is kept, for whoever may change that.
func (a *App) keeping(ctx context.Context, who actor.Actor, app opening.Application) (openingweb.Section, error) {
	k, err := a.Privacy.Kept(ctx, who, app.ID)
	if err != nil || !k.Manage {
		return openingweb.Section{}, err
	}
	return openingweb.Section{ID: "keeping", Title: "How long this is kept", Body: privacyweb.Keeping("/o/"+who.Org+"/applications/"+string(app.ID)+"/keep", k)}, nil
}

// erasers are the nouns that keep personal data, those above first: what names a person goes before who the person was.
func (a *App) erasers() []privacy.Eraser {
	return []privacy.Eraser{
		{Name: "bridge", Preview: a.Bridges.Preview, Erase: a.Bridges.Erase, Drop: a.Bridges.Drop},
		{Name: "notify", Preview: a.Notify.Preview, Erase: a.Notify.Erase},
		{Name: "greenhouse", Preview: a.Greenhouse.Preview, Erase: a.Greenhouse.Erase},
		{Name: "analytics", Drop: a.Analytics.Drop},
		{Name: "integrity", Preview: a.Integrity.Preview, Erase: a.Integrity.Erase, Drop: a.Integrity.Drop},
		{Name: "survey", Drop: a.Surveys.Drop},
		{Name: "trial", Preview: a.Trials.Preview, Erase: a.Trials.Erase, Drop: a.Trials.Drop},
		{Name: "talk", Preview: a.Talks.Preview, Erase: a.Talks.Erase, Drop: a.Talks.Drop},
		{Name: "payment", Preview: a.Payments.Preview, Erase: a.Payments.Erase, Drop: a.Payments.Drop},
		{Name: "appeal", Preview: a.Appeals.Preview, Erase: a.Appeals.Erase, Drop: a.Appeals.Drop},
		{Name: "feedback", Preview: a.Feedbacks.Preview, Erase: a.Feedbacks.Erase, Drop: a.Feedbacks.Drop},
		{Name: "review", Preview: a.Reviews.Preview, Erase: a.Reviews.Erase, Drop: a.Reviews.Drop},
		{Name: "repo", Preview: a.Repos.Preview, Erase: a.Repos.Erase},
		{Name: "recording", Preview: a.Recordings.Preview, Erase: a.Recordings.Erase},
		{Name: "upload", Preview: a.Uploads.Preview, Erase: a.Uploads.Erase},
		{Name: "run", Preview: a.Runs.Preview, Erase: a.Runs.Erase},
		{Name: "interview", Preview: a.Interviews.Preview, Erase: a.Interviews.Erase, Drop: a.Interviews.Drop},
		{Name: "attempt", Preview: a.Attempts.Preview, Erase: a.Attempts.Erase, Drop: a.Attempts.Drop},
		{Name: "response", Preview: response.Preview, Erase: response.Erase},
		{Name: "thread", Preview: a.Threads.Preview, Erase: a.Threads.Erase, Drop: a.Threads.Drop},
		{Name: "promise", Drop: a.Promises.Drop},
		{Name: "batch", Preview: a.Batches.Preview, Erase: a.Batches.Erase, Drop: a.Batches.Drop},
		{Name: "opening", Preview: a.Openings.Preview, Erase: a.Openings.Erase, Drop: a.Openings.Drop},
		{Name: "audit", Preview: audit.Preview, Erase: audit.Erase},
		{Name: "candidate", Preview: a.Candidates.Preview, Erase: a.Candidates.Erase, Drop: a.Candidates.Drop},
	}
}
