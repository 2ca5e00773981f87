package app

import (
	"candor/internal/audit"
	"candor/internal/privacy"
	"candor/internal/response"
)

// erasers are the nouns that keep personal data, those above first: what names a person goes before who the person was.
func (a *App) erasers() []privacy.Eraser {
	return []privacy.Eraser{
		{Name: "notify", Preview: a.Notify.Preview, Erase: a.Notify.Erase},
		{Name: "feedback", Preview: a.Feedbacks.Preview, Erase: a.Feedbacks.Erase},
		{Name: "review", Preview: a.Reviews.Preview, Erase: a.Reviews.Erase},
		{Name: "run", Preview: a.Runs.Preview, Erase: a.Runs.Erase},
		{Name: "attempt", Preview: a.Attempts.Preview, Erase: a.Attempts.Erase},
		{Name: "response", Preview: response.Preview, Erase: response.Erase},
		{Name: "opening", Preview: a.Openings.Preview, Erase: a.Openings.Erase},
		{Name: "audit", Preview: audit.Preview, Erase: audit.Erase},
		{Name: "candidate", Preview: a.Candidates.Preview, Erase: a.Candidates.Erase},
	}
}
