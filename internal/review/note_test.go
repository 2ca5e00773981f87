package review_test

import (
	"candor/internal/attempt"
	"candor/internal/review"
	"candor/internal/review/reviewtest"
)

func attemptNote(w *reviewtest.World, n review.Round) attempt.SubmittedNote {
	return attempt.SubmittedNote{Org: w.Org.ID, Attempt: n.Attempt, Application: string(n.Application)}
}
