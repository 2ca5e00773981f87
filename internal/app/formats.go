package app

import (
	"candor/internal/attempt"
	"candor/internal/interview"
	"candor/internal/opening"
	"candor/internal/trial"
)

// formats are what a stage can offer.
func formats(a *App) []opening.Format {
	return []opening.Format{
		attempt.Format{Attempts: a.Attempts},
		interview.Format{Interviews: a.Interviews},
		trial.Format{Trials: a.Trials},
	}
}
